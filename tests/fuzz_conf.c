// SPDX-License-Identifier: MIT
/* fuzz_conf: any bytes as a configuration. Whatever they are, the result is complete, and problems are told
 * exactly when there are some. */
#include "daemon/pure/conf.h"

#include "tests/fuzz.h"

#define REQUIRE(what)                                                                                        \
    do {                                                                                                     \
        if (!(what))                                                                                         \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf_problems problems;
    struct conf *conf = conf_read("fuzz.conf", size > 0 ? (const char *)data : "", size, &problems);
    REQUIRE(conf != NULL);
    REQUIRE((problems.count > 0) == (problems.text != NULL));
    for (const char *line = problems.text; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        REQUIRE(strncmp(line, "fuzz.conf:", 10) == 0);
        REQUIRE(strchr(line, '\n') != NULL);
    }
    REQUIRE(conf->publish.nbind >= 1 && conf->publish.nbind <= CONF_ENDPOINTS_MAX);
    REQUIRE(conf->replay.nbind >= 1 && conf->replay.nbind <= CONF_ENDPOINTS_MAX);
    REQUIRE(conf->spool.directory[0] == '/' && conf->spool.nskip <= CONF_LIST_MAX);
    REQUIRE(conf->spool.max_items >= 1 && conf->spool.max_dispatch >= 1024 && conf->spool.settle_ms >= 0);
    REQUIRE(conf->nfeeds >= 1 && conf->nfeeds <= CONF_FEEDS_MAX &&
            strcmp(conf->feeds[0].name, "default") == 0);
    for (size_t i = 0; i < conf->nfeeds; i++) {
        struct conf_feed scratch;
        REQUIRE(conf_feed_name_valid(conf->feeds[i].name) && conf->feeds[i].urgency <= 9);
        REQUIRE(conf_feed(conf, conf->feeds[i].name, &scratch) == &conf->feeds[i]);
    }
    conf_problems_free(&problems);
    conf_free(conf);
    return 0;
}
