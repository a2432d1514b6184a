// SPDX-License-Identifier: Apache-2.0
#include "eval/selection.h"

#include "x509/name.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool stands_at(struct bytes text, size_t at, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (lower(text.data[at + i]) != lower((uint8_t)word[i])) {
			return false;
		}
	}
	return true;
}

static bool contains(struct bytes text, const char *word)
{
	size_t len = strlen(word);
	for (size_t at = 0; at + len <= text.len; at++) {
		if (stands_at(text, at, word, len)) {
			return true;
		}
	}
	return false;
}

bool selection_takes(
	const struct selection *selection, const struct cert *cert, struct buffer *room)
{
	if (selection->leaves_only && cert->is_ca) {
		return false;
	}
	int64_t issued_ms = cert->not_before * 1000;
	if (issued_ms < selection->from_ms || issued_ms >= selection->until_ms) {
		return false;
	}
	if (!selection->issuer) {
		return true;
	}
	room->len = 0;
	name_put_text(room, cert->issuer);
	bool takes = !room->failed && contains(buffer_bytes(room), selection->issuer);
	room->len = 0;
	room->failed = false;
	return takes;
}
