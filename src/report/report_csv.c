// SPDX-License-Identifier: Apache-2.0
// CSV (RFC 4180): one row a certificate, CRLF, a header row first.
#include "report/report.h"

#include "base/datetime.h"
#include "base/text.h"
#include "x509/name.h"

// The columns, in the order in which put_row writes them.
static const char header[] =
	"id,result,error,kind,sha256,serial,subject,issuer,dns_names,not_before,not_"
	"after,"
	"lifetime_days,issuer_signature,evaluated_at,log_list,basis,stale,scts,valid_"
	"scts,counted_scts,required_scts,verdicts,applies_because,findings,occurrences,"
	"client_age_days,client_lists,oldest_client_list,safe_from,accepted,"
	"sct_reasons\r\n";

struct row {
	struct buffer *out;
	struct buffer field;
	bool comma;
};

// RFC 4180 2.5 to 2.7.
static void end_field(struct row *row)
{
	struct bytes text = buffer_bytes(&row->field);
	bool quote = false;
	for (size_t i = 0; i < text.len; i++) {
		quote = quote || (text.data[i] != 0 && strchr("\",\r\n", text.data[i]));
	}
	if (row->comma) {
		buffer_put_char(row->out, ',');
	}
	row->comma = true;
	if (!quote) {
		buffer_put(row->out, text);
	} else {
		buffer_put_char(row->out, '"');
		for (size_t i = 0; i < text.len; i++) {
			buffer_put_char(row->out, (char)text.data[i]);
			if (text.data[i] == '"') {
				buffer_put_char(row->out, '"');
			}
		}
		buffer_put_char(row->out, '"');
	}
	row->out->failed = row->out->failed || row->field.failed;
	row->field.len = 0;
}

static void text_field(struct row *row, const char *text)
{
	buffer_put_text(&row->field, text);
	end_field(row);
}

static void number_field(struct row *row, int64_t value)
{
	buffer_printf(&row->field, "%lld", (long long)value);
	end_field(row);
}

static void time_field(struct row *row, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	text_field(row, text);
}

static void hex_field(struct row *row, struct bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		buffer_printf(&row->field, "%02x", value.data[i]);
	}
	end_field(row);
}

static void id_field(struct row *row, struct bytes id)
{
	report_put_id(&row->field, id);
	end_field(row);
}

static void list_field(struct row *row, const struct loglist *list)
{
	buffer_printf(&row->field, "%s ", list->name);
	text_put_escaped(&row->field, bytes_of_text(list->version));
	end_field(row);
}

static void names_field(struct row *row, const struct cert *cert)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes name;
	for (bool first = true; cert_next_alt_name(&names, DER_CONTEXT(2), &name);
		first = false) {
		buffer_put_text(&row->field, first ? "" : " ");
		text_put_escaped_ascii(&row->field, name);
	}
	end_field(row);
}

static void put_word(struct buffer *out, const char *word)
{
	buffer_put_text(out, out->len ? " " : "");
	buffer_put_text(out, word);
}

static void put_codes(struct buffer *out, const struct findings *findings)
{
	for (size_t i = 0; i < findings->num; i++) {
		put_word(out, code_info(findings->items[i].code)->name);
	}
}

static void certificate_fields(struct row *row, const struct record *record)
{
	const struct cert *cert = record->cert;
	text_field(row, cert_kind_name(cert->kind));
	hex_field(row, bytes_of(record->sha256, DIGEST_SHA256_LEN));
	hex_field(row, cert->serial);
	name_put_text(&row->field, cert->subject);
	end_field(row);
	name_put_text(&row->field, cert->issuer);
	end_field(row);
	names_field(row, cert);
	time_field(row, cert->not_before * 1000);
	time_field(row, cert->not_after * 1000);
	number_field(row, record->lifetime.days);
	text_field(row, issuer_signature_name(record->issuer_signature));
}

