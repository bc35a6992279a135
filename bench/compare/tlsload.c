// Opens one TLS connection after another, on many at once, with one request each: what a handshake costs a server.
// usage: tlsload PORT PATH CONNECTIONS SECONDS RESUME
// Prints like wrk.lua: requests, duration in microseconds, errors, p50 and p99 in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTING, HANDSHAKE, SENDING, READING };

struct slot {
    int fd, state, got;
    long started;
    SSL *ssl;
    SSL_SESSION *session;
    char start[16];
};

static struct sockaddr_in address;
static SSL_CTX *context;
static int poll_fd, resumes;
static char request[256];
static long requests, errors, resumed, slots;
static uint32_t *latencies;
static size_t latency_count, latency_room;

static long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static int on_session(SSL *ssl, SSL_SESSION *session) {
    struct slot *s = SSL_get_ex_data(ssl, 0);
    if (s->session) SSL_SESSION_free(s->session);
    s->session = session;
    return 1;
}

static void watch(struct slot *s, uint32_t events, int operation) {
    struct epoll_event e = {.events = events, .data.ptr = s};
    epoll_ctl(poll_fd, operation, s->fd, &e);
}

static void begin(struct slot *s) {
    int one = 1;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    s->started = now_us();
    s->state = CONNECTING;
    s->got = 0;
    if (connect(s->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    s->ssl = SSL_new(context);
    SSL_set_ex_data(s->ssl, 0, s);
    SSL_set_fd(s->ssl, s->fd);
    SSL_set_connect_state(s->ssl);
    SSL_set_tlsext_host_name(s->ssl, "bench.test");
    if (resumes && s->session) SSL_set_session(s->ssl, s->session);
    watch(s, EPOLLOUT, EPOLL_CTL_ADD);
}

static void end(struct slot *s, int good) {
    if (good) {
        requests++;
        if (SSL_session_reused(s->ssl)) resumed++;
        if (latency_count == latency_room) {
            latency_room = latency_room ? latency_room * 2 : 65536;
            latencies = realloc(latencies, latency_room * sizeof *latencies);
        }
        latencies[latency_count++] = (uint32_t)(now_us() - s->started);
        SSL_shutdown(s->ssl);
    } else {
        errors++;
    }
    SSL_free(s->ssl);
    ERR_clear_error();
    close(s->fd);
    begin(s);
}

static void step(struct slot *s) {
    char buffer[16384];
    int n;
    if (s->state == CONNECTING) s->state = HANDSHAKE;
    if (s->state == HANDSHAKE) {
        n = SSL_do_handshake(s->ssl);
        if (n != 1) goto wait;
        s->state = SENDING;
    }
    if (s->state == SENDING) {
        n = SSL_write(s->ssl, request, (int)strlen(request));
        if (n <= 0) goto wait;
        s->state = READING;
    }
    for (;;) {
        n = SSL_read(s->ssl, buffer, sizeof buffer);
        if (n <= 0) break;
        for (int i = 0; i < n && s->got + i < 12; i++) s->start[s->got + i] = buffer[i];
        s->got += n;
    }
    if (SSL_get_error(s->ssl, n) == SSL_ERROR_ZERO_RETURN || (SSL_get_error(s->ssl, n) == SSL_ERROR_SSL && s->got > 12)) {
        end(s, s->got > 12 && memcmp(s->start, "HTTP/1.1 200", 12) == 0);
        return;
    }
wait:
    switch (SSL_get_error(s->ssl, n)) {
    case SSL_ERROR_WANT_READ: watch(s, EPOLLIN, EPOLL_CTL_MOD); break;
    case SSL_ERROR_WANT_WRITE: watch(s, EPOLLOUT, EPOLL_CTL_MOD); break;
    default: end(s, 0); break;
    }
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: tlsload PORT PATH CONNECTIONS SECONDS RESUME\n");
        return 2;
    }
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    slots = atol(argv[3]);
    resumes = atoi(argv[5]);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench.test\r\nConnection: close\r\n\r\n", argv[2]);
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    poll_fd = epoll_create1(0);
    struct slot *all = calloc((size_t)slots, sizeof *all);
    for (long i = 0; i < slots; i++) begin(&all[i]);
    long start = now_us(), deadline = start + atol(argv[4]) * 1000000L;
    struct epoll_event events[64];
    while (now_us() < deadline) {
        int n = epoll_wait(poll_fd, events, 64, 100);
        for (int i = 0; i < n; i++) step(events[i].data.ptr);
    }
    long duration = now_us() - start;
    if (resumes && resumed * 100 < (requests - slots) * 95) {
        fprintf(stderr, "tlsload: only %ld of %ld sessions were resumed\n", resumed, requests);
        errors++;
    }
    if (!resumes && resumed > 0) {
        fprintf(stderr, "tlsload: %ld of %ld sessions were resumed\n", resumed, requests);
        errors++;
    }
    qsort(latencies, latency_count, sizeof *latencies, compare);
    printf("RESULT %ld %ld %ld %u %u\n", requests, duration, errors,
           latency_count ? latencies[latency_count / 2] : 0, latency_count ? latencies[latency_count * 99 / 100] : 0);
    return 0;
}
