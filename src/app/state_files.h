// SPDX-License-Identifier: Apache-2.0
// Names and files of a state folder; internal to state.c and state_write.c.
#ifndef APP_STATE_FILES_H
#define APP_STATE_FILES_H

#include "app/state.h"

#define STATE_LIST_END ".json.gz"

// "FOLDER/NAME", to be freed; NULL with `err` where there is no memory.
char *state_join(const char *folder, const char *name, struct err *err);
// The file of a list.
char *state_list_path(const char *folder, const uint8_t sha256[32], struct err *err);
// All of FOLDER/NAME; false where it cannot be read.
bool state_read_file(const char *folder, const char *name, struct buffer *out,
	struct err *err) MUST_CHECK;
bool state_hash_is(struct digest *digest, struct bytes data, const uint8_t want[32]);
// A list as it was published, decompressed and held against its hash. False with `err`:
// state_damaged where that is what stands there, unreadable_input where the disk does not
// give it, out_of_memory.
bool state_read_list(const char *folder, const uint8_t sha256[32], struct digest *digest,
	struct buffer *out, struct err *err) MUST_CHECK;
// The folder's owner alone may write to it. False with `err` (state_unsafe).
bool state_is_safe(const char *folder, struct err *err) MUST_CHECK;
// Is there such a file? What cannot be looked at is there, and who reads it learns why.
bool state_has_file(const char *folder, const char *name, struct err *err) MUST_CHECK;

enum state_index {
	STATE_INDEX_READ,
	STATE_INDEX_PREVIOUS, // it is lost or damaged, and the one before it was read
	STATE_INDEX_NONE, // nor is there one before it
	STATE_INDEX_DAMAGED, // `err` (state_damaged) says how
	STATE_INDEX_FAILED, // `err`: unreadable_input, out_of_memory
};

// A reader makes do with the index before the one that the disk does not give right now; for
// a writer, who would throw away what is only there, it is a failure.
enum state_index state_read_index(const char *folder, enum state_use use,
	struct digest *digest, struct archive *out, struct err *err) MUST_CHECK;

#endif
