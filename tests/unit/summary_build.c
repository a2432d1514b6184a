// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/summary_build.h"

#include "base/datetime.h"

#define NAME_ROOM 1024

struct made_record {
	struct record record;
	struct cert cert;
	struct sct_record scts[MADE_MAX_SCTS];
	uint8_t ids[MADE_MAX_SCTS][LOG_ID_LEN];
	struct policy_record policies[2];
	uint8_t issuer[NAME_ROOM], subject[NAME_ROOM], names[NAME_ROOM];
};

static int64_t to_ms(const char *text)
{
	int64_t ms = 0;
	if (!datetime_parse_rfc3339(bytes_of_text(text), false, &ms)) {
		abort();
	}
	return ms;
}

void made_world_init(struct made_world *world)
{
	static const char *const operators[MADE_OPERATORS] = {"Alder", "Birch", "Cedar",
		"Dogwood", "Elm & Söhne", "Fir", "Ginkgo", "Hazel"};
	static const enum log_state states[] = {LOG_USABLE, LOG_USABLE, LOG_USABLE,
		LOG_RETIRED, LOG_USABLE, LOG_READONLY, LOG_REJECTED};
	memset(world, 0, sizeof(*world));
	for (size_t i = 0; i < MADE_OPERATORS; i++) {
		world->operators[i] = operators[i];
	}
	for (size_t i = 0; i < MADE_LOGS; i++) {
		struct ct_log *log = &world->logs[i];
		memset(log->id, (int)(i + 1), LOG_ID_LEN);
		log->op = i % MADE_OPERATORS;
		log->state = states[i % 7];
		(void)snprintf(world->texts[i], sizeof(world->texts[i]),
			"%.7s %zu 'h%zu'", operators[log->op], 2017 + i / 4, 1 + i % 2);
		log->text[LOG_DESCRIPTION] = world->texts[i];
	}
	world->list = (struct loglist){.name = "apple",
		.schema = "",
		.version = "511",
		.published_ms = to_ms("2026-03-30T00:00:00Z"),
		.sha256 = {0xab},
		.operators = world->operators,
		.num_operators = MADE_OPERATORS,
		.logs = world->logs,
		.num_logs = MADE_LOGS};
}

// Tag, length, and what is there already, moved up behind them; returns the new length.
static size_t wrap(uint8_t *at, size_t len, uint8_t tag)
{
	uint8_t head[4] = {tag, (uint8_t)len};
	size_t head_len = 2;
	if (len > 127) {
		head[1] = 0x82;
		head[2] = (uint8_t)(len >> 8);
		head[3] = (uint8_t)len;
		head_len = 4;
	}
	memmove(at + head_len, at, len);
	memcpy(at, head, head_len);
	return head_len + len;
}

// CN=text, as a UTF8String.
static struct bytes make_name(uint8_t *room, const char *text)
{
	size_t len = strlen(text);
	if (len > NAME_ROOM - 32) {
		abort();
	}
	memcpy(room + 5, text, len);
	len = 5 + wrap(room + 5, len, DER_UTF8_STRING);
	memcpy(room, "\x06\x03\x55\x04\x03", 5);
	len = wrap(room, len, DER_SEQUENCE);
	len = wrap(room, len, DER_SET);
	return bytes_of(room, wrap(room, len, DER_SEQUENCE));
}

static void make_cert(struct made_record *made, const struct made_spec *spec)
{
	struct cert *cert = &made->cert;
	const char *from = spec->not_before ? spec->not_before : "2026-06-01T00:00:00Z";
	int64_t days = spec->lifetime_days ? spec->lifetime_days : 90;
	cert->issuer = make_name(made->issuer, spec->issuer ? spec->issuer : "CA");
	cert->subject = make_name(made->subject, spec->subject ? spec->subject : "s");
	cert->not_before = to_ms(from) / 1000;
	cert->not_after = cert->not_before + days * 86400 - 1;
	if (spec->dns_name) {
		size_t len = strlen(spec->dns_name);
		memcpy(made->names, spec->dns_name, len);
		len = wrap(made->names, len, 0x82);
		cert->subject_alt_name =
			bytes_of(made->names, wrap(made->names, len, DER_SEQUENCE));
	}
}

