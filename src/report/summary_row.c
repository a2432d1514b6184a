// SPDX-License-Identifier: Apache-2.0
// Rows: what a worker says of one record, and the writer counts. Written and read by one
// process, so they are structs as they lie in memory, with text behind them:
//
//	row_head, row_policy..., row_sct..., codes, issuer, exhibit
#include "report/summary_local.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/text.h"
#include "report/report.h"
#include "x509/name.h"

#define NO_LIFETIME 0xff
#define MONTH_LEN 7

struct row_head {
	uint64_t size; // of the whole row
	uint64_t times;
	int64_t at_ms;
	const struct loglist *list;
	uint32_t num_scts;
	uint32_t issuer_len;
	uint32_t exhibit_size; // 0: none
	uint16_t num_codes;
	uint8_t error; // enum code; CODE_NONE: the record was judged
	uint8_t result;
	uint8_t num_policies;
	uint8_t lifetime_policy; // or NO_LIFETIME
	uint8_t lifetime_table;
	uint8_t lifetime_row;
	bool left_out; // a CA's; nothing else is said of it
	uint8_t had; // SCTs that count, LIFETIME_HAD - 1 for all that are more
	char month[MONTH_LEN];
};

struct row_policy {
	uint8_t index;
	uint8_t verdict;
	uint8_t num_because;
	uint8_t because[NUM_APPLIES_REASONS];
};

struct row_sct {
	const struct ct_log *log;
	const char *operator_name;
	uint8_t log_id[LOG_ID_LEN];
	bool has_log_id;
	bool valid;
	bool counted;
	uint8_t num_why;
	uint8_t why[SCT_MAX_WHY];
};

// The worker's part.

static void put_struct(struct buffer *out, const void *data, size_t size)
{
	buffer_put(out, bytes_of(data, size));
}

static size_t policy_index(const struct policy *policy)
{
	size_t i = 0;
	while (policy_at(i) != policy) {
		i++;
		assert(i < policy_num());
	}
	return i;
}

static void put_policy(struct buffer *out, const struct policy_record *policy)
{
	struct row_policy row = {.index = (uint8_t)policy_index(policy->result.policy),
		.verdict = (uint8_t)policy->verdict,
		.num_because = (uint8_t)policy->num_applies_because};
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		row.because[i] = (uint8_t)policy->applies_because[i];
	}
	put_struct(out, &row, sizeof(row));
}

static void put_sct(struct buffer *out, const struct sct_record *sct)
{
	struct row_sct row = {.log = sct->log,
		.operator_name = sct->operator_name,
		.has_log_id = sct->sct.log_id.len == LOG_ID_LEN,
		.valid = sct->status == STATUS_VALID,
		.counted = sct->counted,
		.num_why = (uint8_t)sct->num_why};
	if (row.has_log_id) {
		memcpy(row.log_id, sct->sct.log_id.data, LOG_ID_LEN);
	}
	for (size_t i = 0; i < sct->num_why; i++) {
		row.why[i] = (uint8_t)sct->why[i];
	}
	put_struct(out, &row, sizeof(row));
}

static uint16_t put_codes(struct buffer *out, const struct findings *findings)
{
	for (size_t i = 0; i < findings->num; i++) {
		buffer_put_char(out, (char)findings->items[i].code);
	}
	return (uint16_t)findings->num;
}

static void put_month(char month[MONTH_LEN], int64_t not_before)
{
	struct datetime t = datetime_from_seconds(not_before);
	const int places[] = {1000, 100, 10, 1};
	for (size_t i = 0; i < 4; i++) {
		month[i] = (char)('0' + t.year / places[i] % 10);
	}
	month[4] = '-';
	month[5] = (char)('0' + t.month / 10);
	month[6] = (char)('0' + t.month % 10);
}

