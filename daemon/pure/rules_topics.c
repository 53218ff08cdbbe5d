// SPDX-License-Identifier: MIT
/* rules_topics: the sections of a rules file that give topics: [topic] and [watch] by phrases and queries,
 * [subject] and [weights] by the weight of words, [mentions] by names in the headline; see rules_read.h. */
#include "daemon/pure/rules_read.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/text.h"
#include "proto/topic.h"

#include <string.h>

/* --- [topic], [watch] ----------------------------------------------------------------------------------- */

/* "subject/sport" or, for [watch NAME], NAME -> normal form; NULL: memory ran out, or told as a problem. */
static const char *topic_name(struct reading *r, const char *name, int line)
{
    struct arena *arena = r->rules->arena;
    size_t n = strlen(name);
    while (n > 0 && name[n - 1] == '/')
        n--;
    bool watch = r->section == SECTION_WATCH;
    char *segment = watch ? text_segment(arena, name, n) : arena_text(arena, name, n);
    char *topic = segment == NULL ? NULL : arena_printf(arena, "%s%s/", watch ? "watch/" : "", segment);
    if (topic == NULL) {
        rulefile_full(r);
    } else if (!topic_valid(topic)) {
        rulefile_problem(r, line, "'%s' is no topic", name);
        return NULL;
    }
    return topic;
}

bool rulefile_topic_begin(struct reading *r, const char *name, int line)
{
    const char *topic = topic_name(r, name, line);
    if (topic == NULL)
        return !r->full;
    struct topic_rule *t = r->rules->topic_rules;
    while (t != NULL && strcmp(t->is.topic, topic) != 0)
        t = t->next;
    if (t != NULL && t->is.file == r->file)
        return rulefile_problem(r, line, "%s stands twice in this file", topic);
    if (t == NULL) {
        t = arena_alloc(r->rules->arena, sizeof *t);
        if (t == NULL)
            return rulefile_full(r);
        *r->rules->topic_end = t;
        r->rules->topic_end = &t->next;
    }
    *t = (struct topic_rule){.next = t->next, .is = {topic, r->file, line, .within = -1}};
    r->topic = t;
    return true;
}

static bool topic_query(struct reading *r, const char *value, int line)
{
    struct topic_rule *t = r->topic;
    struct arena *arena = r->rules->arena;
    struct err e = {""};
    struct rules_query *q = arena_alloc(arena, sizeof *q);
    if (q == NULL)
        return rulefile_full(r);
    q->is = query_read(arena, value, line, &t->is.terms, &e);
    if (q->is == NULL)
        return arena_full(arena) ? rulefile_full(r) : rulefile_problem(r, line, "query: %s", e.text);
    q->next = t->is.queries;
    t->is.queries = q;
    return true;
}

bool rulefile_topic(struct reading *r, const char *key, const char *value, int line)
{
    struct topic_rule *t = r->topic;
    if (t == NULL)
        return true;
    if (strcmp(key, "words") == 0)
        return query_phrase(r->rules->arena, value, line, &t->is.terms) || rulefile_full(r);
    if (strcmp(key, "query") == 0)
        return topic_query(r, value, line);
    if (strcmp(key, "within") != 0)
        return rulefile_problem(r, line, "unknown key '%s' in [%s]: words, query, within", key,
                                r->section == SECTION_WATCH ? "watch" : "topic");
    t->is.within = rulefile_subject(r, value, strlen(value));
    return t->is.within >= 0 || rulefile_problem(r, line, "there is no [subject %s]", value);
}

/* --- [subject], [weights] ------------------------------------------------------------------------------- */

int rulefile_subject(const struct reading *r, const char *name, size_t n)
{
    for (size_t i = 0; i < r->rules->nsubjects; i++)
        if (strlen(r->rules->subjects[i].name) == n && memcmp(r->rules->subjects[i].name, name, n) == 0)
            return (int)i;
    return -1;
}

bool rulefile_subject_begin(struct reading *r, const char *name, int line)
{
    int i = rulefile_subject(r, name, strlen(name));
    r->subject = NULL;
    if (i < 0 && r->rules->nsubjects == RULES_SUBJECTS_MAX)
        return rulefile_problem(r, line, "more than %d subjects", RULES_SUBJECTS_MAX);
    if (strchr(name, ' ') != NULL)
        return rulefile_problem(r, line, "the name of a subject is one word");
    r->subject = &r->rules->subjects[i < 0 ? r->rules->nsubjects++ : (size_t)i];
    *r->subject = (struct rules_subject){.name = name, .group = name, .least = 100};
    return true;
}

/* A whole number from -9999 to 9999. */
static bool read_weight(struct view v, int *out)
{
    bool minus = v.n > 0 && *v.p == '-';
    struct view figures = view_from(v, minus);
    if (scan_number(figures.p, figures.n, 4, out) != figures.n || figures.n == 0)
        return false;
    *out = minus ? -*out : *out;
    return true;
}

