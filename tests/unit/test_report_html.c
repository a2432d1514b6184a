// SPDX-License-Identifier: Apache-2.0
// The HTML page: well formed, complete in itself, and nothing from certificates gets out
// of its place. CTPOLICY_TEST_HTML names a file that a page is written to, to look at.
#include "report/report_html.h"
#include "tests/unit/summary_build.h"

void test_report_html(void);

static struct made_world world;

#define MAX_OPEN 64

// A checker of what this page uses of HTML: tags that nest, attributes in quotes, and in
// text no bare <, > or &.
struct checker {
	const char *at;
	char open[MAX_OPEN][16];
	size_t num_open;
	size_t num_tags;
	const char *fault;
};

static void fault(struct checker *c, const char *what)
{
	c->fault = c->fault ? c->fault : what;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-' || c == ':';
}

static void take_name(struct checker *c, char out[16])
{
	size_t len = 0;
	while (is_name_char(*c->at) && len < 15) {
		out[len++] = *c->at++;
	}
	out[len] = '\0';
	if (len == 0) {
		fault(c, "a name is missing");
	}
}

static void take_entity(struct checker *c)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strncmp(c->at, known[i], strlen(known[i])) == 0) {
			c->at += strlen(known[i]);
			return;
		}
	}
	fault(c, "a bare &");
}

static void take_attributes(struct checker *c)
{
	while (!c->fault && *c->at == ' ') {
		c->at++;
		while (is_name_char(*c->at)) {
			c->at++;
		}
		if (*c->at != '=') {
			continue;
		}
		if (c->at[1] != '"') {
			fault(c, "a value without quotes");
			return;
		}
		for (c->at += 2; *c->at != '"' && !c->fault;) {
			if (*c->at == '\0' || *c->at == '<') {
				fault(c, "a value that does not end");
			} else if (*c->at == '&') {
				take_entity(c);
			} else {
				c->at++;
			}
		}
		c->at += *c->at == '"';
	}
}

