// SPDX-License-Identifier: Apache-2.0
// Dates, sources and rows that policies share: tables.c puts them together. Included there
// alone.
#ifndef POLICY_ROWS_H
#define POLICY_ROWS_H

#include "policy/policy.h"

// Laid out by hand: data, a line a fact.
// clang-format off

#define ALWAYS_FROM INT64_MIN
#define ALWAYS_UNTIL INT64_MAX

// notBefore 2018-10-16T00:00:00Z, when enforcement began (POLICY.md 8).
#define ENFORCED_FROM INT64_C(1539648000)
// notBefore 2021-04-21T00:00:00Z (POLICY.md 8).
#define TABLES_SPLIT INT64_C(1618963200)
// Time of check 2025-04-21T00:00:00Z, in ms (POLICY.md 8).
#define RFC6962_CLAUSE_FROM_MS INT64_C(1745193600000)
#define DAYS INT64_C(86400)
#define DAY_MS INT64_C(86400000)

#define APPLE "Apple's Certificate Transparency policy, support.apple.com/103214"
#define APPLE_2021 "ct-policy post \"Apple's Next CT Policy Update\", 2021-02-11"
#define APPLE_V1 \
	"Apple CT policy version 1.0, 2025-04-21 (apple-root-program, ct/ct-policy.md)"
#define TRUSTD "Apple's Security framework, trust/trustd/CertificateTransparency.m"

// Kinds of certificates that browsers ask for no SCTs.
#define NO_SCTS_ASKED                                                             \
	(EXEMPT_NO_SERVER | EXEMPT_CA | EXEMPT_OUTSIDE_VALIDITY |                 \
		EXEMPT_PRECERT_SIGNING | EXEMPT_SELF_SIGNED | EXEMPT_NOT_PUBLIC | \
		EXEMPT_REDACTED)

#define DELIVERED (SOURCE_TLS | SOURCE_OCSP)
#define ANY_SOURCE (SOURCE_EMBEDDED | DELIVERED)

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

#define RFC6962_ONE(name, sources, approvals) \
	RFC6962_FOR(name, sources, approvals, APPLE_V1, RFC6962_CLAUSE_FROM_MS, ALWAYS_UNTIL)

#define DELIVERED_TEXT \
	"SCTs that the server delivers by TLS extension or stapled OCSP response"

// Rows that browsers other than Safari share, but for the text they stand in and how long
// they ask for an RFC 6962 log.

#define BY_LIFETIME_2_3(name_, published, from_) { \
	.name = (name_), \
	.from = (from_), \
	.until = ALWAYS_UNTIL, \
	.source = (published), \
	.rows = { \
		{"180-days", LIFETIME_SECONDS, 180 * DAYS, 2, 0, 0, 0}, \
		{"over-180-days", LIFETIME_ANY, 0, 3, 0, 0, 0}, \
	}, \
}

#define EMBEDDED_BY_LIFETIME(published) { \
	.name = "embedded_scts", \
	.text = "as many embedded SCTs as the lifetime asks for, one a log, from logs " \
		"that are approved, or were retired after they signed", \
	.source = (published), \
	.code = CODE_TOO_FEW_SCTS, \
	.sources = SOURCE_EMBEDDED, \
	.approvals = APPROVAL_CURRENT | APPROVAL_ONCE, \
	.by_lifetime = true, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define TWO_OPERATORS(name_, sources_, approvals_, published) { \
	.name = (name_), \
	.text = "SCTs from at least two log operators, each as of the SCT's time", \
	.source = (published), \
	.code = CODE_TOO_FEW_OPERATORS, \
	.measure = MEASURE_OPERATORS, \
	.sources = (sources_), \
	.approvals = (approvals_), \
	.needed = 2, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define TWO_DELIVERED(sources_, text_, published) { \
	.name = "delivered_scts", \
	.text = (text_), \
	.source = (published), \
	.code = CODE_TOO_FEW_DELIVERED_SCTS, \
	.sources = (sources_), \
	.approvals = APPROVAL_CURRENT, \
	.needed = 2, \
	.from_ms = ALWAYS_FROM, \
	.until_ms = ALWAYS_UNTIL, \
}

#define RFC6962_FOR(name_, sources_, approvals_, published, from, until) { \
	.name = (name_), \
	.text = "at least one SCT from an RFC 6962 log", \
	.source = (published), \
	.code = CODE_NO_RFC6962_SCT, \
	.sources = (sources_), \
	.approvals = (approvals_), \
	.rfc6962_only = true, \
	.needed = 1, \
	.from_ms = (from), \
	.until_ms = (until), \
}

#define ONCE_OR_CURRENT (APPROVAL_CURRENT | APPROVAL_ONCE)
#define LENIENT (LENIENT_INTERVAL | LENIENT_READONLY | LENIENT_RETIRING)
#define BOTH_DELIVERED "SCTs by TLS or OCSP from at least two logs that are approved at " \
	"the time of check"

#define CHROME \
	"Chrome's Certificate Transparency policy, googlechrome.github.io/" \
	"CertificateTransparency/ct_policy.html"
#define CHROME_NEWS CHROME "; its announcement of 2025-02-28, its change of 2026-03"
#define CHROME_OCSP CHROME ", removal of OCSP, 2026-03-20; in Chrome 148"
// notBefore 2018-05-01T00:00:00Z: "issued after 30 April 2018".
#define CHROME_FROM INT64_C(1525132800)
// notBefore 2022-04-15T00:00:00Z.
#define CHROME_2022 INT64_C(1649980800)
// Times of check, in ms: 2025-03-04 (Chrome 134), 2026-04-15, and 2026-05-05, when Chrome
// 148 came out.
#define CHROME_RFC6962_FROM INT64_C(1741046400000)
#define CHROME_RFC6962_UNTIL INT64_C(1776211200000)
#define CHROME_148 INT64_C(1777939200000)

#define MOZILLA \
	"Mozilla's Certificate Transparency policy, wiki.mozilla.org/" \
	"SecurityEngineering/Certificate_Transparency"
#define FIREFOX "Firefox, security/ct/CTPolicyEnforcer.cpp"
// Times of check, in ms: 2025-02-04 (Firefox 135) and 2026-02-10.
#define FIREFOX_135 INT64_C(1738627200000)
#define FIREFOX_RFC6962_UNTIL INT64_C(1770681600000)

#define ANDROID \
	"Android's Certificate Transparency policy, developer.android.com/privacy-and-" \
	"security/certificate-transparency-policy"
// What the page asked for once is in no row: neither day of it is published.
#define ANDROID_ONCE \
	ANDROID "; an earlier revision asked for one SCT from an RFC 6962 log too, the " \
	"present one does not, and when that ended is not published"

// Time of check, in ms: 2025-06-10, when Android 16 came out.
#define ANDROID_16 INT64_C(1749513600000)

// Requirements on the certificate itself.

#define TLS_2019 "Apple's requirements for trusted certificates, support.apple.com/103769"
#define TLS_2020 "Apple's limit to certificate lifetimes, support.apple.com/102028"
#define BALLOT_SC081 \
	"CA/Browser Forum, ballot SC-081v3 (TLS Baseline Requirements 6.3.2)"

#define BASELINE_KEYS "CA/Browser Forum, TLS Baseline Requirements 6.1.5"

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

// clang-format on

#endif
