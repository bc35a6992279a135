// The upstream server of the comparison: one epoll loop that answers GET and POST with a body of the size the path names
// (/64, /64k, /1m), as cheaply as can be, so that the proxy and not the upstream is what gets measured. WebSockets get their
// messages back.
// Usage: upstream PORTS   listens on that many ports of 127.0.0.1 and prints them on one line.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_LISTENERS = 64, MAX_EVENTS = 256, HEAD_LIMIT = 16384, MAX_BODY = 16 << 20, INLINE_BODY = 8192 };

struct connection {
    int fd;              // -1 marks a listener's entry
    int listener;
    int filled;          // bytes in head
    int close_after;
    long body_left;      // request body bytes still to be skipped before the answer
    int answering;       // a request was read and is not answered yet
    int is_socket;       // it has switched to WebSocket
    long send_size;      // body size of the response
    long sent;           // bytes of the response already sent, head included
    int head_size;
    int waiting;         // EPOLLOUT is armed
    char response_head[160];
    char head[HEAD_LIMIT];
};

static int epoll;
static int body_file;
static char *body;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(struct connection *c, int operation, unsigned events)
{
    struct epoll_event event = { .events = events, .data.ptr = c };
    if (epoll_ctl(epoll, operation, c->fd >= 0 ? c->fd : c->listener, &event) != 0) {
        fail("epoll_ctl");
    }
}

static void drop(struct connection *c)
{
    close(c->fd);
    free(c);
}

static long size_of_path(const char *line, const char *end)
{
    const char *p = memchr(line, '/', end - line);
    if (p == NULL) {
        return 64;
    }

    long size = 0;
    for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
        size = size * 10 + (*p - '0');
    }

    if (p < end && *p == 'k') {
        size <<= 10;
    } else if (p < end && *p == 'm') {
        size <<= 20;
    }

    return size > MAX_BODY ? MAX_BODY : size;
}

static long content_length(const char *head, const char *end)
{
    for (const char *p = head; (p = memchr(p, '\n', end - p)) != NULL;) {
        p++;
        if (end - p > 15 && (*p | 32) == 'c' && strncasecmp(p, "content-length:", 15) == 0) {
            return atol(p + 15);
        }
    }

    return 0;
}

static void take(struct connection *c, long size)
{
    c->filled -= size;
    memmove(c->head, c->head + size, c->filled);
}

// Sends what the socket takes. Returns 1 when the response is complete, 0 when the socket is full, -1 when it is gone.
static int send_response(struct connection *c)
{
    while (c->sent < c->head_size + c->send_size) {
        ssize_t n;
        if (c->send_size <= INLINE_BODY && c->sent == 0) {
            char whole[sizeof c->response_head + INLINE_BODY];
            memcpy(whole, c->response_head, c->head_size);
            memcpy(whole + c->head_size, body, c->send_size);
            n = send(c->fd, whole, c->head_size + c->send_size, MSG_NOSIGNAL);
        } else if (c->sent < c->head_size) {
            n = send(c->fd, c->response_head + c->sent, c->head_size - c->sent, MSG_NOSIGNAL | MSG_MORE);
        } else {
            off_t offset = c->sent - c->head_size;
            n = sendfile(c->fd, body_file, &offset, c->send_size - offset);
        }

        if (n < 0) {
            return errno == EAGAIN ? 0 : -1;
        }

        c->sent += n;
    }

    c->answering = 0;
    return 1;
}

// Sends every complete message in the buffer back, unmasked as a server's are (RFC 6455 section 5.1): short ones, which the
// socket has room for, since each client waits for its own. Returns 0 when the connection is done.
static int echo(struct connection *c)
{
    unsigned char out[HEAD_LIMIT];
    long taken = 0, size = 0;
    while (c->filled - taken >= 2) {
        unsigned char *frame = (unsigned char *)c->head + taken;
        int length = frame[1] & 0x7f;
        if (length > 125 || !(frame[1] & 0x80)) {
            return 0;
        }

        if (c->filled - taken < 6 + length) {
            break;
        }

        out[size++] = frame[0];
        out[size++] = length;
        for (int i = 0; i < length; i++) {
            out[size++] = frame[6 + i] ^ frame[2 + i % 4];
        }

        taken += 6 + length;
    }

    take(c, taken);
    return size == 0 || send(c->fd, out, size, MSG_NOSIGNAL) == size;
}