static bool subject_topic(struct reading *r, const char *value, int line)
{
    const char *topic = topic_name(r, value, line);
    if (topic != NULL)
        r->subject->topic = topic;
    return topic != NULL || !r->full;
}

bool rulefile_subject_key(struct reading *r, const char *key, const char *value, int line)
{
    int number = 0;
    bool least = strcmp(key, "least") == 0;
    if (r->subject == NULL)
        return true;
    if (strcmp(key, "topic") == 0)
        return subject_topic(r, value, line);
    if (strcmp(key, "group") == 0)
        return rulefile_text(r, value, &r->subject->group);
    if (!least && strcmp(key, "prior") != 0)
        return rulefile_problem(r, line, "unknown key '%s' in [subject]: topic, group, prior, least", key);
    if (!read_weight((struct view){value, strlen(value)}, &number))
        return rulefile_problem(r, line, "'%s' is no whole number from -9999 to 9999", value);
    if (least && (number < 1 || number > 100))
        return rulefile_problem(r, line, "'%s' is no share from 1 to 100", value);
    *(least ? &r->subject->least : &r->subject->prior) = number;
    return true;
}

static struct view next_word(struct view *rest)
{
    *rest = scan_trim(*rest);
    struct view word = {rest->p, 0};
    while (word.n < rest->n && scan_blank(rest->p + word.n, rest->n - word.n) == 0)
        word.n++;
    *rest = view_from(*rest, word.n);
    return word;
}

/* Puts a value under a folded word, or with a star at its end under all that begin with it. */
static bool put_word(struct reading *r, struct words *words, const char *key, int line, const void *value)
{
    size_t n = strlen(key), folded_n;
    bool begin = n > 1 && key[n - 1] == '*';
    char *folded = text_fold(r->rules->arena, key, n - begin, &folded_n);
    if (folded == NULL)
        return rulefile_full(r);
    if (folded_n == 0 || (begin && folded_n > WORDS_BEGIN_MAX))
        return rulefile_problem(r, line, "'%s' is no word to look for", key);
    return (begin ? words_put_begin(words, folded, folded_n, value)
                  : words_put(words, folded, folded_n, value)) ||
           rulefile_full(r);
}

bool rulefile_weights_begin(struct reading *r, const char *language, int line)
{
    struct rules *rules = r->rules;
    size_t i = 0;
    r->weights = NULL;
    if (rules->nlanguages == 0)
        rules->languages[rules->nlanguages++].code = "";
    while (i < rules->nlanguages && strcmp(rules->languages[i].code, language) != 0)
        i++;
    if (i == RULES_LANGUAGES_MAX)
        return rulefile_problem(r, line, "words of more than %d languages", RULES_LANGUAGES_MAX - 1);
    if (i == rules->nlanguages)
        rules->languages[rules->nlanguages++].code = language;
    r->weights = &rules->languages[i].words;
    return true;
}

bool rulefile_weights(struct reading *r, const char *key, const char *value, int line)
{
    struct rules *rules = r->rules;
    struct rules_weight *weight = arena_alloc(rules->arena, sizeof *weight);
    if (weight == NULL)
        return rulefile_full(r);
    if (r->weights == NULL)
        return true;
    if (rules->nweights == RULES_WEIGHTS_MAX)
        return rulefile_problem(r, line, "more than %d words have weights", RULES_WEIGHTS_MAX);
    if (!rulefile_text(r, key, &weight->word))
        return false;
    weight->number = (uint32_t)rules->nweights++;
    int sum = 0;
    for (struct view rest = {value, strlen(value)}, name; (name = next_word(&rest)).n > 0;) {
        int subject = rulefile_subject(r, name.p, name.n), number;
        if (subject < 0)
            return rulefile_problem(r, line, "there is no [subject %.*s]", (int)name.n, name.p);
        if (!read_weight(next_word(&rest), &number))
            return rulefile_problem(r, line, "behind '%.*s' stands no whole number from -9999 to 9999",
                                    (int)name.n, name.p);
        weight->of[subject] = (int16_t)number;
        sum += number;
    }
    weight->mean = sum / (int)(rules->nsubjects > 0 ? rules->nsubjects : 1);
    return put_word(r, r->weights, key, line, weight);
}

/* --- [mentions] ----------------------------------------------------------------------------------------- */

bool rulefile_mentions(struct reading *r, const char *key, const char *value, int line)
{
    const char *code = NULL;
    size_t n = strlen(key), word = strcspn(key, " '.-");
    if (!rulefile_code(r, line, value, &code))
        return false;
    if (code == NULL || !put_word(r, &r->rules->mentions, key, line, code))
        return !r->full;
    char *first = word < n ? text_fold(r->rules->arena, key, word, &n) : NULL;
    return word == strlen(key) || (first != NULL && words_put(&r->rules->mention_firsts, first, n, code)) ||
           rulefile_full(r);
}
