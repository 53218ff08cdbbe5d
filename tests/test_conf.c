// SPDX-License-Identifier: MIT
/* test_conf: the INI reader, values with units, every key, and what is told about mistakes. Run at the top of
 * the source tree: the installed example is read too. */
#include "tests/unit.h"

#include "daemon/pure/conf_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the reader: what it called, as text ------------------------------------------------------ */

struct heard {
    char text[20000];
    size_t n;
};

static bool hear(void *user, const char *section, const char *key, const char *value, int line)
{
    struct heard *h = user;
    int n = key == NULL ? snprintf(h->text + h->n, sizeof h->text - h->n, "%d[%s]\n", line, section)
                        : snprintf(h->text + h->n, sizeof h->text - h->n, "%d %s.%s=%s|\n", line, section,
                                   key, value);
    h->n += (size_t)n;
    return key == NULL || strcmp(key, "stop") != 0;
}

static void hear_problem(void *user, int line, const char *message)
{
    struct heard *h = user;
    h->n += (size_t)snprintf(h->text + h->n, sizeof h->text - h->n, "%d! %s\n", line, message);
}

static bool read_n(const char *text, size_t n, struct heard *h)
{
    h->n = 0;
    h->text[0] = '\0';
    // A copy without anything behind it: a sanitizer sees a step too far.
    char *exact = malloc(n + (n == 0));
    assert_non_null(exact);
    memcpy(exact, text, n);
    bool good = ini_read(exact, n, hear, hear_problem, h);
    free(exact);
    return good;
}

static void assert_heard(const char *text, const char *want)
{
    static struct heard h;
    bool good = read_n(text, strlen(text), &h);
    assert_string_equal(h.text, want);
    assert_int_equal(good, strchr(want, '!') == NULL && strstr(want, "stop") == NULL);
}

static void reads_lines(void **state)
{
    (void)state;
    assert_heard("", "");
    assert_heard("\n# c\n; c\n\r\n", "");
    assert_heard("a = b\n[s]\nk=v", "1 .a=b|\n2[s]\n3 s.k=v|\n");
    assert_heard("\xef\xbb\xbf[s]\r\n  k \t=  v w  \r\n", "1[s]\n2 s.k=v w|\n");
    assert_heard("[s] ; c\nk = v ; c\nl = v # c\nm = a;b#c\nn =\no = # c",
                 "1[s]\n2 s.k=v|\n3 s.l=v|\n4 s.m=a;b#c|\n5 s.n=|\n6 s.o=|\n");
    assert_heard("[s]\nk = v\n  indented = 2\nk = a = b: c\n",
                 "1[s]\n2 s.k=v|\n3 s.indented=2|\n4 s.k=a = b: c|\n");
    assert_heard("[a]\n[b]\n[a]\nk=v\n", "1[a]\n2[b]\n3[a]\n4 a.k=v|\n");
    assert_heard("k=Երևան 😀\n", "1 .k=Երևան 😀|\n");
    assert_heard("a=1\nstop=1\nb=2\n", "1 .a=1|\n2 .stop=1|\n");
}

static void tells_bad_lines(void **state)
{
    (void)state;
    assert_heard("a\nb=1", "1! 'key = value' was expected\n2 .b=1|\n");
    assert_heard("a: b = c", "1! 'key = value' was expected\n");
    assert_heard("a #= c", "1! 'key = value' was expected\n");
    assert_heard("= c\n= # c", "1! a value without a key: 'key = value' was expected\n"
                               "2! a value without a key: 'key = value' was expected\n");
    assert_heard("[s\nk=v", "1! '[' without ']'\n2 .k=v|\n");
    assert_heard("[s] t\nk=v", "1! something stands behind ']'\n2 .k=v|\n");
    assert_heard("k=\xc3\nl=\xe2\x82\xac", "1! not valid UTF-8: save the file as UTF-8\n2 .l=€|\n");
    static struct heard h;
    assert_false(read_n("k=a\0b\nl=1", 9, &h));
    assert_string_equal(h.text, "1! a NUL byte: this is not text\n2 .l=1|\n");
}

