// SPDX-License-Identifier: MIT
/* bell: an eventfd that says "look". It carries nothing; who hears it looks into the store. */
#ifndef DAEMON_HANDS_BELL_H
#define DAEMON_HANDS_BELL_H

#include "proto/err.h"

int bell_new(struct err *e);    /* -1 on failure */
void bell_ring(int bell);       /* never blocks */
void bell_hush(int bell);       /* forgets rings so far */
void bell_wait(int bell);       /* until it has rung; forgets it */
void bell_free(int bell);       /* -1 is fine */

#endif
