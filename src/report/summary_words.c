// SPDX-License-Identifier: Apache-2.0
#include "report/summary_words.h"

#include "base/datetime.h"

void summary_put_number(struct buffer *out, uint64_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0) {
			buffer_put_char(out, ',');
		}
		buffer_put_char(out, digits[i]);
	}
}

// Tenths of a percent, rounded half up; 1000 only where it is all.
static uint64_t tenths_of(uint64_t part, uint64_t whole)
{
	// Counts are at most 2^53, so this fits.
	uint64_t tenths = whole ? (part * 1000 + whole / 2) / whole : 0;
	return tenths == 1000 && part < whole ? 999 : tenths;
}

void summary_put_percent(struct buffer *out, uint64_t part, uint64_t whole)
{
	uint64_t tenths = tenths_of(part, whole);
	if (part > 0 && tenths == 0) {
		buffer_put_text(out, "under 0.1 %");
	} else if (tenths % 1000 == 0) {
		buffer_printf(out, "%u %%", (unsigned)(tenths / 10));
	} else {
		buffer_printf(out, "%u.%u %%", (unsigned)(tenths / 10),
			(unsigned)(tenths % 10));
	}
}

void summary_put_things(struct buffer *out, uint64_t number, const char *thing)
{
	summary_put_number(out, number);
	buffer_printf(out, " %s%s", thing, number == 1 ? "" : "s");
}

// "meets Apple's policy", said of many, and its negation.
struct plural {
	const char *one;
	const char *many;
	const char *one_not;
	const char *many_not;
};

static const struct plural *plural_of(const char *says)
{
	static const struct plural plurals[] = {
		{"meets ", "meet ", "does not", "do not"},
		{"is ", "are ", "is not", "are not"},
		{"", "", "does not", "do not"},
	};
	const struct plural *plural = plurals;
	while (strncmp(says, plural->one, strlen(plural->one)) != 0) {
		plural++;
	}
	return plural;
}

static void put_share(struct buffer *out, uint64_t part, uint64_t whole)
{
	if (whole == 1) {
		buffer_put_text(
			out, part ? "The one certificate" : "Not one certificate");
	} else if (part == whole) {
		buffer_put_text(out, "All ");
		summary_put_things(out, whole, "certificate");
	} else {
		if (part == 0) {
			buffer_put_text(out, "None");
		} else if (tenths_of(part, whole) == 0) {
			buffer_put_text(out, "Under 0.1 %");
		} else {
			summary_put_percent(out, part, whole);
		}
		buffer_put_text(out, " of ");
		summary_put_things(out, whole, "certificate");
	}
	buffer_put_char(out, ' ');
}

// Who fails by lists that have a gap is not to be blamed in a headline.
static void put_gap(const struct summary *summary, struct buffer *out)
{
	uint64_t num = summary->reasons[CODE_LOG_KNOWN_LATER].failing;
	if (num == 0) {
		return;
	}
	buffer_put_text(out, "; ");
	if (num < summary->results[RESULT_FAIL]) {
		summary_put_number(out, num);
		buffer_printf(out, " of those that fail %s", num == 1 ? "has" : "have");
	} else {
		buffer_put_text(
			out, num == 1 ? "the one that fails has" : "all that fail have");
	}
	buffer_put_text(out,
		" SCTs of logs that only a later list knows: a gap of the lists at hand");
}

void summary_put_verdict(const struct summary *summary, struct buffer *out)
{
	size_t main = summary_main_policy(summary);
	if (main == policy_num()) {
		buffer_put_text(out, "No certificate was judged.");
		return;
	}
	const struct summary_policy *counts = &summary->policies[main];
	const struct policy *policy = policy_at(main);
	uint64_t whole = summary_sum(counts->verdicts, 3);
	uint64_t part = counts->verdicts[VERDICT_COMPLIANT];
	uint64_t fail = counts->verdicts[VERDICT_NON_COMPLIANT];
	if (whole == 0) {
		buffer_printf(out, "The policy %s applies to none of ", policy->name);
		summary_put_things(out, counts->not_applying, "certificate");
		buffer_put_char(out, '.');
		return;
	}
	const char *says = policy->says[VERDICT_COMPLIANT];
	const struct plural *plural = plural_of(says);
	put_share(out, part, whole);
	buffer_put_text(out, whole == 1 ? plural->one : plural->many);
	buffer_printf(out, "%s (%s)", says + strlen(plural->one), policy->name);
	if (fail > 0 && whole > 1 && part > 0) {
		buffer_put_text(out, "; ");
		summary_put_number(out, fail);
		buffer_printf(out, " %s", fail == 1 ? plural->one_not : plural->many_not);
	}
	put_gap(summary, out);
	buffer_put_char(out, '.');
}

// Where the time of check lets nothing be judged: the one that does.
static bool put_expired(
	struct buffer *out, const char *before, const struct summary_policy *counts)
{
	uint64_t whole = summary_policy_num(counts);
	uint64_t expired = counts->because[CODE_EXPIRED];
	if (expired == 0 || expired < whole - expired) {
		return false;
	}
	buffer_printf(out,
		"%s%s certificates had expired at the time of check; --at issuance "
		"judges each as of its issuance.",
		before, expired == whole - expired ? "Half of the" : "Most");
	return true;
}

// CA certificates, which are issuers in most inputs, lead the tables where they are judged.
static const char *put_cas(
	const struct summary *summary, const char *before, struct buffer *out)
{
	size_t main = summary_main_policy(summary);
	uint64_t num = main < policy_num()
		? summary->policies[main].because[CODE_CA_CERTIFICATE]
		: 0;
	if (num == 0 && summary->cas_left_out == 0) {
		return before;
	}
	buffer_put_text(out, before);
	if (summary->cas_left_out > 0) {
		summary_put_things(out, summary->cas_left_out, "CA certificate");
		buffer_printf(out, " %s left out (--leaves-only).",
			summary->cas_left_out == 1 ? "was" : "were");
	} else {
		summary_put_number(out, num);
		buffer_printf(out,
			" of all %s; --leaves-only leaves %s out of the audit.",
			num == 1 ? "is a CA certificate" : "are CA certificates",
			num == 1 ? "it" : "them");
	}
	return " ";
}

