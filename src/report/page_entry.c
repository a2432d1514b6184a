// SPDX-License-Identifier: Apache-2.0
// What a log signed (RFC 6962 3.2): the digitally-signed struct of an SCT, and the TBSCertificate in
// it by its parts. It is cut again, by the same function as for verifying.
#include "report/page_write.h"

#include "sct/signed_entry.h"
#include "x509/name.h"
#include "x509/oid.h"

// Bytes of one part that are shown; a subjectAltName may have a hundred kilobytes.
#define MAX_SHOWN ((size_t)2048)

static void put_row(struct buffer *out, size_t offset, size_t len, const char *name,
	const char *value, struct bytes bytes)
{
	buffer_put_text(out, "<tr>");
	page_begin_cell(out, "Offset");
	if (len > 1) {
		buffer_printf(out, "%zu\xe2\x80\x93%zu", offset, offset + len - 1);
	} else {
		buffer_printf(out, "%zu", offset);
	}
	buffer_put_text(out, "</td><th scope=\"row\">");
	html_put_text(out, name);
	buffer_put_text(out, "</th>");
	page_begin_cell(out, "Value");
	html_put_text(out, value);
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "Bytes");
	if (bytes.len > 0) {
		buffer_put_text(out, "<code>");
		page_put_hex(out,
			bytes_of(bytes.data,
				bytes.len < MAX_SHOWN ? bytes.len : MAX_SHOWN));
		buffer_put_text(out, "</code>");
	}
	if (bytes.len > MAX_SHOWN) {
		buffer_printf(out, " and %zu more bytes", bytes.len - MAX_SHOWN);
	}
	buffer_put_text(out, "</td></tr>\n");
}

static size_t cut_length(const struct record *record)
{
	struct tbs_cut cut;
	tbs_cut(record->cert, record->signer, &cut);
	return cut.len;
}

static void put_big_endian(uint8_t *out, size_t num, uint64_t value)
{
	for (size_t i = 0; i < num; i++) {
		out[i] = (uint8_t)(value >> (8 * (num - 1 - i)));
	}
}

void page_put_signed(
	const struct record *record, const struct sct_record *sct, struct buffer *out)
{
	static const char *const headings[] = {"Offset", "Field", "Value", "Bytes", NULL};
	bool is_precert = sct->source == SOURCE_EMBEDDED;
	uint8_t head[12] = {0};
	uint8_t length[3];
	uint8_t extensions[2];
	size_t at = 12;
	if (sct->sct.parse != SCT_PARSED) {
		return;
	}
	if (is_precert && !record->has_issuer_key_hash) {
		html_put_note(out,
			"What the log signed cannot be shown: it has the hash of the issuer's "
			"key in it, and no issuer was given.");
		return;
	}
	size_t len = is_precert ? cut_length(record) : record->cert->der.len;
	put_big_endian(head + 2, 8, sct->sct.timestamp);
	head[11] = is_precert;
	put_big_endian(length, 3, len);
	put_big_endian(extensions, 2, sct->sct.extensions.len);
	page_begin_table(out, "class=\"bytes flow\"",
		"What its log signed: the signed entry that was verified", headings);
	put_row(out, 0, 1, "sct_version", "v1", bytes_of(head, 1));
	put_row(out, 1, 1, "signature_type", "certificate_timestamp",
		bytes_of(head + 1, 1));
	put_row(out, 2, 8, "timestamp", "as in the SCT", bytes_of(head + 2, 8));
	put_row(out, 10, 2, "entry_type", is_precert ? "precert_entry" : "x509_entry",
		bytes_of(head + 10, 2));
	if (is_precert) {
		put_row(out, at, DIGEST_SHA256_LEN, "issuer_key_hash",
			"SHA-256 of the issuer's SubjectPublicKeyInfo",
			bytes_of(record->issuer_key_sha256, DIGEST_SHA256_LEN));
		at += DIGEST_SHA256_LEN;
	}
	put_row(out, at, 3, "length", "of what follows", bytes_of(length, 3));
	put_row(out, at + 3, len, is_precert ? "tbs_certificate" : "certificate",
		is_precert
			? "the TBSCertificate without its SCT list: its parts are below, "
			  "under \"The TBSCertificate that was logged\""
			: "the certificate as it was given",
		BYTES_NONE);
	at += 3 + len;
	put_row(out, at, 2, "extensions, length", "", bytes_of(extensions, 2));
	if (sct->sct.extensions.len) {
		put_row(out, at + 2, sct->sct.extensions.len, "extensions",
			"as in the SCT", sct->sct.extensions);
	}
	page_end_table(out);
}

// The TBSCertificate.

