// SPDX-License-Identifier: MIT
/* settings and files: configuration and rules as they lie on disk, read as one whole; and what --parse and
 * --explain make of them. */
#include "tests/unit.h"

#include "daemon/flows/explain.h"
#include "proto/utf8.h"
#include "daemon/flows/settings.h"
#include "daemon/hands/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char root[256];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

/* Several at a time. */
static const char *in_root(const char *name)
{
    static char paths[8][600];
    static unsigned next;
    char *out = paths[next++ % 8];
    snprintf(out, sizeof paths[0], "%s/%s", root, name);
    return out;
}

static int begin(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/newswire-settings-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    return mkdtemp(root) != NULL && mkdir(in_root("rules.d"), 0755) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put_n(const char *name, const char *text, size_t n)
{
    FILE *f = fopen(in_root(name), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void put(const char *name, const char *text)
{
    put_n(name, text, strlen(text));
}

/* A configuration that names our rules, and `more`. */
static const char *configured(const char *more)
{
    char text[2000];
    snprintf(text, sizeof text, "[topics]\nrules = %s\n%s", in_root("rules.d"), more);
    put("newswired.conf", text);
    return in_root("newswired.conf");
}

static void load(const char *path, struct settings *s)
{
    struct conf_problems problems;
    if (!settings_load(path, s, &problems))
        fail_msg("%s", problems.text);
    assert_int_equal(problems.count, 0);
    assert_null(problems.text);
    assert_non_null(s->conf);
    assert_non_null(s->rules);
    assert_non_null(s->tagger);
}

/* Everything wrong at once; nothing of it is kept. */
static char *refused(const char *path, size_t count)
{
    static char out[4000];
    struct settings s = {(void *)1, (void *)1, (void *)1};
    struct conf_problems problems = {(void *)1, 77};
    assert_false(settings_load(path, &s, &problems));
    assert_null(s.conf);
    assert_null(s.rules);
    assert_null(s.tagger);
    assert_non_null(problems.text);
    snprintf(out, sizeof out, "%s", problems.text);
    if (problems.count != count)
        fail_msg("%zu problems: %s", problems.count, out);
    size_t lines = 0;
    for (const char *p = out; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, count);
    conf_problems_free(&problems);
    return out;
}

static void assert_told(const char *all, const char *file, const char *rest)
{
    char want[800];
    snprintf(want, sizeof want, "%s%s", in_root(file), rest);
    if (strstr(all, want) == NULL)
        fail_msg("'%s' is not in: %s", want, all);
}

static const struct rules_topic *topic(const struct settings *s, const char *name)
{
    const struct rules_topic *const *all;
    size_t n = rules_topics(s->rules, &all);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i]->topic, name) == 0)
            return all[i];
    }
    return NULL;
}

// --- settings -------------------------------------------------------------------------------------------------------

static void configuration_and_rules_come_as_one(void **state)
{
    (void)state;
    struct settings s;
    put("rules.d/own.rules", "[watch Ferry Line]\nwords = ferry\n");
    load(configured("[feed desk]\nurgency = 3\n"), &s);
    assert_int_equal(s.conf->nfeeds, 2);
    assert_string_equal(s.conf->feeds[1].name, "desk");
    assert_non_null(topic(&s, "watch/ferry-line/"));
    char rule[700];
    snprintf(rule, sizeof rule, "%s", in_root("rules.d/own.rules"));
    assert_string_equal(topic(&s, "watch/ferry-line/")->file, rule);
    settings_free(&s);
    assert_null(s.conf);
    settings_free(&s); // Legal.
}

static void without_a_rules_directory_there_are_the_shipped(void **state)
{
    (void)state;
    struct settings with, without;
    load(configured(""), &with); // An empty one.
    assert_int_equal(rmdir(in_root("rules.d")), 0);
    load(configured(""), &without);
    assert_non_null(rules_agency(without.rules, "TASS", 4));
    assert_memory_equal(rules_digest(with.rules), rules_digest(without.rules), 16);
    settings_free(&with);
    settings_free(&without);
}

