#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

// The text of a string field that was not in the bytes: one shared constant, not memory of the allocator.
static inline bool zhike_text_is_unset(const char *text) {
    return text == protobuf_c_empty_string;
}
