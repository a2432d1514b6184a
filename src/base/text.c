// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include "base/plain.h"

void text_hex(struct bytes in, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = digits[in.data[i] >> 4];
		out[2 * i + 1] = digits[in.data[i] & 15];
	}
	out[2 * in.len] = '\0';
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool text_unhex(struct bytes text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (hex_value(text.data[i]) < 0) {
			return false;
		}
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = (uint8_t)(hex_value(text.data[2 * i]) << 4 |
			hex_value(text.data[2 * i + 1]));
	}
	return true;
}

void text_base64(struct bytes in, char *out)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i = 0;
	for (; i + 2 < in.len; i += 3) {
		uint32_t v = (uint32_t)in.data[i] << 16 | (uint32_t)in.data[i + 1] << 8 |
			in.data[i + 2];
		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = alphabet[v >> 6 & 63];
		*out++ = alphabet[v & 63];
	}
	if (i < in.len) {
		bool two = i + 1 < in.len;
		uint32_t v = (uint32_t)in.data[i] << 16 |
			(two ? (uint32_t)in.data[i + 1] << 8 : 0);
		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = two ? alphabet[v >> 6 & 63] : '=';
		*out++ = '=';
	}
	*out = '\0';
}

// What a character is, above the three bytes of a group; 0 is a bad one.
#define B64_GOOD(place) (UINT32_C(1) << (24 + (place)))
#define B64_GOOD_GROUP (UINT32_C(15) << 24)
#define B64_STANDARD (UINT32_C(1) << 28) // '+' and '/'
#define B64_URL (UINT32_C(1) << 29) // '-' and '_'
#define B64_BOTH (B64_STANDARD | B64_URL)
#define B64_SPACE (UINT32_C(1) << 30)
#define B64_PAD (UINT32_C(1) << 31)

// Six bits where they belong in a group, by the character's place in it.
#define B64_BITS(p, x) (B64_GOOD(p) | (uint32_t)(x) << (18 - 6 * (p)))
#define B64_RANGE4(p, x) \
	B64_BITS(p, x), B64_BITS(p, (x) + 1), B64_BITS(p, (x) + 2), B64_BITS(p, (x) + 3)
#define B64_RANGE13(p, x)                                                 \
	B64_RANGE4(p, x), B64_RANGE4(p, (x) + 4), B64_RANGE4(p, (x) + 8), \
		B64_BITS(p, (x) + 12)
#define B64_LETTERS(p)                                         \
	['A'] = B64_RANGE13(p, 0), ['N'] = B64_RANGE13(p, 13), \
	['a'] = B64_RANGE13(p, 26), ['n'] = B64_RANGE13(p, 39)
#define B64_DIGITS(p)                                                                  \
	['0'] = B64_RANGE4(p, 52), ['4'] = B64_RANGE4(p, 56), ['8'] = B64_BITS(p, 60), \
	['9'] = B64_BITS(p, 61)
#define B64_SIGNS(p)                                                                    \
	['+'] = B64_STANDARD | B64_BITS(p, 62), ['/'] = B64_STANDARD | B64_BITS(p, 63), \
	['-'] = B64_URL | B64_BITS(p, 62), ['_'] = B64_URL | B64_BITS(p, 63)
#define B64_SPACES                                                                  \
	['='] = B64_PAD, [' '] = B64_SPACE, ['\t'] = B64_SPACE, ['\n'] = B64_SPACE, \
	['\v'] = B64_SPACE, ['\f'] = B64_SPACE, ['\r'] = B64_SPACE
#define B64_TABLE(p) B64_LETTERS(p), B64_DIGITS(p), B64_SIGNS(p), B64_SPACES

static const uint32_t base64_tables[4][256] = {
	{B64_TABLE(0)}, {B64_TABLE(1)}, {B64_TABLE(2)}, {B64_TABLE(3)}};

struct base64_state {
	uint32_t bits;
	unsigned num_chars; // of the present group of four
	unsigned num_pads;
	unsigned alphabets; // which of the two were met
	size_t len;
};

