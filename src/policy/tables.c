// SPDX-License-Identifier: Apache-2.0
// The policies. One row, one sentence of a published policy; numbers live here and
// nowhere else. A change of rules is a new row with its window: old rows stay, so that an
// audit as of a past day is exact.
#include "policy/policy.h"

#include <string.h>

#define ALWAYS_FROM INT64_MIN
#define ALWAYS_UNTIL INT64_MAX

// notBefore 2018-10-16T00:00:00Z, when enforcement began (POLICY.md 8).
#define ENFORCED_FROM INT64_C(1539648000)
// notBefore 2021-04-21T00:00:00Z (POLICY.md 8).
#define TABLES_SPLIT INT64_C(1618963200)
// Time of check 2025-04-21T00:00:00Z, in ms (POLICY.md 8).
#define RFC6962_CLAUSE_FROM_MS INT64_C(1745193600000)
#define DAYS INT64_C(86400)

#define APPLE "Apple's Certificate Transparency policy, support.apple.com/103214"
#define APPLE_2021 "ct-policy post \"Apple's Next CT Policy Update\", 2021-02-11"
#define APPLE_V1 \
	"Apple CT policy version 1.0, 2025-04-21 (apple-root-program, ct/ct-policy.md)"
#define TRUSTD "Apple's Security framework, trust/trustd/CertificateTransparency.m"

// Kinds of certificates that browsers ask for no SCTs.
#define NO_SCTS_ASKED \
	(EXEMPT_NO_SERVER | EXEMPT_CA | EXEMPT_OUTSIDE_VALIDITY | EXEMPT_PRECERT_SIGNING | \
		EXEMPT_SELF_SIGNED | EXEMPT_NOT_PUBLIC | EXEMPT_REDACTED)

#define DELIVERED (SOURCE_TLS | SOURCE_OCSP)
#define ANY_SOURCE (SOURCE_EMBEDDED | DELIVERED)

// Laid out by hand: data, a line a fact.
// clang-format off

// Rows that the published policy and its enforcement share, but for the text they stand
// in.

