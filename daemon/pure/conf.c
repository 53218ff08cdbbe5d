// SPDX-License-Identifier: MIT
/* conf: see conf.h. Here: sections, feeds, and what is told about them. Keys and values are conf_table.c's,
 * lines ini.c's. A wrong value is told and leaves the default standing, so that all problems show in one run. */
#include "daemon/pure/conf_table.h"
#include "proto/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 64
/* The rest is only counted: a file that is no configuration has one in each line. */
#define PROBLEMS_TOLD 1000

struct reading {
    const char *name; /* of the file */
    struct conf *conf;
    struct conf_problems *out;
    bool no_memory;
    bool ignored;            /* the section is not known: its keys are not looked at */
    struct conf_feed *feed;  /* NULL outside of [feed NAME] */
    bool seen[KEYS_MAX];     /* keys, by their place in the table; those of feeds within the section */
    bool sections[KEYS_MAX]; /* sections, by the place of their first key */
    bool feeds[CONF_FEEDS_MAX];
    int bind_line;           /* of the last endpoint */
};

/* --- problems --------------------------------------------------------------------------------- */

void conf_problems_free(struct conf_problems *problems)
{
    free(problems->text);
    *problems = (struct conf_problems){0};
}

static void add_problem(void *user, int line, const char *message)
{
    struct reading *r = user;
    char shown[1024];
    if (r->out == NULL || r->out->count++ >= PROBLEMS_TOLD)
        return;
    utf8_show(shown, sizeof shown, message, strlen(message));
    const char *before = r->out->text != NULL ? r->out->text : "";
    char *text = NULL;
    if (asprintf(&text, "%s%s:%d: %s\n", before, r->name, line, shown) < 0) {
        r->no_memory = true;
        return;
    }
    free(r->out->text);
    r->out->text = text;
}

static void tell(struct reading *r, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct reading *r, int line, const char *fmt, ...)
{
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    add_problem(r, line, message);
}

/* --- did you mean ----------------------------------------------------------------------------- */

#define NAME_MAX_COMPARED 24

