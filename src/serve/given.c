// SPDX-License-Identifier: Apache-2.0
#include "serve/given.h"

#include "app/input.h"
#include "base/text.h"
#include "sct/sct_json.h"
#include "x509/pem.h"
#include "x509/private_key.h"
#include "x509/recognize.h"

void given_add_fault(struct given *given, struct bytes name, const char *text)
{
	if (given->num_faults < GIVEN_MAX_FAULTS) {
		given->faults[given->num_faults++] =
			(struct given_fault){.name = name, .text = text};
	} else {
		given->num_more_faults++;
	}
}

static bool add_fault(struct given *given, struct bytes name, const char *text)
{
	given_add_fault(given, name, text);
	return true;
}

// Of what a request has one: the first counts, and of another one it is said that it does not.
static bool add_one(struct given *given, struct bytes *out, struct bytes name,
	struct bytes in, const char *text)
{
	if (out->data && !bytes_equal(*out, in)) {
		return add_fault(given, name, text);
	}
	*out = in;
	return true;
}

static bool add_ocsp(struct given *given, struct bytes name, struct bytes in)
{
	return add_one(given, &given->ocsp, name, in,
		"a second OCSP response; the first one is used");
}

static bool add_tls_scts(struct given *given, struct bytes name, struct bytes in)
{
	return add_one(given, &given->tls_scts, name, in,
		"a second list of SCTs, of the TLS extension; the first one is used");
}

// Text that lives in the arena.
static bool add_fault_of(
	struct given *given, struct bytes name, const struct err *why, struct err *err)
{
	struct bytes text = arena_copy(given->arena, bytes_of_text(why->text));
	return text.data ? add_fault(given, name, (const char *)text.data)
			 : err_no_memory(err);
}

static bool add_unread_cert(
	struct given *given, struct bytes name, const struct err *why, struct err *err)
{
	given->has_unread_cert = true;
	return add_fault_of(given, name, why, err);
}

bool given_lacks_leaf(const struct given *given)
{
	for (size_t i = 0; i < given->num_certs; i++) {
		if (!given->certs[i].is_issuer && !given->certs[i].cert->is_ca) {
			return false;
		}
	}
	return given->has_unread_cert;
}

static bool add_cert(struct given *given, enum given_place place, const struct cert *cert)
{
	for (size_t i = 0; i < given->num_certs; i++) {
		if (bytes_equal(given->certs[i].cert->der, cert->der)) {
			return true;
		}
	}
	if (given->num_certs == GIVEN_MAX_CERTS) {
		given->has_more_certs = true;
		return true;
	}
	given->certs[given->num_certs++] =
		(struct given_cert){.cert = cert, .is_issuer = place == GIVEN_ISSUER};
	return true;
}

static bool is_ocsp_response(struct bytes der)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(der, CODE_BAD_CERTIFICATE, &ignored);
	struct reader inner = der_enter(&r, DER_SEQUENCE, "object");
	return der_next_is(&inner, DER_ENUMERATED);
}

// A list of SCTs as TLS has it, each of which can be read.
static bool is_sct_list(struct bytes in)
{
	struct bytes items[SCT_MAX];
	struct sct sct;
	struct err ignored;
	size_t num = 0;
	err_clear(&ignored);
	if (!sct_list_split(in, items, SCT_MAX, &num, &ignored)) {
		return false;
	}
	for (size_t i = 0; i < num; i++) {
		sct_read(items[i], &sct);
		if (sct.parse == SCT_MALFORMED) {
			return false;
		}
	}
	return num > 0;
}

static bool is_sct(struct bytes in)
{
	struct sct sct;
	sct_read(in, &sct);
	return sct.parse == SCT_PARSED;
}

static bool add_sct(struct given *given, struct bytes in)
{
	if (given->num_scts == GIVEN_MAX_SCTS) {
		given->has_more_scts = true;
		return true;
	}
	given->scts[given->num_scts++] = in;
	return true;
}

// One DER object.
static bool take_der(struct given *given, enum given_place place, struct bytes name,
	struct bytes der, struct err *err)
{
	struct cert *cert = arena_take(given->arena, sizeof(*cert));
	struct err why;
	err_clear(&why);
	if (!cert) {
		return err_no_memory(err);
	}
	if (cert_read(der, cert, &why)) {
		return add_cert(given, place, cert);
	}
	if (is_ocsp_response(der)) {
		return add_ocsp(given, name, der);
	}
	const char *known = recognize(der);
	return known ? add_fault(given, name, known)
		     : add_unread_cert(given, name, &why, err);
}

