// SPDX-License-Identifier: Apache-2.0
// The short way to read a request: a table of what it takes and what it leaves, and the long
// way as the oracle over generated lines and mutations of them.
#include "app/short_request.h"

#include "app/input.h"
#include "tests/fuzz/same_request.h"
#include "tests/unit/test.h"

void test_short_request(void);

#define LINE_LENGTH_63 "MIIBszCCAVmgAwIBAgIUBx0ZC4uTn5m1QK8cVxgq0x9hYb4wCgYIKoZIzj0EAwI"
#define CHARACTERS_128 LINE_LENGTH_63 "w" LINE_LENGTH_63 "+"

static const struct {
	const char *line;
	bool want; // true: the short way takes it
} cases[] = {
	{"{\"certificate\":\"MAA=\"}", true},
	{"{\"certificate\":\"\"}", true},
	{"{\"certificate\":\"" CHARACTERS_128 "\"}", true},
	{"{\"certificate\":\"" LINE_LENGTH_63 "\x7f" LINE_LENGTH_63 "\"}", true},
	{"{\"certificate\":\"" LINE_LENGTH_63 "\\n" LINE_LENGTH_63 "\\n\"}", true},
	{"{\"certificate\":\"\\n\\r\\t\\/\\\"\\\\\"}", true},
	{"{\"certificate\":\"\\\\\",\"issuer\":\"\\\\\\\"\"}", true},
	{" \t\r\n{ \"certificate\" : \"MAA=\" , \"issuer\" : \"MAA=\" } \t\r\n", true},
	{"{\"issuer\":\"a\",\"issuer_key_sha256\":\"b\",\"tls_scts\":\"c\","
	 "\"ocsp\":\"d\"}",
		true},
	// Identifiers are copied to the report.
	{"{\"id\":\"g1\"}", true},
	{"{\"id\":\"\"}", true},
	{"{\"id\":\"a \x7f" CHARACTERS_128 "\"}", false},
	{"{\"id\":\"a ~" CHARACTERS_128 "\"}", true},
	{"{\"id\":0}", true},
	{"{\"id\":7 }", true},
	{"{\"id\":999999999999999}", true},
	{"{\"id\":9999999999999999}", false},
	{"{\"id\":-1}", false},
	{"{\"id\":-0}", false},
	{"{\"id\":+1}", false},
	{"{\"id\":007}", false},
	{"{\"id\":00}", false},
	{"{\"id\":1.0}", false},
	{"{\"id\":1e3}", false},
	{"{\"id\":1 2}", false},
	{"{\"id\":}", false},
	{"{\"id\":", false},
	{"{\"id\":\"", false},
	{"{\"id\":\"a", false},
	{"{\"id\":\"a\\/b\"}", false},
	{"{\"id\":\"a\\nb\"}", false},
	{"{\"id\":\"\xc3\xa9\"}", false},
	{"{\"id\":null}", false},
	{"{\"id\":[1]}", false},
	// Times and policies.
	{"{\"at\":\"2026-11-01T12:00:00Z\"}", true},
	{"{\"at\":\"2026-11-01T14:00:00.5+02:00\"}", true},
	{"{\"at\":\"issuance\"}", true},
	{"{\"at\":\"iss\\u0075ance\"}", false},
	{"{\"at\":\"now\"}", false},
	{"{\"at\":\"\"}", false},
	{"{\"at\":7}", false},
	{"{\"policies\":[\"apple\"]}", true},
	{"{\"policies\":[ \"apple-enforced\" , \"apple\",\"apple\" ]}", true},
	{"{\"policies\":[\"all\"]}", true},
	{"{\"policies\":[]}", false},
	{"{\"policies\":[\"aple\"]}", false},
	{"{\"policies\":[\"apple\",]}", false},
	{"{\"policies\":[\"apple\"", false},
	{"{\"policies\":[\"apple\"}", false},
	{"{\"policies\":[7]}", false},
	{"{\"policies\":\"apple\"}", false},
	// Days.
	{"{\"client_age_days\":60}", true},
	{"{\"client_age_days\" : 0 }", true},
	{"{\"client_age_days\":3650}", true},
	{"{\"client_age_days\":3651}", false},
	{"{\"client_age_days\":-1}", false},
	{"{\"client_age_days\":-0}", false},
	{"{\"client_age_days\":060}", false},
	{"{\"client_age_days\":60.0}", false},
	{"{\"client_age_days\":6e1}", false},
	{"{\"client_age_days\":4294967297}", false},
	{"{\"client_age_days\":1000000000000000000000}", false},
	{"{\"client_age_days\":\"60\"}", false},
	{"{\"client_age_days\":null}", false},
	{"{\"client_age_days\":}", false},
	{"{\"client_age_days\":6", false},
	{"{\"client_age_days\":", false},
	// A root.
	{"{\"private_root\":true}", true},
	{"{\"private_root\" : false , \"id\":1}", true},
	{"{\"private_root\":tru}", false},
	{"{\"private_root\":truer}", false},
	{"{\"private_root\":TRUE}", false},
	{"{\"private_root\":null}", false},
	{"{\"private_root\":1}", false},
	{"{\"private_root\":\"true\"}", false},
	{"{\"private_root\":fals", false},
	{"{\"private_root\":", false},
	// SCTs.
	{"{\"scts\":[\"AAEC\"]}", true},
	{"{\"scts\":[\"{\\\"sct_version\\\":0}\", \"A\\nB\"]}", true},
	{"{\"scts\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\","
	 "\"11\",\"12\",\"13\",\"14\",\"15\",\"16\"]}",
		true},
	{"{\"scts\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\","
	 "\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"17\"]}",
		false},
	{"{\"scts\":[]}", false},
	{"{\"scts\":[{\"sct_version\":0}]}", false},
	{"{\"scts\":[\"AA\" \"AA\"]}", false},
	{"{\"scts\":[\"AA\"", false},
	// Strings that are for the long way.
	{"{\"certificate\":\"\\u004d\"}", false},
	{"{\"certificate\":\"\\b\"}", false},
	{"{\"certificate\":\"\\f\"}", false},
	{"{\"certificate\":\"\\x\"}", false},
	{"{\"certificate\":\"\\", false},
	{"{\"certificate\":\"\\\"", false},
	{"{\"certificate\":\"\\\"}", false},
	{"{\"certificate\":\"" LINE_LENGTH_63 "\n\"}", false},
	{"{\"certificate\":\"" LINE_LENGTH_63 "\\\n" LINE_LENGTH_63 "\"}", false},
	{"{\"certificate\":\"a\tb\"}", false},
	{"{\"certificate\":\"\\na\tb\"}", false},
	{"{\"certificate\":\"\\na\x80\"}", false},
	{"{\"certificate\":\"\xc3\xa9\"}", false},
	{"{\"certificate\":\"" LINE_LENGTH_63 "\xff" LINE_LENGTH_63 "\"}", false},
	{"{\"certificate\":\"" CHARACTERS_128 "\x1f\"}", false},
	{"{\"certificate\":'MAA='}", false},
	{"{\"certificate\":7}", false},
	{"{\"certificate\":true}", false},
	{"{\"certificate\":{\"pem\":\"MAA=\"}}", false},
	// Objects that are.
	{"", false},
	{" ", false},
	{"{", false},
	{"{}", false},
	{"[]", false},
	{"\"certificate\"", false},
	{"{\"certificate\"}", false},
	{"{\"certificate\"", false},
	{"{\"certificate", false},
	{"{\"certificate\":\"MAA=\"", false},
	{"{\"certificate\":\"MAA=\",}", false},
	{"{,\"certificate\":\"MAA=\"}", false},
	{"{\"certificate\":\"MAA=\"}}", false},
	{"{\"certificate\":\"MAA=\"} {}", false},
	{"{\"certificate\":\"MAA=\"},", false},
	{"{\"certificate\" \"MAA=\"}", false},
	{"{\"certificate\":\"MAA=\" \"issuer\":\"MAA=\"}", false},
	{"{\"certificate\":\"MAA=\",\"certificate\":\"MAA=\"}", false},
	{"{\"certificates\":\"MAA=\"}", false},
	{"{\"Certificate\":\"MAA=\"}", false},
	{"{\"certificat\":\"MAA=\"}", false},
	{"{\"certi\\u0066icate\":\"MAA=\"}", false},
	{"{\"hostname\":\"example.org\"}", false},
	{"{\"\":\"\"}", false},
	{"\xef\xbb\xbf{\"id\":1}", false},
	{"{\"id\":1}\v", false},
};

