// SPDX-License-Identifier: Apache-2.0
#include "report/exemption_words.h"

#include "base/datetime.h"
#include "base/text.h"
#include "x509/key_purpose.h"
#include "x509/name.h"
#include "x509/oid.h"

static void put_time(struct buffer *out, int64_t seconds)
{
	char text[DATETIME_ROOM];
	datetime_format_seconds(seconds, text);
	buffer_put_text(out, text);
}

static void put_purpose(struct buffer *out, struct bytes oid)
{
	const struct key_purpose *purpose = key_purpose_find(oid);
	if (purpose) {
		buffer_printf(out, "%s (%s)", purpose->holder, purpose->name);
	} else {
		buffer_put_text(out, "purpose ");
		oid_put_text(out, oid);
	}
}

// A certificate may name a hundred; a reader wants to know what it is.
#define MAX_PURPOSES 4

static void say_no_server(const struct record *record, struct buffer *out)
{
	struct err ignored;
	struct bytes oid;
	size_t num = 0;
	err_clear(&ignored);
	struct reader purposes = key_purposes(record->cert, &ignored);
	buffer_put_text(out, "it is for ");
	while (num < MAX_PURPOSES && key_purpose_next(&purposes, &oid)) {
		buffer_put_text(out, num++ ? ", " : "");
		put_purpose(out, oid);
	}
	buffer_put_text(out, num ? "" : "no purpose at all");
	buffer_put_text(out, reader_done(&purposes) ? "" : " and more");
	buffer_put_text(out, ", not for TLS servers");
}

static bool is_by_openssl(const struct cert *cert)
{
	return cert->is_ca && !cert->has_key_usage &&
		name_same(cert->subject, cert->issuer);
}

static void say_ca(const struct record *record, struct buffer *out)
{
	buffer_put_text(out, "it is a CA certificate");
	buffer_put_text(out,
		is_by_openssl(record->cert) ? ", as openssl req -x509 makes every one"
					    : " by its basicConstraints");
}

static void say_expired(const struct record *record, struct buffer *out)
{
	buffer_put_text(out, "it expired on ");
	put_time(out, record->cert->not_after);
}

static void say_not_yet_valid(const struct record *record, struct buffer *out)
{
	buffer_put_text(out, "it is not valid before ");
	put_time(out, record->cert->not_before);
}

static void say_issued_before(const struct record *record, struct buffer *out)
{
	buffer_put_text(out, "it was issued ");
	put_time(out, record->cert->not_before);
	buffer_put_text(out, ", before enforcement began");
}

static void say_not_enforced_yet(const struct record *record, struct buffer *out)
{
	char at[DATETIME_ROOM];
	datetime_format_ms(record->at_ms, at);
	buffer_printf(out, "nobody enforced it at %s", at);
}

static void say_precert_signing(const struct record *record, struct buffer *out)
{
	(void)record;
	buffer_put_text(out,
		"it is a Precertificate Signing Certificate, which signs "
		"precertificates and nothing else");
}

static void say_self_signed(const struct record *record, struct buffer *out)
{
	(void)record;
	buffer_put_text(out, "it signed itself, no authority did");
}

static void say_not_public(const struct record *record, struct buffer *out)
{
	(void)record;
	buffer_put_text(out,
		"its chain ends at a private root, one that users or administrators "
		"added");
}

static void say_redacted(const struct record *record, struct buffer *out)
{
	(void)record;
	buffer_put_text(out,
		"a name in it is redacted (a label \"?\"): it was made to be logged, "
		"and no client ever sees it");
}

static const struct {
	enum code code;
	void (*say)(const struct record *, struct buffer *);
} sentences[] = {
	{CODE_NOT_SERVER_AUTH, say_no_server},
	{CODE_CA_CERTIFICATE, say_ca},
	{CODE_EXPIRED, say_expired},
	{CODE_NOT_YET_VALID, say_not_yet_valid},
	{CODE_ISSUED_BEFORE_ENFORCEMENT, say_issued_before},
	{CODE_PRECERTIFICATE_SIGNING_CERTIFICATE, say_precert_signing},
	{CODE_NOT_ENFORCED_YET, say_not_enforced_yet},
	{CODE_SELF_SIGNED, say_self_signed},
	{CODE_NOT_PUBLICLY_TRUSTED, say_not_public},
	{CODE_REDACTED_PRECERTIFICATE, say_redacted},
};

void report_put_exemption(const struct record *record, const struct policy_record *policy,
	struct buffer *out)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_put_text(out, i ? "; " : "");
		for (size_t k = 0; k < sizeof(sentences) / sizeof(sentences[0]); k++) {
			if (sentences[k].code == policy->applies_because[i]) {
				sentences[k].say(record, out);
			}
		}
	}
	// A server's without its name, or a CA's own: only the user knows.
	if ((policy->result.policy->exemptions & EXEMPT_ONLY_CA) &&
		is_by_openssl(record->cert)) {
		buffer_put_text(out,
			", and names no server: if one shows it, ask with its name, "
			"--hostname NAME");
	}
}

bool report_needs_no_scts(const struct policy_record *policy)
{
	size_t num_of_time = 0;
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		num_of_time += policy->applies_because[i] == CODE_EXPIRED ||
			policy->applies_because[i] == CODE_NOT_YET_VALID;
	}
	return policy->num_applies_because > num_of_time &&
		policy_counts_scts(policy->result.policy);
}
