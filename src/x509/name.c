// SPDX-License-Identifier: Apache-2.0
#include "x509/name.h"

#include "base/text.h"
#include "x509/oid.h"

static const struct {
	struct bytes oid;
	const char *name;
} attribute_names[] = {
	{BYTES_LITERAL("\x55\x04\x03"), "CN"},
	{BYTES_LITERAL("\x55\x04\x04"), "SN"},
	{BYTES_LITERAL("\x55\x04\x05"), "serialNumber"},
	{BYTES_LITERAL("\x55\x04\x06"), "C"},
	{BYTES_LITERAL("\x55\x04\x07"), "L"},
	{BYTES_LITERAL("\x55\x04\x08"), "ST"},
	{BYTES_LITERAL("\x55\x04\x09"), "STREET"},
	{BYTES_LITERAL("\x55\x04\x0a"), "O"},
	{BYTES_LITERAL("\x55\x04\x0b"), "OU"},
	{BYTES_LITERAL("\x55\x04\x0c"), "title"},
	{BYTES_LITERAL("\x55\x04\x0d"), "description"},
	{BYTES_LITERAL("\x55\x04\x0f"), "businessCategory"},
	{BYTES_LITERAL("\x55\x04\x11"), "postalCode"},
	{BYTES_LITERAL("\x55\x04\x12"), "postOfficeBox"},
	{BYTES_LITERAL("\x55\x04\x14"), "telephoneNumber"},
	{BYTES_LITERAL("\x55\x04\x29"), "name"},
	{BYTES_LITERAL("\x55\x04\x2a"), "givenName"},
	{BYTES_LITERAL("\x55\x04\x2b"), "initials"},
	{BYTES_LITERAL("\x55\x04\x2c"), "generationQualifier"},
	{BYTES_LITERAL("\x55\x04\x2e"), "dnQualifier"},
	{BYTES_LITERAL("\x55\x04\x41"), "pseudonym"},
	{BYTES_LITERAL("\x55\x04\x61"), "organizationIdentifier"},
	{BYTES_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"), "UID"},
	{BYTES_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"), "DC"},
	{BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"), "emailAddress"},
	{BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02"), "unstructuredName"},
	{BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01"), "jurisdictionL"},
	{BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02"), "jurisdictionST"},
	{BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03"), "jurisdictionC"},
};

struct name_walk name_walk_init(struct bytes name, enum code code, struct err *err)
{
	struct reader whole = reader_init(name, code, err);
	struct name_walk walk = {.rdns = der_enter(&whole, DER_SEQUENCE, "name")};
	walk.set = reader_nested(&walk.rdns, bytes_of(walk.rdns.pos, 0));
	return walk;
}

struct bytes name_read(struct reader *r, const char *what)
{
	struct der_element name = der_expect(r, DER_SEQUENCE, what);
	struct name_walk walk = {.rdns = reader_nested(r, name.value),
		.set = reader_nested(r, BYTES_NONE)};
	struct name_attribute attribute;
	size_t num_rdns = 0;
	while (name_next(&walk, &attribute)) {
		num_rdns += attribute.first_in_rdn;
		if (num_rdns > NAME_MAX_RDNS) {
			reader_fail(&walk.rdns, "%s: more than %d parts", what,
				NAME_MAX_RDNS);
		}
	}
	return name.whole;
}

bool name_next(struct name_walk *walk, struct name_attribute *out)
{
	out->first_in_rdn = false;
	if (reader_done(&walk->set)) {
		if (reader_done(&walk->rdns)) {
			return false;
		}
		walk->set =
			der_enter(&walk->rdns, DER_SET, "relative distinguished name");
		out->first_in_rdn = true;
	}
	struct reader pair = der_enter(&walk->set, DER_SEQUENCE, "name attribute");
	out->type = der_expect(&pair, DER_OID, "name attribute type").value;
	out->value = der_any(&pair, "name attribute value");
	return reader_finish(&pair, "name attribute");
}

// One character of a string of the given type; 0 = does not fit. Returns its length in
// bytes.
static size_t next_char(uint8_t tag, struct bytes in, uint32_t *out)
{
	switch (tag) {
	case DER_UTF8_STRING:
		return text_utf8_decode(in, out);
	case DER_BMP_STRING:
	case DER_UNIVERSAL_STRING: {
		size_t len = tag == DER_BMP_STRING ? 2 : 4;
		if (in.len < len) {
			return 0;
		}
		*out = 0;
		for (size_t i = 0; i < len; i++) {
			*out = *out << 8 | in.data[i];
		}
		return *out > 0x10ffff || (*out >= 0xd800 && *out <= 0xdfff) ? 0 : len;
	}
	case DER_TELETEX_STRING:
		*out = in.data[0];
		return 1;
	case DER_PRINTABLE_STRING:
	case DER_IA5_STRING:
	case DER_NUMERIC_STRING:
	case DER_VISIBLE_STRING:
		*out = in.data[0];
		return in.data[0] < 0x80;
	default:
		return 0;
	}
}

static bool is_string_type(uint8_t tag)
{
	static const uint8_t tags[] = {DER_UTF8_STRING, DER_PRINTABLE_STRING,
		DER_IA5_STRING, DER_TELETEX_STRING, DER_BMP_STRING, DER_UNIVERSAL_STRING,
		DER_NUMERIC_STRING, DER_VISIBLE_STRING};
	return memchr(tags, tag, sizeof(tags)) != NULL;
}

static bool is_wide_type(uint8_t tag)
{
	return tag == DER_BMP_STRING || tag == DER_UNIVERSAL_STRING;
}

// How many bytes at the front of `in` are ASCII, which is text in every string type of one
// byte a character.
static size_t ascii_front(uint8_t tag, struct bytes in)
{
	size_t len = 0;
	while (!is_wide_type(tag) && len < in.len && in.data[len] < 0x80) {
		len++;
	}
	return len;
}

#define YES4 true, true, true, true
#define YES16 YES4, YES4, YES4, YES4
// ASCII that stands for itself; a space does where it is neither the first nor the last.
static const bool stands[256] = {[' '] = true,
	['!'] = true,
	['$'] = true,
	['%'] = true,
	['&'] = true,
	['\''] = true,
	['('] = true,
	[')'] = true,
	['*'] = true,
	['-'] = true,
	['.'] = true,
	['/'] = true,
	['0'] = YES4,
	YES4,
	true,
	true,
	[':'] = true,
	['='] = true,
	['?'] = true,
	['@'] = YES16,
	YES4,
	YES4,
	true,
	true,
	true,
	['['] = true,
	[']'] = true,
	['^'] = true,
	['_'] = true,
	['`'] = YES16,
	YES4,
	YES4,
	true,
	true,
	true,
	['{'] = YES4};

// How many bytes at the front of `in` stand for themselves: most of most names.
static size_t plain_front(uint8_t tag, struct bytes in, bool first)
{
	size_t len = 0;
	if (is_wide_type(tag) || (first && in.data[0] == ' ')) {
		return 0;
	}
	while (len < in.len && stands[in.data[len]]) {
		len++;
	}
	return len - (len == in.len && in.data[len - 1] == ' ');
}

static bool is_text(const struct der_element *value)
{
	struct bytes in = value->value;
	if (!is_string_type(value->tag)) {
		return false;
	}
	while (in.len > 0) {
		uint32_t c = 0;
		size_t len = ascii_front(value->tag, in);
		len = len ? len : next_char(value->tag, in, &c);
		if (len == 0) {
			return false;
		}
		in.data += len;
		in.len -= len;
	}
	return true;
}

// RFC 4514 2.4; and hex pairs for what is not printable.
static void put_char(struct buffer *out, uint32_t c, bool first, bool last)
{
	uint8_t utf8[4];
	size_t len = text_utf8_encode(c, utf8);
	if (!text_is_printable(c)) {
		for (size_t i = 0; i < len; i++) {
			buffer_printf(out, "\\%02X", utf8[i]);
		}
		return;
	}
	bool special = (c < 0x80 && c != 0 && strchr("\"+,;<>\\", (int)c)) ||
		(c == '#' && first) || (c == ' ' && (first || last));
	if (special) {
		buffer_put_char(out, '\\');
	}
	buffer_put(out, bytes_of(utf8, len));
}

static void put_value(struct buffer *out, const struct der_element *value, bool as_hex)
{
	if (as_hex || !is_text(value)) {
		buffer_put_char(out, '#');
		for (size_t i = 0; i < value->whole.len; i++) {
			buffer_printf(out, "%02x", value->whole.data[i]);
		}
		return;
	}
	struct bytes in = value->value;
	bool first = true;
	while (in.len > 0) {
		uint32_t c = 0;
		size_t len = plain_front(value->tag, in, first);
		if (len > 0) {
			buffer_put(out, bytes_of(in.data, len));
		} else {
			len = next_char(value->tag, in, &c);
			put_char(out, c, first, len == in.len);
		}
		first = false;
		in.data += len;
		in.len -= len;
	}
}

static void put_attribute(struct buffer *out, const struct name_attribute *attribute)
{
	const char *name = NULL;
	for (size_t i = 0; i < sizeof(attribute_names) / sizeof(attribute_names[0]);
		i++) {
		if (bytes_equal(attribute_names[i].oid, attribute->type)) {
			name = attribute_names[i].name;
			break;
		}
	}
	if (name) {
		buffer_put_text(out, name);
	} else {
		oid_put_text(out, attribute->type);
	}
	buffer_put_char(out, '=');
	// RFC 4514 2.4: behind a dotted type the value is the hex of its DER.
	put_value(out, &attribute->value, name == NULL);
}

static void put_rdn(struct buffer *out, const struct reader *rdns, struct bytes set)
{
	struct name_walk walk = {
		.rdns = reader_nested(rdns, BYTES_NONE), .set = reader_nested(rdns, set)};
	struct name_attribute attribute;
	for (bool first = true; name_next(&walk, &attribute); first = false) {
		if (!first) {
			buffer_put_char(out, '+');
		}
		put_attribute(out, &attribute);
	}
}

void name_put_text(struct buffer *out, struct bytes name)
{
	struct err err;
	err_clear(&err);
	struct reader whole = reader_init(name, CODE_BAD_CERTIFICATE, &err);
	struct reader rdns = der_enter(&whole, DER_SEQUENCE, "name");
	struct bytes sets[NAME_MAX_RDNS];
	size_t num_sets = 0;
	while (!reader_done(&rdns) && num_sets < NAME_MAX_RDNS) {
		sets[num_sets++] = der_expect(&rdns, DER_SET, "name").value;
	}
	for (size_t i = num_sets; i > 0; i--) {
		put_rdn(out, &rdns, sets[i - 1]);
		if (i > 1) {
			buffer_put_char(out, ',');
		}
	}
}

bool name_put_common_name(struct buffer *out, struct bytes name)
{
	struct err ignored;
	err_clear(&ignored);
	struct name_walk walk = name_walk_init(name, CODE_BAD_CERTIFICATE, &ignored);
	struct name_attribute attribute;
	while (name_next(&walk, &attribute)) {
		if (bytes_equal(attribute.type, BYTES_LITERAL("\x55\x04\x03"))) {
			put_attribute(out, &attribute);
			return true;
		}
	}
	return false;
}

static uint8_t to_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

// Character by character, whatever the string types.
static bool same_text(const struct der_element *a, const struct der_element *b)
{
	struct bytes x = a->value;
	struct bytes y = b->value;
	while (x.len > 0 && y.len > 0) {
		uint32_t c = 0;
		uint32_t d = 0;
		size_t c_len = next_char(a->tag, x, &c);
		size_t d_len = next_char(b->tag, y, &d);
		bool same = c == d ||
			(c < 0x80 && d < 0x80 &&
				to_lower((uint8_t)c) == to_lower((uint8_t)d));
		if (c_len == 0 || d_len == 0 || !same) {
			return false;
		}
		x = bytes_of(x.data + c_len, x.len - c_len);
		y = bytes_of(y.data + d_len, y.len - d_len);
	}
	return x.len == 0 && y.len == 0;
}

static bool same_attribute(const struct name_attribute *a, const struct name_attribute *b)
{
	return a->first_in_rdn == b->first_in_rdn && bytes_equal(a->type, b->type) &&
		(bytes_equal(a->value.whole, b->value.whole) ||
			(is_string_type(a->value.tag) && is_string_type(b->value.tag) &&
				same_text(&a->value, &b->value)));
}

bool name_same(struct bytes a, struct bytes b)
{
	if (bytes_equal(a, b)) {
		return true;
	}
	struct err err;
	err_clear(&err);
	struct name_walk x = name_walk_init(a, CODE_BAD_CERTIFICATE, &err);
	struct name_walk y = name_walk_init(b, CODE_BAD_CERTIFICATE, &err);
	for (;;) {
		struct name_attribute p;
		struct name_attribute q;
		bool more = name_next(&x, &p);
		if (more != name_next(&y, &q)) {
			return false;
		}
		if (!more) {
			return err.code == CODE_NONE;
		}
		if (!same_attribute(&p, &q)) {
			return false;
		}
	}
}
