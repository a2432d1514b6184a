// SPDX-License-Identifier: Apache-2.0
#include "app/dedupe.h"

#include <limits.h>
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
// Two chains, SCTs, four fields, time, its kind and the age of lists, name and pins, policies, how
// many of each, lengths.
#define NUM_PARTS \
	(2 * PEM_MAX_CERTIFICATES + MAX_SCTS + 4 + 5 + 2 + REQUEST_MAX_POLICIES + 2)
#define NUM_COUNTS 4
// Of pins, and of the names that they are for.
#define PINS_TEXT_MAX ((size_t)1024 * 1024)
// No field at all is not the same as an empty one.
#define NOT_GIVEN SIZE_MAX

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

struct parts {
	struct bytes items[NUM_PARTS];
	size_t lens[NUM_PARTS];
	size_t num;
};

static void put(struct parts *parts, struct bytes part)
{
	parts->lens[parts->num] = part.data ? part.len : NOT_GIVEN;
	parts->items[parts->num++] = part;
}

// Each certificate of a field, in DER.
static bool put_chain(
	struct dedupe *dedupe, struct bytes field, struct parts *parts, size_t *out_count)
{
	struct pem_chain chain;
	struct err ignored;
	err_clear(&ignored);
	if (!pem_find_chain(field, &chain, &ignored)) {
		return false;
	}
	for (size_t i = 0; i < chain.num; i++) {
		struct bytes der;
		if (!pem_chain_der(&chain, i, &dedupe->arena, &der, &ignored)) {
			return false;
		}
		put(parts, der);
	}
	*out_count = chain.num;
	return true;
}

// With what the pins belong to.
static bool put_pins(
	struct dedupe *dedupe, const struct pin_set *set, struct parts *parts)
{
	struct buffer text;
	if (!set) {
		put(parts, BYTES_NONE);
		return true;
	}
	buffer_init(&text, PINS_TEXT_MAX);
	buffer_put(&text, bytes_of(set->pins, set->num * PIN_LEN));
	for (size_t i = 0; i < set->num_groups; i++) {
		const struct pin_group *group = &set->groups[i];
		buffer_put(&text, bytes_of(group->pins, sizeof(group->pins)));
		buffer_printf(&text, "%d %d %lld %zu ", group->bare, group->expires,
			(long long)group->expires_ms, group->text);
	}
	for (size_t i = 0; i < set->num_domains; i++) {
		const struct pin_domain *domain = &set->domains[i];
		buffer_printf(&text, "%d %zu %zu ", (int)domain->below, domain->group,
			domain->name.len);
		buffer_put(&text, domain->name);
	}
	bool done = !text.failed;
	struct bytes copy = arena_copy(&dedupe->arena, buffer_bytes(&text));
	put(parts, copy);
	buffer_clear(&text);
	return done && copy.data;
}

// All that a report hangs on, but the id: the issuer too, as the certificate names it
// without saying whether it is given, or which one of that name, and what else stands in
// the chain. Where it was given in another place, it is another request.
static bool hash_request(
	struct dedupe *dedupe, const struct ctp_request *request, uint8_t *out)
{
	static const enum request_field plain[] = {REQUEST_ISSUER_KEY_SHA256,
		REQUEST_TLS_SCTS, REQUEST_OCSP, REQUEST_PRECERTIFICATE};
	const struct bytes *fields = request->fields;
	struct parts parts = {.num = 0};
	size_t counts[NUM_COUNTS] = {
		0, NOT_GIVEN, request->num_scts, request->num_policies};
	if (request->num_scts > MAX_SCTS || !fields[REQUEST_CERTIFICATE].data ||
		!put_chain(dedupe, fields[REQUEST_CERTIFICATE], &parts, &counts[0]) ||
		(fields[REQUEST_ISSUER].data &&
			!put_chain(dedupe, fields[REQUEST_ISSUER], &parts, &counts[1]))) {
		return false;
	}
	for (size_t i = 0; i < request->num_scts; i++) {
		put(&parts, request->scts[i]);
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		put(&parts, fields[plain[i]]);
	}
	put(&parts, bytes_of(&request->at_ms, sizeof(request->at_ms)));
	put(&parts, bytes_of(&request->time_of_check, sizeof(request->time_of_check)));
	put(&parts,
		bytes_of(&request->client_age_days, sizeof(request->client_age_days)));
	// Not said at all is not the same as no.
	put(&parts, bytes_of(&request->private_root, sizeof(request->private_root)));
	put(&parts,
		bytes_of(
			&request->says_private_root, sizeof(request->says_private_root)));
	put(&parts, request->host ? bytes_of_text(request->host->name) : BYTES_NONE);
	if (!put_pins(dedupe, request->pins, &parts)) {
		return false;
	}
	for (size_t i = 0; i < request->num_policies; i++) {
		put(&parts, bytes_of_text(request->policies[i]->name));
	}
	// With their numbers and lengths, so that none is taken for a part of another.
	put(&parts, bytes_of(counts, sizeof(counts)));
	put(&parts, bytes_of(parts.lens, parts.num * sizeof(parts.lens[0])));
	return digest_sha256(dedupe->digest, parts.items, parts.num, out);
}

// False: nobody can say what it is, so that it is like no other.
static bool key_of(struct dedupe *dedupe, const struct found *found, uint8_t *out)
{
	// No number of days at all is not the same as 0, which an option does not change.
	struct ctp_request request = {.client_age_days = UINT_MAX};
	struct err ignored;
	err_clear(&ignored);
	arena_reset(&dedupe->arena);
	if (!found->is_request) {
		request.fields[REQUEST_CERTIFICATE] = found->data;
		request.fields[REQUEST_ISSUER] =
			found->issuer.len ? found->issuer : BYTES_NONE;
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
	off_t start = 0;
	if (!dedupe) {
		err_no_memory(err);
		return NULL;
	}
	dedupe->bytes = sizeof(*dedupe);
	dedupe->digest = digest_new(err);
	if (!dedupe->digest || (reads && !spool_standard_input(&start, err)) ||
		!count_all(dedupe, inputs, err) || (reads && !spool_rewind(start, err))) {
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
