// SPDX-License-Identifier: Apache-2.0
#include "x509/host_match.h"

#include "base/text.h"
#include "x509/alt_names.h"

#define SAN_DNS_NAME DER_CONTEXT(2)
#define SAN_IP_ADDRESS DER_CONTEXT(7)
#define IPV4_LEN 4
#define IPV6_LEN 16

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

// Letters, digits, hyphens, and the underscore that real names have.
static bool is_name_char(uint8_t c)
{
	c = lower(c);
	return text_is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

// Addresses.

// "192.0.2.7" and nothing else; zeros in front would be octal to some (RFC 6943 3.1.1).
static bool read_ipv4(struct bytes text, uint8_t out[IPV4_LEN])
{
	size_t at = 0;
	for (size_t i = 0; i < IPV4_LEN; i++) {
		unsigned value = 0;
		size_t start = at;
		while (at < text.len && at - start < 4 && text_is_digit(text.data[at])) {
			value = value * 10 + (unsigned)(text.data[at++] - '0');
		}
		size_t len = at - start;
		bool zeros = len > 1 && text.data[start] == '0';
		if (len == 0 || len > 3 || value > 255 || zeros) {
			return false;
		}
		out[i] = (uint8_t)value;
		if (i < IPV4_LEN - 1 && (at == text.len || text.data[at++] != '.')) {
			return false;
		}
	}
	return at == text.len;
}

static int hex_value(uint8_t c)
{
	c = lower(c);
	return text_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// One to four hex digits at text[*at].
static bool read_group(struct bytes text, size_t *at, unsigned *out)
{
	size_t start = *at;
	*out = 0;
	while (*at < text.len && hex_value(text.data[*at]) >= 0) {
		*out = (*out << 4 | (unsigned)hex_value(text.data[*at])) & 0xffff;
		++*at;
	}
	return *at > start && *at - start <= 4;
}

// RFC 4291 2.2 as far as it is read: bytes, and where "::" stands among them.
struct groups {
	uint8_t bytes[IPV6_LEN];
	size_t num;
	size_t gap; // IPV6_LEN: nowhere
};

// A colon, or two, with a group to come behind one.
static bool read_colons(struct bytes text, size_t *at, struct groups *out)
{
	bool two = *at + 1 < text.len && text.data[*at + 1] == ':';
	if (text.data[*at] != ':' || (two && out->gap != IPV6_LEN)) {
		return false;
	}
	out->gap = two ? out->num : out->gap;
	*at += two ? 2 : 1;
	return two || *at < text.len;
}

static bool read_groups(struct bytes text, struct groups *out)
{
	size_t at = 0;
	unsigned group = 0;
	if (text.data[0] == ':' &&
		(text.data[1] != ':' || !read_colons(text, &at, out))) {
		return false;
	}
	while (at < text.len) {
		struct bytes rest = bytes_of(text.data + at, text.len - at);
		if (out->num <= IPV6_LEN - IPV4_LEN &&
			read_ipv4(rest, out->bytes + out->num)) {
			out->num += IPV4_LEN;
			return true;
		}
		if (out->num > IPV6_LEN - 2 || !read_group(text, &at, &group)) {
			return false;
		}
		out->bytes[out->num++] = (uint8_t)(group >> 8);
		out->bytes[out->num++] = (uint8_t)group;
		if (at < text.len && !read_colons(text, &at, out)) {
			return false;
		}
	}
	return true;
}

static bool read_ipv6(struct bytes text, uint8_t out[IPV6_LEN])
{
	struct groups got = {.gap = IPV6_LEN};
	if (text.len < 2 || !read_groups(text, &got) ||
		(got.gap == IPV6_LEN ? got.num != IPV6_LEN : got.num > IPV6_LEN - 2)) {
		return false;
	}
	size_t front = got.gap < got.num ? got.gap : got.num;
	size_t back = got.num - front;
	memset(out, 0, IPV6_LEN);
	memcpy(out, got.bytes, front);
	memcpy(out + IPV6_LEN - back, got.bytes + front, back);
	return true;
}

// The host that is wanted.

static bool fail(struct err *err, struct bytes text, size_t offset, const char *why)
{
	char shown[61];
	size_t len = text.len < sizeof(shown) - 1 ? text.len : sizeof(shown) - 1;
	for (size_t i = 0; i < len; i++) {
		shown[i] = text.data[i] ? (char)text.data[i] : '?';
	}
	shown[len] = '\0';
	err_set(err, CODE_BAD_HOSTNAME, offset, "\"%s%s\": %s", shown,
		len < text.len ? "..." : "", why);
	return err_in_field(err, "hostname");
}

// Why this byte is none of a name's.
static const char *fault_of_char(uint8_t c)
{
	if (c >= 0x80) {
		return "not ASCII: give the A-label form that DNS and certificates have "
		       "(xn--...), as `idn2 NAME` prints it";
	}
	switch (c) {
	case '\0':
		return "a NUL in it";
	case '*':
		return "a wildcard; give one name that it is to stand for, such as "
		       "www.example.org";
	case ':':
		return "a port or an IPv6 address that is none; give the name or the "
		       "address alone";
	case '/':
		return "a URL or a path; give the name alone";
	case '[':
	case ']':
		return "brackets; an IPv6 address is given without them, and without a port";
	case '@':
		return "an address of mail; give the name of the server";
	case ',':
		return "a list; give one name";
	case '%':
		return "a zone or an escape; no certificate has such a name";
	default:
		break;
	}
	return c <= ' ' || c == 0x7f ? "white space or a control character in it"
				     : "no name has such a character";
}

static bool check_chars(struct bytes text, struct err *err)
{
	if (bytes_find(text, 0, BYTES_LITERAL("://")) < text.len) {
		return fail(err, text, ERR_NO_OFFSET, "a URL; give the name alone");
	}
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (!is_name_char(c) && c != '.') {
			return fail(err, text, i, fault_of_char(c));
		}
	}
	return true;
}

static bool check_labels(struct bytes text, struct bytes name, struct err *err)
{
	size_t label = 0;
	if (name.len > HOST_MATCH_MAX_NAME) {
		return fail(
			err, text, ERR_NO_OFFSET, "a name has at most 253 characters");
	}
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.data[i] != '.') {
			label++;
			continue;
		}
		if (label == 0) {
			return fail(err, text, i,
				"an empty label: two dots, or one at the beginning");
		}
		if (label > HOST_MATCH_MAX_LABEL) {
			return fail(err, text, i - label,
				"a label of a name has at most 63 characters");
		}
		label = 0;
	}
	return true;
}