// Agrees to switch to WebSocket; the accept is that of the one key the load sends (RFC 6455 section 1.3).
static int agree(struct connection *c, const char *end)
{
    static const char agreement[] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    c->is_socket = 1;
    take(c, end - c->head);
    return send(c->fd, agreement, sizeof agreement - 1, MSG_NOSIGNAL) == sizeof agreement - 1 && echo(c);
}

// Answers every complete request in the buffer. Returns 0 when the connection is done.
static int serve(struct connection *c)
{
    if (c->is_socket) {
        return echo(c);
    }

    for (;;) {
        if (!c->answering) {
            char *end = memmem(c->head, c->filled, "\r\n\r\n", 4);
            if (end == NULL) {
                return c->filled < HEAD_LIMIT;
            }

            end += 4;
            if (memmem(c->head, end - c->head, "Sec-WebSocket-Key:", 18) != NULL || memmem(c->head, end - c->head, "sec-websocket-key:", 18) != NULL) {
                return agree(c, end);
            }

            c->answering = 1;
            c->sent = 0;
            c->send_size = size_of_path(c->head, end);
            c->body_left = c->head[0] == 'P' ? content_length(c->head, end) : 0;
            c->close_after = memmem(c->head, end - c->head, "close\r\n", 7) != NULL;
            c->head_size = snprintf(c->response_head, sizeof c->response_head,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %ld\r\n%s\r\n", c->send_size, c->close_after ? "Connection: close\r\n" : "");
            take(c, end - c->head);
        }

        if (c->body_left > 0) {
            long skipped = c->body_left < c->filled ? c->body_left : c->filled;
            take(c, skipped);
            c->body_left -= skipped;
            if (c->body_left > 0) {
                return 1;
            }
        }

        int state = send_response(c);
        if (state < 0 || (state > 0 && c->close_after)) {
            return 0;
        }

        if (c->waiting != (state == 0)) {
            c->waiting = state == 0;
            watch(c, EPOLL_CTL_MOD, c->waiting ? EPOLLOUT : EPOLLIN);
        }

        if (state == 0) {
            return 1;
        }
    }
}

int main(int argc, char **argv)
{
    int ports = argc > 1 ? atoi(argv[1]) : 1;
    if (ports < 1 || ports > MAX_LISTENERS) {
        fprintf(stderr, "usage: upstream PORTS (1 to %d)\n", MAX_LISTENERS);
        return 2;
    }

    signal(SIGPIPE, SIG_IGN);
    body_file = memfd_create("body", 0);
    if (body_file < 0 || ftruncate(body_file, MAX_BODY) != 0) {
        fail("memfd");
    }

    body = mmap(NULL, MAX_BODY, PROT_READ | PROT_WRITE, MAP_SHARED, body_file, 0);
    if (body == MAP_FAILED) {
        fail("mmap");
    }

    for (long i = 0; i < MAX_BODY; i++) {
        body[i] = 'a' + i % 26;
    }

    epoll = epoll_create1(0);
    for (int i = 0; i < ports; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t length = sizeof address;
        if (bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, 4096) != 0 || getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
            fail("listen");
        }

        struct connection *entry = calloc(1, sizeof *entry);
        entry->fd = -1;
        entry->listener = fd;
        watch(entry, EPOLL_CTL_ADD, EPOLLIN);
        printf("%d%c", ntohs(address.sin_port), i + 1 == ports ? '\n' : ' ');
    }

    fflush(stdout);
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (c->fd < 0) {
                int fd = accept4(c->listener, NULL, NULL, SOCK_NONBLOCK);
                if (fd < 0) {
                    continue;
                }

                int one = 1;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                struct connection *accepted = calloc(1, sizeof *accepted);
                accepted->fd = fd;
                watch(accepted, EPOLL_CTL_ADD, EPOLLIN);
                continue;
            }

            if (!c->waiting) {
                ssize_t n = recv(c->fd, c->head + c->filled, HEAD_LIMIT - c->filled, 0);
                if (n < 0 && errno == EAGAIN) {
                    continue;
                }

                if (n <= 0) {
                    drop(c);
                    continue;
                }

                c->filled += n;
            }

            if (!serve(c)) {
                drop(c);
            }
        }
    }
}
