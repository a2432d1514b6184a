// SPDX-License-Identifier: Apache-2.0
#include "app/records.h"

#define ZLIB_CONST
#include <zlib.h>

#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_records(void);

#define MAX_LEN ((size_t)8 * 1024 * 1024)
#define MANY 1200000 // letters: more than a record may have

static struct out leaf, other, ca; // DER

// A file in letters. PEM: L a leaf, M another, C their CA, K a key, R a CRL, B a block that
// does not end, X one above 1 MB, E an END line alone. DER: l, m, c, z a cut one. Lines: j a
// request, J one above 1 MB, s a leaf's base64, h a header, p a row with the leaf's PEM in
// its second column, P a row above 1 MB, Q a quote that stays open. The rest: t text,
// n and r ends of a line, U a byte order mark; | takes the last byte away.
static void put_part(char part, struct out *o)
{
	static const struct {
		char part;
		const char *text;
	} texts[] = {
		{'R', "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"},
		{'K', "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"},
		{'B', "-----BEGIN CERTIFICATE-----\nMIIB\n"},
		{'E', "-----END CERTIFICATE-----\n"},
		{'j', "{\"certificate\":\"MAA=\"}"},
		{'h', "id,\"Pem\",note\n"},
		{'Q', "9,\"open\n"},
		{'t', "subject=a, \"text\"\n"},
		{'n', "\n"},
		{'r', "\r\n"},
		{'U', "\xef\xbb\xbf"},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].part == part) {
			derw_printf(o, "%s", texts[i].text);
		}
	}
}

static void put_certificate(char part, struct out *o)
{
	const struct out *der = part == 'c' || part == 'C' ? &ca
		: part == 'm' || part == 'M'               ? &other
							   : &leaf;
	switch (part) {
	case 'L':
	case 'M':
	case 'C':
		pki_pem(o, "CERTIFICATE", der);
		break;
	case 'l':
	case 'm':
	case 'c':
		derw_put_out(o, der);
		break;
	case 'z':
		derw_put(o, der->data, der->len - 1);
		break;
	case 's':
		pki_base64(o, der->data, der->len);
		break;
	case 'p':
		derw_printf(o, "7,\"");
		pki_pem(o, "CERTIFICATE", der);
		derw_printf(o, "\",\"a \"\"word\"\" or\ntwo\"\n");
		break;
	default:
		break;
	}
}

static struct out make(const char *parts)
{
	struct out o = {0};
	for (; *parts; parts++) {
		put_part(*parts, &o);
		put_certificate(*parts, &o);
		if (*parts == 'X') {
			derw_printf(&o, "-----BEGIN CERTIFICATE-----\n%*s", MANY, "");
			derw_printf(&o, "\n-----END CERTIFICATE-----\n");
		} else if (*parts == 'P') {
			derw_printf(&o, "8,\"x\",%*s\n", MANY, "");
		} else if (*parts == 'J') {
			derw_printf(&o, "{\"certificate\":\"%*s\"}\n", MANY, "");
		}
		o.len -= *parts == '|';
	}
	return o;
}

// f: a certificate; F: with a chain or an issuer; c: a CA's; r: a request; b, t, u, o: bad.
static char letter_of(
	enum records_result result, const struct found *found, enum code code)
{
	if (result == RECORDS_BAD) {
		return code == CODE_BAD_CERTIFICATE     ? 'b'
			: code == CODE_TOO_LARGE        ? 't'
			: code == CODE_UNREADABLE_INPUT ? 'u'
			: code == CODE_BAD_OPTION       ? 'o'
							: '?';
	}
	bool chain = found->has_chain || found->issuer.len > 0;
	return found->is_request ? 'r' : found->is_ca ? 'c' : chain ? 'F' : 'f';
}

