// SPDX-License-Identifier: Apache-2.0
#include "app/sink.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/stream.h"
#include "tests/unit/test.h"

void test_sink(void);

#define MAX_LEN ((size_t)4 * 1024 * 1024)
#define TEXT_LEN ((size_t)700000)

static const char *const suffixes[] = {"", ".gz", ".zst"};
static char folder[64];
static struct buffer text;

static const char *path_of(const char *name, const char *suffix, char out[128])
{
	(void)snprintf(out, 128, "%s/%s%s", folder, name, suffix);
	return out;
}

static struct bytes part(size_t from, size_t to)
{
	return bytes_of(text.data + from, to - from);
}

static size_t files_in_folder(void)
{
	size_t num = 0;
	DIR *dir = opendir(folder);
	for (struct dirent *entry = dir ? readdir(dir) : NULL; entry;
		entry = readdir(dir)) {
		num += entry->d_name[0] != '.';
	}
	(void)(dir ? closedir(dir) : 0);
	return num;
}

// A file of which `len` bytes (or all, SIZE_MAX) are an archive of `want`.
static void check_content(const char *path, size_t len, struct bytes want)
{
	struct bytes file = test_read_file(path);
	struct buffer out;
	struct err err;
	size_t got = 0;
	buffer_init(&out, MAX_LEN);
	err_clear(&err);
	struct stream *s = stream_of_bytes(
		bytes_of(file.data, len < file.len ? len : file.len), &err);
	uint8_t *at;
	do {
		at = buffer_extend(&out, 65536);
		if (!CHECK(s && at && stream_read(s, at, 65536, &got, &err), "%s: %s",
			    path, err.text)) {
			break;
		}
		out.len -= 65536 - got;
	} while (got > 0);
	CHECK(bytes_equal(buffer_bytes(&out), want), "%s: %zu bytes", path, out.len);
	stream_close(s);
	buffer_clear(&out);
	free((void *)(uintptr_t)file.data);
}

static void check_same_files(const char *a, const char *b)
{
	struct bytes one = test_read_file(a);
	struct bytes two = test_read_file(b);
	CHECK(bytes_equal(one, two), "%s has %zu bytes, %s has %zu", a, one.len, b,
		two.len);
	free((void *)(uintptr_t)one.data);
	free((void *)(uintptr_t)two.data);
}

static struct sink *open_sink(const char *path)
{
	struct sink *sink = NULL;
	struct err err;
	err_clear(&err);
	CHECK(sink_open(path, &sink, &err), "%s: %s", path ? path : "-", err.text);
	return sink;
}

// In writes of up to `piece` bytes.
static void write_part(struct sink *sink, struct bytes in, size_t piece)
{
	struct err err;
	err_clear(&err);
	bool good = true;
	while (in.len > 0 && good) {
		size_t len = in.len < piece ? in.len : piece;
		good = sink_write(sink, bytes_of(in.data, len), &err);
		in = bytes_of(in.data + len, in.len - len);
	}
	CHECK(good, "%s", err.text);
}

static uint64_t cut(struct sink *sink)
{
	struct err err;
	uint64_t len = 0;
	err_clear(&err);
	CHECK(sink_cut(sink, &len, &err), "%s", err.text);
	return len;
}

static void finish(struct sink *sink)
{
	struct err err;
	err_clear(&err);
	CHECK(sink_finish(sink, &err), "%s", err.text);
}

// The same bytes and cuts give the same file, whatever the writes are.
static void test_round_trips(const char *suffix)
{
	static const size_t pieces[] = {MAX_LEN, 65536, 1000, 7};
	char first[128], other[128];
	path_of("first", suffix, first);
	path_of("other", suffix, other);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		const char *path = i ? other : first;
		struct sink *sink = open_sink(path);
		write_part(sink, part(0, 300000), pieces[i]);
		(void)cut(sink);
		(void)cut(sink);
		write_part(sink, part(300000, TEXT_LEN), pieces[i]);
		finish(sink);
		check_content(path, SIZE_MAX, part(0, TEXT_LEN));
		check_same_files(first, path);
	}
	(void)unlink(first);
	(void)unlink(other);
}

