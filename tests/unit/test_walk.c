// SPDX-License-Identifier: Apache-2.0
#include "app/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

void test_walk(void);

// By the linker's --wrap (Makefile): how many entries a folder gives before it fails; below
// 0: all.
static int reads_left = -1;
struct dirent *__real_readdir(DIR *dir);
struct dirent *__wrap_readdir(DIR *dir);

struct dirent *__wrap_readdir(DIR *dir)
{
	if (reads_left == 0) {
		errno = EIO;
		return NULL;
	}
	reads_left -= reads_left > 0;
	return __real_readdir(dir);
}

static char folder[] = "/tmp/ctpolicy-walk-XXXXXX";

// What stands in the folder, in the order in which it is made.
static const struct {
	const char *name;
	char kind; // f: a file, d: a folder, p: a pipe, l: a link
	const char *to; // of a link
} things[] = {
	{"b", 'd', NULL},
	{"b/z", 'f', NULL},
	{"b/a", 'f', NULL},
	{"b/deep", 'd', NULL},
	{"b/deep/one", 'f', NULL},
	{"b/up", 'l', ".."},
	{"b.txt", 'f', NULL},
	{"B", 'f', NULL},
	{"a", 'f', NULL},
	{"empty", 'd', NULL},
	{"pipe", 'p', NULL},
	{"self", 'l', "self"},
	{"nowhere", 'l', "missing"},
	{"link", 'l', "b/deep"},
	{"-", 'f', NULL},
};
#define NUM_THINGS (sizeof(things) / sizeof(things[0]))

static char *path_of(const char *name, char out[256])
{
	(void)snprintf(out, 256, "%s%s%s", folder, name[0] ? "/" : "", name);
	return out;
}

static bool make(size_t i)
{
	char path[256];
	path_of(things[i].name, path);
	switch (things[i].kind) {
	case 'd':
		return mkdir(path, 0700) == 0;
	case 'p':
		return mkfifo(path, 0600) == 0;
	case 'l':
		return symlink(things[i].to, path) == 0;
	default:
		break;
	}
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	return fd >= 0 && close(fd) == 0;
}

static void remove_all(void)
{
	char path[256];
	for (size_t i = NUM_THINGS; i > 0; i--) {
		(void)remove(path_of(things[i - 1].name, path));
	}
	(void)rmdir(folder);
}

// The walk in one line: names without the folder's, "!" behind what is bad.
static void check_walk(char *const *paths, size_t num, const char *want)
{
	struct err err;
	struct buffer got;
	const char *path = NULL;
	enum walk_result result;
	err_clear(&err);
	buffer_init(&got, 4096);
	struct walk *walk = walk_new(paths, num, &err);
	if (!CHECK(walk != NULL, "%s", err.text)) {
		return;
	}
	while ((result = walk_next(walk, &path, &err)) != WALK_END) {
		size_t len = strlen(folder);
		bool below = strncmp(path, folder, len) == 0;
		buffer_printf(&got, "%s%s ", below ? path + len : path,
			result == WALK_BAD ? "!" : "");
		CHECK_CODE(&err, result == WALK_BAD ? CODE_UNREADABLE_INPUT : CODE_NONE,
			"%s", path);
		err_clear(&err);
	}
	CHECK(walk_next(walk, &path, &err) == WALK_END, "behind the end");
	buffer_put(&got, bytes_of("", 1));
	CHECK_TEXT((char *)got.data, want, "%zu paths", num);
	buffer_clear(&got);
	walk_free(walk);
}

static void test_tree(void)
{
	char path[256];
	char slash[256];
	char *whole[] = {path_of("", path)};
	check_walk(whole, 1,
		"/- /B /a /b/a /b/deep/one /b/up! /b/z /b.txt /link/one /nowhere! "
		"/pipe! /self! ");
	char *twice[] = {path_of("b/deep", path), path_of("b/deep/", slash)};
	check_walk(twice, 2, "/b/deep/one /b/deep/one ");
}

static void test_named(void)
{
	char pipe_path[256];
	char missing[256];
	char empty[256];
	char file[256];
	static char dash[] = "-";
	static char nothing[] = "";
	char *paths[] = {path_of("pipe", pipe_path), path_of("missing", missing), dash,
		path_of("empty", empty), nothing, path_of("b/z", file)};
	check_walk(paths, 6, "/pipe /missing! - ! /b/z ");
	check_walk(NULL, 0, "");
	walk_free(NULL);
}

static void test_unreadable(void)
{
	char path[256];
	char *paths[] = {path_of("b/deep", path)};
	if (geteuid() == 0) {
		test_skip("an unreadable folder: root reads them all");
		return;
	}
	CHECK(chmod(path, 0) == 0, "chmod");
	check_walk(paths, 1, "/b/deep! ");
	CHECK(chmod(path, 0700) == 0, "chmod");
}

// Its folder fails in the middle; then another one can be read as ever.
static void test_broken(void)
{
	char deep[256];
	char path[256];
	char *paths[] = {path_of("b", path), path_of("b/deep", deep)};
	for (int left = 0; left < 4; left++) {
		struct err err;
		const char *name = NULL;
		struct walk *walk = walk_new(paths, 2, &err);
		err_clear(&err);
		reads_left = left;
		CHECK(walk_next(walk, &name, &err) == WALK_BAD, "%d entries", left);
		CHECK_TEXT(name, path, "the folder is named");
		CHECK_CODE(&err, CODE_UNREADABLE_INPUT, "%d entries", left);
		CHECK(strstr(err.text, "Input/output error") != NULL, "%s", err.text);
		err_clear(&err);
		reads_left = -1;
		CHECK(walk_next(walk, &name, &err) == WALK_FILE, "goes on");
		CHECK(strstr(name, "/b/deep/one") != NULL, "%s", name);
		CHECK(walk_next(walk, &name, &err) == WALK_END, "to the end");
		walk_free(walk);
	}
}

void test_walk(void)
{
	if (!CHECK(mkdtemp(folder) != NULL, "a folder")) {
		return;
	}
	for (size_t i = 0; i < NUM_THINGS; i++) {
		CHECK(make(i), "%s", things[i].name);
	}
	test_tree();
	test_named();
	test_unreadable();
	test_broken();
	remove_all();
}
