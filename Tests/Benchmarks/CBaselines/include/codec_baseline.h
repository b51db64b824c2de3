#pragma once

#include <stddef.h>
#include <stdint.h>

// What protobuf-c alone needs to pack and unpack a zhike.profile.v1.Customer `rounds` times: each round asks the size,
// packs, unpacks with the system allocator and frees. `bytes` is one packed customer. Returns nanoseconds; 0 where the
// bytes cannot be unpacked or do not pack to the same length again.
uint64_t zhike_codec_baseline(const uint8_t *bytes, size_t byte_count, size_t rounds);
