// SPDX-License-Identifier: Apache-2.0
// One live server, from its name to what it shows: resolve, connect, change to TLS where
// --starttls says so, and shake hands, all within one time. Errors say at which stage.
#ifndef LIVE_EXAMINE_H
#define LIVE_EXAMINE_H

#include "eval/request.h"
#include "live/dial.h"
#include "live/host_name.h"
#include "live/starttls.h"
#include "live/tls_client.h"

#define EXAMINE_DEFAULT_PORT 443

// What all servers of a run share; of any thread.
struct examiner {
	struct resolver *resolver;
	struct tls_client *tls;
	const char *servername; // --servername, or NULL: each server's own name
	const char
		*hostname; // --hostname, to hold against the certificate; NULL: the same
	int64_t timeout_ms; // of one server, from its name to the end
};

struct server {
	struct host_name host;
	const struct starttls_protocol *starttls; // NULL: TLS begins at once
};

struct examined {
	struct tls_shown shown;
	char address[DIAL_ADDRESS_ROOM];
	struct connection connection; // lends from the rest, and from the server
};

// The port that is given, else the protocol's, else 443.
unsigned server_port(const struct server *server);
// False with `err`: resolve_failed, connect_failed, starttls_failed, tls_failed,
// connect_timeout, connect_stopped, out_of_memory. Ended by examined_clear in every case.
bool examine_server(const struct examiner *examiner, const struct server *server,
	struct examined *out, struct err *err) MUST_CHECK;
void examined_clear(struct examined *examined);
// Sets certificate, TLS SCTs, OCSP response and connection, lent.
void examined_fill(const struct examined *examined, struct ctp_request *request);

#endif