static const char *extension_name(struct bytes oid)
{
	static const struct {
		struct bytes oid;
		const char *name;
	} names[] = {
		{OID_SUBJECT_KEY_ID, "subjectKeyIdentifier"},
		{OID_KEY_USAGE, "keyUsage"},
		{OID_SUBJECT_ALT_NAME, "subjectAltName"},
		{OID_BASIC_CONSTRAINTS, "basicConstraints"},
		{OID_CE("\x1e"), "nameConstraints"},
		{OID_CE("\x1f"), "cRLDistributionPoints"},
		{OID_CE("\x20"), "certificatePolicies"},
		{OID_AUTHORITY_KEY_ID, "authorityKeyIdentifier"},
		{OID_EXT_KEY_USAGE, "extKeyUsage"},
		{BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x01"),
			"authorityInfoAccess"},
		{BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x18"), "tlsFeature"},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (bytes_equal(names[i].oid, oid)) {
			return names[i].name;
		}
	}
	return "extension";
}

struct tbs_rows {
	struct buffer *out;
	const uint8_t *origin;
};

static void put_part(const struct tbs_rows *rows, struct bytes part, const char *name,
	const char *value)
{
	if (part.len > 0) {
		put_row(rows->out, (size_t)(part.data - rows->origin), part.len, name,
			value, part);
	}
}

static void put_extension(const struct tbs_rows *rows, struct bytes whole)
{
	struct err ignored;
	struct buffer text;
	err_clear(&ignored);
	buffer_init(&text, 4096);
	struct reader r = reader_init(whole, CODE_BAD_CERTIFICATE, &ignored);
	struct reader inner = der_enter(&r, DER_SEQUENCE, "extension");
	struct bytes oid = der_expect(&inner, DER_OID, "extnID").value;
	oid_put_text(&text, oid);
	if (der_next_is(&inner, DER_BOOLEAN) && der_boolean(&inner, "critical")) {
		buffer_put_text(&text, ", critical");
	}
	buffer_put_char(&text, '\0');
	put_part(rows, whole, extension_name(oid),
		text.failed ? "" : (const char *)text.data);
	rows->out->failed = rows->out->failed || text.failed;
	buffer_clear(&text);
}

static void put_extensions(const struct tbs_rows *rows, struct bytes whole)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(whole, CODE_BAD_CERTIFICATE, &ignored);
	struct reader outer = der_enter(&r, DER_CONTEXT_CONSTRUCTED(3), "extensions");
	struct reader list = der_enter(&outer, DER_SEQUENCE, "extensions");
	put_part(rows, bytes_of(whole.data, (size_t)(list.pos - whole.data)),
		"extensions, head",
		"[3] and SEQUENCE, with the lengths of what was kept");
	while (!reader_done(&list)) {
		struct bytes one = der_any(&list, "extension").whole;
		put_extension(rows, one);
	}
}

// The fields of RFC 5280 4.1 in their order; what is odd is shown as "field".
static void put_fields(const struct tbs_rows *rows, struct bytes tbs)
{
	static const char *const names[] = {"serialNumber", "signature", "issuer",
		"validity", "subject", "subjectPublicKeyInfo"};
	struct err ignored;
	size_t index = 0;
	err_clear(&ignored);
	struct reader r = reader_init(tbs, CODE_BAD_CERTIFICATE, &ignored);
	struct reader inner = der_enter(&r, DER_SEQUENCE, "TBSCertificate");
	put_part(rows, bytes_of(tbs.data, (size_t)(inner.pos - tbs.data)),
		"TBSCertificate, head", "SEQUENCE, with the length of what was kept");
	while (!reader_done(&inner)) {
		struct der_element field = der_any(&inner, "field");
		if (field.tag == DER_CONTEXT_CONSTRUCTED(0)) {
			put_part(rows, field.whole, "version", "");
		} else if (field.tag == DER_CONTEXT_CONSTRUCTED(3)) {
			put_extensions(rows, field.whole);
		} else {
			put_part(rows, field.whole, index < 6 ? names[index] : "field",
				"");
			index++;
		}
	}
}

void page_put_entry(const struct record *record, struct arena *arena, struct buffer *out)
{
	static const char *const headings[] = {"Offset", "Field", "Value", "Bytes", NULL};
	struct tbs_cut cut;
	size_t at = 0;
	if (!record_has_source(record, SOURCE_EMBEDDED)) {
		return;
	}
	tbs_cut(record->cert, record->signer, &cut);
	uint8_t *tbs = arena_take(arena, cut.len + 1);
	for (size_t i = 0; tbs && i < cut.num_parts; i++) {
		bytes_copy(tbs + at, cut.parts[i]);
		at += cut.parts[i].len;
	}
	if (!tbs) {
		out->failed = true;
		return;
	}
	struct tbs_rows rows = {out, tbs};
	buffer_put_text(out,
		"<section id=\"entry\">\n<h2>The TBSCertificate that was logged"
		"</h2>\n");
	html_put_note(out,
		"Each log of an embedded SCT signed these bytes, the same for all of them: the "
		"certificate without its SCT list and poison, with lengths made right "
		"(RFC 6962 3.2).");
	buffer_printf(out, "<details><summary>%zu bytes, by their parts</summary>\n", at);
	page_begin_table(
		out, "class=\"bytes flow\"", "The parts of the TBSCertificate", headings);
	put_fields(&rows, bytes_of(tbs, at));
	page_end_table(out);
	buffer_put_text(out, "</details>\n</section>\n");
}
