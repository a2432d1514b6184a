// SPDX-License-Identifier: Apache-2.0
#include "app/fetch.h"

#include <assert.h>
#include <sys/socket.h>

#include "app/clock.h"
#include "app/libcurl.h"
#include "app/loopback.h"
#include "app/pause.h"
#include "app/validator.h"
#include "base/datetime.h"
#include "ctpolicy.h"

#define USER_AGENT \
	"ctpolicy/" CTP_VERSION " (evaluates Certificate Transparency; fetches log lists)"
// The longest Retry-After that is believed.
#define MAX_WAIT_S (366 * 86400)
// Of all header lines of one answer; servers send 1 KB.
#define MAX_HEADERS ((size_t)64 << 10)
// Bytes a second; Apple's list needs 3,000 to arrive within the default time-out.
#define LOWEST_SPEED 1000

struct fetcher {
	struct libcurl curl;
};

struct fetch {
	const struct libcurl *curl;
	const struct fetch_request *request;
	struct fetch_answer *out;
	CURLM *multi;
	CURL *easy; // its options are set anew for each exchange
	CURLU *given; // the request's URL
	CURLU *url; // where this exchange goes
	struct curl_slist *conditions;

	// Of one try.
	int64_t deadline_ms; // on the monotonic clock
	unsigned num_redirects;
	enum fetch_fault fault; // why it failed
	char detail[100]; // "", or what is to be said beside

	// Of one exchange: a request and its answer.
	char host[120]; // and port: all that is ever said of a URL
	bool is_plain; // http
	bool is_enough; // ended from here: all there is to know was in the headers
	size_t headers_len;
	char said[CURL_ERROR_SIZE]; // by libcurl
};

struct fetcher *fetcher_new(struct err *err)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));
	if (!fetcher) {
		err_no_memory(err);
		return NULL;
	}
	if (!libcurl_load(&fetcher->curl, err)) {
		free(fetcher);
		return NULL;
	}
	return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (fetcher) {
		libcurl_unload(&fetcher->curl);
		free(fetcher);
	}
}

void fetch_answer_clear(struct fetch_answer *answer)
{
	buffer_clear(&answer->body);
	memset(answer, 0, sizeof(*answer));
}

