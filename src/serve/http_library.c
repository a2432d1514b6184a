// SPDX-License-Identifier: Apache-2.0
// What libmicrohttpd would answer itself.
#include "serve/http_local.h"

// The library answers what is no HTTP itself, in HTML, and 0.9.75 does so with two heads. It
// answers through the function with which we do, which a program may have one of its own of: the
// one below, which the loader finds first, and which sends a problem and ends the connection.
// This is the loop that the thread runs; ours go past it.
static _Thread_local struct loop *present;

void library_watch(struct loop *loop)
{
	present = loop;
}

static enum code code_of(unsigned status)
{
	switch (status) {
	case 413:
		return CODE_TOO_LARGE;
	case 414:
	case 431:
		return CODE_HEAD_TOO_LARGE;
	case 500:
	case 503:
		return CODE_OUT_OF_MEMORY;
	default:
		return CODE_BAD_HTTP;
	}
}

static const char *text_of(enum code code)
{
	switch ((int)code) {
	case CODE_TOO_LARGE:
		return "the body is larger than any may be";
	case CODE_HEAD_TOO_LARGE:
		return "the head of the request is larger than it may be";
	case CODE_OUT_OF_MEMORY:
		return "memory ran out; nothing was decided";
	default:
		return "what came is not HTTP/1.1 that can be read (RFC 9112)";
	}
}

// What was sent of a batch stands before whatever is said now: nothing can be.
__attribute__((visibility("default"))) enum MHD_Result MHD_queue_response(
	struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	struct loop *loop = present;
	enum code code = code_of(status);
	const union MHD_ConnectionInfo *info = loop->mhd->get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;
	(void)response;
	if (!client) {
		return MHD_NO;
	}
	if (!client->x) {
		metrics_answered(loop->serve->metrics, CALL_OTHER, status, 0, 0, 0);
	}
	bool has_begun = client->stage == STAGE_STREAM && client->x->answer.status != 0;
	client_cut(client, has_begun ? 0 : status, code, text_of(code));
	return MHD_NO;
}
