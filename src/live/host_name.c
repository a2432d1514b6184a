// SPDX-License-Identifier: Apache-2.0
#include "live/host_name.h"

#include <arpa/inet.h>

#include "base/text.h"

// RFC 1035 2.3.4.
#define MAX_LABEL 63

static bool fail(struct err *err, struct bytes text, const char *why)
{
	char shown[80];
	size_t len = text.len < sizeof(shown) - 1 ? text.len : sizeof(shown) - 1;
	bytes_copy((uint8_t *)shown, bytes_of(text.data, len));
	shown[len] = '\0';
	return err_set(err, CODE_BAD_HOST, ERR_NO_OFFSET, "%s: %s", shown, why);
}

static bool is_ipv4(const char *name)
{
	struct in_addr address;
	return inet_pton(AF_INET, name, &address) == 1;
}

static bool is_name_char(uint8_t c)
{
	return text_is_digit(c) || c == '-' || c == '_' || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

// With or without a zone, as of fe80::1%eth0 (RFC 4007 11).
static bool is_ipv6(const char *name)
{
	char plain[HOST_NAME_ROOM];
	struct in6_addr address;
	size_t len = strcspn(name, "%");
	bool is_good = name[len] == '\0' || name[len + 1] != '\0';
	memcpy(plain, name, len);
	plain[len] = '\0';
	for (const char *c = name + len + (name[len] == '%'); *c; c++) {
		is_good = is_good && (is_name_char((uint8_t)*c) || *c == '.');
	}
	return is_good && inet_pton(AF_INET6, plain, &address) == 1;
}

// Labels of letters, digits, hyphens and underscores (RFC 1123 2.1; real names have the
// last, too). NULL where it is a name, else what is wrong.
static const char *fault_of_name(struct bytes name, bool takes_port)
{
	size_t label = 0;
	if (name.len == 0) {
		return takes_port ? "there is no host in it; write HOST[:PORT]"
				  : "there is no name in it";
	}
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		if (c >= 0x80) {
			return "not ASCII: write the name in the form that DNS has "
			       "(xn--...), as `idn2 NAME` gives it";
		}
		if (c != '.' && !is_name_char(c)) {
			return takes_port  ? "no name has such a character; write "
					     "HOST[:PORT]"
				: c == '*' ? "a wildcard stands for many names; write one"
					   : "no name has such a character";
		}
		if (c == '.' && label == 0) {
			return "two dots, or one at the beginning";
		}
		label = c == '.' ? 0 : label + 1;
		if (label > MAX_LABEL) {
			return "a part of a name has at most 63 characters";
		}
	}
	return NULL;
}

// One of no more than digits and dots is a slip, and no name: no top-level domain is a
// number.
static bool is_like_ipv4(const char *name)
{
	return strspn(name, "0123456789.") == strlen(name);
}

static bool read_host(struct bytes text, struct bytes host, bool takes_port,
	struct host_name *out, struct err *err)
{
	if (host.len > 1 && host.data[host.len - 1] == '.') {
		host.len--;
	}
	const char *fault = fault_of_name(host, takes_port);
	if (!fault && host.len > HOST_NAME_MAX_LEN) {
		fault = "a name has at most 253 characters";
	}
	if (fault) {
		return fail(err, text, fault);
	}
	bytes_copy((uint8_t *)out->name, host);
	out->name[host.len] = '\0';
	out->is_address = is_ipv4(out->name);
	if (!out->is_address && is_like_ipv4(out->name)) {
		return fail(err, text, "not an IPv4 address");
	}
	return true;
}

static bool read_port(
	struct bytes text, struct bytes digits, struct host_name *out, struct err *err)
{
	unsigned port = 0;
	for (size_t i = 0; i < digits.len && port <= UINT16_MAX; i++) {
		port = text_is_digit(digits.data[i])
			? port * 10 + (unsigned)(digits.data[i] - '0')
			: UINT16_MAX + 1;
	}
	out->port = port;
	return (port > 0 && port <= UINT16_MAX) ||
		fail(err, text, "the port is a number from 1 to 65535");
}

static bool read_ipv6(
	struct bytes text, struct bytes host, struct host_name *out, struct err *err)
{
	if (host.len <= HOST_NAME_MAX_LEN && !memchr(host.data, '\0', host.len)) {
		bytes_copy((uint8_t *)out->name, host);
		out->name[host.len] = '\0';
		out->is_address = is_ipv6(out->name);
	}
	return out->is_address ||
		fail(err, text,
			"not an IPv6 address; with a port it is written [ADDRESS]:PORT");
}

static size_t count(struct bytes text, uint8_t c)
{
	size_t num = 0;
	for (size_t i = 0; i < text.len; i++) {
		num += text.data[i] == c;
	}
	return num;
}

bool host_name_read(struct bytes text, struct host_name *out, struct err *err)
{
	struct bytes host = text;
	struct bytes port = BYTES_NONE;
	memset(out, 0, sizeof(*out));
	if (bytes_find(text, 0, BYTES_LITERAL("://")) < text.len) {
		return fail(err, text, "a server is named HOST[:PORT], without the URL");
	}
	size_t colons = count(text, ':');
	bool bracket = text.len > 0 && text.data[0] == '[';
	if (bracket) {
		size_t end = bytes_find(text, 0, BYTES_LITERAL("]"));
		bool more = end + 1 < text.len;
		if (end == text.len || (more && text.data[end + 1] != ':')) {
			return fail(
				err, text, "an IPv6 address is written [ADDRESS]:PORT");
		}
		host = bytes_of(text.data + 1, end - 1);
		port = more ? bytes_of(text.data + end + 2, text.len - end - 2) : port;
	} else if (colons == 1) {
		size_t at = bytes_find(text, 0, BYTES_LITERAL(":"));
		host = bytes_of(text.data, at);
		port = bytes_of(text.data + at + 1, text.len - at - 1);
	}
	if (port.data && !read_port(text, port, out, err)) {
		return false;
	}
	return bracket || colons > 1 ? read_ipv6(text, host, out, err)
				     : read_host(text, host, true, out, err);
}

bool host_name_read_name(struct bytes text, struct host_name *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	return read_host(text, text, false, out, err) &&
		(!out->is_address ||
			fail(err, text, "an address; TLS servers are asked for names"));
}
