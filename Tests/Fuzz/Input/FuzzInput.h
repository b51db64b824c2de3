#pragma once

#include <stddef.h>
#include <stdint.h>

// The input of the present run, for Swift to copy without a pointer.
size_t zhike_fuzz_byte_count(void);
uint8_t zhike_fuzz_byte(size_t index);
