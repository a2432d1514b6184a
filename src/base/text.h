// SPDX-License-Identifier: Apache-2.0
// Text forms of bytes: hex, base64 and base64url (RFC 4648), and what is safe to print.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

// Lower-case hex, NUL-terminated; `out` has room for 2 * in.len + 1 characters.
void text_hex(struct bytes in, char *out);
// Exactly `len` bytes from 2 * len hex digits of either case; false on anything else.
bool text_unhex(struct bytes text, uint8_t *out, size_t len) MUST_CHECK;

// RFC 4648 section 4 with padding, NUL-terminated; room for TEXT_BASE64_ROOM(len).
#define TEXT_BASE64_ROOM(len) (((len) + 2) / 3 * 4 + 1)
void text_base64(struct bytes in, char *out);
// Nothing but the letters of both alphabets, padding and white space; not empty.
bool text_is_base64(struct bytes in);
// Decodes base64 or base64url; white space is skipped, padding may be missing, unused
// bits must be zero, and the two alphabets may not be mixed. `out` has room for text.len
// / 4 * 3 + 3 bytes. On failure *out_len is the offset of the first bad character.
bool text_unbase64(struct bytes text, uint8_t *out, size_t *out_len) MUST_CHECK;

bool text_is_space(uint8_t c);
bool text_is_digit(uint8_t c);
// The slice without the byte order mark that some editors put before UTF-8.
struct bytes text_without_mark(struct bytes text);
// The slice without white space at both ends.
struct bytes text_trim(struct bytes text);

// Decodes one UTF-8 character at the front of `in` (in.len > 0): its length in bytes and
// the code point, or 0 where the bytes are no shortest-form UTF-8 of a Unicode scalar
// value.
size_t text_utf8_decode(struct bytes in, uint32_t *out_char);
// 1 to 4 bytes into out.
size_t text_utf8_encode(uint32_t c, uint8_t *out);
// False for what could fool a terminal, a log or a reader: controls, bidirectional and
// invisible formatting characters, line separators, unassigned planes' tags.
bool text_is_printable(uint32_t c);
// Columns of a terminal that printable UTF-8 takes: East Asian wide characters two.
size_t text_width(struct bytes in);
// Appends `in` (any bytes) so that it is printable UTF-8: bytes that are not, and the
// backslash, as \HH.
void text_put_escaped(struct buffer *out, struct bytes in);
// Undoes that; what is no escape stays. `out` has room for in.len bytes; returns how
// many.
size_t text_unescape(struct bytes in, uint8_t *out);
// True where all of it is UTF-8 as text_utf8_decode takes it.
bool text_is_utf8(struct bytes in);
// A text may quote the input: what could fool a terminal, or is no UTF-8, becomes '?'.
void text_make_printable(char *text);

// The same for bytes of which only ASCII is text (IA5String, RFC 5280 4.2.1.6).
void text_put_escaped_ascii(struct buffer *out, struct bytes in);
// Appends a word as a POSIX shell takes it, in quotes where it needs them.
void text_put_shell_word(struct buffer *out, const char *word);
// Text and a newline, the cursor being in `column`: wrapped at spaces, behind commas or,
// where there are none, between characters, so that no line exceeds `width` columns;
// further lines are indented to `indent`.
void text_put_wrapped(struct buffer *out, struct bytes text, size_t column, size_t indent,
	size_t width);
void text_put_spaces(struct buffer *out, size_t num);

// Edits (insert, delete, replace, swap of neighbours) that turn a into b; for "did you
// mean".
size_t text_distance(const char *a, const char *b);
// The one of `names` (NULL-terminated) that is nearest to `word`, NULL where none is near
// enough to have been meant.
const char *text_nearest(const char *word, const char *const *names);
// Appends "one, two or three".
void text_put_choice(struct buffer *out, const char *const *names);

#endif
