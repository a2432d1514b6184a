// SPDX-License-Identifier: Apache-2.0
// The made corpora of log_list, history, list_diff, request and evaluate.
#include <string.h>

#include "tests/fuzz/mkcorpus.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static void add_list(struct corpus *c, size_t first, size_t num, struct out *json)
{
	struct pki_list list = c->world->list;
	list.logs += first;
	list.num_logs = num;
	pki_list_json(&list, json);
}

static void put_list(struct corpus *c, const char *name, size_t first, size_t num)
{
	struct out json = {0};
	add_list(c, first, num, &json);
	corpus_put(c, "log_list", name, &json);
	derw_clear(&json);
}

// Two lists with a NUL between them, as fuzz_list_diff.c takes them.
static void put_two_lists(struct corpus *c, const char *name, size_t first, size_t num,
	size_t other_first, size_t other_num)
{
	struct out json = {0};
	add_list(c, first, num, &json);
	derw_put(&json, "", 1);
	add_list(c, other_first, other_num, &json);
	corpus_put(c, "list_diff", name, &json);
	derw_clear(&json);
}

// A list of one log with these members around it and in it.
static void add_small_list(
	struct corpus *c, const char *head, const char *members, struct out *json)
{
	const struct pki_log *log = pki_world_log(c->world, "Alder2026h2");
	const struct out *spki = pki_key_spki(log->key);
	derw_printf(json,
		"{%s\"operators\":[{\"name\":\"Alder\",\"email\":[],\"logs\":[{\"key\":\"",
		head);
	pki_base64(json, spki->data, spki->len);
	derw_printf(json, "\",\"log_id\":\"");
	pki_base64(json, pki_log_id(log), PKI_SHA256_LEN);
	derw_printf(json, "\"%s}]},{\"name\":\"Empty\",\"logs\":[]}]}", members);
}

static void put_small_list(
	struct corpus *c, const char *name, const char *head, const char *members)
{
	struct out json = {0};
	add_small_list(c, head, members, &json);
	corpus_put(c, "log_list", name, &json);
	derw_clear(&json);
}

#define APPLE "\"version\":\"7\",\"assetVersion\":3,"
#define USABLE ",\"state\":{\"usable\":{\"timestamp\":\"2026-01-02T03:04:05Z\"}}"

static void put_small_lists(struct corpus *c)
{
	static const struct {
		const char *name, *head, *members;
	} rows[] = {
		{"apple", APPLE, USABLE},
		{"chrome",
			"\"version\":\"7\",\"log_list_timestamp\":\"2026-01-02T03:04:05Z\",",
			""},
		{"mozilla", "",
			",\"mmd\":86400,\"state\":{\"qualified\":{\"timestamp\":"
			"\"2025-01-02T03:04:05Z\"},\"retired\":{\"timestamp\":"
			"\"2026-01-02T03:04:05.678+02:00\"}}"},
		{"zone", APPLE,
			",\"state\":{\"pending\":{\"timestamp\":\"2019-01-02T03:04:05\"}}"},
		{"head", APPLE,
			",\"state\":{\"readonly\":{\"timestamp\":\"2026-01-02T03:04:05Z\","
			"\"version\":\"6\",\"final_tree_head\":{\"tree_size\":9,"
			"\"sha256_root_hash\":\"AAAA\"}}}"},
		{"texts", APPLE,
			USABLE
			",\"description\":\"a \\u0007 \\\\ '\\u00e9' -\",\"url\":\"-\","
			"\"log_type\":\"prod\",\"tls_only\":true,\"mmd\":0"},
		{"interval", APPLE,
			USABLE ",\"temporal_interval\":{\"start_inclusive\":"
			       "\"2026-01-01T00:00:00Z\",\"end_exclusive\":"
			       "\"2027-01-01T00:00:00Z\"}"},
		{"empty-interval", APPLE,
			USABLE ",\"temporal_interval\":{\"start_inclusive\":"
			       "\"2026-01-01T00:00:00Z\",\"end_exclusive\":"
			       "\"2026-01-01T00:00:00Z\"}"},
		{"two-states", APPLE,
			",\"state\":{\"usable\":{\"timestamp\":\"2026-01-02T03:04:05Z\"},"
			"\"rejected\":{\"timestamp\":\"2026-01-02T03:04:05Z\"}}"},
		{"unknown-state", APPLE,
			",\"state\":{\"eager\":{\"timestamp\":\"2026-01-02T03:04:05Z\"}}"},
		{"year-ends", APPLE,
			USABLE ",\"temporal_interval\":{\"start_inclusive\":"
			       "\"0000-01-01T00:00:00+23:59\",\"end_exclusive\":"
			       "\"9999-12-31T23:59:59-23:59\"}"},
		{"large-number", APPLE, USABLE ",\"mmd\":9223372036854775807"},
		{"previous", APPLE,
			USABLE
			",\"previous_operators\":[{\"name\":\"Birch 2\",\"end_time\":"
			"\"2025-01-01T00:00:00Z\"},{\"name\":\"\\u00e9 \\\\\","
			"\"end_time\":\"2025-06-01T00:00:00.5Z\"}]"},
		{"state-words", APPLE,
			",\"state\":{\"usable\":{\"timestamp\":\"2026-01-02T03:04:05Z\","
			"\"version\":\"6 tree 7 8\"}}"},
		{"no-version", "\"version\":\"\",\"assetVersion\":3,", USABLE},
		{"apple-timestamp",
			APPLE "\"log_list_timestamp\":\"2026-02-02T03:04:05Z\",", USABLE},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		put_small_list(c, rows[i].name, rows[i].head, rows[i].members);
	}
}

