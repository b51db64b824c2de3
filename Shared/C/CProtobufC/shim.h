#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// The text of a string field that was not in the bytes: one shared constant, not memory of the allocator.
static inline bool zhike_text_is_unset(const char *text) {
    return text == protobuf_c_empty_string;
}

// Bump memory as protobuf-c takes it, by a function of C: a message of some size takes dozens of blocks, and a closure of
// Swift costs each of them more than the block itself.
struct zhike_bump {
    unsigned char *next;
    unsigned char *end;
    // What protobuf-c may still take.
    int64_t remaining;
    // Whether a request was refused because the caller's limit was reached.
    bool is_exhausted;
    // Replaces next and end by a block of at least this many bytes.
    void (*grow)(struct zhike_bump *bump, size_t byte_count);
};

// Bytes before each block that hold the size asked for.
enum { ZHIKE_BLOCK_HEADER = 8 };

static inline void *zhike_bump_take(struct zhike_bump *bump, size_t byte_count) {
    size_t needed = (byte_count + 7) & ~(size_t)7;
    if (needed > (size_t)(bump->end - bump->next)) bump->grow(bump, needed);
    void *start = bump->next;
    bump->next += needed;
    return start;
}

static inline void *zhike_bump_alloc(void *data, size_t byte_count) {
    struct zhike_bump *bump = (struct zhike_bump *)data;
    // Before any sum: a hostile length must not overflow.
    if (bump->remaining < ZHIKE_BLOCK_HEADER + 7 || byte_count > (size_t)bump->remaining - ZHIKE_BLOCK_HEADER - 7) {
        bump->is_exhausted = true;
        return NULL;
    }
    unsigned char *start = (unsigned char *)zhike_bump_take(bump, byte_count + ZHIKE_BLOCK_HEADER);
    bump->remaining -= (int64_t)((byte_count + ZHIKE_BLOCK_HEADER + 7) & ~(size_t)7);
    memcpy(start, &byte_count, sizeof byte_count);
    return start + ZHIKE_BLOCK_HEADER;
}

static inline void zhike_bump_free(void *data, void *block) {
    (void)data;
    (void)block;
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

// Copies a text, ends it with NUL, and says whether there is one in it: both in one pass.
static inline bool zhike_copy_text(char *target, const char *source, size_t count) {
    const uint64_t each = 0x0101010101010101, top = each << 7;
    uint64_t nul = 0;
    target[count] = 0;
    if (count < 8) {
        uint64_t word = zhike_few_bytes(source, count);
        nul = (word - each) & ~word & top;
        if (count >= 4) {
            memcpy(target, source, 4);
            memcpy(target + count - 4, source + count - 4, 4);
        } else {
            for (size_t index = 0; index < count; index++) target[index] = source[index];
        }
        return nul;
    }
    for (size_t index = 0; index < count; index += 8) {
        // The last eight bytes of a text, some of which may have been copied before.
        size_t start = index + 8 <= count ? index : count - 8;
        uint64_t word = zhike_eight_bytes(source + start);
        nul |= (word - each) & ~word & top;
        memcpy(target + start, &word, sizeof word);
    }
    return nul;
}
