// SPDX-License-Identifier: Apache-2.0
// Every change that the engine suggests, made and judged: repair-engine [CERTIFICATES [SEED]].
//
// Random certificates that fail: too few SCTs or of the wrong logs, lifetimes that are too
// long, no names, no serverAuth, small keys, SHA-1, issued by a CA or by themselves. For each
// that a random choice of policies does not accept, and for which a change is suggested, the
// certificate is made with it and evaluated, signatures and all: it has to pass.
#include <stdio.h>
#include <stdlib.h>

#include "base/datetime.h"
#include "eval/evaluate.h"
#include "eval/repair.h"
#include "loglist/bundled.h"
#include "tests/pki/pki_world.h"

#define HOUR 3600
#define NUM_SOURCES 3

struct bench {
	struct pki_world *world;
	struct pki_key *rsa2048, *rsa1024, *weak_key;
	struct out weak_ca; // of the same name, with a small key
	struct ctp_lists *origin; // whose memory the others lend
	struct ctp_lists *lists; // the world's list as each source's
	struct ctp_context *context;
	struct ct_log *logs[NUM_SOURCES];
	uint64_t random;
	size_t passed, failed, without, compliant;
	size_t num_changes[NUM_REPAIR_CHANGES];
};

// splitmix64, as its author has put it into the public domain.
static uint64_t next_random(struct bench *b)
{
	uint64_t x = b->random += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static int64_t below(struct bench *b, int64_t limit)
{
	return (int64_t)(next_random(b) % (uint64_t)limit);
}

static void need(bool good, const char *what, const struct err *err)
{
	if (!good) {
		printf("FAILED repair-engine: %s: %s\n", what, err ? err->text : "");
		exit(1);
	}
}

// Each source's list lacks another log.
static void build_lists(struct bench *b)
{
	static const char *const sources[NUM_SOURCES] = {"apple", "chrome", "mozilla"};
	struct out json = {0};
	struct err err;
	err_clear(&err);
	pki_list_json(&b->world->list, &json);
	b->origin = lists_from_file(bytes_of(json.data, json.len), &err);
	need(b->origin != NULL, "the world's list", &err);
	b->lists = lists_new(&err);
	need(b->lists != NULL, "a set of lists", &err);
	const struct loglist *origin = lists_newest(b->origin, NULL);
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		struct loglist list = *origin;
		list.name = sources[i];
		list.sha256[0] ^= (uint8_t)i;
		list.num_logs -= i > 0;
		b->logs[i] = calloc(origin->num_logs, sizeof(*list.logs));
		need(b->logs[i] != NULL, "memory", NULL);
		list.logs = b->logs[i];
		for (size_t k = 0, at = 0; k < origin->num_logs; k++) {
			if (i == 0 || k != 3 * i) {
				list.logs[at++] = origin->logs[k];
			}
		}
		need(lists_add(b->lists, &list, &err), sources[i], &err);
	}
	need(lists_freeze(b->lists, true, &err), "the lists", &err);
	derw_clear(&json);
}

static const struct pki_log *log_of(const struct bench *b, const uint8_t *id)
{
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		if (memcmp(pki_log_id(&b->world->logs[i]), id, LOG_ID_LEN) == 0) {
			return &b->world->logs[i];
		}
	}
	need(false, "a log that is in no list", NULL);
	return NULL;
}

struct leaf {
	struct pki_cert_spec spec;
	struct pki_sct_spec scts[PLAN_MAX_SET];
	size_t num_scts;
	bool with_issuer;
	bool weak_ca;
};

static void set_sct(struct leaf *leaf, size_t at, const struct pki_log *log, int64_t when)
{
	leaf->scts[at] = (struct pki_sct_spec){.log = log,
		.timestamp_ms = (uint64_t)when * 1000,
		.has_leaf_index = log->tiled,
		.leaf_index = 7};
}

static const char *const purposes[] = {PKI_OID_CLIENT_AUTH, PKI_OID_SERVER_AUTH};