// One log that changes in one respect.
static void put_small_diffs(struct corpus *c)
{
	static const struct {
		const char *name, *head, *members;
	} rows[] = {
		{"version", "\"version\":\"8\",\"assetVersion\":4,\"$schema\":\"x\",",
			USABLE},
		{"rejected", APPLE,
			",\"state\":{\"rejected\":{\"timestamp\":\"2026-02-02T03:04:05Z\","
			"\"version\":\"8\"}}"},
		{"readonly", APPLE,
			",\"state\":{\"readonly\":{\"timestamp\":\"2026-02-02T03:04:05Z\","
			"\"final_tree_head\":{\"tree_size\":9,\"sha256_root_hash\":\"AAAA\"}}}"},
		{"since", APPLE,
			",\"state\":{\"usable\":{\"timestamp\":\"2026-01-02T03:04:06Z\"}}"},
		{"interval", APPLE,
			USABLE ",\"temporal_interval\":{\"start_inclusive\":"
			       "\"0000-01-01T00:00:00Z\",\"end_exclusive\":"
			       "\"9999-12-31T23:59:59Z\"}"},
		{"previous", APPLE,
			USABLE
			",\"previous_operators\":[{\"name\":\"Birch\",\"end_time\":"
			"\"2025-01-01T00:00:00Z\"}]"},
		{"texts", APPLE,
			USABLE
			",\"description\":\"\\u202e\\u0007 \\\\ '\\u00e9'\",\"url\":\"\","
			"\"tls_only\":false,\"mmd\":9223372036854775807"},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		struct out json = {0};
		add_small_list(c, APPLE, USABLE, &json);
		derw_put(&json, "", 1);
		add_small_list(c, rows[i].head, rows[i].members, &json);
		corpus_put(c, "list_diff", rows[i].name, &json);
		derw_clear(&json);
	}
}

// Two lists and two logs of a history; `tail` are more lines about the second log.
static void put_history(
	struct corpus *c, const char *target, const char *name, const char *tail)
{
	static const char *const logs[] = {"Alder2026h2", "AlderTiled2026h2"};
	struct out text = {0};
	derw_printf(&text, "ctpolicy log list history 1\n");
	for (int i = 1; i <= 2; i++) {
		derw_printf(&text,
			"list 2026-01-0%d.0%d000000\n  published 2026-01-0%dT00:00:00Z\n"
			"  name apple\n  sha256 0%d%062d\n  version %d\n  assetVersion %d\n"
			"  schema https://lists.example/v5.json\n",
			i, i, i, i, 0, i, i);
	}
	for (size_t i = 0; i < NUM(logs); i++) {
		const struct pki_log *log = pki_world_log(c->world, logs[i]);
		derw_printf(&text, "log ");
		pki_base64(&text, pki_log_id(log), PKI_SHA256_LEN);
		derw_printf(&text, "\n  key ");
		pki_base64(
			&text, pki_key_spki(log->key)->data, pki_key_spki(log->key)->len);
		derw_printf(&text,
			"\n  operator Alder\n  api %s\n  description %s\n  mmd 86400\n"
			"  state usable 2025-06-10T15:00:00Z version 1\n"
			"  listed@2026-01-01.01000000\n",
			log->tiled ? "static" : "rfc6962", logs[i]);
	}
	derw_printf(&text, "%s", tail);
	corpus_put(c, target, name, &text);
	derw_clear(&text);
}

