// SPDX-License-Identifier: Apache-2.0
#include "app/libcurl.h"

#include <dlfcn.h>
#include <string.h>

// OpenSSL's, which is the one that the tests know; the one of GnuTLS has another name.
#define LIBRARY "libcurl.so.4"

static const struct {
	const char *name;
	size_t offset; // in struct libcurl
} functions[] = {
#define ROW(name) {"curl_" #name, offsetof(struct libcurl, name)},
	LIBCURL_FUNCTIONS(ROW)
#undef ROW
};

static bool fail(const char *reason, struct err *err)
{
	char why[100]; // so that the advice stands in the error whole
	(void)snprintf(why, sizeof(why), "%s", reason);
	fetch_fault_report(FAULT_NO_LIBRARY, "the URL", why, 0, err);
	return false;
}

// POSIX, not C, says that a pointer to a function is as large as one to data.
static bool find_functions(void *library, struct libcurl *out, struct err *err)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library, functions[i].name);
		if (!function) {
			char why[64];
			(void)snprintf(why, sizeof(why), LIBRARY " has no %s",
				functions[i].name);
			return fail(why, err);
		}
		memcpy((char *)out + functions[i].offset, &function, sizeof(function));
	}
	return true;
}

// It is never closed: a lookup that hangs (CURLOPT_QUICK_EXIT) goes on in it.
bool libcurl_load(struct libcurl *out, struct err *err)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		return fail(dlerror(), err);
	}
	return find_functions(library, out, err) &&
		(out->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK || err_no_memory(err));
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
