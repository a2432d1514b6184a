// SPDX-License-Identifier: Apache-2.0
// `ctpolicy policies` prints every field of a policy's row: whichever is changed, its print
// changes too.
#include "report/report_policies.h"

#include <stdalign.h>

#include "base/bytes.h"
#include "tests/unit/test.h"

void test_report_policies(void);

enum kind {
	TEXT, // "other"
	NUMBER, // one more
	LONG, // a day more
	FLAG,
	ALIKE, // an enum: the value that stands in `value`
	INSIDE, // a struct, or an array, with a table of its own
};

struct field {
	const char *name;
	size_t offset, size, align;
	enum kind kind;
	unsigned value;
	bool in_words; // of the text form: the row's own sentence says it
};

#define FIELD(type, member, ...)                                                     \
	{                                                                            \
#member, offsetof(struct type, member),                              \
			sizeof(((struct type *)0)->member), /* NOLINT */             \
			alignof(__typeof__(((struct type *)0)->member)), __VA_ARGS__ \
	}

static const struct field policy_fields[] = {
	FIELD(policy, name, TEXT, 0, false),
	FIELD(policy, title, TEXT, 0, false),
	FIELD(policy, text, TEXT, 0, false),
	FIELD(policy, source, TEXT, 0, false),
	FIELD(policy, list, TEXT, 0, false),
	FIELD(policy, list_off_ms, LONG, 0, false),
	FIELD(policy, list_forgets, FLAG, 0, false),
	FIELD(policy, leniency, ALIKE, LENIENT_READONLY, false),
	FIELD(policy, enforced_from, LONG, 0, false),
	FIELD(policy, enforced_since_ms, LONG, 0, false),
	FIELD(policy, exemptions, ALIKE, EXEMPT_ONLY_CA, false),
	FIELD(policy, says, INSIDE, 0, false),
	FIELD(policy, refused_by, TEXT, 0, false),
	FIELD(policy, tables, INSIDE, 0, false),
	FIELD(policy, num_tables, ALIKE, 1, false),
	FIELD(policy, routes, INSIDE, 0, false),
	FIELD(policy, num_routes, ALIKE, 1, false),
};

static const struct field route_fields[] = {
	FIELD(route, name, TEXT, 0, false),
	FIELD(route, text, TEXT, 0, false),
	FIELD(route, requirements, INSIDE, 0, false),
	FIELD(route, num_requirements, ALIKE, 1, false),
	FIELD(route, from_ms, LONG, 0, false),
	FIELD(route, until_ms, LONG, 0, false),
};

static const struct field requirement_fields[] = {
	FIELD(requirement, name, TEXT, 0, false),
	FIELD(requirement, text, TEXT, 0, false),
	FIELD(requirement, source, TEXT, 0, false),
	FIELD(requirement, code, ALIKE, CODE_NO_ALT_NAME, false),
	FIELD(requirement, measure, ALIKE, MEASURE_OPERATORS, true),
	FIELD(requirement, subject, ALIKE, SUBJECT_ISSUER, true),
	FIELD(requirement, at_most, FLAG, 0, true),
	FIELD(requirement, is_advice, FLAG, 0, false),
	FIELD(requirement, system_roots_only, FLAG, 0, true),
	FIELD(requirement, sources, ALIKE, SOURCE_OCSP, true),
	FIELD(requirement, approvals, ALIKE, APPROVAL_ONCE, true),
	FIELD(requirement, rfc6962_only, FLAG, 0, true),
	FIELD(requirement, by_lifetime, FLAG, 0, false),
	FIELD(requirement, once_before_retirement, FLAG, 0, false),
	FIELD(requirement, needed, NUMBER, 0, false),
	FIELD(requirement, axis, ALIKE, AXIS_NOT_BEFORE, false),
	FIELD(requirement, from_ms, LONG, 0, false),
	FIELD(requirement, until_ms, LONG, 0, false),
};

static const struct field table_fields[] = {
	FIELD(lifetime_table, name, TEXT, 0, false),
	FIELD(lifetime_table, from, NUMBER, 0, false),
	FIELD(lifetime_table, until, NUMBER, 0, false),
	FIELD(lifetime_table, rows, INSIDE, 0, false),
	FIELD(lifetime_table, source, TEXT, 0, false),
};

static const struct field row_fields[] = {
	FIELD(lifetime_row, name, TEXT, 0, false),
	FIELD(lifetime_row, bound, ALIKE, LIFETIME_MONTHS, false),
	FIELD(lifetime_row, limit, NUMBER, 0, false),
	FIELD(lifetime_row, scts, NUMBER, 0, false),
	FIELD(lifetime_row, cap_per_operator, NUMBER, 0, false),
	FIELD(lifetime_row, remark, ALIKE, CODE_NO_ALT_NAME, false),
	FIELD(lifetime_row, remark_beyond_days, NUMBER, 0, false),
};