// Lines in memory of just their size, so that a sanitizer sees a read beyond the end.
struct ways {
	struct arena arena;
	struct ctp_request defaults[2]; // empty, and full
	size_t num, num_taken;
	size_t num_broken;
	char first_broken[256];
};

static const struct bytes default_scts[] = {BYTES_LITERAL("AAEC"), BYTES_LITERAL("{}")};

static void ways_init(struct ways *w)
{
	struct ctp_request *full = &w->defaults[1];
	*w = (struct ways){.num = 0};
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		full->fields[i] = BYTES_LITERAL("7");
	}
	full->scts = default_scts;
	full->num_scts = 2;
	full->time_of_check = TIME_GIVEN;
	full->at_ms = 1;
	full->policies[0] = policy_at(policy_num() - 1);
	full->num_policies = 1;
	full->client_age_days = 60;
	full->private_root = true;
}

// Whether the short way takes the line.
static bool try_line(struct ways *w, struct bytes line)
{
	const struct ctp_request *defaults = &w->defaults[w->num++ % 2];
	uint8_t *exact = malloc(line.len ? line.len : 1);
	bool taken = false;
	if (!exact) {
		abort();
	}
	bytes_copy(exact, line);
	const char *broken = request_ways_differ(
		bytes_of(exact, line.len), defaults, &w->arena, &taken);
	w->num_taken += taken;
	if (broken && w->num_broken++ == 0) {
		(void)snprintf(w->first_broken, sizeof(w->first_broken), "%s: %.*s",
			broken, line.len < 200 ? (int)line.len : 200,
			(const char *)line.data);
	}
	free(exact);
	return taken;
}

