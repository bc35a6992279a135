// Keeps WebSockets busy: each sends a message, waits until it has come back unchanged, and sends the next.
// usage: wsload PORT PATH CONNECTIONS SECONDS SIZE
// Prints like wrk.lua: messages, duration in microseconds, errors, p50 and p99 in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SIZE = 125, BUFFER = 1024 };

struct client {
    int fd, is_open, filled;
    long sent_at;
    unsigned char message[MAX_SIZE];
    char buffer[BUFFER];
};

static int poll_fd, size;
static long messages, errors, opened;
static uint32_t *latencies;
static size_t latency_count, latency_room;
static unsigned seed = 1;

static long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void fail(struct client *c, const char *what) {
    if (errors++ == 0) fprintf(stderr, "wsload: %s\n", what);
    close(c->fd);
    c->fd = -1;
}

// A text frame of a client: masked (RFC 6455 section 5.3).
static void say(struct client *c) {
    unsigned char frame[6 + MAX_SIZE];
    seed = seed * 1103515245 + 12345;
    frame[0] = 0x81;
    frame[1] = 0x80 | size;
    memcpy(frame + 2, &seed, 4);
    for (int i = 0; i < size; i++) {
        c->message[i] = 'a' + (seed >> 8 ^ i) % 26;
        frame[6 + i] = c->message[i] ^ frame[2 + i % 4];
    }
    c->sent_at = now_us();
    if (send(c->fd, frame, 6 + size, MSG_NOSIGNAL) != 6 + size) fail(c, "a message could not be sent");
}

static void hear(struct client *c) {
    ssize_t n = recv(c->fd, c->buffer + c->filled, BUFFER - c->filled, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        fail(c, "a connection was closed");
        return;
    }
    c->filled += n;
    if (!c->is_open) {
        char *end = memmem(c->buffer, c->filled, "\r\n\r\n", 4);
        if (end == NULL) return;
        if (memcmp(c->buffer, "HTTP/1.1 101", 12) != 0) {
            fail(c, "the upgrade was refused");
            return;
        }
        c->is_open = 1;
        c->filled = 0;
        opened++;
        return;
    }
    if (c->filled < 2 + size) return;
    unsigned char *frame = (unsigned char *)c->buffer;
    if (c->filled != 2 + size || frame[0] != 0x81 || frame[1] != size || memcmp(frame + 2, c->message, size) != 0) {
        fail(c, "a message came back changed");
        return;
    }
    c->filled = 0;
    messages++;
    if (latency_count == latency_room) {
        latency_room = latency_room ? latency_room * 2 : 65536;
        latencies = realloc(latencies, latency_room * sizeof *latencies);
    }
    latencies[latency_count++] = (uint32_t)(now_us() - c->sent_at);
    say(c);
}

static void turn(void) {
    struct epoll_event events[128];
    int n = epoll_wait(poll_fd, events, 128, 100);
    for (int i = 0; i < n; i++) {
        struct client *c = events[i].data.ptr;
        if (c->fd >= 0) hear(c);
    }
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
    if (argc != 6 || (size = atoi(argv[5])) < 1 || size > MAX_SIZE) {
        fprintf(stderr, "usage: wsload PORT PATH CONNECTIONS SECONDS SIZE (1 to %d)\n", MAX_SIZE);
        return 2;
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    long clients = atol(argv[3]);
    char request[512];
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: bench.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", argv[2]);
    poll_fd = epoll_create1(0);
    struct client *all = calloc((size_t)clients, sizeof *all);
    long give_up = now_us() + 20 * 1000000L;
    for (long i = 0; i < clients; i++) {
        int one = 1;
        struct client *c = &all[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0 || send(c->fd, request, length, MSG_NOSIGNAL) != length) {
            fail(c, "no connection");
            continue;
        }
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &e);

        // No more at once than a backlog holds.
        while (opened + errors < i - 100 && now_us() < give_up) turn();
    }
    while (opened + errors < clients && now_us() < give_up) turn();
    if (opened < clients && errors == 0) errors = clients - opened;
    for (long i = 0; i < clients; i++) {
        if (all[i].fd >= 0 && all[i].is_open) say(&all[i]);
    }
    long start = now_us(), deadline = start + atol(argv[4]) * 1000000L;
    while (now_us() < deadline && opened > 0) turn();
    long duration = now_us() - start;
    qsort(latencies, latency_count, sizeof *latencies, compare);
    printf("RESULT %ld %ld %ld %u %u\n", messages, duration, errors,
           latency_count ? latencies[latency_count / 2] : 0, latency_count ? latencies[latency_count * 99 / 100] : 0);
    return 0;
}
