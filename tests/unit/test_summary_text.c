// SPDX-License-Identifier: Apache-2.0
// The summary as text: its tables, what stands behind their last row, 80 columns.
#include "tests/unit/summary_build.h"

void test_summary_text(void);

static struct made_world world;

// 80 columns, colours only where they are asked for.
static void test_text(void)
{
	struct buffer rows;
	buffer_init(&rows, (size_t)1 << 28);
	for (uint64_t i = 0; i < 20000; i++) {
		made_audit_row(&world, i, &rows);
	}
	struct summary *summary = made_summary(&rows);
	for (int colour = 0; colour < 2; colour++) {
		struct buffer text;
		size_t columns = 0;
		size_t widest = 0;
		buffer_init(&text, 1 << 20);
		summary_put_text(summary, colour, &text);
		bool has_colour = memchr(text.data, 27, text.len) != NULL;
		CHECK_INT(has_colour, colour, "colours");
		for (size_t i = 0; i < text.len && !colour; i++) {
			columns = text.data[i] == '\n'
				? 0
				: columns + ((text.data[i] & 0xc0) != 0x80);
			widest = columns > widest ? columns : widest;
		}
		CHECK(widest <= 80, "%zu columns", widest);
		buffer_clear(&text);
	}
	summary_free(summary);
	buffer_clear(&rows);
}

// NUL-terminated, to be freed.
static char *text_of(const struct summary *summary)
{
	struct buffer out;
	buffer_init(&out, 1 << 20);
	summary_put_text(summary, false, &out);
	buffer_put_char(&out, '\0');
	if (out.failed) {
		abort();
	}
	return (char *)out.data;
}

static bool has_line(const char *text, const char *name, const char *rest)
{
	const char *at = strstr(text, name);
	at = at ? at + strlen(name) : NULL;
	while (at && *at == ' ') {
		at++;
	}
	return at && strncmp(at, rest, strlen(rest)) == 0;
}

// Behind the first ten names stand the others, under the same columns.
static void test_others(void)
{
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	for (unsigned i = 0; i < 13; i++) {
		char issuer[32];
		(void)snprintf(issuer, sizeof(issuer), "CA %02u", i);
		struct made_spec spec = {
			.issuer = issuer, .result = i == 12 ? RESULT_FAIL : RESULT_PASS};
		made_row(&world, &spec, i, 100 - i, &rows);
	}
	struct summary *summary = made_summary(&rows);
	char *text = text_of(summary);
	CHECK(has_line(text, "CN=CA 00", "100          0\n"), "the first: %s", text);
	CHECK(!strstr(text, "CN=CA 10"), "ten names: %s", text);
	CHECK(has_line(text, "(others)", "267         88\n"), "the others: %s", text);
	free(text);
	summary_free(summary);
	buffer_clear(&rows);
}

// What fails a certificate stands apart from what is only noted on it.
static void test_causes(void)
{
	struct buffer rows;
	struct made_spec spec = {.result = RESULT_FAIL,
		.verdict = VERDICT_NON_COMPLIANT,
		.finding = CODE_TOO_FEW_SCTS,
		.record_finding = CODE_LOG_LIST_STALE};
	buffer_init(&rows, 1 << 20);
	made_row(&world, &spec, 0, 1, &rows);
	spec.finding = CODE_NONE;
	made_row(&world, &spec, 1, 1, &rows);
	struct summary *summary = made_summary(&rows);
	char *text = text_of(summary);
	const char *const places[] = {strstr(text, "What certificates that fail have"),
		strstr(text, "fewer embedded SCTs"),
		strstr(text, "Also noted on certificates that fail"),
		strstr(text, "the log list is 60 days old")};
	for (size_t i = 0; i < 4; i++) {
		CHECK(places[i] && (i == 0 || places[i] > places[i - 1]),
			"causes come before remarks: %zu in %s", i, text);
	}
	free(text);
	summary_free(summary);
	buffer_clear(&rows);
}

static void test_unread(void)
{
	static const struct {
		unsigned num;
		const char *heading, *more;
	} cases[] = {
		{1, "  One by one\n", NULL},
		{5, "  One by one\n", NULL},
		{6, "  The first 5 of them\n", "    and 1 more\n"},
		{1016, "  The first 5 of them\n", "    and 1,011 more\n"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer rows;
		struct err err;
		buffer_init(&rows, 1 << 20);
		err_clear(&err);
		err_set(&err, CODE_BAD_CERTIFICATE, 12, "cut");
		for (unsigned k = 0; k < cases[i].num; k++) {
			summary_put_error_row(BYTES_NONE, &err, k, 1, &rows);
		}
		struct summary *summary = made_summary(&rows);
		char *text = text_of(summary);
		CHECK(strstr(text, cases[i].heading), "%u: %s", cases[i].num, text);
		const char *more = strstr(text, " more\n");
		CHECK(!more == !cases[i].more && (!more || strstr(text, cases[i].more)),
			"%u: the rest: %s", cases[i].num, text);
		free(text);
		summary_free(summary);
		buffer_clear(&rows);
	}
}

void test_summary_text(void)
{
	made_world_init(&world);
	test_text();
	test_others();
	test_causes();
	test_unread();
}