/* Debian's inih cuts lines at 200 bytes and section names at 50 without a word. */
static void long_lines_are_whole_or_told(void **state)
{
    (void)state;
    static struct heard h;
    static char text[9000], want[9000];
    memset(text, 'x', sizeof text);
    memcpy(text, "k=", 2);
    assert_true(read_n(text, 4000, &h));
    snprintf(want, sizeof want, "1 .k=%.3998s|\n", text + 2);
    assert_string_equal(h.text, want);
    memcpy(text + 4001, "\nl=1", 4);
    assert_false(read_n(text, 4005, &h));
    assert_string_equal(h.text, "1! a line of more than 4000 bytes\n2 .l=1|\n");
    memset(text, 's', sizeof text);
    text[0] = '[';
    text[3999] = ']';
    assert_true(read_n(text, 4000, &h));
    snprintf(want, sizeof want, "1[%.3998s]\n", text + 1);
    assert_string_equal(h.text, want);
    memset(text, 'k', 3998);
    memcpy(text + 3998, "=v", 2);
    assert_true(read_n(text, 4000, &h));
    snprintf(want, sizeof want, "1 .%.3998s=v|\n", text);
    assert_string_equal(h.text, want);
}

/* --- values ----------------------------------------------------------------------------------- */

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want; /* -1 = refused */
    } cases[] = {{"0", 0},
                 {"512", 512},
                 {"64K", 65536},
                 {"64k", 65536},
                 {"64M", 67108864},
                 {"2G", 2147483648},
                 {"", -1},
                 {"K", -1},
                 {"-1", -1},
                 {"1.5M", -1},
                 {"64MB", -1},
                 {"64 M", -1},
                 {" 64", -1},
                 {"0x10", -1},
                 {"99999999999999999999", -1},
                 {"9999999999G", -1},
                 {"9223372036854775807", INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t bytes = 7;
        struct err e = {""};
        assert_int_equal(conf_size(cases[i].text, &bytes, &e), cases[i].want >= 0);
        assert_int_equal(e.text[0] != '\0', cases[i].want < 0);
        if (cases[i].want >= 0)
            assert_int_equal(bytes, cases[i].want);
    }
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {{"0", 0}, {"0s", 0}, {"500ms", 500}, {"2s", 2000}, {"5m", 300000}, {"12h", 43200000},
                 {"30d", 2592000000}, {"", -1}, {"2", -1}, {"s", -1}, {"-2s", -1}, {"2 s", -1}, {"2sec", -1},
                 {"2M", -1}, {"99999999999999999d", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = 7;
        assert_int_equal(conf_time(cases[i].text, &ms, NULL), cases[i].want >= 0);
        if (cases[i].want >= 0)
            assert_int_equal(ms, cases[i].want);
    }
}

static void switches(void **state)
{
    (void)state;
    bool out = false;
    assert_true(conf_bool("Yes", &out, NULL) && out);
    assert_true(conf_bool("off", &out, NULL) && !out);
    assert_true(conf_bool("1", &out, NULL) && out);
    assert_false(conf_bool("maybe", &out, NULL));
    assert_false(conf_bool("", &out, NULL));
}

static void feed_names(void **state)
{
    (void)state;
    assert_true(conf_feed_name_valid("armenpress-2"));
    assert_true(conf_feed_name_valid("0123456789012345678901234567890123456789"));
    assert_false(conf_feed_name_valid("01234567890123456789012345678901234567890"));
    static const char *const bad[] = {"", "Armenpress", "a b", "a/b", "..", ".a", "ա", "a\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(conf_feed_name_valid(bad[i]));
}

/* --- the configuration ------------------------------------------------------------------------ */

static struct conf *read_good(const char *text)
{
    struct conf_problems problems;
    struct conf *conf = conf_read("c", text, strlen(text), &problems);
    assert_non_null(conf);
    if (problems.text != NULL)
        fail_msg("%s", problems.text);
    return conf;
}

static void defaults_stand(void **state)
{
    (void)state;
    struct conf *conf = read_good("");
    assert_string_equal(conf->spool.directory, "/var/spool/newswire");
    assert_int_equal(conf->spool.after, CONF_ARCHIVE);
    assert_int_equal(conf->spool.settle_ms, 2000);
    assert_int_equal(conf->spool.poll_ms, 5000);
    assert_int_equal(conf->spool.max_file, 64 << 20);
    assert_int_equal(conf->spool.max_items, 10000);
    assert_int_equal(conf->spool.max_lines, 2000000);
    assert_int_equal(conf->spool.max_dispatch, 1 << 20);
    assert_int_equal(conf->spool.archive_keep_ms, 30LL * 24 * 60 * 60 * 1000);
    assert_int_equal(conf->spool.nskip, 4);
    assert_string_equal(conf->spool.skip[2], "*.filepart");
    assert_string_equal(conf->store.directory, "/var/lib/newswire");
    assert_int_equal(conf->store.keep_ms, 0);
    assert_int_equal(conf->store.remember_ms, 0);
    assert_int_equal(conf->store.reserve, 16 << 20);
    assert_int_equal(conf->publish.nbind, 2);
    assert_string_equal(conf->publish.bind[0], "ipc:///run/newswire/publish");
    assert_string_equal(conf->publish.bind[1], "tcp://127.0.0.1:5570");
    assert_int_equal(conf->publish.sndhwm, 10000);
    assert_int_equal(conf->replay.nbind, 2);
    assert_string_equal(conf->replay.bind[1], "tcp://127.0.0.1:5571");
    assert_string_equal(conf->topics.rules, "/etc/newswire/rules.d");
    assert_string_equal(conf->log.level, "notice");
    assert_int_equal(conf->nfeeds, 1);
    assert_string_equal(conf->feeds[0].name, "default");
    assert_string_equal(conf->feeds[0].format, "digest");
    assert_int_equal(conf->feeds[0].urgency, 0);
    conf_free(conf);
}

static void reads_values(void **state)
{
    (void)state;
    struct conf *conf =
        read_good("[spool]\ndirectory = /srv/a b ; here\nafter = delete\nsettle = 0\nskip = *.x\n"
                  "[publish]\nbind = ipc:///a tcp://[::1]:7\nbind = tcp://localhost:8\nsndhwm=5\n"
                  "[log]\nlevel=debug\n[feed default]\nexpect = 2h\n"
                  "[feed armenpress]\nagency = ARMENPRESS\nzone = Asia/Yerevan\nlanguage = en\n"
                  "charset = windows-1252\ntopics = watch/caucasus desk/foreign/\nurgency = 4\n"
                  "trust_close = yes\n[feed b]\nzone =\n");
    assert_string_equal(conf->spool.directory, "/srv/a b");
    assert_int_equal(conf->spool.after, CONF_DELETE);
    assert_int_equal(conf->spool.settle_ms, 0);
    assert_int_equal(conf->spool.nskip, 1);
    assert_int_equal(conf->publish.nbind, 3);
    assert_string_equal(conf->publish.bind[1], "tcp://[::1]:7");
    assert_string_equal(conf->publish.bind[2], "tcp://127.0.0.1:8");
    assert_int_equal(conf->publish.sndhwm, 5);
    assert_string_equal(conf->log.level, "debug");
    assert_int_equal(conf->nfeeds, 3);
    assert_int_equal(conf->feeds[0].expect_ms, 7200000);
    const struct conf_feed *feed = &conf->feeds[1];
    assert_string_equal(feed->name, "armenpress");
    assert_string_equal(feed->agency, "ARMENPRESS");
    assert_string_equal(feed->zone, "Asia/Yerevan");
    assert_string_equal(feed->language, "en");
    assert_string_equal(feed->charset, "windows-1252");
    assert_int_equal(feed->ntopics, 2);
    assert_string_equal(feed->topics[0], "watch/caucasus/");
    assert_string_equal(feed->topics[1], "desk/foreign/");
    assert_int_equal(feed->urgency, 4);
    assert_true(feed->trust_close);
    struct conf_feed scratch;
    assert_ptr_equal(conf_feed(conf, "b", &scratch), &conf->feeds[2]);
    assert_ptr_equal(conf_feed(conf, "c", &scratch), &scratch);
    assert_string_equal(scratch.name, "c");
    assert_string_equal(scratch.format, "digest");
    assert_int_equal(scratch.expect_ms, 0);
    conf_free(conf);
    conf_free(NULL);
}

/* One mistake each: text, and the problem that is told of it. */
static const char *const mistakes[][2] = {
    {"[spool]\nsetle = 2s", "c:2: unknown key 'setle' in [spool]; did you mean 'settle'?\n"},
    {"[spool]\nfrobnicate = 2s", "c:2: unknown key 'frobnicate' in [spool]\n"},
    {"[feed x]\nurgnecy = 2", "c:2: unknown key 'urgnecy' in [feed x]; did you mean 'urgency'?\n"},
    {"[sppol]\nx = 1\ny = 2", "c:1: unknown section [sppol]; did you mean [spool]?\n"},
    {"[zzz]", "c:1: unknown section [zzz]\n"},
    {"[Spool]", "c:1: unknown section [Spool]; did you mean [spool]?\n"},
    {"a = b", "c:1: 'a' stands before the first [section]\n"},
    {"[spool]\nsettle = 1s\nsettle = 2s", "c:3: 'settle' was there already in this section\n"},
    {"[spool]\n[store]\n[spool]\n", "c:3: section [spool] was there already\n"},
    {"[feed x]\n[feed  x]", "c:2: section [feed x] was there already\n"},
    {"[feed X]\nagency = A",
     "c:1: a feed's name is made of a-z, 0-9 and '-', at most 40 of them, as in [feed armenpress]\n"},
    {"[feed]",
     "c:1: a feed's name is made of a-z, 0-9 and '-', at most 40 of them, as in [feed armenpress]\n"},
    {"[spool]\nsettle = 2",
     "c:2: settle = '2': a time was expected: a number with its unit as in 500ms, 2s, 5m, 12h "
     "or 30d, or 0\n"},
    {"[spool]\nsettle = 2h", "c:2: settle = '2h': from 0 to 1h was expected\n"},
    {"[spool]\nmax_file = big",
     "c:2: max_file = 'big': a size was expected: bytes, or a number with K, M or G as in 64M\n"},
    {"[spool]\nmax_items = 1K", "c:2: max_items = '1K': a whole number was expected\n"},
    {"[spool]\nmax_items = 0", "c:2: max_items = '0': from 1 to 1000000 was expected\n"},
    {"[spool]\nafter = burn", "c:2: after = 'burn': one of these was expected: archive delete\n"},
    {"[spool]\nafter = arch", "c:2: after = 'arch': one of these was expected: archive delete\n"},
    {"[spool]\ndirectory = srv",
     "c:2: directory = 'srv': a whole path was expected, as in /var/spool/newswire\n"},
    {"[log]\nlevel = loud", "c:2: level = 'loud': one of these was expected: error warn notice debug\n"},
    {"[feed x]\nurgency = 10", "c:2: urgency = '10': from 0 to 9 was expected\n"},
    {"[feed x]\nzone = Foo/Bar",
     "c:2: zone = 'Foo/Bar': no such time zone; the tz database has Asia/Yerevan\n"},
    {"[feed x]\ncharset = klingon",
     "c:2: charset = 'klingon': no such charset; ICU has UTF-8 and windows-1251\n"},
    {"[feed x]\nlanguage = English",
     "c:2: language = 'English': a language was expected, as in en, hy or pt-BR\n"},
    {"[feed x]\ntrust_close = perhaps", "c:2: trust_close = 'perhaps': 'yes' or 'no' was expected\n"},
    {"[feed x]\nformat = pdf", "c:2: format = 'pdf': one of these was expected: digest\n"},
    {"[feed x]\ntopics = !a",
     "c:2: topics = '!a': a topic to give was expected, as in watch/caucasus: without '!' "
     "and '*', and not 'all'\n"},
    {"[feed x]\ntopics = a/*/b",
     "c:2: topics = 'a/*/b': a topic to give was expected, as in watch/caucasus: without "
     "'!' and '*', and not 'all'\n"},
    {"[feed x]\ntopics = all",
     "c:2: topics = 'all': a topic to give was expected, as in watch/caucasus: without '!' "
     "and '*', and not 'all'\n"},
    {"[publish]\nbind = ipc:///a ipc:///b\n[replay]\nbind = ipc:///a\n",
     "c:4: endpoint ipc:///a is bound twice; publish and replay need one each (defaults count)\n"},
    {"[publish]\nbind =", "c:2: bind = '': an endpoint was expected, as in tcp://127.0.0.1:5570\n"},
    {"[publish]\nbind = udp://x", "c:2: bind = 'udp://x': an endpoint begins with ipc:// or tcp://, as in "
                                  "tcp://127.0.0.1:5570\n"},
    {"[publish]\nbind = ipc://run/x", "c:2: bind = 'ipc://run/x': an ipc endpoint takes a whole path, as in "
                                      "ipc:///run/newswire/publish\n"},
    {"[publish]\nbind = tcp://127.0.0.1",
     "c:2: bind = 'tcp://127.0.0.1': a tcp endpoint takes host and port, as in "
     "tcp://127.0.0.1:5570\n"},
    {"[publish]\nbind = tcp://127.0.0.1:0",
     "c:2: bind = 'tcp://127.0.0.1:0': a port from 1 to 65535 was expected, as in "
     "tcp://127.0.0.1:5570\n"},
    {"[x\n", "c:1: '[' without ']'\n"},
    {"[spool]\nsettle\n", "c:2: 'key = value' was expected\n"},
    {"[spool]\n\033[31m = 1", "c:2: unknown key '\\x1b[31m' in [spool]\n"},
};

static void tells_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct conf_problems problems;
        struct conf *conf = conf_read("c", mistakes[i][0], strlen(mistakes[i][0]), &problems);
        assert_non_null(conf);
        assert_non_null(problems.text);
        assert_string_equal(problems.text, mistakes[i][1]);
        assert_int_equal(problems.count, 1);
        // Complete even so.
        assert_int_equal(conf->spool.max_items, 10000);
        assert_int_equal(conf->publish.nbind, 2);
        conf_problems_free(&problems);
        assert_null(problems.text);
        conf_free(conf);
    }
}

