// SPDX-License-Identifier: Apache-2.0
// The smallest sets of logs by trying every set: the other side of `ctpolicy plan`. It shares
// no code with src/, and reads numbers alone (tests/plan/test_lists.py works them out).
//
// A line of standard input: how many policies, and of each the SCTs needed, the cap of an
// operator (0: none) and whether an RFC 6962 log must be among them; then how many logs,
// and of each its operator's number, 1 for static-ct-api, and 1 where all clients know it.
// The answer is a line: for no loss, for the loss of a log, and for that of an operator, the
// size and number of the smallest sets, behind p each pattern with its number, and behind s
// the first sets. A size of 0: there is none.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POLICIES 16
#define MAX_LOGS 256
#define MAX_SET 12
#define MAX_PATTERNS 1024
#define MAX_NAMED 20

enum standing { GONE, ONCE, CURRENT };
enum kind { KIND_NONE, KIND_LOG, KIND_OPERATOR, NUM_KINDS };

struct policy {
	unsigned needed, cap, rfc6962;
};

struct one_log {
	unsigned op, is_static, known;
};

struct pattern {
	uint8_t parts[MAX_SET]; // of an operator: RFC 6962 logs times 16, and static ones
	uint64_t num;
};

struct brute {
	struct policy policies[MAX_POLICIES];
	unsigned num_policies;
	struct one_log logs[MAX_LOGS];
	unsigned num_logs;
	enum kind kind;
	unsigned size;
	unsigned chosen[MAX_LOGS];
	unsigned num_chosen;
	uint64_t num_sets;
	struct pattern patterns[MAX_PATTERNS];
	unsigned num_patterns;
	unsigned named[2][MAX_NAMED][MAX_SET]; // all of them known, and not
	unsigned num_named[2];
};

static bool satisfies(const struct brute *b, const struct policy *policy,
	const enum standing standing[MAX_LOGS])
{
	unsigned of_operator[MAX_LOGS] = {0};
	unsigned counted = 0;
	unsigned current = 0;
	unsigned rfc6962 = 0;
	for (unsigned i = 0; i < b->num_chosen; i++) {
		const struct one_log *log = &b->logs[b->chosen[i]];
		if (standing[i] == GONE) {
			continue;
		}
		if (policy->cap == 0 || of_operator[log->op] < policy->cap) {
			of_operator[log->op]++;
			counted++;
		}
		current += standing[i] == CURRENT;
		rfc6962 += !log->is_static;
	}
	return counted >= policy->needed && current >= 1 &&
		(!policy->rfc6962 || rfc6962 >= 1);
}

static bool satisfies_all(const struct brute *b, const enum standing standing[MAX_LOGS])
{
	for (unsigned i = 0; i < b->num_policies; i++) {
		if (!satisfies(b, &b->policies[i], standing)) {
			return false;
		}
	}
	return true;
}

// After the loss of what number `lost` is: the log, or its whole operator.
static bool survives(const struct brute *b, unsigned lost, enum standing outcome)
{
	enum standing standing[MAX_LOGS];
	for (unsigned i = 0; i < b->num_chosen; i++) {
		bool goes = b->kind == KIND_LOG
			? i == lost
			: b->logs[b->chosen[i]].op == b->logs[b->chosen[lost]].op;
		standing[i] = goes ? outcome : CURRENT;
	}
	return satisfies_all(b, standing);
}

static bool is_good(const struct brute *b)
{
	enum standing standing[MAX_LOGS];
	for (unsigned i = 0; i < b->num_chosen; i++) {
		standing[i] = CURRENT;
	}
	if (!satisfies_all(b, standing)) {
		return false;
	}
	for (unsigned i = 0; i < b->num_chosen && b->kind != KIND_NONE; i++) {
		if (!survives(b, i, ONCE) || !survives(b, i, GONE)) {
			return false;
		}
	}
	return true;
}

static int compare_parts(const void *a, const void *b)
{
	unsigned x = *(const uint8_t *)a;
	unsigned y = *(const uint8_t *)b;
	unsigned size_x = x / 16 + x % 16;
	unsigned size_y = y / 16 + y % 16;
	return size_x != size_y ? (int)size_y - (int)size_x : (int)y - (int)x;
}

