// SPDX-License-Identifier: Apache-2.0
#include "eval/evaluation.h"

void add_why(struct sct_record *sct, enum code code)
{
	if (sct->num_why < SCT_MAX_WHY) {
		sct->why[sct->num_why++] = code;
	}
}

bool add_finding(struct evaluation *e, struct findings *to, enum code code,
	const char *field, size_t offset)
{
	struct buffer *text = &e->context->text;
	struct bytes message = text->failed
		? bytes_of_text(code_info(code)->sentence)
		: arena_copy(&e->context->arena, buffer_bytes(text));
	text->len = 0;
	text->failed = false;
	if (!message.data) {
		return err_no_memory(e->err);
	}
	if (to->num < MAX_FINDINGS) {
		to->items[to->num++] = (struct finding){
			.code = code,
			.field = field,
			.offset = offset,
			.message = (const char *)message.data,
		};
	}
	return true;
}
