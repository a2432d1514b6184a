// SPDX-License-Identifier: Apache-2.0
#include "live/tls_message.h"

// A 3-byte big-endian length and that many bytes.
static struct bytes read_vector24(struct reader *r, const char *what)
{
	size_t high = reader_u8(r, what);
	size_t len = high << 16 | reader_u16(r, what);
	return reader_take(r, len, what);
}

bool tls_message_read_chain(struct bytes message, bool is_1_3, struct bytes *out,
	size_t max, size_t *out_num, struct err *err)
{
	struct reader r = reader_init(message, CODE_TLS_FAILED, err);
	size_t num = 0;
	if (reader_u8(&r, "type") != 11) {
		reader_fail_at(&r, 0, "not a Certificate message");
	}
	struct bytes body = read_vector24(&r, "the Certificate message");
	if (!reader_finish(&r, "the Certificate message")) {
		return false;
	}
	struct reader in = reader_nested(&r, body);
	if (is_1_3) {
		size_t context_len = reader_u8(&in, "certificate_request_context");
		(void)reader_take(&in, context_len, "certificate_request_context");
	}
	struct bytes list = read_vector24(&in, "certificate_list");
	if (!reader_finish(&in, "the certificate_list")) {
		return false;
	}
	struct reader entries = reader_nested(&r, list);
	while (!reader_done(&entries)) {
		struct bytes cert = read_vector24(&entries, "a certificate");
		if (is_1_3) {
			(void)reader_vector16(&entries, "a certificate's extensions");
		}
		if (num < max) {
			out[num] = cert;
		}
		num++;
	}
	if (reader_failed(&entries)) {
		return false;
	}
	*out_num = num;
	return true;
}
