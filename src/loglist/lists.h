// SPDX-License-Identifier: Apache-2.0
// The set of list versions that an evaluation may choose from: frozen when built,
// reference-counted, shared by threads without locks. It is swapped as one.
//
// It may hold the lists of several sources (source.def), which are a
// history each: what is in force, and how old it is, is a question about one of them. Where a
// function takes a `source`, NULL stands for lists_main_source().
#ifndef LOGLIST_LISTS_H
#define LOGLIST_LISTS_H

#include "base/arena.h"
#include "base/datetime.h"
#include "loglist/loglist.h"

// Bytes of one list file, and of a history. Apple's newest has 150 KB.
#define LISTS_MAX_FILE ((size_t)32 * 1024 * 1024)
// Versions in one set: a list a day for ten years.
#define LISTS_MAX 4096
// In one version, where each is held against all others. Apple's has 166 logs of about 30
// operators.
#define LISTS_MAX_LOGS 16384
#define LISTS_MAX_OPERATORS 1024

struct ctp_lists; // the public name: ctpolicy.h hands it out as an opaque type

enum lists_basis { BASIS_GIVEN, BASIS_EXACT, BASIS_EXTRAPOLATED };

// An empty set for one thread to fill; NULL with `err` set.
struct ctp_lists *lists_new(struct err *err);
struct ctp_lists *lists_ref(struct ctp_lists *lists);
void lists_unref(struct ctp_lists *lists);

// While filling. Readers of files call these; `list` is copied, its texts and logs live
// in lists_arena().
struct arena *lists_arena(struct ctp_lists *lists);
struct digest *lists_digest(struct ctp_lists *lists);
// The key with these SPKI bytes, one object whatever the number of lists; lent.
struct pubkey *lists_key(struct ctp_lists *lists, struct bytes spki, struct err *err);
bool lists_add(
	struct ctp_lists *lists, const struct loglist *list, struct err *err) MUST_CHECK;
// What is added from now on comes from a place of that source's lists: one that says of its own
// only that it is "v3" bears the source's name, where that is the form of the source's lists.
// `source` is lent for as long as the set lives; NULL: nobody's place.
void lists_expect(struct ctp_lists *lists, const char *source);
// The lists of that source are the user's own: the newest is in force whatever the time.
void lists_give(struct ctp_lists *lists, const char *source);
// Notes on lists that have been added, by the SHA-256 of their files; of a list that is
// not there they are forgotten. When it was fetched, first and last:
void lists_note_fetched(struct ctp_lists *lists, const uint8_t sha256[32],
	int64_t first_ms, int64_t last_ms);
// From `since_ms` on it is in force whatever else of its source was published: the operator
// went back to it (log-list refresh --force). One pin a source.
void lists_pin(struct ctp_lists *lists, const uint8_t sha256[32], int64_t since_ms);
// Versions are decimal numbers between dots: 89.9 is before 89.25.
int lists_compare_versions(const char *a, const char *b);
// Which of two was published later; where the times say nothing, is the later version; and
// where that says nothing either, was fetched later: below 0, 0 or above it, as qsort has
// it. 0 for the same file alone.
int lists_compare(const struct loglist *a, const struct loglist *b);
// Ends the filling: sorts by source and publication, drops what is there twice. `given`: as
// lists_give() for all sources. False where there is no list.
bool lists_freeze(struct ctp_lists *lists, bool given, struct err *err) MUST_CHECK;

// A frozen set of two: all of `lists`, and the histories of `others` whose sources `lists` has
// none of. It keeps a reference to both. NULL with `err`: more sources than a set may have, no
// memory.
struct ctp_lists *lists_join(
	struct ctp_lists *lists, struct ctp_lists *others, struct err *err);

// SHA-256 over all that decides which list is in force and how old it is: two sets of one
// fingerprint give the same reports. False: no memory.
bool lists_fingerprint(const struct ctp_lists *lists, struct digest *digest,
	uint8_t out[DIGEST_SHA256_LEN]) MUST_CHECK;

// All lists, by source and then by publication.
size_t lists_num(const struct ctp_lists *lists);
const struct loglist *lists_at(const struct ctp_lists *lists, size_t index);
// The sources that there are lists of, by name.
size_t lists_num_sources(const struct ctp_lists *lists);
const char *lists_source_at(const struct ctp_lists *lists, size_t index);
// Whose lists those are about whom nothing is said: SOURCE_MAIN's, or else the first source's.
const char *lists_main_source(const struct ctp_lists *lists);
// The lists of one source, oldest first: the first of *out_num; NULL where there is none.
const struct loglist *lists_of(
	const struct ctp_lists *lists, const char *source, size_t *out_num);
// The last one by publication; NULL of no set, and where it has none of that source.
const struct loglist *lists_newest(const struct ctp_lists *lists, const char *source);

// The list in force at `at_ms` (POLICY.md 3, "Which list"); NULL where the set has none of
// that source.
const struct loglist *lists_in_force(const struct ctp_lists *lists, const char *source,
	int64_t at_ms, enum lists_basis *out_basis);
// The first moment after `at_ms` from which on another list of that source is in force. False
// where it stays the same for ever.
bool lists_next_change(const struct ctp_lists *lists, const char *source, int64_t at_ms,
	int64_t *out_ms) MUST_CHECK;
// How old the list is at that time, in ms: since its publication, or since the last time
// before then at which it was known to be still the newest, because it was fetched
// (POLICY.md 7). Below 0 where it was published later.
int64_t lists_age_ms(const struct loglist *list, int64_t at_ms);
// When it was last fetched, for reports; 0 where that is not known, or was first after
// `at_ms`.
int64_t lists_fetched_ms(const struct loglist *list, int64_t at_ms);
const char *lists_basis_name(enum lists_basis basis);

// A log's state as it counts at a time of check: with an extrapolated list, a readonly,
// retired or rejected that came after that time is undone to usable.
struct log_standing {
	enum log_state state;
	int64_t since_ms; // 0 where unknown
	bool extrapolated;
};
struct log_standing lists_standing(
	const struct ct_log *log, enum lists_basis basis, int64_t at_ms);

#endif
