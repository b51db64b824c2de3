#pragma once

#include <stdint.h>

// What handing work on through the database costs by itself: two plain connections that listen to each other. A
// hand-over is BEGIN, INSERT of one row, NOTIFY and COMMIT on one, and the arrival of the notification at the other,
// which then makes the next. Does `rounds` times `hand_overs` of them and writes the nanoseconds of each round to
// `nanoseconds`. Makes its table and drops it. Returns 0, or -1 where the database refused something or a notification
// did not come within ten seconds.
int zhike_trigger_baseline(const char *connection_url, int hand_overs, int rounds, uint64_t *nanoseconds);
