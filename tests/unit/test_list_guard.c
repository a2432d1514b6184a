// SPDX-License-Identifier: Apache-2.0
// What is said of a list before it is taken: each doubt, and the boundary beside it.
#include "loglist/list_guard.h"
#include "loglist/bundled.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_list_guard(void);

#define NOW (PKI_WORLD_AT_S * INT64_C(1000))
// 2026-06-02T00:00:00Z
#define PKI_WORLD_AT_S INT64_C(1780358400)

static struct ctp_lists *read_world(const struct pki_world *world,
	const struct pki_list *list, const char *from, const char *to)
{
	struct out json = {0};
	struct buffer text;
	struct err err;
	(void)world;
	err_clear(&err);
	buffer_init(&text, LISTS_MAX_FILE);
	pki_list_json(list, &json);
	derw_str(&json);
	const char *start = (const char *)json.data;
	const char *at = from ? strstr(start, from) : NULL;
	CHECK(!from || at, "%s", from ? from : "");
	size_t before = at ? (size_t)(at - start) : strlen(start);
	buffer_put(&text, bytes_of(start, before));
	if (at) {
		buffer_put_text(&text, to);
		buffer_put_text(&text, at + strlen(from));
	}
	struct ctp_lists *lists = lists_from_file(buffer_bytes(&text), &err);
	CHECK_CODE(&err, CODE_NONE, "%s -> %s", from ? from : "", from ? to : "");
	buffer_clear(&text);
	derw_clear(&json);
	return lists;
}

static bool has(const struct guard_doubts *doubts, enum code code)
{
	for (size_t i = 0; i < doubts->num; i++) {
		if (doubts->items[i].code == code) {
			test_produced(code);
			return true;
		}
	}
	return false;
}

// What is asked of a list beside one in hand.
static void check(const struct ctp_lists *lists, const struct ctp_lists *in_hand,
	int64_t now_ms, enum code want, enum guard_weight weight, const char *comment)
{
	struct arena arena = {NULL, NULL};
	struct guard_doubts doubts;
	struct guard_question question = {.list = lists_at(lists, 0),
		.in_hand = in_hand ? lists_at(in_hand, 0) : NULL,
		.source = "apple",
		.now_ms = now_ms};
	CHECK(list_guard(&question, &arena, &doubts), "%s", comment);
	CHECK_INT(doubts.num, want == CODE_NONE ? 0 : 1, "%s: %s", comment,
		doubts.num ? doubts.items[0].text : "");
	CHECK(want == CODE_NONE || has(&doubts, want), "%s", comment);
	CHECK_INT(doubts.worst, weight, "%s", comment);
	arena_clear(&arena);
}

// Texts of the world's list, and what a change of them is.
static void test_changes(const struct pki_world *world)
{
	static const struct {
		const char *comment;
		const char *from, *to;
		enum code want; // of the changed list beside the world's
		enum guard_weight weight;
		enum code want_back; // of the world's beside the changed one
		enum guard_weight weight_back;
	} cases[] = {
		{"the same", NULL, NULL, CODE_NONE, GUARD_WARNING, CODE_NONE,
			GUARD_WARNING},
		{"assetVersion", "\"assetVersion\": 41", "\"assetVersion\": 42",
			CODE_NONE, GUARD_WARNING, CODE_LOG_LIST_ROLLBACK, GUARD_REFUSED},
		{"assetVersionV2", "\"assetVersionV2\": ", "\"assetVersionV2\": 9",
			CODE_NONE, GUARD_WARNING, CODE_LOG_LIST_ROLLBACK, GUARD_REFUSED},
		{"version", "\"version\": \"680\"\n}", "\"version\": \"1000\"\n}",
			CODE_NONE, GUARD_WARNING, CODE_LOG_LIST_ROLLBACK, GUARD_REFUSED},
		{"schema", "_schema_v5.json", "_schema_v6.json",
			CODE_LOG_LIST_SCHEMA_UNKNOWN, GUARD_WARNING, CODE_NONE,
			GUARD_WARNING},
		{"interval", "\"end_exclusive\": \"2026-07-01T00:00:00Z\"",
			"\"end_exclusive\": \"2026-07-02T00:00:00Z\"",
			CODE_LOG_INTERVAL_CHANGED, GUARD_WARNING,
			CODE_LOG_INTERVAL_CHANGED, GUARD_WARNING},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_lists *old = read_world(world, &world->list, NULL, NULL);
		struct ctp_lists *changed =
			read_world(world, &world->list, cases[i].from, cases[i].to);
		check(changed, old, NOW, cases[i].want, cases[i].weight,
			cases[i].comment);
		check(old, changed, NOW, cases[i].want_back, cases[i].weight_back,
			cases[i].comment);
		lists_unref(changed);
		lists_unref(old);
	}
}