// Two groups of four characters at a time, of one alphabet: the common case. Returns what
// was consumed.
static size_t base64_fast(
	struct bytes text, size_t i, uint8_t *out, struct base64_state *s)
{
	uint32_t alphabets = s->alphabets;
	uint8_t *to = out + s->len;
	for (; i + 8 <= text.len; i += 8) {
		const uint8_t *t = text.data + i;
		uint32_t v = base64_tables[0][t[0]] | base64_tables[1][t[1]] |
			base64_tables[2][t[2]] | base64_tables[3][t[3]];
		uint32_t w = base64_tables[0][t[4]] | base64_tables[1][t[5]] |
			base64_tables[2][t[6]] | base64_tables[3][t[7]];
		uint32_t seen = (alphabets | v | w) & B64_BOTH;
		if ((v & w & B64_GOOD_GROUP) != B64_GOOD_GROUP || seen == B64_BOTH) {
			break;
		}
		alphabets = seen;
		to[0] = (uint8_t)(v >> 16);
		to[1] = (uint8_t)(v >> 8);
		to[2] = (uint8_t)v;
		to[3] = (uint8_t)(w >> 16);
		to[4] = (uint8_t)(w >> 8);
		to[5] = (uint8_t)w;
		to += 6;
	}
	s->alphabets = alphabets;
	s->len = (size_t)(to - out);
	return i;
}

static bool base64_char(struct base64_state *s, uint32_t c, uint8_t *out)
{
	if (c == B64_PAD) {
		s->num_pads++;
		return s->num_chars + s->num_pads <= 4 && s->num_chars >= 2;
	}
	s->alphabets |= c & B64_BOTH;
	if (!(c & B64_GOOD(3)) || s->num_pads > 0 || s->alphabets == B64_BOTH) {
		return false;
	}
	s->bits = s->bits << 6 | (c & 63);
	if (++s->num_chars == 4) {
		out[s->len++] = (uint8_t)(s->bits >> 16);
		out[s->len++] = (uint8_t)(s->bits >> 8);
		out[s->len++] = (uint8_t)s->bits;
		s->num_chars = 0;
		s->bits = 0;
	}
	return true;
}

static bool base64_end(struct base64_state *s, uint8_t *out)
{
	if (s->num_pads > 0 && s->num_chars + s->num_pads != 4) {
		return false;
	}
	switch (s->num_chars) {
	case 0:
		return true;
	case 2:
		out[s->len++] = (uint8_t)(s->bits >> 4);
		return (s->bits & 15) == 0;
	case 3:
		out[s->len++] = (uint8_t)(s->bits >> 10);
		out[s->len++] = (uint8_t)(s->bits >> 2);
		return (s->bits & 3) == 0;
	default:
		return false;
	}
}

bool text_unbase64(struct bytes text, uint8_t *out, size_t *out_len)
{
	struct base64_state s = {0};
	for (size_t i = 0; i < text.len; i++) {
		if (s.num_chars == 0 && s.num_pads == 0) {
			i = base64_fast(text, i, out, &s);
			if (i == text.len) {
				break;
			}
		}
		uint32_t c = base64_tables[3][text.data[i]]; // its bits are the lowest
		if (c == B64_SPACE) {
			continue;
		}
		if (!base64_char(&s, c, out)) {
			*out_len = i;
			return false;
		}
	}
	if (!base64_end(&s, out)) {
		*out_len = text.len;
		return false;
	}
	*out_len = s.len;
	return true;
}

bool text_is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool text_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

struct bytes text_without_mark(struct bytes text)
{
	static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
	bool marked = text.len >= sizeof(mark) && memcmp(text.data, mark, 3) == 0;
	return marked ? bytes_of(text.data + 3, text.len - 3) : text;
}

struct bytes text_trim(struct bytes text)
{
	while (text.len && text_is_space(text.data[0])) {
		text.data++;
		text.len--;
	}
	while (text.len && text_is_space(text.data[text.len - 1])) {
		text.len--;
	}
	return text;
}