// No top-level domain is a number: whoever ends a name with one means an address.
static bool ends_in_number(struct bytes name)
{
	size_t at = name.len;
	while (at > 0 && text_is_digit(name.data[at - 1])) {
		at--;
	}
	return at < name.len && (at == 0 || name.data[at - 1] == '.');
}

static bool read_name(struct bytes text, struct wanted_host *out, struct err *err)
{
	struct bytes name = text;
	if (!check_chars(text, err)) {
		return false;
	}
	name.len -= name.len > 1 && name.data[name.len - 1] == '.';
	if (!check_labels(text, name, err)) {
		return false;
	}
	if (ends_in_number(name)) {
		return fail(err, text, ERR_NO_OFFSET,
			"not an IPv4 address, which has four numbers from 0 to 255, and no "
			"name ends with a number");
	}
	for (size_t i = 0; i < name.len; i++) {
		out->name[i] = (char)lower(name.data[i]);
	}
	return true;
}

bool wanted_host_read(struct bytes text, struct wanted_host *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (text.len == 0) {
		return fail(err, text, ERR_NO_OFFSET, "empty; give a name or an address");
	}
	if (read_ipv4(text, out->address)) {
		out->address_len = IPV4_LEN;
	} else if (read_ipv6(text, out->address)) {
		out->address_len = IPV6_LEN;
	} else {
		return read_name(text, out, err);
	}
	struct buffer shown;
	buffer_init(&shown, 4 * HOST_MATCH_ADDRESS_ROOM);
	alt_names_put_address(&shown, bytes_of(out->address, out->address_len));
	bytes_copy(
		(uint8_t *)out->name, shown.failed ? BYTES_NONE : buffer_bytes(&shown));
	bool done = !shown.failed;
	buffer_clear(&shown);
	return done || err_no_memory(err);
}

// The comparison.

static bool is_same(struct bytes a, const char *b, size_t b_len)
{
	if (a.len != b_len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.data[i]) != (uint8_t)b[i]) {
			return false;
		}
	}
	return true;
}

bool host_match_name(const struct wanted_host *host, struct bytes dns_name)
{
	size_t len = strlen(host->name);
	if (host->address_len) {
		return false;
	}
	if (dns_name.len < 2 || dns_name.data[0] != '*' || dns_name.data[1] != '.') {
		return is_same(dns_name, host->name, len);
	}
	struct bytes parent = bytes_of(dns_name.data + 2, dns_name.len - 2);
	size_t label = strcspn(host->name, ".");
	return memchr(parent.data, '.', parent.len) && label < len &&
		is_same(parent, host->name + label + 1, len - label - 1);
}

bool host_match(
	const struct wanted_host *host, const struct cert *cert, struct bytes *out)
{
	struct err ignored;
	struct bytes name;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes address = bytes_of(host->address, host->address_len);
	while (cert_next_alt_name(
		&names, address.len ? SAN_IP_ADDRESS : SAN_DNS_NAME, &name)) {
		if (address.len ? bytes_equal(name, address)
				: host_match_name(host, name)) {
			*out = name;
			return true;
		}
	}
	return false;
}
