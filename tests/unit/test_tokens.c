// SPDX-License-Identifier: Apache-2.0
#include "serve/tokens.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

void test_tokens(void);

#define TOKEN "0123456789abcdef"
#define OTHER "AZaz-._~+/AZaz09=="

static struct tokens *parse(const char *text, struct err *err)
{
	err_clear(err);
	return tokens_parse(bytes_of_text(text), err);
}

static void test_texts(void)
{
	static const struct {
		const char *text;
		enum code want;
		size_t want_offset;
	} cases[] = {
		{TOKEN "\n", CODE_NONE, 0},
		{TOKEN, CODE_NONE, 0}, // no end of the last line
		{"# who\n\n  \n" TOKEN "\r\n\t" OTHER " \n", CODE_NONE, 0},
		{"\xef\xbb\xbf" TOKEN, CODE_NONE, 0}, // an editor's mark
		{"", CODE_TOKEN_FILE_INVALID, ERR_NO_OFFSET},
		{"# none\n\n", CODE_TOKEN_FILE_INVALID, ERR_NO_OFFSET},
		{TOKEN "\n0123456789abcde", CODE_TOKEN_FILE_INVALID, 17}, // 15 characters
		{TOKEN " # mine", CODE_TOKEN_FILE_INVALID, 0}, // a space within
		{TOKEN "\"", CODE_TOKEN_FILE_INVALID, 0},
		{TOKEN "=x", CODE_TOKEN_FILE_INVALID, 0}, // = amid it
		{"================", CODE_TOKEN_FILE_INVALID, 0},
		{TOKEN "\xc3\xa9", CODE_TOKEN_FILE_INVALID, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		struct tokens *tokens = parse(cases[i].text, &err);
		CHECK_CODE(&err, cases[i].want, "case %zu", i);
		CHECK_INT(tokens == NULL, cases[i].want != CODE_NONE, "case %zu", i);
		CHECK(!tokens || tokens_know(tokens, BYTES_LITERAL("Bearer " TOKEN)),
			"case %zu: knows it", i);
		if (!tokens) {
			CHECK_INT(err.offset, cases[i].want_offset, "case %zu", i);
			CHECK(!strstr(err.text, "abcde"), "a secret: %s", err.text);
		}
		tokens_unref(tokens);
	}
	struct err err;
	err_clear(&err);
	struct tokens *tokens = tokens_parse(BYTES_LITERAL(TOKEN "\0"), &err);
	CHECK_CODE(&err, CODE_TOKEN_FILE_INVALID, "a NUL");
	tokens_unref(tokens);
}

// A hundred, and one more.
static void test_many(void)
{
	struct buffer text;
	struct err err;
	buffer_init(&text, TOKENS_MAX_FILE);
	for (int i = 0; i < TOKENS_MAX; i++) {
		buffer_printf(&text, "token-of-caller-%d\n", i);
	}
	err_clear(&err);
	struct tokens *tokens = tokens_parse(buffer_bytes(&text), &err);
	CHECK_CODE(&err, CODE_NONE, "%s", err.text);
	CHECK(tokens_know(tokens, BYTES_LITERAL("Bearer token-of-caller-0")), "first");
	CHECK(tokens_know(tokens, BYTES_LITERAL("Bearer token-of-caller-99")), "last");
	CHECK(!tokens_know(tokens, BYTES_LITERAL("Bearer token-of-caller-100")), "none");
	tokens_unref(tokens);
	buffer_put_text(&text, "token-of-caller-100\n");
	CHECK(!tokens_parse(buffer_bytes(&text), &err), "one too many");
	CHECK_CODE(&err, CODE_TOKEN_FILE_INVALID, "%s", err.text);
	buffer_clear(&text);
}

static void test_authorizations(void)
{
	static const struct {
		const char *header;
		bool want;
	} cases[] = {
		{"Bearer " TOKEN, true},
		{"bearer " TOKEN, true},
		{"BEARER " OTHER, true},
		{"Bearer    " TOKEN, true},
		{"", false},
		{"Bearer", false},
		{"Bearer ", false},
		{"Bearer   ", false},
		{TOKEN, false},
		{"Bearer" TOKEN, false},
		{"Bearer\t" TOKEN, false},
		{"Basic " TOKEN, false},
		{"\"earer " TOKEN, false},
		{" Bearer " TOKEN, false},
		{"Bearer " TOKEN " ", false},
		{"Bearer " TOKEN "0", false},
		{"Bearer 0123456789abcde", false},
		{"Bearer 0123456789ABCDEF", false}, // tokens have case
		{"Bearer " TOKEN "," OTHER, false},
	};
	struct err err;
	struct tokens *tokens = parse(TOKEN "\n" OTHER "\n", &err);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes header = bytes_of_text(cases[i].header);
		CHECK_INT(tokens_know(tokens, header), cases[i].want, "'%s'",
			cases[i].header);
		CHECK(!tokens_know(NULL, header), "'%s'", cases[i].header);
	}
	CHECK(!tokens_know(tokens, BYTES_NONE), "no header");
	struct tokens *same = tokens_ref(tokens);
	tokens_unref(tokens);
	CHECK(tokens_know(same, BYTES_LITERAL("Bearer " TOKEN)), "still there");
	tokens_unref(same);
	tokens_unref(NULL);
	CHECK(tokens_ref(NULL) == NULL, "none");
}

