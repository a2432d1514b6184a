// SPDX-License-Identifier: Apache-2.0
#include "app/dedupe.h"

#include <stdlib.h>
#include <string.h>

#include "app/input.h"
#include "app/spool.h"
#include "crypto/digest.h"
#include "x509/pem.h"

// Of a SHA-256; so much of it that nobody finds two certificates alike.
#define KEY_LEN 16
// Many small tables, so that only one at a time stands in memory twice, while it grows.
#define NUM_TABLES 4096
#define FIRST_CAP 8

struct entry {
	uint8_t key[KEY_LEN];
	uint32_t times; // 0: free; up to UINT32_MAX / 2 it counts, and then no more
};

// Requests with more SCTs of their own are like no other.
#define MAX_SCTS 16
// Certificate, SCTs, TLS SCTs, OCSP response, time and its kind, policies, lengths.
#define NUM_PARTS (6 + MAX_SCTS + REQUEST_MAX_POLICIES)

#define TAKEN ((uint32_t)1 << 31)
#define MAX_TIMES (TAKEN - 1)

// Open addressing, at most three quarters full.
struct table {
	struct entry *entries;
	uint32_t cap;
	uint32_t num;
};

struct dedupe {
	struct table tables[NUM_TABLES];
	size_t num;
	size_t bytes;
	struct digest *digest;
	struct arena arena; // of the present record
};

static struct entry *find_place(const struct table *table, const uint8_t *key)
{
	uint64_t hash;
	memcpy(&hash, key + 4, sizeof(hash));
	size_t at = hash % table->cap;
	while (table->entries[at].times &&
		memcmp(table->entries[at].key, key, KEY_LEN) != 0) {
		at = at + 1 < table->cap ? at + 1 : 0;
	}
	return &table->entries[at];
}

static struct table *table_of(struct dedupe *dedupe, const uint8_t *key)
{
	return &dedupe->tables[((size_t)key[0] << 8 | key[1]) % NUM_TABLES];
}

static bool grow(struct dedupe *dedupe, struct table *table)
{
	struct table grown = {
		.cap = table->cap ? table->cap + table->cap / 2 : FIRST_CAP};
	grown.entries = calloc(grown.cap, sizeof(*grown.entries));
	if (!grown.entries) {
		return false;
	}
	for (size_t i = 0; i < table->cap; i++) {
		if (table->entries[i].times) {
			*find_place(&grown, table->entries[i].key) = table->entries[i];
		}
	}
	grown.num = table->num;
	dedupe->bytes += (grown.cap - table->cap) * sizeof(struct entry);
	free(table->entries);
	*table = grown;
	return true;
}

static bool count(struct dedupe *dedupe, const uint8_t *key)
{
	struct table *table = table_of(dedupe, key);
	if (table->num >= table->cap / 4 * 3 && !grow(dedupe, table)) {
		return false;
	}
	struct entry *entry = find_place(table, key);
	if (!entry->times) {
		memcpy(entry->key, key, KEY_LEN);
		table->num++;
		dedupe->num++;
	}
	entry->times += entry->times < MAX_TIMES;
	return true;
}

// The parts that make a request what it is: its first certificate, and what else a
// verdict hangs on beside the issuer, which the certificate names.
static bool hash_request(
	struct dedupe *dedupe, const struct ctp_request *request, uint8_t *out)
{
	struct pem_chain chain;
	struct bytes der;
	struct err ignored;
	struct bytes parts[NUM_PARTS];
	size_t lens[NUM_PARTS + 1];
	size_t num = 0;
	err_clear(&ignored);
	if (!request->fields[REQUEST_CERTIFICATE].data ||
		!pem_find_chain(request->fields[REQUEST_CERTIFICATE], &chain, &ignored) ||
		!pem_chain_der(&chain, 0, &dedupe->arena, &der, &ignored) ||
		request->num_scts > MAX_SCTS) {
		return false;
	}
	parts[num++] = der;
	for (size_t i = 0; i < request->num_scts; i++) {
		parts[num++] = request->scts[i];
	}
	parts[num++] = request->fields[REQUEST_TLS_SCTS];
	parts[num++] = request->fields[REQUEST_OCSP];
	parts[num++] = bytes_of(&request->at_ms, sizeof(request->at_ms));
	parts[num++] = bytes_of(&request->time_of_check, sizeof(request->time_of_check));
	for (size_t i = 0; i < request->num_policies; i++) {
		parts[num++] = bytes_of_text(request->policies[i]->name);
	}
	// With their lengths, so that none is taken for a part of another.
	for (size_t i = 0; i < num; i++) {
		lens[i] = parts[i].len;
	}
	lens[num] = request->num_scts;
	parts[num] = bytes_of(lens, (num + 1) * sizeof(lens[0]));
	return digest_sha256(dedupe->digest, parts, num + 1, out);
}

