// SPDX-License-Identifier: Apache-2.0
#include "serve/tokens.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.h"
#include "app/message.h"
#include "base/text.h"
#include "crypto/digest.h"

struct tokens {
	atomic_size_t refs;
	size_t num;
	uint8_t sha256[TOKENS_MAX][DIGEST_SHA256_LEN];
};

// RFC 6750 2.1: b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=".
static bool is_b64token(struct bytes text)
{
	size_t end = text.len;
	while (end > 0 && text.data[end - 1] == '=') {
		end--;
	}
	for (size_t i = 0; i < end; i++) {
		uint8_t c = text.data[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!is_letter && !text_is_digit(c) && (c == 0 || !strchr("-._~+/", c))) {
			return false;
		}
	}
	return end > 0;
}

static bool add_token(
	struct tokens *tokens, struct bytes token, struct digest *digest, struct err *err)
{
	if (!digest_sha256(digest, &token, 1, tokens->sha256[tokens->num])) {
		return err_no_memory(err);
	}
	tokens->num++;
	return true;
}

// A line without white space around it. The error does not quote it: it is a secret.
static bool read_line(struct tokens *tokens, struct bytes line, size_t number,
	size_t offset, struct digest *digest, struct err *err)
{
	if (line.len == 0 || line.data[0] == '#') {
		return true;
	}
	if (!is_b64token(line)) {
		return err_set(err, CODE_TOKEN_FILE_INVALID, offset,
			"line %zu is no bearer token: letters, digits, -._~+/ and = at its end",
			number);
	}
	if (line.len < TOKENS_MIN_LEN) {
		return err_set(err, CODE_TOKEN_FILE_INVALID, offset,
			"the token of line %zu is too easily guessed: it has %zu characters, "
			"and needs %d (openssl rand -hex 32)",
			number, line.len, TOKENS_MIN_LEN);
	}
	if (tokens->num == TOKENS_MAX) {
		return err_set(err, CODE_TOKEN_FILE_INVALID, offset,
			"line %zu has a token too many: %d may be in a file", number,
			TOKENS_MAX);
	}
	return add_token(tokens, line, digest, err);
}

static bool read_lines(
	struct tokens *tokens, struct bytes text, struct digest *digest, struct err *err)
{
	size_t number = 1;
	for (size_t at = 0; at < text.len; number++) {
		size_t end = bytes_find(text, at, BYTES_LITERAL("\n"));
		struct bytes line = text_trim(bytes_of(text.data + at, end - at));
		if (!read_line(tokens, line, number, at, digest, err)) {
			return false;
		}
		at = end + 1;
	}
	return tokens->num > 0 ||
		err_set(err, CODE_TOKEN_FILE_INVALID, ERR_NO_OFFSET,
			"there is no token in it, so that nobody could pass");
}

struct tokens *tokens_parse(struct bytes text, struct err *err)
{
	struct digest *digest = digest_new(err);
	struct tokens *tokens = digest ? calloc(1, sizeof(*tokens)) : NULL;
	if (!tokens) {
		err_no_memory(err);
		goto out;
	}
	atomic_init(&tokens->refs, 1);
	if (!read_lines(tokens, text_without_mark(text), digest, err)) {
		free(tokens);
		tokens = NULL;
	}
out:
	digest_free(digest);
	return tokens;
}

// Of the descriptor, so that it is the file which is read that was looked at.
static bool check_file(int fd, const char *path, struct err *err)
{
	struct stat info;
	if (fstat(fd, &info) != 0) {
		return file_fail(err, CODE_UNREADABLE_INPUT, "look at", path);
	}
	if (!S_ISREG(info.st_mode)) {
		return err_set(err, CODE_TOKEN_FILE_UNSAFE, ERR_NO_OFFSET,
			"%.120s is no regular file", path);
	}
	if (info.st_mode & (S_IRWXG | S_IRWXO)) {
		return err_set(err, CODE_TOKEN_FILE_UNSAFE, ERR_NO_OFFSET,
			"others than its owner may use %.120s (mode %04o): chmod 600",
			path, (unsigned)(info.st_mode & 07777));
	}
	return true;
}