static void set_lifetime(struct row_head *head, const struct record *record)
{
	head->lifetime_policy = NO_LIFETIME;
	// Where the policy does not apply, no lifetime asks for SCTs.
	if (record->num_policies == 0 || record->policies[0].num_applies_because > 0) {
		return;
	}
	const struct policy_record *first = &record->policies[0];
	const struct policy_result *result = &first->result;
	head->lifetime_policy = (uint8_t)policy_index(result->policy);
	head->lifetime_table = (uint8_t)(result->table - result->policy->tables);
	head->lifetime_row = (uint8_t)(result->row - result->table->rows);
	head->had = (uint8_t)(first->found_counted < LIFETIME_HAD ? first->found_counted
								  : LIFETIME_HAD - 1);
}

static uint32_t put_issuer(struct buffer *out, struct bytes name)
{
	size_t start = out->len;
	name_put_text(out, name);
	summary_cut_text(out, start, TALLY_MAX_KEY);
	return (uint32_t)(out->len - start);
}

// An exhibit is written behind its struct, which is put in place when its text is known.
struct exhibit_writer {
	struct exhibit exhibit;
	struct buffer *out;
	size_t start;
};

static struct exhibit_writer begin_exhibit(struct buffer *out, uint64_t position)
{
	struct exhibit_writer writer = {.out = out, .start = out->len};
	memset(&writer.exhibit, 0, sizeof(writer.exhibit));
	writer.exhibit.position = position;
	writer.exhibit.times = 1;
	(void)buffer_extend(out, sizeof(struct exhibit));
	return writer;
}

static size_t text_start(const struct exhibit_writer *writer)
{
	return writer->start + sizeof(struct exhibit);
}

// The text is what was appended since the last one.
static void end_text(struct exhibit_writer *writer, enum exhibit_text which)
{
	size_t start = text_start(writer) + (which ? writer->exhibit.ends[which - 1] : 0);
	if (!writer->out->failed) {
		summary_cut_text(writer->out, start, exhibit_max_text[which]);
		writer->exhibit.ends[which] =
			(uint32_t)(writer->out->len - text_start(writer));
	}
}

static uint32_t end_exhibit(struct exhibit_writer *writer)
{
	if (writer->out->failed) {
		return 0;
	}
	memcpy(writer->out->data + writer->start, &writer->exhibit,
		sizeof(writer->exhibit));
	return (uint32_t)(writer->out->len - writer->start);
}

static void put_id(struct exhibit_writer *writer, struct bytes id)
{
	writer->exhibit.has_id = id.data != NULL;
	report_put_id(writer->out, id);
	end_text(writer, EXHIBIT_ID);
}

static void put_name(struct buffer *out, const struct cert *cert)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes name;
	if (cert_next_alt_name(&names, DER_CONTEXT(2), &name)) {
		text_put_escaped_ascii(out, name);
	} else {
		name_put_text(out, cert->subject);
	}
}

static bool has_need(const struct exhibit *exhibit, enum code code)
{
	for (size_t i = 0; i < exhibit->num_needs; i++) {
		if (exhibit->codes[i] == code) {
			return true;
		}
	}
	return false;
}

static void put_need(struct exhibit_writer *writer, const struct finding *finding)
{
	struct exhibit *exhibit = &writer->exhibit;
	if (exhibit->num_needs == EXHIBIT_MAX_NEEDS || has_need(exhibit, finding->code)) {
		return;
	}
	enum exhibit_text which =
		(enum exhibit_text)(EXHIBIT_MESSAGE + exhibit->num_needs);
	summary_put_printable(
		writer->out, bytes_of_text(finding->message), exhibit_max_text[which]);
	end_text(writer, which);
	exhibit->codes[exhibit->num_needs++] = (uint8_t)finding->code;
}

static void put_needs_of(
	struct exhibit_writer *writer, const struct policy_record *policy)
{
	for (size_t i = 0; i < policy->findings.num; i++) {
		const struct finding *finding = &policy->findings.items[i];
		if (code_info(finding->code)->severity == SEVERITY_ERROR) {
			put_need(writer, finding);
		}
	}
}