static void verdict_fields(struct row *row, const struct record *record)
{
	int64_t num_valid = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num_valid += record->scts[i].status == STATUS_VALID;
	}
	const struct policy_record *first = &record->policies[0];
	number_field(row, (int64_t)record->num_scts);
	number_field(row, num_valid);
	number_field(row, first->found_counted);
	number_field(row, first->result.row->scts);
	for (size_t i = 0; i < record->num_policies; i++) {
		put_word(&row->field, record->policies[i].result.policy->name);
		buffer_put_char(&row->field, ':');
		buffer_put_text(&row->field, verdict_name(record->policies[i].verdict));
	}
	end_field(row);
	for (size_t i = 0; i < first->num_applies_because; i++) {
		put_word(&row->field, code_info(first->applies_because[i])->name);
	}
	end_field(row);
	for (size_t i = 0; i < record->num_policies; i++) {
		put_codes(&row->field, &record->policies[i].findings);
	}
	put_codes(&row->field, &record->findings);
	end_field(row);
}

// The lists that devices may have; empty where nobody asked. `safe_from`: of all policies.
static void client_fields(struct row *row, const struct record *record)
{
	const struct client_age *age = &record->client_age;
	int64_t safe_from_ms = 0;
	if (age->days == 0) {
		buffer_put_text(row->out, ",,,,");
		return;
	}
	number_field(row, age->days);
	number_field(row, (int64_t)age->num_lists);
	list_field(row, age->oldest);
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->safe_list && policy->safe_from_ms > safe_from_ms) {
			safe_from_ms = policy->safe_from_ms;
		}
	}
	if (safe_from_ms) {
		time_field(row, safe_from_ms);
	} else {
		end_field(row);
	}
}

// Would a client go on? Empty where the certificate is from no live server.
static void connection_field(struct row *row, const struct record *record)
{
	text_field(row,
		!record->connection                      ? ""
			: connection_is_accepted(record) ? "true"
							 : "false");
}

// "embedded[1] after_retirement+duplicate_log Google 'Argon2017' log; ...": of each SCT that
// does not count, why, and its log, or the id of one that is unknown.
static void reasons_field(struct row *row, const struct record *record)
{
	char id[TEXT_BASE64_ROOM(LOG_ID_LEN)];
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		if (sct->counted) {
			continue;
		}
		buffer_printf(&row->field, "%s%s[%zu] ", row->field.len ? "; " : "",
			sct_source_name(sct->source), sct->index);
		for (size_t k = 0; k < sct->num_why; k++) {
			buffer_printf(&row->field, "%s%s", k ? "+" : "",
				code_info(sct->why[k])->name);
		}
		if (sct->log) {
			buffer_put_char(&row->field, ' ');
			log_put_name(&row->field, sct->log);
		} else if (sct->sct.log_id.len == LOG_ID_LEN) {
			text_base64(sct->sct.log_id, id);
			buffer_printf(&row->field, " %s", id);
		}
	}
	end_field(row);
}

void report_csv_head(const struct report_options *options, struct buffer *out)
{
	(void)options;
	buffer_put_text(out, header);
}

void report_csv(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	struct row row = {.out = out};
	(void)options;
	(void)index;
	buffer_init(&row.field, REPORT_MAX);
	id_field(&row, record->id);
	text_field(&row, result_name(record->result));
	text_field(&row, "");
	certificate_fields(&row, record);
	time_field(&row, record->at_ms);
	list_field(&row, record->list);
	text_field(&row, lists_basis_name(record->basis));
	text_field(&row, record->stale ? "true" : "false");
	verdict_fields(&row, record);
	if (record->times) {
		buffer_printf(&row.field, "%llu", (unsigned long long)record->times);
	}
	end_field(&row);
	client_fields(&row, record);
	connection_field(&row, record);
	reasons_field(&row, record);
	buffer_put_text(out, "\r\n");
	buffer_clear(&row.field);
}

void report_csv_error(const struct report_options *options, size_t index, struct bytes id,
	const struct err *err, struct buffer *out)
{
	struct row row = {.out = out};
	(void)options;
	(void)index;
	buffer_init(&row.field, REPORT_MAX);
	id_field(&row, id);
	text_field(&row, "error");
	buffer_printf(&row.field, "%s: %s%s%s", code_info(err->code)->name, err->field,
		err->field[0] ? ": " : "", err->text);
	end_field(&row);
	for (const char *c = header; *c; c++) {
		buffer_put_text(out, *c == ',' ? "," : "");
	}
	// Three fields are written, and so two of the header's commas.
	out->len -= out->failed ? 0 : 2;
	buffer_put_text(out, "\r\n");
	buffer_clear(&row.field);
}
