// SPDX-License-Identifier: Apache-2.0
#include "app/options.h"

#include "base/text.h"
#include "loglist/source.h"

static const struct {
	const char *name;
	const char *value; // NULL: a flag
	const char *help;
} option_table[NUM_OPTIONS] = {
	[OPTION_ISSUER] = {"issuer", "FILE",
		"the certificate that issued the leaf (default: the second one in FILE)"},
	[OPTION_ISSUERS] = {"issuers", "FILE|DIR",
		"certificates to find issuers in, by name and then by signature"},
	[OPTION_ROOTS] = {"roots", "FILE|DIR",
		"the roots that are publicly trusted: whose chain ends at another one "
		"needs no SCTs"},
	[OPTION_PRIVATE_ROOT] = {"private-root", NULL,
		"the root was added by users or administrators: it does not come with the "
		"system"},
	[OPTION_SCTS] = {"scts", "FILE",
		"SCTs that logs answered for a precertificate or TBSCertificate, to "
		"judge as "
		"if embedded: JSON answers or base64, one a line or in a JSON array"},
	[OPTION_TLS_SCTS] = {"tls-scts", "FILE",
		"the SCT list of the TLS extension: raw, base64, or what openssl s_client "
		"-tls1_2 -serverinfo 18 prints"},
	[OPTION_OCSP] = {"ocsp", "FILE", "the stapled OCSP response, DER, base64 or PEM"},
	[OPTION_PRECERTIFICATE] = {"precertificate", "FILE",
		"beside a final certificate: the precertificate (or TBSCertificate) that "
		"was logged, to show where the two differ"},
	[OPTION_CONNECT] = {"connect", "HOST[:PORT]",
		"judge what this TLS server shows (default port: 443, or that of "
		"--starttls)"},
	[OPTION_STARTTLS] = {"starttls", "PROTOCOL",
		"begin in plain and change to TLS as smtp, imap, pop3, ftp, ldap, xmpp or "
		"postgres do"},
	[OPTION_SERVERNAME] = {"servername", "NAME",
		"the name to ask the server for (SNI) and to hold against its "
		"certificate (default: HOST)"},
	[OPTION_HOSTS] = {"hosts", "FILE",
		"judge many servers, one table: HOST[:PORT] [PROTOCOL] a line, # begins a "
		"comment; \"-\" is standard input"},
	[OPTION_HOSTNAME] = {"hostname", "NAME",
		"a name or an IP address to hold against the certificate's subjectAltName (of a "
		"live server, instead of the one that it is asked for)"},
	[OPTION_PIN] = {"pin", "PIN",
		"a SHA-256 of a public key that clients have pinned, in base64 or hex or as "
		"sha256//...; more than once for several, divided by \";\" in the environment"},
	[OPTION_PINS] = {"pins", "FILE",
		"pins in any form that clients carry: one a line, sha256//...;sha256//..., a "
		"property list with NSPinnedDomains or TrustKit's hashes, an Android network "
		"security configuration"},
	[OPTION_AT] = {"at", "TIME",
		"time of check: RFC 3339 (2026-11-01T12:00:00Z), a day (2026-11-01, its first second), or "
		"\"now\" (default)"},
	[OPTION_POLICY] = {"policy", "NAME[,NAME]",
		"policies to judge by, or \"all\" (default: apple; see: ctpolicy "
		"policies)"},
	[OPTION_LOG_LIST] = {"log-list", "FILE",
		"the log list to judge by, whatever the time; or a history of lists, or a "
		"state folder; once for each source whose lists are asked for (default: the "
		"state folder and the histories in the program)"},
	[OPTION_VERIFIER] = {"verifier", "auto|fast|reference",
		"how signatures are verified (default: auto)"},
	[OPTION_FORMAT] = {"format", "NAME", NULL},
	[OPTION_OUTPUT] = {"output", "FILE",
		"write there instead of standard output; the file appears when it is "
		"complete"},
	[OPTION_STRICT] = {"strict", NULL,
		"a log list that is stale or taken back, or an open verdict, counts as a "
		"failure"},
	[OPTION_FAIL_ONLY] = {"fail-only", NULL,
		"only what does not pass; the summary counts all"},
	[OPTION_INPUT_FORMAT] = {"input-format", "NAME",
		"pem, der, ndjson or csv (default: auto, from each file's bytes)"},
	[OPTION_COLUMN] = {"column", "NAME",
		"the CSV column with the certificate: its header, or its number from 1"},
	[OPTION_ISSUED_FROM] = {"issued-from", "TIME",
		"only certificates whose notBefore is then or later"},
	[OPTION_ISSUED_UNTIL] = {"issued-until", "TIME",
		"only certificates whose notBefore is before then"},
	[OPTION_ISSUER_NAME] = {"issuer-name", "TEXT",
		"only certificates whose issuer's name contains this text"},
	[OPTION_LEAVES_ONLY] = {"leaves-only", NULL,
		"judge no CA certificates: they serve as issuers, and are counted as left out"},
	[OPTION_DEDUPE] = {"dedupe", NULL,
		"judge equal certificates once, and say how often each stood there"},
	[OPTION_SHARD] = {"shard", "K/N",
		"only the K-th of N parts of the records; together the N parts are all"},
	[OPTION_JOBS] = {"jobs", "N",
		"threads, 1 to 64 (default: the processors; for --hosts, 16 servers at "
		"once)"},
	[OPTION_SUMMARY] = {"summary", "FILE", "write the counts there, as JSON"},
	[OPTION_REPORT] = {"report", "FILE.html",
		"write a page there that shows the counts, for people"},
	[OPTION_CHECKPOINT] = {"checkpoint", "FILE",
		"keep there how far the run has come; the same command goes on from it"},
	[OPTION_PROGRESS] = {"progress", "auto|always|never",
		"how far the run has come, on standard error (default: auto, on a "
		"terminal)"},
	[OPTION_NOT_BEFORE] = {"not-before", "TIME",
		"when the certificate's validity begins: RFC 3339, a day (its first "
		"second), or \"now\""},
	[OPTION_NOT_AFTER] = {"not-after", "TIME",
		"the last second of its validity, in the same forms, or a lifetime from "
		"notBefore on: 90d"},
	[OPTION_SURVIVE] = {"survive", "none|log|operator",
		"sets that stay compliant when any one log, or all logs of any one log "
		"operator, are later retired or rejected (default: none)"},
	[OPTION_STATE] = {"state", "STATE",
		"only logs in this state: pending, qualified, usable, readonly, retired, "
		"rejected, none"},
	[OPTION_OPERATOR] = {"operator", "NAME", "only logs of this log operator"},
	[OPTION_COVERS] = {"covers", "TIME",
		"only logs whose temporal interval takes a certificate that ends then"},
	[OPTION_STATE_DIR] = {"state-dir", "DIR",
		"the folder with the lists that were fetched (default: /var/lib/ctpolicy "
		"if it is writable, else ctpolicy in $XDG_STATE_HOME or "
		"~/.local/state)"},
	[OPTION_CLIENT_AGE] = {"client-age", "DAYS",
		"judge by every list that was in force in that many days before as well: "
		"devices use lists up to 60 days old, browsers up to 70"},
	[OPTION_MAX_AGE] = {"max-age", "DAYS",
		"only say in one line whether the list is older than that, for a "
		"monitoring system; exit status 4 if it is"},
	[OPTION_SOURCE] = {"source", source_choices + 1,
		"whose log list (default: apple); refresh and serve take several too: "
		"NAME,NAME, or all that have an address"},
	[OPTION_URL] = {"url", "URL",
		"where the list is: https, or a file; more than once for mirrors, tried "
		"in that order (default: where its publisher keeps it); of several "
		"sources SOURCE=URL"},
	[OPTION_FROM_STDIN] = {"from-stdin", NULL,
		"read the list from standard input instead"},
	[OPTION_TIMEOUT] = {"timeout", "SECONDS",
		"the longest that one try may take (default: 60; for a server that is "
		"judged, 10)"},
	[OPTION_CACERT] = {"cacert", "FILE",
		"certificates of authorities to trust instead of the system's"},
	[OPTION_SIGNATURE] = {"signature", "FILE|URL",
		"the list's detached signature (default: of Chrome's lists, which are taken "
		"with it alone, LIST.sig beside LIST.json)"},
	[OPTION_PUBLIC_KEY] = {"public-key", "FILE",
		"the key that the signature is by, PEM (default: of Chrome's lists, Google's)"},
	[OPTION_HOOK] = {"hook", "COMMAND",
		"run it after a change, with the change as JSON on its standard input; "
		"no shell, unless it says: sh -c '...'"},
	[OPTION_FORCE] = {"force", NULL,
		"take a list that looks wrong (older, much smaller, from the future); "
		"never one that cannot be read"},
	[OPTION_KEEP_DAYS] = {"keep-days", "N",
		"remove lists that no time of check in the last N days could need"},
	[OPTION_LISTEN] = {"listen", "ADDRESS:PORT|unix:PATH",
		"where to listen (default: 127.0.0.1:8080); port 0 picks one and says "
		"which"},
	[OPTION_THREADS] = {"threads", "N", "threads, 1 to 64 (default: the processors)"},
	[OPTION_REFRESH_INTERVAL] = {"refresh-interval", "TIME",
		"how often to refresh the log list, a quarter more or less: 6h, 30m, 1d; 0 "
		"for never (default: 12h)"},
	[OPTION_TOKEN_FILE] = {"token-file", "FILE",
		"only those who send one of the tokens in it may call /v1/ (default: "
		"everybody); one a line, at least 16 characters, mode 600"},
	[OPTION_ADMIN_TOKEN_FILE] = {"admin-token-file", "FILE",
		"those who send one of these may also start a refresh (default: nobody)"},
	[OPTION_MAX_BODY] = {"max-body", "SIZE",
		"the largest request, decompressed: 1048576, 512k, 4m (default: 1m)"},
	[OPTION_REQUEST_TIMEOUT] = {"request-timeout", "TIME",
		"how long a request may take to come in, and its answer to go out "
		"(default: 10s)"},
	[OPTION_IDLE_TIMEOUT] = {"idle-timeout", "TIME",
		"how long a connection may wait for its next request (default: 60s)"},
	[OPTION_DRAIN_TIMEOUT] = {"drain-timeout", "TIME",
		"after SIGTERM, how long what is under way may take (default: 30s)"},
	[OPTION_MAX_CONNECTIONS] = {"max-connections", "N",
		"connections at once (default: 20000, or as many as descriptors)"},
	[OPTION_MAX_CONNECTIONS_PER_ADDRESS] = {"max-connections-per-address", "N",
		"of one IPv4 address or IPv6 /64 (default: 256, and for loopback any "
		"number)"},
	[OPTION_MAX_IN_FLIGHT] = {"max-in-flight", "N",
		"requests that wait to be judged; more are answered 503 (default: 1024)"},
	[OPTION_MAX_BATCHES] = {"max-batches", "N",
		"batches at once; more are answered 503 (default: 128)"},
	[OPTION_LOG_FORMAT] = {"log-format", "text|json",
		"of the log on standard error, a line a request (default: text)"},
	[OPTION_HELP] = {"help", NULL, "this page"},
};

