// SPDX-License-Identifier: Apache-2.0
#include "x509/host_match.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "tests/unit/test.h"

void test_host_match(void);

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LABELS_192 LABEL_63 "." LABEL_63 "." LABEL_63 "."
#define LABEL_61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// What is read, and as what.
static const struct {
	const char *text;
	const char *want; // NULL: it is refused
	const char *why; // a part of the message
} reads[] = {
	{"www.example.org", "www.example.org", ""},
	{"WWW.Example.ORG.", "www.example.org", ""},
	{"localhost", "localhost", ""},
	{"_dmarc.example.org", "_dmarc.example.org", ""},
	{"XN--Bcher-KVA.example", "xn--bcher-kva.example", ""},
	{"1and1.example", "1and1.example", ""},
	{LABEL_63 ".org", LABEL_63 ".org", ""},
	{LABELS_192 LABEL_61, LABELS_192 LABEL_61, ""},
	{LABELS_192 LABEL_61 "a", NULL, "253"},
	{"192.0.2.7", "192.0.2.7", ""},
	{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", ""},
	{"::", "::", ""},
	{"::1", "::1", ""},
	{"1::", "1::", ""},
	{"::ffff:192.0.2.7", "::ffff:c000:207", ""},
	{"1:2:3:4:5:6:192.0.2.7", "1:2:3:4:5:6:c000:207", ""},
	{"1:2:3:4:5:6:7:192.0.2.7", NULL, "IPv6"},
	{"1:0:0:2:0:0:0:3", "1:0:0:2::3", ""},
	{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", ""},
	{"1:2:3:4:5:6:7::8", NULL, "IPv6"},
	{"", NULL, "empty"},
	{".", NULL, "empty label"},
	{"a..b", NULL, "empty label"},
	{".a", NULL, "empty label"},
	{"a..", NULL, "empty label"},
	{"a b", NULL, "white space"},
	{" a", NULL, "white space"},
	{"a\n", NULL, "white space"},
	{"a\x7f", NULL, "control"},
	{"*.example.org", NULL, "wildcard"},
	{"f*.example.org", NULL, "wildcard"},
	{"example.org:443", NULL, "port"},
	{"192.0.2.7:443", NULL, "port"},
	{"[::1]", NULL, "brackets"},
	{"[::1]:443", NULL, "brackets"},
	{"https://example.org/", NULL, "URL"},
	{"example.org/x", NULL, "path"},
	{"me@example.org", NULL, "mail"},
	{"a,b", NULL, "one name"},
	{"fe80::1%eth0", NULL, "port or an IPv6 address"},
	{"b\xc3\xbc"
	 "cher.example",
		NULL, "xn--"},
	{"a'b", NULL, "no name has such"},
	{LABEL_63 "a.org", NULL, "63"},
	{LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL, "253"},
	{"192.0.2", NULL, "IPv4"},
	{"7", NULL, "IPv4"},
	{"mail.host7", "mail.host7", ""},
	{"192.0.2.256", NULL, "IPv4"},
	{"192.0.02.1", NULL, "IPv4"},
	{"example.7", NULL, "IPv4"},
	{"1::2::3", NULL, "IPv6"},
	{"1:2:3:4:5:6:7", NULL, "IPv6"},
	{"1:2:3:4:5:6:7:8:9", NULL, "IPv6"},
	{"12345::", NULL, "IPv6"},
	{":1", NULL, "IPv6"},
	{"1:", NULL, "IPv6"},
	{":::", NULL, "IPv6"},
};

static void check_read(struct bytes text, const char *want, const char *why)
{
	struct wanted_host host;
	struct err err;
	err_clear(&err);
	bool read = wanted_host_read(text, &host, &err);
	CHECK_INT(read, want != NULL, "%.*s: %s", (int)text.len, (const char *)text.data,
		err.text);
	CHECK_CODE(&err, want ? CODE_NONE : CODE_BAD_HOSTNAME, "%.*s", (int)text.len,
		(const char *)text.data);
	if (want) {
		CHECK_TEXT(host.name, want, "%s", want);
		return;
	}
	CHECK_TEXT(err.field, "hostname", "%s", err.text);
	CHECK(strstr(err.text, why) != NULL, "\"%s\" is not in: %s", why, err.text);
}

static void test_reads(void)
{
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		check_read(bytes_of_text(reads[i].text), reads[i].want, reads[i].why);
	}
	check_read(BYTES_LITERAL("example.org\0.evil"), NULL, "NUL");
}

// One dNSName against one name.
static const struct {
	const char *pattern, *name;
	bool want;
} pairs[] = {
	{"example.org", "example.org", true},
	{"EXAMPLE.org", "example.ORG", true},
	{"example.org", "example.org.", true},
	{"example.org.", "example.org",
		false}, // no dNSName ends with a dot (RFC 5280 4.2.1.6)
	{"example.org", "www.example.org", false},
	{"www.example.org", "example.org", false},
	{"*.example.org", "www.example.org", true},
	{"*.example.org", "WWW.EXAMPLE.ORG", true},
	{"*.example.org", "example.org", false},
	{"*.example.org", "a.b.example.org", false}, // one label
	{"*.example.org", "xn--bcher-kva.example.org", true},
	{"*.example.org", "_a.example.org", true},
	{"w*.example.org", "www.example.org", false}, // the whole label
	{"*w.example.org", "www.example.org", false},
	{"xn--*.example.org", "xn--a.example.org", false},
	{"www.*.org", "www.example.org", false}, // the leftmost
	{"*.*.org", "www.example.org", false},
	{"*", "localhost", false},
	{"*.", "localhost", false},
	{"*.org", "example.org", false}, // a top-level domain
	{"*..org", "a..org", false},
	{"*.example.org", "192.0.2.7", false},
	{"192.0.2.7", "192.0.2.7", false}, // an address is no dNSName
	{"", "example.org", false},
	{"xn--bcher-kva.example", "XN--BCHER-KVA.EXAMPLE", true},
};

static void test_pairs(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct wanted_host host;
		struct err err;
		err_clear(&err);
		bool read = wanted_host_read(bytes_of_text(pairs[i].name), &host, &err);
		bool got =
			read && host_match_name(&host, bytes_of_text(pairs[i].pattern));
		CHECK_INT(
			got, pairs[i].want, "%s of %s", pairs[i].name, pairs[i].pattern);
	}
	struct wanted_host host;
	struct err err;
	err_clear(&err);
	CHECK(wanted_host_read(BYTES_LITERAL("a.example"), &host, &err), "%s", err.text);
	CHECK(!host_match_name(&host, BYTES_LITERAL("a.example\0.evil")), "a NUL");
	CHECK(!host_match_name(&host, BYTES_LITERAL("*.example")), "one label behind it");
}

