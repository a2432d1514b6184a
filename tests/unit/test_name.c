// SPDX-License-Identifier: Apache-2.0
#include "x509/name.h"

#include "base/text.h"
#include "tests/pki/pki.h"
#include "tests/unit/test.h"

void test_name(void);

// "\xc3\x89" and the like as data with its length.
#define RAW(text) .data = (text), .len = sizeof(text) - 1
#define NUMERIC 0x12
#define VISIBLE 0x1a

struct name_case {
	const char *name;
	struct pki_attr attrs[4];
	const char *want;
};

static const struct name_case cases[] = {
	{"no attribute", {{0}}, ""},
	{"one", {{.oid = "2.5.4.3", .data = "a"}}, "CN=a"},
	{"an empty value", {{.oid = "2.5.4.3", .data = ""}}, "CN="},
	{"last first",
		{{.oid = "2.5.4.6", .data = "AT", .tag = DERW_PRINTABLE_STRING},
			{.oid = "2.5.4.10", .data = "x"},
			{.oid = "2.5.4.3", .data = "y"}},
		"CN=y,O=x,C=AT"},
	{"two in one RDN, in their order",
		{{.oid = "2.5.4.6", .data = "AT"}, {.oid = "2.5.4.10", .data = "a"},
			{.oid = "2.5.4.11", .data = "b", .joined = true}},
		"O=a+OU=b,C=AT"},
	// RFC 4514 2.4
	{"special characters", {{.oid = "2.5.4.3", .data = "a,b+c\"d\\e<f>g;h=i"}},
		"CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i"},
	{"number sign in front", {{.oid = "2.5.4.3", .data = "#x#"}}, "CN=\\#x#"},
	{"spaces at both ends", {{.oid = "2.5.4.3", .data = "  a b  "}},
		"CN=\\  a b \\ "},
	{"one space", {{.oid = "2.5.4.3", .data = " "}}, "CN=\\ "},
	// what could fool a terminal, a log or a reader
	{"terminal escape", {{.oid = "2.5.4.3", .data = "\033[31mred"}},
		"CN=\\1B[31mred"},
	{"NUL", {{.oid = "2.5.4.3", RAW("a\0b")}}, "CN=a\\00b"},
	{"line ends and tab", {{.oid = "2.5.4.3", .data = "a\r\nb\tc"}},
		"CN=a\\0D\\0Ab\\09c"},
	{"delete", {{.oid = "2.5.4.3", .data = "a\x7f"}}, "CN=a\\7F"},
	{"C1 control", {{.oid = "2.5.4.3", .data = "\xc2\x9b"}}, "CN=\\C2\\9B"},
	{"C1 control of Latin-1",
		{{.oid = "2.5.4.3", RAW("\x9b"), .tag = DERW_T61_STRING}}, "CN=\\C2\\9B"},
	{"right-to-left override",
		{{.oid = "2.5.4.3",
			.data = "a\xe2\x80\xae"
				"b"}},
		"CN=a\\E2\\80\\AEb"},
	{"isolate", {{.oid = "2.5.4.3", .data = "\xe2\x81\xa6"}}, "CN=\\E2\\81\\A6"},
	{"zero width space", {{.oid = "2.5.4.3", .data = "\xe2\x80\x8b"}},
		"CN=\\E2\\80\\8B"},
	{"line separator", {{.oid = "2.5.4.3", .data = "\xe2\x80\xa8"}},
		"CN=\\E2\\80\\A8"},
	{"byte order mark", {{.oid = "2.5.4.3", .data = "\xef\xbb\xbf"}},
		"CN=\\EF\\BB\\BF"},
	{"tag character", {{.oid = "2.5.4.3", .data = "\xf3\xa0\x81\x81"}},
		"CN=\\F3\\A0\\81\\81"},
	// string types
	{"UTF-8", {{.oid = "2.5.4.8", .data = "\xc3\x8ele-de-France \xe5\x8c\x97"}},
		"ST=\xc3\x8ele-de-France \xe5\x8c\x97"},
	{"TeletexString as Latin-1",
		{{.oid = "2.5.4.3", RAW("\xe9"), .tag = DERW_T61_STRING}}, "CN=\xc3\xa9"},
	{"BMPString",
		{{.oid = "2.5.4.3", RAW("\0A\x00\xc9\x53\x17"), .tag = DERW_BMP_STRING}},
		"CN=A\xc3\x89\xe5\x8c\x97"},
	{"UniversalString",
		{{.oid = "2.5.4.3",
			RAW("\0\0\0A\0\1\xf6\0"),
			.tag = DERW_UNIVERSAL_STRING}},
		"CN=A\xf0\x9f\x98\x80"},
	{"IA5String",
		{{.oid = "1.2.840.113549.1.9.1", .data = "a@b", .tag = DERW_IA5_STRING}},
		"emailAddress=a@b"},
	{"NumericString", {{.oid = "2.5.4.5", .data = "12 3", .tag = NUMERIC}},
		"serialNumber=12 3"},
	{"VisibleString", {{.oid = "2.5.4.3", .data = "v", .tag = VISIBLE}}, "CN=v"},
	// bytes that do not fit their type become the hex of the value's DER
	{"a lone byte in UTF8String", {{.oid = "2.5.4.3", RAW("\xff")}}, "CN=#0c01ff"},
	{"UTF-8 not of the shortest form", {{.oid = "2.5.4.3", RAW("\xc0\x80")}},
		"CN=#0c02c080"},
	{"a surrogate in UTF-8", {{.oid = "2.5.4.3", RAW("\xed\xa0\x80")}},
		"CN=#0c03eda080"},
	{"UTF-8 cut short", {{.oid = "2.5.4.3", RAW("a\xc3")}}, "CN=#0c0261c3"},
	{"UTF-8 beyond Unicode", {{.oid = "2.5.4.3", RAW("\xf4\x90\x80\x80")}},
		"CN=#0c04f4908080"},
	{"Latin-1 in PrintableString",
		{{.oid = "2.5.4.3", RAW("\xe9"), .tag = DERW_PRINTABLE_STRING}},
		"CN=#1301e9"},
	{"Latin-1 in IA5String",
		{{.oid = "2.5.4.3", RAW("\xe9"), .tag = DERW_IA5_STRING}}, "CN=#1601e9"},
	{"BMPString of odd length",
		{{.oid = "2.5.4.3", RAW("\0A\0"), .tag = DERW_BMP_STRING}},
		"CN=#1e03004100"},
	{"surrogates in BMPString",
		{{.oid = "2.5.4.3", RAW("\xd8\x3d\xde\x00"), .tag = DERW_BMP_STRING}},
		"CN=#1e04d83dde00"},
	{"UniversalString beyond Unicode",
		{{.oid = "2.5.4.3",
			RAW("\x00\x11\x00\x00"),
			.tag = DERW_UNIVERSAL_STRING}},
		"CN=#1c0400110000"},
	{"UniversalString of three bytes",
		{{.oid = "2.5.4.3", RAW("\0\0A"), .tag = DERW_UNIVERSAL_STRING}},
		"CN=#1c03000041"},
	{"an INTEGER", {{.oid = "2.5.4.3", RAW("\x05"), .tag = DERW_INTEGER}},
		"CN=#020105"},
	{"a SEQUENCE", {{.oid = "2.5.4.3", RAW(""), .tag = DERW_SEQUENCE}}, "CN=#3000"},
	// RFC 4514 2.4: behind a dotted type the value is hex
	{"an unknown type", {{.oid = "1.2.3.4", .data = "x"}}, "1.2.3.4=#0c0178"},
	{"the usual types",
		{{.oid = "0.9.2342.19200300.100.1.25", .data = "dc"},
			{.oid = "0.9.2342.19200300.100.1.1", .data = "uid"},
			{.oid = "1.3.6.1.4.1.311.60.2.1.3", .data = "JC"},
			{.oid = "2.5.4.97", .data = "oi"}},
		"organizationIdentifier=oi,jurisdictionC=JC,UID=uid,DC=dc"},
};