static void check_place(
	const struct found *found, struct bytes text, size_t number, const char *name)
{
	uint64_t line = 1;
	for (size_t i = 0; i < found->offset && i < text.len; i++) {
		line += text.data[i] == '\n';
	}
	CHECK(found->line == 0 || found->line == line,
		"%s: record %zu in line %" PRIu64 ", not %" PRIu64, name, number, line,
		found->line);
	CHECK_INT(found->number, number, "%s", name);
	CHECK(found->data.len <= RECORDS_MAX_LEN, "%s: %zu bytes", name, found->data.len);
	CHECK(found->data.len == 0 ||
			bytes_find(text, (size_t)found->offset, found->data) < text.len,
		"%s: record %zu is not at offset %" PRIu64, name, number, found->offset);
}

// The records of an archive, or of the text itself, in letters.
static void read_all(struct bytes archive, struct bytes text,
	const struct records_options *options, const char *name, char *out, size_t room)
{
	struct err err;
	struct found found;
	size_t num = 0;
	err_clear(&err);
	struct stream *s = stream_of_bytes(archive, &err);
	struct records *r = s ? records_of_stream(s, options, &err) : NULL;
	if (!CHECK(r != NULL, "%s: %s", name, err.text)) {
		return;
	}
	enum records_result result = records_next(r, &found, &err);
	while (result != RECORDS_END && num + 1 < room) {
		out[num++] = letter_of(result, &found, err.code);
		test_produced(err.code);
		CHECK((result == RECORDS_BAD) == (err.code != CODE_NONE), "%s", name);
		check_place(&found, text, num, name);
		err_clear(&err);
		result = records_next(r, &found, &err);
	}
	out[num] = '\0';
	CHECK(records_next(r, &found, &err) == RECORDS_END, "%s: behind the end", name);
	records_close(r);
}

static struct buffer gzip(struct bytes in)
{
	struct buffer out;
	buffer_init(&out, MAX_LEN);
	z_stream z = {.next_in = in.data, .avail_in = (uInt)in.len};
	int status = deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	size_t room = status == Z_OK ? deflateBound(&z, in.len) : 0;
	z.next_out = buffer_extend(&out, room);
	z.avail_out = (uInt)room;
	CHECK(z.next_out && deflate(&z, Z_FINISH) == Z_STREAM_END, "gzip");
	out.len -= z.avail_out;
	(void)deflateEnd(&z);
	return out;
}

// Cut short anywhere: the same records for a while, and then one error.
static void check_cuts(struct bytes archive, struct bytes text,
	const struct records_options *options, const char *want, const char *name)
{
	for (size_t i = 1; i < 8; i++) {
		char got[32];
		size_t len = archive.len - 1 - (archive.len - 20) / 8 * (i - 1);
		read_all(bytes_of(archive.data, len), text, options, name, got,
			sizeof(got));
		size_t num = strlen(got);
		CHECK(strcmp(got, want) == 0 ||
				(num > 0 && strchr(got, 'u') == got + num - 1),
			"%s, cut at %zu: %s", name, len, got);
		for (size_t k = 0; k + 1 < num; k++) {
			bool same = got[k] == want[k] ||
				(got[k] == 'f' && want[k] == 'F') || want[k] == 't';
			CHECK(same, "%s, cut at %zu: %s, not %s", name, len, got, want);
		}
	}
}