static void the_operators_rules_lie_over_the_shipped(void **state)
{
    (void)state;
    struct settings before, after;
    load(configured(""), &before);
    put("rules.d/10.rules", "[agency ARMENPRESS]\nzone = Europe/Paris\n[watch port]\nwords = first\n");
    put("rules.d/20.rules", "[watch port]\nwords = second\n");
    put("rules.d/.hidden.rules", "nonsense");
    put("rules.d/30.rules~", "nonsense");
    put("rules.d/notes.txt", "nonsense");
    load(in_root("newswired.conf"), &after);
    assert_string_equal(rules_agency(before.rules, "ARMENPRESS", 10)->zone, "Asia/Yerevan");
    assert_string_equal(rules_agency(after.rules, "ARMENPRESS", 10)->zone, "Europe/Paris");
    assert_non_null(rules_agency(after.rules, "TASS", 4)); // Others stay.
    assert_string_equal(topic(&after, "watch/port/")->terms.first->text, "second"); // In order of name.
    assert_int_equal(topic(&after, "watch/port/")->terms.n, 1);
    assert_memory_not_equal(rules_digest(before.rules), rules_digest(after.rules), 16);
    settings_free(&before);
    settings_free(&after);
}

static void problems_of_all_files_are_told(void **state)
{
    (void)state;
    put("rules.d/a.rules", "[watch one]\nwrods = ferry\n");
    put("rules.d/b.rules", "[watch two]\nwords = fine\n\n[nonsense]\n");
    put("rules.d/c.rules", "[watch three]\nwords = fine\n");
    assert_int_equal(mkdir(in_root("rules.d/d.rules"), 0755), 0);
    assert_int_equal(symlink("nowhere", in_root("rules.d/e.rules")), 0);
    const char *all = refused(configured("[spool]\nsetle = 2s\n"), 5);
    assert_told(all, "newswired.conf", ":4: ");
    assert_told(all, "rules.d/a.rules", ":2: ");
    assert_told(all, "rules.d/b.rules", ":4: ");
    assert_told(all, "rules.d/d.rules", ": a directory\n");
    assert_told(all, "rules.d/e.rules", ": No such file");
    assert_null(strstr(all, "c.rules"));
    assert_true(strstr(all, "newswired.conf:") < strstr(all, "a.rules:"));
    assert_true(strstr(all, "a.rules:") < strstr(all, "b.rules:"));
}

static void wrong_rules_alone_are_enough_to_refuse(void **state)
{
    (void)state;
    put("rules.d/a.rules", "[watch one]\nwords = ferry\n[");
    assert_told(refused(configured(""), 1), "rules.d/a.rules", ":3: ");
}

static void what_is_not_there_or_no_file_is_told(void **state)
{
    (void)state;
    assert_told(refused(in_root("missing.conf"), 1), "missing.conf", ": No such file");
    assert_told(refused(in_root("rules.d"), 1), "rules.d", ": a directory");
    assert_int_equal(rmdir(in_root("rules.d")), 0);
    put("rules.d", "a file");
    assert_told(refused(configured(""), 1), "rules.d", ": Not a directory");
}

static void a_huge_file_is_refused(void **state)
{
    (void)state;
    put("rules.d/a.rules", "");
    assert_int_equal(truncate(in_root("rules.d/a.rules"), (16 << 20) + 1), 0);
    assert_told(refused(configured(""), 1), "rules.d/a.rules", ": more than 16777216 bytes");
}

static void the_defaults_are_sane(void **state)
{
    (void)state;
    struct settings s;
    if (access("/etc/newswire/rules.d", F_OK) == 0)
        skip(); // The rules of this machine's operator.
    load(NULL, &s);
    assert_string_equal(s.conf->spool.directory, "/var/spool/newswire");
    settings_free(&s);
}

// --- files ----------------------------------------------------------------------------------------------------------

static void files_are_listed_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"rules.d/b.rules", "rules.d/a.rules", "rules.d/.a.rules", "rules.d/.rules",
                                        "rules.d/B.rules", "rules.d/rules", "rules.d/c.rules.old", "rules.d/10.rules"};
    char **paths = NULL;
    size_t n = 0;
    struct err e = {""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        put(names[i], "");
    assert_true(files_list(in_root("rules.d"), ".rules", &paths, &n, &e));
    assert_int_equal(n, 4);
    assert_string_equal(paths[0], in_root("rules.d/10.rules"));
    assert_string_equal(paths[1], in_root("rules.d/B.rules"));
    assert_string_equal(paths[2], in_root("rules.d/a.rules"));
    assert_string_equal(paths[3], in_root("rules.d/b.rules"));
    files_free(paths, n);
    assert_true(files_list(in_root("missing"), ".rules", &paths, &n, &e));
    assert_int_equal(n, 0);
    files_free(paths, n);
    assert_false(files_list(in_root("rules.d/rules"), ".rules", &paths, &n, &e));
    assert_non_null(strstr(e.text, "Not a directory"));
    assert_int_equal(n, 0);
}

