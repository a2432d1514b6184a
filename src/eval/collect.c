// SPDX-License-Identifier: Apache-2.0
// SCTs from the four ways in (POLICY.md 2): embedded, given beside a precertificate, TLS
// extension, OCSP response.
#include "eval/evaluation.h"

#include "base/text.h"
#include "sct/sct_json.h"

// The serialized SCTs of one source.
struct source {
	enum sct_source source;
	const char *field; // which input they come from
	struct bytes input; // that input's DER, for offsets
	struct bytes *items;
	size_t num;
};

static bool add_list_finding(struct evaluation *e, const struct source *source,
	enum code code, const struct err *why)
{
	buffer_printf(&e->context->text,
		"The SCT list from %s is broken, so none of its SCTs count: %s",
		sct_source_name(source->source), why->text);
	if (why->offset != ERR_NO_OFFSET) {
		buffer_printf(&e->context->text, " (byte %zu of %s)", why->offset,
			source->field);
	}
	buffer_put_char(&e->context->text, '.');
	return add_finding(e, &e->record->findings, code, source->field, why->offset);
}

// A list into items; a broken one is a finding, too many SCTs an error.
static bool split(struct evaluation *e, struct bytes list, struct source *out)
{
	struct err why;
	err_clear(&why);
	size_t left = SCT_MAX - e->record->num_scts;
	size_t room = sct_list_room(list) < left + 1 ? sct_list_room(list) : left + 1;
	out->items = arena_take_array(&e->context->arena, room, sizeof(*out->items));
	if (!out->items) {
		return err_no_memory(e->err);
	}
	if (sct_list_split(list, out->items, left, &out->num, &why)) {
		return true;
	}
	out->num = 0;
	why.offset += (size_t)(list.data - out->input.data);
	if (why.code == CODE_TOO_MANY_SCTS) {
		err_set(e->err, why.code, why.offset,
			"more than %d SCTs; that is the limit for one certificate",
			SCT_MAX);
		return err_in_field(e->err, out->field);
	}
	return add_list_finding(e, out, CODE_SCT_LIST_MALFORMED, &why);
}

static bool collect_embedded(struct evaluation *e, struct source *out)
{
	const struct cert *leaf = e->inputs.leaf;
	out->input = leaf->der;
	if (leaf->num_sct_extensions == 0) {
		return true;
	}
	if (leaf->num_sct_extensions > 1) {
		struct err why;
		err_clear(&why);
		err_set(&why, CODE_SCT_LIST_TWICE,
			(size_t)(leaf->scts.data - leaf->der.data),
			"the extension stands %zu times", leaf->num_sct_extensions);
		return add_list_finding(e, out, CODE_SCT_LIST_TWICE, &why);
	}
	if (leaf->scts_error.code != CODE_NONE) {
		return add_list_finding(
			e, out, CODE_SCT_LIST_MALFORMED, &leaf->scts_error);
	}
	return split(e, leaf->scts, out);
}

// SCTs that logs answered, to be judged as if they were embedded already.
static bool collect_given(struct evaluation *e, struct source *out)
{
	const struct ctp_request *request = e->request;
	if (request->num_scts == 0) {
		return true;
	}
	if (e->inputs.leaf->num_sct_extensions > 0) {
		err_set(e->err, CODE_SCTS_BESIDE_EMBEDDED, ERR_NO_OFFSET,
			"the certificate has an embedded SCT list already; give scts "
			"beside a precertificate or TBSCertificate only");
		return err_in_field(e->err, "scts");
	}
	if (request->num_scts > SCT_MAX) {
		err_set(e->err, CODE_TOO_MANY_SCTS, ERR_NO_OFFSET,
			"%zu SCTs; the limit for one certificate is %d",
			request->num_scts, SCT_MAX);
		return err_in_field(e->err, "scts");
	}
	out->items = arena_take_array(
		&e->context->arena, request->num_scts, sizeof(*out->items));
	if (!out->items) {
		return err_no_memory(e->err);
	}
	for (size_t i = 0; i < request->num_scts; i++) {
		char field[32] = "";
		if (!sct_from_any_form(request->scts[i], &e->context->arena,
			    &out->items[i], e->err)) {
			(void)snprintf(field, sizeof(field), "scts[%zu]", i);
			return err_in_field(e->err, field);
		}
	}
	out->num = request->num_scts;
	e->record->to_embed = true;
	return true;
}

