// SPDX-License-Identifier: Apache-2.0
#include "app/dedupe.h"

#include <unistd.h>

#include "app/audit_reader.h"
#include "crypto/digest.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_dedupe(void);

#define NUM_PATHS 3
#define NUM_KEYS 200000

static char folder[] = "/tmp/ctpolicy-dedupe-XXXXXX";
static char names[NUM_PATHS][64];
static char *const paths[NUM_PATHS] = {names[0], names[1], names[2]};
static struct out leaf, other, ca; // DER
static struct out leaf_base64, ca_base64;

static void write_file(size_t i, const struct out *bytes)
{
	FILE *file = fopen(names[i], "wb");
	bool done = file && fwrite(bytes->data, 1, bytes->len, file) == bytes->len;
	CHECK(file && fclose(file) == 0 && done, "%s", names[i]);
}

// Counts the first files, and takes all their records: "2 0 1 " for three of them.
static void check_times(size_t num_files, size_t want_num, const char *want)
{
	struct audit_inputs inputs = {
		.paths = paths, .num_paths = num_files, .shard = 1, .num_shards = 1};
	struct err err;
	struct buffer got;
	struct found found;
	const char *path = NULL;
	err_clear(&err);
	buffer_init(&got, 4096);
	struct dedupe *dedupe = dedupe_new(&inputs, &err);
	struct record_walk *walk = record_walk_new(&inputs, false, &err);
	if (!CHECK(dedupe && walk, "%s", err.text)) {
		return;
	}
	enum record_walk_result result = record_walk_next(walk, &path, &found, &err);
	for (; result != RECORD_WALK_END; err_clear(&err)) {
		if (result == RECORD_WALK_FOUND) {
			buffer_printf(&got, "%" PRIu64 " ", dedupe_take(dedupe, &found));
		} else {
			buffer_put_text(&got, "! ");
		}
		result = record_walk_next(walk, &path, &found, &err);
	}
	buffer_put(&got, bytes_of("", 1));
	CHECK_TEXT((char *)got.data, want, "%s", want);
	CHECK_INT(dedupe_num(dedupe), want_num, "%s", want);
	record_walk_free(walk);
	dedupe_free(dedupe);
	buffer_clear(&got);
}

// One certificate in PEM, DER, base64, and a request; another one; a CA.
static void test_forms(void)
{
	struct out pem = {0};
	struct out der = {0};
	struct out lines = {0};
	pki_pem(&pem, "CERTIFICATE", &leaf);
	pki_pem(&pem, "CERTIFICATE", &ca); // its chain
	pki_pem(&pem, "CERTIFICATE", &other);
	pki_pem(&pem, "TRUSTED CERTIFICATE", &leaf);
	pki_pem(&pem, "X509 CERTIFICATE", &leaf);
	pki_pem(&pem, "CERTIFICATE", &ca);
	derw_put_out(&der, &leaf);
	derw_put_out(&der, &ca);
	derw_put_out(&der, &leaf);
	derw_put_out(&der, &leaf);
	derw_put_out(&der, &ca);
	derw_put_out(&lines, &leaf_base64);
	derw_printf(&lines, "\n");
	derw_put_out(&lines, &leaf_base64);
	derw_printf(&lines, "=x\n!\n"); // that nobody can read is always new
	derw_printf(&lines, "!\n");
	write_file(0, &pem);
	write_file(1, &der);
	write_file(2, &lines);
	check_times(1, 3, "2 1 1 0 ");
	check_times(2, 4, "2 1 2 0 2 0 0 ");
	check_times(3, 4, "2 1 3 0 2 0 0 0 1 1 1 ");
	derw_clear(&pem);
	derw_clear(&der);
	derw_clear(&lines);
}

// What stands in a request beside its certificate, and whether that makes another one of
// it.
static void test_requests(void)
{
	static const char *const parts[] = {
		"",
		",\"id\":\"x\"",
		",\"at\":\"2026-06-01T12:00:00Z\"",
		",\"at\":\"2026-06-01T12:00:01Z\"",
		",\"at\":\"1970-01-01T00:00:00Z\"",
		",\"at\":\"issuance\"",
		",\"scts\":[\"AAAA\"]",
		",\"scts\":[\"AAAA\",\"AAAA\"]",
		",\"scts\":[\"AAAAAAAA\"]",
		",\"tls_scts\":\"AAAA\"",
		",\"ocsp\":\"AAAA\"",
		",\"policies\":[\"apple\"]",
		",\"policies\":[\"apple-enforced\"]",
		",\"at\":\"issuance\",\"policies\":[\"apple\"]",
		",\"issuer_key_sha256\":\"AAAA\"",
		",\"issuer_key_sha256\":\"AAAB\"",
		",\"issuer_key_sha256\":\"\"",
		",\"tls_scts\":\"\"",
		",\"issuer\":\"%s\"",
		",\"issuer\":\"%s\",\"id\":2",
		",\"issuer\":\"\"",
		"",
		",\"client_age_days\":0",
		",\"client_age_days\":60",
		",\"client_age_days\":60,\"id\":3",
		",\"private_root\":false",
		",\"private_root\":true",
		",\"private_root\":true,\"id\":5",
		",\"precertificate\":\"AAAA\"",
		",\"hostname\":\"a.example\"",
		",\"hostname\":\"b.example\"",
		",\"hostname\":\"A.example.\",\"id\":4",
		",\"pins\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]",
	};
	struct out lines = {0};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		derw_printf(&lines, "{\"certificate\":\"");
		derw_put_out(&lines, &leaf_base64);
		const char *ca_place = strstr(parts[i], "%s");
		size_t len = strlen(parts[i]);
		size_t before = ca_place ? (size_t)(ca_place - parts[i]) : len;
		derw_printf(&lines, "\"%.*s", (int)before, parts[i]);
		if (ca_place) {
			derw_put_out(&lines, &ca_base64);
			derw_printf(&lines, "%s", ca_place + 2);
		}
		derw_printf(&lines, "}\n");
	}
	derw_printf(&lines, "{\"certificate\":1}\n{\"certificate\":1}\n{}\n");
	write_file(0, &lines);
	check_times(1, 26,
		"3 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 0 1 0 1 2 0 1 2 0 1 2 1 0 1 1 1 1 ");
	derw_clear(&lines);
}

