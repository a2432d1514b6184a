// SPDX-License-Identifier: Apache-2.0
// pem_next, pem_decode, pem_find_chain, pem_chain_der, pem_read_object.
//
// Property: the DER of a chain, written by OpenSSL's PEM writer and read again, is the same,
// and so is the DER of one certificate in base64. A block's label and body lie in the input;
// so does the offset of an error. Where we read a text to its end and every body, each block
// that OpenSSL's PEM reader finds there is one of ours, in the same order and with the same
// bytes: nobody sees a certificate that we pass over. (Bodies with a '-' are left out, for
// there OpenSSL ends, and base64url goes on; so is what OpenSSL finds headers in, which it
// gives out here, but never as a certificate.)
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "x509/pem.h"

#define MAX_BLOCKS 256

struct blocks {
	struct pem_block block[MAX_BLOCKS];
	struct bytes der[MAX_BLOCKS]; // data NULL: the body is not base64
	size_t num;
};

// True where the whole text was walked and all bodies decoded without an error.
struct ders {
	struct bytes der[PEM_MAX_CERTIFICATES];
	size_t num;
};

// Every certificate of an input.
static bool read_chain(
	struct bytes in, struct arena *arena, struct ders *out, struct err *err)
{
	struct pem_chain chain;
	out->num = 0;
	if (!pem_find_chain(in, &chain, err)) {
		return false;
	}
	for (size_t i = 0; i < chain.num; i++) {
		if (!pem_chain_der(&chain, i, arena, &out->der[i], err)) {
			return false;
		}
		out->num++;
	}
	return true;
}

static bool walk(struct bytes in, struct arena *arena, struct blocks *out)
{
	struct err err;
	size_t at = 0;
	bool good = true;
	err_clear(&err);
	out->num = 0;
	while (out->num < MAX_BLOCKS) {
		struct pem_block *block = &out->block[out->num];
		size_t before = at;
		if (!pem_next(in, &at, CODE_BAD_CERTIFICATE, block, &err)) {
			break;
		}
		fuzz_need(at > before && at <= in.len, "pem_next goes from %zu to %zu",
			before, at);
		fuzz_need_inside(in, block->label, "a label");
		fuzz_need_inside(in, block->body, "a body");
		fuzz_need(block->offset >= before && block->offset < at,
			"a block's offset");
		struct err bad;
		err_clear(&bad);
		out->der[out->num] = BYTES_NONE;
		if (!pem_decode(block, in, CODE_BAD_CERTIFICATE, arena,
			    &out->der[out->num], &bad)) {
			fuzz_need_error(&bad, in.len, "pem_decode");
			good = false;
		}
		good = good && !memchr(block->body.data, '-', block->body.len);
		out->num++;
	}
	if (err.code != CODE_NONE) {
		fuzz_need_error(&err, in.len, "pem_next");
	}
	return good && err.code == CODE_NONE && out->num < MAX_BLOCKS;
}

// OpenSSL's blocks are among ours, in order.
static void compare_with_openssl(struct bytes in, const struct blocks *ours)
{
	BIO *bio = BIO_new_mem_buf(in.data, (int)in.len);
	fuzz_need(bio != NULL, "out of memory");
	size_t next = 0;
	char *name, *header;
	unsigned char *data;
	long len;
	while (PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
		struct bytes label = bytes_of_text(name);
		struct bytes der = bytes_of(data, (size_t)len);
		while (header[0] == '\0' && next < ours->num &&
			!(bytes_equal(ours->block[next].label, label) &&
				bytes_equal(ours->der[next], der))) {
			next++;
		}
		fuzz_need(header[0] != '\0' || next < ours->num,
			"OpenSSL reads a %s of %ld bytes, ours does not", name, len);
		next += header[0] == '\0';
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(data);
	}
	ERR_clear_error();
	BIO_free(bio);
}

static void write_chain(const struct ders *chain, struct buffer *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	fuzz_need(bio != NULL, "out of memory");
	for (size_t i = 0; i < chain->num; i++) {
		fuzz_need(PEM_write_bio(bio, "CERTIFICATE", "", chain->der[i].data,
				  (long)chain->der[i].len) > 0,
			"OpenSSL cannot write PEM");
	}
	char *text = NULL;
	long len = BIO_get_mem_data(bio, &text);
	buffer_put(out, bytes_of(text, (size_t)len));
	fuzz_need(!out->failed, "out of memory");
	BIO_free(bio);
}

static void check_again(const struct ders *chain, struct arena *arena)
{
	struct buffer text;
	struct ders again;
	struct err err;
	err_clear(&err);
	buffer_init(&text, (size_t)64 * 1024 * 1024);
	write_chain(chain, &text);
	fuzz_need_done(
		read_chain(buffer_bytes(&text), arena, &again, &err), &err, "again");
	fuzz_need(again.num == chain->num, "a chain of %zu is one of %zu again",
		chain->num, again.num);
	for (size_t i = 0; i < chain->num; i++) {
		fuzz_need(bytes_equal(chain->der[i], again.der[i]),
			"a certificate changes");
	}
	buffer_clear(&text);
}

static void check_chain(struct bytes in, struct arena *arena)
{
	struct ders chain;
	struct err err;
	err_clear(&err);
	if (!read_chain(in, arena, &chain, &err)) {
		fuzz_need_error(&err, in.len, "pem_find_chain");
		return;
	}
	fuzz_need(err.code == CODE_NONE && chain.num > 0, "a chain of %zu", chain.num);
	bool empty = false;
	for (size_t i = 0; i < chain.num; i++) {
		empty = empty || chain.der[i].len == 0;
	}
	// OpenSSL writes an empty block that it does not read itself.
	if (!empty) {
		check_again(&chain, arena);
	}
}

static void check_object(struct bytes in, struct arena *arena)
{
	struct bytes der;
	struct bytes again;
	struct err err;
	err_clear(&err);
	if (!pem_read_object(in, CODE_OCSP_UNREADABLE, arena, &der, &err)) {
		fuzz_need_error(&err, in.len, "pem_read_object");
		return;
	}
	char *text = malloc(TEXT_BASE64_ROOM(der.len));
	fuzz_need(text != NULL, "out of memory");
	text_base64(der, text);
	// Base64 that begins with the letter 0 may look like a SEQUENCE of just its length;
	// no SEQUENCE begins so in base64.
	if (der.len > 0 && text[0] != '0') {
		fuzz_need_done(pem_read_object(bytes_of_text(text), CODE_OCSP_UNREADABLE,
				       arena, &again, &err),
			&err, "an object's base64");
		fuzz_need(
			bytes_equal(der, again), "an object's base64 is another object");
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct blocks blocks;
	struct bytes in = bytes_of(data, len);
	struct arena arena = {0};
	if (walk(in, &arena, &blocks)) {
		compare_with_openssl(in, &blocks);
	}
	check_chain(in, &arena);
	check_object(in, &arena);
	arena_clear(&arena);
	return 0;
}