// Against OpenSSL.

// Why OpenSSL may say another thing than we do.
enum difference {
	ROOT_DOT, // it compares the dot at the end of the name asked for as it stands
	UNDERSCORE, // it lets no wildcard stand for a label with "_", or stand before one
	HYPHEN, // it takes no wildcard before a label that begins or ends with "-"
	NUM_DIFFERENCES,
};

struct compared {
	size_t num, matches;
	size_t differences[NUM_DIFFERENCES];
};

#define CHECK_FLAGS \
	(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)

// A certificate of nothing but these names; `cert` lends from `der`.
static X509 *with_names(GENERAL_NAMES *names, unsigned char **der, struct cert *cert)
{
	X509 *out = X509_new();
	int len = i2d_GENERAL_NAMES(names, der);
	memset(cert, 0, sizeof(*cert));
	cert->subject_alt_name = bytes_of(*der, len > 0 ? (size_t)len : 0);
	CHECK(out && X509_add1_ext_i2d(out, NID_subject_alt_name, names, 0, 0) == 1,
		"a certificate of OpenSSL's");
	return out;
}

static void add_name(GENERAL_NAMES *names, int type, const void *data, size_t len)
{
	ASN1_STRING *text =
		type == GEN_IPADD ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	CHECK(text && name && ASN1_STRING_set(text, data, (int)len) == 1, "a name");
	GENERAL_NAME_set0_value(name, type, text);
	CHECK(sk_GENERAL_NAME_push(names, name) > 0, "a name");
}

