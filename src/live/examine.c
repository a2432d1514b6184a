// SPDX-License-Identifier: Apache-2.0
#include "live/examine.h"

#include <errno.h>
#include <unistd.h>

#include "app/files.h"

unsigned server_port(const struct server *server)
{
	return server->host.port   ? server->host.port
		: server->starttls ? starttls_port(server->starttls)
				   : EXAMINE_DEFAULT_PORT;
}

// What to ask for; NULL: the server is an address.
static const char *name_of(const struct examiner *examiner, const struct server *server)
{
	return examiner->servername       ? examiner->servername
		: server->host.is_address ? NULL
					  : server->host.name;
}

// What to hold against the certificate.
static const char *checked_name_of(
	const struct examiner *examiner, const struct server *server)
{
	const char *name = name_of(examiner, server);
	return examiner->hostname ? examiner->hostname : name ? name : server->host.name;
}

// The dialogue in plain text.

static bool send_all(int fd, struct bytes out, const struct starttls *dialogue,
	int64_t deadline_ms, struct err *err)
{
	char reason[FILE_REASON_ROOM];
	while (out.len > 0) {
		enum waited waited = deadline_wait(fd, true, deadline_ms);
		if (waited != WAITED_READY) {
			return deadline_fail(waited, starttls_awaits(dialogue), err);
		}
		ssize_t sent = send(fd, out.data, out.len, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			file_reason(reason);
			return err_set(err, CODE_STARTTLS_FAILED, ERR_NO_OFFSET,
				"%s: nothing can be sent: %s",
				starttls_name(dialogue->protocol), reason);
		}
		size_t len = sent < 0 ? 0 : (size_t)sent;
		out = bytes_of(out.data + len, out.len - len);
	}
	return true;
}

static bool receive(
	int fd, struct starttls *dialogue, int64_t deadline_ms, struct err *err)
{
	uint8_t in[1024];
	char reason[FILE_REASON_ROOM];
	enum waited waited = deadline_wait(fd, false, deadline_ms);
	if (waited != WAITED_READY) {
		return deadline_fail(waited, starttls_awaits(dialogue), err);
	}
	ssize_t got = recv(fd, in, sizeof(in), 0);
	if (got > 0) {
		return starttls_take(dialogue, bytes_of(in, (size_t)got), err) !=
			STARTTLS_FAILED;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return true;
	}
	file_reason(reason);
	starttls_cut(dialogue, err);
	return got == 0 || err_add(err, " (%s)", reason);
}

static bool talk(int fd, struct starttls *dialogue, int64_t deadline_ms, struct err *err)
{
	while (dialogue->state != STARTTLS_DONE && err->code == CODE_NONE) {
		if (dialogue->state == STARTTLS_SENDS) {
			(void)send_all(
				fd, starttls_send(dialogue), dialogue, deadline_ms, err);
		} else {
			(void)receive(fd, dialogue, deadline_ms, err);
		}
	}
	return err->code == CODE_NONE;
}

// Another protocol's greeting says which one it is.
static void add_protocol(const struct starttls *dialogue, struct err *err)
{
	const struct starttls_protocol *greets =
		dialogue->step == 0 && err->code == CODE_STARTTLS_FAILED
		? starttls_of_banner(buffer_bytes(&dialogue->in))
		: NULL;
	if (greets && greets != dialogue->protocol) {
		err_add(err, "; so do servers of another protocol: --starttls %s",
			starttls_name(greets));
	}
}

static bool change_to_tls(int fd, const struct server *server, const char *name,
	int64_t deadline_ms, struct err *err)
{
	struct starttls dialogue;
	unsigned port = server_port(server);
	bool done = starttls_init(&dialogue, server->starttls,
			    name ? name : server->host.name, port, err) &&
		talk(fd, &dialogue, deadline_ms, err);
	bool sees_tls = starttls_sees_tls(&dialogue);
	add_protocol(&dialogue, err);
	starttls_clear(&dialogue);
	bool failed =
		err->code == CODE_CONNECT_TIMEOUT || err->code == CODE_STARTTLS_FAILED;
	if (!done && failed && starttls_port_is_tls(port)) {
		err_add(err, "; at port %u TLS begins at once: leave --starttls out",
			port);
	} else if (!done && failed && sees_tls) {
		err_add(err,
			"; if TLS begins at once at this port, leave --starttls out");
	}
	return done;
}

