// SPDX-License-Identifier: Apache-2.0
// starttls_take.
//
// Input: a byte for the protocol, one for how many bytes come at once, and what the server
// sends; 0xff ends an answer. Property: it ends with an error that can be printed, with TLS,
// or waits for more; it holds no more than an answer may have; and what it sends is not empty.
#include "live/starttls.h"
#include "tests/fuzz/fuzz.h"

#define NUM_NAMES 7

static void need_sound(const struct starttls *s, const struct err *err)
{
	bool failed = s->state == STARTTLS_FAILED;
	fuzz_need(failed == (err->code != CODE_NONE), "state %d, error %s", (int)s->state,
		code_info(err->code)->name);
	fuzz_need(s->in.len <= STARTTLS_MAX_ANSWER, "%zu bytes are held", s->in.len);
	if (failed) {
		fuzz_need_error(err, 0, "starttls_take");
		fuzz_need_printable(bytes_of_text(err->text), false, "an error");
	}
	fuzz_need(starttls_awaits(s)[0] != '\0', "nothing is waited for");
}

static void talk(struct starttls *s, struct bytes in, size_t piece, struct err *err)
{
	while (in.len > 0 && s->state != STARTTLS_DONE && s->state != STARTTLS_FAILED) {
		if (s->state == STARTTLS_SENDS) {
			fuzz_need(starttls_send(s).len > 0, "sends nothing");
			fuzz_need(s->state == STARTTLS_READS, "does not read");
		}
		size_t end = bytes_find(in, 0, BYTES_LITERAL("\xff"));
		size_t len = end < piece ? end : piece;
		len = len < in.len ? len : in.len;
		if (len > 0) {
			(void)starttls_take(s, bytes_of(in.data, len), err);
			need_sound(s, err);
		}
		len += len < in.len && in.data[len] == 0xff;
		in = bytes_of(in.data + len, in.len - len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err err;
	struct starttls s;
	err_clear(&err);
	if (len < 2) {
		return 0;
	}
	const char *name = starttls_names[data[0] % NUM_NAMES];
	const struct starttls_protocol *protocol = starttls_find(bytes_of_text(name));
	bool begun = starttls_init(&s, protocol, "server.test", 0, &err);
	fuzz_need_done(begun, &err, "starttls_init");
	talk(&s, bytes_of(data + 2, len - 2), (size_t)data[1] + 1, &err);
	if (err.code == CODE_NONE && s.state == STARTTLS_READS) {
		starttls_cut(&s, &err);
		fuzz_need_error(&err, 0, "starttls_cut");
		fuzz_need_printable(bytes_of_text(err.text), false, "an error");
	}
	starttls_clear(&s);
	return 0;
}
