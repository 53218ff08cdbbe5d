// SPDX-License-Identifier: MIT
/* unit: what every tests/test_<room>.c begins with. They print TAP under CMOCKA_MESSAGE_OUTPUT=TAP (tests/check.sh). */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

// cmocka.h wants these first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
