// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/same_request.h"

#include "app/input.h"
#include "app/short_request.h"

static bool same_bytes(struct bytes a, struct bytes b)
{
	return (a.data == NULL) == (b.data == NULL) && bytes_equal(a, b);
}

static bool same_scts(const struct ctp_request *a, const struct ctp_request *b)
{
	bool same = a->num_scts == b->num_scts;
	for (size_t i = 0; same && i < a->num_scts; i++) {
		same = same_bytes(a->scts[i], b->scts[i]);
	}
	return same;
}

static bool same_policies(const struct ctp_request *a, const struct ctp_request *b)
{
	bool same = a->num_policies == b->num_policies;
	for (size_t i = 0; same && i < a->num_policies; i++) {
		same = a->policies[i] == b->policies[i];
	}
	return same;
}

static const char *difference(const struct ctp_request *a, const struct ctp_request *b)
{
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		if (!same_bytes(a->fields[i], b->fields[i])) {
			return request_field_name((enum request_field)i);
		}
	}
	if (!same_scts(a, b)) {
		return "scts";
	}
	if (!same_policies(a, b)) {
		return "policies";
	}
	if (a->time_of_check != b->time_of_check || a->at_ms != b->at_ms) {
		return "at";
	}
	if (a->client_age_days != b->client_age_days) {
		return "client_age_days";
	}
	if (a->private_root != b->private_root ||
		a->says_private_root != b->says_private_root) {
		return "private_root";
	}
	return a->issuers == b->issuers ? NULL : "issuers";
}

static bool lies_in(struct bytes whole, struct bytes part)
{
	uintptr_t start = (uintptr_t)whole.data;
	uintptr_t at = (uintptr_t)part.data;
	return at >= start && part.len <= whole.len && at - start <= whole.len - part.len;
}

// The fields that the line gave.
static bool lends(struct bytes line, const struct ctp_request *defaults,
	const struct ctp_request *got)
{
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		if (got->fields[i].data != defaults->fields[i].data &&
			!lies_in(line, got->fields[i])) {
			return false;
		}
	}
	for (size_t i = 0; got->scts != defaults->scts && i < got->num_scts; i++) {
		if (!lies_in(line, got->scts[i])) {
			return false;
		}
	}
	return true;
}

const char *request_ways_differ(struct bytes line, const struct ctp_request *defaults,
	struct arena *arena, bool *out_taken)
{
	struct ctp_request got;
	struct ctp_request want;
	struct err err;
	memcpy(&got, defaults, sizeof(got)); // with what is between the members
	memcpy(&want, defaults, sizeof(want));
	arena_reset(arena);
	err_clear(&err);
	*out_taken = short_request_read(line, arena, &got);
	if (!*out_taken) {
		return memcmp(&got, defaults, sizeof(got)) == 0
			? NULL
			: "not taken, but written";
	}
	if (!memchr(line.data, '\\', line.len) && !memchr(line.data, 0x7f, line.len) &&
		!lends(line, defaults, &got)) {
		return "copied without need";
	}
	return input_load_request(line, arena, &want, &err) ? difference(&got, &want)
							    : "refused by the long way";
}
