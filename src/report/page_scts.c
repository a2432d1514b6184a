// SPDX-License-Identifier: Apache-2.0
// A row for each SCT, which opens to every byte of it and to what its log signed.
#include "report/page_write.h"

#include "base/datetime.h"
#include "base/text.h"
#include "report/report_verdict.h"
#include "sct/verify.h"
#include "x509/der.h"

// A table of bytes: where, what, what it means, and the bytes.
struct byte_rows {
	struct buffer *out;
	const uint8_t *origin;
};

static void begin_bytes(struct buffer *out, const char *caption)
{
	static const char *const headings[] = {"Offset", "Field", "Value", "Bytes", NULL};
	page_begin_table(out, "class=\"bytes flow\"", caption, headings);
}

static void begin_row(
	const struct byte_rows *rows, const struct bytes *field, const char *name)
{
	page_begin_cell(rows->out, "Offset");
	if (field->len > 1) {
		buffer_printf(rows->out, "%zu\xe2\x80\x93%zu",
			(size_t)(field->data - rows->origin),
			(size_t)(field->data - rows->origin) + field->len - 1);
	} else {
		buffer_printf(rows->out, "%zu", (size_t)(field->data - rows->origin));
	}
	buffer_put_text(rows->out, "</td><th scope=\"row\">");
	html_put_text(rows->out, name);
	buffer_put_text(rows->out, "</th>");
	page_begin_cell(rows->out, "Value");
}

static void end_row(const struct byte_rows *rows, const struct bytes *field)
{
	buffer_put_text(rows->out, "</td>");
	page_begin_cell(rows->out, "Bytes");
	buffer_put_text(rows->out, "<code>");
	page_put_hex(rows->out, *field);
	buffer_put_text(rows->out, "</code></td></tr>\n");
}

static void put_row(const struct byte_rows *rows, struct bytes field, const char *name,
	const char *value)
{
	if (field.len == 0) {
		return;
	}
	buffer_put_text(rows->out, "<tr>");
	begin_row(rows, &field, name);
	html_put_text(rows->out, value);
	end_row(rows, &field);
}

static void put_log_id(const struct byte_rows *rows, const struct sct_record *sct)
{
	char id[TEXT_BASE64_ROOM(SCT_LOG_ID_LEN)];
	struct bytes field = sct->sct.log_id;
	text_base64(field, id);
	buffer_put_text(rows->out, "<tr>");
	begin_row(rows, &field, "log_id");
	buffer_printf(rows->out, "<code>%s</code><br>SHA-256 of the log's key: ", id);
	page_put_sct_name(rows->out, sct);
	end_row(rows, &field);
}

static void put_timestamp(const struct byte_rows *rows, const struct sct_record *sct)
{
	struct bytes field = bytes_of(sct->sct.log_id.data + SCT_LOG_ID_LEN, 8);
	buffer_put_text(rows->out, "<tr>");
	begin_row(rows, &field, "timestamp");
	buffer_printf(
		rows->out, "%llu ms since 1970", (unsigned long long)sct->sct.timestamp);
	if (sct->sct.timestamp <= DATETIME_MAX_MS) {
		buffer_put_text(rows->out, ": ");
		page_put_instant(rows->out, (int64_t)sct->sct.timestamp);
	}
	end_row(rows, &field);
}

// static-ct-api: type 0, a length of two bytes, a leaf index of five.
static void put_extensions(const struct byte_rows *rows, const struct sct *sct)
{
	char text[96];
	struct bytes len = bytes_of(sct->log_id.data + SCT_LOG_ID_LEN + 8, 2);
	(void)snprintf(text, sizeof(text), "%zu byte%s follow%s", sct->extensions.len,
		sct->extensions.len == 1 ? "" : "s", sct->extensions.len == 1 ? "s" : "");
	put_row(rows, len, "extensions, length",
		sct->extensions.len ? text : "no extensions");
	if (sct->has_leaf_index && sct->extensions.len >= 8 &&
		sct->extensions.data[0] == 0) {
		put_row(rows, bytes_of(sct->extensions.data, 1), "extension type",
			"leaf_index (static-ct-api)");
		put_row(rows, bytes_of(sct->extensions.data + 1, 2), "extension length",
			"5 bytes");
		(void)snprintf(text, sizeof(text), "entry %llu of the log",
			(unsigned long long)sct->leaf_index);
		put_row(rows, bytes_of(sct->extensions.data + 3, 5), "leaf index", text);
		put_row(rows, bytes_of(sct->extensions.data + 8, sct->extensions.len - 8),
			"further extensions", "not read");
		return;
	}
	put_row(rows, sct->extensions, "extensions", "not known here");
}

// An ECDSA signature: SEQUENCE of r and s (RFC 3279 2.2.3).
static void put_ecdsa(const struct byte_rows *rows, struct bytes signature)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader whole = reader_init(signature, CODE_BAD_SCT, &ignored);
	struct der_element outer = der_expect(&whole, DER_SEQUENCE, "signature");
	struct reader r = reader_init(outer.value, CODE_BAD_SCT, &ignored);
	struct der_element first = der_any(&r, "r");
	struct der_element second = der_any(&r, "s");
	if (ignored.code != CODE_NONE || whole.pos != whole.end || r.pos != r.end) {
		put_row(rows, signature, "signature", "no SEQUENCE of two numbers");
		return;
	}
	put_row(rows, bytes_of(signature.data, signature.len - outer.value.len),
		"signature, head", "SEQUENCE");
	put_row(rows, first.whole, "r", "INTEGER, with its tag and length");
	put_row(rows, second.whole, "s", "INTEGER, with its tag and length");
}

