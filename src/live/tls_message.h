// SPDX-License-Identifier: Apache-2.0
// The Certificate message of a TLS handshake (RFC 5246 7.4.2, RFC 8446 4.4.2) as the server
// sent it, so that what is judged are its own bytes. Pure.
#ifndef LIVE_TLS_MESSAGE_H
#define LIVE_TLS_MESSAGE_H

#include "base/bytes.h"

// `message`: with its 4 bytes of header; `is_1_3`: in TLS 1.3, where extensions stand behind
// each certificate. The first `max` certificates, lent, into out[]; *out_num counts all of
// them. False with `err` (tls_failed and the offset) where it breaks its structure.
bool tls_message_read_chain(struct bytes message, bool is_1_3, struct bytes *out,
	size_t max, size_t *out_num, struct err *err) MUST_CHECK;

#endif
