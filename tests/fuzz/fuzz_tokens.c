// SPDX-License-Identifier: Apache-2.0
// tokens_parse, tokens_know.
//
// Property: of a file that is taken, each line that is no comment is a token that is known, in
// any case of "Bearer", and none of its beginnings is unless it has a line of its own; an error
// quotes nothing of a line. The whole input as a header is known by no set of other tokens.
#include "base/text.h"
#include "serve/tokens.h"
#include "tests/fuzz/fuzz.h"

#define FIXED "0000-a-token-that-no-corpus-has-0000"

static bool knows(const struct tokens *tokens, const char *scheme, struct bytes token)
{
	struct buffer header;
	buffer_init(&header, 2 * TOKENS_MAX_FILE);
	buffer_put_text(&header, scheme);
	buffer_put(&header, token);
	bool known = tokens_know(tokens, buffer_bytes(&header));
	buffer_clear(&header);
	return known;
}

static bool has_line(struct bytes text, struct bytes want)
{
	for (size_t at = 0; at < text.len;) {
		size_t end = bytes_find(text, at, BYTES_LITERAL("\n"));
		if (bytes_equal(text_trim(bytes_of(text.data + at, end - at)), want)) {
			return true;
		}
		at = end + 1;
	}
	return false;
}

static void need_lines(const struct tokens *tokens, struct bytes text)
{
	for (size_t at = 0; at < text.len;) {
		size_t end = bytes_find(text, at, BYTES_LITERAL("\n"));
		struct bytes line = text_trim(bytes_of(text.data + at, end - at));
		at = end + 1;
		if (line.len == 0 || line.data[0] == '#') {
			continue;
		}
		struct bytes shorter = bytes_of(line.data, line.len - 1);
		fuzz_need(line.len >= TOKENS_MIN_LEN, "a token of %zu", line.len);
		fuzz_need(knows(tokens, "Bearer ", line), "a token is not known");
		fuzz_need(knows(tokens, "bEARER  ", line), "a token is not known");
		fuzz_need(!knows(tokens, "Basic ", line), "another scheme");
		fuzz_need(knows(tokens, "Bearer ", shorter) == has_line(text, shorter),
			"the beginning of a token");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len < TOKENS_MAX_FILE ? len : TOKENS_MAX_FILE);
	struct err err;
	err_clear(&err);
	struct tokens *tokens = tokens_parse(in, &err);
	if (tokens) {
		fuzz_need(err.code == CODE_NONE, "taken, and yet an error");
		need_lines(tokens, text_without_mark(in));
	} else {
		fuzz_need_error(&err, in.len, "tokens_parse");
		fuzz_need_plain(bytes_of_text(err.text), false, "an error");
	}
	tokens_unref(tokens);
	err_clear(&err);
	tokens = tokens_parse(BYTES_LITERAL(FIXED), &err);
	fuzz_need_done(tokens != NULL, &err, "a token");
	bool is_it = in.len > strlen(FIXED) &&
		memcmp(in.data + in.len - strlen(FIXED), FIXED, strlen(FIXED)) == 0;
	fuzz_need(!tokens_know(tokens, in) || is_it, "another token is known");
	tokens_unref(tokens);
	return 0;
}
