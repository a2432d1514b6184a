// SPDX-License-Identifier: Apache-2.0
// The situations of the browsers' own CT policy tests (tests/policy/situations.txt): each
// judged by our policy of that browser comes to what its published policy says. Where the
// browser's code says something else, the file says why.
#include "loglist/loglist.h"
#include "tests/unit/facts_build.h"

#include <stdio.h>
#include <stdlib.h>

void test_situations(void);

#define SITUATIONS "tests/policy/situations.txt"
#define MAX_LINE 512
#define MAX_WORD 64

// POLICY.md 2 disqualifies SCTs from the future, whatever a browser does with them.
static const char *const of_policy_md[] = {
	"mozilla/source/future/this-second",
	"android/source/future/an-hour",
};

struct situation {
	char name[MAX_LINE];
	const struct policy *policy;
	struct facts facts;
	struct sct_facts scts[FACTS_MAX];
	char logs[FACTS_MAX][MAX_WORD];
	char ops[FACTS_MAX][MAX_WORD]; // as of the SCT's time
	int64_t list_ms;
	char browser[MAX_WORD];
	char published[MAX_WORD];
	bool has_why;
};

static bool is_ours(const char *name)
{
	for (size_t i = 0; i < sizeof(of_policy_md) / sizeof(of_policy_md[0]); i++) {
		if (strcmp(of_policy_md[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static enum log_state state_of(const char *name)
{
	enum log_state state = LOG_NO_STATE;
	return log_state_from_name(bytes_of_text(name), &state) ? state : LOG_NO_STATE;
}

// "prev=NAME@END,...": the first one whose end is after the SCT's time. Mozilla's list has
// no former operators.
static void take_former(
	struct situation *s, const struct sct_facts *sct, char *text, char *op)
{
	char *rest = NULL;
	if (s->policy && strcmp(s->policy->list, "mozilla") == 0) {
		return;
	}
	for (char *one = strtok_r(text, ",", &rest); one;
		one = strtok_r(NULL, ",", &rest)) {
		char *at = strchr(one, '@');
		CHECK(at != NULL, "%s: prev=NAME@END", s->name);
		if (at && (int64_t)sct->timestamp_ms < when_ms(at + 1)) {
			(void)snprintf(op, MAX_WORD, "%.*s", (int)(at - one), one);
			return;
		}
	}
}

static void take_interval(struct sct_facts *sct, char *text)
{
	char *dots = strstr(text, "..");
	*dots = '\0';
	sct->has_interval = true;
	sct->start_ms = when_ms(text);
	sct->end_ms = when_ms(dots + 2);
}

static void take_sct(struct situation *s, char *text)
{
	size_t at = s->facts.num_scts++;
	struct sct_facts *sct = &s->scts[at];
	char *rest = NULL;
	char *word = strtok_r(text, " ", &rest);
	*sct = (struct sct_facts){.status = STATUS_VALID,
		.source = strcmp(word, "tls") == 0  ? SOURCE_TLS
			: strcmp(word, "ocsp") == 0 ? SOURCE_OCSP
						    : SOURCE_EMBEDDED};
	sct->timestamp_ms = (uint64_t)when_ms(strtok_r(NULL, " ", &rest));
	if ((int64_t)sct->timestamp_ms > s->facts.at_ms) {
		sct->status = STATUS_FUTURE_TIMESTAMP;
	}
	while ((word = strtok_r(NULL, " ", &rest))) {
		if (begins(word, "log=")) {
			(void)snprintf(s->logs[at], MAX_WORD, "%s", word + 4);
		} else if (begins(word, "op=")) {
			(void)snprintf(s->ops[at], MAX_WORD, "%s", word + 3);
		} else if (begins(word, "state=unknown")) {
			sct->status = STATUS_UNKNOWN_LOG;
		} else if (begins(word, "state=")) {
			sct->state = state_of(word + 6);
		} else if (begins(word, "since=")) {
			sct->since_ms = when_ms(word + 6);
		} else if (begins(word, "api=")) {
			sct->api = strcmp(word + 4, "static") == 0 ? LOG_STATIC
								   : LOG_RFC6962;
		} else if (begins(word, "prev=")) {
			take_former(s, sct, word + 5, s->ops[at]);
		} else if (begins(word, "interval=")) {
			take_interval(sct, word + 9);
		} else {
			CHECK(begins(word, "leaf_index="), "%s: %s is known", s->name,
				word);
		}
	}
}

static void take_line(struct situation *s, char *line)
{
	char *value = strchr(line, ' ');
	if (!value) {
		CHECK(false, "%s: a field and its value: %s", s->name, line);
		return;
	}
	*value++ = '\0';
	if (strcmp(line, "situation") == 0) {
		(void)snprintf(s->name, sizeof(s->name), "%s", value);
	} else if (strcmp(line, "policy") == 0) {
		s->policy = policy_find(value);
	} else if (strcmp(line, "not_before") == 0) {
		s->facts.not_before = when(value);
	} else if (strcmp(line, "not_after") == 0) {
		s->facts.not_after = when(value);
	} else if (strcmp(line, "at") == 0) {
		s->facts.at_ms = when_ms(value);
	} else if (strcmp(line, "list") == 0) {
		s->list_ms = when_ms(value);
	} else if (strcmp(line, "sct") == 0 && s->facts.num_scts < FACTS_MAX) {
		take_sct(s, value);
	} else if (strcmp(line, "browser") == 0) {
		(void)sscanf(value, "%63s", s->browser);
	} else if (strcmp(line, "published") == 0) {
		(void)sscanf(value, "%63s", s->published);
	} else if (strcmp(line, "why") == 0) {
		s->has_why = true;
	} else {
		CHECK(strcmp(line, "origin") == 0 || strcmp(line, "note") == 0,
			"%s: %s is a field", s->name, line);
	}
}

static void number_names(struct situation *s)
{
	for (size_t i = 0; i < s->facts.num_scts; i++) {
		s->scts[i].log = i;
		s->scts[i].op = i;
		for (size_t k = i; k-- > 0;) {
			if (strcmp(s->logs[k], s->logs[i]) == 0) {
				s->scts[i].log = k;
			}
			if (strcmp(s->ops[k], s->ops[i]) == 0) {
				s->scts[i].op = k;
			}
		}
	}
}

static const char *verdict_of(struct situation *s)
{
	struct judged got;
	if (s->facts.at_ms - s->list_ms >= s->policy->list_off_ms) {
		return "not_enforced";
	}
	s->facts.scts = s->scts;
	number_names(s);
	facts_judge(s->policy, &s->facts, &got);
	return got.result.verdict == VERDICT_COMPLIANT ? "compliant" : "non_compliant";
}

static void judge_situation(struct situation *s, size_t *num)
{
	if (!s->name[0]) {
		return;
	}
	CHECK(s->policy != NULL, "%s: a policy", s->name);
	if (s->policy) {
		bool same = strcmp(verdict_of(s), s->published) == 0;
		CHECK(same != is_ours(s->name), "%s: we say %s, published is %s", s->name,
			verdict_of(s), s->published);
		CHECK((strcmp(s->browser, s->published) != 0) == s->has_why,
			"%s: where code and policy differ, it is said why", s->name);
		++*num;
	}
}

void test_situations(void)
{
	FILE *file = fopen(SITUATIONS, "r");
	char line[MAX_LINE];
	struct situation s;
	size_t num = 0;
	memset(&s, 0, sizeof(s));
	CHECK(file != NULL, "%s is there", SITUATIONS);
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0') {
			judge_situation(&s, &num);
			memset(&s, 0, sizeof(s));
		} else if (line[0] != '#' && !begins(line, "file ")) {
			take_line(&s, line);
		}
	}
	judge_situation(&s, &num);
	CHECK_INT(num, 167, "situations");
	if (file) {
		(void)fclose(file);
	}
}
