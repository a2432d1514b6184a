// SPDX-License-Identifier: Apache-2.0
// ctpolicy check --connect, --hosts: what live servers show, judged as files are.
#include "app/check.h"
#include "app/clock.h"
#include "app/input.h"
#include "app/stop.h"
#include "live/hosts.h"

#define DEFAULT_TIMEOUT_SECONDS 10
#define MAX_TIMEOUT_SECONDS 3600

struct live {
	struct examiner examiner;
	struct server server; // --connect
	struct host_name servername;
	const struct starttls_protocol *starttls;
	size_t num_jobs;
};

bool check_live_is_asked(const struct options *options)
{
	// --starttls and --servername alone are a slip, which read_usage tells.
	return options->values[OPTION_CONNECT] || options->values[OPTION_HOSTS] ||
		options->values[OPTION_STARTTLS] || options->values[OPTION_SERVERNAME];
}

// Its own options.

static const char *value(const struct check *c, enum option option)
{
	return c->options->values[option];
}

// What cannot stand beside --connect or --hosts, and why.
static bool check_company(const struct check *c)
{
	static const struct {
		enum option option;
		bool beside_connect, beside_hosts;
		const char *why;
	} rows[] = {
		{OPTION_TLS_SCTS, false, false, "the server itself says which"},
		{OPTION_OCSP, false, false, "the server itself says which"},
		{OPTION_SCTS, false, false, "what a server shows is issued already"},
		{OPTION_PRECERTIFICATE, true, false, "it belongs to one certificate"},
		{OPTION_ISSUER, true, false,
			"it belongs to one certificate; --issuers FILE|DIR "
			"finds the issuer of each"},
		{OPTION_HOSTNAME, true, false, "it belongs to one server"},
	};
	bool many = value(c, OPTION_HOSTS) != NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (value(c, rows[i].option) &&
			!(many ? rows[i].beside_hosts : rows[i].beside_connect)) {
			return err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"--%s beside --%s: %s", option_name(rows[i].option),
				many ? "hosts" : "connect", rows[i].why);
		}
	}
	return true;
}

static bool check_what(const struct check *c)
{
	const char *connect = value(c, OPTION_CONNECT);
	const char *hosts = value(c, OPTION_HOSTS);
	if (!connect && !hosts) {
		return err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--%s is about a live server: name it by --connect HOST[:PORT]",
			value(c, OPTION_STARTTLS) ? "starttls" : "servername");
	}
	if (connect && hosts) {
		return err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--connect and --hosts: give one of them");
	}
	if (c->options->num_args > 0) {
		return err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"%.80s beside --%s: judge files and servers in runs of their own",
			c->options->args[0], connect ? "connect" : "hosts");
	}
	return check_company(c);
}

static bool read_seconds(const struct check *c, int64_t *out_ms)
{
	const char *text = value(c, OPTION_TIMEOUT);
	uint64_t seconds = DEFAULT_TIMEOUT_SECONDS;
	if (text &&
		(!read_number(bytes_of_text(text), &seconds) || seconds < 1 ||
			seconds > MAX_TIMEOUT_SECONDS)) {
		return err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--timeout %.40s: seconds, 1 to %d", text, MAX_TIMEOUT_SECONDS);
	}
	*out_ms = (int64_t)seconds * 1000;
	return true;
}

static bool read_jobs(const struct check *c, size_t *out)
{
	const char *text = value(c, OPTION_JOBS);
	uint64_t num = HOSTS_DEFAULT_JOBS;
	if (text &&
		(!read_number(bytes_of_text(text), &num) || num < 1 ||
			num > HOSTS_MAX_JOBS)) {
		return err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--jobs %.40s: a number from 1 to %d", text, HOSTS_MAX_JOBS);
	}
	*out = (size_t)num;
	return true;
}

