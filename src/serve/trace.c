// SPDX-License-Identifier: Apache-2.0
#include "serve/trace.h"

#include <sys/random.h>

#include "app/clock.h"
#include "base/text.h"

// The parts of "00-TRACEID-PARENTID-FL".
#define TRACE_AT ((size_t)3)
#define PARENT_AT ((size_t)36)
#define FLAGS_AT ((size_t)53)
#define FLAG_SAMPLED 1

// Lower-case hex, not all zero (3.2.2.3, 3.2.2.4).
static bool is_id(const uint8_t *text, size_t len)
{
	bool is_zero = true;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = text[i];
		if (!text_is_digit(c) && (c < 'a' || c > 'f')) {
			return false;
		}
		is_zero = is_zero && c == '0';
	}
	return !is_zero;
}

static bool read_flags(const uint8_t *text, uint8_t *out)
{
	// Upper case is no traceparent, and text_unhex takes both.
	for (size_t i = 0; i < 2; i++) {
		if (text[i] >= 'A' && text[i] <= 'F') {
			return false;
		}
	}
	return text_unhex(bytes_of(text, 2), out, 1);
}

static bool read_header(struct bytes in, struct trace *out)
{
	uint8_t flags = 0;
	if (in.len != TRACE_HEADER_LEN || memcmp(in.data, "00-", TRACE_AT) != 0 ||
		in.data[PARENT_AT - 1] != '-' || in.data[FLAGS_AT - 1] != '-' ||
		!is_id(in.data + TRACE_AT, TRACE_ID_HEX) ||
		!is_id(in.data + PARENT_AT, TRACE_SPAN_HEX) ||
		!read_flags(in.data + FLAGS_AT, &flags)) {
		return false;
	}
	memcpy(out->trace_id, in.data + TRACE_AT, TRACE_ID_HEX);
	out->is_sampled = flags & FLAG_SAMPLED;
	return true;
}

// The kernel's random numbers; should it ever have none, the clock tells requests apart. Never
// all zero.
static void put_random_id(char *out, size_t hex_len)
{
	uint8_t id[TRACE_ID_HEX / 2] = {0};
	size_t len = hex_len / 2;
	int64_t now = clock_monotonic_us();
	memcpy(id, &now, sizeof(now));
	ssize_t got = getrandom(id, len, 0);
	(void)got;
	id[len - 1] = id[len - 1] ? id[len - 1] : 1;
	text_hex(bytes_of(id, len), out);
}

void trace_read(struct bytes header, struct trace *out)
{
	*out = (struct trace){0};
	out->is_given = read_header(header, out);
	if (!out->is_given) {
		put_random_id(out->trace_id, TRACE_ID_HEX);
	}
	put_random_id(out->span_id, TRACE_SPAN_HEX);
}

void trace_format(const struct trace *trace, char out[TRACE_HEADER_LEN + 1])
{
	(void)snprintf(out, TRACE_HEADER_LEN + 1, "00-%s-%s-%02x", trace->trace_id,
		trace->span_id, trace->is_sampled ? FLAG_SAMPLED : 0);
}