// `format` gives the detail. Always returns false.
static bool fail_with(struct fetch *f, enum fetch_fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail_with(struct fetch *f, enum fetch_fault fault, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (vsnprintf(f->detail, sizeof(f->detail), format, args) < 0) {
		f->detail[0] = '\0';
	}
	va_end(args);
	f->fault = fault;
	return false;
}

static bool fail(struct fetch *f, enum fetch_fault fault)
{
	return fail_with(f, fault, "%s", "");
}

// With the detail that goes with it.
static bool fail_as(struct fetch *f, enum fetch_fault fault)
{
	if (fault == FAULT_NO_TLS || fault == FAULT_NOT_TRUSTED) {
		return fail_with(f, fault, "%s", libcurl_reason(f->said));
	}
	if (fault == FAULT_BODY_TOO_LARGE) {
		return fail_with(f, fault, "%zu bytes", f->request->max_len);
	}
	return fail(f, fault);
}

// The conditions of a request, and the validators of an answer.

// A header of the last answer that stands there once; NULL: there is none.
static const char *header(const struct fetch *f, const char *name)
{
	struct curl_header *found = NULL;
	CURLHcode code = f->curl->easy_header(f->easy, name, 0, CURLH_HEADER, -1, &found);
	return code == CURLHE_OK && found->amount == 1 ? found->value : NULL;
}

static void keep_header(const struct fetch *f, const char *name,
	bool is_good(const char *), char out[VALIDATOR_ROOM])
{
	const char *value = header(f, name);
	if (value && is_good(value)) {
		(void)snprintf(out, VALIDATOR_ROOM, "%s", value);
	}
}

static bool add_condition(
	struct fetch *f, const char *name, const char *value, bool is_good(const char *))
{
	char line[VALIDATOR_ROOM + 32];
	if (!value || !is_good(value)) {
		return true;
	}
	(void)snprintf(line, sizeof(line), "%s: %s", name, value);
	struct curl_slist *longer = f->curl->slist_append(f->conditions, line);
	f->conditions = longer ? longer : f->conditions;
	return longer || fail(f, FAULT_NO_MEMORY);
}

// URLs.

static bool has_scheme(const struct fetch *f, CURLU *url, const char *scheme)
{
	char *found = NULL;
	bool has = f->curl->url_get(url, CURLUPART_SCHEME, &found, 0) == CURLUE_OK &&
		strcmp(found, scheme) == 0;
	f->curl->free(found);
	return has;
}

// Notes where the next exchange goes; false: out of memory.
static bool set_place(struct fetch *f)
{
	char *host = NULL;
	char *port = NULL;
	bool done = f->curl->url_get(f->url, CURLUPART_HOST, &host, 0) == CURLUE_OK;
	(void)f->curl->url_get(f->url, CURLUPART_PORT, &port, 0);
	if (done) {
		(void)snprintf(f->host, sizeof(f->host), "%.100s%s%.10s", host,
			port ? ":" : "", port ? port : "");
	}
	f->is_plain = has_scheme(f, f->url, "http");
	f->curl->free(host);
	f->curl->free(port);
	return done || fail(f, FAULT_NO_MEMORY);
}

static bool fail_url(struct fetch *f, enum fetch_fault fault, CURLUcode code)
{
	return code == CURLUE_OUT_OF_MEMORY
		? fail(f, FAULT_NO_MEMORY)
		: fail_with(f, fault, "%s", f->curl->url_strerror(code));
}

static bool read_url(struct fetch *f)
{
	CURLUcode code = f->curl->url_set(f->given, CURLUPART_URL, f->request->url, 0);
	(void)snprintf(f->host, sizeof(f->host), "the URL");
	if (code != CURLUE_OK && code != CURLUE_UNSUPPORTED_SCHEME) {
		return fail_url(f, FAULT_URL_UNREADABLE, code);
	}
	return has_scheme(f, f->given, "https") || has_scheme(f, f->given, "http") ||
		fail(f, FAULT_URL_SCHEME);
}

static bool fail_scheme(struct fetch *f)
{
	char *scheme = NULL;
	(void)f->curl->url_get(f->url, CURLUPART_SCHEME, &scheme, 0);
	fail_with(f, FAULT_REDIRECT_SCHEME, "%.20s", scheme ? scheme : "");
	f->curl->free(scheme);
	return false;
}

// To where the answer sends; a relative place is that of the server itself.
static bool follow(struct fetch *f)
{
	const char *to = header(f, "Location");
	if (!to) {
		return fail(f, FAULT_REDIRECT_NOWHERE);
	}
	if (++f->num_redirects > FETCH_MAX_REDIRECTS) {
		return fail(f, FAULT_REDIRECT_AGAIN);
	}
	CURLUcode code =
		f->curl->url_set(f->url, CURLUPART_URL, to, CURLU_NON_SUPPORT_SCHEME);
	if (code != CURLUE_OK) {
		return fail_url(f, FAULT_REDIRECT_UNREADABLE, code);
	}
	if (!has_scheme(f, f->url, f->is_plain ? "http" : "https")) {
		return fail_scheme(f);
	}
	(void)f->curl->url_set(f->url, CURLUPART_USER, NULL, 0);
	(void)f->curl->url_set(f->url, CURLUPART_PASSWORD, NULL, 0);
	return set_place(f);
}

// What libcurl calls.

static curl_socket_t open_socket(
	void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch *f = data;
	(void)purpose;
	if (f->is_plain && !loopback_is(&address->addr, address->addrlen)) {
		fail(f,
			f->num_redirects ? FAULT_REDIRECT_NOT_LOOPBACK
					 : FAULT_URL_NOT_LOOPBACK);
		return CURL_SOCKET_BAD;
	}
	f->fault = FAULT_NONE; // of another address of that name
	return socket(
		address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_header(char *data, size_t size, size_t num, void *user)
{
	struct fetch *f = user;
	(void)data;
	f->headers_len += size * num;
	if (f->headers_len > MAX_HEADERS) {
		fail(f, FAULT_HEADERS_TOO_LARGE);
		return 0;
	}
	return size * num;
}

static long status_of(const struct fetch *f)
{
	long status = 0;
	(void)f->curl->easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t take_body(char *data, size_t size, size_t num, void *user)
{
	struct fetch *f = user;
	struct buffer *body = &f->out->body;
	size_t len = size * num;
	if (status_of(f) != 200) {
		f->is_enough = true;
		return 0;
	}
	if (len > body->max - body->len) {
		fail_as(f, FAULT_BODY_TOO_LARGE);
		return 0;
	}
	buffer_put(body, bytes_of(data, len));
	if (body->failed) {
		fail(f, FAULT_NO_MEMORY);
		return 0;
	}
	return len;
}

// One exchange.

// Each connection is opened for one exchange, so that open_socket sees them all.
// QUICK_EXIT: a lookup that hangs is left to its thread, which clears up by itself.
static bool set_numbers(struct fetch *f, int64_t left_ms)
{
	int64_t slow_s = f->request->timeout_ms / 4000;
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_QUICK_EXIT, 1},
		{CURLOPT_FRESH_CONNECT, 1},
		{CURLOPT_FORBID_REUSE, 1},
		{CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
		{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
		{CURLOPT_TIMEOUT_MS, (long)left_ms},
		{CURLOPT_CONNECTTIMEOUT_MS, (long)(left_ms + 1) / 2},
		{CURLOPT_LOW_SPEED_LIMIT, LOWEST_SPEED},
		{CURLOPT_LOW_SPEED_TIME, slow_s > 0 ? (long)slow_s : 1},
	};
	curl_off_t max_len = (curl_off_t)f->request->max_len;
	bool done = f->curl->easy_setopt(f->easy, CURLOPT_MAXFILESIZE_LARGE, max_len) ==
		CURLE_OK;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		done = f->curl->easy_setopt(f->easy, numbers[i].option,
			       numbers[i].value) == CURLE_OK &&
			done;
	}
	return done;
}

static bool set_pointers(struct fetch *f)
{
	const struct {
		CURLoption option;
		const void *value;
	} pointers[] = {
		{CURLOPT_CURLU, f->url},
		{CURLOPT_PROTOCOLS_STR, f->is_plain ? "http" : "https"},
		{CURLOPT_PROXY, f->is_plain ? "" : NULL}, // NULL: as the environment says
		{CURLOPT_USERAGENT, USER_AGENT},
		{CURLOPT_ACCEPT_ENCODING, ""}, // all there are
		{CURLOPT_HTTPHEADER, f->conditions},
		{CURLOPT_ERRORBUFFER, f->said},
		{CURLOPT_OPENSOCKETDATA, f},
		{CURLOPT_HEADERDATA, f},
		{CURLOPT_WRITEDATA, f},
	};
	bool done = true;
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		done = f->curl->easy_setopt(f->easy, pointers[i].option,
			       pointers[i].value) == CURLE_OK &&
			done;
	}
	return done;
}

static bool set_calls(struct fetch *f)
{
	CURL *easy = f->easy;
	return f->curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) ==
		CURLE_OK &&
		f->curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) ==
		CURLE_OK &&
		f->curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK;
}