// DER objects, one behind the other.
static bool take_objects(struct given *given, enum given_place place, struct bytes name,
	struct bytes in, struct err *err)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(in, CODE_BAD_CERTIFICATE, &ignored);
	struct bytes first = der_any(&r, "object").whole;
	if (reader_failed(&r) || r.pos == r.end || *r.pos != DER_SEQUENCE) {
		return take_der(given, place, name, in, err);
	}
	if (!take_der(given, place, name, first, err)) {
		return false;
	}
	while (!reader_done(&r)) {
		struct bytes next = der_any(&r, "object").whole;
		if (!reader_failed(&r) && !take_der(given, place, name, next, err)) {
			return false;
		}
	}
	return true;
}

static bool has_label(const struct pem_block *block, const char *label)
{
	return bytes_equal(block->label, bytes_of_text(label));
}

static bool take_block(struct given *given, enum given_place place, struct bytes name,
	struct bytes text, const struct pem_block *block, struct err *err)
{
	struct err why;
	struct bytes der;
	err_clear(&why);
	const char *known = recognize_label(block->label);
	if (known) {
		return add_fault(given, name, known);
	}
	if (has_label(block, "EC PARAMETERS") || has_label(block, "DH PARAMETERS")) {
		return true; // nothing that anybody misses
	}
	if (bytes_find(block->label, 0, BYTES_LITERAL("SERVERINFO")) !=
		block->label.len) {
		// Read as a whole where SCTs are collected.
		return add_tls_scts(given, name,
			bytes_of(text.data + block->offset, text.len - block->offset));
	}
	if (!pem_decode(block, text, CODE_BAD_CERTIFICATE, given->arena, &der, &why)) {
		return why.code == CODE_OUT_OF_MEMORY
			? err_no_memory(err)
			: add_unread_cert(given, name, &why, err);
	}
	return take_der(given, place, name, pem_without_trust(der, block), err);
}

static bool take_pem(struct given *given, enum given_place place, struct bytes name,
	struct bytes text, struct err *err)
{
	struct pem_block block;
	struct err why;
	size_t at = 0;
	err_clear(&why);
	while (pem_next(text, &at, CODE_BAD_CERTIFICATE, &block, &why)) {
		if (!take_block(given, place, name, text, &block, err)) {
			return false;
		}
	}
	return why.code == CODE_NONE || add_unread_cert(given, name, &why, err);
}

// Bytes, as a file has them or as they come from base64.
static bool take_bytes(struct given *given, enum given_place place, struct bytes name,
	struct bytes in, struct err *err)
{
	if (is_sct_list(in)) {
		return add_tls_scts(given, name, in);
	}
	if (in.len > 0 && in.data[0] != DER_SEQUENCE && is_sct(in)) {
		return add_sct(given, in);
	}
	return take_objects(given, place, name, in, err);
}

static bool unbase64(
	struct bytes text, struct arena *arena, struct bytes *out, struct err *err)
{
	uint8_t *room = arena_take(arena, text.len / 4 * 3 + 3);
	size_t len = 0;
	if (!room) {
		return err_no_memory(err);
	}
	*out = text_unbase64(text, room, &len) ? bytes_of(room, len) : BYTES_NONE;
	return true;
}

// Base64 of an SCT a line, whose first one is one by itself.
static bool is_sct_lines(const struct given *given, struct bytes text)
{
	struct bytes line = bytes_of(text.data, bytes_find(text, 0, BYTES_LITERAL("\n")));
	struct bytes sct;
	struct err ignored;
	err_clear(&ignored);
	return line.len < text.len && text_is_base64(text) &&
		sct_from_any_form(text_trim(line), given->arena, &sct, &ignored) &&
		is_sct(sct);
}

// What logs answered, as the field "scts" takes it: an array, objects, or lines of base64.
static bool is_answers(const struct given *given, struct bytes text)
{
	bool is_object = text.data[0] == '{' &&
		bytes_find(text, 0, BYTES_LITERAL("\"sct_version\"")) != text.len;
	return is_object || text.data[0] == '[' || is_sct_lines(given, text);
}

