// SPDX-License-Identifier: Apache-2.0
// The history of a log list in a text form of our own: every fact once, and then only its
// changes, list by list. A person can read it and `git diff` shows what a new list
// changed.
//
//   ctpolicy log list history 1
//   list 2019-02-23.0169be6a            publication day and the start of the SHA-256
//     published 2019-02-23T20:48:40Z
//     name apple
//     sha256 <64 hex digits>
//     version 42                        and assetVersion, assetVersionV2, schema
//   log <log id, base64>
//     key <SPKI, base64>
//     operator Google                   facts as of the first list that has the log
//     api rfc6962
//     interval 2018-01-01T00:00:00Z 2019-01-01T00:00:00Z
//     description, url, submission_url, monitoring_url, log_type, mmd, tls_only
//     previous_operators 2025-06-01T00:00:00Z 6 Google   until when, bytes of the name, name
//     url@2020-09-23.20c9abd2 https://…  as of that list; "-" where it is gone
//     listed@2019-02-23.0169be6a        and unlisted@…
//     state@2019-02-23.0169be6a usable 2018-06-15T02:30:13Z version 1
//
// Lists stand by publication, logs by id, facts in one order: the same lists, added in
// any order, give the same bytes.
#ifndef LOGLIST_HISTORY_H
#define LOGLIST_HISTORY_H

#include "loglist/lists.h"

// True where the bytes begin as a history does.
bool history_recognize(struct bytes text);
// Adds every list of the history to a set that is being filled. Errors name the line.
bool history_read(struct bytes text, struct ctp_lists *into, struct err *err) MUST_CHECK;
// All lists of a frozen set.
bool history_write(
	const struct ctp_lists *lists, struct buffer *out, struct err *err) MUST_CHECK;

#endif