static void write_file(const char *path, const char *text, size_t len, mode_t mode)
{
	FILE *file = fopen(path, "w");
	CHECK(file && fwrite(text, 1, len, file) == len && fclose(file) == 0 &&
			chmod(path, mode) == 0,
		"%s", path);
}

static void check_file(const char *path, enum code want, const char *want_text)
{
	struct err err;
	err_clear(&err);
	struct tokens *tokens = tokens_read(path, &err);
	CHECK_CODE(&err, want, "%s: %s", path, err.text);
	CHECK_INT(tokens == NULL, want != CODE_NONE, "%s", path);
	CHECK(strstr(err.text, want_text) != NULL, "%s", err.text);
	CHECK(want != CODE_TOKEN_FILE_INVALID || strcmp(err.field, path) == 0, "%s",
		err.field);
	tokens_unref(tokens);
}

static void test_files(void)
{
	static char large[TOKENS_MAX_FILE + 1];
	static const mode_t open_modes[] = {0640, 0604, 0620, 0601, 0777};
	char folder[] = "/tmp/ctpolicy-tok-XXXXXX";
	char path[64];
	CHECK(mkdtemp(folder) != NULL, "a folder");
	(void)snprintf(path, sizeof(path), "%s/tokens", folder);
	check_file(path, CODE_UNREADABLE_INPUT, "cannot open ");
	check_file(folder, CODE_TOKEN_FILE_UNSAFE, "is no regular file");
	CHECK(mkfifo(path, 0600) == 0, "a pipe");
	check_file(path, CODE_TOKEN_FILE_UNSAFE, "is no regular file");
	(void)unlink(path);
	memset(large, '\n', sizeof(large));
	memcpy(large, TOKEN, strlen(TOKEN));
	write_file(path, large, TOKENS_MAX_FILE, 0600);
	check_file(path, CODE_NONE, "");
	write_file(path, large, TOKENS_MAX_FILE + 1, 0600);
	check_file(path, CODE_TOO_LARGE, "more than the 65536 bytes");
	write_file(path, large, 100, 0400);
	check_file(path, CODE_NONE, "");
	write_file(path, "\n#\nshort\n", 9, 0600);
	check_file(path, CODE_TOKEN_FILE_INVALID, "line 3 ");
	for (size_t i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
		CHECK(chmod(path, open_modes[i]) == 0, "mode");
		check_file(path, CODE_TOKEN_FILE_UNSAFE, "chmod 600");
	}
	(void)unlink(path);
	(void)rmdir(folder);
}

void test_tokens(void)
{
	test_texts();
	test_many();
	test_authorizations();
	test_files();
}
