// SPDX-License-Identifier: MIT
/* race: two threads write one plain integer, as no line of the product may. tests/race.sh demands that the thread
 * sanitizer, with our suppressions, catches it: else a clean run would prove nothing. */
#include <pthread.h>
#include <stdio.h>

static long plain;

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 100000; i++)
        plain++;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, count, NULL) != 0)
        return 1;
    count(NULL);
    pthread_join(thread, NULL);
    printf("%ld\n", plain);
    return 0;
}