// False: nobody can say what it is, so that it is like no other.
static bool key_of(struct dedupe *dedupe, const struct found *found, uint8_t *out)
{
	struct ctp_request request = {.num_scts = 0};
	struct err ignored;
	err_clear(&ignored);
	arena_reset(&dedupe->arena);
	if (!found->is_request) {
		request.fields[REQUEST_CERTIFICATE] = found->data;
	} else if (!input_read_request(found->data, &dedupe->arena, &request, &ignored)) {
		return false;
	}
	return hash_request(dedupe, &request, out);
}

static bool count_all(
	struct dedupe *dedupe, const struct audit_inputs *inputs, struct err *err)
{
	struct record_walk *walk = record_walk_new(inputs, false, err);
	bool done = walk != NULL;
	while (done) {
		const char *path = NULL;
		struct found found;
		struct err reason;
		uint8_t key[DIGEST_SHA256_LEN];
		err_clear(&reason);
		enum record_walk_result result =
			record_walk_next(walk, &path, &found, &reason);
		if (result == RECORD_WALK_END) {
			break;
		}
		done = result != RECORD_WALK_NO_MEMORY &&
			(result == RECORD_WALK_BAD || !key_of(dedupe, &found, key) ||
				count(dedupe, key));
	}
	record_walk_free(walk);
	return done || err_no_memory(err);
}

static bool reads_standard_input(const struct audit_inputs *inputs)
{
	bool reads = inputs->num_paths == 0;
	for (size_t i = 0; i < inputs->num_paths; i++) {
		reads = reads || strcmp(inputs->paths[i], "-") == 0;
	}
	return reads;
}

struct dedupe *dedupe_new(const struct audit_inputs *inputs, struct err *err)
{
	struct dedupe *dedupe = calloc(1, sizeof(*dedupe));
	bool reads = reads_standard_input(inputs);
	if (!dedupe) {
		err_no_memory(err);
		return NULL;
	}
	dedupe->bytes = sizeof(*dedupe);
	dedupe->digest = digest_new(err);
	if (!dedupe->digest || (reads && !spool_standard_input(err)) ||
		!count_all(dedupe, inputs, err) || (reads && !spool_rewind(err))) {
		dedupe_free(dedupe);
		return NULL;
	}
	return dedupe;
}

void dedupe_free(struct dedupe *dedupe)
{
	if (!dedupe) {
		return;
	}
	for (size_t i = 0; i < NUM_TABLES; i++) {
		free(dedupe->tables[i].entries);
	}
	digest_free(dedupe->digest);
	arena_clear(&dedupe->arena);
	free(dedupe);
}

uint64_t dedupe_take(struct dedupe *dedupe, const struct found *found)
{
	uint8_t key[DIGEST_SHA256_LEN];
	if (!key_of(dedupe, found, key)) {
		return 1;
	}
	struct table *table = table_of(dedupe, key);
	struct entry *entry = table->cap ? find_place(table, key) : NULL;
	if (!entry || !entry->times) {
		return 1; // the inputs have changed since they were counted
	}
	uint64_t times = entry->times & TAKEN ? 0 : entry->times;
	entry->times |= TAKEN;
	return times;
}

size_t dedupe_num(const struct dedupe *dedupe)
{
	return dedupe->num;
}

size_t dedupe_bytes(const struct dedupe *dedupe)
{
	return dedupe->bytes;
}
