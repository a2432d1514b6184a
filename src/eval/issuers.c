// SPDX-License-Identifier: Apache-2.0
#include "eval/issuers.h"

#include <stdlib.h>

#include "x509/pem.h"

struct entry {
	struct bytes der; // in the arena; the others point into it
	struct bytes subject;
	struct bytes key_id;
};

struct issuers {
	struct arena arena;
	struct cert *cert; // scratch for reading
	struct entry *entries;
	size_t num;
	size_t cap;
};

struct issuers *issuers_new(struct err *err)
{
	struct issuers *issuers = calloc(1, sizeof(*issuers));
	if (issuers) {
		issuers->cert = calloc(1, sizeof(*issuers->cert));
	}
	if (!issuers || !issuers->cert) {
		err_no_memory(err);
		issuers_free(issuers);
		return NULL;
	}
	return issuers;
}

void issuers_free(struct issuers *issuers)
{
	if (!issuers) {
		return;
	}
	arena_clear(&issuers->arena);
	free(issuers->cert);
	free(issuers->entries);
	free(issuers);
}

static bool add_der(struct issuers *issuers, struct bytes der, struct err *err)
{
	struct bytes copy = arena_copy(&issuers->arena, der);
	if (!copy.data) {
		return err_no_memory(err);
	}
	if (!cert_read(copy, issuers->cert, err)) {
		return false;
	}
	if (issuers->num == ISSUERS_MAX) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"more than %zu issuers", ISSUERS_MAX);
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

// Of one subject by the certificates' own bytes: the order in which they came in, a
// folder's for instance, changes nothing.
static int by_subject(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order = compare(x->subject, y->subject);
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

size_t issuers_find(const struct issuers *issuers, struct bytes name, size_t *out_first)
{
	size_t low = 0;
	size_t high = issuers->num;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(issuers->entries[middle].subject, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	size_t end = low;
	while (end < issuers->num && compare(issuers->entries[end].subject, name) == 0) {
		end++;
	}
	*out_first = low;
	return end - low;
}

struct bytes issuers_der(const struct issuers *issuers, size_t index)
{
	return issuers->entries[index].der;
}

struct bytes issuers_key_id(const struct issuers *issuers, size_t index)
{
	return issuers->entries[index].key_id;
}