static void count_pattern(struct brute *b)
{
	uint8_t parts[MAX_SET] = {0};
	unsigned ops[MAX_SET] = {0};
	unsigned num = 0;
	for (unsigned i = 0; i < b->num_chosen; i++) {
		const struct one_log *log = &b->logs[b->chosen[i]];
		unsigned k = 0;
		while (k < num && ops[k] != log->op) {
			k++;
		}
		ops[k] = log->op;
		num += k == num;
		parts[k] = (uint8_t)(parts[k] + (log->is_static ? 1 : 16));
	}
	qsort(parts, num, 1, compare_parts);
	unsigned i = 0;
	while (i < b->num_patterns && memcmp(b->patterns[i].parts, parts, MAX_SET) != 0) {
		i++;
	}
	if (i == MAX_PATTERNS) {
		abort();
	}
	if (i == b->num_patterns) {
		memcpy(b->patterns[i].parts, parts, MAX_SET);
		b->patterns[b->num_patterns++].num = 0;
	}
	b->patterns[i].num++;
}

static void note(struct brute *b)
{
	unsigned other = 0;
	for (unsigned i = 0; i < b->num_chosen; i++) {
		other = other || !b->logs[b->chosen[i]].known;
	}
	b->num_sets++;
	count_pattern(b);
	if (b->num_named[other] < MAX_NAMED) {
		memcpy(b->named[other][b->num_named[other]++], b->chosen,
			sizeof(b->named[0][0]));
	}
}

static void try_sets(struct brute *b, unsigned first)
{
	if (b->num_chosen == b->size) {
		if (is_good(b)) {
			note(b);
		}
		return;
	}
	for (unsigned i = first; i + b->size - b->num_chosen <= b->num_logs; i++) {
		b->chosen[b->num_chosen++] = i;
		try_sets(b, i + 1);
		b->num_chosen--;
	}
}

// Where all logs together do not do, none of their subsets does.
static bool is_hopeless(struct brute *b)
{
	for (unsigned i = 0; i < b->num_logs; i++) {
		b->chosen[i] = i;
	}
	b->num_chosen = b->num_logs;
	bool hopeless = !is_good(b);
	b->num_chosen = 0;
	return hopeless;
}

static void put_answer(const struct brute *b)
{
	printf("%u %llu p", b->num_sets ? b->size : 0, (unsigned long long)b->num_sets);
	for (unsigned i = 0; i < b->num_patterns; i++) {
		putchar(' ');
		for (unsigned k = 0; k < MAX_SET && b->patterns[i].parts[k]; k++) {
			printf("%02x", b->patterns[i].parts[k]);
		}
		printf("=%llu", (unsigned long long)b->patterns[i].num);
	}
	printf(" s");
	unsigned left = MAX_NAMED;
	for (unsigned other = 0; other < 2; other++) {
		for (unsigned i = 0; i < b->num_named[other] && left > 0; i++, left--) {
			for (unsigned k = 0; k < b->size; k++) {
				printf("%c%u", k ? ',' : ' ', b->named[other][i][k]);
			}
		}
	}
}

static void answer(struct brute *b)
{
	for (unsigned kind = 0; kind < NUM_KINDS; kind++) {
		b->kind = (enum kind)kind;
		b->num_sets = 0;
		b->num_patterns = 0;
		b->num_named[0] = b->num_named[1] = 0;
		bool hopeless = is_hopeless(b);
		for (unsigned k = 1; k <= MAX_SET && !hopeless && !b->num_sets; k++) {
			b->size = k;
			try_sets(b, 0);
		}
		put_answer(b);
		printf(kind + 1 < NUM_KINDS ? "|" : "\n");
	}
	(void)fflush(stdout);
}

static unsigned read_number(unsigned most)
{
	unsigned number = 0;
	if (scanf("%u", &number) != 1 || number > most) {
		abort();
	}
	return number;
}

int main(void)
{
	static struct brute b;
	while (scanf("%u", &b.num_policies) == 1 && b.num_policies <= MAX_POLICIES) {
		for (unsigned i = 0; i < b.num_policies; i++) {
			b.policies[i].needed = read_number(MAX_SET);
			b.policies[i].cap = read_number(MAX_SET);
			b.policies[i].rfc6962 = read_number(1);
		}
		b.num_logs = read_number(MAX_LOGS);
		for (unsigned i = 0; i < b.num_logs; i++) {
			b.logs[i].op = read_number(MAX_LOGS - 1);
			b.logs[i].is_static = read_number(1);
			b.logs[i].known = read_number(1);
		}
		answer(&b);
	}
	return 0;
}
