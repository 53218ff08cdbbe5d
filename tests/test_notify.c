// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "daemon/hands/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A manager that listens on an abstract socket. */
static int manager(void)
{
    char name[64];
    int n = snprintf(name, sizeof name, "@newswire-test-%ld", (long)getpid());
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memcpy(at.sun_path + 1, name + 1, (size_t)n - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void assert_heard(int fd, const char *text)
{
    char got[256];
    ssize_t n = recv(fd, got, sizeof got - 1, 0);
    assert_true(n >= 0);
    got[n] = '\0';
    assert_string_equal(got, text);
}

static void says_what_systemd_wants_to_hear(void **state)
{
    (void)state;
    int fd = manager();
    char got[256] = "";
    notify_ready("head 5");
    assert_heard(fd, "READY=1\nSTATUS=head 5");
    notify_status("one line\nREADY=1");
    assert_heard(fd, "STATUS=one line");
    notify_watchdog();
    assert_heard(fd, "WATCHDOG=1");
    notify_stopping();
    assert_heard(fd, "STOPPING=1");
    notify_reloading();
    assert_true(recv(fd, got, sizeof got - 1, 0) > 0);
    unsigned long long usec = 0;
    assert_int_equal(sscanf(got, "RELOADING=1\nMONOTONIC_USEC=%llu", &usec), 1);
    assert_true(usec > 0);
    unsetenv("NOTIFY_SOCKET");
    close(fd);
}

/* A manager that does not read must not stop us; when it reads again it hears the state that counts. */
static void never_waits_and_owes_the_state(void **state)
{
    (void)state;
    int fd = manager();
    char got[256];
    for (int i = 0; i < 5000; i++) // more than any queue holds: a call that waits would never end
        notify_status("nobody reads");
    notify_reloading();
    notify_ready("the last word");
    int heard = 0;
    while (recv(fd, got, sizeof got - 1, 0) > 0)
        heard++;
    assert_true(heard > 0 && heard < 5000);
    notify_status("after it");
    assert_heard(fd, "READY=1\nSTATUS=the last word");
    assert_heard(fd, "STATUS=after it");
    unsetenv("NOTIFY_SOCKET");
    close(fd);
}

static void watchdog_is_pinged_twice_in_its_time(void **state)
{
    (void)state;
    char pid[32];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    setenv("WATCHDOG_PID", "1", 1); // meant for another process
    assert_int_equal(notify_watchdog_ms(), 0);
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
}

static void silent_without_a_manager(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify_ready("");
    notify_reloading();
    notify_stopping();
    notify_status("nobody hears");
    notify_watchdog();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_systemd_wants_to_hear),
        cmocka_unit_test(never_waits_and_owes_the_state),
        cmocka_unit_test(watchdog_is_pinged_twice_in_its_time),
        cmocka_unit_test(silent_without_a_manager),
    };
    return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
