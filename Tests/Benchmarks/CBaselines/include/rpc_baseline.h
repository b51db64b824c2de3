#pragma once

#include <stddef.h>
#include <stdint.h>

// What raw NNG needs to move requests and replies of given sizes: REQ and REP sockets with one context per call in
// flight, everything done in NNG's callbacks, no bytes looked at.

// Serves `url` with `contexts` calls at once, answering each with `reply_bytes` bytes. Returns only when it cannot
// serve, with NNG's error number.
int zhike_rpc_baseline_serve(const char *url, int contexts, size_t reply_bytes);

// Dials `url` for up to `in_flight` calls at once with requests of `request_bytes` bytes. Returns the number of the
// client, for the functions below; -1 on failure. The connection may still be under way.
int zhike_rpc_baseline_dial(const char *url, int in_flight, size_t request_bytes);

// Makes `calls` calls, `in_flight` at a time, and waits for them; for one thread at a time. Writes the nanoseconds of
// each to `latencies`, which may be NULL. Returns the nanoseconds of all; 0 where a call failed or a reply had not
// `reply_bytes` bytes.
uint64_t zhike_rpc_baseline_call(int client, size_t calls, size_t reply_bytes, uint64_t *latencies);

void zhike_rpc_baseline_close(int client);