// What each policy that fails asks for, and what else stands in the way, without saying a thing twice.
static void put_needs(struct exhibit_writer *writer, const struct record *record)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->verdict == VERDICT_NON_COMPLIANT &&
			policy->num_applies_because == 0) {
			put_needs_of(writer, policy);
		}
	}
	for (size_t i = 0; i < record->findings.num; i++) {
		if (finding_refuses(&record->findings.items[i])) {
			put_need(writer, &record->findings.items[i]);
		}
	}
	for (size_t i = writer->exhibit.num_needs; i < EXHIBIT_MAX_NEEDS; i++) {
		end_text(writer, (enum exhibit_text)(EXHIBIT_MESSAGE + i));
	}
}

static uint32_t put_failing(struct buffer *out, const struct record *record,
	uint64_t position, uint64_t times)
{
	struct exhibit_writer writer = begin_exhibit(out, position);
	writer.exhibit.times = times;
	writer.exhibit.not_before = record->cert->not_before;
	writer.exhibit.not_after = record->cert->not_after;
	memcpy(writer.exhibit.sha256, record->sha256, DIGEST_SHA256_LEN);
	put_id(&writer, record->id);
	put_name(out, record->cert);
	end_text(&writer, EXHIBIT_NAME);
	name_put_text(out, record->cert->issuer);
	end_text(&writer, EXHIBIT_ISSUER);
	put_needs(&writer, record);
	return end_exhibit(&writer);
}

static void end_row(struct buffer *out, size_t start, struct row_head *head)
{
	if (!out->failed) {
		head->size = out->len - start;
		memcpy(out->data + start, head, sizeof(*head));
	}
}

void summary_put_row(const struct record *record, uint64_t position, uint64_t times,
	struct buffer *out)
{
	size_t start = out->len;
	struct row_head head = {.times = times,
		.at_ms = record->at_ms,
		.list = record->list,
		.num_scts = (uint32_t)record->num_scts,
		.result = (uint8_t)record->result,
		.num_policies = (uint8_t)record->num_policies};
	set_lifetime(&head, record);
	put_month(head.month, record->cert->not_before);
	(void)buffer_extend(out, sizeof(head));
	for (size_t i = 0; i < record->num_policies; i++) {
		put_policy(out, &record->policies[i]);
	}
	for (size_t i = 0; i < record->num_scts; i++) {
		put_sct(out, &record->scts[i]);
	}
	head.num_codes = put_codes(out, &record->findings);
	for (size_t i = 0; i < record->num_policies; i++) {
		head.num_codes = (uint16_t)(head.num_codes +
			put_codes(out, &record->policies[i].findings));
	}
	head.issuer_len = put_issuer(out, record->cert->issuer);
	if (record->result == RESULT_FAIL) {
		head.exhibit_size = put_failing(out, record, position, times);
	}
	end_row(out, start, &head);
}

void summary_put_error_row(struct bytes id, const struct err *err, uint64_t position,
	uint64_t times, struct buffer *out)
{
	size_t start = out->len;
	struct row_head head = {.times = times, .error = (uint8_t)err->code};
	(void)buffer_extend(out, sizeof(head));
	struct exhibit_writer writer = begin_exhibit(out, position);
	put_id(&writer, id);
	end_text(&writer, EXHIBIT_NAME);
	end_text(&writer, EXHIBIT_ISSUER);
	if (err->field[0]) {
		summary_put_printable(out, bytes_of_text(err->field), sizeof(err->field));
		buffer_put_text(out, ": ");
	}
	summary_put_printable(
		out, bytes_of_text(err->text), exhibit_max_text[EXHIBIT_MESSAGE]);
	end_text(&writer, EXHIBIT_MESSAGE);
	end_text(&writer, (enum exhibit_text)(EXHIBIT_MESSAGE + 1));
	writer.exhibit.codes[writer.exhibit.num_needs++] = (uint8_t)err->code;
	head.exhibit_size = end_exhibit(&writer);
	end_row(out, start, &head);
}

void summary_put_left_out(uint64_t times, struct buffer *out)
{
	size_t start = out->len;
	struct row_head head = {.times = times, .left_out = true};
	(void)buffer_extend(out, sizeof(head));
	end_row(out, start, &head);
}

// The writer's part.

struct row {
	struct row_head head;
	const uint8_t *at; // what is read next
	uint64_t stamp;
};

static struct bytes take(struct row *row, size_t len)
{
	struct bytes out = bytes_of(row->at, len);
	row->at += len;
	return out;
}

