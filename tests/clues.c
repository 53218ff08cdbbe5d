// SPDX-License-Identifier: MIT
/* clues: FILE... -> for each dispatch a line of its file, its number and the clues of its confidence, tabs between; for
 * tests/score/calibrate.py. The first line names the clues as the enum has them. */
#include "tests/reading.h"

#include "daemon/pure/confidence.h"

#define FILE_MAX ((size_t)64 << 20)

static void clues_of(struct reading *r, const char *path, uint8_t *bytes)
{
    struct reader_result result;
    FILE *f = fopen(path, "rb");
    size_t n = f == NULL ? 0 : fread(bytes, 1, FILE_MAX, f);
    if (f != NULL)
        fclose(f);
    if (reading_read(r, bytes, n, &result) != FATE_DONE)
        return;
    for (size_t i = 0; i < result.nslices; i++) {
        printf("%s\t%zu", path, i + 1);
        for (size_t k = 0; k < result.slices[i].nclues; k++)
            printf("\t%.4f", result.slices[i].clues[k].value);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    struct reading r;
    uint8_t *bytes = malloc(FILE_MAX);
    if (bytes == NULL || !reading_open(&r))
        return 1;
    for (size_t k = 0; k < CLUES; k++)
        printf("%s%s", confidence_word((enum confidence_clue)k), k + 1 < CLUES ? "\t" : "\n");
    for (int i = 1; i < argc; i++)
        clues_of(&r, argv[i], bytes);
    reading_close(&r);
    free(bytes);
    return 0;
}