static const struct {
	const char *name;
	enum records_format format;
	const char *column;
	const char *parts;
	const char *want;
} cases[] = {
	{"a leaf", RECORDS_AUTO, NULL, "L", "f"},
	{"text between", RECORDS_AUTO, NULL, "ttLtnMt", "ff"},
	{"a chain behind a leaf", RECORDS_AUTO, NULL, "LCMtC", "FF"},
	{"a CA alone", RECORDS_AUTO, NULL, "C", "c"},
	{"CAs first", RECORDS_AUTO, NULL, "CCL", "ccf"},
	{"two leaves", RECORDS_AUTO, NULL, "LM", "ff"},
	{"no line end", RECORDS_AUTO, NULL, "LM|", "ff"},
	{"files put together without a line end", RECORDS_AUTO, NULL, "L|M|C", "fF"},
	{"a block without END", RECORDS_AUTO, NULL, "LB", "fb"},
	{"BEGIN in BEGIN", RECORDS_AUTO, NULL, "BLBBM", "bfbbf"},
	{"an END alone", RECORDS_AUTO, NULL, "LEM", "ff"},
	{"keys and CRLs between", RECORDS_AUTO, NULL, "KLRMKC", "fF"},
	{"keys alone", RECORDS_PEM, NULL, "KRK", ""},
	{"a block above 1 MB", RECORDS_AUTO, NULL, "LXM", "ftf"},
	{"a block above 1 MB first", RECORDS_AUTO, NULL, "XLC", "tF"},
	{"nothing", RECORDS_AUTO, NULL, "", ""},
	{"nothing in PEM", RECORDS_PEM, NULL, "tt", ""},
	{"one in DER", RECORDS_AUTO, NULL, "l", "f"},
	{"several in DER", RECORDS_AUTO, NULL, "lml", "fff"},
	{"a CA behind a leaf in DER", RECORDS_AUTO, NULL, "lcm", "Ff"},
	{"a CA first in DER", RECORDS_DER, NULL, "clc", "cF"},
	{"DER that is cut", RECORDS_AUTO, NULL, "lz", "fb"},
	{"rubbish behind DER", RECORDS_AUTO, NULL, "ltl", "fb"},
	{"no DER", RECORDS_DER, NULL, "tl", "b"},
	{"requests", RECORDS_AUTO, NULL, "jnnjrrj", "rrr"},
	{"a byte order mark", RECORDS_AUTO, NULL, "Ujnjn", "rr"},
	{"a byte order mark, format given", RECORDS_NDJSON, NULL, "Ujn", "r"},
	{"blank lines first", RECORDS_AUTO, NULL, "nrnjn", "r"},
	{"a line above 1 MB", RECORDS_AUTO, NULL, "jnJjn", "rtr"},
	{"a line above 1 MB last", RECORDS_NDJSON, NULL, "jnJ|", "rt"},
	{"rows with PEM", RECORDS_AUTO, NULL, "hpnpp", "fff"},
	{"rows without a header", RECORDS_AUTO, NULL, "pp|", "ff"},
	{"a column by name", RECORDS_CSV, "pem", "hpp", "ff"},
	{"a column by name behind a mark", RECORDS_CSV, "id", "Uhp", "f"},
	{"a column by its exact name", RECORDS_CSV, "Pem", "hpp", "ff"},
	{"a column that is not there", RECORDS_CSV, "leaf", "hpp", "o"},
	{"a column by number", RECORDS_CSV, "2", "hpp", "ff"},
	{"a column by number, no header", RECORDS_CSV, "2", "pp", "ff"},
	{"a row without the column", RECORDS_CSV, "2", "psnp", "fbf"},
	{"no number of a column", RECORDS_CSV, "0", "hp", "o"},
	{"a row above 1 MB", RECORDS_CSV, "2", "pPp", "ftf"},
	{"a quote that stays open", RECORDS_AUTO, NULL, "hpQ", "fb"},
	{"quotes within a field", RECORDS_CSV, "1", "tsn", "f"},
	{"lines of base64", RECORDS_AUTO, NULL, "snsrs", "fff"},
	{"none of them", RECORDS_AUTO, NULL, "tt", "b"},
	{"no certificate in CSV", RECORDS_CSV, NULL, "jn", "f"},
};

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[32] = "";
		const char *name = cases[i].name;
		struct records_options options = {cases[i].format, cases[i].column};
		struct out made = make(cases[i].parts);
		struct bytes text = bytes_of(made.data ? made.data : leaf.data, made.len);
		read_all(text, text, &options, name, got, sizeof(got));
		CHECK_TEXT(got, cases[i].want, "%s", name);
		struct buffer archive = gzip(text);
		read_all(buffer_bytes(&archive), text, &options, name, got, sizeof(got));
		CHECK_TEXT(got, cases[i].want, "%s, gzip", name);
		check_cuts(buffer_bytes(&archive), text, &options, cases[i].want, name);
		buffer_clear(&archive);
		derw_clear(&made);
	}
}

