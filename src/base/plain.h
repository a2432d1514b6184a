// SPDX-License-Identifier: Apache-2.0
// Plain text: printable ASCII without quote and backslash, which stands for itself in JSON and
// wherever text is escaped. Found many bytes at a time.
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include "base/bytes.h"

#define PLAIN_WORD sizeof(uint64_t)
#define PLAIN_BLOCK ((size_t)64) // a line of a PEM
#define PLAIN_EACH(c) (UINT64_C(0x0101010101010101) * (c))

// Not 0 where one of a word's bytes is not plain. Which one it is it does not say, for
// borrows run on.
static inline uint64_t plain_odd_word(const uint8_t *data)
{
	uint64_t word;
	memcpy(&word, data, sizeof(word));
	uint64_t quote = (word ^ PLAIN_EACH('"')) - PLAIN_EACH(1);
	uint64_t backslash = (word ^ PLAIN_EACH('\\')) - PLAIN_EACH(1);
	uint64_t control = word - PLAIN_EACH(0x20);
	uint64_t del = word + PLAIN_EACH(1);
	return (word | quote | backslash | control | del) & PLAIN_EACH(0x80);
}

// Without a branch in it, so that compilers make vectors of it.
static inline bool plain_is_block(const uint8_t *data)
{
	uint64_t odd = 0;
	for (size_t i = 0; i < PLAIN_BLOCK; i += PLAIN_WORD) {
		odd |= plain_odd_word(data + i);
	}
	return odd == 0;
}

static inline bool plain_is_char(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// Plain bytes at the front.
static inline size_t plain_len(struct bytes in)
{
	size_t len = 0;
	while (in.len - len >= PLAIN_BLOCK && plain_is_block(in.data + len)) {
		len += PLAIN_BLOCK;
	}
	while (in.len - len >= PLAIN_WORD && !plain_odd_word(in.data + len)) {
		len += PLAIN_WORD;
	}
	while (len < in.len && plain_is_char(in.data[len])) {
		len++;
	}
	return len;
}

#endif
