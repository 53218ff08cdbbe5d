// SPDX-License-Identifier: MIT
/* fate: what a step returns is what shall become of the file in hand (Postfix's pickup is the model). */
#ifndef DAEMON_BASE_FATE_H
#define DAEMON_BASE_FATE_H

enum fate {
    FATE_DONE,  /* it went well: archive it */
    FATE_BAD,   /* the file is at fault: rejected/, with the reason beside it */
    FATE_RETRY, /* the world is at fault for now (disk full, busy, no memory): keep it, try again later */
    FATE_STOP,  /* the store is at fault and no retry mends it: end with exit code 4 */
};

static inline const char *fate_word(enum fate fate)
{
    static const char *const words[] = {"done", "bad", "retry", "stop"};
    return words[fate];
}

#endif
