// SPDX-License-Identifier: Apache-2.0
// tls_message_read_chain.
//
// Input: a byte for the version, and the message. Property: certificates lie in it, one behind
// the other; where it is taken in TLS 1.2 they and their lengths are all of it.
#include "live/tls_message.h"
#include "tests/fuzz/fuzz.h"

#define MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err err;
	struct bytes certs[MAX];
	size_t num = 0;
	err_clear(&err);
	if (len < 1) {
		return 0;
	}
	struct bytes message = bytes_of(data + 1, len - 1);
	bool is_1_3 = (data[0] & 1) != 0;
	if (!tls_message_read_chain(message, is_1_3, certs, MAX, &num, &err)) {
		fuzz_need_error(&err, message.len, "the message");
		return 0;
	}
	size_t sum = 4 + 3;
	const uint8_t *behind = message.data;
	for (size_t i = 0; i < num && i < MAX; i++) {
		fuzz_need_inside(message, certs[i], "a certificate");
		fuzz_need(certs[i].len == 0 || certs[i].data > behind, "not in order");
		behind = certs[i].len ? certs[i].data + certs[i].len - 1 : behind;
		sum += 3 + certs[i].len;
	}
	fuzz_need(is_1_3 || num > MAX || sum == message.len, "%zu of %zu bytes", sum,
		message.len);
	return 0;
}
