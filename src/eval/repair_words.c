// SPDX-License-Identifier: Apache-2.0
// What a repair says, and the line that makes the certificate.
//
// A name goes into that line only where it is a DNS name or an address by its characters:
// none of them means anything to a shell, to openssl's options or to its configuration,
// whatever bytes stand in the certificate.
#include "eval/repair.h"

#include "base/datetime.h"
#include "base/text.h"
#include "eval/evaluation.h"
#include "x509/alt_names.h"
#include "x509/name.h"

#define DAY_SECONDS (DATETIME_DAY_MS / 1000)
// X.520: ub-common-name.
#define MAX_COMMON_NAME 64
#define SHOWN 4
// Shells and terminals take longer lines; people do not.
#define MAX_COMMAND 4096

// The names.

static bool is_plain(struct bytes text, const char *more)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && (!c || !strchr(more, c))) {
			return false;
		}
	}
	return text.len > 0;
}

static bool add(
	struct evaluation *e, struct repair *out, struct bytes text, bool is_address)
{
	for (size_t i = 0; i < out->num_names; i++) {
		if (bytes_equal(bytes_of_text(out->names[i].text), text)) {
			return true;
		}
	}
	if (out->num_names == REPAIR_MAX_NAMES) {
		return true;
	}
	struct bytes copy = arena_copy(&e->context->arena, text);
	out->names[out->num_names++] =
		(struct repair_name){(const char *)copy.data, is_address};
	return copy.data || err_no_memory(e->err);
}

// As one writes it; what is neither name nor address is left out.
static bool add_text(struct evaluation *e, struct repair *out, struct bytes text)
{
	struct wanted_host host;
	struct err ignored;
	bool wild = text.len > 2 && text.data[0] == '*' && text.data[1] == '.';
	struct bytes rest = wild ? bytes_of(text.data + 2, text.len - 2) : text;
	err_clear(&ignored);
	if (!wanted_host_read(rest, &host, &ignored)) {
		return true;
	}
	bool is_address = host.address_len > 0;
	bool plain = is_plain(text, is_address ? ".:" : wild ? "*.-_" : ".-_");
	// What begins with a hyphen is no name, and could be taken for an option.
	bool option = rest.data[0] == '-';
	return !plain || option || (wild && is_address) || add(e, out, text, is_address);
}

static bool add_address(struct evaluation *e, struct repair *out, struct bytes address)
{
	struct buffer *text = &e->context->text;
	text->len = 0;
	alt_names_put_address(text, address);
	bool added = add_text(e, out, buffer_bytes(text));
	text->len = 0;
	return added;
}

static bool add_alt_names(struct evaluation *e, struct repair *out)
{
	static const unsigned tags[] = {DER_CONTEXT(2), DER_CONTEXT(7)};
	for (size_t i = 0; i < 2; i++) {
		struct err ignored;
		struct bytes name;
		err_clear(&ignored);
		struct reader names = cert_alt_names(e->record->cert, &ignored);
		while (cert_next_alt_name(&names, tags[i], &name)) {
			if (i == 0 ? !add_text(e, out, name)
				   : !add_address(e, out, name)) {
				return false;
			}
		}
	}
	return true;
}

// "CN=mail.example.org"
static bool add_common_name(struct evaluation *e, struct repair *out)
{
	struct buffer *text = &e->context->text;
	text->len = 0;
	bool added = true;
	if (name_put_common_name(text, e->record->cert->subject) && text->len > 3) {
		added = add_text(e, out, bytes_of(text->data + 3, text->len - 3));
	}
	text->len = 0;
	return added;
}

bool repair_find_names(struct evaluation *e, struct repair *out)
{
	const struct connection *connection = e->record->connection;
	const struct host_record *host = e->record->host;
	out->names = arena_take_array(
		&e->context->arena, REPAIR_MAX_NAMES, sizeof(*out->names));
	if (!out->names) {
		return err_no_memory(e->err);
	}
	if ((record_refusals(e->record) & REFUSED_BY_HOST) &&
		!add_text(e, out, bytes_of_text(host->host->name))) {
		return false;
	}
	if (!add_alt_names(e, out)) {
		return false;
	}
	if (out->num_names == 0 && connection && connection->name &&
		!add_text(e, out, bytes_of_text(connection->name))) {
		return false;
	}
	return out->num_names > 0 || add_common_name(e, out);
}

