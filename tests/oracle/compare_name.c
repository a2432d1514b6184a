// SPDX-License-Identifier: Apache-2.0
// Names: attribute by attribute, and our RFC 4514 text read back by a reader of its own.
#include "tests/oracle/oracle.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "x509/name.h"

// One attribute of our text: "type=value", unescaped.
struct written {
	char type[128];
	bool is_hex;
	uint8_t value[65536];
	size_t len;
};

static bool add(struct written *w, uint8_t c)
{
	if (w->len == sizeof(w->value)) {
		return false;
	}
	w->value[w->len++] = c;
	return true;
}

// RFC 4514 3, "pair": a backslash and two hex digits, or a backslash and the character.
static bool read_escaped(struct bytes *text, struct written *w)
{
	uint8_t c = 0;
	if (text->len >= 2 && text_unhex(bytes_of(text->data, 2), &c, 1)) {
		text->data += 2;
		text->len -= 2;
		return add(w, c);
	}
	if (text->len == 0 || !strchr("\"+,;<>\\# =", text->data[0])) {
		return false;
	}
	c = text->data[0];
	text->data++;
	text->len--;
	return add(w, c);
}

// Reads to the end or to an unescaped separator, which *out_separator names.
static bool read_written(struct bytes *text, struct written *w, char *out_separator)
{
	const uint8_t *equals = memchr(text->data, '=', text->len);
	size_t type_len = equals ? (size_t)(equals - text->data) : text->len;
	*out_separator = '\0';
	w->len = 0;
	if (!equals || type_len == 0 || type_len >= sizeof(w->type)) {
		return false;
	}
	memcpy(w->type, text->data, type_len);
	w->type[type_len] = '\0';
	*text = bytes_of(equals + 1, text->len - type_len - 1);
	w->is_hex = text->len > 0 && text->data[0] == '#';
	while (text->len > 0) {
		uint8_t c = text->data[0];
		text->data++;
		text->len--;
		if (c == ',' || c == '+') {
			*out_separator = (char)c;
			return true;
		}
		if (c == '\\' ? !read_escaped(text, w) : !add(w, c)) {
			return false;
		}
	}
	return true;
}

static bool all_printable(struct bytes text)
{
	while (text.len > 0) {
		uint32_t c = 0;
		size_t len = text_utf8_decode(text, &c);
		if (len == 0 || !text_is_printable(c)) {
			return false;
		}
		text.data += len;
		text.len -= len;
	}
	return true;
}

static void report(struct oracle *oracle, const char *what, const char *why)
{
	if (oracle->difference[0] == '\0') {
		(void)snprintf(oracle->difference, sizeof(oracle->difference), "%s: %s",
			what, why);
	}
}

static bool has_high_byte(const ASN1_STRING *string)
{
	for (int i = 0; i < ASN1_STRING_length(string); i++) {
		if (ASN1_STRING_get0_data(string)[i] & 0x80) {
			return true;
		}
	}
	return false;
}

// May our text show this value as hex though OpenSSL reads it as text?
static bool may_be_hex(const ASN1_STRING *string, const char *type, int utf8_len)
{
	int tag = ASN1_STRING_type(string);
	bool dotted = text_is_digit((uint8_t)type[0]) || type[0] == '?';
	bool no_string = tag == V_ASN1_UTCTIME || tag == V_ASN1_GENERALIZEDTIME;
	bool wide = tag == V_ASN1_BMPSTRING || tag == V_ASN1_UNIVERSALSTRING;
	// Single-byte types but T61 hold ASCII; the wide ones hold no surrogates.
	return utf8_len < 0 || dotted || no_string || wide ||
		(tag != V_ASN1_T61STRING && has_high_byte(string));
}

