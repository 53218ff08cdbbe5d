// SPDX-License-Identifier: MIT
/* shipped: the shipped rules, sealed, for tests of what a line says; and comparisons that name the line. */
#ifndef TESTS_SHIPPED_H
#define TESTS_SHIPPED_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

#include <stdlib.h>
#include <string.h>

static struct rules *shipped;

static inline int shipped_begin(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct err e;
    shipped = rules_new();
    bool good = shipped != NULL && rules_shipped(shipped, &problems) && rules_seal(shipped, &e);
    if (problems.text != NULL)
        print_error("%s", problems.text);
    conf_problems_free(&problems);
    return good ? 0 : -1;
}

static inline int shipped_end(void **state)
{
    (void)state;
    rules_free(shipped);
    return 0;
}

static inline void same_view(const char *line, struct view got, const char *want)
{
    if (got.n != strlen(want) || (got.n > 0 && memcmp(got.p, want, got.n) != 0))
        fail_msg("'%s': '%.*s' is read, not '%s'", line, (int)got.n, got.p, want);
}

static inline void same_text(const char *line, const char *got, const char *want)
{
    if ((got == NULL) != (want == NULL) || (got != NULL && strcmp(got, want) != 0))
        fail_msg("'%s': '%s' is read, not '%s'", line, got == NULL ? "nothing" : got,
                 want == NULL ? "nothing" : want);
}

#endif