void summary_put_remainder(const struct summary *summary, struct buffer *out)
{
	size_t main = summary_main_policy(summary);
	const char *before = "";
	if (main < policy_num()) {
		const struct summary_policy *counts = &summary->policies[main];
		uint64_t open = counts->verdicts[VERDICT_INDETERMINATE];
		if (open > 0) {
			summary_put_number(out, open);
			buffer_printf(out, " could not be decided.");
			before = " ";
		}
		if (counts->not_applying > 0 && summary_sum(counts->verdicts, 3) > 0) {
			buffer_printf(out, "%sTo ", before);
			summary_put_number(out, counts->not_applying);
			buffer_put_text(out, " more the policy does not apply.");
			before = " ";
		}
		if (put_expired(out, before, counts)) {
			before = " ";
		}
	}
	before = put_cas(summary, before, out);
	uint64_t unread = summary_num_unread(summary);
	if (unread > 0) {
		buffer_put_text(out, before);
		summary_put_things(out, unread, "input");
		buffer_put_text(out, " could not be read.");
	}
}

void summary_put_rate(const struct summary *summary, struct buffer *out)
{
	const struct summary_run *run = &summary->run;
	uint64_t num = summary_num_judged(summary) + summary_num_unread(summary);
	if (run->wall_ms == 0) {
		return;
	}
	summary_put_things(out, num, "record");
	buffer_put_text(out, " in ");
	summary_put_number(out, run->wall_ms / 1000);
	buffer_printf(out, ".%u seconds, ", (unsigned)(run->wall_ms % 1000 / 100));
	// Whole seconds where the product would not fit.
	uint64_t rate = num < UINT64_MAX / 1000 ? num * 1000 / run->wall_ms
						: num / (run->wall_ms / 1000 + 1);
	summary_put_number(out, rate);
	buffer_put_text(out, " a second");
	if (run->jobs > 0) {
		buffer_put_text(out, ", by ");
		summary_put_things(out, run->jobs, "job");
	}
}

static void put_day(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	buffer_put(out, bytes_of(text, 10));
}

void summary_put_period(const struct summary *summary, struct buffer *out)
{
	if (summary->first_at_ms > summary->last_at_ms) {
		return;
	}
	size_t start = out->len;
	put_day(out, summary->first_at_ms);
	size_t len = out->len - start;
	buffer_put_text(out, " to ");
	put_day(out, summary->last_at_ms);
	if (!out->failed &&
		memcmp(out->data + start, out->data + out->len - len, len) == 0) {
		out->len = start + len;
	}
}

void summary_put_words(const struct summary_words *words, struct buffer *out)
{
	for (size_t i = 0; i < words->num; i++) {
		buffer_put_text(out, i ? ", " : "");
		buffer_put_text(out, words->items[i]);
	}
}

// Causes first, and then by the certificates that fail with it.
static bool comes_before(const struct summary *summary, enum code a, enum code b)
{
	bool is_cause = code_info(a)->severity == SEVERITY_ERROR;
	if (is_cause != (code_info(b)->severity == SEVERITY_ERROR)) {
		return is_cause;
	}
	return summary->reasons[a].failing > summary->reasons[b].failing;
}

size_t summary_sort_failing(
	const struct summary *summary, enum code out[NUM_CODES], size_t *out_num_causes)
{
	enum code all[NUM_CODES];
	size_t num_all = summary_sort_reasons(summary, all);
	size_t num = 0;
	*out_num_causes = 0;
	for (size_t i = 0; i < num_all; i++) {
		size_t at = num;
		if (summary->reasons[all[i]].failing == 0) {
			continue;
		}
		for (; at > 0 && comes_before(summary, all[i], out[at - 1]); at--) {
			out[at] = out[at - 1];
		}
		out[at] = all[i];
		num++;
		*out_num_causes += code_info(all[i])->severity == SEVERITY_ERROR;
	}
	return num;
}

static void put_limit(struct buffer *out, const struct lifetime_row *row)
{
	long long limit = (long long)row->limit;
	switch (row->bound) {
	case LIFETIME_DAYS:
		buffer_printf(out, "%lld days", limit);
		return;
	case LIFETIME_SECONDS:
		buffer_printf(out, "%lld days", limit / 86400);
		return;
	case LIFETIME_BELOW_MONTHS:
	case LIFETIME_MONTHS:
	case LIFETIME_WHOLE_MONTHS:
		buffer_printf(out, "%lld months", limit);
		return;
	case LIFETIME_ANY:
		buffer_put_text(out, "any");
	}
}

void summary_put_lifetime(struct buffer *out, const struct lifetime_place *place)
{
	const struct lifetime_row *row = place->row;
	if (row->bound == LIFETIME_ANY && row > place->table->rows) {
		buffer_put_text(out, "more than ");
		put_limit(out, row - 1);
	} else if (row->bound == LIFETIME_BELOW_MONTHS) {
		buffer_put_text(out, "less than ");
		put_limit(out, row);
	} else {
		put_limit(out, row);
		buffer_put_text(
			out, row->bound == LIFETIME_ANY ? " lifetime" : " or less");
	}
	bool since = place->table->from > INT64_MIN;
	buffer_printf(out, ", issued %s ", since ? "since" : "before");
	put_day(out, 1000 * (since ? place->table->from : place->table->until));
}
