// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eval_build.h"

#include "report/report.h"

static const struct {
	const char word[3];
	const char *log;
	const char *signed_at; // NULL: a minute after not_before
} log_words[] = {
	{"Ar", "Alder2026h2", NULL},
	{"At", "AlderTiled2026h2", NULL},
	{"A1", "Alder2026h1", NULL},
	{"A7", "Alder2027", NULL},
	{"Br", "Birch2026h2", NULL},
	{"Bt", "BirchTiled2026h2", NULL},
	{"Bq", "BirchTiled2027h1", NULL},
	{"Co", "Cedar2026", "2026-04-13T09:30:00Z"},
	{"Ct", "CedarTiled2026h2", NULL},
	{"Cq", "CedarTiled2027h1", NULL},
	{"Dx", "Dogwood2025", NULL},
	{"Do", "Dogwood2026", "2026-03-01T18:00:00Z"},
	{"Dr", "Dogwood2026h2", NULL},
	{"Dp", "DogwoodTiled2027h2", NULL},
};

struct eval_bench *eval_bench_new(void)
{
	struct eval_bench *bench = calloc(1, sizeof(*bench));
	struct out list = {0};
	struct err err;
	err_clear(&err);
	if (!bench) {
		abort();
	}
	bench->world = pki_world_new(PKI_WORLD_SEED);
	bench->not_before = pki_seconds(PKI_WORLD_NOT_BEFORE);
	bench->at_ms = pki_seconds(PKI_WORLD_AT) * 1000;
	pki_list_json(&bench->world->list, &list);
	bench->lists = lists_from_file(eval_bytes(&list), &err);
	bench->context = context_new(NULL, &err);
	buffer_init(&bench->json, REPORT_MAX);
	if (!CHECK_CODE(&err, CODE_NONE, "the bench") || !bench->lists ||
		!bench->context) {
		abort();
	}
	derw_clear(&list);
	return bench;
}

void eval_bench_free(struct eval_bench *bench)
{
	pki_world_free(bench->world);
	lists_unref(bench->lists);
	context_free(bench->context);
	buffer_clear(&bench->json);
	free(bench);
}

struct pki_cert_spec eval_leaf(const struct eval_bench *bench, int64_t seconds)
{
	return pki_world_leaf(bench->world, "unit.example", bench->not_before,
		bench->not_before + seconds);
}

static struct pki_sct_spec sct_of(const struct eval_bench *bench, const char *word)
{
	for (size_t i = 0; i < sizeof(log_words) / sizeof(log_words[0]); i++) {
		const char *at = log_words[i].signed_at;
		if (strncmp(word, log_words[i].word, 2) == 0) {
			int64_t seconds = at ? pki_seconds(at) : bench->not_before + 60;
			return pki_world_sct(
				bench->world, log_words[i].log, (uint64_t)seconds * 1000);
		}
	}
	derw_need(false, "no log of this word");
	return (struct pki_sct_spec){0};
}

size_t eval_scts(const struct eval_bench *bench, const char *words,
	struct pki_sct_spec specs[EVAL_MAX_SCTS])
{
	size_t num = 0;
	for (const char *at = words; *at; num++) {
		derw_need(num < EVAL_MAX_SCTS, "too many words");
		specs[num] = sct_of(bench, at);
		at += at[2] ? 3 : 2;
	}
	return num;
}

void eval_issue(const struct eval_bench *bench, const struct pki_cert_spec *spec,
	const char *words, struct out *out)
{
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	size_t num = eval_scts(bench, words, specs);
	if (num > 0) {
		pki_issue(spec, specs, num, out);
	} else {
		pki_cert(spec, out);
	}
}

void eval_tls_list(const struct eval_bench *bench, const struct out *leaf,
	const char *words, struct out *out)
{
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct pki_entry entry = pki_entry_x509(leaf);
	pki_sign_list(specs, eval_scts(bench, words, specs), &entry, out);
}

