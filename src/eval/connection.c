// SPDX-License-Identifier: Apache-2.0
#include "eval/connection.h"

#include "base/datetime.h"
#include "base/text.h"
#include "eval/evaluation.h"
#include "x509/alt_names.h"

const char *connection_chain_name(enum connection_chain chain)
{
	static const char *const names[] = {
		[CONNECTION_TRUSTED] = "trusted",
		[CONNECTION_INCOMPLETE] = "incomplete",
		[CONNECTION_SELF_SIGNED] = "self_signed",
		[CONNECTION_EXPIRED] = "expired",
		[CONNECTION_NOT_YET_VALID] = "not_yet_valid",
		[CONNECTION_INVALID] = "invalid",
		[CONNECTION_UNTRUSTED] = "untrusted",
	};
	return names[chain];
}

// What to do about each; NULL: nothing is wrong.
static const struct {
	enum code code;
	const char *text;
} chains[] = {
	[CONNECTION_TRUSTED] = {CODE_NONE, NULL},
	[CONNECTION_INCOMPLETE] = {CODE_SERVER_CHAIN_INCOMPLETE,
		"The server sends its certificate without the one that issued it, so "
		"clients that do not have that one already refuse it: put the whole "
		"chain, the leaf first, into the server's configuration (often called "
		"fullchain.pem)."},
	[CONNECTION_SELF_SIGNED] = {CODE_SERVER_CHAIN_UNTRUSTED,
		"The chain ends in a self-signed certificate that is not trusted here: a "
		"private authority (--cacert FILE names it), or one that was made with "
		"the server and never replaced. A private authority's certificate has to be "
		"installed on each device, and trusted there (on an iPhone: Settings > General "
		"> About > Certificate Trust Settings); of what it issues Apple asks for no "
		"SCTs."},
	[CONNECTION_EXPIRED] = {CODE_SERVER_CHAIN_EXPIRED,
		"A certificate that the server sends has expired at the time of check: "
		"was the new one installed, and the server told to read it (reload)?"},
	[CONNECTION_NOT_YET_VALID] = {CODE_SERVER_CHAIN_EXPIRED,
		"A certificate that the server sends is not valid yet at the time of "
		"check: is a clock wrong, this machine's or the authority's?"},
	[CONNECTION_INVALID] = {CODE_SERVER_CHAIN_INVALID,
		"A certificate in the server's chain breaks the rules for its place there, "
		"so that clients refuse it, whichever authority it leads to: find the one "
		"that the words at the end are about, and have it issued anew."},
	[CONNECTION_UNTRUSTED] = {CODE_SERVER_CHAIN_UNTRUSTED,
		"The chain that the server sends leads to no authority that is trusted "
		"here: a certificate is missing from it, or the authority is private "
		"(--cacert FILE names it), and then Apple asks for no SCTs."},
};

static bool is_about_time(const struct connection *connection)
{
	return connection->chain == CONNECTION_EXPIRED ||
		connection->chain == CONNECTION_NOT_YET_VALID;
}

// The leaf is over, or to come, and the chain has another fault, which OpenSSL found first.
static bool is_out_of_time_too(const struct record *record)
{
	const struct cert *cert = record->cert;
	return record->connection->chain != CONNECTION_TRUSTED &&
		!is_about_time(record->connection) &&
		(cert->not_after * 1000 < record->at_ms ||
			cert->not_before * 1000 > record->at_ms);
}

size_t connection_refusals(
	const struct record *record, enum code out[CONNECTION_MAX_REFUSALS])
{
	const struct connection *connection = record->connection;
	size_t num = 0;
	if (!connection) {
		return 0;
	}
	if (connection->chain != CONNECTION_TRUSTED) {
		out[num++] = chains[connection->chain].code;
	}
	if (is_out_of_time_too(record)) {
		out[num++] = CODE_SERVER_CHAIN_EXPIRED;
	}
	if (!connection->name_matches) {
		out[num++] = CODE_SERVER_NAME_MISMATCH;
	}
	if (connection->broken_off && !connection->wants_client) {
		out[num++] = CODE_HANDSHAKE_INCOMPLETE;
	}
	return num;
}

bool connection_is_accepted(const struct record *record)
{
	enum code why[CONNECTION_MAX_REFUSALS];
	return connection_refusals(record, why) == 0;
}