static void put_signature(const struct byte_rows *rows, const struct sct_record *record)
{
	static const char *const hashes[] = {
		"none", "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"};
	static const char *const algorithms[] = {"anonymous", "RSA", "DSA", "ECDSA"};
	const struct sct *sct = &record->sct;
	const uint8_t *at = sct->signature.data - 4;
	char text[64];
	put_row(rows, bytes_of(at, 1), "hash algorithm",
		sct->hash < 7 ? hashes[sct->hash] : "unknown");
	put_row(rows, bytes_of(at + 1, 1), "signature algorithm",
		sct->algorithm < 4 ? algorithms[sct->algorithm] : "unknown");
	(void)snprintf(text, sizeof(text), "%zu bytes follow", sct->signature.len);
	put_row(rows, bytes_of(at + 2, 2), "signature, length", text);
	if (sct->algorithm == 3) {
		put_ecdsa(rows, sct->signature);
	} else {
		put_row(rows, sct->signature, "signature", "");
	}
}

static void put_bytes(
	const struct record *record, const struct sct_record *sct, struct buffer *out)
{
	struct byte_rows rows = {out, sct->sct.bytes.data};
	struct bytes whole = sct->sct.bytes;
	const struct bytes der = record->cert->der;
	uintptr_t at = (uintptr_t)whole.data;
	begin_bytes(out, "Every byte of the SCT (RFC 6962 3.2)");
	if (sct->sct.parse != SCT_PARSED) {
		put_row(&rows, whole, "unreadable",
			sct->sct.parse == SCT_UNSUPPORTED_VERSION
				? "a version that is not v1: nothing behind it can be read"
				: sct->sct.malformed.text);
	} else {
		put_row(&rows, bytes_of(whole.data, 1), "sct_version", "v1");
		put_log_id(&rows, sct);
		put_timestamp(&rows, sct);
		put_extensions(&rows, &sct->sct);
		put_signature(&rows, sct);
	}
	page_end_table(out);
	if (sct->source == SOURCE_EMBEDDED && at >= (uintptr_t)der.data &&
		at - (uintptr_t)der.data < der.len) {
		buffer_printf(out,
			"<p class=\"soft\">The SCT begins at byte %zu of the certificate's "
			"DER.</p>\n",
			(size_t)(at - (uintptr_t)der.data));
	}
}

// What the row says before it is opened.

static void put_why(
	const struct record *record, const struct sct_record *sct, struct buffer *out)
{
	for (size_t i = 0; i < sct->num_why; i++) {
		buffer_put_text(out, i ? "; " : "<p>It does not count: ");
		report_put_why(record, sct, i, out);
		buffer_put_char(out, ' ');
		html_put_code(out, code_info(sct->why[i])->name);
	}
	buffer_put_text(out, sct->num_why ? ".</p>\n" : "");
}

static void put_log(const struct sct_record *sct, struct buffer *out)
{
	const struct ct_log *log = sct->log;
	buffer_put_text(out, "<dl class=\"facts\">\n<dt>Status</dt><dd>");
	html_put_text(out, sct_status_name(sct->status));
	buffer_put_text(out, ", approval ");
	html_put_text(out, approval_name(sct->approval));
	buffer_put_text(out, "</dd>\n");
	if (log) {
		buffer_printf(out, "<dt>Log</dt><dd>%s",
			log->api == LOG_STATIC ? "static-ct-api" : "RFC 6962");
		buffer_printf(out, ", %s", log_state_name(sct->standing.state));
		if (sct->standing.since_ms) {
			buffer_put_text(out, " since ");
			page_put_day(out, sct->standing.since_ms);
		}
		buffer_put_text(out,
			sct->standing.extrapolated ? " (taken back to the time of check)"
						   : "");
		buffer_put_text(out, "</dd>\n<dt>Takes ends</dt><dd>");
		page_put_ends(out, log);
		buffer_put_text(out, "</dd>\n");
	}
	buffer_put_text(out, "</dl>\n");
}

static void put_summary(const struct sct_record *sct, size_t number, struct buffer *out)
{
	buffer_printf(out, "<summary><span class=\"who\">%zu. ", number);
	page_put_sct_name(out, sct);
	buffer_put_text(out, "</span> <span class=\"what\">");
	page_put_mark(out,
		sct->counted                          ? MARK_GOOD
			: sct->status == STATUS_VALID ? MARK_PLAIN
						      : MARK_BAD,
		sct->counted ? "counts" : "does not count");
	buffer_put_text(out, " <span class=\"soft\">");
	if (sct->operator_name) {
		html_put_foreign(out, bytes_of_text(sct->operator_name));
		buffer_put_text(out, ", ");
	}
	html_put_text(out, sct_source_name(sct->source));
	if (sct->sct.parse == SCT_PARSED && sct->sct.timestamp <= DATETIME_MAX_MS) {
		buffer_put_text(out, ", ");
		page_put_day(out, (int64_t)sct->sct.timestamp);
	}
	buffer_put_text(out, "</span></span></summary>\n");
}

void page_put_scts(const struct record *record, struct arena *arena, struct buffer *out)
{
	(void)arena;
	html_begin_section(out, "sct-rows", "The SCTs, byte for byte");
	if (record->num_scts == 0) {
		html_put_note(out,
			"There is none: neither in the certificate, nor by TLS, nor in an OCSP "
			"response.");
	}
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		buffer_put_text(out, "<details class=\"sct\">");
		put_summary(sct, i + 1, out);
		buffer_put_text(out, "<div class=\"inside\">\n");
		put_why(record, sct, out);
		put_log(sct, out);
		put_bytes(record, sct, out);
		page_put_signed(record, sct, out);
		buffer_put_text(out, "</div>\n</details>\n");
	}
	buffer_put_text(out, "</section>\n");
}