const char *option_name(enum option option)
{
	return option_table[option].name;
}

const char *option_value(enum option option)
{
	return option_table[option].value;
}

bool option_repeats(enum option option)
{
	return option == OPTION_URL || option == OPTION_LOG_LIST || option == OPTION_PIN;
}

static size_t find_option(struct bytes name)
{
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		if (bytes_equal(bytes_of_text(option_table[i].name), name)) {
			return i;
		}
	}
	return NUM_OPTIONS;
}

bool command_has_option(const struct command *command, enum option option)
{
	const enum option *own = command->options;
	while (*own != option && *own != OPTION_HELP) {
		own++;
	}
	return *own == option;
}

static bool has_option(const struct command *command, size_t option)
{
	return option < NUM_OPTIONS && command_has_option(command, (enum option)option);
}

// `word` with its dashes, and with what follows an equals sign.
static bool unknown_option(
	const struct command *command, const char *word, struct err *err)
{
	char name[48];
	const char *names[NUM_OPTIONS + 1] = {NULL};
	size_t num = 0;
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		if (has_option(command, i)) {
			names[num++] = option_table[i].name;
		}
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	const char *nearest = text_nearest(name + 2, names);
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "no option \"%.40s\" here", name);
	if (nearest) {
		err_add(err, "; the nearest is --%s", nearest);
	}
	return err_add(err, " (see: ctpolicy %s --help)", command->name);
}