#define HASH_1 "0000000000000000000000000000000000000000000000000000000000000001"
#define HASH_2 "0000000000000000000000000000000000000000000000000000000000000002"
#define LIST_1 "list " HASH_1 "\n  published 2026-01-01T00:00:00Z\n  name apple\n"

// What stands between the first and the last line of an index.
static void put_archives(struct corpus *c)
{
	static const struct {
		const char *name, *lines;
	} rows[] = {
		{"empty", ""},
		{"one", LIST_1},
		{"whole",
			"in_hand " HASH_1 "\npinned 2026-01-03T00:00:00Z\n"
			"history " HASH_2 "\nrefreshed 2026-01-04T00:00:00Z\n"
			"failed 2026-01-05T00:00:00.5Z 2 fetch_status it said \\5C no\n"
			"failing_since 2026-01-05T00:00:00Z\n" LIST_1
			"  version 511\n  fetched_first 2026-01-03T00:00:00Z\n"
			"  fetched_last 2026-01-04T00:00:00Z\n  taken forced\n"
			"  source https://list.example/a.json\n  etag \"a b\"\n"
			"  last_modified Thu, 01 Jan 2026 00:00:00 GMT\nlist " HASH_2
			"\n  taken imported\n"},
		{"twice", LIST_1 LIST_1},
		{"no-entry", "in_hand " HASH_2 "\n" LIST_1},
		{"bad-time", LIST_1 "  fetched_last soon\n"},
		{"bad-taken", LIST_1 "  taken stolen\n"},
		{"no-utf8", LIST_1 "  source \\FF\n"},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		corpus_put_text(c, "archive", rows[i].name, rows[i].lines);
	}
}

void corpus_lists(struct corpus *c)
{
	put_archives(c);
	static const struct {
		const char *name, *tail;
	} rows[] = {
		{"plain", ""},
		{"changes",
			"  state@2026-01-02.02000000 readonly 2026-01-02T00:00:00.5Z version 2 "
			"tree 77 AAAA\n  operator@2026-01-02.02000000 Birch\n"
			"  description@2026-01-02.02000000 -\n"
			"  url@2026-01-02.02000000 https://a.example/\n"
			"  interval@2026-01-02.02000000 2026-01-01T00:00:00Z 2027-01-01T00:00:00Z\n"
			"  tls_only@2026-01-02.02000000 true\n"},
		{"previous",
			"  previous_operators 2025-06-01T00:00:00Z 7 Birch 2 "
			"2025-07-01T00:00:00Z 4 \\C3\\A9\\5C.\n"
			"  previous_operators@2026-01-02.02000000 -\n"},
		{"previous-long", "  previous_operators 2025-06-01T00:00:00Z 6 Birch\n"},
		{"unlisted", "  unlisted@2026-01-02.02000000\n"},
		{"escapes",
			"  submission_url \\2D\n  monitoring_url a\\0Ab\\5C\\C3\\A9\n"},
		{"no-utf8", "  description \\FF\n"},
		{"nul", "  operator \\00\n"},
		{"no-label", "  state@2026-01-03.03000000 usable 2026-01-02T00:00:00Z\n"},
		{"no-state", "  state@2026-01-02.02000000 -\n# a comment\n\n"},
		{"state-none", "  state none 2026-01-02T00:00:00Z\n"},
		{"bad-fact", "  colour green\n"},
	};
	put_list(c, "world", 0, PKI_WORLD_NUM_LOGS);
	put_list(c, "one", 1, 1);
	put_list(c, "tiled", 3, 1);
	put_list(c, "ended", 7, 5);
	put_small_lists(c);
	for (size_t i = 0; i < NUM(rows); i++) {
		put_history(c, "history", rows[i].name, rows[i].tail);
	}
	put_history(c, "list_diff", "history", rows[1].tail);
	put_history(c, "list_diff", "unlisted", rows[2].tail);
	put_two_lists(c, "added", 0, 3, 0, PKI_WORLD_NUM_LOGS);
	put_two_lists(c, "removed", 0, PKI_WORLD_NUM_LOGS, 5, 4);
	put_small_diffs(c);
}

