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
	archive_init(&snapshot->archive);
	err_clear(&snapshot->why);
	return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
	if (!snapshot || atomic_fetch_sub(&snapshot->refs, 1) > 1) {
		return;
	}
	lists_unref(snapshot->lists);
	archive_clear(&snapshot->archive);
	tokens_unref(snapshot->tokens);
	tokens_unref(snapshot->admin_tokens);
	free(snapshot);
}

void store_init(struct store *store)
{
	(void)pthread_mutex_init(&store->mutex, NULL);
	store->present = NULL;
}

void store_clear(struct store *store)
{
	snapshot_unref(store->present);
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