// The world's list with one log changed.
static struct ctp_lists *with_log(const struct pki_world *world, const char *description,
	const char *state, const char *operator_name)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list list = world->list;
	memcpy(logs, world->logs, sizeof(logs));
	list.logs = logs;
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		if (strcmp(logs[i].description, description) == 0) {
			logs[i].state = state ? state : logs[i].state;
			logs[i].operator_name =
				operator_name ? operator_name : logs[i].operator_name;
		}
	}
	return read_world(world, &list, NULL, NULL);
}

static void test_logs(const struct pki_world *world)
{
	static const struct {
		const char *comment;
		const char *description, *state, *operator_name;
		enum code want;
	} cases[] = {
		{"usable to readonly", "Alder2026h1", "readonly", NULL, CODE_NONE},
		{"usable to retired", "Alder2026h1", "retired", NULL, CODE_NONE},
		{"usable to rejected", "Alder2026h1", "rejected", NULL, CODE_NONE},
		{"qualified to usable", "CedarTiled2027h1", "usable", NULL, CODE_NONE},
		{"usable to qualified", "Alder2026h1", "qualified", NULL,
			CODE_LOG_STATE_REVIVED},
		{"readonly to usable", "Dogwood2026", "usable", NULL,
			CODE_LOG_STATE_REVIVED},
		{"rejected to usable", "Dogwood2025", "usable", NULL,
			CODE_LOG_STATE_REVIVED},
		{"rejected to retired", "Dogwood2025", "retired", NULL,
			CODE_LOG_STATE_REVIVED},
		{"another operator", "Alder2026h1", NULL, "Birch",
			CODE_LOG_OPERATOR_CHANGED},
	};
	struct ctp_lists *old = read_world(world, &world->list, NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_lists *changed = with_log(world, cases[i].description,
			cases[i].state, cases[i].operator_name);
		check(changed, old, NOW, cases[i].want, GUARD_WARNING, cases[i].comment);
		lists_unref(changed);
	}
	lists_unref(old);
}

// Only the first `num` of the usable logs stay so.
static struct ctp_lists *with_usable(const struct pki_world *world, size_t num)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list list = world->list;
	memcpy(logs, world->logs, sizeof(logs));
	list.logs = logs;
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		if (strcmp(logs[i].state, "usable") == 0) {
			logs[i].state = num > 0 ? "usable" : "readonly";
			num -= num > 0;
		}
	}
	return read_world(world, &list, NULL, NULL);
}

// Half of them is enough, fewer are not; an operator without any is named.
static void test_shrinking(const struct pki_world *world)
{
	struct ctp_lists *old = read_world(world, &world->list, NULL, NULL);
	size_t had = 0;
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		had += strcmp(world->logs[i].state, "usable") == 0;
	}
	for (size_t num = 0; num <= had; num++) {
		struct arena arena = {NULL, NULL};
		struct guard_doubts doubts;
		struct ctp_lists *lists = with_usable(world, num);
		struct guard_question question = {.list = lists_at(lists, 0),
			.in_hand = lists_at(old, 0),
			.source = "apple",
			.now_ms = NOW};
		CHECK(list_guard(&question, &arena, &doubts), "%zu usable", num);
		CHECK_INT(has(&doubts, CODE_LOG_LIST_SHRUNK), 2 * num < had, "%zu usable",
			num);
		// Dogwood's is the last one.
		CHECK_INT(has(&doubts, CODE_LOG_LIST_OPERATOR_GONE), num < had,
			"%zu usable", num);
		arena_clear(&arena);
		lists_unref(lists);
	}
	lists_unref(old);
}