#define EMBEDDED_CURRENT(published) { \
	.name = "embedded_current", \
	.text = "at least one embedded SCT from a log that is approved at the time of " \
		"check", \
	.source = (published), \
	.code = CODE_NO_CURRENT_SCT, \
	.sources = SOURCE_EMBEDDED, \
	.approvals = APPROVAL_CURRENT, \
	.needed = 1, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define DELIVERED_SCTS(published) { \
	.name = "delivered_scts", \
	.text = "SCTs from at least two logs that are approved at the time of check, " \
		"whatever their source", \
	.source = (published), \
	.code = CODE_TOO_FEW_DELIVERED_SCTS, \
	.sources = ANY_SOURCE, \
	.approvals = APPROVAL_CURRENT, \
	.needed = 2, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define DELIVERED_ONE(published) { \
	.name = "delivered_one", \
	.text = "at least one of them by TLS or OCSP", \
	.source = (published), \
	.code = CODE_NO_DELIVERED_SCT, \
	.sources = DELIVERED, \
	.approvals = APPROVAL_CURRENT, \
	.needed = 1, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define RFC6962_ONE(name_, sources_, approvals_) { \
	.name = (name_), \
	.text = "at least one SCT from an RFC 6962 log", \
	.source = APPLE_V1, \
	.code = CODE_NO_RFC6962_SCT, \
	.sources = (sources_), \
	.approvals = (approvals_), \
	.rfc6962_only = true, \
	.needed = 1, \
	.from_ms = RFC6962_CLAUSE_FROM_MS, \
	.until_ms = ALWAYS_UNTIL, \
}

#define DELIVERED_TEXT \
	"SCTs that the server delivers by TLS extension or stapled OCSP response"

// Requirements on the certificate itself.

#define TLS_2019 "Apple's requirements for trusted certificates, support.apple.com/103769"
#define TLS_2020 "Apple's limit to certificate lifetimes, support.apple.com/102028"
#define BALLOT_SC081 \
	"CA/Browser Forum, ballot SC-081v3 (TLS Baseline Requirements 6.3.2)"

// notBefore 2019-07-01, 2020-09-01, 2026-03-15, 2027-03-15, 2029-03-15, each at
// 00:00:00Z, in ms.
#define FROM_2019_07_01 INT64_C(1561939200000)
#define FROM_2020_09_01 INT64_C(1598918400000)
#define FROM_2026_03_15 INT64_C(1773532800000)
#define FROM_2027_03_15 INT64_C(1805068800000)
#define FROM_2029_03_15 INT64_C(1868227200000)

#define RSA_BITS(name_, subject_, text_) { \
	.name = (name_), \
	.text = (text_), \
	.source = TLS_2019, \
	.code = CODE_RSA_KEY_TOO_SMALL, \
	.measure = MEASURE_RSA_BITS, \
	.subject = (subject_), \
	.needed = 2048, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define SHA2_SIGNATURE(name_, subject_, text_) { \
	.name = (name_), \
	.text = (text_), \
	.source = TLS_2019, \
	.code = CODE_SIGNATURE_NOT_SHA2, \
	.measure = MEASURE_SHA2, \
	.subject = (subject_), \
	.needed = 1, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

// To come: CAs will issue no longer ones.
#define SCHEDULED_DAYS(name_, days, from, until) { \
	.name = (name_), \
	.text = "at most " #days " days, as CAs have agreed for certificates of that time", \
	.source = BALLOT_SC081, \
	.code = CODE_LIFETIME_BEYOND_SCHEDULE, \
	.measure = MEASURE_DAYS, \
	.at_most = true, \
	.is_advice = true, \
	.system_roots_only = true, \
	.needed = (days), \
	.axis = AXIS_NOT_BEFORE, \
	.from_ms = (from), \
	.until_ms = (until), \
}

// Compliant: POLICY.md 5. Enforced: POLICY.md 6.
static const struct policy policies[] = {
	{
		.name = "apple",
		.title = "Apple's published Certificate Transparency policy",
		.text = "What a CA must meet: the policy as Apple publishes it.",
		.source = APPLE,
		.list = "apple",
		.enforced_from = ENFORCED_FROM,
		.exemptions = NO_SCTS_ASKED,
		.says = {"meets Apple's published CT policy",
			"does not meet Apple's published CT policy",
			"may or may not meet Apple's published CT policy"},
		.num_tables = 2,
		.tables[0] = {
			.name = "before-2021-04-21",
			.from = ALWAYS_FROM,
			.until = TABLES_SPLIT,
			.source = APPLE ", the revision before 2021-04-21",
			.rows = {
				{"under-15-months", LIFETIME_BELOW_MONTHS, 15, 2, 0, 0,
					0},
				{"27-months", LIFETIME_MONTHS, 27, 3, 0, 0, 0},
				{"39-months", LIFETIME_MONTHS, 39, 4, 0, 0, 0},
				{"over-39-months", LIFETIME_ANY, 0, 5, 0, 0, 0},
			},
		},
		.tables[1] = {
			.name = "2021-04-21",
			.from = TABLES_SPLIT,
			.until = ALWAYS_UNTIL,
			.source = APPLE_2021,
			.rows = {
				{"180-days", LIFETIME_DAYS, 180, 2, 1, 0, 0},
				{"over-180-days", LIFETIME_ANY, 0, 3, 2,
					CODE_LIFETIME_BEYOND_TABLE, 398},
			},
		},
		.num_routes = 2,
		.routes[0] = {
			.name = "embedded",
			.text = "SCTs inside the certificate",
			.num_requirements = 3,
			.requirements[0] = {
				.name = "embedded_scts",
				.text = "as many embedded SCTs as the lifetime asks for, "
					"from logs that are or were approved, one a log, "
					"and within the cap of each log operator",
				.source = APPLE,
				.code = CODE_TOO_FEW_SCTS,
				.sources = SOURCE_EMBEDDED,
				.approvals = APPROVAL_CURRENT | APPROVAL_ONCE,
				.by_lifetime = true,
				.from_ms = ALWAYS_FROM,
				.until_ms = ALWAYS_UNTIL,
			},
			.requirements[1] = EMBEDDED_CURRENT(APPLE),
			.requirements[2] = RFC6962_ONE("embedded_rfc6962",
				SOURCE_EMBEDDED, APPROVAL_CURRENT | APPROVAL_ONCE),
		},
		.routes[1] = {
			.name = "delivered",
			.text = DELIVERED_TEXT,
			.num_requirements = 3,
			.requirements[0] = DELIVERED_SCTS(APPLE),
			.requirements[1] = DELIVERED_ONE(APPLE),
			.requirements[2] = RFC6962_ONE("delivered_rfc6962",
				ANY_SOURCE, APPROVAL_CURRENT),
		},
	},
	{
		.name = "apple-enforced",
		.title = "What Apple's devices enforce",
		.text = "What trustd on iOS and macOS accepts today; no cap an operator "
			"and no RFC 6962 clause.",
		.source = TRUSTD,
		.list = "apple",
		.enforced_from = ENFORCED_FROM,
		.exemptions = NO_SCTS_ASKED,
		.says = {"is accepted by Apple's devices",
			"is refused by Apple's devices",
			"may or may not be accepted by Apple's devices"},
		.num_tables = 2,
		.tables[0] = {
			.name = "before-2021-04-21",
			.from = ALWAYS_FROM,
			.until = TABLES_SPLIT,
			.source = TRUSTD,
			.rows = {
				{"under-15-months", LIFETIME_BELOW_MONTHS, 15, 2, 0, 0,
					0},
				{"27-months", LIFETIME_WHOLE_MONTHS, 27, 3, 0, 0, 0},
				{"39-months", LIFETIME_WHOLE_MONTHS, 39, 4, 0, 0, 0},
				{"over-39-months", LIFETIME_ANY, 0, 5, 0, 0, 0},
			},
		},
		.tables[1] = {
			.name = "2021-04-21",
			.from = TABLES_SPLIT,
			.until = ALWAYS_UNTIL,
			.source = TRUSTD,
			.rows = {
				{"180-days", LIFETIME_SECONDS, 180 * DAYS, 2, 0, 0, 0},
				{"825-days", LIFETIME_SECONDS, 825 * DAYS, 3, 0, 0, 0},
				{"over-825-days", LIFETIME_ANY, 0, 4, 0, 0, 0},
			},
		},
		.num_routes = 2,
		.routes[0] = {
			.name = "embedded",
			.text = "SCTs inside the certificate",
			.num_requirements = 2,
			.requirements[0] = {
				.name = "embedded_scts",
				.text = "as many embedded SCTs as the lifetime asks for, "
					"one a log, from logs that are approved, or were "
					"retired after the certificate was issued",
				.source = TRUSTD,
				.code = CODE_TOO_FEW_SCTS,
				.sources = SOURCE_EMBEDDED,
				.approvals = APPROVAL_CURRENT | APPROVAL_ONCE,
				.by_lifetime = true,
				.once_before_retirement = true,
				.from_ms = ALWAYS_FROM,
				.until_ms = ALWAYS_UNTIL,
			},
			.requirements[1] = EMBEDDED_CURRENT(TRUSTD),
		},
		.routes[1] = {
			.name = "delivered",
			.text = DELIVERED_TEXT,
			.num_requirements = 2,
			.requirements[0] = DELIVERED_SCTS(TRUSTD),
			.requirements[1] = DELIVERED_ONE(TRUSTD),
		},
	},
	{
		.name = "apple-tls",
		.title = "Apple's requirements for certificates of TLS servers",
		.text = "What iOS, iPadOS and macOS ask of a server's certificate besides "
			"SCTs, also where its root was added by the user.",
		.source = TLS_2019,
		.enforced_from = ALWAYS_FROM,
		.exemptions = EXEMPT_NEVER_SERVER | EXEMPT_ONLY_CA |
			EXEMPT_PRECERT_SIGNING,
		.says = {"meets Apple's requirements for TLS servers",
			"does not meet Apple's requirements for TLS servers",
			"may or may not meet Apple's requirements for TLS servers"},
		.num_tables = 1,
		.tables[0] = {
			.name = "always",
			.from = ALWAYS_FROM,
			.until = ALWAYS_UNTIL,
			.source = TLS_2019,
			.rows = {{"any-lifetime", LIFETIME_ANY, 0, 0, 0, 0, 0}},
		},
		.num_routes = 1,
		.routes[0] = {
			.name = "certificate",
			.text = "The certificate itself, and the CA that issued it",
			.num_requirements = 11,
			.requirements[0] = RSA_BITS("leaf_rsa_bits", SUBJECT_LEAF,
				"an RSA key has at least 2048 bits"),
			.requirements[1] = RSA_BITS("issuer_rsa_bits", SUBJECT_ISSUER,
				"an RSA key of the issuing CA has at least 2048 bits"),
			.requirements[2] = SHA2_SIGNATURE("leaf_sha2", SUBJECT_LEAF,
				"signed with a hash of the SHA-2 family"),
			.requirements[3] = SHA2_SIGNATURE("issuer_sha2", SUBJECT_ISSUER,
				"the issuing CA's certificate is signed with a hash of "
				"the SHA-2 family"),
			.requirements[4] = {
				.name = "names",
				.text = "a DNS name (or IP address) in the subjectAltName "
					"extension; the common name does not count",
				.source = TLS_2019,
				.code = CODE_NO_ALT_NAME,
				.measure = MEASURE_NAMES,
				.needed = 1,
				.from_ms = ALWAYS_FROM,
				.until_ms = ALWAYS_UNTIL,
			},
			.requirements[5] = {
				.name = "server_auth",
				.text = "the extended key usage names serverAuth",
				.source = TLS_2019,
				.code = CODE_NO_SERVER_AUTH,
				.measure = MEASURE_SERVER_AUTH,
				.needed = 1,
				.axis = AXIS_NOT_BEFORE,
				.from_ms = FROM_2019_07_01,
				.until_ms = ALWAYS_UNTIL,
			},
			.requirements[6] = {
				.name = "days_825",
				.text = "at most 825 days from notBefore to notAfter",
				.source = TLS_2019,
				.code = CODE_LIFETIME_TOO_LONG,
				.measure = MEASURE_DAYS_BETWEEN,
				.at_most = true,
				.needed = 825,
				.axis = AXIS_NOT_BEFORE,
				.from_ms = FROM_2019_07_01,
				.until_ms = ALWAYS_UNTIL,
			},
			.requirements[7] = {
				.name = "days_398",
				.text = "at most 398 days where the root comes with the "
					"system",
				.source = TLS_2020,
				.code = CODE_LIFETIME_TOO_LONG,
				.measure = MEASURE_DAYS,
				.at_most = true,
				.system_roots_only = true,
				.needed = 398,
				.axis = AXIS_NOT_BEFORE,
				.from_ms = FROM_2020_09_01,
				.until_ms = ALWAYS_UNTIL,
			},
			.requirements[8] = SCHEDULED_DAYS("scheduled_200_days", 200,
				FROM_2026_03_15, FROM_2027_03_15),
			.requirements[9] = SCHEDULED_DAYS("scheduled_100_days", 100,
				FROM_2027_03_15, FROM_2029_03_15),
			.requirements[10] = SCHEDULED_DAYS("scheduled_47_days", 47,
				FROM_2029_03_15, ALWAYS_UNTIL),
		},
	},
};

// clang-format on

size_t policy_num(void)
{
	return sizeof(policies) / sizeof(policies[0]);
}

const struct policy *policy_at(size_t index)
{
	return &policies[index];
}

const struct policy *policy_find(const char *name)
{
	for (size_t i = 0; i < policy_num(); i++) {
		if (strcmp(policies[i].name, name) == 0) {
			return &policies[i];
		}
	}
	return NULL;
}
