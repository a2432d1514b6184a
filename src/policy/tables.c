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

// Compliant: POLICY.md 5. Enforced: POLICY.md 6.
static const struct policy policies[] = {
	{
		.name = "apple",
		.title = "Apple's published Certificate Transparency policy",
		.text = "What a CA must meet: the policy as Apple publishes it.",
		.source = APPLE,
		.list = "apple",
		.enforced_from = ENFORCED_FROM,
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
