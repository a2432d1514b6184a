// SPDX-License-Identifier: Apache-2.0
// What the readers of the forms of pins share. Internal to x509/pin*.c.
#ifndef X509_PIN_READER_H
#define X509_PIN_READER_H

#include "x509/pin.h"

#define PIN_NO_GROUP SIZE_MAX

// What is read, and into what.
struct pin_reader {
	struct bytes text;
	struct pin_set *set;
	struct err *err;
	bool is_typed; // sha256// says nothing about who looks
	size_t curl; // the group of what is in curl's form; PIN_NO_GROUP: it is not
	size_t num; // pins that were read, those that stood there twice too
};

// An error about what stands at `at`, which is a part of the text. Always false.
bool pin_fail(struct pin_reader *r, struct bytes at, const char *why);
// One pin, without a prefix, into a group; `word`: where it stands. PIN_NO_GROUP: a bare one.
bool pin_take(struct pin_reader *r, struct bytes word, struct bytes value, size_t group,
	enum pin_role role) MUST_CHECK;
// A new group, without pins; false where there are too many.
bool pin_new_group(struct pin_reader *r, struct bytes at, size_t *out) MUST_CHECK;
// A domain of a group; one that is no name is an error.
bool pin_add_domain(struct pin_reader *r, struct bytes name, enum pin_below below,
	size_t group) MUST_CHECK;
// The day from which on a group pins nothing.
bool pin_set_expiration(struct pin_reader *r, struct bytes day, size_t group) MUST_CHECK;
bool pin_begins(struct bytes text, const char *with);
// "TSKPublicKeyHashes", with or without a "k" before it.
bool pin_is_trustkit_key(struct bytes key, const char *name);
// Bare pins.
bool pin_read_words(struct pin_reader *r, struct bytes text) MUST_CHECK;
// Each of the whole text.
bool pin_read_xml(struct pin_reader *r) MUST_CHECK;
bool pin_read_source(struct pin_reader *r) MUST_CHECK;
bool pin_read_json(struct pin_reader *r) MUST_CHECK;

#endif