static void make_scts(struct made_record *made, const struct made_spec *spec)
{
	for (size_t i = 0; i < spec->num_scts; i++) {
		const struct made_sct *from = &spec->scts[i];
		struct sct_record *sct = &made->scts[i];
		memset(made->ids[i], 0xee, LOG_ID_LEN);
		if (from->log) {
			memcpy(made->ids[i], from->log->id, LOG_ID_LEN);
		}
		sct->sct.log_id = from->without_log_id
			? BYTES_NONE
			: bytes_of(made->ids[i], LOG_ID_LEN);
		sct->log = from->log;
		sct->operator_name = from->operator_name;
		sct->status = from->status;
		sct->counted = from->counted;
		while (sct->num_why < SCT_MAX_WHY && from->why[sct->num_why]) {
			sct->why[sct->num_why] = from->why[sct->num_why];
			sct->num_why++;
		}
	}
	made->record.scts = made->scts;
	made->record.num_scts = spec->num_scts;
}

static void find_rule(struct policy_result *result, const struct cert *cert)
{
	size_t table = cert->not_before >= result->policy->tables[1].from;
	struct lifetime life = lifetime_of(cert->not_before, cert->not_after);
	result->table = &result->policy->tables[table];
	result->row = &result->table->rows[life.days > 180 ? 1 : 0];
}

static void make_policies(struct made_record *made, const struct made_spec *spec)
{
	struct policy_record *apple = &made->policies[0];
	made->policies[1].result.policy = policy_find("apple-enforced");
	apple->result.policy = policy_find("apple");
	find_rule(&apple->result, &made->cert);
	find_rule(&made->policies[1].result, &made->cert);
	apple->verdict = spec->verdict;
	apple->found_counted = spec->found;
	if (spec->applies_because) {
		apple->applies_because[apple->num_applies_because++] =
			spec->applies_because;
	}
	if (spec->finding) {
		const char *sentence = code_info(spec->finding)->sentence;
		apple->findings.items[apple->findings.num++] =
			(struct finding){.code = spec->finding,
				.message = spec->message ? spec->message : sentence};
	}
	made->record.policies = made->policies;
	made->record.num_policies = spec->both_policies ? 2 : 1;
}

struct made_record *made_record_new(const struct made_world *world,
	const struct loglist *list, const struct made_spec *spec)
{
	struct made_record *made = (struct made_record *)calloc(1, sizeof(*made));
	if (!made) {
		abort();
	}
	make_cert(made, spec);
	make_scts(made, spec);
	make_policies(made, spec);
	struct record *record = &made->record;
	record->cert = &made->cert;
	record->id = spec->id ? bytes_of_text(spec->id) : BYTES_NONE;
	record->result = spec->result;
	record->at_ms = made->cert.not_before * 1000 + DATETIME_DAY_MS;
	record->list = list ? list : &world->list;
	memset(record->sha256, spec->hash, sizeof(record->sha256));
	if (spec->record_finding) {
		record->findings.items[record->findings.num++] =
			(struct finding){.code = spec->record_finding,
				.message = code_info(spec->record_finding)->sentence};
	}
	return made;
}

const struct record *made_record(const struct made_record *made)
{
	return &made->record;
}

void made_record_free(struct made_record *made)
{
	free(made);
}

void made_row(const struct made_world *world, const struct made_spec *spec,
	uint64_t position, uint64_t times, struct buffer *out)
{
	struct made_record *made = made_record_new(world, NULL, spec);
	summary_put_row(made_record(made), position, times, out);
	made_record_free(made);
}

// A made-up audit.

static void make_audit_sct(struct made_sct *sct, const struct made_world *world,
	uint64_t *seed, const char *year)
{
	// Logs are of a year, and so are certificates: four logs a year.
	size_t first = (size_t)(strtol(year, NULL, 10) - 2017) * 4 % MADE_LOGS;
	const struct ct_log *log =
		&world->logs[(first + test_random(seed) % 4) % MADE_LOGS];
	*sct = (struct made_sct){.log = log,
		.operator_name = world->operators[log->op],
		.status = STATUS_VALID,
		.counted = true};
	if (log->state == LOG_REJECTED && test_random(seed) % 4 == 0) {
		sct->counted = false;
		sct->why[0] = CODE_LOG_REJECTED;
	} else if (log->state == LOG_RETIRED && test_random(seed) % 8 == 0) {
		sct->counted = false;
		sct->why[0] = CODE_AFTER_RETIREMENT;
	} else if (test_random(seed) % 50 == 0) {
		sct->counted = false;
		sct->why[0] = CODE_OPERATOR_CAP_REACHED;
	} else if (test_random(seed) % 400 == 0) {
		*sct = (struct made_sct){
			.status = STATUS_UNKNOWN_LOG, .why = {CODE_UNKNOWN_LOG}};
	}
}

