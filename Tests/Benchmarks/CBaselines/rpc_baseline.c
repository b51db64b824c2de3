#include "rpc_baseline.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/util/platform.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// One context of the client: sends a request, receives its reply, and so on.
struct lane {
    struct client *client;
    nng_ctx context;
    nng_aio *operation;
    bool receiving;
    size_t call;
    uint64_t started;
};

struct client {
    nng_socket socket;
    int lane_count;
    struct lane *lanes;
    uint8_t *request;
    size_t request_bytes;

    nng_mtx *lock;
    nng_cv *ended;
    // Below: guarded by `lock` while calls run.
    size_t calls;
    size_t begun;
    size_t finished;
    size_t failed;
    size_t reply_bytes;
    uint64_t *latencies;
};

// A program has a few clients at most; a place that was freed is not used again.
#define CLIENT_LIMIT 8
static struct client *clients[CLIENT_LIMIT];
static int client_count = 0;

static uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Takes the number of the next call for this lane, if one is left. Needs the lock.
static bool take_next(struct lane *lane) {
    struct client *client = lane->client;
    if (client->begun == client->calls) return false;
    lane->call = client->begun++;
    return true;
}

static void begin(struct lane *lane) {
    struct client *client = lane->client;
    nng_msg *message = NULL;
    if (nng_msg_alloc(&message, 0) != 0) abort();
    if (nng_msg_append(message, client->request, client->request_bytes) != 0) abort();
    lane->receiving = false;
    lane->started = now_nanoseconds();
    nng_aio_set_msg(lane->operation, message);
    nng_ctx_send(lane->context, lane->operation);
}

static void finish(struct lane *lane, bool is_good) {
    struct client *client = lane->client;
    uint64_t latency = now_nanoseconds() - lane->started;
    nng_mtx_lock(client->lock);
    if (client->latencies != NULL) client->latencies[lane->call] = latency;
    if (!is_good) client->failed++;
    // Under the same lock: once all are finished the lane may be in use by the next round.
    bool goes_on = take_next(lane);
    client->finished++;
    if (client->finished == client->calls) nng_cv_wake(client->ended);
    nng_mtx_unlock(client->lock);
    if (goes_on) begin(lane);
}

static void operation_ended(void *argument) {
    struct lane *lane = argument;
    int result = nng_aio_result(lane->operation);
    if (result == NNG_ECLOSED) return;
    if (result != 0) {
        if (!lane->receiving) nng_msg_free(nng_aio_get_msg(lane->operation));
        finish(lane, false);
        return;
    }
    if (!lane->receiving) {
        lane->receiving = true;
        nng_ctx_recv(lane->context, lane->operation);
        return;
    }
    nng_msg *reply = nng_aio_get_msg(lane->operation);
    bool is_good = nng_msg_len(reply) == lane->client->reply_bytes;
    nng_msg_free(reply);
    finish(lane, is_good);
}

static int open_lanes(struct client *client) {
    for (int index = 0; index < client->lane_count; index++) {
        struct lane *lane = &client->lanes[index];
        lane->client = client;
        int result = nng_ctx_open(&lane->context, client->socket);
        if (result == 0) result = nng_aio_alloc(&lane->operation, operation_ended, lane);
        if (result != 0) return result;
        nng_aio_set_timeout(lane->operation, 10000);
    }
    return 0;
}

int zhike_rpc_baseline_dial(const char *url, int in_flight, size_t request_bytes) {
    struct client *client = calloc(1, sizeof(*client));
    if (client == NULL || client_count == CLIENT_LIMIT) return -1;
    client->lane_count = in_flight;
    client->lanes = calloc((size_t)in_flight, sizeof(struct lane));
    client->request = malloc(request_bytes);
    client->request_bytes = request_bytes;
    bool is_good = client->lanes != NULL && client->request != NULL && nng_mtx_alloc(&client->lock) == 0 &&
                   nng_cv_alloc(&client->ended, client->lock) == 0 && nng_req0_open(&client->socket) == 0 &&
                   nng_socket_set_ms(client->socket, NNG_OPT_REQ_RESENDTIME, -1) == 0 && open_lanes(client) == 0 &&
                   nng_dial(client->socket, url, NULL, NNG_FLAG_NONBLOCK) == 0;
    // A benchmark that cannot begin ends its process; what was opened goes with it.
    if (!is_good) return -1;
    memset(client->request, 0xA5, request_bytes);
    clients[client_count] = client;
    return client_count++;
}

uint64_t zhike_rpc_baseline_call(int number, size_t calls, size_t reply_bytes, uint64_t *latencies) {
    struct client *client = clients[number];
    nng_mtx_lock(client->lock);
    client->calls = calls;
    client->begun = client->finished = client->failed = 0;
    client->reply_bytes = reply_bytes;
    client->latencies = latencies;
    int lanes_used = 0;
    while (lanes_used < client->lane_count && take_next(&client->lanes[lanes_used])) lanes_used++;
    nng_mtx_unlock(client->lock);
    uint64_t start = now_nanoseconds();
    for (int index = 0; index < lanes_used; index++) begin(&client->lanes[index]);
    nng_mtx_lock(client->lock);
    while (client->finished < client->calls) nng_cv_wait(client->ended);
    bool is_good = client->failed == 0;
    nng_mtx_unlock(client->lock);
    return is_good ? now_nanoseconds() - start : 0;
}

void zhike_rpc_baseline_close(int number) {
    struct client *client = clients[number];
    for (int index = 0; index < client->lane_count; index++) nng_aio_stop(client->lanes[index].operation);
    nng_close(client->socket);
    for (int index = 0; index < client->lane_count; index++) nng_aio_free(client->lanes[index].operation);
    nng_cv_free(client->ended);
    nng_mtx_free(client->lock);
    free(client->lanes);
    free(client->request);
    free(client);
    clients[number] = NULL;
}
