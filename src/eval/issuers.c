// SPDX-License-Identifier: Apache-2.0
#include "eval/issuers.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "x509/pem.h"

struct entry {
	struct bytes der; // in the arena; the others point into it
	struct bytes subject;
	struct bytes key_id;
};

struct issuers {
	atomic_uint refs;
	struct arena arena;
	struct cert *cert; // scratch for reading
	struct entry *entries;
	size_t num;
	size_t cap;
	size_t bytes; // of all DER
};

struct issuers *issuers_new(struct err *err)
{
	struct issuers *issuers = calloc(1, sizeof(*issuers));
	if (issuers) {
		atomic_init(&issuers->refs, 1);
		issuers->cert = calloc(1, sizeof(*issuers->cert));
	}
	if (!issuers || !issuers->cert) {
		err_no_memory(err);
		issuers_unref(issuers);
		return NULL;
	}
	return issuers;
}

struct issuers *issuers_ref(struct issuers *issuers)
{
	if (issuers) {
		(void)atomic_fetch_add(&issuers->refs, 1);
	}
	return issuers;
}

void issuers_unref(struct issuers *issuers)
{
	if (!issuers || atomic_fetch_sub(&issuers->refs, 1) > 1) {
		return;
	}
	arena_clear(&issuers->arena);
	free(issuers->cert);
	free(issuers->entries);
	free(issuers);
}

static bool add_der(struct issuers *issuers, struct bytes der, struct err *err)
{
	if (der.len > ISSUERS_MAX_BYTES - issuers->bytes) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"certificates of more than %zu bytes", ISSUERS_MAX_BYTES);
	}
	struct bytes copy = arena_copy(&issuers->arena, der);
	if (!copy.data) {
		return err_no_memory(err);
	}
	issuers->bytes += der.len;
	if (!cert_read(copy, issuers->cert, err)) {
		return false;
	}
	if (issuers->num == ISSUERS_MAX) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"more than %zu certificates", ISSUERS_MAX);
	}
	if (issuers->num == issuers->cap) {
		size_t cap = issuers->cap ? 2 * issuers->cap : 64;
		struct entry *grown = realloc(issuers->entries, cap * sizeof(*grown));
		if (!grown) {
			return err_no_memory(err);
		}
		issuers->entries = grown;
		issuers->cap = cap;
	}
	issuers->entries[issuers->num++] = (struct entry){
		copy, issuers->cert->subject, issuers->cert->subject_key_id};
	return true;
}

static bool add_file(struct issuers *issuers, struct bytes file, struct err *err)
{
	struct pem_block block;
	size_t at = 0;
	size_t num = 0;
	while (pem_next(file, &at, CODE_BAD_CERTIFICATE, &block, err)) {
		struct bytes der;
		if (!pem_is_certificate(&block)) {
			continue;
		}
		if (!pem_decode(&block, file, CODE_BAD_CERTIFICATE, &issuers->arena, &der,
			    err) ||
			!add_der(issuers, pem_without_trust(der, &block), err)) {
			return false;
		}
		num++;
	}
	struct bytes der;
	return num > 0 ? err->code == CODE_NONE
		       : err->code == CODE_NONE &&
			pem_read_object(
				file, CODE_BAD_CERTIFICATE, &issuers->arena, &der, err) &&
			add_der(issuers, der, err);
}

bool issuers_add(struct issuers *issuers, struct bytes file, struct err *err)
{
	size_t before = issuers->num;
	if (!add_file(issuers, file, err)) {
		issuers->num = before;
		return false;
	}
	return true;
}

static int compare(struct bytes a, struct bytes b)
{
	if (a.len != b.len) {
		return a.len < b.len ? -1 : 1;
	}
	return memcmp(a.data, b.data, a.len);
}

// Of one subject by key identifier, then by the certificates' own bytes: the order in which
// they came in, a folder's for instance, changes nothing.
static int by_subject(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order = compare(x->subject, y->subject);
	order = order ? order : compare(x->key_id, y->key_id);
	return order ? order : compare(x->der, y->der);
}

void issuers_freeze(struct issuers *issuers)
{
	if (issuers->num) {
		qsort(issuers->entries, issuers->num, sizeof(*issuers->entries),
			by_subject);
	}
}

size_t issuers_num(const struct issuers *issuers)
{
	return issuers->num;
}

size_t issuers_bytes(const struct issuers *issuers)
{
	return issuers->bytes;
}

// Where in the order `name` and `key_id` begin, or, with `behind`, where they end. With
// key_id NULL the name alone counts.
static size_t place_of(const struct issuers *issuers, struct bytes name,
	const struct bytes *key_id, bool behind)
{
	size_t low = 0;
	size_t high = issuers->num;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct entry *entry = &issuers->entries[middle];
		int order = compare(entry->subject, name);
		order = order == 0 && key_id ? compare(entry->key_id, *key_id) : order;
		if (order < 0 || (order == 0 && behind)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

size_t issuers_find(const struct issuers *issuers, struct bytes name, size_t *out_first)
{
	*out_first = place_of(issuers, name, NULL, false);
	return place_of(issuers, name, NULL, true) - *out_first;
}

size_t issuers_find_key(const struct issuers *issuers, struct bytes name,
	struct bytes key_id, size_t *out_first)
{
	*out_first = place_of(issuers, name, &key_id, false);
	return place_of(issuers, name, &key_id, true) - *out_first;
}

struct bytes issuers_der(const struct issuers *issuers, size_t index)
{
	return issuers->entries[index].der;
}