static void test_text(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct name_case *c = &cases[i];
		struct pki_name name = {.attrs = c->attrs};
		struct out der = {0};
		struct buffer text;
		struct err err;
		while (name.num_attrs < 4 && c->attrs[name.num_attrs].oid) {
			name.num_attrs++;
		}
		pki_name(&name, &der);
		err_clear(&err);
		struct reader r = reader_init(
			bytes_of(der.data, der.len), CODE_BAD_CERTIFICATE, &err);
		struct bytes whole = name_read(&r, "issuer");
		CHECK_CODE(&err, CODE_NONE, "%s", c->name);
		CHECK_INT(whole.len, (int64_t)der.len, "%s: all of it", c->name);
		buffer_init(&text, 1000);
		name_put_text(&text, whole);
		buffer_put_char(&text, '\0');
		CHECK_TEXT((const char *)text.data, c->want, "%s", c->name);
		buffer_clear(&text);
		derw_clear(&der);
	}
}

// RFC 5280 7.1 in short: string types and letter case do not matter, order and structure do.
static void test_same(void)
{
	static const struct {
		const char *name;
		struct pki_attr a[2], b[2];
		bool want;
	} pairs[] = {
		{"byte for byte", {{.oid = "2.5.4.3", .data = "a"}},
			{{.oid = "2.5.4.3", .data = "a"}}, true},
		{"another string type",
			{{.oid = "2.5.4.3", .data = "a", .tag = DERW_PRINTABLE_STRING}},
			{{.oid = "2.5.4.3", RAW("\0a"), .tag = DERW_BMP_STRING}}, true},
		{"letter case", {{.oid = "2.5.4.3", .data = "Trust CA"}},
			{{.oid = "2.5.4.3", .data = "TRUST ca"}}, true},
		{"another value", {{.oid = "2.5.4.3", .data = "a"}},
			{{.oid = "2.5.4.3", .data = "b"}}, false},
		{"a longer value", {{.oid = "2.5.4.3", .data = "a"}},
			{{.oid = "2.5.4.3", .data = "aa"}}, false},
		{"another type", {{.oid = "2.5.4.3", .data = "a"}},
			{{.oid = "2.5.4.10", .data = "a"}}, false},
		{"an attribute more", {{.oid = "2.5.4.3", .data = "a"}},
			{{.oid = "2.5.4.3", .data = "a"},
				{.oid = "2.5.4.3", .data = "a"}},
			false},
		{"another order",
			{{.oid = "2.5.4.3", .data = "a"},
				{.oid = "2.5.4.10", .data = "b"}},
			{{.oid = "2.5.4.10", .data = "b"},
				{.oid = "2.5.4.3", .data = "a"}},
			false},
		{"one RDN or two",
			{{.oid = "2.5.4.3", .data = "a"},
				{.oid = "2.5.4.3", .data = "b", .joined = true}},
			{{.oid = "2.5.4.3", .data = "a"},
				{.oid = "2.5.4.3", .data = "b"}},
			false},
		{"a comma in the value", {{.oid = "2.5.4.3", .data = "b,CN=a"}},
			{{.oid = "2.5.4.3", .data = "a"},
				{.oid = "2.5.4.3", .data = "b"}},
			false},
		{"hex in the value", {{.oid = "2.5.4.3", .data = "#0c01ff"}},
			{{.oid = "2.5.4.3", RAW("\xff")}}, false},
		{"no attribute", {{0}}, {{0}}, true},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct pki_name a = {.attrs = pairs[i].a};
		struct pki_name b = {.attrs = pairs[i].b};
		struct out ders[2] = {{0}};
		a.num_attrs = pairs[i].a[0].oid ? 1 + (pairs[i].a[1].oid != NULL) : 0;
		b.num_attrs = pairs[i].b[0].oid ? 1 + (pairs[i].b[1].oid != NULL) : 0;
		pki_name(&a, &ders[0]);
		pki_name(&b, &ders[1]);
		struct bytes x = bytes_of(ders[0].data, ders[0].len);
		struct bytes y = bytes_of(ders[1].data, ders[1].len);
		CHECK_INT(name_same(x, y), pairs[i].want, "%s", pairs[i].name);
		CHECK_INT(name_same(y, x), pairs[i].want, "%s, turned", pairs[i].name);
		derw_clear(&ders[0]);
		derw_clear(&ders[1]);
	}
}

