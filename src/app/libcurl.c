// SPDX-License-Identifier: Apache-2.0
#include "app/libcurl.h"

#include <string.h>

#include "app/library.h"

// OpenSSL's, which is the one that the tests know; the one of GnuTLS has another name.
#define LIBRARY "libcurl.so.4"

static const struct library_function functions[] = {
#define ROW(name) {"curl_" #name, offsetof(struct libcurl, name)},
	LIBCURL_FUNCTIONS(ROW)
#undef ROW
};

// It is never closed: a lookup that hangs (CURLOPT_QUICK_EXIT) goes on in it.
bool libcurl_load(struct libcurl *out, struct err *err)
{
	char reason[LIBRARY_REASON_ROOM];
	if (!library_load(LIBRARY, functions, sizeof(functions) / sizeof(functions[0]),
		    out, reason)) {
		fetch_fault_report(FAULT_NO_LIBRARY, "the URL", reason, 0, err);
		return false;
	}
	return out->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK || err_no_memory(err);
}

void libcurl_unload(const struct libcurl *curl)
{
	curl->global_cleanup();
}

static const struct {
	CURLcode result;
	enum fetch_fault fault;
} meanings[] = {
	{CURLE_ABORTED_BY_CALLBACK, FAULT_STOPPED},
	{CURLE_COULDNT_RESOLVE_HOST, FAULT_NO_ADDRESS},
	{CURLE_COULDNT_RESOLVE_PROXY, FAULT_NO_PROXY_ADDRESS},
	{CURLE_COULDNT_CONNECT, FAULT_NO_CONNECTION}, {CURLE_PROXY, FAULT_PROXY_FAILED},
	{CURLE_SSL_CONNECT_ERROR, FAULT_NO_TLS},
	{CURLE_PEER_FAILED_VERIFICATION, FAULT_NOT_TRUSTED},
	{CURLE_SSL_CACERT_BADFILE, FAULT_NO_TRUST_STORE},
	{CURLE_GOT_NOTHING, FAULT_NOTHING}, {CURLE_RECV_ERROR, FAULT_BROKEN_OFF},
	{CURLE_SEND_ERROR, FAULT_BROKEN_OFF}, {CURLE_PARTIAL_FILE, FAULT_CUT},
	{CURLE_HTTP2, FAULT_CUT}, {CURLE_HTTP2_STREAM, FAULT_CUT},
	{CURLE_BAD_CONTENT_ENCODING, FAULT_ENCODING},
	{CURLE_FILESIZE_EXCEEDED, FAULT_BODY_TOO_LARGE},
#if LIBCURL_VERSION_NUM >= 0x080600
	{CURLE_TOO_LARGE, FAULT_HEADERS_TOO_LARGE}, // out of memory before
#endif
};

enum fetch_fault libcurl_fault(CURLcode result)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].result == result) {
			return meanings[i].fault;
		}
	}
	return FAULT_NOT_HTTP;
}

// "OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number".
const char *libcurl_reason(const char *said)
{
	static const char *const marks[] = {"routines::", ": "};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *mark = strstr(said, marks[i]);
		if (mark) {
			return mark + strlen(marks[i]);
		}
	}
	return said;
}