static void only_loopback_is_bound(void **state)
{
    (void)state;
    static const char *const open[] = {"tcp://*:5570",
                                       "tcp://0.0.0.0:5570",
                                       "tcp://10.0.0.1:5570",
                                       "tcp://[::]:5570",
                                       "tcp://eth0:5570",
                                       "tcp://localhost.evil.example:5570",
                                       "tcp://128.0.0.1:1",
                                       "tcp://[::ffff:10.0.0.1]:5570",
                                       "tcp://127.0.0.1.example:5570",
                                       "tcp://::1:5570"};
    char out[256];
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        struct err e = {""};
        assert_false(conf_endpoint(open[i], out, sizeof out, &e));
        assert_non_null(strstr(e.text, "CURVE"));
    }
    assert_true(conf_endpoint("tcp://127.9.8.7:65535", out, sizeof out, NULL));
    assert_true(conf_endpoint("tcp://localhost:1", out, sizeof out, NULL));
    assert_string_equal(out, "tcp://127.0.0.1:1");
}

static void ipc_paths_have_a_limit(void **state)
{
    (void)state;
    char endpoint[300] = "ipc:///", out[256];
    struct err e = {""};
    memset(endpoint + 7, 'p', 106);
    assert_true(conf_endpoint(endpoint, out, sizeof out, &e));
    endpoint[7 + 106] = 'p';
    assert_false(conf_endpoint(endpoint, out, sizeof out, &e));
    assert_string_equal(
        e.text, "the path of an ipc endpoint may have 107 bytes (a limit of the kernel), this has 108");
    memset(endpoint + 7, 'p', 280);
    assert_false(conf_endpoint(endpoint, out, sizeof out, &e));
    assert_string_equal(e.text, "an endpoint has at most 255 bytes");
}