static bool read_protocol(const struct check *c, const struct starttls_protocol **out)
{
	const char *text = value(c, OPTION_STARTTLS);
	*out = text ? starttls_find(bytes_of_text(text)) : NULL;
	if (text && !*out) {
		err_set(c->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--starttls %.40s: no such protocol here", text);
		return err_add_choice(c->err, text, starttls_names);
	}
	return true;
}

// Of --connect and --servername the error is one of the command line.
static bool as_option(const struct check *c, enum option option, const struct err *why)
{
	return err_set(c->err, why->code, ERR_NO_OFFSET, "--%s %s", option_name(option),
		why->text);
}

static bool read_names(struct check *c, struct live *live)
{
	struct err why;
	const char *connect = value(c, OPTION_CONNECT);
	const char *name = value(c, OPTION_SERVERNAME);
	err_clear(&why);
	live->server.starttls = live->starttls;
	if (connect &&
		!host_name_read(bytes_of_text(connect), &live->server.host, &why)) {
		return as_option(c, OPTION_CONNECT, &why);
	}
	if (name && !host_name_read_name(bytes_of_text(name), &live->servername, &why)) {
		return as_option(c, OPTION_SERVERNAME, &why);
	}
	live->examiner.servername = name ? live->servername.name : NULL;
	live->examiner.hostname = c->defaults.host ? c->defaults.host->name : NULL;
	return true;
}

static bool read_usage(struct check *c)
{
	struct live *live = c->context_of_kind;
	if (!check_what(c) || !read_seconds(c, &live->examiner.timeout_ms) ||
		!read_jobs(c, &live->num_jobs) || !read_protocol(c, &live->starttls) ||
		!read_names(c, live)) {
		return false;
	}
	c->defaults.with_minimum = !value(c, OPTION_POLICY);
	if (value(c, OPTION_HOSTS)) {
		c->format = report_find_table_format(c->format->name);
		c->report_options.many = true;
	}
	return true;
}

// The examination.

static bool open_examiner(struct check *c, struct examiner *examiner)
{
	bool issuance = c->defaults.time_of_check == TIME_ISSUANCE;
	examiner->tls = tls_client_new(value(c, OPTION_CACERT),
		issuance ? TLS_ANY_TIME : TLS_AT, c->defaults.at_ms, c->err);
	examiner->resolver = examiner->tls ? resolver_new(c->err) : NULL;
	return examiner->resolver != NULL;
}

static bool examine_one(struct check *c, const struct live *live)
{
	struct ctp_request request = c->defaults;
	struct examined examined;
	struct err err;
	const char *name = value(c, OPTION_CONNECT);
	err_clear(&err);
	if (!check_set_id(c, &request, name)) {
		return false;
	}
	bool done;
	if (examine_server(&live->examiner, &live->server, &examined, &err)) {
		examined_fill(&examined, &request);
		done = check_judge(c, &request, name);
	} else {
		done = check_report_error(c, request.fields[REQUEST_ID], name, &err);
	}
	examined_clear(&examined);
	return done;
}

static void find_width(struct check *c, const struct hosts *hosts)
{
	size_t width = 0;
	for (size_t i = 0; i < hosts->num; i++) {
		char name[300];
		hosts_name_line(&hosts->lines[i], name, sizeof(name));
		size_t len = strlen(name);
		width = len > width ? len : width;
	}
	c->report_options.id_width = width;
}

static bool examine_many(struct check *c, const struct live *live)
{
	struct hosts hosts;
	bool done = hosts_read(value(c, OPTION_HOSTS), &hosts, c->err);
	if (done) {
		find_width(c, &hosts);
		stop_watch();
		done = hosts_examine(
			c, &hosts, &live->examiner, live->starttls, live->num_jobs);
	}
	hosts_clear(&hosts);
	return done;
}

static bool examine(struct check *c)
{
	struct live *live = c->context_of_kind;
	return open_examiner(c, &live->examiner) &&
		(value(c, OPTION_HOSTS) ? examine_many(c, live) : examine_one(c, live));
}

int check_live(const struct options *options)
{
	static const struct check_kind kind = {
		.read_usage = read_usage, .examine = examine};
	struct live live = {.num_jobs = HOSTS_DEFAULT_JOBS};
	int status = check_run(options, &kind, &live);
	tls_client_free(live.examiner.tls);
	resolver_free(live.examiner.resolver);
	return stop_signal() ? 128 + stop_signal() : status;
}
