// SPDX-License-Identifier: Apache-2.0
#include "live/host_name.h"
#include "tests/unit/test.h"

void test_host_name(void);

static const struct {
	const char *text;
	const char *want; // NULL: it is refused
	unsigned want_port;
	bool want_address;
} cases[] = {
	{"example.org", "example.org", 0, false},
	{"example.org:443", "example.org", 443, false},
	{"Example.ORG.", "Example.ORG", 0, false}, // the root's dot
	{"example.org.:25", "example.org", 25, false},
	{"localhost:1", "localhost", 1, false},
	{"_sip.a-b.xn--bcher-kva.example:65535", "_sip.a-b.xn--bcher-kva.example", 65535,
		false},
	{"192.0.2.1", "192.0.2.1", 0, true}, {"192.0.2.1:8443", "192.0.2.1", 8443, true},
	{"::1", "::1", 0, true}, {"[::1]", "::1", 0, true},
	{"[2001:db8::1]:993", "2001:db8::1", 993, true},
	{"[fe80::1%eth0.5]:25", "fe80::1%eth0.5", 25, true},
	{"1a.test", "1a.test", 0, false}, {"", NULL, 0, false}, {".", NULL, 0, false},
	{":443", NULL, 0, false}, {"a..b", NULL, 0, false}, {".a", NULL, 0, false},
	{"a:0", NULL, 0, false}, {"a:65536", NULL, 0, false},
	{"a:99999999999999999999", NULL, 0, false}, {"a:", NULL, 0, false},
	{"a:+1", NULL, 0, false}, {"a b", NULL, 0, false}, {"a/b", NULL, 0, false},
	{"https://a", NULL, 0, false}, {"user@a", NULL, 0, false},
	{"*.a", NULL, 0, false},
	{"b\xc3\xbc"
	 "cher.example",
		NULL, 0, false},
	{"192.0.2", NULL, 0, false}, {"192.0.2.256", NULL, 0, false},
	{"[::1", NULL, 0, false}, {"[::1]443", NULL, 0, false},
	{"[::1]:", NULL, 0, false}, {"[example.org]:443", NULL, 0, false},
	{"[]", NULL, 0, false}, {"::1::", NULL, 0, false}, {"fe80::1%", NULL, 0, false},
	{"fe80::1%'/>", NULL, 0, false}, // a zone goes into messages and requests
};

static void test_table(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct host_name host;
		struct err err;
		err_clear(&err);
		bool read = host_name_read(bytes_of_text(cases[i].text), &host, &err);
		CHECK_CODE(&err, cases[i].want ? CODE_NONE : CODE_BAD_HOST, "%s",
			cases[i].text);
		if (!read || !cases[i].want) {
			CHECK(!read && !cases[i].want, "%s", cases[i].text);
			continue;
		}
		CHECK_TEXT(host.name, cases[i].want, "%s", cases[i].text);
		CHECK_INT(host.port, cases[i].want_port, "%s", cases[i].text);
		CHECK_INT(host.is_address, cases[i].want_address, "%s", cases[i].text);
	}
}

static bool reads_label(size_t label, size_t num)
{
	char text[512];
	size_t len = 0;
	struct host_name host;
	struct err err;
	err_clear(&err);
	for (size_t i = 0; i < num; i++) {
		memset(text + len, 'a', label);
		len += label;
		text[len++] = '.';
	}
	return host_name_read(bytes_of(text, len - 1), &host, &err);
}

// RFC 1035 2.3.4, on both sides.
static void test_lengths(void)
{
	CHECK(reads_label(63, 1) && !reads_label(64, 1), "63 characters of a label");
	CHECK(reads_label(62, 4), "251 characters of a name");
	CHECK(reads_label(1, 127), "253 characters of a name");
	CHECK(!reads_label(63, 4), "255 characters of a name");
	CHECK(!reads_label(1, 128), "the same, of short labels");
}

static void test_names_alone(void)
{
	static const char *const bad[] = {"a:1", "192.0.2.1", "::1", "[::1]", ""};
	struct host_name host;
	struct err err;
	err_clear(&err);
	CHECK(host_name_read_name(BYTES_LITERAL("a.test"), &host, &err), "a name");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&err);
		CHECK(!host_name_read_name(bytes_of_text(bad[i]), &host, &err), "%s",
			bad[i]);
		CHECK_CODE(&err, CODE_BAD_HOST, "%s", bad[i]);
	}
}

void test_host_name(void)
{
	test_table();
	test_lengths();
	test_names_alone();
}