// At the mail administrator's most common slip: TLS where the server begins in plain, by its
// greeting or its port.
static bool add_advice(
	const struct server *server, const struct tls_shown *shown, struct err *err)
{
	const struct starttls_protocol *plain = starttls_at_port(server_port(server));
	const struct starttls_protocol *greets =
		starttls_of_banner(bytes_of(shown->first, shown->first_len));
	if (server->starttls ||
		(err->code != CODE_TLS_FAILED && err->code != CODE_CONNECT_TIMEOUT)) {
		return false;
	}
	if (plain) {
		return err_add(err, "; at port %u it begins in plain: --starttls %s",
			server_port(server), starttls_name(plain));
	}
	return greets &&
		err_add(err, "; it begins in plain: --starttls %s",
			starttls_name(greets));
}

static bool look_at(int fd, const struct examiner *examiner, const struct server *server,
	int64_t deadline_ms, struct examined *out, struct err *err)
{
	const char *name = name_of(examiner, server);
	if (server->starttls && !change_to_tls(fd, server, name, deadline_ms, err)) {
		return false;
	}
	return tls_look(examiner->tls, fd, name, checked_name_of(examiner, server),
		       deadline_ms, &out->shown, err) ||
		add_advice(server, &out->shown, err);
}

static void describe(const struct examiner *examiner, const struct server *server,
	struct examined *out)
{
	const struct tls_shown *shown = &out->shown;
	const char *name = name_of(examiner, server);
	bool leads_up = shown->trust == CONNECTION_TRUSTED ||
		shown->trust == CONNECTION_EXPIRED ||
		shown->trust == CONNECTION_NOT_YET_VALID ||
		shown->trust == CONNECTION_INVALID;
	out->connection = (struct connection){
		.host = server->host.name,
		.port = server_port(server),
		.address = out->address,
		.servername = name,
		.starttls = server->starttls ? starttls_name(server->starttls) : NULL,
		.tls_version = shown->version,
		.cipher = shown->cipher,
		.chain_len = shown->chain_len,
		.tls_scts =
			shown->has_tls_scts ? buffer_bytes(&shown->tls_scts) : BYTES_NONE,
		.ocsp = shown->has_ocsp ? buffer_bytes(&shown->ocsp) : BYTES_NONE,
		.chain = shown->trust,
		.chain_reason = shown->trust_reason,
		.name = checked_name_of(examiner, server),
		.is_address = !examiner->hostname && !name,
		.name_matches = shown->name_matches,
		.asks_client = shown->asks_client,
		.wants_client = shown->wants_client,
		.is_public = shown->trust == CONNECTION_TRUSTED &&
			!tls_client_is_private(examiner->tls),
		.is_private = leads_up && tls_client_is_private(examiner->tls),
		.has_named = tls_client_is_private(examiner->tls),
		.broken_off = shown->broken_off[0] ? shown->broken_off : NULL,
	};
	// Sent, and empty, is not the same as not sent.
	static const uint8_t nothing[1] = {0};
	if (shown->has_tls_scts && shown->tls_scts.len == 0) {
		out->connection.tls_scts = bytes_of(nothing, 0);
	}
	if (shown->has_ocsp && shown->ocsp.len == 0) {
		out->connection.ocsp = bytes_of(nothing, 0);
	}
}

static bool examine(const struct examiner *examiner, const struct server *server,
	int64_t deadline_ms, struct examined *out, struct err *err)
{
	struct resolved resolved;
	unsigned port = server_port(server);
	if (!resolve(examiner->resolver, server->host.name, port, deadline_ms, &resolved,
		    err)) {
		return false;
	}
	int fd = dial(&resolved, port, deadline_ms, out->address, err);
	if (fd < 0) {
		return false;
	}
	bool done = look_at(fd, examiner, server, deadline_ms, out, err);
	(void)close(fd);
	return done;
}

bool examine_server(const struct examiner *examiner, const struct server *server,
	struct examined *out, struct err *err)
{
	out->address[0] = '\0';
	tls_shown_init(&out->shown);
	if (examine(examiner, server, deadline_in(examiner->timeout_ms), out, err)) {
		describe(examiner, server, out);
		return true;
	}
	if (err->code == CODE_CONNECT_TIMEOUT) {
		err_add(err, "; it had %lld s, and --timeout gives more",
			(long long)(examiner->timeout_ms / 1000));
	}
	return false;
}

void examined_clear(struct examined *examined)
{
	tls_shown_clear(&examined->shown);
}

void examined_fill(const struct examined *examined, struct ctp_request *request)
{
	request->fields[REQUEST_CERTIFICATE] = buffer_bytes(&examined->shown.chain);
	request->fields[REQUEST_TLS_SCTS] = examined->connection.tls_scts;
	request->fields[REQUEST_OCSP] = examined->connection.ocsp;
	request->connection = &examined->connection;
}
