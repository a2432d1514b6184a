// SPDX-License-Identifier: Apache-2.0
// --dedupe: how often each certificate stands in the inputs, counted in a first pass over
// them, so that a second one can take each once and say how often it stood there.
//
// Certificates are the same where their DER is, however it was written, and that of the
// chain behind it, and of the issuer beside it; of requests the hash of the issuer's key,
// the SCTs and the OCSP response, the time of check and the policies must be the same too.
// About 40 bytes a distinct certificate.
#ifndef APP_DEDUPE_H
#define APP_DEDUPE_H

#include "app/record_walk.h"

struct dedupe;

// Counts. Standard input is copied to a file without a name in TMPDIR (or /tmp) first, and
// read from there ever after. NULL with `err` set.
struct dedupe *dedupe_new(const struct audit_inputs *inputs, struct err *err);
void dedupe_free(struct dedupe *dedupe);
// For the second pass, once for each record in the order of the inputs: how often it
// stands there, or 0 where an equal one came before. What cannot be read is always new.
uint64_t dedupe_take(struct dedupe *dedupe, const struct found *found);

size_t dedupe_num(const struct dedupe *dedupe); // distinct certificates
size_t dedupe_bytes(const struct dedupe *dedupe); // memory

#endif