static void compare_text_value(struct oracle *oracle, const char *what,
	const struct written *w, const struct der_element *ours,
	const ASN1_STRING *theirs)
{
	uint8_t *utf8 = NULL;
	int len = ASN1_STRING_to_UTF8(&utf8, theirs);
	if (w->is_hex) {
		uint8_t raw[32768];
		size_t raw_len = (w->len - 1) / 2;
		bool good = raw_len <= sizeof(raw) &&
			text_unhex(bytes_of(w->value + 1, w->len - 1), raw, raw_len);
		oracle_differ(oracle, "hex of a name's value",
			good ? bytes_of(raw, raw_len) : BYTES_NONE, ours->whole);
		if (!may_be_hex(theirs, w->type, len)) {
			report(oracle, what, "hex in place of text");
		}
		oracle->tally->classes[CLASS_NAME_HEX]++;
	} else if (len < 0) {
		report(oracle, what, "text where OpenSSL reads none");
	} else {
		oracle_differ(oracle, "UTF-8 of a name's value",
			bytes_of(w->value, w->len), bytes_of(utf8, (size_t)len));
	}
	OPENSSL_free(utf8);
}

// Attributes in the order of the encoding, with the number of their RDN.
struct attributes {
	struct name_attribute items[256];
	int rdn[256];
	size_t num;
};

static bool walk(struct bytes name, struct attributes *out)
{
	struct err err;
	err_clear(&err);
	struct name_walk walk = name_walk_init(name, CODE_BAD_CERTIFICATE, &err);
	int rdn = -1;
	out->num = 0;
	while (out->num < 256 && name_next(&walk, &out->items[out->num])) {
		rdn += out->items[out->num].first_in_rdn;
		out->rdn[out->num++] = rdn;
	}
	return err.code == CODE_NONE && out->num < 256;
}

static void compare_attribute(struct oracle *oracle, const char *what,
	const struct name_attribute *ours, const X509_NAME_ENTRY *theirs)
{
	const ASN1_OBJECT *oid = X509_NAME_ENTRY_get_object(theirs);
	const ASN1_STRING *value = X509_NAME_ENTRY_get_data(theirs);
	oracle_differ(oracle, "type of a name's attribute", ours->type,
		bytes_of(OBJ_get0_data(oid), OBJ_length(oid)));
	int tag = ASN1_STRING_type(value);
	bool other = tag == V_ASN1_OTHER || tag == V_ASN1_SEQUENCE || tag == V_ASN1_SET;
	// OpenSSL keeps the whole encoding of a value that is no primitive type it knows, and a
	// BIT STRING without its first byte.
	struct bytes wanted = other ? ours->value.whole : ours->value.value;
	if (tag == V_ASN1_BIT_STRING && wanted.len > 0) {
		wanted = bytes_of(wanted.data + 1, wanted.len - 1);
	}
	if (!other && tag != (ours->value.tag & 0x1f)) {
		report(oracle, what, "another string type");
	}
	oracle_differ(oracle, what, wanted,
		bytes_of(
			ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)));
}

// X509_NAME_print_ex, where it can be compared.
static void compare_print(struct oracle *oracle, const char *what, struct bytes text,
	const X509_NAME *theirs)
{
	bool comparable = true;
	for (int i = 0; i < X509_NAME_entry_count(theirs); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(theirs, i);
		const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
		comparable = comparable && X509_NAME_ENTRY_set(entry) == i;
		const char *name =
			OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)));
		char with_equals[64];
		(void)snprintf(with_equals, sizeof(with_equals), "%.60s=", name);
		uint8_t *utf8 = NULL;
		int len = ASN1_STRING_to_UTF8(&utf8, value);
		comparable = comparable && len >= 0 &&
			all_printable(bytes_of(utf8, (size_t)len)) &&
			text.len >= strlen(with_equals);
		// The type's name must stand in our text; escaped bytes are hex pairs in ours.
		bool found = false;
		for (size_t at = 0; comparable && at + strlen(with_equals) <= text.len;
			at++) {
			found = found ||
				memcmp(text.data + at, with_equals,
					strlen(with_equals)) == 0;
		}
		comparable = comparable && found && !memchr(text.data, '#', text.len);
		OPENSSL_free(utf8);
	}
	if (!comparable) {
		oracle->tally->classes[CLASS_NAME_TEXT_SKIPPED]++;
		return;
	}
	BIO *bio = BIO_new(BIO_s_mem());
	X509_NAME_print_ex(bio, theirs, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);
	oracle_differ(oracle, what, text, bytes_of(data, len > 0 ? (size_t)len : 0));
	oracle->tally->names++;
	BIO_free(bio);
}

