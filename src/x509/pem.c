// SPDX-License-Identifier: Apache-2.0
#include "x509/pem.h"

#include "base/text.h"
#include "x509/cert.h"
#include "x509/private_key.h"
#include "x509/recognize.h"

#define BEGIN BYTES_LITERAL("-----BEGIN ")
#define END BYTES_LITERAL("-----END ")
#define DASHES BYTES_LITERAL("-----")

bool pem_is_text(struct bytes in)
{
	return bytes_find(in, 0, BEGIN) < in.len;
}

// The label behind `at` up to the closing dashes of the same line; *at moves behind them.
static bool take_label(struct bytes text, size_t *at, struct bytes *out)
{
	size_t end = bytes_find(text, *at, DASHES);
	struct bytes label = bytes_of(text.data + *at, end - *at);
	if (end == text.len || label.len > 64 || memchr(label.data, '\n', label.len)) {
		return false;
	}
	*out = label;
	*at = end + DASHES.len;
	return true;
}

bool pem_next(struct bytes text, size_t *at, enum code code, struct pem_block *out,
	struct err *err)
{
	size_t begin = bytes_find(text, *at, BEGIN);
	if (begin == text.len) {
		*at = text.len;
		return false;
	}
	size_t pos = begin + BEGIN.len;
	struct bytes label;
	if (!take_label(text, &pos, &label)) {
		return err_set(
			err, code, begin, "a BEGIN line without its closing dashes");
	}
	size_t end = bytes_find(text, pos, END);
	size_t next = bytes_find(text, pos, BEGIN);
	if (end == text.len || next < end) {
		return err_set(err, code, begin,
			"-----BEGIN %.*s----- without its -----END line", (int)label.len,
			(const char *)label.data);
	}
	*out = (struct pem_block){label, bytes_of(text.data + pos, end - pos), begin};
	pos = end + END.len;
	struct bytes end_label;
	if (!take_label(text, &pos, &end_label) || !bytes_equal(label, end_label)) {
		return err_set(err, code, end,
			"the END line does not match -----BEGIN %.*s-----",
			(int)label.len, (const char *)label.data);
	}
	*at = pos;
	return true;
}

// RFC 1421 4.4: header lines, then an empty line, then the base64.
static struct bytes without_headers(struct bytes body)
{
	if (!memchr(body.data, ':', body.len)) {
		return body;
	}
	size_t unix_gap = bytes_find(body, 0, BYTES_LITERAL("\n\n"));
	size_t dos_gap = bytes_find(body, 0, BYTES_LITERAL("\n\r\n"));
	size_t gap = unix_gap < dos_gap ? unix_gap : dos_gap;
	return bytes_of(body.data + gap, body.len - gap);
}

static bool decode(struct bytes base64, struct bytes text, enum code code,
	struct arena *arena, struct bytes *out, struct err *err)
{
	uint8_t *der = arena_take(arena, base64.len / 4 * 3 + 3);
	if (!der) {
		return err_no_memory(err);
	}
	size_t len = 0;
	if (!text_unbase64(base64, der, &len)) {
		size_t offset = (size_t)(base64.data - text.data) + len;
		return err_set(err, code, offset,
			len == base64.len ? "base64 ends in the middle of a group"
				: base64.data[len] == '\\'
				? "not base64: a backslash; write line ends as such, not as \\n"
				: "not base64");
	}
	*out = bytes_of(der, len);
	return true;
}

bool pem_decode(const struct pem_block *block, struct bytes text, enum code code,
	struct arena *arena, struct bytes *out, struct err *err)
{
	return decode(without_headers(block->body), text, code, arena, out, err);
}

bool pem_is_certificate(const struct pem_block *block)
{
	struct bytes label = block->label;
	return bytes_equal(label, BYTES_LITERAL("CERTIFICATE")) ||
		bytes_equal(label, BYTES_LITERAL("X509 CERTIFICATE")) ||
		bytes_equal(label, BYTES_LITERAL("TRUSTED CERTIFICATE"));
}

// A TRUSTED CERTIFICATE is a Certificate and then OpenSSL's X509_CERT_AUX.
struct bytes pem_without_trust(struct bytes der, const struct pem_block *block)
{
	if (!bytes_equal(block->label, BYTES_LITERAL("TRUSTED CERTIFICATE"))) {
		return der;
	}
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(der, CODE_BAD_CERTIFICATE, &ignored);
	struct der_element first = der_any(&r, "certificate");
	return first.whole.len ? first.whole : der;
}

static bool add_hint(struct bytes in, struct err *err)
{
	const char *instead = recognize(in);
	return instead ? err_add(err, "; it looks like %s", instead) : false;
}