// The sentence.

static void put_names(struct buffer *out, const struct repair *repair)
{
	for (size_t i = 0; i < repair->num_names && i < SHOWN; i++) {
		buffer_put_text(out, i ? ", " : "");
		buffer_put_text(out, repair->names[i].text);
	}
	if (repair->num_names > SHOWN) {
		buffer_printf(out, " and %zu more", repair->num_names - SHOWN);
	}
}

static void put_log(struct buffer *out, const struct plan_log *log, const char *before)
{
	buffer_put_text(out, before);
	log_put_name(out, log->log);
	buffer_put_text(out, " of ");
	text_put_escaped(out, bytes_of_text(log->operator_name));
}

static void say_scts(struct buffer *out, const struct repair *r)
{
	buffer_printf(out, "%zu embedded SCTs of %zu log operator%s, as from ",
		r->num_logs, r->num_operators, r->num_operators == 1 ? "" : "s");
	for (size_t i = 0; i < r->num_logs; i++) {
		put_log(out, r->logs[i],
			i == 0                        ? ""
				: i + 1 < r->num_logs ? ", "
						      : " and ");
	}
}

static void say_lifetime(struct buffer *out, const struct repair *r)
{
	char end[DATETIME_ROOM];
	datetime_format_seconds(r->not_after, end);
	buffer_printf(out, "a lifetime of at most %lld days (notAfter %s or earlier)",
		(long long)r->days, end);
}

static void say_names(struct buffer *out, const struct repair *r)
{
	buffer_put_text(out,
		r->num_names ? "a subjectAltName for "
			     : "the server's names in the subjectAltName");
	put_names(out, r);
}

static void say_server_auth(struct buffer *out, const struct repair *r)
{
	(void)r;
	buffer_put_text(out, "serverAuth in the extended key usage");
}

static void say_key(struct buffer *out, const struct repair *r)
{
	(void)r;
	buffer_put_text(out, "a new key (EC P-256)");
}

static void say_signature(struct buffer *out, const struct repair *r)
{
	(void)r;
	buffer_put_text(out, "a signature with SHA-256 or better");
}

static void say_issuer(struct buffer *out, const struct repair *r)
{
	(void)r;
	buffer_put_text(out,
		"another issuing CA (RSA of 2048 bits or more, its certificate signed "
		"with SHA-256 or better)");
}

static void put_changes(struct buffer *out, const struct repair *repair)
{
	static void (*const say[NUM_REPAIR_CHANGES])(
		struct buffer *, const struct repair *) = {
		[REPAIR_SCTS] = say_scts,
		[REPAIR_LIFETIME] = say_lifetime,
		[REPAIR_NAMES] = say_names,
		[REPAIR_SERVER_AUTH] = say_server_auth,
		[REPAIR_KEY] = say_key,
		[REPAIR_SIGNATURE] = say_signature,
		[REPAIR_ISSUER] = say_issuer,
	};
	const char *before = " ";
	for (size_t i = 0; i < NUM_REPAIR_CHANGES; i++) {
		if (repair->changes[i] && say[i]) {
			buffer_put_text(out, before);
			say[i](out, repair);
			before = "; ";
		}
	}
	buffer_put_char(out, '.');
}

