// SPDX-License-Identifier: Apache-2.0
// What policies do not apply to: which certificates each leaves alone, by their kind and by the
// times since when it is enforced, on both sides of each; and ways of SCTs that are closed.
#include "tests/unit/facts_build.h"

void test_exempt(void);

static bool exempts(
	const struct policy *policy, const struct facts *facts, enum code code)
{
	enum code got[NUM_APPLIES_REASONS];
	size_t num = policy_exempts(policy, facts, got);
	size_t times = 0;
	for (size_t i = 0; i < num; i++) {
		times += got[i] == code;
	}
	CHECK(times <= 1, "%s: a reason is told once", policy->name);
	CHECK_INT(num, times, "%s: and no other", policy->name);
	return times > 0;
}

// Since when: a second (of notBefore) and a millisecond (of the time of check) before, and
// then.
static void test_since(void)
{
	static const struct {
		const char *policy, *not_before, *at, *list;
		int64_t list_off_ms;
	} cases[] = {
		{"apple", "2018-10-16T00:00:00Z", NULL, "apple", INT64_C(5184000000)},
		{"apple-enforced", "2018-10-16T00:00:00Z", NULL, "apple",
			INT64_C(5184000000)},
		{"apple-tls", NULL, NULL, NULL, 0},
		{"chrome", "2018-05-01T00:00:00Z", NULL, "chrome", INT64_C(6048000000)},
		{"mozilla", NULL, "2025-02-04T00:00:00Z", "mozilla", INT64_C(6048000001)},
		{"android", NULL, "2025-06-10T00:00:00Z", "chrome", INT64_C(6048000001)},
	};
	CHECK_INT(policy_num(), sizeof(cases) / sizeof(cases[0]), "each policy");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct policy *policy = policy_find(cases[i].policy);
		const char *from = cases[i].not_before;
		const char *at = cases[i].at;
		struct facts facts = {.not_before = from ? when(from) : 0};
		facts.not_after = when("2040-01-01T00:00:00Z");
		facts.at_ms = at ? when_ms(at) : when_ms(FACTS_AT);
		CHECK(!exempts(policy, &facts, CODE_NONE), "%s: since", policy->name);
		facts.not_before -= 1;
		CHECK_INT(exempts(policy, &facts, CODE_ISSUED_BEFORE_ENFORCEMENT),
			from != NULL, "%s: issued a second before", policy->name);
		facts.not_before += 1;
		facts.at_ms -= 1;
		CHECK_INT(exempts(policy, &facts, CODE_NOT_ENFORCED_YET), at != NULL,
			"%s: a millisecond before", policy->name);
		CHECK_INT(policy->list_off_ms, cases[i].list_off_ms, "%s: the list's age",
			policy->name);
		CHECK((policy->list == NULL) == (cases[i].list == NULL) &&
				(!policy->list ||
					strcmp(policy->list, cases[i].list) == 0),
			"%s: its list", policy->name);
	}
}

// A kind of certificate, and whether policies that ask for SCTs, and apple-tls, leave it
// alone.
struct kind {
	const char *comment;
	struct facts facts;
	enum code code;
	bool by_scts, by_tls;
};

#define CA_OF_SERVERS .has_key_purposes = true, .server_auth = true

