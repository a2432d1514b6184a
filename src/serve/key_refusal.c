// SPDX-License-Identifier: Apache-2.0
#include "serve/key_refusal.h"

#include "x509/private_key.h"

const char key_refusal_text[] =
	"This is a private key. It was refused, and nothing of it is kept or logged; but it has "
	"left your machine, so consider it lost and replace it. What is needed is the certificate, "
	"which begins with -----BEGIN CERTIFICATE-----.";

static bool may_hold_key(const struct record *record)
{
	for (size_t i = 0; i < record->findings.num; i++) {
		switch ((int)record->findings.items[i].code) {
		case CODE_PRIVATE_KEY_BESIDE:
		case CODE_SCT_LIST_MALFORMED:
		case CODE_OCSP_UNREADABLE:
		case CODE_PRECERTIFICATE_UNREADABLE:
			return true;
		default:
			break;
		}
	}
	return false;
}

bool key_refusal_is_due(
	const struct record *record, struct bytes body, struct arena *arena)
{
	return (!record || may_hold_key(record)) && private_key_is_in(body, arena);
}
