// SPDX-License-Identifier: Apache-2.0
// The index of the lists that were fetched and kept (the state folder, app/state.h), in a
// text form that a person can read:
//
//   ctpolicy log list archive 1
//   in_hand <sha256>                  the list that was taken last
//   pinned 2026-11-21T03:17:02Z       it is in force from then on, though older
//   history <sha256>                  of the file "history", which holds all of them
//   refreshed 2026-11-21T03:17:02Z    the last attempt that went well
//   failed 2026-11-22T03:17:00Z 2 fetch_unreachable the last one that did not, how many
//                                     in a row, its code and what it said
//   failing_since 2026-11-21T15:17:00Z
//   list <sha256>
//     published 2026-03-30T16:38:00Z
//     name apple
//     version 511
//     asset_version 32                of Apple's lists
//     asset_version_v2 1013
//     fetched_first 2026-04-01T03:17:00Z
//     fetched_last 2026-11-21T03:17:02Z
//     taken fetched                   fetched, read, imported, forced or recovered
//     source https://…                from where, without name and password
//     etag "…"                        what that source gave with it
//     last_modified …
//   end <sha256 of all lines before this one>
//
// Lists stand by publication (lists_compare): the same facts give the same bytes. Pure: no files, no
// clock.
#ifndef LOGLIST_ARCHIVE_H
#define LOGLIST_ARCHIVE_H

#include "base/arena.h"
#include "loglist/lists.h"

#define ARCHIVE_MAX_FILE ((size_t)8 * 1024 * 1024)

enum archive_taken {
	TAKEN_FETCHED, // from a server
	TAKEN_READ, // from a file or standard input
	TAKEN_IMPORTED, // log-list import
	TAKEN_FORCED, // despite a check that refused it
	TAKEN_RECOVERED, // found in the folder, without an entry in the index
	NUM_ARCHIVE_TAKEN,
};

// Texts are UTF-8 and "" where there is none.
struct archive_entry {
	uint8_t sha256[32];
	int64_t published_ms;
	const char *name; // struct loglist's
	const char *version;
	int64_t asset_version; // -1: it has none
	int64_t asset_version_v2;
	int64_t fetched_first_ms; // 0: never fetched, only imported
	int64_t fetched_last_ms;
	enum archive_taken taken;
	const char *source;
	const char *etag;
	const char *last_modified;
};

struct archive {
	struct arena arena; // of all texts and entries
	struct archive_entry *entries; // oldest first
	size_t num_entries;
	size_t cap_entries;
	bool has_in_hand;
	uint8_t in_hand[32];
	int64_t pinned_ms; // 0: no list is pinned
	bool has_history;
	uint8_t history[32];
	int64_t refreshed_ms; // 0: never
	int64_t failed_ms; // 0: the last attempt did not fail
	int64_t num_failed;
	int64_t failing_since_ms;
	const char *failed_code;
	const char *failed_text;
};

// An archive set to zero but for its texts; archive_clear is safe on one set to zero.
void archive_init(struct archive *archive);
void archive_clear(struct archive *archive);

// What an entry takes from its list, whose texts it borrows: archive_put copies them.
struct archive_entry archive_entry_of(
	const struct loglist *list, enum archive_taken taken);
// NULL where it has no such list. The entry stays where it is until one is added or
// removed.
struct archive_entry *archive_find(
	const struct archive *archive, const uint8_t sha256[32]);
// NULL where there is none in hand.
struct archive_entry *archive_in_hand(const struct archive *archive);
// Adds a copy, its texts included, or replaces the entry of that list. False: no memory,
// or more than LISTS_MAX lists.
bool archive_put(struct archive *archive, const struct archive_entry *entry,
	struct err *err) MUST_CHECK;
void archive_remove(struct archive *archive, const uint8_t sha256[32]);
// A copy that lives as long as the archive; NULL: no memory.
const char *archive_text(struct archive *archive, const char *text);
const char *archive_taken_name(enum archive_taken taken);

// False with `err` (state_damaged, out_of_memory), which names the line; *out is
// initialized by then all the same.
bool archive_read(struct bytes text, struct digest *digest, struct archive *out,
	struct err *err) MUST_CHECK;
bool archive_write(const struct archive *archive, struct digest *digest,
	struct buffer *out, struct err *err) MUST_CHECK;

#endif