static bool explain_time(struct evaluation *e)
{
	const struct cert *cert = e->record->cert;
	bool is_over = cert->not_after * 1000 < e->record->at_ms;
	char when[DATETIME_ROOM];
	if (!is_out_of_time_too(e->record)) {
		return true;
	}
	datetime_format_seconds(is_over ? cert->not_after : cert->not_before, when);
	buffer_printf(&e->context->text,
		is_over ? "The server's certificate has expired besides (notAfter %s): clients "
			  "refuse it whatever its CA, until a new one is installed and the "
			  "server told to read it (reload)."
			: "The server's certificate is not valid yet besides (notBefore %s): is a "
			  "clock wrong, this machine's or the authority's?",
		when);
	return add_finding(e, &e->record->findings, CODE_SERVER_CHAIN_EXPIRED,
		"connection", ERR_NO_OFFSET);
}

static bool explain_chain(struct evaluation *e, const struct connection *connection)
{
	if (!chains[connection->chain].text) {
		return true;
	}
	buffer_printf(&e->context->text, "%s (OpenSSL: %s)",
		chains[connection->chain].text, connection->chain_reason);
	return add_finding(e, &e->record->findings, chains[connection->chain].code,
		"connection", ERR_NO_OFFSET);
}

// What it is for, instead of what was looked for.
void explain_names(struct buffer *out, const struct cert *cert)
{
	size_t before = out->len;
	buffer_put_text(out, "it is for ");
	size_t num = alt_names_put(out, cert, text_put_escaped_ascii);
	size_t between = out->len;
	buffer_put_text(out, num ? ", and for the addresses " : "the addresses ");
	size_t num_addresses = alt_names_put_addresses(out, cert);
	if (num_addresses == 0) {
		out->len = between;
	}
	if (num == 0 && num_addresses == 0) {
		out->len = before;
		alt_names_put_lack(out, cert);
	}
}

void explain_not_address(struct buffer *out, const struct cert *cert, const char *address)
{
	struct err ignored;
	struct bytes name;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	while (cert_next_alt_name(&names, DER_CONTEXT(2), &name)) {
		if (bytes_equal(name, bytes_of_text(address))) {
			buffer_printf(out,
				"; there %s is a DNS name, which counts for no address",
				address);
			return;
		}
	}
}

// What to do where the name is not there.
static const char *what_of_name(
	const struct evaluation *e, const struct connection *connection)
{
	if (connection->is_address) {
		return ". Clients that go to the address itself refuse it; to ask for a name "
		       "instead, and to look for that one: --servername NAME";
	}
	if (e->record->cert->num_names == 0) {
		return ". Clients refuse it: make the certificate again with this name in the "
		       "subjectAltName.";
	}
	return ". Clients that look for this name refuse it. Is it the server that was "
	       "meant, and does it know this name? --servername asks for another one.";
}

static bool explain_name(struct evaluation *e, const struct connection *connection)
{
	struct buffer *text = &e->context->text;
	// Of a name that was asked about hostname_mismatch says more.
	if (connection->name_matches || e->record->host) {
		return true;
	}
	buffer_printf(text, "The server's certificate is not for %s%s: ",
		connection->is_address ? "the address " : "", connection->name);
	explain_names(text, e->record->cert);
	if (connection->is_address) {
		explain_not_address(text, e->record->cert, connection->name);
	}
	buffer_put_text(text, what_of_name(e, connection));
	return add_finding(e, &e->record->findings, CODE_SERVER_NAME_MISMATCH,
		"connection", ERR_NO_OFFSET);
}

// RFC 7633 4.2.3.1. Where the handshake ended before the response's turn nothing is known.
static bool explain_staple(struct evaluation *e, const struct connection *connection)
{
	bool is_known = !connection->broken_off || connection->asks_client;
	if (!is_known || connection->ocsp.data || !cert_must_staple(e->record->cert)) {
		return true;
	}
	buffer_put_text(&e->context->text,
		"The certificate asks for a stapled OCSP response (TLS feature, \"must "
		"staple\"), and the server sends none: clients that hold to it, as "
		"Firefox does, refuse the server. Switch OCSP stapling on, or ask for a "
		"certificate without this feature.");
	return add_finding(e, &e->record->findings, CODE_SERVER_STAPLE_MISSING,
		"connection", ERR_NO_OFFSET);
}

static bool explain_end(struct evaluation *e, const struct connection *connection)
{
	if (!connection->broken_off) {
		return true;
	}
	buffer_printf(&e->context->text,
		"The handshake was not completed (%s); what the server showed before is "
		"judged, though nothing proves that it has the certificate's key.%s",
		connection->broken_off,
		connection->wants_client
			? " It asks for a client certificate, and none was sent."
			: "");
	return add_finding(e, &e->record->findings, CODE_HANDSHAKE_INCOMPLETE,
		"connection", ERR_NO_OFFSET);
}

bool explain_connection(struct evaluation *e)
{
	const struct connection *connection = e->record->connection;
	return !connection ||
		(explain_chain(e, connection) && explain_time(e) &&
			explain_name(e, connection) && explain_staple(e, connection) &&
			explain_end(e, connection));
}