// A secret: it is on the stack alone, and is wiped.
struct file_text {
	uint8_t data[TOKENS_MAX_FILE + 1];
	size_t len;
};

static bool read_all(int fd, const char *path, struct file_text *out, struct err *err)
{
	ssize_t got = 1;
	while (got > 0 && out->len < sizeof(out->data)) {
		got = read(fd, out->data + out->len, sizeof(out->data) - out->len);
		out->len += got > 0 ? (size_t)got : 0;
	}
	if (got < 0) {
		return file_fail(err, CODE_UNREADABLE_INPUT, "read", path);
	}
	return out->len <= TOKENS_MAX_FILE ||
		err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"%.120s has more than the %zu bytes that a file of tokens may have",
			path, TOKENS_MAX_FILE);
}

// Volatile, so that it is not left out as useless.
static void wipe(struct file_text *text)
{
	volatile uint8_t *data = text->data;
	for (size_t i = 0; i < text->len; i++) {
		data[i] = 0;
	}
}

struct tokens *tokens_read(const char *path, struct err *err)
{
	struct tokens *tokens = NULL;
	struct file_text text;
	text.len = 0;
	// Without waiting for a pipe's writer: a pipe is refused.
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		file_fail(err, CODE_UNREADABLE_INPUT, "open", path);
		return NULL;
	}
	if (check_file(fd, path, err) && read_all(fd, path, &text, err)) {
		tokens = tokens_parse(bytes_of(text.data, text.len), err);
		if (!tokens) {
			err_in_file(err, path);
		}
	}
	wipe(&text);
	(void)close(fd);
	return tokens;
}

struct tokens *tokens_ref(struct tokens *tokens)
{
	if (tokens) {
		atomic_fetch_add_explicit(&tokens->refs, 1, memory_order_relaxed);
	}
	return tokens;
}

void tokens_unref(struct tokens *tokens)
{
	if (tokens &&
		atomic_fetch_sub_explicit(&tokens->refs, 1, memory_order_acq_rel) == 1) {
		free(tokens);
	}
}

size_t tokens_num(const struct tokens *tokens)
{
	return tokens ? tokens->num : 0;
}

// "Bearer" 1*SP b64token (RFC 6750 2.1, RFC 9110 11.1 for its case).
static bool read_authorization(struct bytes in, struct bytes *out_token)
{
	static const char scheme[] = "bearer";
	size_t at = sizeof(scheme) - 1;
	if (in.len <= at || in.data[at] != ' ') {
		return false;
	}
	for (size_t i = 0; i < at; i++) {
		if ((in.data[i] | 0x20) != scheme[i]) {
			return false;
		}
	}
	while (at < in.len && in.data[at] == ' ') {
		at++;
	}
	*out_token = bytes_of(in.data + at, in.len - at);
	return out_token->len > 0;
}

// All of it, whatever the outcome.
static bool hash_is_equal(const uint8_t *a, const uint8_t *b)
{
	volatile uint8_t differ = 0;
	for (size_t i = 0; i < DIGEST_SHA256_LEN; i++) {
		differ = (uint8_t)(differ | (a[i] ^ b[i]));
	}
	return differ == 0;
}

bool tokens_know(const struct tokens *tokens, struct bytes authorization)
{
	struct bytes token;
	struct err err;
	uint8_t sha256[DIGEST_SHA256_LEN];
	if (!tokens || !read_authorization(authorization, &token)) {
		return false;
	}
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	bool is_hashed = digest && digest_sha256(digest, &token, 1, sha256);
	unsigned found = 0;
	for (size_t i = 0; is_hashed && i < tokens->num; i++) {
		found |= hash_is_equal(sha256, tokens->sha256[i]);
	}
	digest_free(digest);
	return found != 0;
}
