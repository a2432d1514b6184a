// SPDX-License-Identifier: Apache-2.0
// The policies. One row, one sentence of a published policy; numbers live here and
// nowhere else. A change of rules is a new row with its window: old rows stay, so that an
// audit as of a past day is exact.
#include "policy/rows.h"

#include <string.h>

#include "base/datetime.h"

// Laid out by hand: data, a line a fact.
// clang-format off

// Compliant: POLICY.md 5. Enforced: POLICY.md 6.
static const struct policy policies[] = {
	// The default (policy_default).
	{
		.name = "apple",
		.title = "Apple's published Certificate Transparency policy",
		.text = "What a CA must meet: the policy as Apple publishes it.",
		.source = APPLE,
		.list = "apple",
		.list_off_ms = 60 * DAY_MS,
		.enforced_from = ENFORCED_FROM,
		.enforced_since_ms = ALWAYS_FROM,
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
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
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
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
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
		.list_off_ms = 60 * DAY_MS,
		.enforced_from = ENFORCED_FROM,
		.enforced_since_ms = ALWAYS_FROM,
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
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
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
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
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
		.enforced_since_ms = ALWAYS_FROM,
		.exemptions = EXEMPT_NEVER_SERVER | EXEMPT_ONLY_CA |
			EXEMPT_PRECERT_SIGNING | EXEMPT_OUTSIDE_VALIDITY,
		.says = {"meets Apple's requirements for TLS servers",
			"does not meet Apple's requirements for TLS servers",
			"may or may not meet Apple's requirements for TLS servers"},
		.refused_by = "Apple's clients",
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
			.text = "the certificate itself, and the CA that issued it",
			.num_requirements = 12,
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
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
			.requirements[11] = {
				.name = "leaf_key_type",
				.text = "the key is RSA, or EC on P-256, P-384 or P-521, as "
					"CAs may certify and clients know",
				.source = BASELINE_KEYS,
				.code = CODE_KEY_TYPE_UNUSUAL,
				.measure = MEASURE_KEY_TYPE,
				.is_advice = true,
				.needed = 1,
				.from_ms = ALWAYS_FROM,
				.until_ms = ALWAYS_UNTIL,
			},
		},
	},
	{
		.name = "chrome",
		.title = "Chrome's Certificate Transparency policy",
		.text = "What Chrome asks of certificates under roots that it knows. Of "
			"certificates issued before 2022-04-15 it asked for one SCT of "
			"Google's logs and one of others, where two operators are asked "
			"here. Chrome's code is more lenient than this policy: one SCT by "
			"TLS and one in the certificate, of two operators, do for it.",
		.source = CHROME,
		.list = "chrome",
		.list_off_ms = 70 * DAY_MS,
		.list_forgets = true,
		.leniency = LENIENT,
		.enforced_from = CHROME_FROM,
		.enforced_since_ms = ALWAYS_FROM,
		.exemptions = NO_SCTS_ASKED,
		.says = {"meets Chrome's CT policy", "does not meet Chrome's CT policy",
			"may or may not meet Chrome's CT policy"},
		.num_tables = 2,
		.tables[0] = {
			.name = "before-2022-04-15",
			.from = ALWAYS_FROM,
			.until = CHROME_2022,
			.source = CHROME ", the revision before 2022-04-15",
			.rows = {
				{"under-15-months", LIFETIME_BELOW_MONTHS, 15, 2, 0, 0,
					0},
				{"27-months", LIFETIME_MONTHS, 27, 3, 0, 0, 0},
				{"39-months", LIFETIME_MONTHS, 39, 4, 0, 0, 0},
				{"over-39-months", LIFETIME_ANY, 0, 5, 0, 0, 0},
			},
		},
		.tables[1] = BY_LIFETIME_2_3("2022-04-15", CHROME, CHROME_2022),
		.num_routes = 3,
		.routes[0] = {
			.name = "embedded",
			.text = "SCTs inside the certificate",
			.num_requirements = 4,
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
			.requirements[0] = EMBEDDED_BY_LIFETIME(CHROME),
			.requirements[1] = EMBEDDED_CURRENT(CHROME),
			.requirements[2] = TWO_OPERATORS("embedded_operators",
				SOURCE_EMBEDDED, ONCE_OR_CURRENT, CHROME),
			.requirements[3] = RFC6962_FOR("embedded_rfc6962",
				SOURCE_EMBEDDED, ONCE_OR_CURRENT, CHROME_NEWS,
				CHROME_RFC6962_FROM, CHROME_RFC6962_UNTIL),
		},
		.routes[1] = {
			.name = "delivered",
			.text = DELIVERED_TEXT,
			.num_requirements = 3,
			.from_ms = ALWAYS_FROM,
			.until_ms = CHROME_148,
			.requirements[0] = TWO_DELIVERED(DELIVERED, BOTH_DELIVERED,
				CHROME),
			.requirements[1] = TWO_OPERATORS("delivered_operators", DELIVERED,
				APPROVAL_CURRENT, CHROME),
			.requirements[2] = RFC6962_FOR("delivered_rfc6962", DELIVERED,
				APPROVAL_CURRENT, CHROME_NEWS, CHROME_RFC6962_FROM,
				CHROME_RFC6962_UNTIL),
		},
		.routes[2] = {
			.name = "tls",
			.text = "SCTs that the server delivers by TLS extension",
			.num_requirements = 2,
			.from_ms = CHROME_148,
			.until_ms = ALWAYS_UNTIL,
			.requirements[0] = TWO_DELIVERED(SOURCE_TLS,
				"SCTs by TLS from at least two logs that are approved at "
				"the time of check", CHROME_OCSP),
			.requirements[1] = TWO_OPERATORS("delivered_operators", SOURCE_TLS,
				APPROVAL_CURRENT, CHROME),
		},
	},
	{
		.name = "mozilla",
		.title = "Mozilla's Certificate Transparency policy",
		.text = "What Firefox asks, from version 135 on, of certificates under "
			"roots that come with it. Firefox's code is stricter than this "
			"policy: an SCT of a static-ct-api log without a leaf index does "
			"not count.",
		.source = MOZILLA,
		.list = "mozilla",
		.list_off_ms = 70 * DAY_MS + 1,
		.list_forgets = true,
		.leniency = LENIENT,
		.enforced_from = ALWAYS_FROM,
		.enforced_since_ms = FIREFOX_135,
		.exemptions = NO_SCTS_ASKED,
		.says = {"meets Mozilla's CT policy", "does not meet Mozilla's CT policy",
			"may or may not meet Mozilla's CT policy"},
		.num_tables = 1,
		.tables[0] = BY_LIFETIME_2_3("always", MOZILLA, ALWAYS_FROM),
		.num_routes = 2,
		.routes[0] = {
			.name = "embedded",
			.text = "SCTs inside the certificate",
			.num_requirements = 4,
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
			.requirements[0] = EMBEDDED_BY_LIFETIME(MOZILLA),
			.requirements[1] = EMBEDDED_CURRENT(MOZILLA),
			.requirements[2] = TWO_OPERATORS("embedded_operators",
				SOURCE_EMBEDDED, ONCE_OR_CURRENT, MOZILLA),
			.requirements[3] = RFC6962_FOR("embedded_rfc6962",
				SOURCE_EMBEDDED, ONCE_OR_CURRENT, FIREFOX, ALWAYS_FROM,
				FIREFOX_RFC6962_UNTIL),
		},
		.routes[1] = {
			.name = "delivered",
			.text = DELIVERED_TEXT,
			.num_requirements = 3,
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
			.requirements[0] = TWO_DELIVERED(DELIVERED, BOTH_DELIVERED,
				MOZILLA),
			.requirements[1] = TWO_OPERATORS("delivered_operators", DELIVERED,
				APPROVAL_CURRENT, MOZILLA),
			.requirements[2] = RFC6962_FOR("delivered_rfc6962", DELIVERED,
				APPROVAL_CURRENT, FIREFOX, ALWAYS_FROM,
				FIREFOX_RFC6962_UNTIL),
		},
	},
	{
		.name = "android",
		.title = "Android's Certificate Transparency policy",
		.text = "What Android asks for apps that ask for it, from version 16 on. "
			"It once asked for one SCT from an RFC 6962 log as well; the days "
			"of that are not published, and it is not asked for here. Android's "
			"code (Conscrypt) is not quite this policy: it rounds lifetimes "
			"down to whole days, and takes the operator that a log has today.",
		.source = ANDROID_ONCE,
		.list = "chrome",
		.list_off_ms = 70 * DAY_MS + 1,
		.list_forgets = true,
		.leniency = LENIENT,
		.enforced_from = ALWAYS_FROM,
		.enforced_since_ms = ANDROID_16,
		.exemptions = NO_SCTS_ASKED,
		.says = {"meets Android's CT policy", "does not meet Android's CT policy",
			"may or may not meet Android's CT policy"},
		.num_tables = 1,
		.tables[0] = BY_LIFETIME_2_3("always", ANDROID, ALWAYS_FROM),
		.num_routes = 2,
		.routes[0] = {
			.name = "embedded",
			.text = "SCTs inside the certificate",
			.num_requirements = 3,
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
			.requirements[0] = EMBEDDED_BY_LIFETIME(ANDROID),
			.requirements[1] = EMBEDDED_CURRENT(ANDROID),
			.requirements[2] = TWO_OPERATORS("embedded_operators",
				SOURCE_EMBEDDED, ONCE_OR_CURRENT, ANDROID),
		},
		.routes[1] = {
			.name = "delivered",
			.text = DELIVERED_TEXT,
			.num_requirements = 2,
			.from_ms = ALWAYS_FROM,
			.until_ms = ALWAYS_UNTIL,
			.requirements[0] = TWO_DELIVERED(DELIVERED, BOTH_DELIVERED,
				ANDROID),
			.requirements[1] = TWO_OPERATORS("delivered_operators", DELIVERED,
				APPROVAL_CURRENT, ANDROID),
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

const struct policy *policy_default(void)
{
	return &policies[0];
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

int64_t policy_list_off_ms(const char *source)
{
	int64_t off_ms = DATETIME_MAX_MS;
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = &policies[i];
		if (policy->list && strcmp(policy->list, source) == 0 &&
			policy->list_off_ms < off_ms) {
			off_ms = policy->list_off_ms;
		}
	}
	return off_ms;
}

bool policy_list_is_stale(const char *source, int64_t age_ms)
{
	return age_ms >= policy_list_off_ms(source);
}
