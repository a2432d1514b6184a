// SPDX-License-Identifier: Apache-2.0
// Pins: SHA-256 hashes of SubjectPublicKeyInfo (RFC 7469 2.4), as clients carry them. Reads
// the forms in which people have them; writes none (report/report_pins.c does). Pure.
//
// One pin is 64 hex digits or the base64 of 32 bytes (base64url too), alone or as
// sha256//BASE64 (curl), sha256/BASE64 (OkHttp) or pin-sha256="BASE64" (RFC 7469).
#ifndef X509_PIN_H
#define X509_PIN_H

#include "base/bytes.h"

#define PIN_LEN 32
// Pins in one set: apps carry two to ten.
#define PIN_SET_MAX 64

// Each once, in the order in which they were read.
struct pin_set {
	size_t num;
	uint8_t pins[PIN_SET_MAX][PIN_LEN];
};

// Adds all pins of `text` to the set, in the form that its content shows:
// - one or more pins as above, divided by ";", "," or white space, "#" begins a comment;
// - an Android network security configuration, or its pin-set (<pin digest="SHA-256">);
// - a property list with NSPinnedDomains (SPKI-SHA256-BASE64), or a part of one;
// - TrustKit's TSKPublicKeyHashes in a property list, or kTSKPublicKeyHashes in source text.
// False with `err` (bad_pin) that says what is wrong, where more than one line was given in
// which line, and at which offset; the set is then as it was. No pin at all is an error.
bool pin_set_read(struct bytes text, struct pin_set *set, struct err *err) MUST_CHECK;

// The place of a hash in the set; set->num: it is not there.
size_t pin_set_find(const struct pin_set *set, const uint8_t sha256[PIN_LEN]);

#endif
