// SPDX-License-Identifier: Apache-2.0
// --issuers: a file, or all files of a folder, into a pool.
#ifndef APP_ISSUER_FILES_H
#define APP_ISSUER_FILES_H

#include "eval/issuers.h"

// A file without certificates is an error; in a folder it is named on standard error and
// left out. False with `err`.
bool issuer_files_add(
	struct issuers *issuers, const char *path, struct err *err) MUST_CHECK;

#endif
