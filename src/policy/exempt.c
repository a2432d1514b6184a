// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

// A CA certificate by its extensions, and in practice. One that names what a server is
// called, and that it is for servers, is a server's, whatever basicConstraints says of it.
static bool is_only_ca(const struct facts *facts)
{
	bool for_server = facts->server_auth && facts->num_names > 0;
	bool signs = facts->has_key_usage
		? facts->cert_signing
		: !facts->server_auth && (!facts->self_signed || facts->names_no_server);
	return facts->is_ca && signs && !for_server;
}

size_t policy_exempts(
	const struct policy *policy, const struct facts *facts, enum code *out)
{
	int64_t not_after_ms = facts->not_after * 1000;
	int64_t not_before_ms = facts->not_before * 1000;
	bool no_server =
		facts->has_key_purposes && !facts->server_auth && !facts->any_purpose;
	bool only_ca = is_only_ca(facts);
	const struct {
		bool holds;
		unsigned exemption; // 0: of every policy
		enum code code;
	} reasons[NUM_APPLIES_REASONS] = {
		{no_server, EXEMPT_NO_SERVER, CODE_NOT_SERVER_AUTH},
		{no_server && !facts->serves, EXEMPT_NEVER_SERVER, CODE_NOT_SERVER_AUTH},
		{facts->is_ca, EXEMPT_CA, CODE_CA_CERTIFICATE},
		{only_ca && !facts->serves, EXEMPT_ONLY_CA, CODE_CA_CERTIFICATE},
		{facts->at_ms > not_after_ms, EXEMPT_OUTSIDE_VALIDITY, CODE_EXPIRED},
		{facts->at_ms < not_before_ms, EXEMPT_OUTSIDE_VALIDITY,
			CODE_NOT_YET_VALID},
		{facts->not_before < policy->enforced_from, 0,
			CODE_ISSUED_BEFORE_ENFORCEMENT},
		{facts->at_ms < policy->enforced_since_ms, 0, CODE_NOT_ENFORCED_YET},
		{facts->precert_signing, EXEMPT_PRECERT_SIGNING,
			CODE_PRECERTIFICATE_SIGNING_CERTIFICATE},
		{facts->self_signed, EXEMPT_SELF_SIGNED, CODE_SELF_SIGNED},
		{facts->not_public, EXEMPT_NOT_PUBLIC, CODE_NOT_PUBLICLY_TRUSTED},
		{facts->redacted, EXEMPT_REDACTED, CODE_REDACTED_PRECERTIFICATE},
	};
	size_t num = 0;
	for (size_t i = 0; i < NUM_APPLIES_REASONS; i++) {
		bool asked = !reasons[i].exemption ||
			(reasons[i].exemption & policy->exemptions);
		if (asked && reasons[i].holds) {
			out[num++] = reasons[i].code;
		}
	}
	return num;
}