static void has_room_for_so_many(void **state)
{
    (void)state;
    char text[20000] = "";
    for (int i = 0; i < 300; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "[feed f%d]\n", i);
    struct conf_problems problems;
    struct conf *conf = conf_read("c", text, strlen(text), &problems);
    assert_int_equal(conf->nfeeds, CONF_FEEDS_MAX);
    assert_int_equal(problems.count, 300 - (CONF_FEEDS_MAX - 1));
    assert_memory_equal(problems.text, "c:256: more than 256 feeds\n", 27);
    conf_problems_free(&problems);
    conf_free(conf);
    strcpy(text, "[spool]\nskip =");
    for (int i = 0; i < 33; i++)
        strcat(text, " a");
    conf = conf_read("c", text, strlen(text), &problems);
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(problems.text, ": at most 32 were expected\n"));
    conf_problems_free(&problems);
    conf_free(conf);
}

static void tells_all_but_not_without_end(void **state)
{
    (void)state;
    enum { N = 5000 };
    static char text[N * 2 + 1];
    for (int i = 0; i < N; i++)
        memcpy(text + (size_t)i * 2, "x\n", 2);
    struct conf_problems problems;
    struct conf *conf = conf_read("c", text, strlen(text), &problems);
    assert_int_equal(problems.count, N);
    assert_non_null(strstr(problems.text, "c:1000: "));
    assert_null(strstr(problems.text, "c:1001: "));
    conf_problems_free(&problems);
    conf_free(conf);
}