size_t text_utf8_decode(struct bytes in, uint32_t *out_char)
{
	uint8_t lead = in.data[0];
	if (lead < 0x80) {
		*out_char = lead;
		return 1;
	}
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	if (lead < 0xc2 || lead > 0xf4 || in.len < len) {
		return 0;
	}
	uint32_t c = lead & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((in.data[i] & 0xc0) != 0x80) {
			return 0;
		}
		c = c << 6 | (in.data[i] & 0x3f);
	}
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		return 0;
	}
	*out_char = c;
	return len;
}

size_t text_utf8_encode(uint32_t c, uint8_t *out)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (uint8_t)(lead[len] | c);
	return len;
}

bool text_is_printable(uint32_t c)
{
	// Unicode's Cc, and of Cf, Zl and Zp what reorders or hides (UTR #36, 2.10).
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x0000, 0x001f},
		{0x007f, 0x009f},
		{0x00ad, 0x00ad},
		{0x034f, 0x034f},
		{0x061c, 0x061c},
		{0x115f, 0x1160},
		{0x17b4, 0x17b5},
		{0x180b, 0x180f},
		{0x200b, 0x200f},
		{0x2028, 0x202e},
		{0x2060, 0x206f},
		{0x3164, 0x3164},
		{0xd800, 0xdfff},
		{0xe000, 0xf8ff},
		{0xfe00, 0xfe0f},
		{0xfeff, 0xfeff},
		{0xffa0, 0xffa0},
		{0xfff0, 0xffff},
		{0x1d173, 0x1d17a},
		{0xe0000, 0x10ffff},
	};
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (c < hidden[i].first) {
			return true;
		}
		if (c <= hidden[i].last) {
			return false;
		}
	}
	return c <= 0x10ffff;
}

