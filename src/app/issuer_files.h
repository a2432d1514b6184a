// SPDX-License-Identifier: Apache-2.0
// --issuers and --roots: a file, or all files of a folder, into a pool.
#ifndef APP_ISSUER_FILES_H
#define APP_ISSUER_FILES_H

#include "app/options.h"
#include "eval/request.h"

// A certificate that cannot be read is named on standard error, with its file and line, and
// left out, the others serve: *out_broken is set then. So it is where a folder has a file
// that cannot be read; one that has no certificates, such as a text or a key, is named only.
// False with `err` where there is nothing to serve: a file without any certificate, no such
// file, too many. `what` they are to be, in what is said: "issuers" or "roots".
bool issuer_files_add(struct issuers *issuers, const char *path, const char *what,
	bool *out_broken, struct err *err) MUST_CHECK;
// The roots of --roots, frozen; *out is the caller's, NULL without that option. Roots that
// are not all read would make others of public ones: any that cannot be is a failure. Beside
// --private-root it is a contradiction (bad_option).
bool issuer_files_read_roots(
	const struct options *options, struct issuers **out, struct err *err) MUST_CHECK;
// The same, with --private-root, into the request too.
bool issuer_files_set_roots(const struct options *options, struct ctp_request *request,
	struct issuers **out, struct err *err) MUST_CHECK;

#endif