// A day of clocks that differ is no future.
static void test_future(const struct pki_world *world)
{
	struct ctp_lists *lists = read_world(world, &world->list, NULL, NULL);
	int64_t newest_ms = loglist_newest_state_ms(lists_at(lists, 0));
	check(lists, NULL, newest_ms - LIST_GUARD_FUTURE_MS, CODE_NONE, GUARD_WARNING,
		"a day ahead");
	check(lists, NULL, newest_ms - LIST_GUARD_FUTURE_MS - 1,
		CODE_LOG_LIST_FROM_FUTURE, GUARD_REFUSED, "more than a day ahead");
	lists_unref(lists);
}

static void test_sources(const struct pki_world *world)
{
	struct ctp_lists *apple = read_world(world, &world->list, NULL, NULL);
	struct ctp_lists *chrome =
		read_world(world, &world->list, "\"assetVersion\"", "\"_\"");
	check(chrome, NULL, NOW, CODE_LOG_LIST_OTHER_SOURCE, GUARD_UNUSABLE, "Chrome's");
	struct arena arena = {NULL, NULL};
	struct guard_doubts doubts;
	struct guard_question question = {.list = lists_at(chrome, 0),
		.bundled = lists_at(apple, 0),
		.source = "chrome",
		.now_ms = NOW};
	CHECK(list_guard(&question, &arena, &doubts), "Chrome's");
	CHECK_INT(doubts.num, 0, "Chrome's among its own");
	arena_clear(&arena);
	lists_unref(apple);
	lists_unref(chrome);
}

// The program may know a later one than the first list that comes.
static void test_bundled(const struct pki_world *world)
{
	struct ctp_lists *list = read_world(world, &world->list, NULL, NULL);
	struct ctp_lists *later = read_world(
		world, &world->list, "\"assetVersion\": 41", "\"assetVersion\": 42");
	struct arena arena = {NULL, NULL};
	struct guard_doubts doubts;
	struct guard_question question = {.list = lists_at(list, 0),
		.bundled = lists_at(later, 0),
		.source = "apple",
		.now_ms = NOW};
	CHECK(list_guard(&question, &arena, &doubts), "older than the program's");
	CHECK(has(&doubts, CODE_LOG_LIST_OLDER_THAN_BUNDLED), "older than the program's");
	CHECK_INT(doubts.worst, GUARD_WARNING, "older than the program's");
	question.bundled = lists_at(list, 0);
	CHECK(list_guard(&question, &arena, &doubts), "the program's");
	CHECK_INT(doubts.num, 0, "the program's");
	arena_clear(&arena);
	lists_unref(later);
	lists_unref(list);
}

// A log whose key was changed has another id, and the address of the one that is gone.
static void test_key_changed(struct pki_world *world)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list list = world->list;
	struct ctp_lists *old = read_world(world, &world->list, NULL, NULL);
	memcpy(logs, world->logs, sizeof(logs));
	list.logs = logs;
	logs[0].key = world->leaf_key;
	struct ctp_lists *changed = read_world(world, &list, NULL, NULL);
	check(changed, old, NOW, CODE_LOG_KEY_CHANGED, GUARD_WARNING, "another key");
	lists_unref(changed);
	lists_unref(old);
}

// More logs change than anybody reads of.
static void test_many(void)
{
	struct arena arena = {NULL, NULL};
	struct guard_doubts doubts;
	struct err err;
	err_clear(&err);
	struct ctp_lists *bundled = bundled_lists("apple", &err);
	const struct loglist *list = lists_at(bundled, lists_num(bundled) - 1);
	struct loglist other = *list;
	other.logs = calloc(list->num_logs, sizeof(*other.logs));
	CHECK(other.logs != NULL, "memory");
	for (size_t i = 0; other.logs && i < list->num_logs; i++) {
		other.logs[i] = list->logs[i];
		other.logs[i].has_interval = !list->logs[i].has_interval;
	}
	struct guard_question question = {.list = &other,
		.in_hand = list,
		.source = "apple",
		.now_ms = list->published_ms};
	CHECK(list_guard(&question, &arena, &doubts), "many");
	CHECK_INT(doubts.num, LIST_GUARD_MAX, "as many as are said");
	CHECK_INT(doubts.num + doubts.num_more, list->num_logs, "one each log");
	free(other.logs);
	arena_clear(&arena);
	lists_unref(bundled);
}

void test_list_guard(void)
{
	struct pki_world *world = pki_world_new("list guard");
	test_changes(world);
	test_logs(world);
	test_shrinking(world);
	test_future(world);
	test_sources(world);
	test_bundled(world);
	test_key_changed(world);
	test_many();
	pki_world_free(world);
}