static bool has_odd_hyphen(const char *text)
{
	for (size_t i = 0; text[i]; i++) {
		bool front = i == 0 || text[i - 1] == '.';
		bool back = text[i + 1] == '.' || text[i + 1] == '\0';
		if (text[i] == '-' && (front || back)) {
			return true;
		}
	}
	return false;
}

static void explain(const char *pattern, const char *name, bool ours, bool theirs,
	struct compared *sum)
{
	bool wild = strncmp(pattern, "*.", 2) == 0;
	size_t len = strlen(name);
	if (ours == theirs) {
		return;
	}
	if (name[len - 1] == '.') {
		sum->differences[ROOT_DOT]++;
	} else if (ours && wild && (strchr(name, '_') || strchr(pattern, '_'))) {
		sum->differences[UNDERSCORE]++;
	} else if (ours && wild && has_odd_hyphen(pattern)) {
		sum->differences[HYPHEN]++;
	} else {
		CHECK(false, "%s of %s: ours %d, OpenSSL's %d", name, pattern, ours,
			theirs);
	}
}

static void compare(const char *pattern, const char *name, struct compared *sum)
{
	struct wanted_host host;
	struct cert cert;
	struct bytes by;
	struct err err;
	unsigned char *der = NULL;
	err_clear(&err);
	if (!wanted_host_read(bytes_of_text(name), &host, &err)) {
		return;
	}
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	add_name(names, GEN_DNS, pattern, strlen(pattern));
	X509 *x509 = with_names(names, &der, &cert);
	bool ours = host_match(&host, &cert, &by);
	int theirs = X509_check_host(x509, name, 0, CHECK_FLAGS, NULL);
	CHECK(theirs >= 0, "OpenSSL cannot say: %s of %s", name, pattern);
	explain(pattern, name, ours, theirs == 1, sum);
	sum->num++;
	sum->matches += ours;
	X509_free(x509);
	OPENSSL_free(der);
	GENERAL_NAMES_free(names);
}

static const char *choose(uint64_t *seed, const char *const *from, size_t num)
{
	return from[test_random(seed) % num];
}

// Few labels, so that many pairs match.
static void put_random_name(char *out, size_t room, uint64_t *seed, bool is_pattern)
{
	static const char *const labels[] = {"a", "A", "b", "www", "xn--bcher-kva", "a_b",
		"-a", "a-", "7a", "example", "*", "f*", "*f", "*a*"};
	static const char *const ends[] = {"org", "example", "ORG", "co.uk", "xn--p1ai"};
	size_t num_plain = 10;
	size_t num = test_random(seed) % 4;
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < num; i++) {
		bool star = is_pattern && i == 0 && test_random(seed) % 2;
		const char *label = star
			? "*"
			: choose(seed, labels,
				  is_pattern && test_random(seed) % 8 == 0
					  ? sizeof(labels) / sizeof(labels[0])
					  : num_plain);
		len += (size_t)snprintf(out + len, room - len, "%s.", label);
	}
	len += (size_t)snprintf(out + len, room - len, "%s",
		choose(seed, ends, sizeof(ends) / sizeof(ends[0])));
	if (test_random(seed) % 16 == 0) {
		(void)snprintf(out + len, room - len, ".");
	}
}

// The name is now and then the pattern itself, with a label in place of the wildcard.
static void test_names_like_openssl(void)
{
	static const char *const labels[] = {
		"a", "WWW", "xn--bcher-kva", "a_b", "-", "7", "a.b"};
	struct compared sum = {0};
	uint64_t seed = 1;
	for (size_t i = 0; i < 20000; i++) {
		char pattern[128];
		char name[192];
		put_random_name(pattern, sizeof(pattern), &seed, true);
		if (pattern[0] == '*' && test_random(&seed) % 2) {
			(void)snprintf(name, sizeof(name), "%s%s",
				choose(&seed, labels, sizeof(labels) / sizeof(labels[0])),
				pattern + 1);
		} else if (test_random(&seed) % 4 == 0) {
			(void)snprintf(name, sizeof(name), "%s", pattern);
		} else {
			put_random_name(name, sizeof(name), &seed, false);
		}
		compare(pattern, name, &sum);
	}
	CHECK(sum.num > 15000, "%zu pairs", sum.num);
	CHECK(sum.matches > 2000, "%zu matches", sum.matches);
	CHECK(sum.differences[ROOT_DOT] > 0, "a dot at the end");
	CHECK(sum.differences[UNDERSCORE] > 0, "an underscore");
	CHECK(sum.differences[HYPHEN] > 0, "a hyphen at an end");
}