struct ctp_request eval_request(const struct eval_bench *bench, const struct out *leaf)
{
	struct ctp_request request = {.time_of_check = TIME_GIVEN,
		.at_ms = bench->at_ms,
		.policies = {policy_find("apple"), policy_find("apple-enforced")},
		.num_policies = 2};
	request.fields[REQUEST_CERTIFICATE] = eval_bytes(leaf);
	request.fields[REQUEST_ISSUER] = eval_bytes(&bench->world->ca_der);
	return request;
}

static void remember(const struct record *record)
{
	for (size_t i = 0; i < record->findings.num; i++) {
		test_produced(record->findings.items[i].code);
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		for (size_t k = 0; k < policy->findings.num; k++) {
			test_produced(policy->findings.items[k].code);
		}
		for (size_t k = 0; k < policy->num_applies_because; k++) {
			test_produced(policy->applies_because[k]);
		}
	}
	for (size_t i = 0; i < record->num_scts; i++) {
		for (size_t k = 0; k < record->scts[i].num_why; k++) {
			test_produced(record->scts[i].why[k]);
		}
	}
}

// A finding without a sentence, or with a number that went below zero, helps nobody.
static bool sentences_are_sound(const struct findings *findings)
{
	for (size_t i = 0; i < findings->num; i++) {
		const char *text = findings->items[i].message;
		if (strlen(text) < 20 || strstr(text, "42949") || strstr(text, "18446") ||
			strchr(text, '%') || text[strlen(text) - 1] != '.') {
			printf("       %s\n", text);
			return false;
		}
	}
	return findings->num < MAX_FINDINGS;
}

static bool record_is_sound(const struct record *record)
{
	bool good = sentences_are_sound(&record->findings);
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		bool explained =
			policy->findings.num > 0 || policy->verdict == VERDICT_COMPLIANT;
		good = good && explained && sentences_are_sound(&policy->findings);
	}
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		good = good && sct->counted == (sct->num_why == 0) &&
			(!sct->counted || sct->approval != APPROVAL_NONE) &&
			(sct->approval == APPROVAL_NONE || sct->status == STATUS_VALID);
	}
	return good;
}

const struct record *eval_run_with(struct eval_bench *bench,
	const struct ctp_request *request, const struct ctp_lists *lists, struct err *err)
{
	const struct record *record = NULL;
	struct buffer first;
	buffer_init(&first, REPORT_MAX);
	err_clear(err);
	for (int turn = 0; turn < 2; turn++) {
		err_clear(err);
		if (!evaluate(bench->context, request, lists, &record, err)) {
			CHECK(err->code != CODE_NONE && err->text[0],
				"an error has its text");
			test_produced(err->code);
			buffer_clear(&first);
			return NULL;
		}
		bench->json.len = 0;
		report_json(record, turn ? &bench->json : &first);
	}
	CHECK(first.len > 0 &&
			bytes_equal(buffer_bytes(&first), buffer_bytes(&bench->json)),
		"twice the same bytes");
	CHECK(record_is_sound(record), "the record is sound: %.*s", (int)first.len,
		(const char *)first.data);
	buffer_clear(&first);
	remember(record);
	return record;
}

const struct record *eval_run(struct eval_bench *bench, const struct ctp_request *request)
{
	struct err err;
	const struct record *record = eval_run_with(bench, request, bench->lists, &err);
	CHECK_CODE(&err, CODE_NONE, "no error: %s", err.text);
	if (!record) {
		abort();
	}
	return record;
}

const struct finding *eval_finding(const struct findings *findings, enum code code)
{
	for (size_t i = 0; i < findings->num; i++) {
		if (findings->items[i].code == code) {
			return &findings->items[i];
		}
	}
	return NULL;
}

bool eval_has_why(const struct sct_record *sct, enum code code)
{
	for (size_t i = 0; i < sct->num_why; i++) {
		if (sct->why[i] == code) {
			return true;
		}
	}
	return false;
}

bool eval_applies_because(const struct policy_record *policy, enum code code)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		if (policy->applies_because[i] == code) {
			return true;
		}
	}
	return false;
}
