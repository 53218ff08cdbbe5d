// SPDX-License-Identifier: MIT
/* names: the least that looking at a drop directory must do.
 *
 *     names DIRECTORY LIMIT
 *
 * Reads the names of all that is there and asks for the age of LIMIT of them. Prints one line of JSON. */
#include "tests/bench/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    check(argc == 3, "usage: names DIRECTORY LIMIT");
    long limit = atol(argv[2]), names = 0, stats = 0;
    double began = now();
    DIR *dir = opendir(argv[1]);
    check(dir != NULL, argv[1]);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL; names++) {
        struct stat st;
        if (stats < limit) {
            check(fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0, entry->d_name);
            stats++;
        }
    }
    printf("{\"names\": %ld, \"stats\": %ld, \"seconds\": %.6f}\n", names, stats, now() - began);
    return 0;
}