static void test_memory(void)
{
	struct audit_inputs inputs = {
		.paths = paths, .num_paths = 1, .shard = 1, .num_shards = 1};
	struct out lines = {0};
	struct err err;
	err_clear(&err);
	for (unsigned i = 0; i < NUM_KEYS; i++) {
		derw_printf(&lines, "{\"certificate\":\"%08u\"}\n", i);
	}
	write_file(0, &lines);
	struct dedupe *dedupe = dedupe_new(&inputs, &err);
	if (CHECK(dedupe != NULL, "%s", err.text)) {
		CHECK_INT(dedupe_num(dedupe), NUM_KEYS, "distinct ones");
		CHECK(dedupe_bytes(dedupe) <= (size_t)48 * NUM_KEYS, "%zu bytes",
			dedupe_bytes(dedupe));
	}
	dedupe_free(dedupe);
	derw_clear(&lines);
}

// What changes between the passes is new; a file that cannot be read is passed over.
static void test_changed(void)
{
	struct out lines = {0};
	struct err err;
	struct found found = {.data = bytes_of(other.data, other.len)};
	struct audit_inputs inputs = {
		.paths = paths, .num_paths = 2, .shard = 1, .num_shards = 1};
	err_clear(&err);
	derw_put_out(&lines, &leaf);
	write_file(0, &lines);
	CHECK(unlink(names[1]) == 0, "%s", names[1]);
	struct dedupe *dedupe = dedupe_new(&inputs, &err);
	if (CHECK(dedupe != NULL, "%s", err.text)) {
		CHECK_INT(dedupe_take(dedupe, &found), 1, "not counted");
		CHECK_INT(dedupe_take(dedupe, &found), 1, "not counted, again");
	}
	dedupe_free(dedupe);
	dedupe_free(NULL);
	derw_clear(&lines);
}

// The hash of the first file's only batch, or of none.
static void hash_inputs(bool counted, uint8_t out[DIGEST_SHA256_LEN])
{
	struct audit_inputs inputs = {
		.paths = paths, .num_paths = 1, .shard = 1, .num_shards = 1};
	struct err err;
	err_clear(&err);
	struct dedupe *dedupe = counted ? dedupe_new(&inputs, &err) : NULL;
	struct audit_reader *reader = audit_reader_new(&inputs, dedupe, true, &err);
	struct batch *batch = batch_new(&err);
	if (CHECK(reader && batch && audit_reader_fill(reader, batch), "%s", err.text)) {
		memcpy(out, batch->input_hash, DIGEST_SHA256_LEN);
	}
	batch_free(batch);
	audit_reader_free(reader);
	dedupe_free(dedupe);
}

// What a checkpoint is held to: with the counts, where somebody counts.
static void test_hash(void)
{
	struct out der = {0};
	uint8_t plain[DIGEST_SHA256_LEN] = {0};
	uint8_t once[DIGEST_SHA256_LEN] = {0};
	uint8_t again[DIGEST_SHA256_LEN] = {0};
	uint8_t twice[DIGEST_SHA256_LEN] = {0};
	derw_put_out(&der, &leaf);
	write_file(0, &der);
	hash_inputs(false, plain);
	hash_inputs(true, once);
	hash_inputs(true, again);
	derw_put_out(&der, &leaf);
	write_file(0, &der);
	hash_inputs(true, twice);
	CHECK(memcmp(once, again, sizeof(once)) == 0, "the same inputs");
	CHECK(memcmp(once, twice, sizeof(once)) != 0, "one was added that is equal");
	CHECK(memcmp(once, plain, sizeof(once)) != 0, "counted");
	derw_clear(&der);
}

void test_dedupe(void)
{
	struct pki_world *world = pki_world_new("dedupe");
	int64_t start = pki_seconds(PKI_WORLD_NOT_BEFORE);
	struct pki_cert_spec spec =
		pki_world_leaf(world, "a.example", start, start + PKI_DAY);
	pki_cert(&spec, &leaf);
	spec.dns_name = "b.example";
	pki_cert(&spec, &other);
	derw_put_out(&ca, &world->ca_der);
	pki_base64(&leaf_base64, leaf.data, leaf.len);
	pki_base64(&ca_base64, ca.data, ca.len);
	if (CHECK(mkdtemp(folder) != NULL, "a folder")) {
		for (size_t i = 0; i < NUM_PATHS; i++) {
			(void)snprintf(names[i], sizeof(names[i]), "%s/%zu", folder, i);
		}
		test_forms();
		test_requests();
		test_memory();
		test_changed();
		test_hash();
		for (size_t i = 0; i < NUM_PATHS; i++) {
			(void)unlink(names[i]);
		}
		(void)rmdir(folder);
	}
	derw_clear(&leaf);
	derw_clear(&other);
	derw_clear(&ca);
	derw_clear(&leaf_base64);
	derw_clear(&ca_base64);
	pki_world_free(world);
}