static bool take_value(
	size_t option, const char *value, struct options *out, struct err *err)
{
	if (!out->values[option]) {
		out->values[option] = value;
	}
	if (!option_repeats((enum option)option)) {
		return true;
	}
	bool is_pin = option == OPTION_PIN;
	struct option_values *all = is_pin  ? &out->pins
		: option == OPTION_LOG_LIST ? &out->log_lists
					    : &out->urls;
	if (all->num == OPTIONS_MAX_REPEATED) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--%s may be given %d times%s", option_table[option].name,
			OPTIONS_MAX_REPEATED, is_pin ? "; --pins FILE takes more" : "");
	}
	all->values[all->num++] = value;
	return true;
}

// One "--name", "--name=value" or "--name value"; *used counts the words that it took.
static bool read_option(const struct command *command, char **argv, size_t num,
	struct options *out, size_t *used, struct err *err)
{
	const char *word = argv[0] + 2;
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	size_t option = find_option(bytes_of(word, len));
	*used = 1;
	if (!has_option(command, option)) {
		return unknown_option(command, argv[0], err);
	}
	const char *name = option_table[option].name;
	if (out->values[option] && !option_repeats((enum option)option)) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--%s is given twice; give it once", name);
	}
	if (!option_table[option].value) {
		out->values[option] = "";
		return !equals ||
			err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"--%s takes no value", name);
	}
	if (!equals && num < 2) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--%s needs a value: --%s %s", name, name,
			option_table[option].value);
	}
	*used = equals ? 1 : 2;
	return take_value(option, equals ? equals + 1 : argv[1], out, err);
}

