// SPDX-License-Identifier: MIT
/* fuzz: included by every tests/fuzz_<room>.c behind its LLVMFuzzerTestOneInput. Built with -fsanitize=fuzzer (and
 * -DFUZZING) libFuzzer brings its own main; built as any test it replays every file named, and every file in each directory
 * named (default: tests/data/fuzz_<room>), so that the corpus runs in each `make check`. Prints TAP. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef FUZZING
static unsigned fuzz_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    // Exactly as long as the file, so that a sanitizer sees a read past its end.
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    unsigned done = 0;
    if (data != NULL && size >= 0 && fread(data, 1, (size_t)size, f) == (size_t)size) {
        LLVMFuzzerTestOneInput(data, (size_t)size);
        done = 1;
    }
    free(data);
    fclose(f);
    return done;
}

static unsigned fuzz_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return 0;
    if (!S_ISDIR(st.st_mode))
        return fuzz_file(path);
    unsigned done = 0;
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char below[4096];
        snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            done += fuzz_file(below);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return done;
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];
    char corpus[4096];
    snprintf(corpus, sizeof corpus, "tests/data/%s", name);
    unsigned done = argc < 2 ? fuzz_path(corpus) : 0;
    for (int i = 1; i < argc; i++)
        done += fuzz_path(argv[i]);
    printf("1..1\n%s 1 - %s: %u inputs replayed\n", done > 0 ? "ok" : "not ok", name, done);
    return done > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
#endif

#endif