// The file alone: without the second line the system's folder would be trusted beside it.
static bool set_trust(struct fetch *f)
{
	const char *cacert = f->request->cacert;
	return !cacert ||
		(f->curl->easy_setopt(f->easy, CURLOPT_CAINFO, cacert) == CURLE_OK &&
			f->curl->easy_setopt(f->easy, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

static bool prepare(struct fetch *f)
{
	int64_t left_ms = f->deadline_ms - clock_monotonic_ms();
	f->is_enough = false;
	f->fault = FAULT_NONE;
	f->headers_len = 0;
	f->said[0] = '\0';
	buffer_clear(&f->out->body);
	buffer_init(&f->out->body, f->request->max_len);
	f->curl->easy_reset(f->easy);
	bool done = set_numbers(f, left_ms > 0 ? left_ms : 1) && set_pointers(f) &&
		set_calls(f) && set_trust(f);
	return done || fail(f, FAULT_NO_MEMORY);
}

static CURLcode run(struct fetch *f)
{
	int num_running = 1;
	int num_left = 0;
	CURLMcode code = f->curl->multi_add_handle(f->multi, f->easy);
	while (code == CURLM_OK && num_running > 0 &&
		!pause_told_to_stop(f->request->stop)) {
		code = f->curl->multi_perform(f->multi, &num_running);
		if (code == CURLM_OK && num_running > 0) {
			code = f->curl->multi_poll(
				f->multi, NULL, 0, PAUSE_STOP_CHECK_MS, NULL);
		}
	}
	const CURLMsg *message = f->curl->multi_info_read(f->multi, &num_left);
	CURLcode result = message  ? message->data.result
		: code == CURLM_OK ? CURLE_ABORTED_BY_CALLBACK
				   : CURLE_OUT_OF_MEMORY;
	(void)f->curl->multi_remove_handle(f->multi, f->easy);
	return result;
}

static bool fail_result(struct fetch *f, CURLcode result)
{
	enum fetch_fault fault = libcurl_fault(result);
	return fault == FAULT_NOT_HTTP
		? fail_with(f, fault, "%s", f->curl->easy_strerror(result))
		: fail_as(f, fault);
}

static bool fail_timed_out(struct fetch *f)
{
	curl_off_t connected_us = 0;
	(void)f->curl->easy_getinfo(f->easy, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
	if (f->headers_len > 0) {
		return fail(f, FAULT_SENDS_TOO_SLOWLY);
	}
	return fail(f,
		connected_us > 0 ? FAULT_ANSWERS_TOO_SLOWLY : FAULT_CONNECTS_TOO_SLOWLY);
}

// True: there is an answer, with its headers, and with its body where the status is 200.
static bool judge_result(struct fetch *f, CURLcode result)
{
	long tunnel = 0;
	(void)f->curl->easy_getinfo(f->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
	if (result == CURLE_OK || f->is_enough) {
		return true;
	}
	if (f->fault != FAULT_NONE) {
		return false;
	}
	if (tunnel >= 300) {
		return fail_with(f,
			tunnel >= 500 ? FAULT_PROXY_STATUS_LATER : FAULT_PROXY_STATUS,
			"%ld", tunnel);
	}
	if (result == CURLE_OPERATION_TIMEDOUT) {
		return fail_timed_out(f);
	}
	if (result == CURLE_OUT_OF_MEMORY) {
		// So libcurl before 8.6 calls a header line beyond its own limit, too.
		return fail(f,
			f->headers_len > 0 ? FAULT_HEADERS_TOO_LARGE : FAULT_NO_MEMORY);
	}
	return fail_result(f, result);
}

static bool exchange(struct fetch *f)
{
	return prepare(f) && judge_result(f, run(f));
}

// One try.

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 ||
		status == 308;
}

static bool fail_status(struct fetch *f, long status)
{
	curl_off_t wait_s = 0;
	char until[DATETIME_ROOM];
	if (status < 500 && status != 429) {
		return fail_with(f, FAULT_STATUS, "%ld", status);
	}
	(void)f->curl->easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &wait_s);
	wait_s = wait_s < 0 ? 0 : wait_s > MAX_WAIT_S ? MAX_WAIT_S : wait_s;
	f->out->retry_after_ms = (int64_t)wait_s * 1000;
	if (f->out->retry_after_ms <= f->request->timeout_ms) {
		return fail_with(f, FAULT_STATUS_LATER, "%ld", status);
	}
	datetime_format_seconds(clock_now_ms() / 1000 + (int64_t)wait_s, until);
	return fail_with(f, FAULT_STATUS_MUCH_LATER,
		"%ld and asks not to come again before %s", status, until);
}

static bool judge_answer(struct fetch *f, long status)
{
	if (status != 200 && status != 304) {
		return fail_status(f, status);
	}
	if (status == 304 && !f->conditions) {
		return fail(f, FAULT_NOT_ASKED);
	}
	if (status == 200 && f->out->body.len == 0) {
		return fail(f, FAULT_EMPTY);
	}
	keep_header(f, "ETag", validator_is_etag, f->out->etag);
	keep_header(f, "Last-Modified", validator_is_date, f->out->last_modified);
	return true;
}

static bool begin_try(struct fetch *f)
{
	f->deadline_ms = clock_monotonic_ms() + f->request->timeout_ms;
	f->num_redirects = 0;
	f->out->num_tries++;
	f->out->retry_after_ms = 0;
	f->curl->url_cleanup(f->url);
	f->url = f->curl->url_dup(f->given);
	return f->url ? set_place(f) : fail(f, FAULT_NO_MEMORY);
}

static bool try_once(struct fetch *f)
{
	bool goes_on = begin_try(f) && exchange(f);
	while (goes_on && is_redirect(status_of(f))) {
		goes_on = follow(f) && exchange(f);
	}
	return goes_on && judge_answer(f, status_of(f));
}

// All of them.

// A 30th of the time-out, then four 30ths, or as the server asked. False: told to stop.
static bool pause_before_next(struct fetch *f)
{
	int64_t ms = f->request->timeout_ms * (f->out->num_tries == 1 ? 1 : 4) / 30;
	int64_t asked_ms = f->out->retry_after_ms;
	ms = pause_with_jitter(ms);
	return pause_for(ms > asked_ms ? ms : asked_ms, f->request->stop) ||
		fail(f, FAULT_STOPPED);
}

static bool may_try_again(const struct fetch *f)
{
	return fetch_fault_may_pass(f->fault) && f->out->num_tries < FETCH_MAX_TRIES;
}

static enum fetch_result try_them(struct fetch *f)
{
	bool done = try_once(f);
	while (!done && may_try_again(f) && pause_before_next(f)) {
		done = try_once(f);
	}
	if (!done) {
		return FETCH_FAILED;
	}
	return status_of(f) == 304 ? FETCH_NOT_MODIFIED : FETCH_DONE;
}

static bool open_handles(struct fetch *f)
{
	f->multi = f->curl->multi_init();
	f->easy = f->curl->easy_init();
	f->given = f->curl->url();
	if (!f->multi || !f->easy || !f->given) {
		return fail(f, FAULT_NO_MEMORY);
	}
	return read_url(f) &&
		add_condition(f, "If-None-Match", f->request->etag, validator_is_etag) &&
		add_condition(f, "If-Modified-Since", f->request->last_modified,
			validator_is_date);
}

static void close_handles(struct fetch *f)
{
	f->curl->easy_cleanup(f->easy);
	f->curl->multi_cleanup(f->multi);
	f->curl->url_cleanup(f->given);
	f->curl->url_cleanup(f->url);
	f->curl->slist_free_all(f->conditions);
}

enum fetch_result fetch(const struct fetcher *fetcher,
	const struct fetch_request *request, struct fetch_answer *out, struct err *err)
{
	struct fetch f = {.curl = &fetcher->curl, .request = request, .out = out};
	enum fetch_result result = FETCH_FAILED;
	assert(request->timeout_ms > 0 && request->timeout_ms <= FETCH_MAX_TIMEOUT_MS);
	memset(out, 0, sizeof(*out));
	if (open_handles(&f)) {
		result = try_them(&f);
	}
	close_handles(&f);
	if (result == FETCH_FAILED) {
		fetch_fault_report(f.fault, f.host, f.detail, out->num_tries, err);
	}
	if (result != FETCH_DONE) {
		buffer_clear(&out->body);
	}
	return result;
}