// A flag's value in the environment: NULL where it is off.
static bool read_flag(
	const char *name, const char *value, const char **out, struct err *err)
{
	static const char *const off[] = {"0", "no", "false", NULL};
	static const char *const on[] = {"1", "yes", "true", NULL};
	for (size_t i = 0; on[i]; i++) {
		if (strcmp(value, off[i]) == 0 || strcmp(value, on[i]) == 0) {
			*out = strcmp(value, on[i]) == 0 ? "" : NULL;
			return true;
		}
	}
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"%s=%.40s: 1 switches it on, 0 off", name, value);
}

#define PREFIX "CTPOLICY_"

extern char **environ;

const char *options_next_unknown(char *const **at, const char **out_nearest)
{
	const char *names[NUM_OPTIONS + 1] = {NULL};
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		names[i] = option_table[i].name;
	}
	for (*at = *at ? *at + 1 : environ; *at && **at; ++*at) {
		char name[48];
		const char *word = **at;
		size_t len = strlen(PREFIX);
		size_t end = strcspn(word, "=");
		if (strncmp(word, PREFIX, len) != 0 || end == len ||
			end - len >= sizeof(name)) {
			continue;
		}
		for (size_t i = len; i < end; i++) {
			char c = word[i];
			name[i - len] = c == '_'       ? '-'
				: c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a')
						       : c;
		}
		name[end - len] = '\0';
		*out_nearest = text_nearest(name, names);
		if (*out_nearest && find_option(bytes_of_text(name)) == NUM_OPTIONS) {
			return word;
		}
	}
	return NULL;
}