// Nothing, also with cuts, is one empty member; the time and the system do not show.
static void test_nothing(const char *suffix)
{
	char path[128];
	struct sink *sink = open_sink(path_of("nothing", suffix, path));
	CHECK_INT(cut(sink), 0, "a cut of nothing");
	finish(sink);
	check_content(path, SIZE_MAX, BYTES_NONE);
	struct bytes file = test_read_file(path);
	CHECK((file.len > 0) == (suffix[0] != '\0'), "%zu bytes in %s", file.len, path);
	if (strcmp(suffix, ".gz") == 0) {
		CHECK(bytes_equal(bytes_of(file.data, 10),
			      BYTES_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\xff")),
			"the header");
	}
	free((void *)(uintptr_t)file.data);
	(void)unlink(path);
}

// Interrupted at `first` and `second`, each time with more written behind the last cut.
static void test_interrupted(const char *suffix, size_t first, size_t second)
{
	char path[128], whole[128], partial[192];
	struct sink *sink = open_sink(path_of("whole", suffix, whole));
	write_part(sink, part(0, first), 999);
	(void)cut(sink);
	write_part(sink, part(first, second), 999);
	(void)cut(sink);
	write_part(sink, part(second, TEXT_LEN), 999);
	finish(sink);

	struct err err;
	size_t at = 0;
	size_t ends[] = {first, second, TEXT_LEN};
	err_clear(&err);
	sink = open_sink(path_of("path", suffix, path));
	for (size_t i = 0; i < 3; i++) {
		write_part(sink, part(at, ends[i]), 65537);
		at = ends[i];
		(void)snprintf(partial, sizeof(partial), "%s", sink_partial(sink));
		uint64_t len = cut(sink);
		check_content(partial, (size_t)len, part(0, at));
		write_part(sink, part(0, 400000), 400000);
		CHECK(sink_keep(sink), "keeps %s", partial);
		CHECK(access(path, F_OK) != 0, "%s is there before its time", path);
		CHECK(sink_reopen(path, partial, len, &sink, &err), "%s", err.text);
		CHECK_TEXT(sink_partial(sink), partial, "the same unfinished file");
	}
	finish(sink);
	check_content(path, SIZE_MAX, part(0, TEXT_LEN));
	check_same_files(whole, path);
	(void)unlink(path);
	(void)unlink(whole);
	CHECK_INT(files_in_folder(), 0, "what is left");
}

static void check_not_reopened(
	const char *path, const char *partial, uint64_t len, const char *want)
{
	struct sink *sink = NULL;
	struct err err;
	err_clear(&err);
	CHECK(!sink_reopen(path, partial, len, &sink, &err), "%s", partial);
	CHECK_CODE(&err, CODE_OUTPUT_FAILED, "%s", partial);
	CHECK(strstr(err.text, want) != NULL, "%s", err.text);
	CHECK(sink == NULL, "a sink all the same");
}

// What cannot be gone on with stays as it is.
static void test_not_reopened(void)
{
	char path[128], partial[128], link[128];
	path_of("path", "", path);
	path_of("partial", "", partial);
	path_of("link", "", link);
	check_not_reopened(path, partial, 0, "cannot open ");
	FILE *file = fopen(partial, "w");
	CHECK(file && fputs("12345", file) >= 0 && fclose(file) == 0, "a file");
	check_not_reopened(path, partial, 6, "is not what the interrupted run left");
	check_not_reopened(path, partial, UINT64_MAX, "a file of 18446744073709551615");
	check_not_reopened("-", partial, 5, "cannot go on with standard output");
	check_not_reopened("/dev/null", partial, 5, "cannot go on with /dev/null");
	check_not_reopened(path, folder, 0, "");
	CHECK(symlink(partial, link) == 0, "a link");
	check_not_reopened(path, link, 5, "cannot open ");
	check_not_reopened(link, "/dev/null", 0, "is not what the interrupted run left");
	check_content(partial, SIZE_MAX, BYTES_LITERAL("12345"));
	(void)unlink(link);
	(void)unlink(partial);
}

// A discarded file goes, and what stood under its name stays; so does one that replaces
// it.
static void test_discarded(void)
{
	char path[128];
	struct sink *sink = open_sink(path_of("path", ".gz", path));
	write_part(sink, part(0, 10), 10);
	CHECK_INT(files_in_folder(), 1, "the unfinished file");
	sink_discard(sink);
	CHECK_INT(files_in_folder(), 0, "nothing");
	sink_discard(NULL);
	CHECK(!sink_keep(NULL), "nothing is kept");

	finish(open_sink(path));
	CHECK(chmod(path, 0640) == 0, "chmod");
	sink = open_sink(path);
	write_part(sink, part(0, 10), 10);
	check_content(path, SIZE_MAX, BYTES_NONE);
	finish(sink);
	check_content(path, SIZE_MAX, part(0, 10));
	struct stat info;
	CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0640, "the mode");
	(void)unlink(path);
}