static void check_ways(struct ways *w, const char *what)
{
	CHECK_INT(w->num_broken, 0, "%s: %zu lines, %zu taken: %s", what, w->num,
		w->num_taken, w->first_broken);
	arena_clear(&w->arena);
}

static void test_cases(void)
{
	struct ways w;
	ways_init(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		// Over either defaults.
		for (size_t k = 0; k < 2; k++) {
			CHECK_INT(try_line(&w, bytes_of_text(cases[i].line)),
				cases[i].want, "%s", cases[i].line);
		}
	}
	struct bytes nul = BYTES_LITERAL("{\"certificate\":\"MA\0A=\"}");
	CHECK(!try_line(&w, nul), "a NUL in a string");
	CHECK(!try_line(&w, BYTES_LITERAL("{\"id\":1}\0")), "a NUL behind the end");
	CHECK(!try_line(&w, BYTES_NONE), "nothing");
	check_ways(&w, "the table");
}

static void test_content(void)
{
	static const char line[] = "{\"id\":\"a\",\"certificate\":\"x\\ny\\/\","
				   "\"scts\":[\"AA\\t\",\"AB\"],\"at\":\"issuance\"}";
	struct arena arena = {0};
	struct ctp_request got = {0};
	struct bytes in = bytes_of_text(line);
	CHECK(short_request_read(in, &arena, &got), "taken");
	CHECK(bytes_equal(got.fields[REQUEST_ID], BYTES_LITERAL("\"a\"")), "id");
	CHECK(got.fields[REQUEST_ID].data == in.data + 6, "lent from the line");
	CHECK(bytes_equal(got.fields[REQUEST_CERTIFICATE], BYTES_LITERAL("x\ny/")),
		"decoded");
	CHECK_INT(got.num_scts, 2, "SCTs");
	CHECK(bytes_equal(got.scts[0], BYTES_LITERAL("AA\t")), "decoded");
	CHECK(bytes_equal(got.scts[1], BYTES_LITERAL("AB")), "lent");
	CHECK_INT(got.time_of_check, TIME_ISSUANCE, "time");
	CHECK(!got.fields[REQUEST_ISSUER].data, "not given");
	arena_clear(&arena);
}

// The door: errors are the long way's.
static void test_door(void)
{
	static const struct {
		const char *line;
		enum code want;
		const char *field;
	} lines[] = {
		{"{\"id\":7,\"certificate\":\"MAA=\"}", CODE_NONE, ""},
		{"{\"id\":7,\"scts\":[{}]}", CODE_NONE, ""},
		{"{\"id\":7,\"certificate\":7}", CODE_BAD_REQUEST, "certificate"},
		{"{\"id\":7,\"at\":\"now\"}", CODE_BAD_TIME, "at"},
		{"{\"id\":7,\"policies\":[\"aple\"]}", CODE_UNKNOWN_POLICY, "policies"},
		{"{\"id\":7,\"client_age_days\":-0}", CODE_NONE, ""},
		{"{\"id\":7,\"client_age_days\":3651}", CODE_BAD_REQUEST,
			"client_age_days"},
		{"{\"id\":7,\"private_root\":false}", CODE_NONE, ""},
		{"{\"id\":7,\"private_root\":\"true\"}", CODE_BAD_REQUEST,
			"private_root"},
		{"{\"id\":7,\"private_root\":null}", CODE_BAD_REQUEST, "private_root"},
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct arena arena = {0};
		struct ctp_request got = {0};
		struct err err;
		err_clear(&err);
		bool read = input_read_request(
			bytes_of_text(lines[i].line), &arena, &got, &err);
		CHECK_INT(read, lines[i].want == CODE_NONE, "%s", lines[i].line);
		CHECK_CODE(&err, lines[i].want, "%s", lines[i].line);
		CHECK_TEXT(err.field, lines[i].field, "%s", lines[i].line);
		CHECK(bytes_equal(got.fields[REQUEST_ID], BYTES_LITERAL("7")), "%s",
			lines[i].line);
		arena_clear(&arena);
	}
}