static void choose_leaf(struct bench *b, int64_t at, struct leaf *out)
{
	static const int64_t lengths[] = {90 * PKI_DAY - 1, 180 * PKI_DAY - 1,
		180 * PKI_DAY, 398 * PKI_DAY - 1, 398 * PKI_DAY, 825 * PKI_DAY,
		825 * PKI_DAY + 1, 3650 * PKI_DAY};
	int64_t age = below(b, 4) ? below(b, 60 * PKI_DAY) : below(b, 2900 * PKI_DAY);
	int64_t from = at - age;
	int64_t length = below(b, 3) ? lengths[below(b, 8)] : below(b, 900 * PKI_DAY);
	*out = (struct leaf){
		.spec = pki_world_leaf(b->world, "repair.test", from, from + length),
		.with_issuer = below(b, 4) > 0};
	struct pki_cert_spec *spec = &out->spec;
	int64_t key = below(b, 4);
	spec->key = key == 0 ? b->rsa1024 : key == 1 ? b->rsa2048 : b->world->leaf_key;
	spec->hash = below(b, 5) ? PKI_HASH_DEFAULT : PKI_SHA1;
	spec->dns_name = below(b, 4) ? "repair.test" : NULL;
	spec->ekus = purposes + (below(b, 8) != 0);
	spec->num_ekus = below(b, 4) != 0;
	out->weak_ca = below(b, 6) == 0;
	if (out->weak_ca) {
		spec->signer = b->weak_key;
	}
	if (below(b, 4) == 0) {
		spec->signer = NULL;
		spec->issuer = spec->subject;
		spec->basic_constraints = below(b, 2) ? PKI_BC_CA : PKI_BC_LEAF;
		spec->bare = true;
	}
	out->num_scts = (size_t)below(b, 5);
	for (size_t i = 0; i < out->num_scts; i++) {
		set_sct(out, i, &b->world->logs[below(b, PKI_WORLD_NUM_LOGS)],
			from + below(b, at - from + 1));
	}
}

static void issue(const struct leaf *leaf, struct out *out)
{
	if (leaf->num_scts && leaf->spec.signer) {
		pki_issue(&leaf->spec, leaf->scts, leaf->num_scts, out);
	} else {
		pki_cert(&leaf->spec, out);
	}
}

// As the repair says, and nothing else.
static void apply(
	const struct bench *b, const struct repair *repair, int64_t at, struct leaf *leaf)
{
	struct pki_cert_spec *spec = &leaf->spec;
	bool own = !spec->signer;
	if (own) { // under a CA of the user's
		spec->signer = b->world->ca_key;
		spec->issuer = b->world->ca.subject;
		spec->bare = false;
		leaf->with_issuer = true;
		leaf->weak_ca = false;
	}
	spec->not_before = repair->not_before;
	spec->not_after = repair->not_after;
	if (repair->changes[REPAIR_NAMES]) {
		spec->dns_name = repair->num_names ? repair->names[0].text : NULL;
	}
	if (repair->changes[REPAIR_SERVER_AUTH]) {
		spec->ekus = purposes + 1;
		spec->num_ekus = 1;
	}
	if (repair->changes[REPAIR_KEY]) {
		spec->key = b->world->leaf_key;
	}
	if (repair->changes[REPAIR_SIGNATURE]) {
		spec->hash = PKI_HASH_DEFAULT;
	}
	// Where it is not known, the sentence says what it has to be like.
	if (repair->changes[REPAIR_ISSUER] || (repair->issuer_assumed && !own)) {
		leaf->weak_ca = false;
		spec->signer = b->world->ca_key;
	}
	if (own) {
		spec->basic_constraints = PKI_BC_LEAF;
	}
	leaf->with_issuer = leaf->with_issuer || repair->changes[REPAIR_GIVE_ISSUER];
	if (repair->changes[REPAIR_SCTS]) {
		leaf->num_scts = repair->num_logs;
		for (size_t i = 0; i < repair->num_logs; i++) {
			set_sct(leaf, i, log_of(b, repair->logs[i]->log->id), at - 1);
		}
	}
}

static const struct record *judge(struct bench *b, const struct leaf *leaf,
	const struct ctp_request *base, struct out *der)
{
	const struct record *record = NULL;
	struct ctp_request request = *base;
	struct err err;
	err_clear(&err);
	issue(leaf, der);
	request.fields[REQUEST_CERTIFICATE] = bytes_of(der->data, der->len);
	if (leaf->with_issuer && leaf->spec.signer) {
		const struct out *ca = leaf->weak_ca ? &b->weak_ca : &b->world->ca_der;
		request.fields[REQUEST_ISSUER] = bytes_of(ca->data, ca->len);
	}
	need(evaluate(b->context, &request, b->lists, &record, &err), "evaluation", &err);
	return record;
}

