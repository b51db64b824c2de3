#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// The text of a string field that was not in the bytes: one shared constant, not memory of the allocator.
static inline bool zhike_text_is_unset(const char *text) {
    return text == protobuf_c_empty_string;
}

// What the bytes of a text are, found eight at a time: half of what a message holds is short texts, for which a call of
// the C library takes longer than this.
enum zhike_text_kind {
    ZHIKE_TEXT_ASCII,
    ZHIKE_TEXT_OTHER,
    ZHIKE_TEXT_WITH_NUL,
};

static inline uint64_t zhike_eight_bytes(const char *start) {
    uint64_t word;
    memcpy(&word, start, sizeof word);
    return word;
}

// Up to seven bytes, some of them more than once; what is left of the word is a byte that is neither NUL nor above 127.
static inline uint64_t zhike_few_bytes(const char *start, size_t count) {
    const unsigned char *bytes = (const unsigned char *)start;
    if (count >= 4) {
        uint32_t first, last;
        memcpy(&first, bytes, sizeof first);
        memcpy(&last, bytes + count - sizeof last, sizeof last);
        return (uint64_t)first << 32 | last;
    }
    uint64_t word = 0x0101010101010101;
    for (size_t index = 0; index < count; index++) word = word << 8 | bytes[index];
    return word;
}

static inline enum zhike_text_kind zhike_text_kind(const char *start, size_t count) {
    const uint64_t each = 0x0101010101010101, top = each << 7;
    uint64_t all = 0, nul = 0;
    for (size_t index = 0; index < count; index += 8) {
        // The last eight bytes of a longer text, some of which were looked at before.
        uint64_t word = index + 8 <= count ? zhike_eight_bytes(start + index)
            : count >= 8                   ? zhike_eight_bytes(start + count - 8)
                                           : zhike_few_bytes(start, count);
        all |= word;
        // The lowest NUL sets the top bit of its byte, and nothing does where there is none.
        nul |= (word - each) & ~word & top;
    }
    if (nul) return ZHIKE_TEXT_WITH_NUL;
    return all & top ? ZHIKE_TEXT_OTHER : ZHIKE_TEXT_ASCII;
}
