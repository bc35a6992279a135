// The floor of the comparison: what any proxy must pay. One epoll loop that accepts, opens one upstream connection for each
// client connection, and copies bytes both ways; it parses nothing.
// Usage: floor UPSTREAM_PORT   listens on a free port of 127.0.0.1 and prints it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_EVENTS = 256, BUFFER = 65536 };

struct side {
    int fd;
    struct side *other;
    unsigned interest;
    char *pending;       // received from the other side, not taken by this socket yet
    int pending_size;
    int pending_sent;
    int closed;
};

static int epoll;
static struct side *graveyard[MAX_EVENTS * 2];
static int buried;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void set_interest(struct side *s, int operation, unsigned interest)
{
    struct epoll_event event = { .events = interest, .data.ptr = s };
    s->interest = interest;
    if (epoll_ctl(epoll, operation, s->fd, &event) != 0) {
        fail("epoll_ctl");
    }
}

// Freed after the batch of events, because a later event of the same batch may still point here.
static void drop_pair(struct side *s)
{
    struct side *pair[2] = { s, s->other };
    for (int i = 0; i < 2; i++) {
        if (!pair[i]->closed) {
            pair[i]->closed = 1;
            close(pair[i]->fd);
            graveyard[buried++] = pair[i];
        }
    }
}

static void read_side(struct side *s, char *buffer)
{
    ssize_t n = recv(s->fd, buffer, BUFFER, 0);
    if (n < 0 && errno == EAGAIN) {
        return;
    }

    if (n <= 0) {
        drop_pair(s);
        return;
    }

    struct side *other = s->other;
    ssize_t sent = send(other->fd, buffer, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        drop_pair(s);
        return;
    }

    if (sent < n) {
        sent = sent < 0 ? 0 : sent;
        if (other->pending == NULL) {
            other->pending = malloc(BUFFER);
        }

        memcpy(other->pending, buffer + sent, n - sent);
        other->pending_size = n - sent;
        other->pending_sent = 0;
        set_interest(s, EPOLL_CTL_MOD, s->interest & ~EPOLLIN);
        set_interest(other, EPOLL_CTL_MOD, other->interest | EPOLLOUT);
    }
}

static void flush_side(struct side *s)
{
    ssize_t n = send(s->fd, s->pending + s->pending_sent, s->pending_size - s->pending_sent, MSG_NOSIGNAL);
    if (n < 0) {
        if (errno != EAGAIN) {
            drop_pair(s);
        }

        return;
    }

    s->pending_sent += n;
    if (s->pending_sent == s->pending_size) {
        set_interest(s, EPOLL_CTL_MOD, s->interest & ~EPOLLOUT);
        set_interest(s->other, EPOLL_CTL_MOD, s->other->interest | EPOLLIN);
    }
}

static void accept_pair(int listener, const struct sockaddr_in *upstream)
{
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (client < 0) {
        return;
    }

    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0 || connect(server, (const struct sockaddr *)upstream, sizeof *upstream) != 0) {
        close(client);
        close(server);
        return;
    }

    fcntl(server, F_SETFL, O_NONBLOCK);
    int one = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct side *down = calloc(1, sizeof *down), *up = calloc(1, sizeof *up);
    down->fd = client;
    up->fd = server;
    down->other = up;
    up->other = down;
    set_interest(down, EPOLL_CTL_ADD, EPOLLIN);
    set_interest(up, EPOLL_CTL_ADD, EPOLLIN);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: floor UPSTREAM_PORT\n");
        return 2;
    }

    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in upstream = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 4096) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        fail("listen");
    }

    epoll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
        fail("epoll_ctl");
    }

    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    static char buffer[BUFFER];
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct side *s = events[i].data.ptr;
            if (s == NULL) {
                accept_pair(listener, &upstream);
                continue;
            }

            if (!s->closed && (events[i].events & EPOLLOUT)) {
                flush_side(s);
            }

            if (!s->closed && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
                if (s->interest & EPOLLIN) {
                    read_side(s, buffer);
                } else {
                    drop_pair(s);
                }
            }
        }

        while (buried > 0) {
            struct side *s = graveyard[--buried];
            free(s->pending);
            free(s);
        }
    }
}