// Requests.

static void put_chain_request(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "q.example");
	struct pki_sct_spec specs[2];
	struct out der = {0}, tbs = {0}, text = {0};
	size_t num = corpus_scts(c, specs);
	leaf.bare = true;
	pki_precert(&leaf, NULL, &der);
	pki_tbs(&leaf, &tbs);
	struct pki_entry entry = pki_entry_precert(c->world->ca_key, &tbs);
	derw_printf(&text, "{\"certificate\":\"");
	pki_base64(&text, der.data, der.len);
	derw_printf(&text, "\",\"scts\":[");
	for (size_t i = 0; i < num; i++) {
		struct out sct = {0};
		pki_sct(&specs[i], &entry, &sct);
		derw_printf(&text, "%s", i ? ",\"" : "");
		if (i) {
			pki_base64(&text, sct.data, sct.len);
			derw_printf(&text, "\"");
		} else {
			pki_sct_json(&sct, &text);
		}
		derw_clear(&sct);
	}
	derw_printf(&text, "],\"at\":\"%s\"}", PKI_WORLD_AT);
	corpus_put(c, "request", "precert", &text);
	derw_clear(&der);
	derw_clear(&tbs);
	derw_clear(&text);
}

void corpus_requests(struct corpus *c)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{"all",
			"{\"id\":7,\"certificate\":\"MAA=\",\"issuer\":\"MAA\",\"issuer_key_sha256\":"
			"\"00\",\"scts\":[],\"tls_scts\":\"AAA=\",\"ocsp\":\"MAA=\",\"at\":"
			"\"2026-11-01T12:00:00.123+02:00\",\"policies\":[\"apple\",\"apple-enforced\"]}"},
		{"ndjson",
			"{\"id\":\"a\",\"certificate\":\"MAA=\"}\n\n{\"id\":1.5e3}\r\n[]\n{"},
		{"spread", "{\n\"id\": \"\\u00e9\\n\",\n\"at\": \"issuance\"\n}\n"},
		{"id-real", "{\"id\":-0.1,\"policies\":[\"all\"]}"},
		{"id-bad", "{\"id\":null}"},
		{"unknown-field", "{\"certificat\":\"\"}"},
		{"odd-field", "{\"\\u001b[31m\\u202e\":1}"},
		{"unknown-policy", "{\"policies\":[\"aple\"]}"},
		{"no-policies", "{\"policies\":[]}"},
		{"hostname", "{\"hostname\":\"a.example\",\"id\":1}"},
		{"hostname-bad", "{\"hostname\":\"*.a\"}"},
		{"pins",
			"{\"pins\":[\"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]}"},
		{"pins-bad", "{\"pins\":[\"AAAA\"]}"},
		{"days", "{\"client_age_days\":60,\"id\":1}"},
		{"days-too-many", "{\"client_age_days\":3651}"},
		{"days-real", "{\"client_age_days\":60.0}"},
		{"private-root", "{\"private_root\":true,\"id\":1}"},
		{"private-root-bad", "{\"private_root\":\"true\"}"},
		{"bad-time", "{\"at\":\"2026-02-29T00:00:00Z\"}"},
		{"twice", "{\"at\":\"issuance\",\"at\":\"issuance\"}"},
		{"scts",
			"[\"AAAA\",{\"sct_version\":0,\"id\":\"AA==\",\"timestamp\":1,"
			"\"extensions\":\"\",\"signature\":\"\"}]"},
		{"lines", "AAAA\n\nBBBB\r\n"},
		{"bad-utf8", "{\"id\":\"\xff\"}"},
		{"deep", "{\"id\":[[[[[[[[[[[[[[[[[[[["},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		corpus_put_text(c, "request", rows[i].name, rows[i].text);
	}
	put_chain_request(c);
}