static void take_struct(struct row *row, void *out, size_t size)
{
	memcpy(out, take(row, size).data, size);
}

static void count_code(struct summary *summary, const struct row *row, uint8_t code)
{
	struct summary_reason *reason = &summary->reasons[code];
	if (reason->stamp != row->stamp) {
		reason->stamp = row->stamp;
		reason->certificates += row->head.times;
		reason->failing += row->head.result == RESULT_FAIL ? row->head.times : 0;
	}
}

static void count_policy(struct summary *summary, struct row *row)
{
	struct row_policy in;
	take_struct(row, &in, sizeof(in));
	struct summary_policy *policy = &summary->policies[in.index];
	if (in.num_because == 0) {
		policy->verdicts[in.verdict] += row->head.times;
		return;
	}
	policy->not_applying += row->head.times;
	for (size_t i = 0; i < in.num_because; i++) {
		policy->because[in.because[i]] += row->head.times;
	}
}

// Of the list's newest version that a record was judged by.
static bool note_log(struct tally_entry *entry, const struct row *row,
	const struct row_sct *sct, struct err *err)
{
	int64_t ms = row->head.list->published_ms;
	if (entry->seen == sct->log || (entry->note && ms < entry->note->ms)) {
		return true;
	}
	const char *description = sct->log->text[LOG_DESCRIPTION];
	struct tally_note note = {.ms = ms};
	summary_copy_text(note.text[LOG_NOTE_DESCRIPTION], TALLY_NOTE_ROOM,
		bytes_of_text(description ? description : ""));
	summary_copy_text(note.text[LOG_NOTE_OPERATOR], TALLY_NOTE_ROOM,
		bytes_of_text(sct->operator_name ? sct->operator_name : ""));
	summary_copy_text(note.text[LOG_NOTE_STATE], TALLY_NOTE_ROOM,
		bytes_of_text(log_state_name(sct->log->state)));
	entry->seen = sct->log;
	return tally_put_note(entry, &note, err);
}

static bool count_log(struct summary *summary, const struct row *row,
	const struct row_sct *sct, struct err *err)
{
	struct tally *table = &summary->tables[TABLE_LOGS];
	uint64_t times = row->head.times;
	if (!sct->has_log_id) {
		summary->scts_without_log += times;
		return true;
	}
	struct tally_entry *entry =
		tally_take(table, bytes_of(sct->log_id, LOG_ID_LEN), err);
	if (!entry) {
		return false;
	}
	entry->counts[LOG_SCTS] += times;
	entry->counts[LOG_VALID] += sct->valid ? times : 0;
	entry->counts[LOG_COUNTED] += sct->counted ? times : 0;
	for (size_t i = 0; i < sct->num_why; i++) {
		entry->counts[LOG_WHY + sct->why[i]] += times;
	}
	return !sct->log || entry == table->others || note_log(entry, row, sct, err);
}

static bool count_operator(struct summary *summary, const struct row *row,
	const struct row_sct *sct, struct err *err)
{
	struct tally *table = &summary->tables[TABLE_OPERATORS];
	char name[TALLY_MAX_KEY + 1];
	if (!sct->operator_name) {
		return true;
	}
	summary_copy_text(name, sizeof(name), bytes_of_text(sct->operator_name));
	struct tally_entry *entry = tally_take(table, bytes_of_text(name), err);
	if (!entry) {
		return false;
	}
	entry->counts[OPERATOR_SCTS] += row->head.times;
	entry->counts[OPERATOR_COUNTED] += sct->counted ? row->head.times : 0;
	if (entry->stamp != row->stamp && entry != table->others) {
		entry->stamp = row->stamp;
		entry->counts[OPERATOR_CERTIFICATES] += row->head.times;
	}
	return true;
}

static bool count_sct(struct summary *summary, struct row *row, struct err *err)
{
	struct row_sct sct;
	uint64_t times = row->head.times;
	take_struct(row, &sct, sizeof(sct));
	summary->scts += times;
	summary->valid_scts += sct.valid ? times : 0;
	summary->counted_scts += sct.counted ? times : 0;
	for (size_t i = 0; i < sct.num_why; i++) {
		count_code(summary, row, sct.why[i]);
		summary->reasons[sct.why[i]].scts += times;
	}
	return count_log(summary, row, &sct, err) &&
		count_operator(summary, row, &sct, err);
}