// The extension as "openssl s_client -serverinfo 18" writes it: type and length before the
// list, among whatever else it prints.
static bool read_server_info(
	struct evaluation *e, struct bytes text, struct bytes *out, struct err *why)
{
	struct pem_block block;
	size_t at = 0;
	while (pem_next(text, &at, CODE_SCT_LIST_MALFORMED, &block, why)) {
		if (!bytes_equal(
			    block.label, BYTES_LITERAL("SERVERINFO FOR EXTENSION 18"))) {
			continue;
		}
		if (!pem_decode(&block, text, CODE_SCT_LIST_MALFORMED, &e->context->arena,
			    out, why)) {
			return false;
		}
		size_t header = out->len < 4 ? out->len : 4;
		*out = bytes_of(out->data + header, out->len - header);
		return true;
	}
	return err_set(why, CODE_SCT_LIST_MALFORMED, ERR_NO_OFFSET,
		"PEM without a block SERVERINFO FOR EXTENSION 18");
}

// The field holds the list, or a text of it. A list begins with its length, and no list of
// a length that text would spell fits the text's own length.
static bool read_tls_list(
	struct evaluation *e, struct bytes in, struct bytes *out, struct err *why)
{
	if (in.len >= 2 && ((size_t)in.data[0] << 8 | in.data[1]) == in.len - 2) {
		*out = in;
		return true;
	}
	if (pem_is_text(in)) {
		return read_server_info(e, in, out, why);
	}
	struct bytes text = text_trim(in);
	uint8_t *decoded = arena_take(&e->context->arena, text.len / 4 * 3 + 3);
	size_t len = 0;
	if (!decoded) {
		return err_no_memory(why);
	}
	if (text.len > 0 && text_unbase64(text, decoded, &len)) {
		*out = bytes_of(decoded, len);
		return true;
	}
	if (in.len >= 2 && in.data[0] >= ' ' && in.data[1] >= ' ') {
		*out = in;
		return err_set(why, CODE_SCT_LIST_MALFORMED,
			(size_t)(text.data - in.data) + len,
			"neither the extension's bytes nor base64");
	}
	*out = in; // split says what is wrong with it
	return true;
}

static bool collect_tls(struct evaluation *e, struct source *out)
{
	struct bytes in = e->request->fields[REQUEST_TLS_SCTS];
	struct err why;
	err_clear(&why);
	if (!in.data) {
		return true;
	}
	if (!read_tls_list(e, in, &out->input, &why)) {
		return why.code == CODE_OUT_OF_MEMORY
			? err_no_memory(e->err)
			: add_list_finding(e, out, CODE_SCT_LIST_MALFORMED, &why);
	}
	return split(e, out->input, out);
}

static bool put_ocsp_finding(struct evaluation *e, enum code code, size_t offset)
{
	return add_finding(e, &e->record->findings, code, "ocsp", offset);
}