// Every byte of these becomes every other one, and every byte is put in everywhere.
static const char *const seeds[] = {
	"{\"id\":10,\"certificate\":\"-----BEGIN\\nMAA=\\n\",\"issuer\":\"MA\\/A\\\\\","
	"\"at\":\"2026-11-01T12:00:00Z\",\"policies\":[\"apple\",\"all\"],"
	"\"client_age_days\":365,\"private_root\":true}",
	"{\"id\":\"a\",\"tls_scts\":\"" CHARACTERS_128
	"\\n\",\"scts\":[\"AAEC\",\"{}\"]}",
	" { \"ocsp\" : \"\\\"\" ,\t\"issuer_key_sha256\" : \"ab\" } \r",
};

static void mutate_everywhere(struct ways *w, struct bytes line)
{
	uint8_t text[512];
	for (size_t i = 0; i <= line.len; i++) {
		struct bytes head = bytes_of(line.data, i);
		struct bytes tail = bytes_of(line.data + i, line.len - i);
		(void)try_line(w, head);
		bytes_copy(text, head);
		for (unsigned c = 0; c < 256; c++) {
			text[i] = (uint8_t)c;
			bytes_copy(text + i + 1, tail);
			(void)try_line(w, bytes_of(text, line.len + 1));
			if (tail.len > 0) {
				bytes_copy(text + i + 1,
					bytes_of(tail.data + 1, tail.len - 1));
				(void)try_line(w, bytes_of(text, line.len));
			}
		}
	}
}

static void test_everywhere(void)
{
	struct ways w;
	ways_init(&w);
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		CHECK(try_line(&w, bytes_of_text(seeds[i])), "taken: %s", seeds[i]);
		mutate_everywhere(&w, bytes_of_text(seeds[i]));
	}
	CHECK(w.num >= 100000 && w.num_taken > w.num / 10, "%zu taken of %zu",
		w.num_taken, w.num);
	check_ways(&w, "bytes everywhere");
}

// Generated lines, mutated at random.

#define ROUNDS 150000
#define MAX_LINE 4096

static size_t below(uint64_t *seed, size_t limit)
{
	return (size_t)(test_random(seed) % limit);
}

static const char *choose(uint64_t *seed, const char *const *words, size_t num)
{
	return words[below(seed, num)];
}
#define CHOOSE(seed, words) choose(seed, words, sizeof(words) / sizeof((words)[0]))

static void put_space(struct buffer *out, uint64_t *seed)
{
	static const char *const spaces[] = {"", "", "", "", " ", "\t", "\r\n", "  "};
	buffer_put_text(out, CHOOSE(seed, spaces));
}

static void put_string(struct buffer *out, uint64_t *seed)
{
	static const char *const pieces[] = {"MAA=", "\\n", "\\r\\n", "\\/", "\\\\",
		"\\\"", "\\t", CHARACTERS_128, LINE_LENGTH_63, "a b", "{}", "\x7f", "A"};
	static const char *const odd[] = {"\\u0041", "\\b", "\t", "\xc3\xa9", "\x80",
		"\\x", "\\ud83d\\ude00", "\\u0000"};
	buffer_put_char(out, '"');
	for (size_t n = below(seed, 6); n > 0; n--) {
		bool plain = below(seed, 60) != 0;
		buffer_put_text(out, plain ? CHOOSE(seed, pieces) : CHOOSE(seed, odd));
	}
	buffer_put_char(out, '"');
}

static void put_array(struct buffer *out, uint64_t *seed, bool policies)
{
	static const char *const names[] = {
		"\"apple\"", "\"apple-enforced\"", "\"all\"", "\"\"", "7"};
	buffer_put_char(out, '[');
	for (size_t i = 0, num = below(seed, 20) ? 1 + below(seed, 3) : below(seed, 18);
		i < num; i++) {
		buffer_put_text(out, i ? "," : "");
		put_space(out, seed);
		if (policies) {
			buffer_put_text(out, names[below(seed, below(seed, 9) ? 3 : 5)]);
		} else {
			put_string(out, seed);
		}
		put_space(out, seed);
	}
	buffer_put_char(out, ']');
}

