// SPDX-License-Identifier: Apache-2.0
// One TLS handshake with a server, to see what it shows: its chain, the SCT list of the TLS
// extension (RFC 6962 3.3.1; in TLS 1.3 in the leaf's CertificateEntry, RFC 8446 4.4.2.1) and
// the stapled OCSP response (RFC 6066 8). The only file with <openssl/ssl.h> is tls_client.c.
//
// Nothing is refused: what a client would not accept is told in the result. Versions 1.2 and
// 1.3, at security level 0, for who looks wants to see.
#ifndef LIVE_TLS_CLIENT_H
#define LIVE_TLS_CLIENT_H

#include "eval/connection.h"
#include "live/deadline.h"

// Bytes of the certificates that a server may send; real chains stay below 20 KB.
#define TLS_MAX_CHAIN ((size_t)512 * 1024)
// Certificates of it that are judged, as many as one input has (PEM_MAX_CERTIFICATES).
#define TLS_MAX_CERTIFICATES 16

struct tls_client;

// At which time chains have to be valid.
enum tls_time { TLS_AT, TLS_ANY_TIME };

// Shared by all connections, of any thread. `cacert`: a PEM file with the authorities to trust
// instead of the system's, or NULL. NULL with `err`: unreadable_input, out_of_memory.
struct tls_client *tls_client_new(
	const char *cacert, enum tls_time kind, int64_t at_ms, struct err *err);
void tls_client_free(struct tls_client *client);
// Does it trust authorities that the user named, instead of the system's?
bool tls_client_is_private(const struct tls_client *client);

// What a server showed.
struct tls_shown {
	struct buffer chain; // PEM, the leaf first, as sent
	size_t chain_len;
	struct buffer tls_scts; // contents of the extension
	bool has_tls_scts;
	struct buffer ocsp;
	bool has_ocsp;
	char version[16]; // "TLS 1.3"
	char cipher[64];
	enum connection_chain trust;
	char trust_reason[96];
	bool name_matches;
	bool asks_client;
	bool wants_client; // it broke off because it got none, as far as one can tell
	char broken_off[160]; // "": the handshake is complete
	uint8_t first[256]; // what the server sent first, as far as it came at once
	size_t first_len;
};

void tls_shown_init(struct tls_shown *shown);
void tls_shown_clear(struct tls_shown *shown);

// Shakes hands on a connected socket that does not block, and which it does not close.
// `servername`: to ask for, or NULL; `name`: to hold against the certificate, an address where
// there is no servername (RFC 9525 6.4). True as
// soon as a certificate was seen, with whatever came of it. False with `err`: tls_failed,
// connect_timeout, connect_stopped, too_large, out_of_memory. `shown` was initialised.
bool tls_look(struct tls_client *client, int fd, const char *servername, const char *name,
	int64_t deadline_ms, struct tls_shown *shown, struct err *err) MUST_CHECK;

#endif