static bool explain_ocsp(
	struct evaluation *e, enum ocsp_outcome outcome, const struct err *why)
{
	const struct ocsp_answer *answer = &e->ocsp_answer;
	struct buffer *text = &e->context->text;
	switch (outcome) {
	case OCSP_UNREADABLE:
		buffer_put_text(text, "The OCSP response cannot be read");
		if (why->offset != ERR_NO_OFFSET) {
			buffer_printf(text, ", at byte %zu", why->offset);
		}
		buffer_printf(text, ": %s.", why->text);
		return put_ocsp_finding(e, CODE_OCSP_UNREADABLE, why->offset);
	case OCSP_ERROR_STATUS:
		buffer_printf(text,
			"The OCSP responder answered with error status %u instead of "
			"a response; ask it again.",
			answer->status);
		return put_ocsp_finding(e, CODE_OCSP_ERROR_STATUS, ERR_NO_OFFSET);
	case OCSP_OTHER_CERT:
		buffer_printf(text,
			"The OCSP response is not about this certificate and its issuer (it "
			"is about %zu other%s).",
			answer->num_others, answer->num_others == 1 ? "" : "s");
		return put_ocsp_finding(e, CODE_OCSP_OTHER_CERTIFICATE, ERR_NO_OFFSET);
	case OCSP_FAILED:
		return err_no_memory(e->err);
	case OCSP_MATCHED:
		break;
	}
	if (answer->num_others > 0) {
		buffer_printf(text,
			"The OCSP response is about %zu other certificate%s too, which %s "
			"ignored.",
			answer->num_others, answer->num_others == 1 ? "" : "s",
			answer->num_others == 1 ? "was" : "were");
		if (!put_ocsp_finding(e, CODE_OCSP_OTHER_CERTIFICATE, ERR_NO_OFFSET)) {
			return false;
		}
	}
	if (!answer->has_scts) {
		buffer_put_text(text,
			"The OCSP response about this certificate carries no SCTs.");
		return put_ocsp_finding(e, CODE_OCSP_WITHOUT_SCTS, ERR_NO_OFFSET);
	}
	if (answer->key_hash_unchecked) {
		buffer_put_text(text,
			"Without the issuer's certificate the OCSP response was "
			"matched by issuer name and serial number alone.");
		return put_ocsp_finding(e, CODE_OCSP_ISSUER_UNCHECKED, ERR_NO_OFFSET);
	}
	return true;
}

static bool collect_ocsp(struct evaluation *e, struct source *out)
{
	struct err why;
	err_clear(&why);
	if (!e->ocsp.len) {
		return true;
	}
	out->input = e->ocsp;
	struct ocsp_subject subject = {e->inputs.leaf, e->inputs.ca};
	enum ocsp_outcome outcome =
		ocsp_read(e->ocsp, &subject, e->context->digest, &e->ocsp_answer, &why);
	e->ocsp_matched = outcome == OCSP_MATCHED;
	e->ocsp_readable = e->ocsp_matched || outcome == OCSP_OTHER_CERT;
	return explain_ocsp(e, outcome, &why) &&
		(outcome != OCSP_MATCHED || !e->ocsp_answer.has_scts ||
			split(e, e->ocsp_answer.scts, out));
}

static void read_items(struct record *record, const struct source *source)
{
	for (size_t i = 0; i < source->num; i++) {
		struct sct_record *sct = &record->scts[record->num_scts++];
		sct->source = source->source;
		sct->index = i;
		sct_read(source->items[i], &sct->sct);
	}
}

bool collect_scts(struct evaluation *e)
{
	static const struct {
		enum sct_source source;
		const char *field;
		bool (*collect)(struct evaluation *e, struct source *out);
	} ways[] = {
		{SOURCE_EMBEDDED, "certificate", collect_embedded},
		{SOURCE_EMBEDDED, "scts", collect_given},
		{SOURCE_TLS, "tls_scts", collect_tls},
		{SOURCE_OCSP, "ocsp", collect_ocsp},
	};
	struct source sources[sizeof(ways) / sizeof(ways[0])];
	size_t num = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		sources[i] =
			(struct source){.source = ways[i].source, .field = ways[i].field};
		e->record->num_scts = num;
		if (!ways[i].collect(e, &sources[i])) {
			return false;
		}
		num += sources[i].num;
	}
	e->record->num_scts = 0;
	e->record->scts =
		arena_take_array(&e->context->arena, num, sizeof(*e->record->scts));
	if (!e->record->scts) {
		return err_no_memory(e->err);
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		read_items(e->record, &sources[i]);
	}
	return true;
}
