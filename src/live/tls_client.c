// SPDX-License-Identifier: Apache-2.0
#include "live/tls_client.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "app/files.h"
#include "base/text.h"
#include "live/host_name.h"
#include "live/tls_message.h"
#include "x509/host_match.h"
#include "x509/pem.h"

// What OpenSSL 3.0 does not know, nobody need switch off.
#ifndef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
#define SSL_OP_NO_RX_CERTIFICATE_COMPRESSION 0
#endif

struct tls_client {
	SSL_CTX *context;
	bool is_private; // its authorities are the user's own
};

// One handshake, for OpenSSL's callbacks.
struct look {
	struct tls_shown *shown;
	const char *servername; // to ask for, or NULL
	const char *name; // to hold against the certificate
	struct buffer message; // the Certificate message
	struct bytes leaf; // in it
	bool is_1_3;
	int64_t deadline_ms;
	bool is_late;
};

void tls_shown_init(struct tls_shown *shown)
{
	*shown = (struct tls_shown){.trust = CONNECTION_UNTRUSTED};
	buffer_init(&shown->chain, 2 * TLS_MAX_CHAIN);
	buffer_init(&shown->tls_scts, TLS_MAX_CHAIN);
	buffer_init(&shown->ocsp, TLS_MAX_CHAIN);
}

void tls_shown_clear(struct tls_shown *shown)
{
	buffer_clear(&shown->chain);
	buffer_clear(&shown->tls_scts);
	buffer_clear(&shown->ocsp);
}

// Callbacks.

static int add_sct_extension(SSL *ssl, unsigned type, unsigned context,
	const unsigned char **out, size_t *out_len, X509 *x, size_t index, int *alert,
	void *argument)
{
	(void)ssl;
	(void)type;
	(void)context;
	(void)x;
	(void)index;
	(void)alert;
	(void)argument;
	*out = NULL;
	*out_len = 0;
	return 1;
}

// In TLS 1.3 each certificate may bear one; the leaf's counts (RFC 8446 4.4.2.1).
static int take_sct_extension(SSL *ssl, unsigned type, unsigned context,
	const unsigned char *in, size_t in_len, X509 *x, size_t index, int *alert,
	void *argument)
{
	struct look *look = SSL_get_app_data(ssl);
	(void)type;
	(void)context;
	(void)x;
	(void)alert;
	(void)argument;
	if (index == 0) {
		look->shown->has_tls_scts = true;
		look->shown->tls_scts.len = 0;
		buffer_put(&look->shown->tls_scts, bytes_of(in, in_len));
	}
	return 1;
}

static void take_message(int is_sent, int version, int type, const void *data, size_t len,
	SSL *ssl, void *argument)
{
	struct look *look = SSL_get_app_data(ssl);
	struct bytes in = bytes_of(data, len);
	(void)argument;
	if (!is_sent && type == SSL3_RT_HANDSHAKE && len > 0 &&
		in.data[0] == SSL3_MT_CERTIFICATE && look->message.len == 0) {
		look->is_1_3 = version == TLS1_3_VERSION;
		buffer_put(&look->message, in);
	}
}

static int ask_client_certificate(SSL *ssl, X509 **cert, EVP_PKEY **key)
{
	struct look *look = SSL_get_app_data(ssl);
	(void)cert;
	(void)key;
	look->shown->asks_client = true;
	return 0;
}

// What is shared.

// Empties OpenSSL's queue. What fails for want of memory in it is told as that, and not as
// something that the server did.
static bool is_out_of_memory(void)
{
	bool found = false;
	for (unsigned long code = ERR_get_error(); code; code = ERR_get_error()) {
		found = found || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
	}
	return found;
}

static bool set_time(SSL_CTX *context, enum tls_time kind, int64_t at_ms)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);
	if (kind == TLS_AT) {
		X509_VERIFY_PARAM_set_time(param, (time_t)(at_ms / 1000));
	}
	// An authority that is trusted is so without its own issuer.
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN |
		(kind == TLS_ANY_TIME ? X509_V_FLAG_NO_CHECK_TIME : 0);
	return X509_VERIFY_PARAM_set_flags(param, flags) == 1;
}

static bool set_up(SSL_CTX *context, enum tls_time kind, int64_t at_ms)
{
	const unsigned places = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
		SSL_EXT_TLS1_3_CERTIFICATE;
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_max_cert_list(context, TLS_MAX_CHAIN);
	SSL_CTX_set_msg_callback(context, take_message);
	SSL_CTX_set_client_cert_cb(context, ask_client_certificate);
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_options(context,
		SSL_OP_NO_RX_CERTIFICATE_COMPRESSION | SSL_OP_LEGACY_SERVER_CONNECT |
			SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
		SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp) == 1 &&
		SSL_CTX_add_custom_ext(context, TLSEXT_TYPE_signed_certificate_timestamp,
			places, add_sct_extension, NULL, NULL, take_sct_extension,
			NULL) == 1 &&
		set_time(context, kind, at_ms);
}

