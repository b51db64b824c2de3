#include "FuzzInput.h"

static const uint8_t *input;
static size_t input_byte_count;

size_t zhike_fuzz_byte_count(void) { return input_byte_count; }

uint8_t zhike_fuzz_byte(size_t index) { return input[index]; }

// Written in Swift, by each target.
extern void zhike_fuzz_run(void);

// What libFuzzer calls.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count) {
    input = bytes;
    input_byte_count = byte_count;
    zhike_fuzz_run();
    return 0;
}
