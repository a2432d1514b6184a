// SPDX-License-Identifier: Apache-2.0
// The CA certificates among an audit's own inputs, into the pool of issuers.
#ifndef APP_AUDIT_POOL_H
#define APP_AUDIT_POOL_H

#include "app/record_walk.h"
#include "eval/issuers.h"

// Reads all files in PEM and DER; requests bring their issuers themselves, and rows of CSV
// have none. What cannot be read is passed over: the audit itself will say so. Stops where
// the pool is full. False with `err`: no memory.
bool audit_pool_add(struct issuers *issuers, const struct audit_inputs *inputs,
	struct err *err) MUST_CHECK;

#endif