static void judge_audit(struct made_spec *spec, uint64_t *seed)
{
	for (size_t i = 0; i < spec->num_scts; i++) {
		spec->found += spec->scts[i].counted;
	}
	unsigned needed = spec->lifetime_days > 180 ? 3 : 2;
	if (spec->found < needed) {
		spec->verdict = VERDICT_NON_COMPLIANT;
		spec->result = RESULT_FAIL;
		spec->finding = CODE_TOO_FEW_SCTS;
		spec->message =
			"The certificate needs one more SCT that counts: add one of a "
			"usable log of another log operator, and issue it again.";
	}
	if (test_random(seed) % 60 == 0) {
		spec->applies_because = CODE_EXPIRED;
		spec->result = RESULT_PASS;
	} else if (test_random(seed) % 300 == 0) {
		spec->verdict = VERDICT_INDETERMINATE;
		spec->result = RESULT_UNKNOWN;
		spec->finding = CODE_UNDECIDED;
		spec->record_finding = CODE_ISSUER_MISSING;
	}
}

void made_audit_row(const struct made_world *world, uint64_t position, struct buffer *out)
{
	static const char *const names[] = {"Example Trust Services GmbH TLS RSA SubCA",
		"Beispiel & Compañía <Extended> Validation Server CA",
		"Northern Public Key Infrastructure Organisation Issuing CA for Domains",
		"ACME R", "Ørsted Sikkerhed DV TLS"};
	uint64_t seed = position * 77 + 5;
	char issuer[160], not_before[32], dns[64], id[32];
	if (position % 500 == 499) {
		struct err err;
		err_clear(&err);
		(void)snprintf(
			id, sizeof(id), "\"line %llu\"", (unsigned long long)position);
		err_set(&err, CODE_BAD_CERTIFICATE, 12,
			"the certificate ends in the middle of its validity");
		err_in_field(&err, "certificate");
		summary_put_error_row(bytes_of_text(id), &err, position, 1, out);
		return;
	}
	uint64_t which = test_random(&seed) % 60;
	which = which * which / 60; // some have many, some have few
	uint64_t month = test_random(&seed) % 120;
	(void)snprintf(
		issuer, sizeof(issuer), "%s %02u", names[which % 5], (unsigned)which);
	(void)snprintf(not_before, sizeof(not_before), "%04u-%02u-%02uT00:00:00Z",
		(unsigned)(2017 + month / 12), (unsigned)(1 + month % 12),
		(unsigned)(1 + test_random(&seed) % 28));
	(void)snprintf(
		dns, sizeof(dns), "www%llu.shop.example", (unsigned long long)position);
	(void)snprintf(id, sizeof(id), "\"line %llu\"", (unsigned long long)position);
	struct made_spec spec = {.id = id,
		.issuer = issuer,
		.dns_name = position % 97
			? dns
			: "<script>alert(1)</script>\xe2\x80\xae.example",
		.not_before = not_before,
		.lifetime_days = test_random(&seed) % 3 ? 90 : 365,
		.hash = (uint8_t)position};
	spec.num_scts = spec.lifetime_days > 180 ? 4 : 3;
	for (size_t i = 0; i < spec.num_scts; i++) {
		make_audit_sct(&spec.scts[i], world, &seed, not_before);
	}
	judge_audit(&spec, &seed);
	made_row(world, &spec, position, 1, out);
}

struct summary *made_summary(const struct buffer *rows)
{
	struct err err;
	err_clear(&err);
	struct summary *summary = summary_new(&err);
	if (!summary || rows->failed ||
		!summary_add_rows(summary, buffer_bytes(rows), &err)) {
		abort();
	}
	return summary;
}

char *made_json(const struct summary *summary)
{
	struct buffer out;
	buffer_init(&out, SUMMARY_MAX_JSON);
	summary_put_json(summary, &out);
	buffer_put_char(&out, '\0');
	if (out.failed) {
		abort();
	}
	return (char *)out.data;
}

struct summary_run made_run(void)
{
	struct summary_run run = {.started_ms = to_ms("2026-06-02T08:00:00Z"),
		.ended_ms = to_ms("2026-06-02T08:00:12.345Z"),
		.wall_ms = 12345,
		.cpu_ms = 23456,
		.jobs = 2};
	summary_words_add(&run.verifiers, "fast");
	summary_words_add(&run.versions, "0.1.0");
	return run;
}
