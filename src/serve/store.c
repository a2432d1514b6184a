// SPDX-License-Identifier: Apache-2.0
#include "serve/store.h"

#include <stdlib.h>

struct snapshot *snapshot_new(struct err *err)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
	if (!snapshot) {
		err_no_memory(err);
		return NULL;
	}
	atomic_init(&snapshot->refs, 1);
	kept_lists_init(&snapshot->kept);
	err_clear(&snapshot->why);
	return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
	if (!snapshot || atomic_fetch_sub(&snapshot->refs, 1) > 1) {
		return;
	}
	lists_unref(snapshot->lists);
	kept_lists_clear(&snapshot->kept);
	free(snapshot);
}

void store_init(struct store *store)
{
	(void)pthread_mutex_init(&store->mutex, NULL);
	store->present = NULL;
	store->tokens = (struct token_sets){NULL, NULL};
	store->roots = NULL;
}

void store_clear(struct store *store)
{
	snapshot_unref(store->present);
	token_sets_unref(&store->tokens);
	issuers_unref(store->roots);
	(void)pthread_mutex_destroy(&store->mutex);
}

struct snapshot *store_get(struct store *store)
{
	(void)pthread_mutex_lock(&store->mutex);
	struct snapshot *snapshot = store->present;
	if (snapshot) {
		(void)atomic_fetch_add(&snapshot->refs, 1);
	}
	(void)pthread_mutex_unlock(&store->mutex);
	return snapshot;
}

void store_swap(struct store *store, struct snapshot *snapshot)
{
	(void)pthread_mutex_lock(&store->mutex);
	struct snapshot *before = store->present;
	store->present = snapshot;
	(void)pthread_mutex_unlock(&store->mutex);
	snapshot_unref(before);
}

struct token_sets store_get_tokens(struct store *store)
{
	(void)pthread_mutex_lock(&store->mutex);
	struct token_sets out = {
		tokens_ref(store->tokens.callers), tokens_ref(store->tokens.admins)};
	(void)pthread_mutex_unlock(&store->mutex);
	return out;
}

void store_swap_tokens(struct store *store, struct token_sets tokens)
{
	(void)pthread_mutex_lock(&store->mutex);
	struct token_sets before = store->tokens;
	store->tokens = tokens;
	(void)pthread_mutex_unlock(&store->mutex);
	token_sets_unref(&before);
}

void token_sets_unref(struct token_sets *tokens)
{
	tokens_unref(tokens->callers);
	tokens_unref(tokens->admins);
}

struct issuers *store_get_roots(struct store *store)
{
	(void)pthread_mutex_lock(&store->mutex);
	struct issuers *out = issuers_ref(store->roots);
	(void)pthread_mutex_unlock(&store->mutex);
	return out;
}

void store_swap_roots(struct store *store, struct issuers *roots)
{
	(void)pthread_mutex_lock(&store->mutex);
	struct issuers *before = store->roots;
	store->roots = roots;
	(void)pthread_mutex_unlock(&store->mutex);
	issuers_unref(before);
}
