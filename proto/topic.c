// SPDX-License-Identifier: MIT
/* topic: see topic.h. Everything here walks text from `/` to `/`; nothing allocates. */
#include "proto/topic.h"

#include <string.h>
#include <zlib.h>

static bool is_segment_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Length of the segment at `p`, the `/` not counted. */
static size_t segment_length(const char *p)
{
    return strcspn(p, "/");
}

static bool is_word(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_segment_char(p[i]))
            return false;
    return n > 0;
}

static bool is_below_all(const char *topic)
{
    return strncmp(topic, TOPIC_ALL, strlen(TOPIC_ALL)) == 0 && topic[strlen(TOPIC_ALL)] != '\0';
}

bool topic_valid(const char *topic)
{
    size_t n = strnlen(topic, TOPIC_MAX + 1);
    if (n == 0 || n > TOPIC_MAX || topic[n - 1] != '/' || is_below_all(topic))
        return false;
    for (const char *p = topic; *p != '\0'; p += segment_length(p) + 1)
        if (!is_word(p, segment_length(p)))
            return false;
    return true;
}

uint32_t topic_hash(const char *topic, size_t n)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)topic, n);
}

size_t topic_hashes(const char *topic, uint32_t *out, size_t max)
{
    if (strcmp(topic, TOPIC_ALL) == 0)
        return 0;
    size_t count = 0;
    for (const char *slash = topic; count < max && (slash = strchr(slash, '/')) != NULL;)
        out[count++] = topic_hash(topic, (size_t)(++slash - topic));
    return count;
}

/* Words what is wrong with the segment p[0..n) of the pattern `text`. */
static bool refuse_segment(const char *text, const char *p, size_t n, struct err *e)
{
    if (n == 0)
        return err_set(e, "topic '%s': an empty segment; write one '/' between two words", text);
    if (p[0] == '@')
        return err_set(e, "topic '%s': what begins with '@' is the daemon's own", text);
    if (memchr(p, '*', n) != NULL)
        return err_set(e, "topic '%s': '*' stands for a whole segment, as in place/*/paris", text);
    if (memchr(p, '!', n) != NULL)
        return err_set(e, "topic '%s': '!' may only be its first character", text);
    for (size_t i = 0; i < n; i++) {
        if (p[i] >= 'A' && p[i] <= 'Z')
            return err_set(e, "topic '%s': topics are in lower case", text);
        if (!is_segment_char(p[i]))
            return err_set(e, "topic '%s': a segment is made of a-z, 0-9 and '-'", text);
    }
    return true;
}

bool topic_pattern(const char *text, struct topic_pattern *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    out->exclude = text[0] == '!';
    const char *p = text + out->exclude;
    size_t n = strnlen(p, TOPIC_MAX + 1);
    if (n == 0)
        return err_set(e, "a topic is empty; 'all' is every dispatch");
    bool closed = p[n - 1] == '/';
    if (n + !closed > TOPIC_MAX)
        return err_set(e, "a topic is longer than %d bytes", TOPIC_MAX);
    memcpy(out->text, p, n);
    if (!closed)
        out->text[n] = '/';

    size_t fixed = 0; // bytes up to the first `*`
    for (const char *s = out->text; *s != '\0'; s += segment_length(s) + 1) {
        size_t len = segment_length(s);
        bool star = len == 1 && s[0] == '*';
        if (!star && !refuse_segment(text, s, len, e))
            return false;
        out->wild = out->wild || star;
        if (!out->wild)
            fixed += len + 1;
    }
    if (is_below_all(out->text))
        return err_set(e, "topic '%s': there is nothing below all/", text);
    if (out->exclude && strcmp(out->text, TOPIC_ALL) == 0)
        return err_set(e, "topic '%s': leaves nothing", text);
    memcpy(out->prefix, fixed > 0 ? out->text : TOPIC_ALL, fixed > 0 ? fixed : strlen(TOPIC_ALL));
    return true;
}

bool topic_matches(const struct topic_pattern *pattern, const char *topic)
{
    const char *p = pattern->text, *t = topic;
    if (strcmp(p, TOPIC_ALL) == 0)
        return true;
    for (; *p != '\0'; p += segment_length(p) + 1) {
        size_t n = segment_length(p), m = segment_length(t);
        if (t[m] != '/')
            return false;
        if (!(n == 1 && *p == '*') && (n != m || memcmp(p, t, n) != 0))
            return false;
        t += m + 1;
    }
    return true;
}

static bool matches_any(const struct topic_pattern *p, const char *const *topics, size_t ntopics)
{
    if (strcmp(p->text, TOPIC_ALL) == 0)
        return true;
    for (size_t i = 0; i < ntopics; i++)
        if (topic_matches(p, topics[i]))
            return true;
    return false;
}

bool topic_wanted(const struct topic_pattern *patterns, size_t npatterns, const char *const *topics,
                  size_t ntopics)
{
    bool wanted = false, choosy = false;
    for (size_t i = 0; i < npatterns; i++) {
        if (!patterns[i].exclude)
            choosy = true;
        else if (matches_any(&patterns[i], topics, ntopics))
            return false;
    }
    for (size_t i = 0; i < npatterns && !wanted; i++)
        wanted = !patterns[i].exclude && matches_any(&patterns[i], topics, ntopics);
    return wanted || !choosy;
}

size_t topic_segment(char *out, size_t size, const char *words, size_t n)
{
    size_t len = 0;
    if (size == 0)
        return 0;
    for (size_t i = 0; i < n && len + 1 < size; i++) {
        char c = words[i] >= 'A' && words[i] <= 'Z' ? (char)(words[i] - 'A' + 'a') : words[i];
        if (is_segment_char(c) && c != '-')
            out[len++] = c;
        else if (len > 0 && out[len - 1] != '-')
            out[len++] = '-';
    }
    while (len > 0 && out[len - 1] == '-')
        len--;
    out[len] = '\0';
    return len;
}