// Whole evaluations: fuzz_evaluate.c says what the bytes are.

#define ISSUANCE 1
#define ENFORCED 8
#define ALL 12
#define KEY_HASH 16
#define ONE_SCT 32
#define BUNDLED 64
#define POOL 128
#define ID(number) ((number) << 8) // of fuzz_evaluate.c's ids
#define AGE(number) (5 * ID(number)) // of its ages
#define SAID(bits) (3 * AGE(bits)) // beside the certificate
#define IN_2020 2

struct fields {
	struct out leaf, issuer, scts, ocsp;
};

static void put_evaluation(
	struct corpus *c, const char *name, unsigned choices, const struct fields *f)
{
	struct out file = {0};
	derw_put_uint(&file, choices & 0xff, 1);
	derw_put_uint(&file, choices >> 8, 1);
	derw_put_uint(&file, f->leaf.len, 2);
	derw_put_uint(&file, f->issuer.len, 2);
	derw_put_uint(&file, f->scts.len, 2);
	derw_put_out(&file, &f->leaf);
	derw_put_out(&file, &f->issuer);
	derw_put_out(&file, &f->scts);
	derw_put_out(&file, &f->ocsp);
	corpus_put(c, "evaluate", name, &file);
	derw_clear(&file);
}

static void clear_fields(struct fields *f)
{
	derw_clear(&f->leaf);
	derw_clear(&f->issuer);
	derw_clear(&f->scts);
	derw_clear(&f->ocsp);
}

// A leaf with embedded SCTs, in a few companies.
static void put_embedded(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "e.example");
	struct pki_sct_spec specs[2];
	size_t num = corpus_scts(c, specs);
	struct fields f = {0};
	leaf.bare = true;
	pki_issue(&leaf, specs, num, &f.leaf);
	put_evaluation(c, "no-issuer", ALL, &f);
	put_evaluation(c, "pool", ALL | POOL, &f);
	derw_put_out(&f.issuer, &c->world->ca_der);
	put_evaluation(c, "compliant", ID(1), &f);
	put_evaluation(c, "issuance", ISSUANCE | ENFORCED, &f);
	put_evaluation(c, "bundled", ALL | BUNDLED | ID(4), &f);
	put_evaluation(c, "bundled-60-days", ALL | BUNDLED | AGE(1), &f);
	put_evaluation(c, "bundled-ten-years", ISSUANCE | BUNDLED | AGE(2), &f);
	put_evaluation(c, "given-60-days", ALL | AGE(1), &f);
	put_evaluation(c, "all-sources", ALL | BUNDLED | SAID(1), &f);
	put_evaluation(c, "all-said", ALL | BUNDLED | SAID(1 + 4 + 8), &f);
	put_evaluation(c, "private-root", ALL | SAID(2 + 4), &f);
	derw_clear(&f.issuer);
	pki_hex(&f.issuer, pki_key_sha256(c->world->ca_key), PKI_SHA256_LEN);
	put_evaluation(c, "key-hash", ALL | KEY_HASH, &f);
	derw_clear(&f.issuer);
	derw_put_out(&f.issuer, &c->world->root_der);
	put_evaluation(c, "wrong-issuer", ALL, &f);
	derw_clear(&f.leaf);
	specs[1].log = specs[0].log;
	pki_issue(&leaf, specs, num, &f.leaf);
	put_evaluation(c, "one-log-twice", ALL | POOL, &f);
	clear_fields(&f);
}

