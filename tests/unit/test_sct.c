// SPDX-License-Identifier: Apache-2.0
#include "sct/sct.h"

#include "sct/verify.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_sct(void);

#define IN(text) BYTES_LITERAL(text)

// Version 0, log id 00..1f, timestamp, extensions, SHA-256 with ECDSA, signature aa bb.
static struct bytes make(struct out *o, struct bytes extensions)
{
	o->len = 0;
	derw_put_uint(o, 0, 1);
	for (uint64_t i = 0; i < SCT_LOG_ID_LEN; i++) {
		derw_put_uint(o, i, 1);
	}
	derw_put_uint(o, UINT64_C(1700000000123), 8);
	derw_put_uint(o, extensions.len, 2);
	derw_put(o, extensions.data, extensions.len);
	derw_put(o, "\x04\x03\x00\x02\xaa\xbb", 6);
	return bytes_of(o->data, o->len);
}

static void test_fields(void)
{
	struct out o = {0};
	struct sct sct;
	struct bytes in = make(&o, IN(""));
	sct_read(in, &sct);
	CHECK_INT(sct.parse, SCT_PARSED, "it parses");
	CHECK_CODE(&sct.malformed, CODE_NONE, "no error");
	CHECK(bytes_equal(sct.bytes, in), "its bytes");
	CHECK(sct.log_id.len == SCT_LOG_ID_LEN && sct.log_id.data[31] == 31, "log id");
	CHECK(sct.timestamp == UINT64_C(1700000000123), "timestamp");
	CHECK(sct.hash == 4 && sct.algorithm == 3, "algorithm");
	CHECK(bytes_equal(sct.signature, IN("\xaa\xbb")), "signature");
	CHECK(!sct.has_leaf_index && sct.extensions.len == 0, "no extensions");
	derw_clear(&o);
}

// Each truncation, each field: malformed, with the offset where the bytes end.
static void test_truncation(void)
{
	struct out o = {0};
	struct sct sct;
	struct bytes in = make(&o, IN("\x01\x00\x00"));
	for (size_t len = 0; len < in.len; len++) {
		static const size_t ends[] = {0, 1, 33, 41, 43, 46, 47, 48, 50};
		size_t want = 0;
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
			want = ends[i] <= len ? ends[i] : want;
		}
		sct_read(bytes_of(in.data, len), &sct);
		CHECK_INT(sct.parse, SCT_MALFORMED, "%zu bytes", len);
		CHECK_CODE(&sct.malformed, CODE_SCT_MALFORMED, "%zu bytes", len);
		CHECK_INT(sct.malformed.offset, want, "%zu bytes: %s", len,
			sct.malformed.text);
		CHECK_INT(sct.log_id.len, len >= 33 ? SCT_LOG_ID_LEN : 0, "%zu bytes: id",
			len);
	}
	derw_put(&o, "", 1);
	sct_read(bytes_of(o.data, o.len), &sct);
	CHECK_INT(sct.parse, SCT_MALFORMED, "a byte behind the signature");
	CHECK_INT(sct.malformed.offset, o.len - 1, "where");
	// RFC 6962 3.2 says nothing about what follows another version.
	for (unsigned version = 1; version < 256; version++) {
		o.data[0] = (uint8_t)version;
		sct_read(bytes_of(o.data, 1 + version % 3), &sct);
		CHECK_INT(sct.parse, SCT_UNSUPPORTED_VERSION, "version %u", version);
		CHECK_INT(sct.version, version, "version %u", version);
		CHECK(sct.log_id.data == NULL, "version %u: nothing is read", version);
	}
	derw_clear(&o);
}

// static-ct-api: leaf_index. What does not parse is left alone.
static void test_leaf_index(void)
{
	static const struct {
		const char *name;
		struct bytes extensions;
		bool want;
		uint64_t want_index;
	} cases[] = {
		{"zero", IN("\x00\x00\x05\x00\x00\x00\x00\x00"), true, 0},
		{"all forty bits", IN("\x00\x00\x05\xff\xff\xff\xff\xff"), true,
			UINT64_C(0xffffffffff)},
		{"big-endian", IN("\x00\x00\x05\x00\x00\x00\x01\x02"), true, 258},
		{"behind another", IN("\x07\x00\x01\xaa\x00\x00\x05\x00\x00\x00\x00\x09"),
			true, 9},
		{"before another", IN("\x00\x00\x05\x00\x00\x00\x00\x09\x07\x00\x00"),
			true, 9},
		{"twice: the last",
			IN("\x00\x00\x05\x00\x00\x00\x00\x09"
			   "\x00\x00\x05\x00\x00\x00\x00\x08"),
			true, 8},
		{"four bytes", IN("\x00\x00\x04\x00\x00\x00\x09"), false, 0},
		{"six bytes", IN("\x00\x00\x06\x00\x00\x00\x00\x00\x09"), false, 0},
		{"another type", IN("\x01\x00\x05\x00\x00\x00\x00\x09"), false, 0},
		{"cut short", IN("\x00\x00\x05\x00\x00"), false, 0},
		{"a byte behind", IN("\x00\x00\x05\x00\x00\x00\x00\x09\x07"), false, 9},
		{"not extensions at all", IN("\xff"), false, 0},
	};
	struct out o = {0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct sct;
		sct_read(make(&o, cases[i].extensions), &sct);
		CHECK_INT(sct.parse, SCT_PARSED, "%s", cases[i].name);
		CHECK_INT(sct.has_leaf_index, cases[i].want, "%s", cases[i].name);
		CHECK(!cases[i].want || sct.leaf_index == cases[i].want_index, "%s",
			cases[i].name);
	}
	derw_clear(&o);
}

