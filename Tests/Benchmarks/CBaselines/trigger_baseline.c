#include "trigger_baseline.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>
#include <time.h>

static const int LONGEST_WAIT_MILLISECONDS = 10000;

static const char *const LISTENING[2] = {"LISTEN zhike_hand_over_0", "LISTEN zhike_hand_over_1"};
// Whoever hands over wakes the other.
static const char *const WAKING[2] = {"NOTIFY zhike_hand_over_1", "NOTIFY zhike_hand_over_0"};

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool run(PGconn *connection, const char *statement) {
    PGresult *result = PQexec(connection, statement);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return done;
}

static bool hand_over(PGconn *connection, const char *waking) {
    return run(connection, "BEGIN") && run(connection, "INSERT INTO public.zhike_hand_over (content) VALUES ('x')")
        && run(connection, waking) && run(connection, "COMMIT");
}

static bool wait_for_notification(PGconn *connection) {
    while (true) {
        PGnotify *notification = PQnotifies(connection);
        if (notification != NULL) {
            PQfreemem(notification);
            return true;
        }
        struct pollfd waited = {.fd = PQsocket(connection), .events = POLLIN};
        if (poll(&waited, 1, LONGEST_WAIT_MILLISECONDS) <= 0 || PQconsumeInput(connection) == 0) return false;
    }
}

static bool measure(PGconn *connections[2], int hand_overs, int rounds, uint64_t *nanoseconds) {
    int sender = 0;
    for (int round = 0; round < rounds; round++) {
        uint64_t start = now();
        for (int step = 0; step < hand_overs; step++) {
            int receiver = 1 - sender;
            if (!hand_over(connections[sender], WAKING[sender])) return false;
            if (!wait_for_notification(connections[receiver])) return false;
            sender = receiver;
        }
        nanoseconds[round] = now() - start;
    }
    return true;
}

int zhike_trigger_baseline(const char *connection_url, int hand_overs, int rounds, uint64_t *nanoseconds) {
    PGconn *connections[2] = {PQconnectdb(connection_url), PQconnectdb(connection_url)};
    bool done = PQstatus(connections[0]) == CONNECTION_OK && PQstatus(connections[1]) == CONNECTION_OK
        && run(connections[0], "CREATE TABLE public.zhike_hand_over (id bigserial PRIMARY KEY, content text NOT NULL)");
    for (int index = 0; index < 2 && done; index++) done = run(connections[index], LISTENING[index]);
    if (done) {
        done = measure(connections, hand_overs, rounds, nanoseconds);
        done = run(connections[0], "DROP TABLE public.zhike_hand_over") && done;
    }
    for (int index = 0; index < 2; index++) PQfinish(connections[index]);
    return done ? 0 : -1;
}