// Addresses as glibc reads them, and as OpenSSL finds them among several.

static void compare_address(const char *text, uint64_t *seed, size_t *num_read)
{
	uint8_t want[16];
	struct wanted_host host;
	struct err err;
	err_clear(&err);
	bool v4 = inet_pton(AF_INET, text, want) == 1;
	bool v6 = !v4 && inet_pton(AF_INET6, text, want) == 1;
	bool read = wanted_host_read(bytes_of_text(text), &host, &err);
	size_t want_len = v4 ? 4 : v6 ? 16 : 0;
	CHECK_INT(read ? host.address_len : 0, want_len, "%s: %s", text, err.text);
	if (!read || host.address_len != want_len || want_len == 0) {
		return;
	}
	char name[INET6_ADDRSTRLEN];
	uint8_t again[16];
	CHECK(memcmp(host.address, want, want_len) == 0, "%s: other bytes", text);
	CHECK(inet_pton(v4 ? AF_INET : AF_INET6, host.name, again) == 1 &&
			memcmp(again, want, want_len) == 0,
		"%s is written as %s", text, host.name);
	// RFC 5952 5 writes some with an IPv4 address at the end; we never do.
	if (inet_ntop(v4 ? AF_INET : AF_INET6, want, name, sizeof(name)) &&
		(v4 || !strchr(name, '.'))) {
		CHECK_TEXT(host.name, name, "%s", text);
	}
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	struct cert cert;
	struct bytes by;
	unsigned char *der = NULL;
	again[0] ^= 1;
	add_name(names, GEN_DNS, text, strlen(text));
	add_name(names, GEN_IPADD, again, want_len);
	bool there = test_random(seed) % 2;
	if (there) {
		add_name(names, GEN_IPADD, want, want_len);
	}
	X509 *x509 = with_names(names, &der, &cert);
	CHECK_INT(host_match(&host, &cert, &by), there, "%s", text);
	CHECK_INT(
		X509_check_ip(x509, want, want_len, CHECK_FLAGS) == 1, there, "%s", text);
	X509_free(x509);
	OPENSSL_free(der);
	GENERAL_NAMES_free(names);
	++*num_read;
}

// Pieces of addresses in any order: many are none.
static void test_addresses(void)
{
	static const char *const pieces[] = {":", ":", "::", ":0:", ":1", "ffff", "0",
		"db8:", "2001:", ".1", "192.0.2.1", "255", "256", ".", "g", "00001"};
	uint64_t seed = 7;
	size_t num_read = 0;
	for (size_t i = 0; i < 20000; i++) {
		char text[128] = "";
		size_t len = 0;
		size_t num = 1 + test_random(&seed) % 9;
		for (size_t k = 0; k < num; k++) {
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
				choose(&seed, pieces,
					sizeof(pieces) / sizeof(pieces[0])));
		}
		compare_address(text, &seed, &num_read);
	}
	for (size_t i = 0; i < 2000; i++) {
		uint8_t bytes[16];
		char text[INET6_ADDRSTRLEN];
		for (size_t k = 0; k < sizeof(bytes); k++) {
			uint64_t random = test_random(&seed);
			bytes[k] = random % 3 ? 0 : (uint8_t)(random >> 8);
		}
		int family = i % 4 ? AF_INET6 : AF_INET;
		CHECK(inet_ntop(family, bytes, text, sizeof(text)) != NULL, "an address");
		compare_address(text, &seed, &num_read);
	}
	CHECK(num_read > 2500, "%zu addresses", num_read);
}

void test_host_match(void)
{
	test_reads();
	test_pairs();
	test_names_like_openssl();
	test_addresses();
}
