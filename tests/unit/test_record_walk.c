// SPDX-License-Identifier: Apache-2.0
#include "app/record_walk.h"

#include <unistd.h>

#include "tests/unit/test.h"

void test_record_walk(void);

#define NUM_FILES 5
#define A8 "AAAAAAAA"
// As much of it as makes a column of CSV one of certificates.
#define BASE64 "MIIBAAAA" A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8

static char folder[] = "/tmp/ctpolicy-record-walk-XXXXXX";
static char names[NUM_FILES][64];
static char *const paths[NUM_FILES] = {names[0], names[1], names[2], names[3], names[4]};

// What each has, and its records.
static const struct {
	const char *text;
	uint64_t num;
	bool has_chains;
} files[NUM_FILES] = {
	{"n,certificate\n1," BASE64 "\n2," BASE64 "\n3," BASE64 "\n", 3, false},
	{"{\"id\":1}\n{\"id\":2}\n", 2, false},
	{"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 1, true},
	{"what is this\n", 1, false},
	{"0\x81\x01x0\x81\x01y", 2, true},
};

// A first look is into files that CA certificates can stand in, and no others.
static void check_walk(bool chains)
{
	struct audit_inputs inputs = {
		.paths = paths, .num_paths = NUM_FILES, .shard = 1, .num_shards = 1};
	uint64_t got[NUM_FILES] = {0};
	uint64_t sum = 0;
	const char *path = NULL;
	struct found found;
	struct err err;
	err_clear(&err);
	struct record_walk *walk = record_walk_new(&inputs, chains, &err);
	if (!CHECK(walk != NULL, "%s", err.text)) {
		return;
	}
	while (record_walk_next(walk, &path, &found, &err) != RECORD_WALK_END) {
		got[path[strlen(path) - 1] - '0']++;
		err_clear(&err);
	}
	for (size_t i = 0; i < NUM_FILES; i++) {
		uint64_t want = !chains || files[i].has_chains ? files[i].num : 0;
		CHECK_INT(got[i], want, "%s: records", files[i].text);
		sum += strlen(files[i].text);
	}
	CHECK_INT(record_walk_done(walk), sum, "all of them lie behind");
	record_walk_free(walk);
}

void test_record_walk(void)
{
	if (!CHECK(mkdtemp(folder) != NULL, "a folder")) {
		return;
	}
	for (size_t i = 0; i < NUM_FILES; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%s/%zu", folder, i);
		FILE *file = fopen(names[i], "wb");
		bool done = file && fputs(files[i].text, file) >= 0;
		CHECK(file && fclose(file) == 0 && done, "%s", names[i]);
	}
	check_walk(false);
	check_walk(true);
	for (size_t i = 0; i < NUM_FILES; i++) {
		(void)unlink(names[i]);
	}
	(void)rmdir(folder);
}