/* --- what is installed and written about it --------------------------------------------------- */

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail_msg("%s: cannot be opened; run me at the top of the source tree", path);
    char *text = calloc(1, 1 << 18);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 18) - 1, f) > 0);
    fclose(f);
    return text;
}

/* "#key = value" becomes "key = value", "#[feed default]" a section; prose ("# ...") stays. */
static void uncomment(char *text)
{
    char *to = text;
    for (char *from = text; *from != '\0';) {
        if (from[0] == '#' && from[1] != ' ' && from[1] != '\n')
            from++;
        size_t n = strcspn(from, "\n") + 1;
        memmove(to, from, n);
        to += n;
        from += n;
    }
    *to = '\0';
}

static void example_holds_every_key_at_its_default(void **state)
{
    (void)state;
    char *text = slurp("daemon/newswired.conf");
    struct conf *plain = read_good("");
    struct conf *as_installed = read_good(text);
    uncomment(text);
    struct conf *spelled = read_good(text);
    struct conf_feed *feeds[] = {plain->feeds, as_installed->feeds, spelled->feeds};
    for (int i = 1; i < 3; i++)
        assert_memory_equal(feeds[i], feeds[0], sizeof **feeds);
    plain->feeds = as_installed->feeds = spelled->feeds = NULL;
    assert_memory_equal(as_installed, plain, sizeof *plain);
    assert_memory_equal(spelled, plain, sizeof *plain);
    for (size_t i = 0; i < conf_nkeys; i++) {
        char line[300];
        snprintf(line, sizeof line, "\n%s = %s", conf_keys[i].key, conf_keys[i].value);
        if (conf_keys[i].value[0] == '\0')
            line[strlen(line) - 1] = '\0';
        // Of two endpoints each has a line of its own.
        line[strlen("\nbind = ") +
             strcspn(line + strlen("\nbind = "), conf_keys[i].type == CONF_BINDS ? " " : "")] = '\0';
        if (strstr(text, line) == NULL)
            fail_msg("newswired.conf lacks '%s'", line + 1);
    }
    free(text);
    conf_free(plain);
    conf_free(as_installed);
    conf_free(spelled);
    for (int i = 0; i < 3; i++)
        free(feeds[i]);
}

