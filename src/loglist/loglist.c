// SPDX-License-Identifier: Apache-2.0
#include "loglist/loglist.h"

#include "loglist/source.h"

const struct ct_log *loglist_find(const struct loglist *list, const uint8_t *id)
{
	size_t low = 0;
	size_t high = list->num_logs;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(id, list->logs[middle].id, LOG_ID_LEN);
		if (order == 0) {
			return &list->logs[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

// DigiCert Gorgon, the one log for mark certificates (BIMI): no browser knows it.
static bool is_of_bimi(const struct ct_log *log)
{
	static const uint8_t gorgon[LOG_ID_LEN] = {0x55, 0x59, 0x53, 0xae, 0x30, 0x96,
		0x00, 0x80, 0x6c, 0xd2, 0xeb, 0x52, 0x08, 0xa6, 0xc9, 0x9e, 0x93, 0x18,
		0x28, 0xac, 0x10, 0x56, 0xb4, 0x42, 0x1c, 0x55, 0x36, 0x15, 0x4c, 0x5f,
		0x75, 0xac};
	return memcmp(log->id, gorgon, LOG_ID_LEN) == 0;
}

const char *loglist_source(const struct loglist *list)
{
	if (strcmp(list->name, LIST_NAME_BARE) != 0) {
		return list->name;
	}
	return list->num_logs == 1 && is_of_bimi(&list->logs[0])
		? "bimi"
		: source_of_form(LIST_FORM_V3_BARE)->name;
}

const char *loglist_operator_at(
	const struct loglist *list, const struct ct_log *log, int64_t timestamp_ms)
{
	for (size_t i = 0; i < log->num_previous; i++) {
		if (timestamp_ms < log->previous[i].end_ms) {
			return log->previous[i].name;
		}
	}
	return list->operators[log->op];
}

static const char *const state_names[NUM_LOG_STATES] = {
	[LOG_NO_STATE] = "none",
	[LOG_PENDING] = "pending",
	[LOG_QUALIFIED] = "qualified",
	[LOG_USABLE] = "usable",
	[LOG_READONLY] = "readonly",
	[LOG_RETIRED] = "retired",
	[LOG_REJECTED] = "rejected",
};

const char *log_state_name(enum log_state state)
{
	return state_names[state];
}

bool log_state_from_name(struct bytes name, enum log_state *out)
{
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		if (bytes_equal(bytes_of_text(state_names[i]), name)) {
			*out = (enum log_state)i;
			return true;
		}
	}
	return false;
}

const char *log_api_name(enum log_api api)
{
	return api == LOG_STATIC ? "static" : "rfc6962";
}

const char *log_text_name(enum log_text text)
{
	static const char *const names[NUM_LOG_TEXTS] = {
		[LOG_DESCRIPTION] = "description",
		[LOG_URL] = "url",
		[LOG_SUBMISSION_URL] = "submission_url",
		[LOG_MONITORING_URL] = "monitoring_url",
		[LOG_TYPE] = "log_type",
	};
	return names[text];
}

const char *log_name(const struct ct_log *log, char room[LOG_NAME_ROOM])
{
	const char *name = log->text[LOG_DESCRIPTION];
	if (name && name[0]) {
		return name;
	}
	text_base64(bytes_of(log->id, LOG_ID_LEN), room);
	return room;
}

void log_put_name(struct buffer *out, const struct ct_log *log)
{
	char room[LOG_NAME_ROOM];
	text_put_escaped(out, bytes_of_text(log_name(log, room)));
}

bool log_covers(const struct ct_log *log, int64_t not_after_ms)
{
	return !log->has_interval ||
		(log->start_ms <= not_after_ms && not_after_ms < log->end_ms);
}

int64_t loglist_newest_state_ms(const struct loglist *list)
{
	int64_t newest_ms = 0;
	for (size_t i = 0; i < list->num_logs; i++) {
		if (list->logs[i].since_ms > newest_ms) {
			newest_ms = list->logs[i].since_ms;
		}
	}
	return newest_ms;
}
