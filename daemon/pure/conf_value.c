// SPDX-License-Identifier: MIT
/* conf_value: single values of conf.h: sizes, times, switches, names of feeds, endpoints. What is wrong is
 * told with an example of what is right. */
#include "daemon/pure/conf_table.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#define SOCKET_PATH_MAX (sizeof((struct sockaddr_un *)0)->sun_path - 1) /* 107: its NUL counts too */

/* Digits at *p; false: none, or more than fit. */
static bool number(const char **p, uint64_t *out)
{
    uint64_t value = 0;
    const char *digit = *p;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *digit - '0', &value))
            return false;
    bool some = digit > *p;
    *p = digit;
    *out = value;
    return some;
}

static bool times(uint64_t value, uint64_t factor, uint64_t most, uint64_t *out)
{
    return !__builtin_mul_overflow(value, factor, out) && *out <= most;
}

bool conf_size(const char *text, uint64_t *bytes, struct err *e)
{
    static const char units[] = "KMGT";
    const char *p = text;
    uint64_t value, factor = 1;
    bool good = number(&p, &value);
    if (good && *p != '\0') {
        const char *unit = strchr(units, toupper((unsigned char)*p));
        good = unit != NULL && p[1] == '\0';
        factor = good ? (uint64_t)1 << 10 * (unit - units + 1) : 1;
    }
    if (!good || !times(value, factor, INT64_MAX, bytes))
        return err_set(e, "a size was expected: bytes, or a number with K, M or G as in 64M");
    return true;
}

bool conf_time(const char *text, int64_t *ms, struct err *e)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}, {"d", 24 * 60 * 60 * 1000}};
    const char *p = text;
    uint64_t value, total;
    bool good = number(&p, &value);
    if (good && value == 0 && *p == '\0') {
        *ms = 0;
        return true;
    }
    for (size_t i = 0; good && i < sizeof units / sizeof *units; i++) {
        if (strcmp(p, units[i].unit) == 0 && times(value, units[i].ms, INT64_MAX / 4, &total)) {
            *ms = (int64_t)total;
            return true;
        }
    }
    return err_set(e, "a time was expected: a number with its unit as in 500ms, 2s, 5m, 12h or 30d, or 0");
}

bool conf_bool(const char *text, bool *out, struct err *e)
{
    static const char *const words[][2] = {{"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int yes = 0; yes < 2; yes++) {
            if (strcasecmp(text, words[i][yes]) == 0) {
                *out = yes;
                return true;
            }
        }
    }
    return err_set(e, "'yes' or 'no' was expected");
}

bool conf_share(const char *text, double *out, struct err *e)
{
    // "0", "1", "0.5", "0.55": strtod would take the locale's point, and more than is meant.
    size_t n = strlen(text), digits = n > 2 ? strspn(text + 2, "0123456789") : 0;
    bool whole = n == 1 && (text[0] == '0' || text[0] == '1'),
         zero = digits == strspn(text + (n > 2 ? 2 : n), "0");
    bool good = whole || (n > 2 && n <= 6 && (text[0] == '0' || (text[0] == '1' && zero)) && text[1] == '.' &&
                          digits == n - 2);
    if (!good)
        return err_set(e, "a share from 0 to 1 was expected, as in 0.5");
    *out = text[0] - '0';
    double step = 0.1;
    for (size_t i = 2; i < n; i++, step /= 10)
        *out += (text[i] - '0') * step;
    return true;
}

bool conf_feed_name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && n <= CONF_FEED_NAME_MAX && name[n] == '\0';
}

/* --- endpoints -------------------------------------------------------------------------------- */

static bool endpoint_ipc(const char *path, struct err *e)
{
    if (*path != '/')
        return err_set(e, "an ipc endpoint takes a whole path, as in ipc:///run/newswire/publish");
    if (strlen(path) > SOCKET_PATH_MAX)
        return err_set(e,
                       "the path of an ipc endpoint may have %zu bytes (a limit of the kernel), this has %zu",
                       SOCKET_PATH_MAX, strlen(path));
    return true;
}

/* Host as printed without brackets. ZeroMQ binds to addresses and interfaces only, hence no other names. */
static bool loopback(const char *host, bool bracketed)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (bracketed)
        return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

static bool endpoint_tcp(const char *address, struct err *e)
{
    char host[64] = "";
    bool bracketed = *address == '[';
    const char *begin = address + bracketed;
    const char *end = bracketed ? strchr(begin, ']') : strrchr(begin, ':');
    const char *colon = end != NULL ? end + bracketed : NULL;
    uint64_t port = 0;
    if (colon == NULL || *colon != ':' || end == begin || (size_t)(end - begin) >= sizeof host)
        return err_set(e, "a tcp endpoint takes host and port, as in tcp://127.0.0.1:5570");
    const char *digits = colon + 1;
    if (!number(&digits, &port) || *digits != '\0' || port == 0 || port > 65535)
        return err_set(e, "a port from 1 to 65535 was expected, as in tcp://127.0.0.1:5570");
    memcpy(host, begin, (size_t)(end - begin));
    if (!loopback(host, bracketed))
        return err_set(e, "only loopback (127.0.0.1, [::1]) may be bound: beyond this machine the wire needs "
                          "CURVE encryption, which comes in a later version");
    return true;
}

bool conf_endpoint(const char *text, char *out, size_t size, struct err *e)
{
    static const char localhost[] = "tcp://localhost:";
    // ZeroMQ binds to addresses, not to names.
    bool named = strncmp(text, localhost, strlen(localhost)) == 0;
    const char *rest = named ? text + strlen(localhost) : text;
    int n = snprintf(out, size, "%s%s", named ? "tcp://127.0.0.1:" : "", rest);
    if (n < 0 || (size_t)n >= size)
        return err_set(e, "an endpoint has at most %zu bytes", size - 1);
    if (strncmp(out, "ipc://", 6) == 0)
        return endpoint_ipc(out + 6, e);
    if (strncmp(out, "tcp://", 6) == 0)
        return endpoint_tcp(out + 6, e);
    return err_set(e, "an endpoint begins with ipc:// or tcp://, as in tcp://127.0.0.1:5570");
}