static void test_walk(void)
{
	static const struct pki_attr attrs[] = {
		{.oid = "2.5.4.6", .data = "AT"},
		{.oid = "2.5.4.10", .data = "a"},
		{.oid = "2.5.4.11", .data = "b", .joined = true},
		{.oid = "2.5.4.3", .data = "c"},
	};
	static const bool first[] = {true, true, false, true};
	struct out der = {0};
	struct err err;
	pki_name(&(struct pki_name){.attrs = attrs, .num_attrs = 4}, &der);
	err_clear(&err);
	struct name_walk walk =
		name_walk_init(bytes_of(der.data, der.len), CODE_BAD_CERTIFICATE, &err);
	struct name_attribute attribute;
	size_t num = 0;
	while (num < 4 && name_next(&walk, &attribute)) {
		CHECK_INT(attribute.first_in_rdn, first[num], "attribute %zu", num);
		CHECK(bytes_equal(attribute.value.value, bytes_of_text(attrs[num].data)),
			"attribute %zu", num);
		num++;
	}
	CHECK_INT(num, 4, "all attributes");
	CHECK(!name_next(&walk, &attribute), "and no more");
	CHECK_CODE(&err, CODE_NONE, "no error");
	derw_clear(&der);
}

static void test_bad(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		size_t want_offset;
	} bad[] = {
		{"no SEQUENCE", BYTES_LITERAL("\x31\x00"), 0},
		{"nothing", BYTES_LITERAL(""), 0},
		{"no SET in it", BYTES_LITERAL("\x30\x02\x30\x00"), 2},
		{"no SEQUENCE in the SET", BYTES_LITERAL("\x30\x04\x31\x02\x31\x00"), 4},
		{"an empty SET", BYTES_LITERAL("\x30\x02\x31\x00"), 4},
		{"no type", BYTES_LITERAL("\x30\x06\x31\x04\x30\x02\x0c\x00"), 6},
		{"no value",
			BYTES_LITERAL("\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03"),
			11},
		{"two values",
			BYTES_LITERAL(
				"\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x00\x0c\x00"),
			13},
		{"a length beyond its parent",
			BYTES_LITERAL(
				"\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04\x03\x0c\x01"),
			11},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err;
		err_clear(&err);
		struct reader r = reader_init(bad[i].in, CODE_BAD_CERTIFICATE, &err);
		(void)name_read(&r, "issuer");
		CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "%s", bad[i].name);
		CHECK_INT(
			err.offset, bad[i].want_offset, "%s: %s", bad[i].name, err.text);
	}
}

// NAME_MAX_RDNS on both sides.
static void test_limit(void)
{
	for (size_t num = NAME_MAX_RDNS; num <= NAME_MAX_RDNS + 1; num++) {
		struct out der = {0};
		struct err err;
		for (size_t i = 0; i < num; i++) {
			size_t start = der.len;
			derw_oid(&der, "2.5.4.11");
			derw_text(&der, DERW_UTF8_STRING, "x");
			derw_wrap(&der, start, DERW_SEQUENCE);
			derw_wrap(&der, start, DERW_SET);
		}
		derw_wrap(&der, 0, DERW_SEQUENCE);
		err_clear(&err);
		struct reader r = reader_init(
			bytes_of(der.data, der.len), CODE_BAD_CERTIFICATE, &err);
		(void)name_read(&r, "subject");
		CHECK_CODE(&err, num > NAME_MAX_RDNS ? CODE_BAD_CERTIFICATE : CODE_NONE,
			"%zu RDNs", num);
		if (num > NAME_MAX_RDNS) {
			CHECK_TEXT(
				err.text, "subject: more than 128 parts", "which limit");
		}
		derw_clear(&der);
	}
}

void test_name(void)
{
	test_text();
	test_same();
	test_walk();
	test_bad();
	test_limit();
}