static bool load_authorities(SSL_CTX *context, const char *cacert, struct err *err)
{
	if (!cacert) {
		// Without any, every chain is untrusted, which is told of each.
		(void)SSL_CTX_set_default_verify_paths(context);
		return true;
	}
	if (SSL_CTX_load_verify_locations(context, cacert, NULL) == 1) {
		return true;
	}
	return is_out_of_memory()
		? err_no_memory(err)
		: err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			  "--cacert %.120s: no file of certificates in PEM", cacert);
}

struct tls_client *tls_client_new(
	const char *cacert, enum tls_time kind, int64_t at_ms, struct err *err)
{
	struct tls_client *client = calloc(1, sizeof(*client));
	SSL_CTX *context = client ? SSL_CTX_new(TLS_client_method()) : NULL;
	if (!context || !set_up(context, kind, at_ms)) {
		err_no_memory(err);
	} else if (load_authorities(context, cacert, err)) {
		client->context = context;
		client->is_private = cacert != NULL;
		ERR_clear_error();
		return client;
	}
	SSL_CTX_free(context);
	free(client);
	ERR_clear_error();
	return NULL;
}

bool tls_client_is_private(const struct tls_client *client)
{
	return client->is_private;
}

void tls_client_free(struct tls_client *client)
{
	if (client) {
		SSL_CTX_free(client->context);
		free(client);
	}
}

// Why a handshake failed.

// What follows an alert that has a common cause.
static const char *advice_of_alert(int alert)
{
	switch (alert) {
	case SSL_AD_UNRECOGNIZED_NAME:
		return "; it does not know this name (--servername asks for another one)";
	case SSL_AD_PROTOCOL_VERSION:
		return "; it speaks neither TLS 1.2 nor 1.3";
	case SSL_AD_HANDSHAKE_FAILURE:
		return "; it may want another name (--servername)";
	default:
		return "";
	}
}

static bool is_plain(const struct tls_shown *shown)
{
	return shown->first_len > 0 && shown->first[0] != SSL3_RT_HANDSHAKE &&
		shown->first[0] != SSL3_RT_ALERT;
}

static void put_plain(const struct tls_shown *shown, struct buffer *out)
{
	enum { TOLD = 64 };
	size_t len = 0;
	while (len < shown->first_len && len < TOLD &&
		!memchr("\r\n", shown->first[len], 2)) {
		len++;
	}
	buffer_put_text(out, "the server speaks no TLS here; it says: ");
	text_put_escaped(out, bytes_of(shown->first, len));
}

static void put_ssl_reason(
	const struct look *look, int kind, int system, struct buffer *out)
{
	char reason[FILE_REASON_ROOM];
	unsigned long code = ERR_peek_error();
	int number = ERR_GET_REASON(code);
	const char *text = ERR_reason_error_string(code);
	bool is_alert = code && ERR_GET_LIB(code) == ERR_LIB_SSL &&
		number >= SSL_AD_REASON_OFFSET && number < SSL_AD_REASON_OFFSET + 256;
	if (is_alert) {
		int alert = number - SSL_AD_REASON_OFFSET;
		buffer_printf(out, "the server sends the alert \"%s\" (%d)%s",
			SSL_alert_desc_string_long(alert), alert,
			look->message.len == 0 ? advice_of_alert(alert) : "");
	} else if (number == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
		(kind == SSL_ERROR_SYSCALL && system == 0) ||
		kind == SSL_ERROR_ZERO_RETURN) {
		buffer_put_text(out, "the server closed the connection");
	} else if (kind == SSL_ERROR_SYSCALL && !code) {
		errno = system;
		file_reason(reason);
		buffer_put_text(out, reason);
	} else if (number == SSL_R_UNSUPPORTED_PROTOCOL) {
		buffer_put_text(out, "the server speaks neither TLS 1.2 nor 1.3");
	} else {
		buffer_printf(out, "%s", text ? text : "an error without a name");
	}
}

