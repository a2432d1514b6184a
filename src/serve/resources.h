// SPDX-License-Identifier: Apache-2.0
// The files that are built into the program: the JSON Schemas and the description of the
// service.
#ifndef SERVE_RESOURCES_H
#define SERVE_RESOURCES_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct resource {
	const char *name; // "report.v1.json"
	const char *hash; // hex, of its bytes
	const uint8_t *data;
	size_t len;
	const uint8_t *packed; // in gzip
	size_t packed_len;
};

extern const struct resource resources[];
extern const size_t num_resources;

struct exchange;
// Answers with the one of that name; 404 where there is none.
void answer_resource(struct exchange *x, struct bytes name, const char *type);

#endif