// CTPOLICY_LOG_LIST for --log-list.
static bool read_environment(
	const struct command *command, struct options *out, struct err *err)
{
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		char name[64] = PREFIX;
		size_t len = strlen(name);
		for (const char *c = option_table[i].name; *c && len + 1 < sizeof(name);
			c++) {
			name[len++] = *c == '-' ? '_' : (char)(*c - 'a' + 'A');
		}
		const char *value = getenv(name);
		if (i == OPTION_HELP || !has_option(command, i) || out->values[i] ||
			!value || !value[0]) {
			continue;
		}
		if (option_table[i].value) {
			if (!take_value(i, value, out, err)) {
				return false;
			}
		} else if (!read_flag(name, value, &out->values[i], err)) {
			return false;
		}
	}
	return true;
}

bool options_read(const struct command *command, char **argv, size_t num,
	struct options *out, struct err *err)
{
	*out = (struct options){.command = command, .args = argv};
	bool only_args = false;
	for (size_t i = 0; i < num;) {
		bool is_option = !only_args && strncmp(argv[i], "--", 2) == 0;
		size_t used = 1;
		if (strcmp(argv[i], "-h") == 0 && !only_args) {
			out->values[OPTION_HELP] = "";
		} else if (is_option && argv[i][2] == '\0') {
			only_args = true;
		} else if (is_option) {
			if (!read_option(command, argv + i, num - i, out, &used, err)) {
				return false;
			}
		} else if (!only_args && argv[i][0] == '-' && argv[i][1] != '\0') {
			return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"no option \"%.40s\"; options have two dashes (see: "
				"ctpolicy %s --help)",
				argv[i], command->name);
		} else {
			argv[out->num_args++] = argv[i];
		}
		i += used;
	}
	return out->values[OPTION_HELP] || read_environment(command, out, err);
}

#define HELP_COLUMN 26
#define HELP_WIDTH 80

void option_put_meaning(
	const struct command *command, enum option option, struct buffer *out)
{
	if (option == OPTION_FORMAT) {
		text_put_choice(out, command->formats);
		buffer_printf(out, " (default: %s)", command->formats[0]);
	} else {
		buffer_put_text(out, option_table[option].help);
	}
	if (option == OPTION_AT && command->takes_issuance) {
		buffer_put_text(out,
			"; or \"issuance\": each as of its own, the time of its latest "
			"embedded SCT (one that is forged or later than notAfter aside), "
			"or its notBefore where that is later or there is none");
	}
}

static void put_help(const struct command *command, size_t option, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, 1024);
	option_put_meaning(command, (enum option)option, &text);
	text_put_wrapped(out, buffer_bytes(&text), HELP_COLUMN, HELP_COLUMN, HELP_WIDTH);
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static void put_option(const struct command *command, size_t option, struct buffer *out)
{
	size_t before = out->len;
	buffer_printf(out, "  --%s", option_table[option].name);
	if (option_table[option].value) {
		buffer_printf(out, " %s", option_table[option].value);
	}
	size_t used = out->len - before;
	if (used + 2 > HELP_COLUMN) {
		buffer_put_char(out, '\n');
		used = 0;
	}
	buffer_printf(out, "%*s", (int)(HELP_COLUMN - used), "");
	put_help(command, option, out);
}

void options_put_help(const struct command *command, struct buffer *out)
{
	buffer_printf(
		out, "usage: ctpolicy %s %s\n\n", command->name, command->arguments);
	buffer_put_text(out, command->text);
	buffer_put_text(out,
		"\nOptions (each also in the environment: CTPOLICY_ and its name in "
		"capitals)\n");
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		if (has_option(command, i)) {
			put_option(command, i, out);
		}
	}
	if (command->examples) {
		buffer_put_text(out, "\nExamples\n");
		buffer_put_text(out, command->examples);
	}
}