// Copies what went wrong as text, cut to fit.
static void take_reason(const struct look *look, int kind, int system, struct err *err)
{
	struct buffer text;
	buffer_init(&text, 1024);
	if (is_plain(look->shown)) {
		put_plain(look->shown, &text);
	} else {
		put_ssl_reason(look, kind, system, &text);
	}
	if (is_out_of_memory() || text.failed) {
		err_no_memory(err);
	} else {
		err_set(err, CODE_TLS_FAILED, ERR_NO_OFFSET, "TLS handshake: %.*s",
			(int)text.len, (const char *)text.data);
	}
	buffer_clear(&text);
}

// The handshake.

// Sees all that is read: how it begins, and whether there is time left, for a server that
// sends without end lets OpenSSL read without end.
static long watch(BIO *bio, int operation, const char *data, size_t len, int number,
	long more, int result, size_t *done)
{
	struct look *look = (struct look *)(void *)BIO_get_callback_arg(bio);
	(void)len;
	(void)number;
	(void)more;
	if (operation == BIO_CB_READ && deadline_left(look->deadline_ms) == 0) {
		look->is_late = true;
		return -1;
	}
	if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0) {
		struct tls_shown *shown = look->shown;
		size_t room = sizeof(shown->first) - shown->first_len;
		size_t used = *done < room ? *done : room;
		memcpy(shown->first + shown->first_len, data, used);
		shown->first_len += used;
	}
	return result;
}

// What the server said behind the bytes that OpenSSL took for a record's head.
static void read_more(struct tls_shown *shown, int fd)
{
	size_t room = sizeof(shown->first) - shown->first_len;
	ssize_t got = recv(fd, shown->first + shown->first_len, room, MSG_DONTWAIT);
	shown->first_len += got > 0 ? (size_t)got : 0;
}

static bool shake(SSL *ssl, int fd, struct look *look, struct err *err)
{
	for (;;) {
		ERR_clear_error();
		errno = 0;
		int done = SSL_connect(ssl);
		int system = errno;
		int kind = SSL_get_error(ssl, done);
		if (done == 1) {
			return !is_out_of_memory() || err_no_memory(err);
		}
		if (look->is_late) {
			return deadline_fail(WAITED_LATE, "the TLS handshake", err);
		}
		if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE) {
			read_more(look->shown, fd);
			take_reason(look, kind, system, err);
			return false;
		}
		enum waited waited = deadline_wait(
			fd, kind == SSL_ERROR_WANT_WRITE, look->deadline_ms);
		if (waited != WAITED_READY) {
			return deadline_fail(waited, "the TLS handshake", err);
		}
	}
}

// What was seen.

static bool take_chain(struct look *look, struct err *err)
{
	struct bytes certs[TLS_MAX_CERTIFICATES];
	size_t num = 0;
	if (!tls_message_read_chain(buffer_bytes(&look->message), look->is_1_3, certs,
		    TLS_MAX_CERTIFICATES, &num, err)) {
		return false;
	}
	look->shown->chain_len = num;
	look->leaf = num > 0 ? certs[0] : BYTES_NONE;
	for (size_t i = 0; i < num && i < TLS_MAX_CERTIFICATES; i++) {
		pem_put(&look->shown->chain, "CERTIFICATE", certs[i]);
	}
	return num > 0 ||
		err_set(err, CODE_TLS_FAILED, ERR_NO_OFFSET,
			"TLS handshake: the server sends no certificate");
}

static bool is_issuer_sent(const STACK_OF(X509) * chain)
{
	const X509 *leaf = sk_X509_value(chain, 0);
	for (int i = 1; i < sk_X509_num(chain); i++) {
		if (X509_NAME_cmp(X509_get_subject_name(sk_X509_value(chain, i)),
			    X509_get_issuer_name(leaf)) == 0) {
			return true;
		}
	}
	return false;
}

static enum connection_chain trust_of(long result, const STACK_OF(X509) * chain)
{
	switch (result) {
	case X509_V_OK:
		return CONNECTION_TRUSTED;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return CONNECTION_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return CONNECTION_NOT_YET_VALID;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return CONNECTION_SELF_SIGNED;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return is_issuer_sent(chain) ? CONNECTION_UNTRUSTED
					     : CONNECTION_INCOMPLETE;
	case X509_V_ERR_INVALID_PURPOSE:
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_INVALID_NON_CA:
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
	case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
		return CONNECTION_INVALID;
	default:
		return CONNECTION_UNTRUSTED;
	}
}

// dNSName and iPAddress, by the rules that certificates in files are held by. An address has
// no zone there (RFC 4007 11).
static bool name_matches(const struct look *look)
{
	struct wanted_host host;
	struct cert cert;
	struct bytes ignored;
	struct err err;
	size_t len = strcspn(look->name, "%");
	err_clear(&err);
	return cert_read(look->leaf, &cert, &err) &&
		wanted_host_read(bytes_of(look->name, len), &host, &err) &&
		host_match(&host, &cert, &ignored);
}