static bool is_void(const char *name)
{
	static const char *const names[] = {"meta", "br", "wbr", "!DOCTYPE"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

// Behind the "<".
static void take_tag(struct checker *c)
{
	char name[16];
	bool closes = *c->at == '/';
	c->at += closes;
	if (strncmp(c->at, "!DOCTYPE html>", 14) == 0) {
		c->at += 14;
		return;
	}
	take_name(c, name);
	c->num_tags++;
	if (closes) {
		if (c->num_open == 0 || strcmp(c->open[c->num_open - 1], name) != 0) {
			fault(c, "closes what is not open");
			return;
		}
		c->num_open--;
	}
	take_attributes(c);
	bool empty = *c->at == '/';
	c->at += empty;
	if (*c->at != '>') {
		fault(c, "a tag that does not end");
		return;
	}
	c->at++;
	if (!closes && !empty && !is_void(name)) {
		if (c->num_open == MAX_OPEN) {
			fault(c, "too deep");
			return;
		}
		memcpy(c->open[c->num_open++], name, sizeof(name));
	}
	if (!closes && (strcmp(name, "style") == 0 || strcmp(name, "script") == 0)) {
		const char *end = strstr(c->at, "</");
		c->at = end ? end : c->at + strlen(c->at);
	}
}

// NULL where it is well formed.
static const char *check_html(const char *html, size_t *out_num_tags)
{
	struct checker c = {.at = html};
	while (*c.at && !c.fault) {
		if (*c.at == '<') {
			c.at++;
			take_tag(&c);
		} else if (*c.at == '&') {
			take_entity(&c);
		} else if (*c.at == '>') {
			fault(&c, "a bare >");
		} else {
			c.at++;
		}
	}
	if (c.num_open > 0) {
		fault(&c, "something stays open");
	}
	*out_num_tags = c.num_tags;
	return c.fault;
}

// The checker itself.
static void test_checker(void)
{
	static const struct {
		const char *html;
		bool good;
	} cases[] = {
		{"<p>a &amp; b</p>", true},
		{"<p class=\"a\">x<br>y</p>", true},
		{"<svg><rect x=\"1\"/></svg>", true},
		{"<p>", false},
		{"</p>", false},
		{"<p><b></p></b>", false},
		{"<p>a & b</p>", false},
		{"<p>1 > 0</p>", false},
		{"<p class=a></p>", false},
		{"<p class=\"<\"></p>", false},
		{"<p", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t num = 0;
		CHECK((check_html(cases[i].html, &num) == NULL) == cases[i].good, "%s",
			cases[i].html);
	}
}

// NUL-terminated, to be freed.
static char *page_of(const struct summary *summary)
{
	struct buffer out;
	buffer_init(&out, REPORT_HTML_MAX);
	report_html(summary, &out);
	buffer_put_char(&out, '\0');
	CHECK(!out.failed, "the page is written");
	if (out.failed) {
		abort();
	}
	return (char *)out.data;
}

static void check_page(const struct summary *summary, const char *what)
{
	size_t num_tags = 0;
	char *page = page_of(summary);
	const char *fault_found = check_html(page, &num_tags);
	CHECK(!fault_found, "%s: %s", what, fault_found ? fault_found : "");
	CHECK(num_tags > 20, "%s: %zu tags", what, num_tags);
	CHECK(!strstr(page, "http:") && !strstr(page, "https:") &&
			!strstr(page, "url(") && !strstr(page, " src=") &&
			!strstr(page, " href=") && !strstr(page, "@import"),
		"%s: needs nothing else", what);
	CHECK(strstr(page, "<html lang=\"en\">") && strstr(page, "<h1>"), "%s", what);
	char *again = page_of(summary);
	CHECK(strcmp(page, again) == 0, "%s: the same bytes again", what);
	free(again);
	free(page);
}

static struct summary *audit_of(uint64_t num)
{
	struct buffer rows;
	struct summary_run run = made_run();
	buffer_init(&rows, (size_t)1 << 28);
	for (uint64_t i = 0; i < num; i++) {
		made_audit_row(&world, i, &rows);
	}
	struct summary *summary = made_summary(&rows);
	summary_set_run(summary, &run);
	buffer_clear(&rows);
	return summary;
}

static void write_page(const char *path)
{
	FILE *file = path ? fopen(path, "w") : NULL;
	if (file) {
		struct summary *summary = audit_of(100000);
		char *page = page_of(summary);
		(void)fputs(page, file);
		(void)fclose(file);
		free(page);
		summary_free(summary);
	}
}

static void test_sizes(void)
{
	static const uint64_t nums[] = {0, 1, 2, 30, 300, 20000};
	for (size_t i = 0; i < sizeof(nums) / sizeof(nums[0]); i++) {
		char what[32];
		struct summary *summary = audit_of(nums[i]);
		(void)snprintf(what, sizeof(what), "%d records", (int)nums[i]);
		check_page(summary, what);
		summary_free(summary);
	}
}

#define EVIL "</td><script>alert(\"1\")</script>&amp;' onload='x"

// Every place that others can write to.
static void test_escapes(void)
{
	static struct made_world evil;
	made_world_init(&evil);
	evil.logs[0].text[LOG_DESCRIPTION] = EVIL "\xe2\x80\xae";
	evil.list.version = EVIL;
	struct made_spec spec = {.id = "\"</script><b>\\u202e\"",
		.issuer = EVIL "\xe2\x80\xae",
		.dns_name = EVIL "\xe2\x80\xae\xff\x01",
		.result = RESULT_FAIL,
		.verdict = VERDICT_NON_COMPLIANT,
		.finding = CODE_TOO_FEW_SCTS,
		.message = EVIL "\xe2\x81\xa6 needs more.",
		.num_scts = 1,
		.scts = {{&evil.logs[0], EVIL, false, STATUS_VALID, false,
			{CODE_LOG_REJECTED}}}};
	struct buffer rows;
	struct err err;
	buffer_init(&rows, 1 << 20);
	made_row(&evil, &spec, 0, 3, &rows);
	err_clear(&err);
	err_set(&err, CODE_BAD_CERTIFICATE, 0, "%s", EVIL);
	err_in_field(&err, "<b>");
	summary_put_error_row(bytes_of_text("\"<i>\""), &err, 1, 1, &rows);
	struct summary *summary = made_summary(&rows);
	struct summary_run run = made_run();
	summary_words_add(&run.verifiers, EVIL);
	summary_words_add(&run.versions, "<i>");
	summary_set_run(summary, &run);
	check_page(summary, "evil");
	char *page = page_of(summary);
	CHECK(!strstr(page, "<script>alert") && !strstr(page, "</script><b>") &&
			!strstr(page, "<i>") && !strstr(page, "<b>"),
		"no markup of others");
	CHECK(!strstr(page, "\xe2\x80\xae") && !strstr(page, "\xe2\x81\xa6") &&
			!strchr(page, '\xff') && !strchr(page, 1),
		"no controls of others");
	CHECK(strstr(page,
		      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;&#39;"),
		"it is all there");
	free(page);
	summary_free(summary);
	buffer_clear(&rows);
}

// The sentence that comes first, by its text.
static const struct {
	const char *comment;
	unsigned pass, fail, open, exempt, unread;
	const char *want_verdict, *want_remainder;
} verdict_cases[] = {
	{"nothing", 0, 0, 0, 0, 0, "No certificate was judged.", ""},
	{"all", 3, 0, 0, 0, 0,
		"All 3 certificates meet Apple's published CT policy (apple).", ""},
	{"one", 1, 0, 0, 0, 0,
		"The one certificate meets Apple's published CT policy (apple).", ""},
	{"not one", 0, 1, 0, 0, 0,
		"Not one certificate meets Apple's published CT policy (apple).", ""},
	{"none", 0, 2, 0, 0, 0,
		"None of 2 certificates meet Apple's published CT policy (apple).", ""},
	{"one of three", 2, 1, 0, 0, 0,
		"66.7 % of 3 certificates meet Apple's published CT policy (apple); 1 does "
		"not.",
		""},
	{"never rounded up", 1999, 1, 0, 0, 0,
		"99.9 % of 2,000 certificates meet Apple's published CT policy (apple); 1 "
		"does not.",
		""},
	{"rounded half up", 1, 1999, 0, 0, 0,
		"0.1 % of 2,000 certificates meet Apple's published CT policy (apple); "
		"1,999 do not.",
		""},
	{"hardly any", 1, 2000, 0, 0, 0,
		"Under 0.1 % of 2,001 certificates meet Apple's published CT policy "
		"(apple); 2,000 do not.",
		""},
	{"no concern", 0, 0, 0, 2, 0,
		"The policy apple applies to none of 2 certificates.", ""},
	{"all that is left", 1, 1, 1, 1, 1,
		"33.3 % of 3 certificates meet Apple's published CT policy (apple); 1 does "
		"not.",
		"1 could not be decided. To 1 more the policy does not apply. 1 of all is a "
		"CA certificate; --leaves-only leaves it out of the audit. 1 input could "
		"not be read."},
};

static void put_many(struct buffer *rows, unsigned num, enum result result,
	enum verdict verdict, enum code because)
{
	struct made_spec spec = {
		.result = result, .verdict = verdict, .applies_because = because};
	if (num > 0) {
		made_row(&world, &spec, 0, num, rows);
	}
}

static void test_verdicts(void)
{
	for (size_t i = 0; i < sizeof(verdict_cases) / sizeof(verdict_cases[0]); i++) {
		struct buffer rows, text, squeezed;
		struct err err;
		buffer_init(&rows, 1 << 20);
		buffer_init(&text, 1 << 20);
		buffer_init(&squeezed, 1 << 20);
		put_many(&rows, verdict_cases[i].pass, RESULT_PASS, VERDICT_COMPLIANT, 0);
		put_many(&rows, verdict_cases[i].fail, RESULT_FAIL, VERDICT_NON_COMPLIANT,
			0);
		put_many(&rows, verdict_cases[i].open, RESULT_UNKNOWN,
			VERDICT_INDETERMINATE, 0);
		put_many(&rows, verdict_cases[i].exempt, RESULT_PASS,
			VERDICT_NON_COMPLIANT, CODE_CA_CERTIFICATE);
		err_clear(&err);
		err_set(&err, CODE_BAD_CERTIFICATE, 0, "x");
		if (verdict_cases[i].unread) {
			summary_put_error_row(BYTES_NONE, &err, 9, 1, &rows);
		}
		struct summary *summary = made_summary(&rows);
		summary_put_text(summary, false, &text);
		buffer_put_char(&text, '\0');
		for (size_t k = 0; k + 1 < text.len; k++) {
			buffer_put_char(&squeezed,
				text.data[k] == '\n' ? ' ' : (char)text.data[k]);
		}
		buffer_put_char(&squeezed, '\0');
		const char *got = (const char *)squeezed.data;
		const char *want = verdict_cases[i].want_verdict;
		CHECK(strncmp(got, want, strlen(want)) == 0, "%s: %s",
			verdict_cases[i].comment, got);
		CHECK(strncmp(got + strlen(want) + 1, verdict_cases[i].want_remainder,
			      strlen(verdict_cases[i].want_remainder)) == 0,
			"%s: %s", verdict_cases[i].comment, got);
		check_page(summary, verdict_cases[i].comment);
		summary_free(summary);
		buffer_clear(&rows);
		buffer_clear(&text);
		buffer_clear(&squeezed);
	}
}

// Of old certificates that are judged as of now, the page tells how to judge them.
static void test_expired(void)
{
	static const struct {
		unsigned judged, expired;
		const char *want;
	} cases[] = {
		{3, 2, NULL},
		{2, 2,
			"<p>To 2 more the policy does not apply. Half of the certificates "
			"had expired at the time of check; --at issuance judges each as "
			"of its issuance.</p>"},
		{2, 3, " Most certificates had expired at the time of check; "},
		{0, 1,
			"<p>Most certificates had expired at the time of check; --at "
			"issuance judges each as of its issuance.</p>"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer rows;
		buffer_init(&rows, 1 << 20);
		put_many(&rows, cases[i].judged, RESULT_PASS, VERDICT_COMPLIANT, 0);
		put_many(&rows, cases[i].expired, RESULT_PASS, VERDICT_NON_COMPLIANT,
			CODE_EXPIRED);
		struct summary *summary = made_summary(&rows);
		char *page = page_of(summary);
		CHECK(cases[i].want ? strstr(page, cases[i].want) != NULL
				    : !strstr(page, "--at issuance"),
			"%u expired beside %u: %s", cases[i].expired, cases[i].judged,
			page);
		// A share of nothing is none, and not 0 %.
		CHECK(!strstr(page, "<td class=\"n\">\xe2\x80\x93</td></tr>") ==
				(cases[i].judged > 0),
			"%u judged: a share or a dash", cases[i].judged);
		free(page);
		summary_free(summary);
		buffer_clear(&rows);
	}
}

// A month in which hardly any fail is not one in which none does.
static void test_rare_failure(void)
{
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	put_many(&rows, 1999999, RESULT_PASS, VERDICT_COMPLIANT, 0);
	put_many(&rows, 1, RESULT_FAIL, VERDICT_NON_COMPLIANT, 0);
	struct summary *summary = made_summary(&rows);
	char *page = page_of(summary);
	CHECK(strstr(page, "<span>worst month: under 0.1 %</span>") &&
			strstr(page, "<rect class=\"bad\" x=\"0.1\""),
		"one of two millions");
	free(page);
	summary_free(summary);
	buffer_clear(&rows);
}

// What fails a certificate stands apart from what is only noted on it.
static void test_causes(void)
{
	struct buffer rows;
	struct made_spec spec = {.result = RESULT_FAIL,
		.verdict = VERDICT_NON_COMPLIANT,
		.finding = CODE_TOO_FEW_SCTS,
		.record_finding = CODE_LOG_LIST_STALE};
	buffer_init(&rows, 1 << 20);
	made_row(&world, &spec, 0, 1, &rows);
	struct summary *summary = made_summary(&rows);
	char *page = page_of(summary);
	const char *const places[] = {strstr(page, "What certificates that fail have"),
		strstr(strstr(page, "<section id=\"reasons\""), "fewer embedded SCTs"),
		strstr(page, "Also noted on certificates that fail"),
		strstr(page, "the log list is 60 days old")};
	for (size_t i = 0; i < 4; i++) {
		CHECK(places[i] && (i == 0 || places[i] > places[i - 1]),
			"causes come before remarks: %zu", i);
	}
	free(page);
	summary_free(summary);
	buffer_clear(&rows);
}

// More logs and operators than rows: the others stand in one, with their SCTs.
static void test_other_logs(void)
{
	struct buffer rows;
	struct ct_log log = {.state = LOG_USABLE};
	buffer_init(&rows, 1 << 22);
	// Rows point to the names of the list.
	static char names[503][16];
	for (unsigned i = 0; i < 503; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "Operator %u", i);
		log.id[0] = (uint8_t)i;
		log.id[1] = (uint8_t)(i >> 8);
		struct made_spec spec = {.num_scts = 1,
			.scts = {{.log = &log,
				.operator_name = names[i],
				.status = STATUS_VALID,
				.counted = i < 501}}};
		made_row(&world, &spec, i, i < 500 ? 2 : 1, &rows);
	}
	struct summary *summary = made_summary(&rows);
	char *page = page_of(summary);
	CHECK(strstr(page,
		      "(others)</th><td class=\"n\">\xe2\x80\x93</td><td class=\"n\">"
		      "3</td><td class=\"n\">0.3 %</td><td class=\"n\">1</td></tr>"),
		"three more operators");
	CHECK(strstr(page,
		      "(others)</th><td></td><td></td><td class=\"n\">3</td><td "
		      "class=\"n\">0.3 %</td><td class=\"n\">3</td><td "
		      "class=\"n\">1</td></tr>"),
		"three more logs");
	check_page(summary, "many logs");
	free(page);
	summary_free(summary);
	buffer_clear(&rows);
}

// The label of a year that begins at the right end stands on the left of its place.
static void test_last_year(void)
{
	static const char *const dates[] = {
		"2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"};
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct made_spec spec = {.not_before = dates[i]};
		made_row(&world, &spec, i, 1, &rows);
	}
	struct summary *summary = made_summary(&rows);
	char *page = page_of(summary);
	CHECK(strstr(page, "<span class=\"even\" style=\"left:0.00%\">2024</span>") &&
			strstr(page, "<span class=\"odd\" style=\"left:48.00%\">2025") &&
			strstr(page,
				"<span class=\"even end\" style=\"right:4.00%\">2026"),
		"labels of years: %s", strstr(page, "class=\"axis\""));
	free(page);
	summary_free(summary);
	buffer_clear(&rows);
}

// Months that do not fit into a chart by the calendar.
static void test_far_months(void)
{
	static const char *const dates[] = {"1950-01-01T00:00:00Z",
		"2026-06-01T00:00:00Z", "2049-12-31T00:00:00Z", "9999-12-31T00:00:00Z"};
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct made_spec spec = {
			.not_before = dates[i], .lifetime_days = i == 3 ? -1 : 90};
		made_row(&world, &spec, i, 1, &rows);
	}
	struct summary *summary = made_summary(&rows);
	check_page(summary, "far months");
	summary_free(summary);
	buffer_clear(&rows);
}

void test_report_html(void)
{
	made_world_init(&world);
	test_checker();
	test_sizes();
	test_escapes();
	test_verdicts();
	test_expired();
	test_rare_failure();
	test_causes();
	test_last_year();
	test_other_logs();
	test_far_months();
	write_page(getenv("CTPOLICY_TEST_HTML"));
}
