// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/same_list.h"

#include "loglist/bundled.h"

struct ctp_lists *lists_from(struct bytes text, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	if (lists && lists_add_file(lists, text, err) && lists_freeze(lists, true, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

struct ctp_lists *lists_again(const struct buffer *text, const char *what)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_from(buffer_bytes(text), &err);
	fuzz_need(lists != NULL, "%s does not read again: %s", what, err.text);
	return lists;
}

static bool same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same_state(const struct ct_log *a, const struct ct_log *b)
{
	return a->state == b->state && a->since_ms == b->since_ms &&
		same_text(a->state_version, b->state_version) &&
		a->has_tree_head == b->has_tree_head &&
		(!a->has_tree_head ||
			(a->tree_size == b->tree_size &&
				same_text(a->tree_root, b->tree_root)));
}

static void need_same_log(
	const struct ct_log *a, const struct ct_log *b, const char *what)
{
	fuzz_need(memcmp(a->id, b->id, LOG_ID_LEN) == 0, "%s: another log", what);
	fuzz_need(bytes_equal(pubkey_spki(a->key), pubkey_spki(b->key)),
		"%s: another key", what);
	fuzz_need(a->api == b->api && a->mmd == b->mmd, "%s: another api or mmd", what);
	fuzz_need(a->has_interval == b->has_interval &&
			(!a->has_interval ||
				(a->start_ms == b->start_ms && a->end_ms == b->end_ms)),
		"%s: another interval", what);
	fuzz_need(same_state(a, b), "%s: another state", what);
	fuzz_need(a->num_previous == b->num_previous, "%s: other operators before", what);
	for (size_t i = 0; i < a->num_previous; i++) {
		fuzz_need(same_text(a->previous[i].name, b->previous[i].name) &&
				a->previous[i].end_ms == b->previous[i].end_ms,
			"%s: another operator before", what);
	}
	fuzz_need(a->has_tls_only == b->has_tls_only && a->tls_only == b->tls_only,
		"%s: another tls_only", what);
	for (size_t i = 0; i < NUM_LOG_TEXTS; i++) {
		fuzz_need(same_text(a->text[i], b->text[i]), "%s: another %s", what,
			log_text_name((enum log_text)i));
	}
}

void need_same_list(const struct loglist *a, const struct loglist *b, bool with_hash,
	const char *what)
{
	fuzz_need(same_text(a->name, b->name), "%s: another name: %s, %s", what, a->name,
		b->name);
	fuzz_need(same_text(a->schema, b->schema), "%s: another schema", what);
	fuzz_need(same_text(a->version, b->version), "%s: another version", what);
	fuzz_need(a->asset_version == b->asset_version &&
			a->asset_version_v2 == b->asset_version_v2,
		"%s: another asset version", what);
	fuzz_need(a->published_ms == b->published_ms,
		"%s: another publication: %lld, %lld", what, (long long)a->published_ms,
		(long long)b->published_ms);
	fuzz_need(!with_hash || memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0,
		"%s: another hash", what);
	fuzz_need(a->num_logs == b->num_logs, "%s: %zu logs, %zu again", what,
		a->num_logs, b->num_logs);
	for (size_t i = 0; i < a->num_logs; i++) {
		const struct ct_log *x = &a->logs[i];
		const struct ct_log *y = &b->logs[i];
		need_same_log(x, y, what);
		fuzz_need(x->op < a->num_operators && y->op < b->num_operators &&
				same_text(a->operators[x->op], b->operators[y->op]),
			"%s: another operator", what);
		// Two logs of one operator stay such, and two of two.
		for (size_t k = 0; k < i; k++) {
			fuzz_need((a->logs[k].op == x->op) == (b->logs[k].op == y->op),
				"%s: operators fall together or apart", what);
		}
	}
}