/* Letters to add, take away, change or swap with their neighbour to come from a to b. */
static size_t distance(const char *a, const char *b)
{
    size_t an = strlen(a), bn = strlen(b), d[NAME_MAX_COMPARED + 1][NAME_MAX_COMPARED + 1];
    if (an > NAME_MAX_COMPARED || bn > NAME_MAX_COMPARED)
        return SIZE_MAX;
    for (size_t i = 0; i <= an; i++) {
        for (size_t j = 0; j <= bn; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            size_t away = d[i - 1][j] + 1, add = d[i][j - 1] + 1;
            d[i][j] = change < away ? change : away;
            d[i][j] = add < d[i][j] ? add : d[i][j];
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[an][bn];
}

/* The nearest section (`section` NULL) or key of it; NULL when none is near. */
static const char *nearest(const char *section, const char *word)
{
    const char *best = NULL;
    size_t least = 3; /* two slips of the finger */
    for (size_t i = 0; i < conf_nkeys; i++) {
        const char *name = section != NULL ? conf_keys[i].key : conf_keys[i].section;
        bool there = section == NULL || strcmp(conf_keys[i].section, section) == 0;
        size_t far = there ? distance(word, name) : SIZE_MAX;
        if (far < least && far < strlen(name)) {
            least = far;
            best = name;
        }
    }
    return best;
}

/* --- sections --------------------------------------------------------------------------------- */

static bool set_defaults(const char *section, void *base)
{
    struct err e;
    for (size_t i = 0; i < conf_nkeys; i++)
        if (strcmp(conf_keys[i].section, section) == 0 &&
            !conf_set(&conf_keys[i], base, conf_keys[i].value, &e))
            return false;
    return true;
}

static void default_feed(struct conf_feed *feed, const char *name)
{
    memset(feed, 0, sizeof *feed);
    snprintf(feed->name, sizeof feed->name, "%s", name);
    set_defaults("feed", feed);
}

static struct conf_feed *find_feed(const struct conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->nfeeds; i++)
        if (strcmp(conf->feeds[i].name, name) == 0)
            return &conf->feeds[i];
    return NULL;
}

static struct conf_feed *add_feed(struct conf *conf, const char *name)
{
    struct conf_feed *feeds = realloc(conf->feeds, (conf->nfeeds + 1) * sizeof *feeds);
    if (feeds == NULL)
        return NULL;
    conf->feeds = feeds;
    default_feed(&feeds[conf->nfeeds], name);
    return &feeds[conf->nfeeds++];
}

static void begin_feed(struct reading *r, const char *name, int line)
{
    r->ignored = true;
    name += strspn(name, " \t");
    if (!conf_feed_name_valid(name)) {
        tell(r, line,
             "a feed's name is made of a-z, 0-9 and '-', at most %d of them, as in [feed armenpress]",
             CONF_FEED_NAME_MAX);
        return;
    }
    r->feed = find_feed(r->conf, name);
    if (r->feed == NULL && r->conf->nfeeds == CONF_FEEDS_MAX) {
        tell(r, line, "more than %d feeds", CONF_FEEDS_MAX);
        return;
    }
    if (r->feed == NULL && (r->feed = add_feed(r->conf, name)) == NULL) {
        r->no_memory = true;
        return;
    }
    bool *seen = &r->feeds[r->feed - r->conf->feeds];
    if (*seen)
        tell(r, line, "section [feed %s] was there already", name);
    *seen = true;
    r->ignored = false;
    for (size_t i = 0; i < conf_nkeys; i++)
        r->seen[i] = r->seen[i] && strcmp(conf_keys[i].section, "feed") != 0;
}

static void begin_section(struct reading *r, const char *section, int line)
{
    r->feed = NULL;
    if (strncmp(section, "feed", 4) == 0 && (section[4] == ' ' || section[4] == '\t' || section[4] == '\0')) {
        begin_feed(r, section + 4, line);
        return;
    }
    for (size_t i = 0; i < conf_nkeys; i++) {
        if (strcmp(conf_keys[i].section, section) != 0)
            continue;
        if (r->sections[i])
            tell(r, line, "section [%s] was there already", section);
        r->sections[i] = true;
        r->ignored = false;
        return;
    }
    r->ignored = true;
    const char *near = nearest(NULL, section);
    tell(r, line, "unknown section [%.200s]%s%s%s", section, near != NULL ? "; did you mean [" : "",
         near != NULL ? near : "", near != NULL ? "]?" : "");
}

/* --- keys ------------------------------------------------------------------------------------- */

static void set_key(struct reading *r, size_t at, const char *value, int line)
{
    const struct conf_key *key = &conf_keys[at];
    char *base = r->feed != NULL ? (char *)r->feed : (char *)r->conf;
    size_t *count = key->rows > 0 ? (size_t *)(void *)(base + key->count_offset) : NULL;
    struct err e = {""};
    if (r->seen[at] && key->type != CONF_BINDS) {
        tell(r, line, "'%s' was there already in this section", key->key);
        return;
    }
    // A list given replaces the default one; further binds add to it.
    if (count != NULL && !r->seen[at])
        *count = 0;
    r->seen[at] = true;
    if (key->type == CONF_BINDS)
        r->bind_line = line;
    if (conf_set(key, base, value, &e))
        return;
    tell(r, line, "%s = '%.200s': %s", key->key, value, e.text);
    if (count != NULL && *count == 0)
        conf_set(key, base, key->value, NULL);
}

static bool each(void *user, const char *section, const char *name, const char *value, int line)
{
    struct reading *r = user;
    if (name == NULL) {
        begin_section(r, section, line);
        return !r->no_memory;
    }
    if (section[0] == '\0')
        tell(r, line, "'%.200s' stands before the first [section]", name);
    if (section[0] == '\0' || r->ignored)
        return !r->no_memory;
    const char *of = r->feed != NULL ? "feed" : section;
    for (size_t i = 0; i < conf_nkeys; i++) {
        if (strcmp(conf_keys[i].section, of) == 0 && strcmp(conf_keys[i].key, name) == 0) {
            set_key(r, i, value, line);
            return !r->no_memory;
        }
    }
    const char *near = nearest(of, name);
    tell(r, line, "unknown key '%.200s' in [%s]%s%s%s", name, section, near != NULL ? "; did you mean '" : "",
         near != NULL ? near : "", near != NULL ? "'?" : "");
    return !r->no_memory;
}

/* --- */

static struct conf *defaults(void)
{
    static const char *const sections[] = {"spool", "store", "publish", "replay", "topics", "log"};
    struct conf *conf = calloc(1, sizeof *conf);
    bool good = conf != NULL && add_feed(conf, "default") != NULL;
    for (size_t i = 0; good && i < sizeof sections / sizeof *sections; i++)
        good = set_defaults(sections[i], conf);
    if (good)
        return conf;
    conf_free(conf);
    return NULL;
}

static const char *bind_at(const struct conf *conf, size_t i)
{
    return i < conf->publish.nbind ? conf->publish.bind[i] : conf->replay.bind[i - conf->publish.nbind];
}

/* Each endpoint is for one socket; found out here and not at the start. */
static void check_binds(struct reading *r)
{
    size_t n = r->conf->publish.nbind + r->conf->replay.nbind;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (strcmp(bind_at(r->conf, i), bind_at(r->conf, j)) == 0)
                tell(r, r->bind_line, "endpoint %s is bound twice; publish and replay need one each (defaults count)",
                     bind_at(r->conf, i));
}

struct conf *conf_read(const char *name, const char *text, size_t n, struct conf_problems *out)
{
    struct reading r = {.name = name, .conf = defaults(), .out = out};
    if (out != NULL)
        *out = (struct conf_problems){0};
    if (r.conf == NULL)
        return NULL;
    ini_read(text, n, each, add_problem, &r);
    check_binds(&r);
    if (!r.no_memory)
        return r.conf;
    conf_free(r.conf);
    return NULL;
}

void conf_free(struct conf *conf)
{
    if (conf == NULL)
        return;
    free(conf->feeds);
    free(conf);
}

const struct conf_feed *conf_feed(const struct conf *conf, const char *name, struct conf_feed *scratch)
{
    const struct conf_feed *feed = find_feed(conf, name);
    if (feed != NULL)
        return feed;
    default_feed(scratch, name);
    return scratch;
}
