// SPDX-License-Identifier: Apache-2.0
// Is the head of a request what libmicrohttpd says it is? Version 0.9 ends a field's value and the
// target at a NUL, and hangs the continuation of a folded line onto the field's name: what a proxy
// before us reads as a length, we would not. Version 1 refuses both itself. The library parses
// the head in its place and puts a NUL at the end of each part, so that between the parts that it
// gives there is nothing else.
#include "serve/http_local.h"

#define LINE_END ((size_t)2) // CR and LF

// Where the part that was seen last ends; NULL: another part cannot come behind it.
struct place {
	const char *at, *end;
};

// The next part begins at `begin`, with nothing but so many NULs before it.
static void expect(struct place *place, const char *begin, size_t len, size_t num)
{
	uintptr_t from = (uintptr_t)begin;
	if (!place->at) {
		return;
	}
	if (from < (uintptr_t)place->at || from > (uintptr_t)place->end ||
		from - (uintptr_t)place->at != num ||
		len > (size_t)((uintptr_t)place->end - from)) {
		place->at = NULL;
		return;
	}
	for (; place->at < begin; place->at++) {
		if (*place->at != '\0') {
			place->at = NULL;
			return;
		}
	}
	place->at = begin + len;
}

static enum MHD_Result see_field(void *context, enum MHD_ValueKind kind, const char *name,
	size_t name_len, const char *value, size_t value_len)
{
	struct place *place = context;
	(void)kind;
	expect(place, name, name_len, LINE_END);
	// Behind the colon, which is a NUL now, are blanks.
	while (place->at && (uintptr_t)place->at < (uintptr_t)value &&
		(*place->at == '\0' || *place->at == ' ' || *place->at == '\t')) {
		place->at++;
	}
	expect(place, value, value_len, 0);
	return MHD_YES;
}

bool head_is_whole(struct client *client, const char *method, const char *version)
{
	const struct loop *loop = client->loop;
	const struct exchange *x = client->x;
	const union MHD_ConnectionInfo *info = loop->mhd->get_connection_info(
		client->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (strncmp(loop->mhd->get_version(), "0.", 2) != 0 || !info) {
		return true;
	}
	if (client->target != method + strlen(method) + 1 ||
		(!x->target.failed && version != client->target + x->target.len + 1)) {
		return false;
	}
	struct place place = {
		.at = version + strlen(version), .end = method + info->header_size};
	(void)loop->mhd->get_connection_values_n(
		client->connection, MHD_HEADER_KIND, see_field, &place);
	expect(&place, place.end, 0, 2 * LINE_END);
	return place.at != NULL;
}
