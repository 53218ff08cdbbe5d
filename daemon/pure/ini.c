// SPDX-License-Identifier: MIT
/* ini: the reader of conf.h. The only file that sees inih.
 *
 * Debian's inih hands over no line number, cuts lines at 200 bytes and section names at 50 without a word,
 * does not tell that a section began, takes an indented line for a further value and ":" for "=". Hence it is
 * fed line by line: whatever it would get wrong is caught before it sees the line; splitting keys from values
 * and taking off comments is left to it. */
#include "daemon/pure/conf.h"
#include "proto/utf8.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 4000

struct ini {
    const char *text;
    size_t n, at;
    int line; /* of the text handed out last */
    bool told, stop;
    char section[LINE_BYTES + 1];
    ini_fn *each;
    ini_problem_fn *problem;
    void *user;
};

static void tell(struct ini *ini, const char *message)
{
    ini->told = true;
    ini->problem(ini->user, ini->line, message);
}

/* Takes the next line without its end; false when there is none. */
static bool next_line(struct ini *ini, const char **line, size_t *n)
{
    if (ini->at >= ini->n)
        return false;
    const char *p = ini->text + ini->at;
    const char *end = memchr(p, '\n', ini->n - ini->at);
    *n = end != NULL ? (size_t)(end - p) : ini->n - ini->at;
    ini->at += *n + 1;
    ini->line++;
    for (; *n > 0 && strchr(" \t\r", p[*n - 1]) != NULL && p[*n - 1] != '\0'; --*n)
        ;
    for (; *n > 0 && (*p == ' ' || *p == '\t'); p++, --*n)
        ;
    *line = p;
    return true;
}

static bool readable(struct ini *ini, const char *line, size_t n)
{
    if (n > LINE_BYTES) {
        tell(ini, "a line of more than 4000 bytes");
        return false;
    }
    size_t good = utf8_valid(line, n);
    if (good < n)
        tell(ini,
             line[good] == '\0' ? "a NUL byte: this is not text" : "not valid UTF-8: save the file as UTF-8");
    return good == n;
}

static void begin_section(struct ini *ini, const char *line, size_t n)
{
    const char *end = memchr(line, ']', n);
    if (end == NULL) {
        tell(ini, "'[' without ']'");
        return;
    }
    size_t length = (size_t)(end - line) - 1;
    const char *rest = end + 1;
    for (; rest < line + n && (*rest == ' ' || *rest == '\t'); rest++)
        ;
    if (rest < line + n && *rest != '#' && *rest != ';') {
        tell(ini, "something stands behind ']'");
        return;
    }
    memcpy(ini->section, line + 1, length);
    ini->section[length] = '\0';
    ini->stop = !ini->each(ini->user, ini->section, NULL, NULL, ini->line);
}

/* Whether a line is a key for inih to split. */
static bool has_key(struct ini *ini, const char *line, size_t n)
{
    size_t at = 0;
    while (at < n && line[at] != '=' && line[at] != ':')
        at++;
    if (at > 0 && at < n && line[at] == '=')
        return true;
    tell(ini, at == 0 ? "a value without a key: 'key = value' was expected" : "'key = value' was expected");
    return false;
}

/* inih's reader: the next line with a key, ready for its buffer of LINE_BYTES + 3. */
static char *feed(char *buffer, int size, void *user)
{
    struct ini *ini = user;
    const char *line;
    size_t n;
    while (!ini->stop && next_line(ini, &line, &n)) {
        if (!readable(ini, line, n) || n == 0 || *line == '#' || *line == ';')
            continue;
        if (*line == '[') {
            begin_section(ini, line, n);
        } else if (has_key(ini, line, n) && n + 2 < (size_t)size) {
            memcpy(buffer, line, n);
            memcpy(buffer + n, "\n", 2);
            return buffer;
        }
    }
    return NULL;
}

static int handle(void *user, const char *section, const char *key, const char *value)
{
    (void)section; /* inih's is always "": sections never reach it */
    struct ini *ini = user;
    if (value == NULL)
        tell(ini, "'key = value' was expected"); /* its "=" was part of a comment */
    else
        ini->stop = !ini->each(ini->user, ini->section, key, value, ini->line);
    return 1;
}

bool ini_read(const char *text, size_t n, ini_fn *each, ini_problem_fn *problem, void *user)
{
    struct ini ini = {.text = text, .n = n, .each = each, .problem = problem, .user = user};
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        ini.at = 3; /* byte order mark */
    ini_max_line = LINE_BYTES + 3;
    ini_use_stack = true;
    ini_allow_multiline = false;
    ini_allow_bom = false;
    ini_allow_no_value = true;
    ini_allow_inline_comments = true;
    ini_inline_comment_prefixes = (char *)(uintptr_t)";#";
    ini_stop_on_first_error = false;
    ini_parse_stream(feed, &ini, handle, &ini);
    return !ini.told && !ini.stop;
}
