// SPDX-License-Identifier: Apache-2.0
#include "app/sizes.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/test.h"

void test_sizes(void);

static char folder[] = "/tmp/ctpolicy-sizes-XXXXXX";

// What stands in the folder; files of zero bytes, which are no records.
static const struct {
	const char *name;
	size_t len;
	bool is_folder;
} things[] = {
	{"a", 1000, false},
	{"b", 0, true},
	{"b/one", 100000, false},
	{"b/c", 0, true},
	{"b/c/empty", 0, false},
	{"b/c/two", 7, false},
	{"results", 5000, false},
	{"z", 70000, false},
};
#define NUM_THINGS (sizeof(things) / sizeof(things[0]))
#define SUM ((uint64_t)(1000 + 100000 + 7 + 70000))

static char *path_of(const char *name, char out[256])
{
	(void)snprintf(out, 256, "%s/%s", folder, name);
	return out;
}

static bool make(size_t i)
{
	char path[256];
	path_of(things[i].name, path);
	if (things[i].is_folder) {
		return mkdir(path, 0700) == 0;
	}
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	return fd >= 0 && ftruncate(fd, (off_t)things[i].len) == 0 && close(fd) == 0;
}

static void remove_all(void)
{
	char path[256];
	(void)remove(path_of("b/up", path));
	(void)remove(path_of("pipe", path));
	for (size_t i = NUM_THINGS; i > 0; i--) {
		(void)remove(path_of(things[i - 1].name, path));
	}
	(void)rmdir(folder);
}

static uint64_t total_of(const struct audit_inputs *inputs)
{
	struct sizes *sizes = sizes_start(inputs);
	if (!CHECK(sizes != NULL, "no sizes")) {
		return 0;
	}
	sizes_wait(sizes);
	uint64_t total = sizes_total(sizes);
	sizes_free(sizes);
	return total;
}

// What the walk says it has read goes up to the very sum.
static void check_walk(const struct audit_inputs *inputs)
{
	struct err err;
	struct found found;
	const char *path = NULL;
	uint64_t before = 0;
	err_clear(&err);
	struct record_walk *walk = record_walk_new(inputs, false, &err);
	CHECK_INT(record_walk_done(walk), 0, "at the beginning");
	while (record_walk_next(walk, &path, &found, &err) != RECORD_WALK_END) {
		CHECK(record_walk_done(walk) >= before, "%s: never back", path);
		before = record_walk_done(walk);
		err_clear(&err);
	}
	CHECK_INT(record_walk_done(walk), SUM, "at the end");
	record_walk_free(walk);
}

void test_sizes(void)
{
	char results[256];
	char path[256];
	char *paths[] = {folder};
	if (!CHECK(mkdtemp(folder) != NULL, "a folder")) {
		return;
	}
	for (size_t i = 0; i < NUM_THINGS; i++) {
		CHECK(make(i), "%s", things[i].name);
	}
	struct audit_inputs inputs = {.paths = paths,
		.num_paths = 1,
		.shard = 1,
		.num_shards = 1,
		.results = path_of("results", results)};
	CHECK(symlink("..", path_of("b/up", path)) == 0, "a loop");
	CHECK(mkfifo(path_of("pipe", path), 0600) == 0, "a pipe that is not named");
	CHECK_INT(total_of(&inputs), SUM, "all files but what the run writes");
	check_walk(&inputs);
	char *named[] = {path};
	inputs.paths = named;
	CHECK_INT(total_of(&inputs), 0, "a pipe that is named");
	(void)path_of("missing", path);
	CHECK_INT(total_of(&inputs), 0, "nothing");
	inputs.paths = paths;
	sizes_free(sizes_start(&inputs)); // stopped on the way
	sizes_free(NULL);
	CHECK_INT(sizes_total(NULL), 0, "not known");
	remove_all();
}