// The text lists the RDNs from the last to the first, each RDN's attributes in order.
static size_t next_in_text(const struct attributes *attributes, size_t at)
{
	if (at + 1 < attributes->num && attributes->rdn[at + 1] == attributes->rdn[at]) {
		return at + 1;
	}
	int rdn = attributes->rdn[at] - 1;
	for (size_t i = 0; i < attributes->num; i++) {
		if (attributes->rdn[i] == rdn) {
			return i;
		}
	}
	return attributes->num;
}

static size_t first_in_text(const struct attributes *attributes)
{
	size_t at = attributes->num - 1;
	while (at > 0 && attributes->rdn[at - 1] == attributes->rdn[at]) {
		at--;
	}
	return at;
}

static void compare_text(struct oracle *oracle, const char *what,
	const struct attributes *attributes, struct bytes text, const X509_NAME *theirs)
{
	static struct written w; // 64 KB; the oracle has one thread
	size_t at = first_in_text(attributes);
	char separator = '\0';
	for (size_t i = 0; i < attributes->num; i++) {
		char before = separator;
		if (!read_written(&text, &w, &separator)) {
			report(oracle, what, "our text is not RFC 4514");
			return;
		}
		bool joined = at > 0 && attributes->rdn[at - 1] == attributes->rdn[at];
		if (i > 0 && before != (joined ? '+' : ',')) {
			report(oracle, what,
				"another separator than the structure wants");
		}
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(theirs, (int)at);
		compare_text_value(oracle, what, &w, &attributes->items[at].value,
			X509_NAME_ENTRY_get_data(entry));
		at = next_in_text(attributes, at);
	}
	if (text.len > 0 || separator) {
		report(oracle, what, "our text has more attributes than the name");
	}
}

// An RDN without attributes leaves no trace in X509_NAME, and an empty part in our text.
static bool has_empty_rdn(struct bytes name)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(name, CODE_BAD_CERTIFICATE, &err);
	struct reader in = der_enter(&r, DER_SEQUENCE, "name");
	while (!reader_done(&in)) {
		if (der_expect(&in, DER_SET, "rdn").value.len == 0) {
			return true;
		}
	}
	return false;
}

void oracle_compare_name(struct oracle *oracle, const char *what, struct bytes ours,
	const X509_NAME *theirs)
{
	const uint8_t *der = NULL;
	size_t der_len = 0;
	struct attributes attributes;
	if (X509_NAME_get0_der(theirs, &der, &der_len) == 1) {
		oracle_differ(oracle, what, ours, bytes_of(der, der_len));
	}
	if (!walk(ours, &attributes) ||
		(size_t)X509_NAME_entry_count(theirs) != attributes.num) {
		report(oracle, what, "another number of attributes");
		return;
	}
	for (size_t i = 0; i < attributes.num; i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(theirs, (int)i);
		compare_attribute(oracle, what, &attributes.items[i], entry);
	}
	struct buffer text;
	buffer_init(&text, (size_t)8 * 1024 * 1024);
	name_put_text(&text, ours);
	if (text.failed || !all_printable(buffer_bytes(&text))) {
		report(oracle, what, "our text is not printable");
	} else if (attributes.num > 0 && !has_empty_rdn(ours)) {
		compare_text(oracle, what, &attributes, buffer_bytes(&text), theirs);
		compare_print(oracle, what, buffer_bytes(&text), theirs);
	}
	buffer_clear(&text);
}