static void a_file_is_read_whole_up_to_its_limit(void **state)
{
    (void)state;
    struct file f;
    struct err e = {""};
    static char big[300 * 1000];
    struct timespec old[2] = {{.tv_sec = 1000000000, .tv_nsec = 7000000}, {.tv_sec = 1000000000, .tv_nsec = 7000000}};
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 31 % 251);
    put_n("big", big, sizeof big);
    assert_int_equal(utimensat(AT_FDCWD, in_root("big"), old, 0), 0);
    assert_true(file_read(in_root("big"), sizeof big, &f, &e)); // Exactly.
    assert_int_equal(f.n, sizeof big);
    assert_memory_equal(f.bytes, big, sizeof big);
    assert_int_equal(f.bytes[f.n], '\0');
    assert_int_equal(f.mtime, INT64_C(1000000000007));
    file_free(&f);
    assert_null(f.bytes);
    assert_false(file_read(in_root("big"), sizeof big - 1, &f, &e));
    assert_null(f.bytes);
    assert_non_null(strstr(e.text, "/big: more than 299999 bytes"));
    put("empty", "");
    assert_true(file_read(in_root("empty"), 0, &f, &e));
    assert_int_equal(f.n, 0);
    assert_string_equal(f.bytes, "");
    file_free(&f);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct file f;
    struct err e = {""};
    assert_false(file_read(in_root("rules.d"), 100, &f, &e));
    assert_non_null(strstr(e.text, "rules.d: a directory"));
    assert_false(file_read(in_root("missing"), 100, &f, &e));
    assert_non_null(strstr(e.text, "missing: No such file"));
    assert_null(f.bytes);
}

/* Something else in place of a descriptor; restore() ends it. */
static int replace(int fd, int with)
{
    int kept = dup(fd);
    assert_true(kept >= 0);
    assert_int_equal(with >= 0 ? dup2(with, fd) : close(fd), with >= 0 ? fd : 0);
    return kept;
}

static void restore(int fd, int kept)
{
    assert_int_equal(dup2(kept, fd), fd);
    close(kept);
}

static void standard_input_is_read_to_its_end(void **state)
{
    (void)state;
    struct file f;
    struct err e = {""};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "one\0two", 7), 7);
    close(ends[1]);
    int64_t before = (int64_t)time(NULL) * 1000 - 2000;
    int kept = replace(STDIN_FILENO, ends[0]);
    close(ends[0]);
    bool good = file_read("-", 100, &f, &e);
    restore(STDIN_FILENO, kept);
    assert_true(good);
    assert_int_equal(f.n, 7);
    assert_memory_equal(f.bytes, "one\0two", 8);
    assert_in_range(f.mtime, before, before + 60 * 1000); // Now.
    file_free(&f);

    kept = replace(STDIN_FILENO, -1);
    good = file_read("-", 100, &f, &e);
    restore(STDIN_FILENO, kept);
    assert_false(good);
    assert_non_null(strstr(e.text, strerror(EBADF)));
}

// --- explain --------------------------------------------------------------------------------------------------------

static const char news[] = "Parliament meets again\n\n14:58, 8 November 2023\n\n"
                           "YEREVAN, NOVEMBER 8, ARMENPRESS. The ferry to the island did not sail today.\n";

/* The status; what it printed is in `out` and `errors`. */
static int explained(const char *path, enum explain_how how, char out[8000], char errors[2000])
{
    struct settings s;
    load(configured("[spool]\nmax_dispatch = 1K\n[feed desk]\ntopics = watch/desk/\n"), &s);
    int files[2] = {open(in_root("out"), O_RDWR | O_CREAT | O_TRUNC, 0600),
                    open(in_root("errors"), O_RDWR | O_CREAT | O_TRUNC, 0600)};
    fflush(NULL);
    int kept[2] = {replace(STDOUT_FILENO, files[0]), replace(STDERR_FILENO, files[1])};
    int status = explain_file(&s, path, "desk", 0, how);
    fflush(NULL);
    restore(STDOUT_FILENO, kept[0]);
    restore(STDERR_FILENO, kept[1]);
    ssize_t n = pread(files[0], out, 7999, 0), m = pread(files[1], errors, 1999, 0);
    assert_true(n >= 0 && m >= 0);
    out[n] = errors[m] = '\0';
    close(files[0]);
    close(files[1]);
    settings_free(&s);
    return status;
}

static void parse_prints_a_json_line_for_each(void **state)
{
    (void)state;
    char out[8000], errors[2000];
    put("in.txt", news);
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_LINES, out, errors), 0);
    assert_string_equal(errors, "");
    assert_int_equal(out[0], '{');
    assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
    assert_non_null(strstr(out, "\"watch/desk/\"")); // As the daemon would, of that feed.
    assert_non_null(strstr(out, "\"in.txt\""));
    assert_null(strstr(out, "\"seq\""));
}

