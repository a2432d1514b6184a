// SPDX-License-Identifier: Apache-2.0
// spare_key_read.
//
// Property: what is read lies in the input, ends where it ends, and its key, alone, is read as
// the same key. An error is printable and names a place in the input.
#include "tests/fuzz/fuzz.h"
#include "x509/spare_key.h"

static void need_same(const struct spare_key *key)
{
	struct spare_key alone;
	struct err err;
	err_clear(&err);
	fuzz_need_done(spare_key_read(key->spki, &alone, &err), &err, "the key alone");
	fuzz_need(!alone.is_request, "a key is a request");
	fuzz_need(bytes_equal(alone.spki, key->spki), "another key");
	fuzz_need(alone.subject.len == 0, "a key with a subject");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct spare_key key;
	struct err err;
	err_clear(&err);
	if (!spare_key_read(in, &key, &err)) {
		fuzz_need_error(&err, in.len, "a key");
		fuzz_need(err.code == CODE_BAD_CERTIFICATE, "%s",
			code_info(err.code)->name);
		fuzz_need_printable(bytes_of_text(err.text), false, "an error");
		return 0;
	}
	fuzz_need(err.code == CODE_NONE, "read, and yet an error");
	fuzz_need(key.spki.len > 0, "no key");
	fuzz_need_inside(in, key.spki, "the key");
	fuzz_need_inside(in, key.subject, "the subject");
	fuzz_need(key.is_request || key.spki.len == in.len, "a key, and more");
	need_same(&key);
	return 0;
}
