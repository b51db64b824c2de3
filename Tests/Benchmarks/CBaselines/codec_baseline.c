#include "codec_baseline.h"

#include <stdlib.h>
#include <time.h>

#include "zhike/profile/v1/profile.pb-c.h"

static uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t zhike_codec_baseline(const uint8_t *bytes, size_t byte_count, size_t rounds) {
    Zhike__Profile__V1__Customer *customer = zhike__profile__v1__customer__unpack(NULL, byte_count, bytes);
    uint8_t *buffer = malloc(byte_count);
    size_t failures = customer == NULL || buffer == NULL;
    uint64_t start = now_nanoseconds();
    for (size_t round = 0; round < rounds && failures == 0; round++) {
        size_t size = zhike__profile__v1__customer__get_packed_size(customer);
        if (size != byte_count) {
            failures++;
            break;
        }
        size_t packed = zhike__profile__v1__customer__pack(customer, buffer);
        Zhike__Profile__V1__Customer *copy = zhike__profile__v1__customer__unpack(NULL, packed, buffer);
        failures += copy == NULL;
        zhike__profile__v1__customer__free_unpacked(copy, NULL);
    }
    uint64_t elapsed = now_nanoseconds() - start;
    free(buffer);
    zhike__profile__v1__customer__free_unpacked(customer, NULL);
    return failures == 0 ? elapsed : 0;
}
