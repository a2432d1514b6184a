// SPDX-License-Identifier: Apache-2.0
#include "eval/request.h"

#include "base/datetime.h"
#include "base/text.h"

size_t request_num_policies(const struct ctp_request *request)
{
	return request->num_policies ? request->num_policies : 1;
}

const struct policy *request_policy(const struct ctp_request *request, size_t index)
{
	return request->num_policies ? request->policies[index] : policy_default();
}

const char *request_field_name(enum request_field field)
{
	static const char *const names[] = {
		[REQUEST_CERTIFICATE] = "certificate",
		[REQUEST_ISSUER] = "issuer",
		[REQUEST_ISSUER_KEY_SHA256] = "issuer_key_sha256",
		[REQUEST_TLS_SCTS] = "tls_scts",
		[REQUEST_OCSP] = "ocsp",
		[REQUEST_ID] = "id",
		[REQUEST_PRECERTIFICATE] = "precertificate",
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

// Words that people have for what a policy is about.
static const struct {
	const char *word, *policy;
} meanings[] = {
	{"mail", "apple-tls"},
	{"apple-mail", "apple-tls"},
	{"smtp", "apple-tls"},
	{"imap", "apple-tls"},
	{"pop3", "apple-tls"},
	{"tls", "apple-tls"},
	{"safari", "apple"},
	{"ios", "apple"},
	{"google", "chrome"},
	{"firefox", "mozilla"},
};

static const char *meant_by(const char *word)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strcmp(word, meanings[i].word) == 0) {
			return meanings[i].policy;
		}
	}
	return NULL;
}

static bool unknown_policy(struct bytes given, bool on_page, struct err *err)
{
	char name[32];
	size_t len = given.len < sizeof(name) ? given.len : sizeof(name) - 1;
	bytes_copy((uint8_t *)name, bytes_of(given.data, len));
	name[len] = '\0';
	const char *names[REQUEST_MAX_POLICIES + 2] = {NULL};
	struct buffer safe;
	for (size_t i = 0; i < policy_num(); i++) {
		names[i] = policy_at(i)->name;
	}
	names[policy_num()] = "all";
	buffer_init(&safe, 128);
	text_put_escaped(&safe, bytes_of(given.data, len));
	err_set(err, CODE_UNKNOWN_POLICY, ERR_NO_OFFSET, "no policy \"%.*s\"",
		safe.failed ? 0 : (int)safe.len,
		safe.data ? (const char *)safe.data : "");
	buffer_clear(&safe);
	const char *meant = meant_by(name);
	if (meant) {
		err_add(err, "; \"%s\" is about that", meant);
	} else {
		err_add_choice(err, name, names);
	}
	return on_page ? false : err_add(err, " (see: ctpolicy policies)");
}

bool request_add_policy(struct ctp_request *request, struct bytes name, struct err *err)
{
	bool found = false;
	bool all = bytes_equal(name, BYTES_LITERAL("all"));
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		if (all || bytes_equal(name, bytes_of_text(policy->name))) {
			add_once(request, policy);
			found = true;
		}
	}
	return found || unknown_policy(name, request->on_page, err);
}

bool request_set_time(struct ctp_request *request, struct bytes text, struct err *err)
{
	if (bytes_equal(text, BYTES_LITERAL("issuance"))) {
		request->time_of_check = TIME_ISSUANCE;
		return true;
	}
	if (!datetime_parse_moment(text, &request->at_ms)) {
		err_set(err, CODE_BAD_TIME, ERR_NO_OFFSET,
			"not a time: write 2026-11-01T12:00:00Z (RFC 3339, with a zone), a "
			"day (2026-11-01, its first second) or \"issuance\"");
		return err_in_field(err, "at");
	}
	request->time_of_check = TIME_GIVEN;
	return true;
}

bool request_set_client_age(
	struct ctp_request *request, struct bytes text, struct err *err)
{
	unsigned days = 0;
	bool good = text.len > 0;
	for (size_t i = 0; good && i < text.len; i++) {
		good = text_is_digit(text.data[i]);
		days = 10 * days + (unsigned)(text.data[i] - '0');
		good = good && days <= REQUEST_MAX_CLIENT_AGE_DAYS;
	}
	if (!good) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET,
			"must be a whole number of days from 0 to %d",
			REQUEST_MAX_CLIENT_AGE_DAYS);
		return err_in_field(err, "client_age_days");
	}
	request->client_age_days = days;
	return true;
}

bool request_set_private_root(
	struct ctp_request *request, struct bytes text, struct err *err)
{
	bool yes = bytes_equal(text, BYTES_LITERAL("true"));
	if (!yes && !bytes_equal(text, BYTES_LITERAL("false"))) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "must be true or false");
		return err_in_field(err, "private_root");
	}
	request->private_root = yes;
	request->says_private_root = true;
	return true;
}

const char *request_private_root_words(const struct ctp_request *request)
{
	if (!request->on_page) {
		return "--private-root (of a request, private_root)";
	}
	return request->by_fields
		? "private_root=true"
		: "the box \"Its root was added by users or administrators\"";
}

bool request_set_host(struct ctp_request *request, struct bytes text, struct arena *arena,
	struct err *err)
{
	struct wanted_host *host = arena_take(arena, sizeof(*host));
	if (!host) {
		return err_no_memory(err);
	}
	if (!wanted_host_read(text, host, err)) {
		return false;
	}
	request->host = host;
	return true;
}

// Whether a person typed them, or they are a file's.
static bool add_pins(struct ctp_request *request, struct bytes text, bool is_typed,
	size_t index, struct arena *arena, struct err *err)
{
	char field[32];
	struct bytes copy = arena_copy(arena, text);
	struct pin_set *set =
		request->pins ? request->pins : arena_take(arena, sizeof(*set));
	if (!set || !copy.data) {
		return err_no_memory(err);
	}
	(void)snprintf(field, sizeof(field), "pins[%zu]", index);
	if (!(is_typed ? pin_set_read_typed : pin_set_read)(copy, set, err)) {
		return err_in_field(err, field);
	}
	request->pins = set;
	return true;
}

bool request_add_pins(struct ctp_request *request, struct bytes text, size_t index,
	struct arena *arena, struct err *err)
{
	return add_pins(request, text, true, index, arena, err);
}

bool request_add_pins_text(struct ctp_request *request, struct bytes text,
	struct arena *arena, struct err *err)
{
	return add_pins(request, text, false, 0, arena, err);
}