static void tell(const struct bench *b, const struct record *record, const char *sentence,
	int64_t at)
{
	if (b->failed > 10) {
		return;
	}
	printf("FAILED repair-engine: at %lld: %s\n", (long long)at, sentence);
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *p = &record->policies[i];
		printf("  %s: %s%s\n", p->result.policy->name, verdict_name(p->verdict),
			p->num_applies_because ? ", does not apply" : "");
		for (size_t k = 0; k < p->findings.num; k++) {
			printf("    %s\n", p->findings.items[k].message);
		}
	}
}

static struct ctp_request choose_request(struct bench *b, int64_t at)
{
	struct ctp_request request = {.time_of_check = TIME_GIVEN,
		.at_ms = at * 1000,
		.private_root = below(b, 5) == 0};
	while (request.num_policies == 0) {
		for (size_t i = 0; i < policy_num(); i++) {
			if (below(b, 2)) {
				request.policies[request.num_policies++] = policy_at(i);
			}
		}
	}
	return request;
}

static void run_certificate(struct bench *b)
{
	struct leaf leaf;
	struct out der = {0};
	struct out repaired = {0};
	char sentence[4096];
	int64_t at = pki_seconds("2026-03-05T00:00:00Z") + below(b, 300 * PKI_DAY);
	struct ctp_request request = choose_request(b, at);
	choose_leaf(b, at, &leaf);
	const struct record *record = judge(b, &leaf, &request, &der);
	const struct repair *repair = record->repair;
	b->compliant += record->policies_result == RESULT_PASS;
	if (repair && repair->possible) {
		for (size_t i = 0; i < NUM_REPAIR_CHANGES; i++) {
			b->num_changes[i] += repair->changes[i];
		}
		(void)snprintf(sentence, sizeof(sentence), "%s", repair->sentence);
		// Who makes a CA knows that it comes with no system.
		request.private_root = request.private_root || !leaf.spec.signer;
		apply(b, repair, at, &leaf);
		record = judge(b, &leaf, &request, &repaired);
		bool good = record->policies_result == RESULT_PASS && !record->repair;
		b->passed += good;
		b->failed += !good;
		if (!good) {
			tell(b, record, sentence, at);
		}
	} else if (record->policies_result != RESULT_PASS) {
		b->without++;
	}
	derw_clear(&der);
	derw_clear(&repaired);
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct err err;
	err_clear(&err);
	size_t num = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
	b.random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	b.world = pki_world_new(PKI_WORLD_SEED);
	b.rsa2048 = pki_key_new(PKI_WORLD_SEED, PKI_RSA2048, "repair");
	b.rsa1024 = pki_key_new(PKI_WORLD_SEED, PKI_RSA1024, "repair");
	b.weak_key = pki_key_new(PKI_WORLD_SEED, PKI_RSA1024, "repair-ca");
	struct pki_cert_spec ca = b.world->ca;
	ca.key = b.weak_key;
	pki_cert(&ca, &b.weak_ca);
	build_lists(&b);
	b.context = context_new(NULL, &err);
	need(b.context != NULL, "the bench", &err);
	while (b.passed + b.failed < num && b.without + b.compliant < 20 * num) {
		run_certificate(&b);
	}
	for (size_t i = 0; i < NUM_REPAIR_CHANGES; i++) {
		if (num >= 2000 && b.num_changes[i] == 0 && i != REPAIR_RENEWAL) {
			printf("FAILED repair-engine: never suggested: %s\n",
				repair_change_name((enum repair_change)i));
			b.failed++;
		}
	}
	context_free(b.context);
	lists_unref(b.lists);
	lists_unref(b.origin);
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		free(b.logs[i]);
	}
	pki_key_free(b.rsa2048);
	pki_key_free(b.rsa1024);
	pki_key_free(b.weak_key);
	derw_clear(&b.weak_ca);
	pki_world_free(b.world);
	printf("no change known for %zu others, %zu were compliant\n", b.without,
		b.compliant);
	printf("repair-engine: %zu passed, %zu failed, 0 skipped\n", b.passed, b.failed);
	return b.failed > 0 || b.passed < num;
}
