// SPDX-License-Identifier: Apache-2.0
// Counters by key, bounded: a hash table whose entries are the `max` keys of the smallest
// hashes; whatever else was counted is in `others`.
//
// Which keys stay depends on all keys that were ever seen, not on their order, so that
// tables which are added up come out alike however the input was divided. Until there are
// more than `max` different keys nothing is in `others`.
// Internal to report/. One thread at a time.
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "base/bytes.h"

// Bytes of a key. The longest names of public CAs in RFC 4514 text have about 200.
#define TALLY_MAX_KEY 256

#define TALLY_NUM_NOTES 3
#define TALLY_NOTE_ROOM 128

// What is said about a key beside its counts, of the time `ms`; the newest is kept.
struct tally_note {
	int64_t ms;
	char text[TALLY_NUM_NOTES][TALLY_NOTE_ROOM]; // "" where there is nothing to say
};

struct tally_entry {
	uint64_t hash;
	uint64_t stamp; // the caller's: what it was last counted for
	const void *seen; // the caller's: what the note was taken from
	struct tally_note *note; // NULL: none; owned
	size_t key_len;
	uint64_t counts[]; // and the key behind them
};

struct tally {
	size_t max;
	size_t num_counts;
	size_t num_weighed; // entries are ordered by the sum of so many first counts
	size_t num;
	size_t num_slots; // a power of two
	struct tally_entry **slots;
	uint64_t limit; // keys of a larger hash are others
	struct tally_entry *others;
};

// False with out_of_memory; the table can be cleared in any case.
bool tally_init(struct tally *tally, size_t max, size_t num_counts, size_t num_weighed,
	struct err *err) MUST_CHECK;
void tally_clear(struct tally *tally);

// The entry to count a key in, perhaps tally->others; valid until the next call. `key` is
// cut to TALLY_MAX_KEY bytes by the caller. NULL with out_of_memory.
struct tally_entry *tally_take(
	struct tally *tally, struct bytes key, struct err *err) MUST_CHECK;
struct bytes tally_key(const struct tally *tally, const struct tally_entry *entry);
// Keeps the newer note; of two of one time the larger one by its texts.
bool tally_put_note(struct tally_entry *entry, const struct tally_note *note,
	struct err *err) MUST_CHECK;
// Adds all counts and takes over newer notes. Both have the same number of counts.
bool tally_merge(
	struct tally *into, const struct tally *from, struct err *err) MUST_CHECK;

enum tally_order { TALLY_BY_WEIGHT, TALLY_BY_KEY };

struct tally_item {
	const struct tally_entry *entry;
	struct bytes key;
	uint64_t weight;
};

// What is shown: the entries that stay, ordered, and the counts of all others.
struct tally_view {
	struct tally_item *items;
	size_t num;
	uint64_t *others; // num_counts
	bool has_others; // any of them is not 0
};
// Entries by weight, the largest first, and then by key; or by key alone. False where
// memory is out.
bool tally_view_init(struct tally_view *view, const struct tally *tally,
	enum tally_order order) MUST_CHECK;
void tally_view_clear(struct tally_view *view);

#endif
