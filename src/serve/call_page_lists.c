// SPDX-License-Identifier: Apache-2.0
// GET and POST /lists: the log list in force, and what changed between two. Where tokens are asked for,
// whoever has none gets a field for one, and the forms of the page are sent as bodies, with it.
#include "app/commands.h"
#include "base/datetime.h"
#include "base/text.h"
#include "report/page.h"
#include "serve/evaluation.h"
#include "serve/form.h"
#include "serve/page_frame.h"
#include "serve/serve.h"

// What is asked for: from the form, or else the query.
struct asked {
	const struct form *form; // or NULL
	const struct exchange *x;
};

static struct bytes value_of(const struct asked *asked, const char *name)
{
	struct bytes value =
		asked->form ? text_trim(form_value(asked->form, name)) : BYTES_NONE;
	return value.len ? value : query_value(&asked->x->parameters, name);
}

static bool read_moment(
	const struct asked *asked, const char *name, int64_t *out_ms, struct err *err)
{
	struct bytes value = value_of(asked, name);
	char text[64];
	struct err why;
	err_clear(&why);
	(void)snprintf(text, sizeof(text), "%.*s", (int)(value.len < 63 ? value.len : 63),
		(const char *)value.data);
	if (value.len == 0 || read_time(text, name, out_ms, &why)) {
		return true;
	}
	err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET,
		"not a day (2026-11-01), and not a time as RFC 3339 has it");
	return err_in_field(err, name);
}

// By SHA-256, or by version, the last one of it.
static const struct loglist *find_list(const struct ctp_lists *lists, struct bytes text)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool by_hash = text.len == 2 * sizeof(sha256) &&
		text_unhex(text, sha256, sizeof(sha256));
	for (size_t i = lists_num(lists); i-- > 0;) {
		const struct loglist *list = lists_at(lists, i);
		if (by_hash ? memcmp(list->sha256, sha256, sizeof(sha256)) == 0
			    : bytes_equal(text, bytes_of_text(list->version))) {
			return list;
		}
	}
	return NULL;
}

static bool read_diff(struct exchange *x, const struct asked *asked,
	struct list_diff *diff, const struct list_diff **out, struct err *err)
{
	struct bytes from = value_of(asked, "from");
	struct bytes to = value_of(asked, "to");
	*out = NULL;
	if (from.len == 0 && to.len == 0) {
		return true;
	}
	// What is not said is the last one, or the one before it.
	const struct ctp_lists *lists = x->snapshot->lists;
	size_t num = lists_num(lists);
	const struct loglist *a = from.len ? find_list(lists, from)
					   : lists_at(lists, num > 1 ? num - 2 : 0);
	const struct loglist *b = to.len ? find_list(lists, to) : lists_newest(lists);
	if (!a || !b) {
		err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET,
			"no list of this version or SHA-256 is kept");
		return err_in_field(err, a ? "to" : "from");
	}
	*out = diff;
	return list_diff_make(a, b, &x->arena, diff, err);
}

static void answer(struct exchange *x, const struct form *form)
{
	struct asked asked = {form, x};
	struct list_diff diff;
	struct err err;
	bool has_tokens = page_has_tokens(x);
	struct page_lists view = {.at_ms = x->begun_ms,
		.day_ms = x->begun_ms + PAGE_USUAL_LIFE_MS,
		.hidden = has_tokens ? page_token_field : "",
		.method = has_tokens ? "post" : "get"};
	err_clear(&err);
	if (!x->snapshot || !x->snapshot->lists) {
		(void)answer_unavailable(x, CODE_LOG_LIST_MISSING,
			"there is no log list to show; see /readyz");
		return;
	}
	view.lists = x->snapshot->lists;
	if (!read_moment(&asked, "at", &view.at_ms, &err) ||
		!read_moment(&asked, "day", &view.day_ms, &err) ||
		!read_diff(x, &asked, &diff, &view.diff, &err)) {
		(void)answer_problem(x, err.code == CODE_OUT_OF_MEMORY ? 503 : 400, &err);
		return;
	}
	view.list = lists_in_force(view.lists, view.at_ms, &view.basis);
	page_begin_other(x);
	page_put_lists(&view, &x->answer.body);
	page_end(x, 200);
}

void page_lists(struct exchange *x)
{
	if (page_lacks_token(x, BYTES_NONE)) {
		page_ask_for_token(x);
	} else {
		answer(x, NULL);
	}
}

bool page_lists_prepare(struct exchange *x)
{
	const struct form *form = page_read_form(x);
	if (form) {
		answer(x, form);
	}
	return false;
}