static void put_next_step(
	const struct evaluation *e, struct buffer *out, const struct repair *repair)
{
	bool own = e->facts.self_signed;
	if (own && !repair->command) {
		buffer_put_text(out,
			" Ask again with its name (hostname, --hostname NAME): then the "
			"command that makes it follows.");
	} else if (!own && e->record->cert->kind == CERT_CERTIFICATE) {
		buffer_put_text(
			out, " Ask your CA, or your ACME client, for a certificate");
		buffer_put_text(out, repair->num_names ? " for " : "");
		put_names(out, repair);
		buffer_printf(out, " of at most %lld days.", (long long)repair->days);
	}
	if (repair->changes[REPAIR_GIVE_ISSUER]) {
		buffer_put_text(out,
			" Then give its issuer's certificate with it: it is not known here");
		buffer_put_text(out,
			repair->issuer_assumed
				? ", and passes with an EC key, or RSA of 2048 bits or "
				  "more, signed with SHA-256 or better."
				: ".");
	}
}

static void put_nearest(struct buffer *out, const struct repair *repair)
{
	static const char *const words[] = {"nearest earlier", "nearest later"};
	for (size_t i = 0; i < 2; i++) {
		char end[DATETIME_ROOM];
		if (repair->nearest[i].found) {
			datetime_format_seconds(repair->nearest[i].not_after, end);
			buffer_printf(out,
				" The %s notAfter that enough logs take is %s.", words[i],
				end);
		}
	}
}

static void put_why_not(struct buffer *out, const struct repair *repair)
{
	if (repair->changes[REPAIR_GIVE_ISSUER]) {
		buffer_put_text(out,
			"give its issuer's certificate; nothing else is known to be wrong with "
			"it.");
		return;
	}
	buffer_put_text(out, "no change is known that all policies asked for accept");
	if (repair->why_not) {
		buffer_put_text(out, ": ");
		text_put_escaped(out, bytes_of_text(repair->why_not));
	}
	buffer_put_char(out, '.');
	put_nearest(out, repair);
}

// The command.

static void put_alt_names(struct buffer *out, const struct repair *repair)
{
	for (size_t i = 0; i < repair->num_names; i++) {
		buffer_printf(out, "%s%s:%s", i ? "," : "",
			repair->names[i].is_address ? "IP" : "DNS",
			repair->names[i].text);
	}
}

static bool make_command(struct evaluation *e, struct repair *repair)
{
	struct buffer *out = &e->context->text;
	if (!repair->possible || !e->facts.self_signed || repair->num_names == 0 ||
		repair->num_names == REPAIR_MAX_NAMES) {
		return true;
	}
	const char *first = repair->names[0].text;
	out->len = 0;
	buffer_printf(out,
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-sha256 -days %lld -subj '/CN=%s' -addext 'subjectAltName=",
		(long long)((repair->not_after - repair->not_before) / DAY_SECONDS),
		strlen(first) <= MAX_COMMON_NAME ? first : "server");
	put_alt_names(out, repair);
	buffer_put_text(out,
		"' -addext extendedKeyUsage=serverAuth -addext "
		"basicConstraints=critical,CA:FALSE -keyout server.key -out server.pem");
	bool fits = !out->failed && out->len <= MAX_COMMAND;
	struct bytes line =
		fits ? arena_copy(&e->context->arena, buffer_bytes(out)) : BYTES_NONE;
	out->len = 0;
	out->failed = false;
	repair->command = (const char *)line.data;
	return !fits || line.data || err_no_memory(e->err);
}

bool repair_say(struct evaluation *e, struct repair *repair)
{
	struct buffer *out = &e->context->text;
	if (!make_command(e, repair)) {
		return false;
	}
	out->len = 0;
	if (!repair->possible) {
		put_why_not(out, repair);
	} else {
		bool final = e->record->cert->kind == CERT_CERTIFICATE;
		buffer_put_text(out,
			e->facts.self_signed ? "make it again with"
				: final      ? "issue it again with"
					     : "issue it with");
		put_changes(out, repair);
		put_next_step(e, out, repair);
	}
	struct bytes sentence = out->failed
		? bytes_of_text("see what each policy needs.")
		: arena_copy(&e->context->arena, buffer_bytes(out));
	out->len = 0;
	out->failed = false;
	repair->sentence = (const char *)sentence.data;
	return sentence.data || err_no_memory(e->err);
}
