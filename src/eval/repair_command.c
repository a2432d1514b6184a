// SPDX-License-Identifier: Apache-2.0
// The lines for a shell that make the certificate to come: by a CA of the user's, which comes
// first where there is none yet.
//
// Names in it are repair_find_names', and mean nothing to a shell. Files that a server may be
// using are not written over: what is made begins with "new-", and with the server's name. A CA
// that these lines made before is on devices by now: it stays, and issues for every server.
#include "eval/evaluation.h"
#include "eval/repair_local.h"

// X.520: ub-common-name.
#define MAX_COMMON_NAME 64
// File systems take 255 bytes.
#define MAX_FILE_NAME 200
// Of the CA that the user named; the line is to stay one for people.
#define MAX_CA_FILE 1000
// Shells and terminals take longer lines; people do not.
#define MAX_COMMAND 4096

#define EC_KEY "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256"

static void put_alt_names(struct buffer *out, const struct repair *repair)
{
	for (size_t i = 0; i < repair->num_names; i++) {
		buffer_printf(out, "%s%s:%s", i ? "," : "",
			repair->names[i].is_address ? "IP" : "DNS",
			repair->names[i].text);
	}
}

// "new-mail.example.com": another server's is another one. The colons of an address become
// hyphens; what is too long is cut.
static void put_file_name(struct buffer *out, const struct repair *repair)
{
	const char *name = repair->names[0].text;
	bool wild = name[0] == '*';
	buffer_put_text(out, wild ? "new-wildcard" : "new-");
	for (size_t i = wild; name[i] && i < MAX_FILE_NAME; i++) {
		buffer_put_char(out, name[i] == ':' ? '-' : name[i]);
	}
}

// Ten years: a CA's own certificate is asked for no lifetime.
static void put_ca(struct buffer *out, const struct repair *repair)
{
	const char *name = repair->names[0].text;
	bool fits = strlen(name) + sizeof("CA of ") - 1 <= MAX_COMMON_NAME;
	buffer_printf(out,
		"test -e new-ca.key || "
		"openssl req -x509 " EC_KEY " -days 3650 -subj '/CN=CA of %s' "
		"-addext basicConstraints=critical,CA:TRUE "
		"-addext keyUsage=critical,keyCertSign,cRLSign "
		"-keyout new-ca.key -out new-ca.pem\n",
		fits ? name : "the server");
}

// openssl adds the days to notBefore, and the last second counts, too.
static void put_leaf(struct buffer *out, const struct repair *repair)
{
	const char *first = repair->names[0].text;
	int64_t days = (repair->not_after - repair->not_before) / DAY_SECONDS;
	buffer_printf(out,
		"openssl req -x509 -CA %s -CAkey %s " EC_KEY
		" -days %lld -subj '/CN=%s' -addext 'subjectAltName=",
		repair->ca_cert, repair->ca_key, (long long)(days > 0 ? days : 1),
		strlen(first) <= MAX_COMMON_NAME ? first : "server");
	put_alt_names(out, repair);
	buffer_put_text(out,
		"' -addext extendedKeyUsage=serverAuth -addext "
		"basicConstraints=critical,CA:FALSE -keyout ");
	put_file_name(out, repair);
	buffer_put_text(out, ".key -out ");
	put_file_name(out, repair);
	buffer_put_text(out, ".pem");
}

// Means nothing to a shell, is no option, and a file that is there the next time.
static bool is_plain_file(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-/";
	size_t len = strlen(name);
	return len > 0 && len <= MAX_CA_FILE && strspn(name, plain) == len &&
		name[0] != '-' && strncmp(name, "/dev/", 5) != 0 &&
		strncmp(name, "/proc/", 6) != 0;
}

// "root.key" of "root.pem".
static bool name_key(struct evaluation *e, struct repair *repair)
{
	static const char *const endings[] = {".pem", ".crt", ".cer", ".der"};
	const char *name = repair->ca_cert;
	size_t len = strlen(name);
	size_t stem = len;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		bool ends = len > 4 && strcmp(name + len - 4, endings[i]) == 0;
		stem = ends ? len - 4 : stem;
	}
	struct buffer *out = &e->context->text;
	out->len = 0;
	buffer_put(out, bytes_of((const uint8_t *)name, stem));
	buffer_put_text(out, ".key");
	struct bytes key = arena_copy(&e->context->arena, buffer_bytes(out));
	out->len = 0;
	repair->ca_key = (const char *)key.data;
	return key.data && !out->failed;
}

// The CA that issues it: one to be made, the one that the user named, or one by a common name.
static bool name_ca(struct evaluation *e, struct repair *repair, bool new_ca)
{
	const char *given = e->request->ca_file;
	bool is_named = given && is_plain_file(given);
	repair->ca_cert = new_ca ? "new-ca.pem" : is_named ? given : "ca.pem";
	return name_key(e, repair);
}

static bool is_wanted(const struct evaluation *e, const struct repair *repair)
{
	bool by_user = repair->kind == REPAIR_OWN || repair->kind == REPAIR_OF_OWN_CA;
	return repair->possible && by_user && repair->num_names > 0 &&
		e->record->cert->kind == CERT_CERTIFICATE;
}

bool repair_make_command(struct evaluation *e, struct repair *repair)
{
	struct buffer *out = &e->context->text;
	if (!is_wanted(e, repair)) {
		return true;
	}
	bool new_ca = repair->kind == REPAIR_OWN || repair->changes[REPAIR_ISSUER];
	if (!name_ca(e, repair, new_ca)) {
		return err_no_memory(e->err);
	}
	out->len = 0;
	if (new_ca) {
		put_ca(out, repair);
	}
	put_leaf(out, repair);
	bool fits = !out->failed && out->len <= MAX_COMMAND;
	struct bytes line =
		fits ? arena_copy(&e->context->arena, buffer_bytes(out)) : BYTES_NONE;
	out->len = 0;
	out->failed = false;
	repair->command = (const char *)line.data;
	return !fits || line.data || err_no_memory(e->err);
}
