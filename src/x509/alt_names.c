// SPDX-License-Identifier: Apache-2.0
#include "x509/alt_names.h"

#include "x509/name.h"

#define SHOWN 4
#define IPV6_GROUPS 8

static size_t put_names(struct buffer *out, const struct cert *cert, unsigned tag,
	void (*put)(struct buffer *out, struct bytes name))
{
	struct err ignored;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes name;
	size_t num = 0;
	while (cert_next_alt_name(&names, tag, &name)) {
		if (num < SHOWN) {
			buffer_put_text(out, num ? ", " : "");
			put(out, name);
		}
		num++;
	}
	if (num > SHOWN) {
		buffer_printf(out, " and %zu more", num - SHOWN);
	}
	return num;
}

size_t alt_names_put(struct buffer *out, const struct cert *cert,
	void (*put)(struct buffer *out, struct bytes name))
{
	return put_names(out, cert, DER_CONTEXT(2), put);
}

static unsigned group(struct bytes address, size_t i)
{
	return (unsigned)address.data[2 * i] << 8 | address.data[2 * i + 1];
}

// The longest run of groups that are 0, of two or more, the first of those: "::".
static void find_gap(struct bytes address, size_t *out_at, size_t *out_len)
{
	size_t len = 0;
	*out_at = IPV6_GROUPS;
	*out_len = 1;
	for (size_t i = 0; i < IPV6_GROUPS; i++) {
		len = group(address, i) == 0 ? len + 1 : 0;
		if (len > *out_len) {
			*out_at = i + 1 - len;
			*out_len = len;
		}
	}
}

static void put_ipv6(struct buffer *out, struct bytes address)
{
	size_t gap;
	size_t len;
	find_gap(address, &gap, &len);
	for (size_t i = 0; i < IPV6_GROUPS; i++) {
		if (i == gap) {
			buffer_put_text(out, "::");
			i += len - 1;
		} else {
			bool first = i == 0 || i == gap + len;
			buffer_printf(out, first ? "%x" : ":%x", group(address, i));
		}
	}
}

void alt_names_put_address(struct buffer *out, struct bytes address)
{
	const uint8_t *data = address.data;
	if (address.len == 4) {
		buffer_printf(out, "%u.%u.%u.%u", data[0], data[1], data[2], data[3]);
	} else if (address.len == (size_t)2 * IPV6_GROUPS) {
		put_ipv6(out, address);
	} else {
		buffer_printf(out, "(%zu bytes)", address.len);
	}
}

size_t alt_names_put_addresses(struct buffer *out, const struct cert *cert)
{
	return put_names(out, cert, DER_CONTEXT(7), alt_names_put_address);
}

void alt_names_put_line(struct buffer *out, const struct cert *cert,
	void (*put)(struct buffer *out, struct bytes name))
{
	size_t before = out->len;
	size_t num = alt_names_put(out, cert, put);
	size_t between = out->len;
	buffer_put_text(out, num ? ", " : "");
	if (alt_names_put_addresses(out, cert) > 0) {
		return;
	}
	out->len = num ? between : before;
	if (num == 0) {
		buffer_put_text(out,
			cert->subject_alt_name.data
				? "none: its subjectAltName has neither names nor addresses"
				: "none: no subjectAltName");
	}
}

void alt_names_put_lack(struct buffer *out, const struct cert *cert)
{
	if (cert->subject_alt_name.data) {
		buffer_put_text(
			out, "its subjectAltName has neither names nor addresses");
		return;
	}
	buffer_put_text(
		out, "it has no subjectAltName; clients do not read the common name");
	size_t before = out->len;
	buffer_put_text(out, " (");
	if (name_put_common_name(out, cert->subject)) {
		buffer_put_char(out, ')');
	} else {
		out->len = before;
	}
}
