// SPDX-License-Identifier: Apache-2.0
#include "eval/request.h"

#include "base/datetime.h"
#include "base/text.h"

const char *request_field_name(enum request_field field)
{
	static const char *const names[] = {
		[REQUEST_CERTIFICATE] = "certificate",
		[REQUEST_ISSUER] = "issuer",
		[REQUEST_ISSUER_KEY_SHA256] = "issuer_key_sha256",
		[REQUEST_TLS_SCTS] = "tls_scts",
		[REQUEST_OCSP] = "ocsp",
		[REQUEST_ID] = "id",
	};
	return names[field];
}

static void add_once(struct ctp_request *request, const struct policy *policy)
{
	for (size_t i = 0; i < request->num_policies; i++) {
		if (request->policies[i] == policy) {
			return;
		}
	}
	if (request->num_policies < REQUEST_MAX_POLICIES) {
		request->policies[request->num_policies++] = policy;
	}
}

static bool unknown_policy(const char *name, struct err *err)
{
	const char *names[REQUEST_MAX_POLICIES + 2] = {NULL};
	struct buffer safe;
	for (size_t i = 0; i < policy_num(); i++) {
		names[i] = policy_at(i)->name;
	}
	names[policy_num()] = "all";
	buffer_init(&safe, 128);
	text_put_escaped(&safe, bytes_of_text(name));
	err_set(err, CODE_UNKNOWN_POLICY, ERR_NO_OFFSET, "no policy \"%.*s\"",
		safe.failed ? 0 : (int)safe.len,
		safe.data ? (const char *)safe.data : "");
	buffer_clear(&safe);
	err_add_choice(err, name, names);
	return err_add(err, " (see: ctpolicy policies)");
}

bool request_add_policy(struct ctp_request *request, struct bytes name, struct err *err)
{
	char text[32];
	size_t len = name.len < sizeof(text) ? name.len : sizeof(text) - 1;
	memcpy(text, name.data, len);
	text[len] = '\0';
	if (strcmp(text, "all") == 0) {
		for (size_t i = 0; i < policy_num(); i++) {
			add_once(request, policy_at(i));
		}
		return true;
	}
	const struct policy *policy = len == name.len ? policy_find(text) : NULL;
	if (!policy) {
		return unknown_policy(text, err);
	}
	add_once(request, policy);
	return true;
}

bool request_set_time(struct ctp_request *request, struct bytes text, struct err *err)
{
	if (bytes_equal(text, BYTES_LITERAL("issuance"))) {
		request->time_of_check = TIME_ISSUANCE;
		return true;
	}
	if (!datetime_parse_rfc3339(text, false, &request->at_ms)) {
		err_set(err, CODE_BAD_TIME, ERR_NO_OFFSET,
			"not a time: write 2026-11-01T12:00:00Z (RFC 3339, with a zone) "
			"or \"issuance\"");
		return err_in_field(err, "at");
	}
	request->time_of_check = TIME_GIVEN;
	return true;
}
