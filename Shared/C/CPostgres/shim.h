#pragma once
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

// Character constants behind macros do not reach Swift.
static const int ZHIKE_DIAGNOSTIC_SQLSTATE = PG_DIAG_SQLSTATE;
static const int ZHIKE_DIAGNOSTIC_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME;
static const int ZHIKE_DIAGNOSTIC_PRIMARY = PG_DIAG_MESSAGE_PRIMARY;

// epoll_data is a union and epoll_event is packed: Swift reads neither, so a watched socket is named by a 64-bit
// token and the two are taken apart here.
static inline int zhike_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

#define ZHIKE_EPOLL_BATCH 64

typedef struct {
    uint64_t token;
    uint32_t events;
} zhike_ready;

// Waits for at most ZHIKE_EPOLL_BATCH sockets; returns how many are ready, or -1 with errno.
static inline int zhike_epoll_wait(int epoll, zhike_ready *ready, int timeout_milliseconds) {
    struct epoll_event events[ZHIKE_EPOLL_BATCH];
    int count = epoll_wait(epoll, events, ZHIKE_EPOLL_BATCH, timeout_milliseconds);
    for (int index = 0; index < count; index++) {
        ready[index].token = events[index].data.u64;
        ready[index].events = events[index].events;
    }
    return count;
}

static const uint32_t ZHIKE_EPOLL_READ = EPOLLIN;
static const uint32_t ZHIKE_EPOLL_WRITE = EPOLLOUT;
static const int ZHIKE_EPOLL_ADD = EPOLL_CTL_ADD;
static const int ZHIKE_EPOLL_MODIFY = EPOLL_CTL_MOD;
static const int ZHIKE_EPOLL_DELETE = EPOLL_CTL_DEL;

static inline int zhike_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int zhike_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline void zhike_event_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written; // The counter can only be full, and then the sleeper wakes anyway.
}

static inline void zhike_event_clear(int descriptor) {
    uint64_t count;
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken; // Nothing to take means that nobody signalled.
}