// What is whole before a cut is given; what the cut went through is not.
static void test_last_before_cut(void)
{
	static const struct {
		const char *parts, *want;
		size_t less; // bytes, of the text
	} rows[] = {{"LM", "ffu", 0}, {"LM", "fu", 60}, {"lm", "ffu", 0}, {"lm", "fu", 9},
		{"jnjn", "rru", 0}, {"jnjn", "ru", 1}, {"pp", "ffu", 0}, {"pp", "fu", 9},
		{"LC", "fu", 60}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[32];
		struct records_options options = {RECORDS_AUTO, NULL};
		struct out made = make(rows[i].parts);
		struct bytes text = bytes_of(made.data, made.len - rows[i].less);
		struct buffer archive = gzip(text);
		archive.len--; // of the checksum
		read_all(buffer_bytes(&archive), text, &options, rows[i].parts, got,
			sizeof(got));
		CHECK_TEXT(
			got, rows[i].want, "%s, %zu less", rows[i].parts, rows[i].less);
		buffer_clear(&archive);
		derw_clear(&made);
	}
}

// Blocks across each edge of what is read at a time, and far behind text of any length.
static void test_edges(void)
{
	struct out blocks = make("LCM");
	struct records_options options = {RECORDS_PEM, NULL};
	size_t pads[200];
	for (size_t i = 0; i < 196; i++) {
		pads[i] = 65536 - blocks.len - 10 + i * (blocks.len + 20) / 195;
	}
	pads[196] = RECORDS_MAX_LEN - 700;
	pads[197] = RECORDS_MAX_LEN + 4000;
	pads[198] = 3 * RECORDS_MAX_LEN;
	pads[199] = 0;
	for (size_t i = 0; i < 200; i++) {
		char got[32];
		struct out o = {0};
		derw_printf(&o, "%*s", (int)pads[i], "");
		derw_put_out(&o, &blocks);
		struct bytes text = bytes_of(o.data, o.len);
		read_all(text, text, &options, "an edge", got, sizeof(got));
		CHECK_TEXT(got, "Ff", "behind %zu bytes", pads[i]);
		derw_clear(&o);
	}
	derw_clear(&blocks);
}

// CRLF in place of each line end.
static void test_crlf(void)
{
	char got[32];
	struct out made = make("tLCtM");
	struct out o = {0};
	struct records_options options = {RECORDS_AUTO, NULL};
	for (size_t i = 0; i < made.len; i++) {
		derw_put(&o, "\r", made.data[i] == '\n');
		derw_put(&o, &made.data[i], 1);
	}
	read_all(bytes_of(o.data, o.len), bytes_of(o.data, o.len), &options, "CRLF", got,
		sizeof(got));
	CHECK_TEXT(got, "Ff", "CRLF");
	derw_clear(&o);
	derw_clear(&made);
}

static void test_open(void)
{
	struct err err;
	struct found found;
	struct records_options options = {RECORDS_AUTO, NULL};
	err_clear(&err);
	CHECK(!records_open("tests", &options, &err), "a folder");
	CHECK_CODE(&err, CODE_UNREADABLE_INPUT, "a folder");
	err_clear(&err);
	struct records *r = records_open("/dev/null", &options, &err);
	if (CHECK(r != NULL, "%s", err.text)) {
		CHECK(records_next(r, &found, &err) == RECORDS_END, "nothing");
		CHECK(records_are_ready(r), "nothing");
	}
	records_close(r);
	records_close(NULL);
}

void test_records(void)
{
	struct pki_world *world = pki_world_new("records");
	int64_t start = pki_seconds(PKI_WORLD_NOT_BEFORE);
	struct pki_cert_spec spec =
		pki_world_leaf(world, "a.example", start, start + PKI_DAY);
	pki_cert(&spec, &leaf);
	spec.dns_name = "b.example";
	pki_cert(&spec, &other);
	derw_put_out(&ca, &world->ca_der);
	test_cases();
	test_last_before_cut();
	test_edges();
	test_crlf();
	test_open();
	derw_clear(&leaf);
	derw_clear(&other);
	derw_clear(&ca);
	pki_world_free(world);
}
