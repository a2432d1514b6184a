// SPDX-License-Identifier: Apache-2.0
// The dialogues in plain text that go before a TLS handshake, as a machine that is fed what
// the server sends and says what to send: no sockets, and bounded memory whatever comes.
//
//	smtp      RFC 3207 (EHLO, STARTTLS)     imap  RFC 3501 6.2.1 (STARTTLS)
//	pop3      RFC 2595 4 (STLS)             ftp   RFC 4217 4 (AUTH TLS)
//	ldap      RFC 4511 4.14 (StartTLS)      xmpp  RFC 6120 5 (<starttls/>)
//	postgres  PostgreSQL 55.2.10 (SSLRequest)
#ifndef LIVE_STARTTLS_H
#define LIVE_STARTTLS_H

#include "base/bytes.h"

// Bytes of one answer of the server, its greeting included; real ones stay below 2 KB.
#define STARTTLS_MAX_ANSWER ((size_t)32 * 1024)

struct starttls_protocol;

// NULL where there is none of that name.
const struct starttls_protocol *starttls_find(struct bytes name);
// NULL-terminated: "smtp", "imap", ...
extern const char *const starttls_names[];
const char *starttls_name(const struct starttls_protocol *protocol);
unsigned starttls_port(const struct starttls_protocol *protocol);
// The protocol that speaks in plain at this port, for advice; NULL: none that is known.
const struct starttls_protocol *starttls_at_port(unsigned port);
// The protocol that greets like this, for advice; NULL: none that is known.
const struct starttls_protocol *starttls_of_banner(struct bytes banner);
// Does TLS begin at once at this port, as at 443 and 993?
bool starttls_port_is_tls(unsigned port);

enum starttls_state {
	STARTTLS_SENDS, // starttls_send has what to send; then it reads
	STARTTLS_READS, // give it what comes
	STARTTLS_DONE, // the TLS handshake begins
	STARTTLS_FAILED,
};

struct starttls {
	const struct starttls_protocol *protocol;
	size_t step;
	enum starttls_state state;
	struct buffer in; // of the present answer
	struct buffer out; // of the present question
};

// `name`: the server's, for XMPP; letters, digits, hyphens, dots and colons alone. False with
// `err`: out_of_memory. Ended by starttls_clear in every case.
bool starttls_init(struct starttls *s, const struct starttls_protocol *protocol,
	const char *name, unsigned port, struct err *err) MUST_CHECK;
void starttls_clear(struct starttls *s);
// What to send now, lent until the next call; the state becomes STARTTLS_READS.
struct bytes starttls_send(struct starttls *s);
// Takes what came, and goes on. STARTTLS_FAILED with `err`: starttls_failed with the server's
// own words, out_of_memory.
enum starttls_state starttls_take(struct starttls *s, struct bytes in, struct err *err);
// The server has closed the connection: sets `err`, with what it said last.
void starttls_cut(const struct starttls *s, struct err *err);
// Has it said nothing at all so far, or begun a record of TLS, an alert most often? So do
// servers whose TLS begins at once.
bool starttls_sees_tls(const struct starttls *s);
// What is waited for: "the greeting", "the answer to STARTTLS".
const char *starttls_awaits(const struct starttls *s);

#endif
