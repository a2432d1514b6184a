// SPDX-License-Identifier: Apache-2.0
// Plan requests: possible and not, of every table of lifetimes, and broken ones.
#include "tests/fuzz/mkcorpus.h"

static void put_certificate(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "plan.example");
	struct out der = {0};
	struct out text = {0};
	leaf.bare = true;
	pki_precert(&leaf, NULL, &der);
	derw_printf(&text, "{\"certificate\":\"");
	pki_base64(&text, der.data, der.len);
	derw_printf(&text, "\",\"survive\":\"log\"}");
	corpus_put(c, "plan", "precert", &text);
	derw_clear(&der);
	derw_clear(&text);
}

void corpus_plans(struct corpus *c)
{
	static const struct {
		const char *name, *not_before, *not_after, *more;
	} rows[] = {
		{"days-90", "2026-06-01T00:00:00Z", "2026-08-29T23:59:59Z", ""},
		{"days-181", "2026-06-01T00:00:00Z", "2026-11-28T00:00:00Z",
			",\"policies\":[\"all\"],\"survive\":\"operator\""},
		{"days-900", "2024-06-01T00:00:00Z", "2026-11-28T00:00:00Z",
			",\"policies\":[\"apple-enforced\",\"apple\"],\"survive\":\"log\""},
		{"months-15", "2019-03-01T00:00:00Z", "2020-06-01T00:00:00Z",
			",\"at\":\"2019-03-01T00:00:00Z\""},
		{"months-60", "2019-03-01T00:00:00Z", "2024-03-01T00:00:00Z",
			",\"at\":\"2019-03-01T00:00:00Z\",\"survive\":\"operator\""},
		{"no-log", "2026-06-01T00:00:00Z", "2036-06-01T00:00:00Z", ""},
		{"reversed", "2026-06-01T00:00:00Z", "2026-05-31T23:59:59.999Z", ""},
		{"second", "2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z", ""},
		{"ends-of-time", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
			",\"at\":\"0000-01-01T00:00:00Z\",\"policies\":[\"all\"]"},
		{"last-day", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z",
			",\"at\":\"9999-12-31T23:59:59.999Z\""},
		{"bad-time", "2026-06-01", "2026-06-02", ""},
		{"bad-promise", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z",
			",\"survive\":\"all\""},
		{"unknown-field", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z",
			",\"\\u001b[31m\\u202e\":1"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct out text = {0};
		derw_printf(&text, "{\"not_before\":\"%s\",\"not_after\":\"%s\"%s}",
			rows[i].not_before, rows[i].not_after, rows[i].more);
		corpus_put(c, "plan", rows[i].name, &text);
		derw_clear(&text);
	}
	put_certificate(c);
}
