// SPDX-License-Identifier: Apache-2.0
// input_next, input_load_request (fuzz_short_request.c holds the short way against it),
// input_read_scts.
//
// Property: a request that reads gives the same struct twice, and so does its JSON as Jansson
// writes it again, with sorted keys; SCTs that a log's JSON stands for may differ in the order
// of their members only. The lines of an input lie in it, one after another. An error is one
// of a few codes, with an offset in the input and a text without control characters.
#include <jansson.h>

#include "app/input.h"
#include "tests/fuzz/fuzz.h"

#define MAX_LINES 16

static bool same_json(struct bytes a, struct bytes b)
{
	json_t *x = json_loadb((const char *)a.data, a.len, 0, NULL);
	json_t *y = json_loadb((const char *)b.data, b.len, 0, NULL);
	bool same = x && y && json_equal(x, y);
	json_decref(x);
	json_decref(y);
	return same;
}

static void need_same(
	const struct ctp_request *a, const struct ctp_request *b, bool exact)
{
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		fuzz_need((a->fields[i].data == NULL) == (b->fields[i].data == NULL) &&
				bytes_equal(a->fields[i], b->fields[i]),
			"another %s", request_field_name((enum request_field)i));
	}
	fuzz_need(a->num_scts == b->num_scts, "other scts");
	for (size_t i = 0; i < a->num_scts; i++) {
		fuzz_need(bytes_equal(a->scts[i], b->scts[i]) ||
				(!exact && same_json(a->scts[i], b->scts[i])),
			"another scts[%zu]", i);
	}
	fuzz_need(!a->host == !b->host &&
			(!a->host || strcmp(a->host->name, b->host->name) == 0),
		"another hostname");
	fuzz_need(!a->pins == !b->pins &&
			(!a->pins ||
				(a->pins->num == b->pins->num &&
					memcmp(a->pins->pins, b->pins->pins,
						a->pins->num * PIN_LEN) == 0)),
		"other pins");
	fuzz_need(a->time_of_check == b->time_of_check && a->at_ms == b->at_ms,
		"another time");
	fuzz_need(a->num_policies == b->num_policies &&
			a->num_policies <= REQUEST_MAX_POLICIES,
		"other policies");
	for (size_t i = 0; i < a->num_policies; i++) {
		fuzz_need(a->policies[i] == b->policies[i] && a->policies[i],
			"another policy");
	}
}

static bool read_request(struct bytes in, struct arena *arena, struct ctp_request *out)
{
	struct err err;
	err_clear(&err);
	*out = (struct ctp_request){0};
	if (input_load_request(in, arena, out, &err)) {
		fuzz_need(err.code == CODE_NONE, "read with an error");
		return true;
	}
	fuzz_need_error(&err, in.len, "input_load_request");
	fuzz_need(err.code == CODE_BAD_REQUEST || err.code == CODE_UNKNOWN_FIELD ||
			err.code == CODE_BAD_TIME || err.code == CODE_UNKNOWN_POLICY ||
			err.code == CODE_TOO_MANY_SCTS || err.code == CODE_BAD_HOSTNAME ||
			err.code == CODE_BAD_PIN,
		"a request fails with %s", code_info(err.code)->name);
	fuzz_need_printable(bytes_of_text(err.text), false, "the error's text");
	fuzz_need_printable(bytes_of_text(err.field), false, "the error's field");
	return false;
}

static void check_dump(
	struct bytes in, const struct ctp_request *request, struct arena *arena)
{
	struct ctp_request again;
	json_t *root =
		json_loadb((const char *)in.data, in.len, JSON_REJECT_DUPLICATES, NULL);
	char *text = root ? json_dumps(root, JSON_SORT_KEYS) : NULL;
	fuzz_need(text != NULL, "Jansson does not take what we take");
	fuzz_need(read_request(bytes_of_text(text), arena, &again),
		"the dump does not read");
	need_same(request, &again, false);
	free(text);
	json_decref(root);
}

static void check_request(struct bytes in, struct arena *arena)
{
	struct ctp_request request;
	struct ctp_request again;
	bool good = read_request(in, arena, &request);
	fuzz_need(good == read_request(in, arena, &again), "two readings differ");
	if (good) {
		need_same(&request, &again, true);
		check_dump(in, &request, arena);
	}
}

static void check_lines(struct bytes in, struct arena *arena)
{
	struct input_lines lines = input_lines_init(in);
	struct bytes line;
	const uint8_t *end = in.data;
	for (size_t i = 0; i < MAX_LINES && input_next(&lines, &line); i++) {
		fuzz_need_inside(in, line, "a line");
		fuzz_need(line.len > 0 && line.data >= end, "lines overlap");
		end = line.data + line.len;
		check_request(line, arena);
	}
}

static void check_scts(struct bytes in, struct arena *arena)
{
	struct ctp_request request = {0};
	struct ctp_request again = {0};
	struct err err;
	err_clear(&err);
	if (!input_read_scts(in, arena, &request, &err)) {
		fuzz_need_error(&err, in.len, "input_read_scts");
		return;
	}
	fuzz_need(input_read_scts(in, arena, &again, &err), "two readings differ");
	need_same(&request, &again, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct arena arena;
	struct bytes in = bytes_of(data, len);
	arena_reset(&arena);
	check_request(in, &arena);
	check_lines(in, &arena);
	check_scts(in, &arena);
	return 0;
}
