// SPDX-License-Identifier: Apache-2.0
// A mutator for the targets that read DER: it changes one element inside the others and makes
// all lengths right again, so that the fuzzer gets behind the outermost SEQUENCE. One input in
// four is left to the fuzzer's own mutations.
#include "tests/fuzz/der_mutate.h"

#include "tests/fuzz/fuzz.h"
#include "tests/pki/der_write.h"
#include "x509/der.h"

#define MAX_DEPTH 24
#define MAX_CHILDREN 256
// What one element may grow by.
#define ROOM 64

static unsigned next_random(uint64_t *state, unsigned below)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*state >> 33) % below;
}

// The elements in `value`; 0 where it is not a row of elements.
static size_t split(struct bytes value, struct der_element *out, size_t max)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(value, CODE_BAD_CERTIFICATE, &err);
	size_t num = 0;
	while (!reader_done(&r) && num < max) {
		out[num++] = der_any(&r, "element");
	}
	return reader_finish(&r, "elements") ? num : 0;
}

static void mutate_plain(struct bytes value, struct out *o)
{
	uint8_t *copy = malloc(value.len + ROOM);
	fuzz_need(copy != NULL, "out of memory");
	if (value.len) {
		memcpy(copy, value.data, value.len);
	}
	derw_put(o, copy, LLVMFuzzerMutate(copy, value.len, value.len + ROOM));
	free(copy);
}

static void mutate(
	const struct der_element *element, struct out *o, uint64_t *state, int depth);

// The chosen child changed, gone, twice, or with another tag.
static void mutate_child(
	const struct der_element *child, struct out *o, uint64_t *state, int depth)
{
	switch (next_random(state, 24)) {
	case 0:
		return;
	case 1:
		derw_put(o, child->whole.data, child->whole.len);
		mutate(child, o, state, depth);
		return;
	case 2: {
		static const uint8_t tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a,
			0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x82, 0xa0,
			0xa1, 0xa3};
		derw_tlv(o, tags[next_random(state, sizeof(tags))], child->value.data,
			child->value.len);
		return;
	}
	default:
		mutate(child, o, state, depth);
	}
}

static void mutate(
	const struct der_element *element, struct out *o, uint64_t *state, int depth)
{
	struct der_element *children = malloc(MAX_CHILDREN * sizeof(*children));
	fuzz_need(children != NULL, "out of memory");
	size_t start = o->len;
	struct bytes value = element->value;
	bool plain = depth == 0 ||
		(element->tag != DER_OCTET_STRING && !(element->tag & 0x20)) ||
		next_random(state, 10) == 0;
	size_t num = plain ? 0 : split(value, children, MAX_CHILDREN);
	if (num == 0) {
		mutate_plain(value, o);
	} else {
		size_t chosen = next_random(state, (unsigned)num);
		for (size_t i = 0; i < num; i++) {
			if (i == chosen) {
				mutate_child(&children[i], o, state, depth - 1);
			} else {
				derw_put(
					o, children[i].whole.data, children[i].whole.len);
			}
		}
	}
	derw_wrap(o, start, element->tag);
	free(children);
}

size_t der_mutate(uint8_t *data, size_t len, size_t max, unsigned seed)
{
	uint64_t state = seed;
	struct der_element whole;
	struct out o = {0};
	if (next_random(&state, 4) == 0 || split(bytes_of(data, len), &whole, 1) != 1) {
		return LLVMFuzzerMutate(data, len, max);
	}
	mutate(&whole, &o, &state, MAX_DEPTH);
	size_t new_len = o.len <= max ? o.len : 0;
	if (new_len) {
		memcpy(data, o.data, new_len);
	}
	derw_clear(&o);
	return new_len ? new_len : LLVMFuzzerMutate(data, len, max);
}

// The whole input is DER, where no other mutator is linked.
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t len, size_t max, unsigned seed)
{
	return der_mutate(data, len, max, seed);
}
