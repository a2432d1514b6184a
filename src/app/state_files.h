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
// A list as it was published, decompressed and held against its hash. False with `err`
// (state_damaged, unreadable_input, out_of_memory).
bool state_read_list(const char *folder, const uint8_t sha256[32], struct digest *digest,
	struct buffer *out, struct err *err) MUST_CHECK;
// The folder's owner alone may write to it. False with `err` (state_unsafe).
bool state_is_safe(const char *folder, struct err *err) MUST_CHECK;
// The index, or the one before it, which *out_is_previous says. False with `err`
// (state_damaged where neither is whole, unreadable_input where there is none).
bool state_read_index(const char *folder, struct digest *digest, struct archive *out,
	bool *out_is_previous, struct err *err) MUST_CHECK;

#endif
