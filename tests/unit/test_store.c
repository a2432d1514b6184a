// SPDX-License-Identifier: Apache-2.0
#include "serve/store.h"

#include "tests/unit/test.h"

void test_store(void);

#define NUM_READERS 3
#define NUM_SWAPS 2000

static struct snapshot *new_snapshot(void)
{
	struct err err;
	err_clear(&err);
	struct snapshot *snapshot = snapshot_new(&err);
	CHECK(snapshot != NULL, "%s", err.text);
	return snapshot;
}

static void test_references(void)
{
	struct store store;
	store_init(&store);
	CHECK(store_get(&store) == NULL, "before the first");
	struct snapshot *first = new_snapshot();
	CHECK(!first->lists, "nothing in it");
	CHECK_CODE(&first->why, CODE_NONE, "nothing in it");
	store_swap(&store, first);
	CHECK_INT(atomic_load(&first->refs), 1, "the store's");
	struct snapshot *held = store_get(&store);
	CHECK(held == first, "the present one");
	CHECK_INT(atomic_load(&first->refs), 2, "the store's and ours");
	struct snapshot *second = new_snapshot();
	store_swap(&store, second);
	CHECK_INT(atomic_load(&held->refs), 1, "ours alone");
	struct snapshot *other = store_get(&store);
	CHECK(other == second, "the new one");
	snapshot_unref(held);
	store_swap(&store, NULL);
	CHECK(store_get(&store) == NULL, "none");
	CHECK_INT(atomic_load(&other->refs), 1, "ours alone");
	snapshot_unref(other);
	snapshot_unref(NULL);
	store_swap(&store, new_snapshot());
	store_clear(&store); // frees it
}

// Of readers that go on while another thread exchanges what they read.
struct reading {
	pthread_t thread;
	struct store *store;
	const atomic_bool *is_over;
	size_t num, num_wrong;
};

// What is written in a snapshot before it is shared is there for whoever gets it, and they
// come in order.
static void *read_again_and_again(void *argument)
{
	struct reading *reading = argument;
	size_t last = 0;
	while (!atomic_load(reading->is_over) || reading->num == 0) {
		struct snapshot *snapshot = store_get(reading->store);
		size_t number = snapshot->why.offset;
		bool is_good = number >= last && number <= NUM_SWAPS &&
			snapshot->why.code == CODE_LOG_LIST_MISSING;
		struct token_sets tokens = store_get_tokens(reading->store);
		is_good = is_good &&
			tokens_know(tokens.callers,
				BYTES_LITERAL("Bearer 0123456789abcdef")) &&
			!tokens.admins;
		token_sets_unref(&tokens);
		last = number;
		reading->num_wrong += is_good ? 0 : 1;
		reading->num++;
		snapshot_unref(snapshot);
	}
	return NULL;
}

static struct snapshot *numbered(size_t number)
{
	struct snapshot *snapshot = new_snapshot();
	snapshot->why.code = CODE_LOG_LIST_MISSING;
	snapshot->why.offset = number;
	return snapshot;
}

static void swap_tokens(struct store *store)
{
	struct err err;
	err_clear(&err);
	struct token_sets tokens = {
		.callers = tokens_parse(BYTES_LITERAL("0123456789abcdef"), &err)};
	CHECK_CODE(&err, CODE_NONE, "a token");
	store_swap_tokens(store, tokens);
}

static void test_readers(void)
{
	struct store store;
	struct reading readings[NUM_READERS] = {0};
	atomic_bool is_over;
	atomic_init(&is_over, false);
	store_init(&store);
	store_swap(&store, numbered(0));
	swap_tokens(&store);
	for (size_t i = 0; i < NUM_READERS; i++) {
		readings[i] = (struct reading){.store = &store, .is_over = &is_over};
		CHECK(pthread_create(&readings[i].thread, NULL, read_again_and_again,
			      &readings[i]) == 0,
			"a thread");
	}
	for (size_t i = 1; i <= NUM_SWAPS; i++) {
		store_swap(&store, numbered(i));
		swap_tokens(&store);
	}
	atomic_store(&is_over, true);
	for (size_t i = 0; i < NUM_READERS; i++) {
		(void)pthread_join(readings[i].thread, NULL);
		CHECK(readings[i].num > 0, "it read");
		CHECK_INT(readings[i].num_wrong, 0, "of %zu", readings[i].num);
	}
	store_clear(&store);
}

void test_store(void)
{
	test_references();
	test_readers();
}
