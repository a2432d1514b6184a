// SPDX-License-Identifier: Apache-2.0
// What a repair says.
//
// A name goes into the line that makes the certificate only where it is a DNS name or an address by its characters:
// none of them means anything to a shell, to openssl's options or to its configuration,
// whatever bytes stand in the certificate.
#include "eval/repair.h"

#include "base/datetime.h"
#include "base/text.h"
#include "eval/evaluation.h"
#include "x509/alt_names.h"
#include "x509/name.h"

#define SHOWN 4

// The names.

static bool add(
	struct evaluation *e, struct repair *out, struct bytes text, bool is_address)
{
	if (out->num_names == out->max_names) {
		return true;
	}
	for (size_t i = 0; i < out->num_names; i++) {
		if (bytes_equal(bytes_of_text(out->names[i].text), text)) {
			return true;
		}
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
	// What begins with a hyphen is no name, and could be taken for an option.
	bool option = rest.data[0] == '-';
	return option || (wild && is_address) || add(e, out, text, is_address);
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

static bool add_wanted(struct evaluation *e, struct repair *out)
{
	const struct connection *connection = e->record->connection;
	const struct host_record *host = e->record->host;
	if (host && !host->matches) {
		return add_text(e, out, bytes_of_text(host->host->name));
	}
	return !connection || connection->name_matches || connection->is_address ||
		add_text(e, out, bytes_of_text(connection->name));
}

// What it is wanted for, then what it is for. A common name counts where no other names do:
// people use it.
bool repair_find_names(struct evaluation *e, struct repair *out)
{
	const struct connection *connection = e->record->connection;
	size_t num = (size_t)e->record->cert->num_names + 2;
	out->max_names = num < REPAIR_MAX_NAMES ? num : REPAIR_MAX_NAMES;
	out->names =
		arena_take_array(&e->context->arena, out->max_names, sizeof(*out->names));
	if (!out->names) {
		return err_no_memory(e->err);
	}
	if (!add_wanted(e, out)) {
		return false;
	}
	size_t num_wanted = out->num_names;
	if (!add_alt_names(e, out) ||
		(out->num_names == num_wanted && !add_common_name(e, out))) {
		return false;
	}
	return out->num_names > 0 || !connection || !connection->name ||
		add_text(e, out, bytes_of_text(connection->name));
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

static void say_renewal(struct buffer *out, const struct repair *r)
{
	(void)r;
	buffer_put_text(out, "a validity that is not over");
}

// openssl adds so many days to notBefore, which makes a second more than these.
static void say_lifetime(struct buffer *out, const struct repair *r)
{
	char end[DATETIME_ROOM];
	datetime_format_seconds(r->not_after, end);
	buffer_printf(out, "a lifetime of at most %lld days", (long long)r->days);
	if (r->is_agreed) {
		buffer_put_text(out, ", as CAs have agreed");
	}
	if (r->kind == REPAIR_OWN) {
		return; // it begins when the line is run, and has it
	}
	buffer_printf(out, " (notAfter %s or earlier", end);
	if (r->kind != REPAIR_OF_PUBLIC_CA) {
		buffer_printf(out, "; openssl -days %lld", (long long)r->days - 1);
	}
	buffer_put_char(out, ')');
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
	buffer_put_text(out,
		r->kind == REPAIR_OWN
			? "a CA of your own as its issuer"
			: "another issuing CA (RSA of 2048 bits or more, its certificate signed "
			  "with SHA-256 or better)");
}

static void put_changes(struct buffer *out, const struct repair *repair)
{
	static void (*const say[NUM_REPAIR_CHANGES])(
		struct buffer *, const struct repair *) = {
		[REPAIR_SCTS] = say_scts,
		[REPAIR_RENEWAL] = say_renewal,
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

// For whoever made it: how clients come to trust it, and how it is judged then.
// A name without a dot may be a CA's.
static bool may_be_authority(const struct evaluation *e, const struct repair *repair)
{
	return e->record->cert->is_ca && !e->facts.serves &&
		e->record->cert->num_names == 0 && repair->num_names == 1 &&
		!strchr(repair->names[0].text, '.');
}

static void put_own_step(
	const struct evaluation *e, struct buffer *out, const struct repair *repair)
{
	if (may_be_authority(e, repair)) {
		buffer_put_text(out,
			" If it is the certificate of a CA of yours, and no server shows it, "
			"leave it as it is.");
	}
	buffer_put_text(out,
		" Then install new-ca.pem on the devices and switch on full trust for it "
		"(Settings > General > About > Certificate Trust Settings)");
	if (e->request->on_page) {
		buffer_printf(out,
			", and check the new certificate with it behind, and with %s.",
			request_private_root_words(e->request));
	} else {
		buffer_put_text(out,
			", and judge the new certificate with it (--issuer new-ca.pem "
			"--private-root; of a server, --cacert new-ca.pem).");
	}
	buffer_put_text(out,
		" Where new-ca.key is there already, that CA stays, and one does for all your "
		"servers.");
	buffer_put_text(
		out, " Or get one from a public CA (ACME), which every device trusts.");
}

// Why there is no command, though the user makes the certificate.
static void put_no_command(struct buffer *out, const struct repair *repair)
{
	if (repair->num_names > 0) {
		buffer_put_text(out,
			" It has more names than a line should: write them into a file for "
			"openssl req -x509 -config FILE (subjectAltName=@names, DNS.1=...).");
		return;
	}
	buffer_put_text(out,
		" Ask again with its name (hostname, --hostname NAME): then the command that "
		"makes it follows.");
}

// A CA between the leaf and the one that is trusted: the server has to send its certificate.
static void put_intermediate(const struct evaluation *e, struct buffer *out)
{
	const struct cert *issuer = issuer_if_right(e);
	bool between = e->record->connection && issuer &&
		!name_same(issuer->subject, issuer->issuer);
	if (!between) {
		buffer_put_char(out, '.');
		return;
	}
	buffer_put_text(out, ". Now an intermediate CA issues it (");
	name_put_text(out, issuer->subject);
	buffer_put_text(out,
		"): if that one is to go on, put its certificate and key into the line (-CA, "
		"-CAkey), and its certificate behind the new one in the server's file, or "
		"clients refuse the chain as incomplete.");
}

// A server's chain leads to no authority that is trusted here, and nobody said whose it is; or
// only the way to that one is missing. What has SCTs is from a public CA.
static bool asks_for_ca(const struct evaluation *e, const struct repair *repair)
{
	const struct connection *connection = e->record->connection;
	if (!connection || repair->kind == REPAIR_OWN || e->request->roots ||
		e->record->num_scts > 0) {
		return false;
	}
	return connection->chain == CONNECTION_INCOMPLETE ||
		(!connection->has_named &&
			(connection->chain == CONNECTION_SELF_SIGNED ||
				connection->chain == CONNECTION_UNTRUSTED));
}

// Whose it is changes what is asked of it, and comes first.
static void put_ca_first(
	const struct evaluation *e, struct buffer *out, const struct repair *repair)
{
	if (!asks_for_ca(e, repair)) {
		return;
	}
	buffer_put_text(out,
		e->record->connection->has_named
			? "where an intermediate CA under that of --cacert issued it, put the "
			  "intermediate's certificate behind its own in the server's file, and "
			  "ask again"
			: "where its CA is your own, or your company's, ask with --cacert "
			  "ca.pem (that CA's certificate)");
	buffer_put_text(out, ": less is asked of it then, and no SCTs. Else ");
}

static void put_ask(
	const struct evaluation *e, struct buffer *out, const struct repair *repair)
{
	buffer_put_text(out,
		repair->kind == REPAIR_OF_OWN_CA
			? " Ask your CA for a certificate"
			: " Ask your CA, or your ACME client, for a certificate");
	buffer_put_text(out, repair->num_names ? " for " : "");
	put_names(out, repair);
	buffer_printf(out, " of at most %lld days.", (long long)repair->days);
	if (repair->command && repair->changes[REPAIR_ISSUER]) {
		buffer_put_text(out,
			" If that CA is your own, the lines below make another one, and the "
			"certificate.");
		put_own_step(e, out, repair);
	} else if (repair->command) {
		buffer_put_text(out, " If that CA is your own, the line below makes it");
		buffer_printf(out, " (%s is a guess: put the file of its key there)",
			repair->ca_key);
		put_intermediate(e, out);
	} else if (asks_for_ca(e, repair)) {
		return; // said before all
	} else if (repair->kind == REPAIR_OF_SOME_CA && e->record->num_scts == 0) {
		buffer_printf(out,
			" If that CA is your own, or your company's, less is asked of it, "
			"and no SCTs: say so with %s.",
			request_private_root_words(e->request));
	}
}

// Policies without a list of their logs.
static void put_not_judged(const struct evaluation *e, struct buffer *out)
{
	const struct record *record = e->record;
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy *policy = record->policies[i].result.policy;
		if (policy->list && !record->policies[i].view->list &&
			record->policies[i].num_applies_because == 0) {
			buffer_put_text(out,
				num++ ? ", "
				      : " What is not judged for want of a "
					"log list stays open: ");
			buffer_put_text(out, policy->name);
		}
	}
	buffer_put_text(out, num ? "." : "");
}

static void put_next_step(
	const struct evaluation *e, struct buffer *out, const struct repair *repair)
{
	bool own = repair->kind == REPAIR_OWN;
	if (own && repair->command) {
		put_own_step(e, out, repair);
	} else if (own) {
		put_no_command(out, repair);
	} else if (e->record->cert->kind == CERT_CERTIFICATE) {
		put_ask(e, out, repair);
	}
	// Its req -CA is new there; LibreSSL has none.
	buffer_put_text(out,
		repair->command
			? " The lines need OpenSSL 3 (openssl version says which it is)."
			: "");
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

bool repair_say(struct evaluation *e, struct repair *repair)
{
	struct buffer *out = &e->context->text;
	if (!repair_make_command(e, repair)) {
		return false;
	}
	out->len = 0;
	put_ca_first(e, out, repair);
	if (!repair->possible) {
		put_why_not(out, repair);
	} else {
		bool final = e->record->cert->kind == CERT_CERTIFICATE;
		buffer_put_text(out,
			repair->kind == REPAIR_OWN ? "make it again with"
				: final            ? "issue it again with"
						   : "issue it with");
		put_changes(out, repair);
		put_not_judged(e, out);
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