static void put_value(struct buffer *out, uint64_t *seed, const char *name)
{
	static const char *const times[] = {"\"2026-11-01T12:00:00Z\"", "\"issuance\"",
		"\"2026-11-01T12:00:00.123-01:30\"", "\"1969-12-31T23:59:59Z\"",
		"\"now\""};
	static const char *const ids[] = {"0", "7", "123456789012345", "\"a b\"",
		"1234567890123456", "-1", "1.5", "01", "\"a\\/\""};
	static const char *const days[] = {"0", "60", "3650", "3651", "-1", "6.0", "07"};
	static const char *const roots[] = {"true", "false", "null", "\"true\""};
	if (strcmp(name, "private_root") == 0) {
		buffer_put_text(out, roots[below(seed, below(seed, 9) ? 2 : 4)]);
	} else if (strcmp(name, "client_age_days") == 0) {
		buffer_put_text(out, days[below(seed, below(seed, 9) ? 3 : 7)]);
	} else if (strcmp(name, "at") == 0) {
		buffer_put_text(out, CHOOSE(seed, times));
	} else if (strcmp(name, "id") == 0) {
		buffer_put_text(out, ids[below(seed, below(seed, 9) ? 4 : 9)]);
	} else if (strcmp(name, "scts") == 0 || strcmp(name, "policies") == 0) {
		put_array(out, seed, name[0] == 'p');
	} else {
		put_string(out, seed);
	}
}

// Each field once, from a random one on, and now and then one more.
static void put_line(struct buffer *out, uint64_t *seed)
{
	static const char *const names[] = {"id", "policies", "certificate", "at",
		"issuer", "scts", "tls_scts", "issuer_key_sha256", "ocsp",
		"client_age_days", "precertificate", "private_root"};
	size_t num = sizeof(names) / sizeof(names[0]);
	size_t first = below(seed, num);
	size_t step = 1 + 4 * below(seed, 2); // 1 or 5: 12 comes to each name once
	size_t count = 1 + below(seed, below(seed, 20) ? 5 : num + 1);
	out->len = 0;
	put_space(out, seed);
	buffer_put_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		const char *name = names[(first + i * step) % num];
		buffer_put_text(out, i ? "," : "");
		put_space(out, seed);
		buffer_printf(out, "\"%s\"", name);
		put_space(out, seed);
		buffer_put_char(out, ':');
		put_space(out, seed);
		put_value(out, seed, name);
		put_space(out, seed);
	}
	buffer_put_char(out, '}');
	put_space(out, seed);
}

// A byte, some bytes cut out, or some bytes twice.
static void mutate(struct buffer *text, uint64_t *seed)
{
	static const char bytes[] = "{}[]\",:\\/unrtb0-.19e\n\t \x7f\x80\xc3\xff\x1f";
	size_t at = below(seed, text->len);
	size_t span = below(seed, text->len - at < 20 ? text->len - at : 20);
	uint8_t *where = text->data + at;
	switch (below(seed, 3)) {
	case 0:
		*where = (uint8_t)bytes[below(seed, sizeof(bytes))]; // NUL too
		break;
	case 1:
		memmove(where, where + span, text->len - at - span);
		text->len -= span;
		break;
	default:
		if (buffer_extend(text, span)) {
			where = text->data + at;
			memmove(where + span, where, text->len - at - span);
		}
	}
}

static void test_random_lines(void)
{
	uint64_t seed = 1962;
	struct ways w;
	struct buffer line;
	size_t num_plain = 0;
	ways_init(&w);
	buffer_init(&line, MAX_LINE);
	for (size_t i = 0; i < ROUNDS; i += 3) {
		put_line(&line, &seed);
		num_plain += try_line(&w, buffer_bytes(&line));
		for (size_t k = 0; k < 2; k++) {
			mutate(&line, &seed);
			(void)try_line(&w, buffer_bytes(&line));
		}
		buffer_clear(&line);
		buffer_init(&line, MAX_LINE);
	}
	CHECK(num_plain > ROUNDS / 6 && num_plain < ROUNDS / 3,
		"%zu taken of %d as generated", num_plain, ROUNDS / 3);
	CHECK(w.num_taken > num_plain + ROUNDS / 30, "%zu of %zu taken", w.num_taken,
		w.num);
	check_ways(&w, "generated lines");
	buffer_clear(&line);
}

void test_short_request(void)
{
	test_cases();
	test_content();
	test_door();
	test_everywhere();
	test_random_lines();
}
