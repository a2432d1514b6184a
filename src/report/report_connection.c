// SPDX-License-Identifier: Apache-2.0
#include "report/report_connection.h"

#include "base/text.h"

static void put_len(struct json *json, const char *key, struct bytes value)
{
	if (value.data) {
		json_put_unsigned(json, key, value.len);
	} else {
		json_put_null(json, key);
	}
}

void report_put_connection(struct json *json, const struct record *record)
{
	const struct connection *connection = record->connection;
	bool trusted = connection->chain == CONNECTION_TRUSTED;
	json_put_open(json, "connection", '{');
	json_put_text(json, "host", connection->host);
	json_put_unsigned(json, "port", connection->port);
	json_put_text(json, "address", connection->address);
	json_put_text(json, "servername", connection->servername);
	json_put_text(json, "starttls", connection->starttls);
	json_put_text(json, "tls_version", connection->tls_version);
	json_put_text(json, "cipher", connection->cipher);
	json_put_unsigned(json, "chain_length", connection->chain_len);
	json_put_word(json, "chain", connection_chain_name(connection->chain));
	json_put_text(json, "chain_error", trusted ? NULL : connection->chain_reason);
	json_put_bool(json, "name_matches", connection->name_matches);
	json_put_bool(json, "must_staple", cert_must_staple(record->cert));
	put_len(json, "tls_scts_bytes", connection->tls_scts);
	put_len(json, "ocsp_bytes", connection->ocsp);
	json_put_bool(json, "asks_for_client_certificate", connection->asks_client);
	json_put_text(json, "handshake_error", connection->broken_off);
	json_put_bool(json, "accepted", connection_is_accepted(record));
	json_put_close(json, '}');
}

void report_put_server(struct buffer *out, const struct connection *connection)
{
	bool ipv6 = strchr(connection->host, ':') != NULL;
	buffer_printf(
		out, ipv6 ? "[%s]:%u" : "%s:%u", connection->host, connection->port);
	if (strcmp(connection->host, connection->address) != 0) {
		buffer_printf(out, " at %s", connection->address);
	}
	if (connection->starttls) {
		buffer_printf(out, ", STARTTLS of %s", connection->starttls);
	}
	buffer_printf(out, ", %s, %s", connection->tls_version, connection->cipher);
	if (connection->servername &&
		strcmp(connection->servername, connection->host) != 0) {
		buffer_printf(out, ", asked for %s", connection->servername);
	}
	if (connection->asks_client) {
		buffer_put_text(out, ", asks for a client certificate (none was sent)");
	}
}

static size_t num_from(const struct record *record, enum sct_source source)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num += record->scts[i].source == source;
	}
	return num;
}

void report_put_delivered(struct buffer *out, const struct record *record)
{
	const struct connection *connection = record->connection;
	buffer_printf(out, "%zu certificate%s; SCTs: %zu embedded, ",
		connection->chain_len, connection->chain_len == 1 ? "" : "s",
		num_from(record, SOURCE_EMBEDDED));
	if (connection->tls_scts.data) {
		buffer_printf(out, "%zu by TLS, ", num_from(record, SOURCE_TLS));
	} else {
		buffer_put_text(out, "none by TLS, ");
	}
	if (connection->ocsp.data) {
		buffer_printf(out, "%zu by the stapled OCSP response",
			num_from(record, SOURCE_OCSP));
	} else {
		buffer_put_text(out, "none by OCSP (nothing stapled)");
	}
}