// Unicode's East_Asian_Width W and F, by blocks.
static bool is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
		(c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
		(c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
		(c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

size_t text_width(struct bytes in)
{
	size_t width = 0;
	while (in.len > 0) {
		uint32_t c = 0;
		size_t len = text_utf8_decode(in, &c);
		len = len ? len : 1;
		width += is_wide(c) ? 2 : 1;
		in = bytes_of(in.data + len, in.len - len);
	}
	return width;
}

void text_put_escaped(struct buffer *out, struct bytes in)
{
	for (size_t i = 0; i < in.len;) {
		size_t plain = plain_len(bytes_of(in.data + i, in.len - i));
		if (plain > 0) {
			buffer_put(out, bytes_of(in.data + i, plain));
			i += plain;
			continue;
		}
		uint32_t c = 0;
		size_t len = text_utf8_decode(bytes_of(in.data + i, in.len - i), &c);
		if (len > 0 && c != '\\' && text_is_printable(c)) {
			buffer_put(out, bytes_of(in.data + i, len));
			i += len;
			continue;
		}
		for (size_t end = i + (len ? len : 1); i < end; i++) {
			buffer_printf(out, "\\%02X", in.data[i]);
		}
	}
}

size_t text_unescape(struct bytes in, uint8_t *out)
{
	size_t len = 0;
	for (size_t i = 0; i < in.len; i++) {
		if (in.data[i] == '\\' && i + 2 < in.len &&
			text_unhex(bytes_of(in.data + i + 1, 2), out + len, 1)) {
			i += 2;
		} else {
			out[len] = in.data[i];
		}
		len++;
	}
	return len;
}

bool text_is_utf8(struct bytes in)
{
	while (in.len > 0) {
		uint32_t c = 0;
		size_t len = text_utf8_decode(in, &c);
		if (len == 0) {
			return false;
		}
		in = bytes_of(in.data + len, in.len - len);
	}
	return true;
}

void text_make_printable(char *text)
{
	struct bytes rest = bytes_of_text(text);
	while (rest.len > 0) {
		uint32_t c = 0;
		size_t len = text_utf8_decode(rest, &c);
		if (len == 0 || !text_is_printable(c)) {
			len = len ? len : 1;
			memset(text, '?', len);
		}
		text += len;
		rest = bytes_of(rest.data + len, rest.len - len);
	}
}

void text_put_escaped_ascii(struct buffer *out, struct bytes in)
{
	for (size_t i = 0; i < in.len;) {
		size_t end = i;
		while (end < in.len && in.data[end] < 0x80) {
			end++;
		}
		text_put_escaped(out, bytes_of(in.data + i, end - i));
		for (i = end; i < in.len && in.data[i] >= 0x80; i++) {
			buffer_printf(out, "\\%02X", in.data[i]);
		}
	}
}

void text_put_spaces(struct buffer *out, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		buffer_put_char(out, ' ');
	}
}

void text_put_shell_word(struct buffer *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_./:,=@%+";
	if (word[0] && word[strspn(word, plain)] == '\0') {
		buffer_put_text(out, word);
		return;
	}
	buffer_put_char(out, '\'');
	for (; *word; word++) {
		if (*word == '\'') {
			buffer_put_text(out, "'\\''");
		} else {
			buffer_put_char(out, *word);
		}
	}
	buffer_put_char(out, '\'');
}

// The longest front of `text` within `width` columns: up to a space or behind a comma,
// or, where there is none, cut between characters.
static size_t line_front(struct bytes text, size_t width)
{
	size_t best = 0;
	size_t at = 0;
	for (size_t used = 0; at < text.len;) {
		uint32_t c = 0;
		size_t len =
			text_utf8_decode(bytes_of(text.data + at, text.len - at), &c);
		len = len ? len : 1;
		size_t columns = text_width(bytes_of(text.data + at, len));
		if (c == ' ') {
			best = at;
		}
		if (used + columns > width) {
			size_t cut = at ? at : len;
			return best ? best : cut;
		}
		used += columns;
		at += len;
		if (c == ',' && at < text.len) {
			best = at;
		}
	}
	return text.len;
}

void text_put_wrapped(
	struct buffer *out, struct bytes text, size_t column, size_t indent, size_t width)
{
	if (text.len == 0) {
		buffer_put_char(out, '\n');
	}
	while (text.len > 0) {
		size_t len = line_front(text, width - column);
		buffer_put(out, bytes_of(text.data, len));
		buffer_put_char(out, '\n');
		text = bytes_of(text.data + len, text.len - len);
		while (text.len > 0 && text.data[0] == ' ') {
			text = bytes_of(text.data + 1, text.len - 1);
		}
		if (text.len > 0) {
			text_put_spaces(out, indent);
		}
		column = indent;
	}
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
	// Option names, policy names and commands are shorter than this; longer words are
	// simply far away.
	enum { MAX = 40 };
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	if (a_len > MAX || b_len > MAX) {
		return MAX;
	}
	size_t row[3][MAX + 1];
	for (size_t j = 0; j <= b_len; j++) {
		row[0][j] = j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		size_t *now = row[i % 3];
		const size_t *last = row[(i + 2) % 3];
		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t cost = a[i - 1] != b[j - 1];
			now[j] = smaller(
				smaller(last[j], now[j - 1]) + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1]) {
				now[j] = smaller(now[j], row[(i + 1) % 3][j - 2] + 1);
			}
		}
	}
	return row[a_len % 3][b_len];
}

const char *text_nearest(const char *word, const char *const *names)
{
	const char *nearest = NULL;
	size_t len = strlen(word);
	for (size_t i = 0; len >= 3 && names[i]; i++) {
		if (strncmp(word, names[i], len) == 0) {
			return names[i]; // its beginning
		}
	}
	size_t least = 2 + len / 3; // edits that still look like a slip
	for (size_t i = 0; names[i]; i++) {
		size_t distance = text_distance(word, names[i]);
		if (distance < least) {
			nearest = names[i];
			least = distance;
		}
	}
	return nearest;
}

void text_put_choice(struct buffer *out, const char *const *names)
{
	for (size_t i = 0; names[i]; i++) {
		const char *before = names[i + 1] ? ", " : " or ";
		buffer_put_text(out, i > 0 ? before : "");
		buffer_put_text(out, names[i]);
	}
}

bool text_is_base64(struct bytes in)
{
	for (size_t i = 0; i < in.len; i++) {
		if (!(base64_tables[0][in.data[i]] &
			    (B64_GOOD(0) | B64_SPACE | B64_PAD))) {
			return false;
		}
	}
	return in.len > 0;
}