// A key that cannot be read is "unspecified" to OpenSSL, as is want of memory.
static bool has_readable_keys(const STACK_OF(X509) * chain)
{
	for (int i = 0; i < sk_X509_num(chain); i++) {
		if (!X509_get0_pubkey(sk_X509_value(chain, i))) {
			return false;
		}
	}
	return true;
}

static bool take_trust(SSL *ssl, struct tls_shown *out)
{
	const STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	if (!chain || sk_X509_num(chain) < 1) {
		(void)snprintf(out->trust_reason, sizeof(out->trust_reason),
			"it was not looked at");
		return true;
	}
	long result = SSL_get_verify_result(ssl);
	out->trust = trust_of(result, chain);
	(void)snprintf(out->trust_reason, sizeof(out->trust_reason), "%s",
		X509_verify_cert_error_string(result));
	return result != X509_V_ERR_OUT_OF_MEM &&
		!(result == X509_V_ERR_UNSPECIFIED && has_readable_keys(chain));
}

static void take_facts(SSL *ssl, struct tls_shown *out)
{
	const unsigned char *ocsp = NULL;
	long len = SSL_get_tlsext_status_ocsp_resp(ssl, &ocsp);
	const char *cipher = SSL_get_cipher_name(ssl);
	out->has_ocsp = ocsp && len >= 0;
	buffer_put(&out->ocsp, out->has_ocsp ? bytes_of(ocsp, (size_t)len) : BYTES_NONE);
	(void)snprintf(out->version, sizeof(out->version), "%s",
		SSL_version(ssl) == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2");
	(void)snprintf(out->cipher, sizeof(out->cipher), "%s", cipher ? cipher : "");
}

static bool begin(SSL *ssl, int fd, struct look *look)
{
	char name[HOST_NAME_ROOM]; // OpenSSL's macro drops a const
	(void)snprintf(
		name, sizeof(name), "%s", look->servername ? look->servername : "");
	if (SSL_set_app_data(ssl, look) != 1 || SSL_set_fd(ssl, fd) != 1 ||
		(name[0] && SSL_set_tlsext_host_name(ssl, name) != 1)) {
		return false;
	}
	BIO_set_callback_arg(SSL_get_rbio(ssl), (char *)look);
	BIO_set_callback_ex(SSL_get_rbio(ssl), watch);
	return true;
}

// True where there is something to judge, whatever the handshake came to.
static bool gather(SSL *ssl, struct look *look, bool is_complete,
	const struct err *reason, struct err *err)
{
	struct tls_shown *out = look->shown;
	if (look->message.len == 0 || reason->code == CODE_CONNECT_STOPPED ||
		reason->code == CODE_OUT_OF_MEMORY) {
		*err = *reason;
		return is_complete &&
			err_set(err, CODE_TLS_FAILED, ERR_NO_OFFSET,
				"TLS handshake: the server sends no certificate");
	}
	if (!take_chain(look, err)) {
		return false;
	}
	if (!is_complete) {
		(void)snprintf(out->broken_off, sizeof(out->broken_off), "%.*s",
			(int)sizeof(out->broken_off) - 1, reason->text);
		out->wants_client =
			out->asks_client && reason->code != CODE_CONNECT_TIMEOUT;
	}
	out->name_matches = name_matches(look);
	bool has_memory = take_trust(ssl, out);
	take_facts(ssl, out);
	return (has_memory && !is_out_of_memory() &&
		       !(out->chain.failed || out->ocsp.failed || out->tls_scts.failed ||
			       look->message.failed)) ||
		err_no_memory(err);
}

bool tls_look(struct tls_client *client, int fd, const char *servername, const char *name,
	int64_t deadline_ms, struct tls_shown *shown, struct err *err)
{
	struct look look = {.shown = shown,
		.servername = servername,
		.name = name,
		.deadline_ms = deadline_ms};
	struct err reason;
	err_clear(&reason);
	buffer_init(&look.message, TLS_MAX_CHAIN + 4);
	SSL *ssl = SSL_new(client->context);
	bool done = false;
	if (!ssl || !begin(ssl, fd, &look)) {
		err_no_memory(err);
	} else {
		bool is_complete = shake(ssl, fd, &look, &reason);
		done = gather(ssl, &look, is_complete, &reason, err);
		if (is_complete) {
			(void)SSL_shutdown(ssl); // says that this was all
		}
	}
	SSL_free(ssl);
	ERR_clear_error();
	buffer_clear(&look.message);
	return done;
}