// SCTs by TLS and OCSP; a chain in PEM.
static void put_delivered(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "d.example");
	struct pki_sct_spec specs[2];
	size_t num = corpus_scts(c, specs);
	struct out list = {0}, pem = {0};
	struct fields f = {0};
	leaf.bare = true;
	pki_cert(&leaf, &f.leaf);
	struct pki_entry entry = pki_entry_x509(&f.leaf);
	pki_sign_list(specs, num, &entry, &f.scts);
	put_evaluation(c, "tls", ALL | POOL | ID(2), &f);
	pki_sign_list(specs, 1, &entry, &list);
	struct pki_ocsp_single single = {
		.cert = &leaf, .this_update = 1780000000, .sct_list = &list};
	struct pki_ocsp_spec ocsp = {.singles = &single,
		.num_singles = 1,
		.signer = c->world->ca_key,
		.produced_at = 1780000000};
	pki_ocsp(&ocsp, &f.ocsp);
	derw_put_out(&f.issuer, &c->world->ca_der);
	put_evaluation(c, "ocsp", ALL, &f);
	pki_pem(&pem, "CERTIFICATE", &f.leaf);
	pki_pem(&pem, "CERTIFICATE", &c->world->ca_der);
	clear_fields(&f);
	derw_put_out(&f.leaf, &pem);
	put_evaluation(c, "pem", ALL, &f);
	clear_fields(&f);
	derw_clear(&list);
	derw_clear(&pem);
}

// By TLS, of a log that only a later list has: one that goes on behind its end, and one more.
static void put_later(struct corpus *c)
{
	static const uint8_t oak2021[] = {0x94, 0x20, 0xbc, 0x1e, 0x8e, 0xd5, 0x8d, 0x6c,
		0x88, 0x73, 0x1f, 0x82, 0x8b, 0x22, 0x2c, 0x0d, 0xd1, 0xda, 0x4d, 0x5e,
		0x6c, 0x4f, 0x94, 0x3d, 0x61, 0xdb, 0x4e, 0x2f, 0x58, 0x4d, 0xa2, 0xc2};
	struct pki_cert_spec leaf = corpus_leaf(c, "l.example");
	struct pki_sct_spec spec[2];
	struct out scts[2] = {{0}};
	struct fields f = {0};
	(void)corpus_scts(c, spec);
	leaf.bare = true;
	leaf.not_before = 1590969600; // 2020-06-01
	leaf.not_after = 1622505600; // 2021-06-01
	pki_cert(&leaf, &f.leaf);
	struct pki_entry entry = pki_entry_x509(&f.leaf);
	for (size_t i = 0; i < 2; i++) {
		pki_sct(&spec[0], &entry, &scts[i]);
		memcpy(scts[i].data + 1, oak2021, sizeof(oak2021));
	}
	derw_put_uint(&scts[0], 0, 1);
	derw_put_uint(&f.scts, scts[0].len + scts[1].len + 4, 2);
	for (size_t i = 0; i < 2; i++) {
		derw_put_uint(&f.scts, scts[i].len, 2);
		derw_put_out(&f.scts, &scts[i]);
		derw_clear(&scts[i]);
	}
	put_evaluation(c, "later-log", ALL | BUNDLED | POOL | IN_2020, &f);
	clear_fields(&f);
}

// A precertificate by a Precertificate Signing Certificate, and an SCT beside it.
static void put_precertificate(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "p.example");
	struct pki_sct_spec specs[2];
	struct out tbs = {0};
	struct fields f = {0};
	(void)corpus_scts(c, specs);
	leaf.bare = true;
	pki_precert(&leaf, &c->world->psc, &f.leaf);
	pki_tbs(&leaf, &tbs);
	struct pki_entry entry = pki_entry_precert(c->world->ca_key, &tbs);
	pki_sct(&specs[0], &entry, &f.scts);
	pki_pem(&f.issuer, "CERTIFICATE", &c->world->psc_der);
	pki_pem(&f.issuer, "CERTIFICATE", &c->world->ca_der);
	put_evaluation(c, "precert-psc", ALL | ONE_SCT, &f);
	derw_clear(&f.leaf);
	derw_put_out(&f.leaf, &tbs);
	put_evaluation(c, "tbs", ALL | ONE_SCT | POOL, &f);
	clear_fields(&f);
	derw_clear(&tbs);
}

void corpus_evaluations(struct corpus *c)
{
	struct fields f = {0};
	put_embedded(c);
	put_delivered(c);
	put_later(c);
	put_precertificate(c);
	derw_put_out(&f.leaf, &c->world->ca_der);
	put_evaluation(c, "ca", ALL | POOL, &f);
	derw_clear(&f.leaf);
	derw_printf(&f.leaf, "no certificate");
	put_evaluation(c, "text", ID(3), &f);
	clear_fields(&f);
}
