// SPDX-License-Identifier: Apache-2.0
// What logs answered, before it is embedded (the request's scts): which entry is malformed, so that
// its log can be asked again.
#include "base/text.h"
#include "eval/evaluation.h"

static bool explain_one(struct evaluation *e, const struct sct_record *sct)
{
	struct buffer *out = &e->context->text;
	const char *name = sct->log ? sct->log->text[LOG_DESCRIPTION] : NULL;
	buffer_printf(out, "Entry %zu of scts", sct->index + 1);
	if (name) {
		buffer_put_text(out, ", of ");
		text_put_escaped(out, bytes_of_text(name));
		buffer_put_char(out, ',');
	}
	buffer_printf(out,
		" is malformed, so that it does not count: %s. Ask that log again, and see "
		"how its answer was turned into this.",
		sct->sct.malformed.text);
	return add_finding(e, &e->record->findings, CODE_SCTS_MALFORMED, "scts",
		sct->sct.malformed.offset);
}

bool explain_given(struct evaluation *e)
{
	// As many as there is room for: the rows have them all.
	enum { SHOWN = 4 };
	size_t num = 0;
	for (size_t i = 0; i < e->record->num_scts && e->record->to_embed; i++) {
		const struct sct_record *sct = &e->record->scts[i];
		if (sct->source == SOURCE_EMBEDDED && sct->status == STATUS_MALFORMED &&
			num++ < SHOWN && !explain_one(e, sct)) {
			return false;
		}
	}
	return true;
}