static bool count_result(struct summary *summary, enum summary_table table,
	const struct row *row, struct bytes key, struct err *err)
{
	struct tally_entry *entry = tally_take(&summary->tables[table], key, err);
	if (entry) {
		entry->counts[row->head.result] += row->head.times;
	}
	return entry != NULL;
}

static bool count_list(struct summary *summary, const struct row *row, struct err *err)
{
	const struct loglist *list = row->head.list;
	struct tally *table = &summary->tables[TABLE_LISTS];
	struct tally_entry *entry =
		tally_take(table, bytes_of(list->sha256, sizeof(list->sha256)), err);
	if (!entry) {
		return false;
	}
	entry->counts[0] += row->head.times;
	if (entry->seen == list || entry == table->others) {
		return true;
	}
	struct tally_note note = {.ms = list->published_ms};
	summary_copy_text(
		note.text[LIST_NOTE_NAME], TALLY_NOTE_ROOM, bytes_of_text(list->name));
	summary_copy_text(note.text[LIST_NOTE_VERSION], TALLY_NOTE_ROOM,
		bytes_of_text(list->version));
	entry->seen = list;
	return tally_put_note(entry, &note, err);
}

static void count_totals(struct summary *summary, const struct row_head *head)
{
	summary->results[head->result] += head->times;
	if (head->at_ms < summary->first_at_ms) {
		summary->first_at_ms = head->at_ms;
	}
	if (head->at_ms > summary->last_at_ms) {
		summary->last_at_ms = head->at_ms;
	}
	if (head->lifetime_policy != NO_LIFETIME) {
		struct summary_lifetime *lifetime =
			&summary->lifetimes[head->lifetime_policy][head->lifetime_table]
					   [head->lifetime_row];
		lifetime->results[head->result] += head->times;
		lifetime->had[head->had] += head->times;
	}
}

static bool count_record(struct summary *summary, struct row *row, struct err *err)
{
	const struct row_head *head = &row->head;
	count_totals(summary, head);
	for (size_t i = 0; i < head->num_policies; i++) {
		count_policy(summary, row);
	}
	for (size_t i = 0; i < head->num_scts; i++) {
		if (!count_sct(summary, row, err)) {
			return false;
		}
	}
	struct bytes codes = take(row, head->num_codes);
	for (size_t i = 0; i < codes.len; i++) {
		count_code(summary, row, codes.data[i]);
	}
	struct bytes issuer = take(row, head->issuer_len);
	struct bytes month = bytes_of(head->month, sizeof(head->month));
	return count_result(summary, TABLE_ISSUERS, row, issuer, err) &&
		count_result(summary, TABLE_MONTHS, row, month, err) &&
		count_list(summary, row, err);
}

static bool count_row(struct summary *summary, struct row *row, struct err *err)
{
	const struct row_head *head = &row->head;
	if (head->left_out) {
		summary->cas_left_out += head->times;
		return true;
	}
	if (head->error == CODE_NONE && !count_record(summary, row, err)) {
		return false;
	}
	summary->errors[head->error] += head->error ? head->times : 0;
	struct bytes exhibit = take(row, head->exhibit_size);
	struct exhibits *list = head->error ? &summary->unread : &summary->failing;
	return exhibit.len == 0 || exhibits_add(list, exhibit.data, exhibit.len, err);
}

bool summary_add_rows(struct summary *summary, struct bytes rows, struct err *err)
{
	for (size_t at = 0; at < rows.len;) {
		struct row row = {.at = rows.data + at, .stamp = ++summary->num_rows};
		take_struct(&row, &row.head, sizeof(row.head));
		assert(row.head.size <= rows.len - at);
		if (!count_row(summary, &row, err)) {
			return false;
		}
		assert(row.at == rows.data + at + row.head.size);
		at += (size_t)row.head.size;
	}
	return true;
}
