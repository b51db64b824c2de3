#include "rpc_baseline.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/supplemental/util/platform.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// One context of the server: receives a request, sends a reply, and so on.
struct lane {
    nng_ctx context;
    nng_aio *operation;
    const uint8_t *reply;
    size_t reply_bytes;
    bool replying;
};

static void receive_next(struct lane *lane) {
    lane->replying = false;
    nng_ctx_recv(lane->context, lane->operation);
}

static void operation_ended(void *argument) {
    struct lane *lane = argument;
    int result = nng_aio_result(lane->operation);
    if (result == NNG_ECLOSED || result == NNG_ECANCELED) return;
    if (result != 0) {
        if (lane->replying) nng_msg_free(nng_aio_get_msg(lane->operation));
        receive_next(lane);
        return;
    }
    if (lane->replying) {
        receive_next(lane);
        return;
    }
    nng_msg_free(nng_aio_get_msg(lane->operation));
    nng_msg *message = NULL;
    if (nng_msg_alloc(&message, 0) != 0 || nng_msg_append(message, lane->reply, lane->reply_bytes) != 0) abort();
    lane->replying = true;
    nng_aio_set_msg(lane->operation, message);
    nng_ctx_send(lane->context, lane->operation);
}

int zhike_rpc_baseline_serve(const char *url, int contexts, size_t reply_bytes) {
    nng_socket socket;
    int result = nng_rep0_open(&socket);
    if (result != 0) return result;
    struct lane *lanes = calloc((size_t)contexts, sizeof(struct lane));
    uint8_t *reply = malloc(reply_bytes);
    if (lanes == NULL || reply == NULL) return NNG_ENOMEM;
    memset(reply, 0x5A, reply_bytes);
    for (int index = 0; index < contexts; index++) {
        struct lane *lane = &lanes[index];
        lane->reply = reply;
        lane->reply_bytes = reply_bytes;
        result = nng_ctx_open(&lane->context, socket);
        if (result == 0) result = nng_aio_alloc(&lane->operation, operation_ended, lane);
        if (result != 0) return result;
        receive_next(lane);
    }
    result = nng_listen(socket, url, NULL, 0);
    if (result != 0) return result;
    // Ended by its parent; the lanes stay in use until then.
    for (;;) nng_msleep(60000);
}