static const struct field says_fields[] = {
	{"compliant", 0, sizeof(char *), alignof(char *), TEXT, 0, false},
	{"non_compliant", sizeof(char *), sizeof(char *), alignof(char *), TEXT, 0,
		false},
	{"indeterminate", 2 * sizeof(char *), sizeof(char *), alignof(char *), TEXT, 0,
		false},
};

// A row that has everything, so that each change can be seen.
static struct policy whole_policy(void)
{
	struct policy policy = *policy_at(0);
	struct requirement *requirement = &policy.routes[0].requirements[0];
	struct lifetime_row *row = &policy.tables[0].rows[0];
	policy.enforced_since_ms = 1;
	policy.routes[0].from_ms = 1;
	policy.routes[0].until_ms = INT64_C(3000000000000);
	requirement->by_lifetime = false;
	policy.routes[0].requirements[1].by_lifetime = true; // so that there are tables
	requirement->needed = 7;
	requirement->from_ms = 1;
	requirement->until_ms = INT64_C(3000000000000);
	policy.tables[0].from = 1;
	*row = (struct lifetime_row){
		"a-row", LIFETIME_DAYS, 100, 3, 2, CODE_LIFETIME_BEYOND_TABLE, 90};
	return policy;
}

static void change(const struct field *field, void *object)
{
	char *at = (char *)object + field->offset;
	switch (field->kind) {
	case TEXT:
		*(const char **)(void *)at = "other";
		return;
	case NUMBER:
	case LONG:
		if (field->size == sizeof(unsigned)) {
			*(unsigned *)(void *)at += 1;
		} else {
			*(int64_t *)(void *)at += INT64_C(86400000);
		}
		return;
	case FLAG:
		*(bool *)at = !*(bool *)at;
		return;
	case ALIKE:
		if (field->size == sizeof(unsigned)) {
			*(unsigned *)(void *)at = field->value;
		} else {
			*(size_t *)(void *)at = field->value;
		}
		return;
	case INSIDE:
		return;
	}
}

static void print(const struct policy *policy, struct buffer *json, struct buffer *text)
{
	buffer_init(json, 1 << 20);
	buffer_init(text, 1 << 20);
	report_policies_json(&policy, 1, json);
	report_policies_text(&policy, 1, text);
	CHECK(!json->failed && !text->failed, "printed");
}

// Every byte of the struct belongs to a field of the table, or to what fills up to the next
// one: a new field must be put into the table.
static void check_table(
	const char *what, const struct field *fields, size_t num, size_t size)
{
	size_t end = 0;
	for (size_t i = 0; i < num; i++) {
		CHECK(fields[i].offset >= end && fields[i].offset - end < fields[i].align,
			"%s: a field before %s is not in this test", what,
			fields[i].name);
		end = fields[i].offset + fields[i].size;
	}
	CHECK(end <= size && size - end < alignof(max_align_t),
		"%s: a last field is not in this test", what);
}

static void check_fields(const char *what, const struct field *fields, size_t num,
	size_t size, size_t offset)
{
	struct policy before = whole_policy();
	struct buffer json, text;
	check_table(what, fields, num, size);
	print(&before, &json, &text);
	for (size_t i = 0; i < num; i++) {
		struct policy after = whole_policy();
		struct buffer other_json, other_text;
		if (fields[i].kind == INSIDE) {
			continue;
		}
		change(&fields[i], (char *)&after + offset);
		print(&after, &other_json, &other_text);
		CHECK(!bytes_equal(buffer_bytes(&json), buffer_bytes(&other_json)),
			"%s.%s is not in the JSON", what, fields[i].name);
		CHECK(fields[i].in_words ||
				!bytes_equal(
					buffer_bytes(&text), buffer_bytes(&other_text)),
			"%s.%s is not in the text", what, fields[i].name);
		buffer_clear(&other_json);
		buffer_clear(&other_text);
	}
	buffer_clear(&json);
	buffer_clear(&text);
}

#define CHECK_FIELDS(type, fields, at)                                    \
	check_fields(#type, fields, sizeof(fields) / sizeof((fields)[0]), \
		sizeof(struct type), at)

void test_report_policies(void)
{
	size_t route = offsetof(struct policy, routes);
	size_t table = offsetof(struct policy, tables);
	CHECK_FIELDS(policy, policy_fields, 0);
	CHECK_FIELDS(route, route_fields, route);
	CHECK_FIELDS(requirement, requirement_fields,
		route + offsetof(struct route, requirements));
	CHECK_FIELDS(lifetime_table, table_fields, table);
	CHECK_FIELDS(
		lifetime_row, row_fields, table + offsetof(struct lifetime_table, rows));
	check_fields("says", says_fields, 3, 3 * sizeof(char *),
		offsetof(struct policy, says));
}