static void explain_tells_each_line_and_why(void **state)
{
    (void)state;
    char out[8000], errors[2000];
    put("in.txt", news);
    put("rules.d/own.rules", "[watch ferries]\nwords = ferry\n");
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_TEXT, out, errors), 0);
    assert_non_null(strstr(out, "1 dispatch\n"));
    assert_non_null(strstr(out, "  1 title     "));
    assert_non_null(strstr(out, "   headline       Parliament meets again\n"));
    assert_non_null(strstr(out, "(headline above the anchor: line 1, 0+22)\n"));
    assert_non_null(strstr(out, "   topic          watch/ferries/"));
    assert_non_null(strstr(out, "own.rules:2"));
}

static void explain_is_json_if_asked(void **state)
{
    (void)state;
    char out[8000], errors[2000];
    put("in.txt", news);
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_JSON, out, errors), 0);
    assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
    assert_non_null(strstr(out, "{\"file\":\"in.txt\",\"feed\":\"desk\",\"charset\":\"UTF-8\","));
    assert_non_null(strstr(out, "{\"number\":2,\"offset\":23,\"length\":1,\"class\":\"blank\",\"dispatch\":1,"));
    assert_non_null(strstr(out, "\"value\":\"Parliament meets again\",\"rule\":"));
    put("in.txt", "");
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_JSON, out, errors), 3);
    assert_string_equal(out, "{\"file\":\"in.txt\",\"rejected\":\"empty file\"}\n");
}

/* Blank lines are one record in any charset; what follows is numbered as an editor numbers it. */
static void explain_numbers_lines_as_an_editor_does(void **state)
{
    (void)state;
    char out[8000], errors[2000];
    put("in.txt", "Parliament meets again\r\n\r\n\r\n \r\n14:58, 8 November 2023\r\n\r\nText of it.\r\n");
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_TEXT, out, errors), 0);
    assert_non_null(strstr(out, " 7 lines, "));
    assert_non_null(strstr(out, "\n  5 time "));
}

static void explain_shows_no_control_and_fits(void **state)
{
    (void)state;
    char out[8000], errors[2000], text[2000], *save = NULL;
    snprintf(text, sizeof text, "A title \033[31m%0300d\n\n14:58, 8 November 2023\n\nBody %0500d end.\n", 1, 2);
    put("in.txt", text);
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_TEXT, out, errors), 0);
    assert_null(strchr(out, '\033'));
    assert_non_null(strstr(out, "A title \\x1b[31m"));
    strtok_r(out, "\n", &save); // the path is as long as it is
    for (const char *line; (line = strtok_r(NULL, "\n", &save)) != NULL;)
        assert_true(utf8_width(line, strlen(line)) <= 80);
}

static void what_would_be_rejected_says_so(void **state)
{
    (void)state;
    char out[8000], errors[2000], text[4000];
    put("in.txt", "");
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_LINES, out, errors), 3);
    assert_string_equal(out, "");
    assert_non_null(strstr(errors, "in.txt: empty file\n"));
    snprintf(text, sizeof text, "%s\n\n%s%01500d\n", news, news, 7);
    put("in.txt", text);
    assert_int_equal(explained(in_root("in.txt"), EXPLAIN_LINES, out, errors), 3); // Of one slice.
    assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
    assert_non_null(strstr(errors, "in.txt: "));
    assert_int_equal(explained(in_root("missing"), EXPLAIN_LINES, out, errors), 1);
    assert_non_null(strstr(errors, "missing: No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
        T(configuration_and_rules_come_as_one),
        T(without_a_rules_directory_there_are_the_shipped),
        T(the_operators_rules_lie_over_the_shipped),
        T(problems_of_all_files_are_told),
        T(wrong_rules_alone_are_enough_to_refuse),
        T(what_is_not_there_or_no_file_is_told),
        T(a_huge_file_is_refused),
        T(the_defaults_are_sane),
        T(files_are_listed_by_name),
        T(a_file_is_read_whole_up_to_its_limit),
        T(what_is_no_file_is_refused),
        T(standard_input_is_read_to_its_end),
        T(parse_prints_a_json_line_for_each),
        T(explain_tells_each_line_and_why),
        T(explain_is_json_if_asked),
        T(explain_numbers_lines_as_an_editor_does),
        T(explain_shows_no_control_and_fits),
        T(what_would_be_rejected_says_so),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
