// SPDX-License-Identifier: Apache-2.0
// Where in a JSON text a value stands: for errors that a person can find in an editor.
#ifndef LOGLIST_JSON_PLACE_H
#define LOGLIST_JSON_PLACE_H

#include "base/bytes.h"

// One step from a value to a member (name) or an item (name NULL, index).
struct json_step {
	const char *name;
	size_t index;
};

struct json_place {
	size_t offset; // bytes
	size_t line; // from 1
	size_t column; // bytes in the line, from 1
};

// The place of the value at the end of the path, or of the deepest value that exists.
// `text` is valid JSON.
struct json_place json_place_find(
	struct bytes text, const struct json_step *path, size_t num_steps);

#endif