static void test_kinds(void)
{
	static const struct kind kinds[] = {
		{"no key purposes", {0}, CODE_NOT_SERVER_AUTH, false, false},
		{"another purpose", {.has_key_purposes = true}, CODE_NOT_SERVER_AUTH,
			true, true},
		{"... that a server shows", {.has_key_purposes = true, .serves = true},
			CODE_NOT_SERVER_AUTH, true, false},
		{"any purpose", {.has_key_purposes = true, .any_purpose = true},
			CODE_NOT_SERVER_AUTH, false, false},
		{"serverAuth", {.has_key_purposes = true, .server_auth = true},
			CODE_NOT_SERVER_AUTH, false, false},
		{"a CA", {.is_ca = true}, CODE_CA_CERTIFICATE, true, true},
		{"with keyCertSign",
			{.is_ca = true, .has_key_usage = true, .cert_signing = true},
			CODE_CA_CERTIFICATE, true, true},
		{"with another key usage", {.is_ca = true, .has_key_usage = true},
			CODE_CA_CERTIFICATE, true, false},
		{"with neither, for servers", {.is_ca = true, CA_OF_SERVERS},
			CODE_CA_CERTIFICATE, true, false},
		{"with keyCertSign, for servers below it",
			{.is_ca = true,
				.has_key_usage = true,
				.cert_signing = true,
				CA_OF_SERVERS},
			CODE_CA_CERTIFICATE, true, true},
		{"with keyCertSign, and yet a server's",
			{.is_ca = true,
				.has_key_usage = true,
				.cert_signing = true,
				CA_OF_SERVERS,
				.num_names = 1},
			CODE_CA_CERTIFICATE, true, false},
		{"with keyCertSign and a name",
			{.is_ca = true,
				.has_key_usage = true,
				.cert_signing = true,
				.num_names = 1},
			CODE_CA_CERTIFICATE, true, true},
		{"that a server shows",
			{.is_ca = true,
				.has_key_usage = true,
				.cert_signing = true,
				.serves = true},
			CODE_CA_CERTIFICATE, true, false},
		{"a Precertificate Signing Certificate", {.precert_signing = true},
			CODE_PRECERTIFICATE_SIGNING_CERTIFICATE, true, true},
		{"self-signed", {.self_signed = true}, CODE_SELF_SIGNED, true, false},
		{"under a private root", {.not_public = true}, CODE_NOT_PUBLICLY_TRUSTED,
			true, false},
		{"redacted", {.redacted = true}, CODE_REDACTED_PRECERTIFICATE, true,
			false},
	};
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		bool tls = strcmp(policy->name, "apple-tls") == 0;
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			struct facts facts = kinds[k].facts;
			facts.not_before = when("2026-01-01T00:00:00Z");
			facts.not_after = when("2026-07-01T00:00:00Z");
			facts.at_ms = when_ms(FACTS_AT);
			CHECK_INT(exempts(policy, &facts, kinds[k].code),
				tls ? kinds[k].by_tls : kinds[k].by_scts, "%s: %s",
				policy->name, kinds[k].comment);
		}
	}
}

// The last moment at which Chrome took SCTs by OCSP, and the first at which it did not.
static void test_closed_route(void)
{
	const struct policy *chrome = policy_find("chrome");
	int64_t closes_ms = when_ms("2026-05-05T00:00:00Z");
	CHECK(!policy_closed_route(chrome, SOURCE_OCSP, closes_ms - 1), "OCSP is taken");
	CHECK(policy_closed_route(chrome, SOURCE_OCSP, closes_ms) == &chrome->routes[1],
		"OCSP is not taken any more");
	CHECK(!policy_closed_route(chrome, SOURCE_TLS, closes_ms), "TLS still is");
	CHECK(!policy_closed_route(policy_find("apple-tls"), SOURCE_OCSP, closes_ms),
		"one that takes none has no route to close");
}

// What openssl req -x509 makes: a CA without key usage that signed itself. And validity:
// both ends belong to it.
static void test_kinds_together(void)
{
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		enum code got[NUM_APPLIES_REASONS];
		bool tls = strcmp(policy->name, "apple-tls") == 0;
		struct facts facts = {.is_ca = true,
			.self_signed = true,
			.not_before = when("2026-01-01T00:00:00Z"),
			.not_after = when("2026-07-01T00:00:00Z"),
			.at_ms = when_ms(FACTS_AT)};
		CHECK_INT(policy_exempts(policy, &facts, got), tls ? 0 : 2,
			"%s: made by openssl req -x509", policy->name);
		facts.names_no_server = true;
		CHECK_INT(policy_exempts(policy, &facts, got), tls ? 1 : 2,
			"%s: a CA's own by that", policy->name);
		facts.serves = true;
		CHECK_INT(policy_exempts(policy, &facts, got), tls ? 0 : 2,
			"%s: ... that a server shows", policy->name);
		facts.serves = false;
		facts.names_no_server = false;
		facts.has_key_usage = true;
		facts.cert_signing = true;
		CHECK_INT(policy_exempts(policy, &facts, got), tls ? 1 : 2, "%s: a root",
			policy->name);
		facts = (struct facts){.not_before = when("2026-01-01T00:00:00Z"),
			.not_after = when("2026-07-01T00:00:00Z"),
			.at_ms = when_ms("2026-01-01T00:00:00Z")};
		CHECK(!exempts(policy, &facts, CODE_NONE), "%s: its first second",
			policy->name);
		facts.at_ms--;
		CHECK(exempts(policy, &facts, CODE_NOT_YET_VALID), "%s: before it",
			policy->name);
		facts.at_ms = when_ms("2026-07-01T00:00:00Z");
		CHECK(!exempts(policy, &facts, CODE_NONE), "%s: its last second",
			policy->name);
		facts.at_ms++;
		CHECK(exempts(policy, &facts, CODE_EXPIRED), "%s: after it",
			policy->name);
	}
}

void test_exempt(void)
{
	test_since();
	test_kinds();
	test_closed_route();
	test_kinds_together();
}
