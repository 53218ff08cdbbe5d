// SPDX-License-Identifier: MIT
/* fuzz_reader: any bytes as a drop file. Whatever they are, slices and furniture cover them, and every text
 * handed out is valid UTF-8, every source of a field lies in the file. */
#include "tests/fuzz.h"

#include "proto/utf8.h"
#include "tests/reading.h"

static void check_text(const char *text)
{
    if (text != NULL && utf8_valid(text, strlen(text)) != strlen(text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reading reading;
    struct reader_result result;
    if (reading.rules == NULL && !reading_open(&reading))
        abort();
    enum fate fate = reading_read(&reading, data, size, &result);
    if (fate != FATE_DONE && reading.e.text[0] == '\0')
        abort();
    if (fate != FATE_DONE)
        return 0;
    if (!reading_covers(&result, size))
        abort();
    for (size_t i = 0; i < result.nslices; i++) {
        const struct newswire_dispatch *d = &result.slices[i].dispatch;
        const char *const texts[] = {
            d->headline, d->body,        d->by,              d->agency,   d->located,           d->dateline,
            d->ed_note,  d->usage_terms, d->content_created, d->slugline, result.slices[i].why};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            check_text(texts[k]);
        for (size_t k = 0; k < result.slices[i].nsources; k++)
            if (result.slices[i].sources[k].offset + result.slices[i].sources[k].length > size)
                abort();
        for (const char *const *w = d->warnings; *w != NULL; w++)
            check_text(*w);
    }
    return 0;
}
