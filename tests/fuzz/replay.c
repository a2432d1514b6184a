// SPDX-License-Identifier: Apache-2.0
// replay_<name> PATH...: runs one fuzz target, without a fuzzer, over files and the files of
// folders, and says how many passed. A property that is broken aborts: the file is named.
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define MAX_FILE ((size_t)32 * 1024 * 1024)

// What the signal handler names.
static char current[4096];

static void on_abort(int number)
{
	ssize_t ignored = write(STDERR_FILENO, current, strlen(current));
	ignored = write(STDERR_FILENO, "\n", 1);
	(void)ignored;
	signal(number, SIG_DFL);
	raise(number);
}

static void stop(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	exit(2);
}

static size_t run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		stop(path, strerror(errno));
	}
	struct buffer in;
	buffer_init(&in, MAX_FILE);
	uint8_t piece[4096];
	size_t len;
	while ((len = fread(piece, 1, sizeof(piece), file)) > 0) {
		buffer_put(&in, bytes_of(piece, len));
	}
	if (ferror(file) || in.failed) {
		stop(path, "cannot be read");
	}
	(void)fclose(file);
	(void)snprintf(current, sizeof(current), "%s", path);
	// In memory of exactly that size, so that a sanitizer sees a read beyond the end.
	uint8_t *copy = malloc(in.len ? in.len : 1);
	if (!copy) {
		stop(path, "out of memory");
	}
	memcpy(copy, in.data ? in.data : piece, in.len);
	(void)LLVMFuzzerTestOneInput(copy, in.len);
	free(copy);
	buffer_clear(&in);
	return 1;
}

static size_t run_folder(const char *path)
{
	struct dirent **entries = NULL;
	int num = scandir(path, &entries, NULL, alphasort);
	size_t done = 0;
	if (num < 0) {
		stop(path, strerror(errno));
	}
	for (int i = 0; i < num; i++) {
		char name[4096];
		int len = snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && len > 0 &&
			(size_t)len < sizeof(name)) {
			done += run_file(name);
		}
		free(entries[i]);
	}
	free(entries);
	return done;
}

int main(int argc, char **argv)
{
	const char *name = strstr(argv[0], "replay_");
	size_t done = 0;
	signal(SIGABRT, on_abort);
	for (int i = 1; i < argc; i++) {
		struct stat info;
		if (stat(argv[i], &info) != 0) {
			stop(argv[i], strerror(errno));
		}
		done += S_ISDIR(info.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
	}
	printf("fuzz_%s: %zu passed, 0 failed\n", name ? name + strlen("replay_") : "",
		done);
	return 0;
}
