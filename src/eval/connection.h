// SPDX-License-Identifier: Apache-2.0
// How a certificate was got from a live TLS server: facts for the report, put together by
// whoever asked it (src/live/). No verdict of a policy hangs on them; what stands in a
// client's way is told as findings.
#ifndef EVAL_CONNECTION_H
#define EVAL_CONNECTION_H

#include "base/bytes.h"

struct record;

// Does the chain that the server sends lead to a trusted authority, at the time of check?
enum connection_chain {
	CONNECTION_TRUSTED,
	CONNECTION_INCOMPLETE, // the leaf's issuer is not sent, and is no authority known here
	CONNECTION_SELF_SIGNED,
	CONNECTION_EXPIRED,
	CONNECTION_NOT_YET_VALID,
	CONNECTION_INVALID, // one in it may not stand where it does, whoever issued it
	CONNECTION_UNTRUSTED, // everything else
};

// Texts are NUL-terminated and lent by the maker until the report is written.
struct connection {
	const char *host; // a name or an address
	unsigned port;
	const char *address; // that answered, as numbers
	const char *servername; // what was asked for (SNI), or NULL
	const char *starttls; // "smtp" and so on, or NULL
	const char *tls_version; // "TLS 1.3"
	const char *cipher;
	size_t chain_len; // certificates that were sent
	struct bytes tls_scts; // contents of the extension; data NULL: not sent
	struct bytes ocsp; // the stapled response; data NULL: none
	enum connection_chain chain;
	bool is_public; // trusted, by an authority that came with the system
	// By one that the user named, or it would be, were it not over or to come.
	bool is_private;
	bool has_named; // authorities that the user named are trusted, not the system's
	const char *chain_reason; // in OpenSSL's words
	const char *name; // what was held against the certificate
	bool is_address; // the name is one, and was held against the iPAddresses
	bool name_matches;
	bool asks_client; // for a certificate of the client's
	bool wants_client; // ... and broke off the handshake without one
	const char *
		broken_off; // why the handshake ended behind the certificate; NULL: it did not
};

// "trusted" and so on.
const char *connection_chain_name(enum connection_chain chain);
// Would a client go on: the chain is trusted, the certificate in its time, the name right, the
// handshake complete, or broken off for want of a client's certificate. Of a record that has a
// connection.
bool connection_is_accepted(const struct record *record);
// Why a client would not, most weighty first; how many, 0 where it is accepted, or there is
// no connection.
#define CONNECTION_MAX_REFUSALS 4
size_t connection_refusals(
	const struct record *record, enum code out[CONNECTION_MAX_REFUSALS]);

#endif
