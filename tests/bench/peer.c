// SPDX-License-Identifier: MIT
/* peer: loads digests into other people's wires, and receives them there.
 *
 *     peer redis|nats|mqtt PORT load DIRECTORY       every dispatch of the digests there, in order of name
 *     peer redis|nats|mqtt PORT receive COUNT EVERY
 *
 * On loopback. Both print "ready" when they are; the loader, which has everything in memory and cut by then, begins when a
 * line comes on the standard input, with at most WINDOW dispatches not yet acknowledged. The receiver prints what
 * listen.c prints. */
#include "tests/bench/peer.h"

#include "tests/bench/clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW 512     /* dispatches sent, but not acknowledged */
#define TOGETHER 64    /* dispatches in one write */
#define BUFFER (1u << 20)
#define MARK "\nItem " /* begins a dispatch: see digests.py */

struct buffer {
    char *p;
    size_t begin, end, room; /* what is in it: from begin to end */
};

struct peer {
    const struct peer_protocol *protocol;
    int fd;
    struct buffer out, in;
};

/* --- buffers -------------------------------------------------------------------------------------------- */
static void make_room(struct buffer *b, size_t n)
{
    if (b->begin > 0) {
        memmove(b->p, b->p + b->begin, b->end - b->begin);
        b->end -= b->begin;
        b->begin = 0;
    }
    if (b->room - b->end >= n)
        return;
    b->room = b->end + n + BUFFER;
    b->p = realloc(b->p, b->room);
    check(b->p != NULL, "memory");
}

void peer_put(struct peer *p, const void *bytes, size_t n)
{
    if (p->out.room - p->out.end < n)
        make_room(&p->out, n);
    memcpy(p->out.p + p->out.end, bytes, n);
    p->out.end += n;
}

void peer_print(struct peer *p, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    check(n >= 0 && n < (int)sizeof text, "a command is too long");
    peer_put(p, text, (size_t)n);
}

void peer_flush(struct peer *p)
{
    while (p->out.begin < p->out.end) {
        ssize_t n = write(p->fd, p->out.p + p->out.begin, p->out.end - p->out.begin);
        check(n > 0, "write");
        p->out.begin += (size_t)n;
    }
    p->out.begin = p->out.end = 0;
}

bool peer_pending(const struct peer *p)
{
    return p->in.begin < p->in.end;
}

static void more(struct peer *p)
{
    if (p->in.room - p->in.end < BUFFER / 2)
        make_room(&p->in, BUFFER / 2);
    ssize_t n = read(p->fd, p->in.p + p->in.end, p->in.room - p->in.end);
    check(n > 0, "the server went away");
    p->in.end += (size_t)n;
}

char *peer_bytes(struct peer *p, size_t n)
{
    while (p->in.end - p->in.begin < n)
        more(p);
    p->in.begin += n;
    return p->in.p + p->in.begin - n;
}

char *peer_line(struct peer *p)
{
    for (size_t seen = 0;;) {
        size_t have = p->in.end - p->in.begin;
        char *end = have > seen ? memchr(p->in.p + p->in.begin + seen, '\n', have - seen) : NULL;
        if (end != NULL) {
            char *line = peer_bytes(p, (size_t)(end + 1 - (p->in.p + p->in.begin)));
            end[end > line && end[-1] == '\r' ? -1 : 0] = '\0';
            return line;
        }
        seen = have;
        more(p);
    }
}

static void dial(struct peer *p, const char *port)
{
    int one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(p->fd >= 0 && connect(p->fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* --- loading -------------------------------------------------------------------------------------------- */
struct dispatch {
    const char *text;
    size_t n;
};

struct load {
    struct dispatch *at;
    size_t n, room;
};

static char *read_digest(int dir, const char *name)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    check(fd >= 0 && fstat(fd, &st) == 0, name);
    char *text = malloc((size_t)st.st_size + 1);
    check(text != NULL && read(fd, text, (size_t)st.st_size) == st.st_size, name);
    text[st.st_size] = '\0';
    close(fd);
    return text;
}

static void split(struct load *load, const char *text)
{
    for (const char *at = text, *next; *at != '\0'; at = next) {
        next = strstr(at, MARK);
        next = next != NULL ? next + 1 : at + strlen(at);
        if (load->n == load->room) {
            load->room = load->room * 2 + 1024;
            load->at = realloc(load->at, load->room * sizeof *load->at);
            check(load->at != NULL, "memory");
        }
        load->at[load->n++] = (struct dispatch){at, (size_t)(next - at)};
    }
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static struct load read_digests(const char *directory)
{
    struct load load = {0};
    struct dirent **names;
    int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = scandir(directory, &names, visible, alphasort);
    check(dir >= 0 && n >= 0, directory);
    for (int i = 0; i < n; i++) {
        split(&load, read_digest(dir, names[i]->d_name)); // kept until the end
        free(names[i]);
    }
    free(names);
    close(dir);
    return load;
}

static void ready(void)
{
    puts("ready");
    fflush(stdout);
}

static void load_all(struct peer *p, const char *directory)
{
    struct load load = read_digests(directory);
    size_t acked = 0;
    ready();
    getchar();
    for (size_t sent = 0; acked < load.n;) {
        for (size_t i = 0; i < TOGETHER && sent < load.n; i++, sent++)
            p->protocol->send(p, load.at[sent].text, load.at[sent].n);
        peer_flush(p);
        for (; acked < sent && (sent == load.n || sent - acked > WINDOW - TOGETHER); acked++)
            p->protocol->acked(p);
    }
    printf("{\"acked\": %.6f}\n", now());
}

/* --- receiving ------------------------------------------------------------------------------------------ */
static void receive_all(struct peer *p, long count, long every)
{
    long n = 0, marked = 0;
    ready();
    printf("{\"marks\": [");
    while (n < count) {
        n += p->protocol->receive(p);
        for (; marked < n / every; marked++)
            printf("%s%.6f", marked > 0 ? ", " : "", now());
    }
    check(n == count, "more came than were sent");
    printf("], \"dispatches\": %ld}\n", n);
}

int main(int argc, char **argv)
{
    static const struct peer_protocol *const known[] = {&peer_redis, &peer_nats, &peer_mqtt};
    struct peer p = {0};
    bool loads = argc == 5 && strcmp(argv[3], "load") == 0;
    check(loads || (argc == 6 && strcmp(argv[3], "receive") == 0), "usage: peer PROTOCOL PORT load|receive ...");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(argv[1], known[i]->name) == 0)
            p.protocol = known[i];
    check(p.protocol != NULL, argv[1]);
    dial(&p, argv[2]);
    p.protocol->greet(&p, !loads);
    if (loads)
        load_all(&p, argv[4]);
    else
        receive_all(&p, atol(argv[4]), atol(argv[5]));
    return 0;
}