static bool read_answers(const struct given *given, struct bytes text,
	struct ctp_request *out, struct err *err)
{
	struct bytes sct;
	if (!input_read_scts(text, given->arena, out, err)) {
		return false;
	}
	for (size_t i = 0; i < out->num_scts; i++) {
		if (!sct_from_any_form(out->scts[i], given->arena, &sct, err)) {
			return false;
		}
	}
	return out->num_scts > 0 ||
		err_set(err, CODE_BAD_SCT, ERR_NO_OFFSET, "no SCT is in it");
}

// All of them, or none where one is wrong.
static bool take_answers(
	struct given *given, struct bytes name, struct bytes text, struct err *err)
{
	struct ctp_request request = {.num_scts = 0};
	struct err why;
	err_clear(&why);
	if (!read_answers(given, text, &request, &why)) {
		return why.code == CODE_OUT_OF_MEMORY
			? err_no_memory(err)
			: add_fault_of(given, name, &why, err);
	}
	for (size_t i = 0; i < request.num_scts; i++) {
		(void)add_sct(given, request.scts[i]);
	}
	return true;
}

// Text that is nothing of all this.
static bool take_words(struct given *given, struct bytes name, struct bytes text)
{
	const char *known = text.data[0] == '{'
		? "a JSON object that is no SCT; a whole request goes to POST /v1/evaluate"
		: recognize(text);
	return add_fault(given, name,
		known ? known
		      : "nothing that is known here; a certificate in PEM begins with "
			"-----BEGIN CERTIFICATE-----");
}

bool given_take(struct given *given, enum given_place place, struct bytes name,
	struct bytes piece, struct err *err)
{
	struct bytes text = text_trim(text_without_mark(piece));
	struct bytes decoded = BYTES_NONE;
	if (text.len == 0) {
		return name.len == 0 || add_fault(given, name, "empty");
	}
	if (private_key_is_in(piece, given->arena)) {
		given->has_private_key = true;
		return true;
	}
	if (piece.data[0] == DER_SEQUENCE && !pem_is_text(piece) &&
		!text_is_base64(text)) {
		return take_bytes(given, place, name, piece, err);
	}
	if (pem_is_text(text)) {
		return take_pem(given, place, name, text, err);
	}
	if (is_sct_list(piece) || is_sct(piece)) {
		return take_bytes(given, place, name, piece, err);
	}
	if (is_answers(given, text)) {
		return take_answers(given, name, text, err);
	}
	if (text_is_base64(text) && !unbase64(text, given->arena, &decoded, err)) {
		return false;
	}
	return decoded.len > 0 ? take_bytes(given, place, name, decoded, err)
			       : take_words(given, name, text);
}

// Forms.

static bool take_part(struct given *given, const struct form_part *part, struct err *err)
{
	struct bytes value = text_trim(part->value);
	if (part->file_name.data) {
		// Browsers send a file without a name where none was picked.
		return (part->file_name.len == 0 && value.len == 0) ||
			given_take(
				given, GIVEN_ANYWHERE, part->file_name, part->value, err);
	}
	if (bytes_equal(part->name, BYTES_LITERAL("certificate"))) {
		return given_take(given, GIVEN_ANYWHERE, BYTES_NONE, part->value, err);
	}
	if (bytes_equal(part->name, BYTES_LITERAL("issuer"))) {
		return given_take(given, GIVEN_ISSUER, BYTES_NONE, part->value, err);
	}
	if (value.len == 0 || bytes_equal(part->name, BYTES_LITERAL("token"))) {
		return true;
	}
	// As it came: the last byte of a key may look like white space.
	if (private_key_is_in(part->value, given->arena)) {
		given->has_private_key = true;
		return true;
	}
	if (bytes_equal(part->name, BYTES_LITERAL("tls_scts"))) {
		return add_tls_scts(given, part->name, value);
	}
	return !bytes_equal(part->name, BYTES_LITERAL("ocsp")) ||
		add_ocsp(given, part->name, value);
}

bool given_take_form(struct given *given, const struct form *form, struct err *err)
{
	for (size_t i = 0; i < form->num; i++) {
		if (!take_part(given, &form->parts[i], err)) {
			return false;
		}
	}
	return true;
}
