// SPDX-License-Identifier: Apache-2.0
// Records for tests of the summary: made by hand, without keys and signatures, from a few
// words; and a whole made-up audit of any size.
#ifndef TESTS_UNIT_SUMMARY_BUILD_H
#define TESTS_UNIT_SUMMARY_BUILD_H

#include "report/summary.h"
#include "tests/unit/test.h"

#define MADE_MAX_SCTS 8

// The list of the made-up world: so many logs of so many operators.
#define MADE_LOGS 40
#define MADE_OPERATORS 8
struct made_world {
	struct loglist list;
	const char *operators[MADE_OPERATORS];
	struct ct_log logs[MADE_LOGS];
	char texts[MADE_LOGS][32];
};
void made_world_init(struct made_world *world);

struct made_sct {
	const struct ct_log *log; // NULL: unknown
	const char *operator_name;
	bool without_log_id;
	enum sct_status status;
	bool counted;
	enum code why[SCT_MAX_WHY]; // up to CODE_NONE
};

struct made_spec {
	const char *id; // as in JSON, or NULL
	const char *issuer; // becomes a CN
	const char *subject; // becomes a CN
	const char *dns_name; // or NULL
	const char *not_before; // RFC 3339; NULL: 2026-06-01
	int64_t lifetime_days; // 0: 90
	enum result result;
	enum verdict verdict; // of the policy apple
	enum code applies_because; // or CODE_NONE
	enum code finding; // of the policy, or CODE_NONE
	enum code record_finding; // or CODE_NONE
	const char *message; // of the policy's finding; NULL: the code's sentence
	unsigned found;
	bool both_policies; // apple-enforced too, compliant
	struct made_sct scts[MADE_MAX_SCTS];
	size_t num_scts;
	uint8_t hash; // every byte of the certificate's SHA-256
};

// A record of that; lent until made_record_free. `list` may be NULL: the world's.
struct made_record;
struct made_record *made_record_new(const struct made_world *world,
	const struct loglist *list, const struct made_spec *spec);
const struct record *made_record(const struct made_record *made);
void made_record_free(struct made_record *made);

// Puts the row of such a record into the buffer.
void made_row(const struct made_world *world, const struct made_spec *spec,
	uint64_t position, uint64_t times, struct buffer *out);

// The record (or, one in 500, the error) of that number of a made-up audit of ten years,
// 60 issuers and 40 logs: the same whenever it is asked for.
void made_audit_row(
	const struct made_world *world, uint64_t position, struct buffer *out);

// A summary of rows; aborts without memory.
struct summary *made_summary(const struct buffer *rows);
// The JSON, NUL-terminated, to be freed.
char *made_json(const struct summary *summary);
// A run as a caller would set it.
struct summary_run made_run(void);

#endif
