// SPDX-License-Identifier: Apache-2.0
#include "serve/settings.h"

#include <sys/resource.h>

#include "app/commands.h"
#include "app/fetch.h"

#define MAX_THREADS 64
// Descriptors beside those of connections: lists, logs, each thread's own, and connections that
// were refused (MAX_LEAVING).
#define OTHER_DESCRIPTORS (64 + 128)
#define DESCRIPTORS_OF_THREAD 4

static bool refuse(
	enum option option, const char *text, const char *what, struct err *err)
{
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "--%s %.40s: %s",
		option_name(option), text, what);
}

// A number and a letter of `letters`, each with the factor that stands at its place; without
// a letter the first one.
static bool read_scaled(
	struct bytes text, const char *letters, const uint64_t *factors, uint64_t *out)
{
	uint64_t factor = factors[0];
	const char *letter =
		text.len > 1 ? strchr(letters, text.data[text.len - 1]) : NULL;
	if (letter) {
		factor = factors[letter - letters];
		text.len--;
	}
	if (!read_number(text, out) || *out > UINT64_MAX / factor) {
		return false;
	}
	*out *= factor;
	return true;
}

// "90", "90s", "15m", "12h", "1d": in ms.
static bool read_duration(
	const char *text, int64_t least_ms, int64_t most_ms, int64_t *out_ms)
{
	static const uint64_t factors[] = {1000, 60000, 3600000, 86400000};
	uint64_t value = 0;
	if (!read_scaled(bytes_of_text(text), "smhd", factors, &value) ||
		value > (uint64_t)most_ms || value < (uint64_t)least_ms) {
		return false;
	}
	*out_ms = (int64_t)value;
	return true;
}

// "1048576", "1024k", "1m": bytes.
static bool read_size(const char *text, uint64_t least, uint64_t most, size_t *out)
{
	static const uint64_t factors[] = {1, 1024, 1024 * 1024};
	uint64_t value = 0;
	if (!read_scaled(bytes_of_text(text), "bkm", factors, &value) || value < least ||
		value > most) {
		return false;
	}
	*out = (size_t)value;
	return true;
}

static const struct {
	enum option option;
	size_t offset;
	int64_t least_ms, most_ms;
	const char *what;
} durations[] = {
	{OPTION_REQUEST_TIMEOUT, offsetof(struct serve_settings, request_timeout_ms), 100,
		3600000, "a time up to 1h, as in 10s"},
	{OPTION_IDLE_TIMEOUT, offsetof(struct serve_settings, idle_timeout_ms), 100,
		86400000, "a time up to 1d, as in 60s"},
	{OPTION_DRAIN_TIMEOUT, offsetof(struct serve_settings, drain_timeout_ms), 100,
		3600000, "a time up to 1h, as in 30s"},
	{OPTION_REFRESH_INTERVAL, offsetof(struct serve_settings, refresh_interval_ms), 0,
		INT64_C(3650) * 86400000, "a time, as in 12h, or 0 for none"},
	{OPTION_TIMEOUT, offsetof(struct serve_settings, fetch_timeout_ms), 1000,
		FETCH_MAX_TIMEOUT_MS, "seconds, at least 1"},
};

static const struct {
	enum option option;
	size_t offset;
	uint64_t least, most;
	const char *what;
} sizes[] = {
	{OPTION_THREADS, offsetof(struct serve_settings, threads), 1, MAX_THREADS,
		"threads, 1 to 64"},
	{OPTION_MAX_BODY, offsetof(struct serve_settings, max_body), 1024,
		16 * 1024 * 1024, "bytes, 1k to 16m"},
	{OPTION_MAX_CONNECTIONS, offsetof(struct serve_settings, max_connections), 1,
		1000000, "connections, 1 to 1000000"},
	{OPTION_MAX_CONNECTIONS_PER_ADDRESS,
		offsetof(struct serve_settings, max_connections_of_address), 1, 1000000,
		"connections, 1 to 1000000"},
	{OPTION_MAX_IN_FLIGHT, offsetof(struct serve_settings, max_in_flight), 1, 1000000,
		"requests, 1 to 1000000"},
	{OPTION_MAX_BATCHES, offsetof(struct serve_settings, max_batches), 1, 1000000,
		"batches, 1 to 1000000"},
};

bool settings_read(
	const struct options *options, struct serve_settings *out, struct err *err)
{
	*out = (struct serve_settings){.threads = num_processors(MAX_THREADS),
		.max_body = 1024 * 1024,
		.max_connections = 20000,
		.max_in_flight = 1024,
		.max_batches = 128,
		.request_timeout_ms = 10000,
		.idle_timeout_ms = 60000,
		.drain_timeout_ms = 30000,
		.refresh_interval_ms = 86400000 / 2,
		.fetch_timeout_ms = FETCH_DEFAULT_TIMEOUT_MS};
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		const char *text = options->values[durations[i].option];
		if (text &&
			!read_duration(text, durations[i].least_ms, durations[i].most_ms,
				(int64_t *)((char *)out + durations[i].offset))) {
			return refuse(durations[i].option, text, durations[i].what, err);
		}
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const char *text = options->values[sizes[i].option];
		if (text &&
			!read_size(text, sizes[i].least, sizes[i].most,
				(size_t *)((char *)out + sizes[i].offset))) {
			return refuse(sizes[i].option, text, sizes[i].what, err);
		}
	}
	return true;
}

void settings_fit_descriptors(struct serve_settings *settings)
{
	struct rlimit limit;
	size_t others = OTHER_DESCRIPTORS + DESCRIPTORS_OF_THREAD * settings->threads;
	rlim_t wanted = settings->max_connections + others;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return;
	}
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < wanted) {
		settings->max_connections =
			limit.rlim_cur > others + 1 ? (size_t)limit.rlim_cur - others : 1;
	}
}
