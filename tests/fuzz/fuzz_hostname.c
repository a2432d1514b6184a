// SPDX-License-Identifier: Apache-2.0
// wanted_host_read, host_match and what prints it: the first line is the name that is wanted, the
// rest the contents of a subjectAltName.
//
// Property: what is read is lower-case letters, digits, hyphens, underscores and dots, or an address,
// and is read as itself again, with a dot at its end and in capitals too. What matches is an entry
// of the SAN: for an address its very bytes, for a name as long a text that differs in case alone,
// or "*." and all behind its first label, which has two labels at least. An error is printable.
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "x509/alt_names.h"
#include "x509/host_match.h"

static void need_name(const struct wanted_host *host)
{
	size_t len = strlen(host->name);
	fuzz_need(len >= 1 && len <= HOST_MATCH_MAX_NAME, "%zu characters", len);
	fuzz_need(strspn(host->name,
			  host->address_len
				  ? "0123456789abcdef:."
				  : "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len,
		"%s: another character", host->name);
	fuzz_need(
		host->address_len || (host->name[0] != '.' && host->name[len - 1] != '.'),
		"%s: a dot at an end", host->name);
}

static void need_same(const struct wanted_host *host, bool change)
{
	struct wanted_host again;
	struct err err;
	char text[HOST_MATCH_MAX_NAME + 2];
	size_t len = strlen(host->name);
	err_clear(&err);
	memcpy(text, host->name, len);
	for (size_t i = 0; change && i < len; i++) {
		text[i] =
			text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
	}
	if (change && !host->address_len) {
		text[len++] = '.';
	}
	fuzz_need_done(
		wanted_host_read(bytes_of(text, len), &again, &err), &err, host->name);
	fuzz_need(strcmp(again.name, host->name) == 0 &&
			again.address_len == host->address_len &&
			memcmp(again.address, host->address, host->address_len) == 0,
		"%s is read as %s", host->name, again.name);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static void need_match(const struct wanted_host *host, struct bytes by)
{
	const char *name = host->name;
	if (host->address_len) {
		fuzz_need(bytes_equal(by, bytes_of(host->address, host->address_len)),
			"another address");
		return;
	}
	if (by.data[0] == '*') {
		name = strchr(name, '.');
		fuzz_need(name && strchr(name + 1, '.'), "*: too few labels of %s",
			host->name);
		by = bytes_of(by.data + 1, by.len - 1);
	}
	fuzz_need(strlen(name) == by.len, "%s: another length", host->name);
	for (size_t i = 0; i < by.len; i++) {
		fuzz_need(lower(by.data[i]) == (uint8_t)name[i], "%s: other letters",
			host->name);
	}
}

static void check_match(const struct wanted_host *host, struct bytes san)
{
	struct cert cert;
	struct bytes by = BYTES_NONE;
	struct buffer text;
	memset(&cert, 0, offsetof(struct cert, extensions));
	cert.subject_alt_name = san;
	if (!host_match(host, &cert, &by)) {
		return;
	}
	fuzz_need_inside(san, by, "the entry");
	need_match(host, by);
	buffer_init(&text, 4096);
	if (host->address_len) {
		alt_names_put_address(&text, by);
		fuzz_need(bytes_equal(buffer_bytes(&text), bytes_of_text(host->name)),
			"%s is printed as another one", host->name);
	} else {
		text_put_escaped_ascii(&text, by);
		fuzz_need_printable(buffer_bytes(&text), false, "an entry");
	}
	buffer_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *end = len ? memchr(data, '\n', len) : NULL;
	struct bytes name = bytes_of(data, end ? (size_t)(end - data) : len);
	struct bytes san =
		end ? bytes_of(end + 1, len - name.len - 1) : bytes_of(data, 0);
	struct wanted_host host;
	struct err err;
	err_clear(&err);
	if (wanted_host_read(name, &host, &err)) {
		need_name(&host);
		need_same(&host, false);
		need_same(&host, true);
		check_match(&host, san);
	} else {
		fuzz_need_error(&err, name.len, "a name");
		fuzz_need(err.code == CODE_BAD_HOSTNAME, "%s", code_info(err.code)->name);
		fuzz_need(strcmp(err.field, "hostname") == 0, "field %s", err.field);
		fuzz_need_printable(bytes_of_text(err.text), false, "an error");
	}
	return 0;
}
