// SPDX-License-Identifier: Apache-2.0
#include "app/fetch_faults.h"

#include <stdio.h>

#define LATER "try again later"
#define TELL "if it goes on, tell who runs the server"
#define URL "write https://HOST/PATH"
#define NEW_URL "give the URL that the list has now"
#define TIMEOUT "try again later, or with a longer --timeout"

static const struct {
	enum code code;
	bool may_pass;
	const char *text; // between the host and a detail
	const char *advice;
} faults[NUM_FAULTS] = {
	[FAULT_NONE] = {CODE_NONE, false, "", ""},
	[FAULT_NO_MEMORY] = {CODE_OUT_OF_MEMORY, false, "", ""},
	[FAULT_NO_LIBRARY] = {CODE_FETCH_UNAVAILABLE, false,
		"cannot be asked without libcurl:",
		"install libcurl4 (7.88 or later) or give the list as a file"},
	[FAULT_STOPPED] = {CODE_FETCH_STOPPED, false,
		"was being asked for the list, and the program was told to stop",
		"refresh again"},

	[FAULT_URL_UNREADABLE] = {CODE_FETCH_BAD_URL, false, "cannot be read:", URL},
	[FAULT_URL_SCHEME] = {CODE_FETCH_BAD_URL, false,
		"is neither https nor, for a loopback address, http", URL},
	[FAULT_URL_NOT_LOOPBACK] = {CODE_FETCH_BAD_URL, false,
		"is not at a loopback address, and plain http goes to no other",
		"give an https URL"},

	[FAULT_NO_ADDRESS] = {CODE_FETCH_UNREACHABLE, true, "has no address",
		"check the name and this machine's DNS"},
	[FAULT_NO_PROXY_ADDRESS] = {CODE_FETCH_UNREACHABLE, true,
		"is behind a proxy that has no address",
		"check https_proxy and this machine's DNS"},
	[FAULT_NO_CONNECTION] = {CODE_FETCH_UNREACHABLE, true, "takes no connection",
		"check network, firewall and https_proxy"},
	[FAULT_PROXY_FAILED] = {CODE_FETCH_UNREACHABLE, true,
		"was not reached by the proxy", "check https_proxy"},
	[FAULT_PROXY_STATUS_LATER] = {CODE_FETCH_UNREACHABLE, true,
		"is behind a proxy that answered", LATER},
	[FAULT_PROXY_STATUS] = {CODE_FETCH_UNREACHABLE, false,
		"is behind a proxy that answered",
		"check https_proxy and what that proxy allows"},

	[FAULT_CONNECTS_TOO_SLOWLY] = {CODE_FETCH_TIMED_OUT, true,
		"takes no connection in time", TIMEOUT},
	[FAULT_ANSWERS_TOO_SLOWLY] = {CODE_FETCH_TIMED_OUT, true,
		"does not answer in time", TIMEOUT},
	[FAULT_SENDS_TOO_SLOWLY] = {CODE_FETCH_TIMED_OUT, true, "sends too slowly",
		TIMEOUT},

	[FAULT_NO_TLS] = {CODE_FETCH_TLS_FAILED, true, "does not come to terms on TLS:",
		"check that the URL names a port for TLS"},
	[FAULT_NOT_TRUSTED] = {CODE_FETCH_TLS_FAILED, false,
		"shows a certificate that is not trusted:",
		"if it is the right one, name its CA with --cacert"},
	[FAULT_NO_TRUST_STORE] = {CODE_FETCH_TLS_FAILED, false,
		"cannot be trusted, for no trusted CAs can be read",
		"check the file of --cacert, or install ca-certificates"},

	[FAULT_STATUS_LATER] = {CODE_FETCH_STATUS, true, "answered", LATER},
	[FAULT_STATUS_MUCH_LATER] = {CODE_FETCH_STATUS, false, "answered",
		"refresh again then"},
	[FAULT_STATUS] = {CODE_FETCH_STATUS, false, "answered", "check the URL"},

	[FAULT_REDIRECT_NOWHERE] = {CODE_FETCH_REDIRECT, false,
		"redirects without saying where to", TELL},
	[FAULT_REDIRECT_AGAIN] = {CODE_FETCH_REDIRECT, false,
		"redirects once more, after 3 redirects", NEW_URL},
	[FAULT_REDIRECT_UNREADABLE] = {CODE_FETCH_REDIRECT, false,
		"redirects to a URL that cannot be read:", TELL},
	[FAULT_REDIRECT_SCHEME] = {CODE_FETCH_REDIRECT, false,
		"redirects to another scheme, which is not followed:", NEW_URL},
	[FAULT_REDIRECT_NOT_LOOPBACK] = {CODE_FETCH_REDIRECT, false,
		"is where a redirect leads; it is not at a loopback address, and plain http "
		"goes to no other",
		"give an https URL"},

	[FAULT_BODY_TOO_LARGE] = {CODE_FETCH_TOO_LARGE, false,
		"sends more than it may:", TELL},
	[FAULT_HEADERS_TOO_LARGE] = {CODE_FETCH_BROKEN, false,
		"sends headers that do not end, or are far too long", TELL},
	[FAULT_NOTHING] = {CODE_FETCH_BROKEN, true,
		"ended the connection without an answer", LATER},
	[FAULT_BROKEN_OFF] = {CODE_FETCH_BROKEN, true, "broke off the connection", LATER},
	[FAULT_CUT] = {CODE_FETCH_BROKEN, true, "ended in the middle of its answer",
		LATER},
	[FAULT_ENCODING] = {CODE_FETCH_BROKEN, false, "sent what does not decompress",
		TELL},
	// Which may be one that was cut in its headers.
	[FAULT_EMPTY] = {CODE_FETCH_BROKEN, true, "answered with an empty body", TELL},
	[FAULT_NOT_ASKED] = {CODE_FETCH_BROKEN, false,
		"answered 304 (not modified), which was not asked", TELL},
	[FAULT_NOT_HTTP] = {CODE_FETCH_BROKEN, false,
		"sent what is no answer of HTTP:", "check the URL"},
};

bool fetch_fault_may_pass(enum fetch_fault fault)
{
	return faults[fault].may_pass;
}

void fetch_fault_report(enum fetch_fault fault, const char *host, const char *detail,
	unsigned num_tries, struct err *err)
{
	char tries[32] = "";
	if (fault == FAULT_NO_MEMORY) {
		err_no_memory(err);
		return;
	}
	if (num_tries > 1) {
		(void)snprintf(tries, sizeof(tries), " (tried %u times)", num_tries);
	}
	err_set(err, faults[fault].code, ERR_NO_OFFSET, "%s %s%s%s%s; %s", host,
		faults[fault].text, detail[0] ? " " : "", detail, tries,
		faults[fault].advice);
}