static void manual_names_every_key(void **state)
{
    (void)state;
    char *text = slurp("daemon/newswired.conf.5");
    for (size_t i = 0; i < conf_nkeys; i++) {
        char item[100];
        snprintf(item, sizeof item, "\n.It Cm %s ", conf_keys[i].key);
        if (strstr(text, item) == NULL)
            fail_msg("newswired.conf.5 lacks '%s'", item + 1);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_lines),
                                       cmocka_unit_test(tells_bad_lines),
                                       cmocka_unit_test(long_lines_are_whole_or_told),
                                       cmocka_unit_test(sizes),
                                       cmocka_unit_test(durations),
                                       cmocka_unit_test(switches),
                                       cmocka_unit_test(feed_names),
                                       cmocka_unit_test(defaults_stand),
                                       cmocka_unit_test(reads_values),
                                       cmocka_unit_test(tells_mistakes),
                                       cmocka_unit_test(only_loopback_is_bound),
                                       cmocka_unit_test(ipc_paths_have_a_limit),
                                       cmocka_unit_test(has_room_for_so_many),
                                       cmocka_unit_test(tells_all_but_not_without_end),
                                       cmocka_unit_test(example_holds_every_key_at_its_default),
                                       cmocka_unit_test(manual_names_every_key)};
    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