// No certificate is among the blocks.
static bool refuse_other(struct bytes label, struct err *err)
{
	const char *known = recognize_label(label);
	if (known) {
		return err_set(err, CODE_BAD_CERTIFICATE, 0, "%s", known);
	}
	return err_set(err, CODE_BAD_CERTIFICATE, 0,
		"no CERTIFICATE in it, which is needed, but %.*s%s", (int)label.len,
		(const char *)label.data, label.len ? "" : "a PEM block without a label");
}

static bool find_blocks(struct bytes in, struct pem_chain *out, struct err *err)
{
	struct pem_block block;
	struct bytes other = BYTES_NONE;
	size_t at = 0;
	while (pem_next(in, &at, CODE_BAD_CERTIFICATE, &block, err)) {
		if (!pem_is_certificate(&block)) {
			other = block.label;
			out->has_key = out->has_key || private_key_is_label(other);
			continue;
		}
		if (out->num == PEM_MAX_CERTIFICATES) {
			return err_set(err, CODE_TOO_LARGE, block.offset,
				"more than %d certificates in one chain; many that "
				"belong to no chain are for an audit (ctpolicy audit "
				"FILE; over HTTP, POST /v1/evaluate/batch)",
				PEM_MAX_CERTIFICATES);
		}
		out->blocks[out->num++] = block;
	}
	if (err->code == CODE_NONE && out->num == 0) {
		return refuse_other(other, err);
	}
	return err->code == CODE_NONE;
}

// A DER SEQUENCE of some size: of base64 text only one of a very length has such a second
// byte.
static bool looks_like_der(struct bytes in)
{
	return in.len >= 2 && in.data[0] == DER_SEQUENCE &&
		(in.data[1] >= 0x80 || in.data[1] + (size_t)2 == in.len);
}

static bool read_plain(struct bytes in, enum code code, struct arena *arena,
	struct bytes *out, struct err *err)
{
	if (looks_like_der(in)) {
		*out = in;
		return true;
	}
	struct bytes text = text_trim(in);
	if (text.len == 0) {
		return err_set(err, code, 0, "empty");
	}
	if (decode(text, in, code, arena, out, err) || err->code != code) {
		return err->code == CODE_NONE;
	}
	err_add(err, " here, and no PEM or DER as a whole");
	return add_hint(in, err);
}

bool pem_find_chain(struct bytes in, struct pem_chain *out, struct err *err)
{
	out->input = in;
	out->num = 0;
	out->has_key = false;
	out->is_pem = !looks_like_der(in) && pem_is_text(in);
	if (out->is_pem) {
		return find_blocks(in, out, err);
	}
	if (in.len > 2 * CERT_MAX_LEN) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"a certificate of %zu bytes; the limit is %zu", in.len,
			CERT_MAX_LEN);
	}
	out->blocks[out->num++] = (struct pem_block){.body = in};
	return true;
}

bool pem_chain_der(const struct pem_chain *chain, size_t index, struct arena *arena,
	struct bytes *out, struct err *err)
{
	const struct pem_block *block = &chain->blocks[index];
	if (!chain->is_pem) {
		return read_plain(block->body, CODE_BAD_CERTIFICATE, arena, out, err);
	}
	if (!pem_decode(block, chain->input, CODE_BAD_CERTIFICATE, arena, out, err)) {
		return err->code == CODE_BAD_CERTIFICATE && add_hint(chain->input, err);
	}
	*out = pem_without_trust(*out, block);
	return true;
}

bool pem_read_object(struct bytes in, enum code code, struct arena *arena,
	struct bytes *out, struct err *err)
{
	if (looks_like_der(in) || !pem_is_text(in)) {
		return read_plain(in, code, arena, out, err);
	}
	struct pem_block block;
	size_t at = 0;
	if (!pem_next(in, &at, code, &block, err)) {
		return false;
	}
	if (pem_is_certificate(&block) && code != CODE_BAD_CERTIFICATE) {
		return err_set(err, code, block.offset, "it is a CERTIFICATE");
	}
	return pem_decode(&block, in, code, arena, out, err);
}

void pem_put(struct buffer *out, const char *label, struct bytes der)
{
	enum { LINE = 48 }; // bytes, 64 characters
	char line[TEXT_BASE64_ROOM(LINE)];
	buffer_printf(out, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < der.len; at += LINE) {
		size_t left = der.len - at;
		text_base64(bytes_of(der.data + at, left < LINE ? left : LINE), line);
		buffer_put_text(out, line);
		buffer_put_char(out, '\n');
	}
	buffer_printf(out, "-----END %s-----\n", label);
}
