// SPDX-License-Identifier: Apache-2.0
// Bearer tokens from a file: who may ask the service (--token-file), and who may tell it what
// to do (--admin-token-file).
//
// The file has one token a line, empty lines, and comments (lines that begin with '#'). A token is
// a b64token of RFC 6750 2.1 with at least 16 characters. The file is a regular one that
// nobody but its owner can read. Of the tokens only their SHA-256 is kept.
// Frozen when read; reference-counted, so that a new set can take the place of one that
// requests still use.
#ifndef SERVE_TOKENS_H
#define SERVE_TOKENS_H

#include "base/bytes.h"

#define TOKENS_MIN_LEN 16 // characters of a token; 96 bits where they are base64
#define TOKENS_MAX 100 // each request is held against all of them
#define TOKENS_MAX_FILE ((size_t)64 * 1024)

struct tokens;

// The set of the file, to be given back by tokens_unref. NULL with `err`: unreadable_input,
// too_large, token_file_unsafe (others can read it, or it is no regular file),
// token_file_invalid (names the line, never the token; also where there is no token at all),
// out_of_memory.
struct tokens *tokens_read(const char *path, struct err *err);
// The same of a file's text; `err` has the offset of a bad line.
struct tokens *tokens_parse(struct bytes text, struct err *err);

// How many there are; none in NULL.
size_t tokens_num(const struct tokens *tokens);

// Any thread. NULL is fine.
struct tokens *tokens_ref(struct tokens *tokens);
void tokens_unref(struct tokens *tokens);

// Is the value of an Authorization header (without white space around it) "Bearer" in any
// case, spaces, and one of the tokens? How long it takes says nothing about the tokens but
// their number. NULL knows nobody; nor does anybody pass while memory is out. Any thread.
bool tokens_know(const struct tokens *tokens, struct bytes authorization) MUST_CHECK;

#endif
