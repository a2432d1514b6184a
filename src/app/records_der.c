// SPDX-License-Identifier: Apache-2.0
#include "app/records_der.h"

enum records_result records_der_element(
	struct window *window, size_t at, size_t *out_len, struct err *err)
{
	if (!window_fill(window, at + 2)) {
		return window_bytes(window).len == at ? RECORDS_END : RECORDS_BAD;
	}
	const uint8_t *head = window_bytes(window).data + at;
	size_t num_len = head[1] & 0x80 ? head[1] & 0x7f : 0;
	size_t len = head[1];
	if (head[0] != 0x30 || num_len > 3 || (head[1] == 0x80)) {
		err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"not a certificate in DER; what follows was not read");
		return RECORDS_BAD;
	}
	if (num_len) {
		len = 0;
		if (!window_fill(window, at + 2 + num_len)) {
			return RECORDS_BAD;
		}
		head = window_bytes(window).data + at;
		for (size_t i = 0; i < num_len; i++) {
			len = len << 8 | head[2 + i];
		}
	}
	*out_len = 2 + num_len + len;
	if (*out_len > RECORDS_MAX_LEN) {
		err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"an element of more than 1 MB; what follows was not read");
		return RECORDS_BAD;
	}
	return window_fill(window, at + *out_len) ? RECORDS_FOUND : RECORDS_BAD;
}