// A file that cannot get its name is kept.
static void test_unnamed(void)
{
	char path[128], partial[192];
	struct err err;
	struct sink *sink = open_sink(path_of("path", "", path));
	write_part(sink, part(0, 10), 10);
	(void)snprintf(partial, sizeof(partial), "%s", sink_partial(sink));
	CHECK(mkdir(path, 0777) == 0, "a folder in its way");
	for (int i = 0; i < 2; i++) {
		err_clear(&err);
		CHECK(!sink_finish(sink, &err), "time %d", i);
		CHECK_CODE(&err, CODE_OUTPUT_FAILED, "time %d", i);
	}
	CHECK(sink_keep(sink), "kept");
	check_content(partial, SIZE_MAX, part(0, 10));
	(void)rmdir(path);
	(void)unlink(partial);
}

static void check_fails(struct sink *sink, const char *want)
{
	struct err err;
	uint64_t len = 1;
	err_clear(&err);
	CHECK(sink_partial(sink) == NULL, "no file");
	(void)!sink_write(sink, part(0, TEXT_LEN), &err);
	for (int i = 0; i < 2; i++) {
		CHECK(!sink_cut(sink, &len, &err), "a cut");
		CHECK_CODE(&err, CODE_OUTPUT_FAILED, "%s", want);
		CHECK(strstr(err.text, want) != NULL, "%s", err.text);
		err_clear(&err);
	}
	CHECK_INT(len, 1, "a length");
	CHECK(!sink_write(sink, part(0, 1), &err), "another write");
	CHECK(!sink_finish(sink, &err), "the end");
	CHECK(!sink_keep(sink), "nothing to keep");
}

// What the system says comes back; standard output is a pipe here that nobody reads.
static void test_failures(void)
{
	int pipes[2];
	struct err err;
	struct sink *sink = NULL;
	check_fails(open_sink("/dev/full"), "cannot write to /dev/full: No space left");
	err_clear(&err);
	CHECK(!sink_open("tests/nowhere/x.gz", &sink, &err), "no folder");
	CHECK_CODE(&err, CODE_OUTPUT_FAILED, "no folder");
	(void)fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	if (kept < 0 || !CHECK(pipe(pipes) == 0, "a pipe")) {
		return;
	}
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	(void)close(pipes[0]);
	(void)dup2(pipes[1], STDOUT_FILENO);
	(void)close(pipes[1]);
	check_fails(open_sink(NULL), "the reader of standard output has gone");
	(void)dup2(kept, STDOUT_FILENO);
	(void)close(kept);
	(void)signal(SIGPIPE, before);
}

// Standard output gets the bytes, plain; a pipe has cuts too.
static void test_standard_output(void)
{
	int pipes[2];
	uint8_t got[32];
	(void)fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	if (kept < 0 || !CHECK(pipe(pipes) == 0, "a pipe")) {
		return;
	}
	(void)dup2(pipes[1], STDOUT_FILENO);
	(void)close(pipes[1]);
	struct sink *sink = open_sink("-");
	write_part(sink, part(0, 10), 3);
	uint64_t len = cut(sink);
	write_part(sink, part(10, 20), 10);
	finish(sink);
	(void)dup2(kept, STDOUT_FILENO);
	(void)close(kept);
	CHECK_INT(len, 10, "a cut");
	CHECK_INT(read(pipes[0], got, sizeof(got)), 20, "what went out");
	CHECK(memcmp(got, text.data, 20) == 0, "the bytes");
	(void)close(pipes[0]);
}

void test_sink(void)
{
	uint64_t seed = 1;
	(void)snprintf(folder, sizeof(folder), "/tmp/ctpolicy-sink-XXXXXX");
	if (!CHECK(mkdtemp(folder) != NULL, "a folder")) {
		return;
	}
	buffer_init(&text, MAX_LEN);
	while (text.len < TEXT_LEN) {
		buffer_printf(&text, "%x\n", (unsigned)(test_random(&seed) % 100000));
	}
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		test_round_trips(suffixes[i]);
		test_nothing(suffixes[i]);
		test_interrupted(suffixes[i], 1, 500000);
		test_interrupted(suffixes[i], 0, 65536);
	}
	test_not_reopened();
	test_discarded();
	test_unnamed();
	test_failures();
	test_standard_output();
	CHECK_INT(files_in_folder(), 0, "what is left");
	(void)rmdir(folder);
	buffer_clear(&text);
}
