// SPDX-License-Identifier: Apache-2.0
#include "eval/context.h"

// The longest sentence lists log operators; names are the list's own.
#define MAX_SENTENCE ((size_t)16 * 1024)

struct ctp_context *context_new(struct fast *fast, struct err *err)
{
	struct ctp_context *context = calloc(1, sizeof(*context));
	if (!context) {
		err_no_memory(err);
		return NULL;
	}
	buffer_init(&context->text, MAX_SENTENCE);
	// Whole from the start: later only a sentence that is too long can fail.
	if (!buffer_extend(&context->text, MAX_SENTENCE)) {
		err_no_memory(err);
		context_free(context);
		return NULL;
	}
	context->text.len = 0;
	context->digest = digest_new(err);
	context->verifier = context->digest ? verifier_new(fast, err) : NULL;
	context->issuers = context->verifier ? keycache_new(err) : NULL;
	context->certs = context->issuers ? certcache_new(err) : NULL;
	if (!context->certs) {
		context_free(context);
		return NULL;
	}
	return context;
}

void context_free(struct ctp_context *context)
{
	if (!context) {
		return;
	}
	certcache_free(context->certs);
	keycache_free(context->issuers);
	verifier_free(context->verifier);
	digest_free(context->digest);
	buffer_clear(&context->text);
	arena_clear(&context->arena);
	free(context);
}
