// SPDX-License-Identifier: Apache-2.0
// The mutator of the target evaluate: one field changed as DER, and its length made right; one
// input in four is left to the fuzzer's own mutations. fuzz_evaluate.c says what the bytes are.
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/der_mutate.h"

#define HEAD 8
#define NUM_FIELDS 4
#define MAX_FIELD 65535

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed)
{
	unsigned field = seed / 4 % NUM_FIELDS;
	if (len < HEAD || seed % 4 == 0 || max > MAX_FIELD) {
		return LLVMFuzzerMutate(data, len, max);
	}
	size_t starts[NUM_FIELDS + 1] = {HEAD, 0, 0, 0, len};
	for (unsigned i = 1; i < NUM_FIELDS; i++) {
		size_t field_len = (size_t)data[2 * i] << 8 | data[2 * i + 1];
		size_t left = len - starts[i - 1];
		starts[i] = starts[i - 1] + (field_len < left ? field_len : left);
	}
	size_t start = starts[field];
	size_t old_len = starts[field + 1] - start;
	uint8_t *copy = malloc(max);
	if (!copy || old_len == 0) {
		free(copy);
		return LLVMFuzzerMutate(data, len, max);
	}
	memcpy(copy, data + start, old_len);
	size_t new_len = der_mutate(copy, old_len, old_len + max - len, seed / 16);
	memmove(data + start + new_len, data + start + old_len, len - start - old_len);
	memcpy(data + start, copy, new_len);
	if (field < NUM_FIELDS - 1) {
		data[2 + 2 * field] = (uint8_t)(new_len >> 8);
		data[3 + 2 * field] = (uint8_t)new_len;
	}
	free(copy);
	return len - old_len + new_len;
}
