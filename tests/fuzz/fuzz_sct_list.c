// SPDX-License-Identifier: Apache-2.0
// sct_list_split, sct_read, sct_from_any_form.
//
// Property: the items of a list that splits, with their lengths before them, are the same
// bytes again, and none is empty; the fields of an SCT that parses, written in the order of
// RFC 6962 3.2, are the same bytes again. Where OpenSSL's o2i_SCT_LIST takes the list too,
// the SCTs are as many and have the same fields. A text or JSON form of an SCT gives bytes
// that, read from their own base64, are the same.
#include <openssl/ct.h>
#include <openssl/err.h>

#include "base/text.h"
#include "sct/sct.h"
#include "sct/sct_json.h"
#include "tests/fuzz/fuzz.h"

static void put_number(struct buffer *out, uint64_t value, size_t width)
{
	for (size_t i = width; i > 0; i--) {
		buffer_put_char(out, (char)(uint8_t)(value >> (8 * (i - 1))));
	}
}

static void put_vector16(struct buffer *out, struct bytes in)
{
	put_number(out, in.len, 2);
	buffer_put(out, in);
}

static void check_leaf_index(const struct sct *sct)
{
	if (sct->has_leaf_index) {
		uint8_t index[8] = {0, 0, 5};
		for (size_t i = 0; i < 5; i++) {
			index[3 + i] = (uint8_t)(sct->leaf_index >> (8 * (4 - i)));
		}
		bool found = false;
		for (size_t i = 0; i + sizeof(index) <= sct->extensions.len; i++) {
			found = found ||
				memcmp(sct->extensions.data + i, index, sizeof(index)) ==
					0;
		}
		fuzz_need(found, "a leaf index that is not in the extensions");
	}
}

static void check_sct(struct bytes item)
{
	struct sct sct;
	sct_read(item, &sct);
	fuzz_need(bytes_equal(sct.bytes, item), "the SCT is not its bytes");
	fuzz_need((sct.parse == SCT_MALFORMED) == (sct.malformed.code != CODE_NONE),
		"malformed and no reason, or the reverse");
	if (sct.parse == SCT_MALFORMED) {
		fuzz_need_error(&sct.malformed, item.len, "sct_read");
	}
	if (sct.parse != SCT_PARSED) {
		fuzz_need(sct.parse == SCT_MALFORMED || item.data[0] != 0,
			"version 1 refused");
		return;
	}
	struct buffer out;
	buffer_init(&out, 70000);
	put_number(&out, sct.version, 1);
	buffer_put(&out, sct.log_id);
	put_number(&out, sct.timestamp, 8);
	put_vector16(&out, sct.extensions);
	put_number(&out, sct.hash, 1);
	put_number(&out, sct.algorithm, 1);
	put_vector16(&out, sct.signature);
	fuzz_need(bytes_equal(buffer_bytes(&out), item), "an SCT writes as other bytes");
	buffer_clear(&out);
	check_leaf_index(&sct);
}

static struct bytes theirs(size_t (*get)(const SCT *, unsigned char **), const SCT *sct)
{
	unsigned char *data = NULL;
	size_t len = get(sct, &data);
	return bytes_of(data, len);
}

static void compare_sct(struct bytes item, const SCT *their)
{
	struct sct sct;
	sct_read(item, &sct);
	if (SCT_get_version(their) != SCT_VERSION_V1) {
		fuzz_need(sct.parse == SCT_UNSUPPORTED_VERSION,
			"OpenSSL reads no version 1");
		return;
	}
	// OpenSSL accepts what is after the signature; we do not.
	if (sct.parse != SCT_PARSED) {
		fuzz_need(sct.parse == SCT_MALFORMED, "OpenSSL reads version 1");
		return;
	}
	fuzz_need(
		bytes_equal(sct.log_id, theirs(SCT_get0_log_id, their)), "other log id");
	fuzz_need(sct.timestamp == SCT_get_timestamp(their), "other timestamp");
	fuzz_need(bytes_equal(sct.extensions, theirs(SCT_get0_extensions, their)),
		"other extensions");
	fuzz_need(bytes_equal(sct.signature, theirs(SCT_get0_signature, their)),
		"other signature");
}

static void compare_list(struct bytes list, const struct bytes *items, size_t num)
{
	const unsigned char *pos = list.data;
	STACK_OF(SCT) *scts = o2i_SCT_LIST(NULL, &pos, list.len);
	if (scts) {
		fuzz_need((size_t)sk_SCT_num(scts) == num,
			"OpenSSL reads %d SCTs, ours %zu", sk_SCT_num(scts), num);
		for (size_t i = 0; i < num; i++) {
			compare_sct(items[i], sk_SCT_value(scts, (int)i));
		}
	}
	SCT_LIST_free(scts);
	ERR_clear_error();
}

static void check_list(struct bytes in)
{
	static struct bytes items[SCT_MAX];
	size_t num = 0;
	struct err err;
	err_clear(&err);
	if (!sct_list_split(in, items, SCT_MAX, &num, &err)) {
		fuzz_need_error(&err, in.len, "sct_list_split");
		return;
	}
	fuzz_need(num > 0 && num <= sct_list_room(in), "%zu items", num);
	struct buffer out;
	buffer_init(&out, 70000);
	put_number(&out, in.len - 2, 2);
	for (size_t i = 0; i < num; i++) {
		fuzz_need(items[i].len > 0, "an empty item");
		put_vector16(&out, items[i]);
		check_sct(items[i]);
	}
	fuzz_need(bytes_equal(buffer_bytes(&out), in), "a list writes as other bytes");
	buffer_clear(&out);
	compare_list(in, items, num);
}

static void check_forms(struct bytes in)
{
	struct arena arena = {0};
	struct bytes sct;
	struct bytes again;
	struct err err;
	err_clear(&err);
	if (!sct_from_any_form(in, &arena, &sct, &err)) {
		fuzz_need_error(&err, in.len, "sct_from_any_form");
	} else if (sct.len > 0) {
		char *text = malloc(TEXT_BASE64_ROOM(sct.len));
		fuzz_need(text != NULL, "out of memory");
		text_base64(sct, text);
		fuzz_need_done(
			sct_from_any_form(bytes_of_text(text), &arena, &again, &err),
			&err, "an SCT's base64");
		fuzz_need(bytes_equal(sct, again), "an SCT's base64 is another SCT");
		free(text);
		check_sct(sct);
	}
	arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	check_list(in);
	check_forms(in);
	if (len > 0) {
		check_sct(in);
	}
	return 0;
}
