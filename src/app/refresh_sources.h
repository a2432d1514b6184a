// SPDX-License-Identifier: Apache-2.0
// --source of what refreshes, which may name several, and the --url of each.
#ifndef APP_REFRESH_SOURCES_H
#define APP_REFRESH_SOURCES_H

#include "app/options.h"
#include "loglist/bundled.h"

struct sources {
	const char *names[NUM_SOURCES]; // each once, in the order of asking
	size_t num;
};

struct places {
	const char *urls[OPTIONS_MAX_REPEATED]; // lent from the options
};

// --source: one, several with commas between, or "all" of those that have an address: their
// publisher's, or one of --url. Default: apple. False with `err` (bad_option).
bool sources_read(
	const struct options *options, struct sources *out, struct err *err) MUST_CHECK;
// The places of a source, its publisher's where --url names none; how many, 0: there is none.
// "SOURCE=" before a place says whose it is; without, it is the only source's.
size_t sources_places(const struct options *options, const struct sources *sources,
	const char *source, const char *out[OPTIONS_MAX_REPEATED]);
// Every --url is one of these sources' (bad_option).
bool sources_check_places(const struct options *options, const struct sources *sources,
	struct err *err) MUST_CHECK;

#endif
