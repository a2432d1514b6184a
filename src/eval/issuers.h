// SPDX-License-Identifier: Apache-2.0
// A pool of certificates to find issuers in: by name, then by key identifier, then by
// signature. Filled by one thread, then frozen and shared by all.
#ifndef EVAL_ISSUERS_H
#define EVAL_ISSUERS_H

#include "base/arena.h"
#include "x509/cert.h"

// The Web's CAs have some ten thousand certificates.
#define ISSUERS_MAX ((size_t)100000)
#define ISSUERS_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define ISSUERS_MAX_FILE ((size_t)32 * 1024 * 1024)

struct issuers;

struct issuers *issuers_new(struct err *err);
// A frozen pool is shared by references; the last one frees it.
struct issuers *issuers_ref(struct issuers *issuers);
void issuers_unref(struct issuers *issuers);
// Every certificate in `file` (PEM blocks, or one in DER or base64). False with `err`
// where one cannot be read, or there are too many (ISSUERS_MAX, ISSUERS_MAX_BYTES); then none
// of the file is in.
bool issuers_add(struct issuers *issuers, struct bytes file, struct err *err) MUST_CHECK;
void issuers_freeze(struct issuers *issuers);
size_t issuers_num(const struct issuers *issuers);
// Of all its certificates.
size_t issuers_bytes(const struct issuers *issuers);

// The pool's certificates whose subject is `name` (DER, byte for byte): how many, and the
// index of the first; they stand in a row.
size_t issuers_find(const struct issuers *issuers, struct bytes name, size_t *out_first);
// Those of them with that subject key identifier, which stand in a row as well; without one
// where `key_id` is empty.
size_t issuers_find_key(const struct issuers *issuers, struct bytes name,
	struct bytes key_id, size_t *out_first);
struct bytes issuers_der(const struct issuers *issuers, size_t index);

#endif