static void test_lists(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		enum code want;
		size_t want_offset;
		size_t want_num;
	} cases[] = {
		{"one", IN("\x00\x03\x00\x01\xaa"), CODE_NONE, 0, 1},
		{"two", IN("\x00\x07\x00\x01\xaa\x00\x02\xbb\xcc"), CODE_NONE, 0, 2},
		{"nothing", IN(""), CODE_SCT_LIST_MALFORMED, 0, 0},
		{"half a length", IN("\x00"), CODE_SCT_LIST_MALFORMED, 0, 0},
		{"an empty list", IN("\x00\x00"), CODE_SCT_LIST_MALFORMED, 2, 0},
		{"an empty item", IN("\x00\x02\x00\x00"), CODE_SCT_LIST_MALFORMED, 2, 0},
		{"an empty item behind another", IN("\x00\x05\x00\x01\xaa\x00\x00"),
			CODE_SCT_LIST_MALFORMED, 5, 0},
		{"a list longer than its bytes", IN("\x00\x04\x00\x01\xaa"),
			CODE_SCT_LIST_MALFORMED, 2, 0},
		{"bytes behind the list", IN("\x00\x03\x00\x01\xaa\xbb"),
			CODE_SCT_LIST_MALFORMED, 5, 0},
		{"an item longer than the list", IN("\x00\x03\x00\x02\xaa"),
			CODE_SCT_LIST_MALFORMED, 4, 0},
		{"half an item's length", IN("\x00\x04\x00\x01\xaa\x00"),
			CODE_SCT_LIST_MALFORMED, 5, 0},
		{"more than three",
			IN("\x00\x0c\x00\x01\x01\x00\x01\x02\x00\x01\x03\x00\x01\x04"),
			CODE_TOO_MANY_SCTS, 11, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes items[8];
		size_t num = 77;
		struct err err;
		err_clear(&err);
		bool read = sct_list_split(cases[i].in, items, 3, &num, &err);
		CHECK_INT(read, cases[i].want == CODE_NONE, "%s", cases[i].name);
		CHECK_CODE(&err, cases[i].want, "%s", cases[i].name);
		if (read) {
			CHECK_INT(num, cases[i].want_num, "%s", cases[i].name);
			CHECK(items[0].len == 1 && items[0].data[0] == 0xaa, "%s",
				cases[i].name);
			CHECK(num <= sct_list_room(cases[i].in), "%s: room",
				cases[i].name);
		} else {
			CHECK_INT(err.offset, cases[i].want_offset, "%s: %s",
				cases[i].name, err.text);
		}
	}
}

static void test_algorithms(void)
{
	static const struct {
		uint8_t hash, algorithm;
		bool fits_ec, fits_rsa;
		const char *text;
	} cases[] = {
		{4, 3, true, false, "ecdsa-sha256"},
		{4, 1, false, true, "rsa-sha256"},
		{4, 2, false, false, "hash 4, signature 2"},
		{5, 3, false, false, "hash 5, signature 3"},
		{2, 1, false, false, "hash 2, signature 1"},
		{255, 255, false, false, "hash 255, signature 255"},
	};
	struct err err;
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	struct pki_key *pki[] = {pki_key_new("sct", PKI_P256, "ec"),
		pki_key_new("sct", PKI_RSA2048, "rsa")};
	struct pubkey *keys[2];
	for (size_t i = 0; i < 2; i++) {
		const struct out *spki = pki_key_spki(pki[i]);
		keys[i] = pubkey_new(bytes_of(spki->data, spki->len), digest, &err);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct sct = {.hash = cases[i].hash, .algorithm = cases[i].algorithm};
		char text[SCT_ALGORITHM_ROOM];
		sct_algorithm_text(&sct, text);
		CHECK_TEXT(text, cases[i].text, "the text");
		CHECK_INT(sct_algorithm_fits(&sct, keys[0]), cases[i].fits_ec, "%s, EC",
			text);
		CHECK_INT(sct_algorithm_fits(&sct, keys[1]), cases[i].fits_rsa, "%s, RSA",
			text);
	}
	for (size_t i = 0; i < 2; i++) {
		pubkey_unref(keys[i]);
		pki_key_free(pki[i]);
	}
	digest_free(digest);
}

void test_sct(void)
{
	test_fields();
	test_truncation();
	test_leaf_index();
	test_lists();
	test_algorithms();
}
