// SPDX-License-Identifier: Apache-2.0
// A mutation of DER that keeps its lengths right, for libFuzzer's custom mutators.
#ifndef TESTS_FUZZ_DER_MUTATE_H
#define TESTS_FUZZ_DER_MUTATE_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's own, and the one that it asks for.
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed);

// Mutates `data` in place, which has room for `max` bytes; returns the new length.
size_t der_mutate(uint8_t *data, size_t len, size_t max, unsigned seed);

#endif
