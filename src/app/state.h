// SPDX-License-Identifier: Apache-2.0
// The state folder: every list that was ever taken, and which one is in hand.
//
//   STATE/apple/index             what is kept and how it came (loglist/archive.h)
//   STATE/apple/index.previous    the one before, for when that is damaged
//   STATE/apple/history           the facts of all lists, for quick reading
//   STATE/apple/lists/SHA256.json.gz   a list as it was published, never changed
//   STATE/apple/damaged/          what was found to be damaged
//   STATE/apple/lock              held by the one process that writes
//
// The index is the truth: it is replaced as a whole, after what it speaks of is on the
// disk. A reader takes no lock; it sees the state before or after a change. What an
// interrupted writer left is cleared by the next one: a list that the index does not know
// was never taken, and nobody was told of it. Where the index is lost, every whole list is
// taken up.
#ifndef APP_STATE_H
#define APP_STATE_H

#include "app/options.h"
#include "loglist/archive.h"
#include "loglist/lists.h"

// For whom a state folder is looked for.
enum state_use { STATE_READING, STATE_WRITING };

// --state-dir, or where it is by default (INTERFACE.md); a reader finds the system's one
// too, which he may not write to, where his own has no list of that source (NULL: of any). To
// be freed. NULL with `err`.
char *state_dir(const struct options *options, enum state_use use, const char *source,
	struct err *err);

// The folder of one source in `dir`, read. There is none: true, and nothing is in *out.
// What is damaged is said on standard error and passed over. False with `err`
// (state_unsafe, state_damaged, out_of_memory).
bool state_read(const char *dir, const char *source, struct archive *out,
	struct err *err) MUST_CHECK;
// The same, and all its lists, with the times at which they were fetched, into a set that
// is being filled.
bool state_read_lists(const char *dir, const char *source, struct archive *out,
	struct ctp_lists *into, struct err *err) MUST_CHECK;
// The bytes of the list in hand, behind what is in `out`; none where there is no list.
bool state_read_in_hand(const char *dir, const char *source, struct buffer *out,
	struct err *err) MUST_CHECK;
// Does the folder of that source exist there?
bool state_is_there(const char *dir, const char *source);

// A state folder that this process writes.
struct state {
	char *path; // DIR/SOURCE
	const char *source; // the caller's
	int lock; // -1: not held
	struct digest *digest;
	struct archive archive;
	bool is_index_lost; // or damaged, when the folder was opened
	bool has_new_lists; // the history is to be written anew
	size_t num_damaged; // lists that were put aside
	// After state_commit, even one that failed at its end: everybody reads the archive now.
	bool is_seen;
};

// Makes the folder where it is not there yet, takes the lock, clears what an interrupted
// writer left, and puts aside what is damaged. False with `err` (state_busy,
// state_unsafe, output_failed, out_of_memory); state_close is needed all the same.
bool state_open(const char *dir, const char *source, struct state *out,
	struct err *err) MUST_CHECK;
// Gives up the lock and frees everything; what was not committed is forgotten.
void state_close(struct state *state);
// The bytes of a list that is kept, into `out`.
bool state_load(const struct state *state, const uint8_t sha256[32], struct buffer *out,
	struct err *err) MUST_CHECK;
// Puts a list on the disk and into the archive, which knows nothing of it until
// state_commit.
bool state_put(struct state *state, const struct archive_entry *entry, struct bytes list,
	struct err *err) MUST_CHECK;
// After lists came or went: the newest one is in hand, unless the operator went back to
// another.
void state_choose_in_hand(struct state *state);
// The archive becomes what everybody reads. False with `err` (output_failed, out_of_memory,
// and what reading the lists gives) where that is not so, or not for sure: see is_seen.
bool state_commit(struct state *state, struct err *err) MUST_CHECK;
// After state_commit: removes the file of a list that the archive has no more.
bool state_remove(
	const struct state *state, const uint8_t sha256[32], struct err *err) MUST_CHECK;

#endif
