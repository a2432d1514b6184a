// SPDX-License-Identifier: Apache-2.0
// A summary in all of its forms: JSON and HTML in files of their own, text in a sink.
#ifndef APP_SUMMARY_FILES_H
#define APP_SUMMARY_FILES_H

#include "app/sink.h"
#include "report/summary.h"

// JSON to `json_path`, HTML to `html_path`; NULL: not asked for. False with `err`.
bool summary_files_write(const struct summary *summary, const char *json_path,
	const char *html_path, struct err *err) MUST_CHECK;
bool summary_files_put_text(const struct summary *summary, bool colour, struct sink *sink,
	struct err *err) MUST_CHECK;

#endif
