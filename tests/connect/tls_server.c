// SPDX-License-Identifier: Apache-2.0
/*
 * tls_server [--chain FILE] [--key FILE] [--ocsp FILE] [--scts FILE] [--tls 1.2|1.3]
 *            [--ask-client] [--renegotiate] [--address ADDRESS]
 *
 * A TLS server that shows whatever it is told to, sense or not: a stapled OCSP response and
 * the SCT list of the TLS extension are sent as they stand in the files. Listens on a port
 * of its own (of 127.0.0.1 unless --address says ::1), prints the number in a line, and
 * serves each connection in a process of its own: a handshake, with --renegotiate a
 * HelloRequest behind it, then it waits for the client's end. Ends when its standard input
 * does.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FILE 400000

struct file {
	unsigned char data[MAX_FILE];
	size_t len;
	bool given;
};

/* What OpenSSL's callbacks send. */
static struct file ocsp, scts;

static bool renegotiates;

static void read_file(const char *path, struct file *out)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	out->len = fread(out->data, 1, sizeof(out->data), file);
	out->given = true;
	(void)fclose(file);
}

static int give_ocsp(SSL *ssl, void *argument)
{
	(void)argument;
	unsigned char *copy = OPENSSL_malloc(ocsp.len + 1);
	memcpy(copy, ocsp.data, ocsp.len);
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)ocsp.len);
	return SSL_TLSEXT_ERR_OK;
}

static int give_scts(SSL *ssl, unsigned type, unsigned context, const unsigned char **out,
	size_t *out_len, X509 *x, size_t index, int *alert, void *argument)
{
	(void)ssl;
	(void)type;
	(void)context;
	(void)x;
	(void)alert;
	(void)argument;
	*out = scts.data;
	*out_len = scts.len;
	return index == 0;
}

static int take_nothing(SSL *ssl, unsigned type, unsigned context,
	const unsigned char *in, size_t in_len, X509 *x, size_t index, int *alert,
	void *argument)
{
	(void)ssl;
	(void)type;
	(void)context;
	(void)in;
	(void)in_len;
	(void)x;
	(void)index;
	(void)alert;
	(void)argument;
	return 1;
}

static void set_version(SSL_CTX *context, const char *version)
{
	int number = strcmp(version, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
	SSL_CTX_set_min_proto_version(context, number);
	SSL_CTX_set_max_proto_version(context, number);
}

static void set_up(SSL_CTX *context, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		if (strcmp(argv[i], "--chain") == 0) {
			SSL_CTX_use_certificate_chain_file(context, value);
		} else if (strcmp(argv[i], "--key") == 0) {
			SSL_CTX_use_PrivateKey_file(context, value, SSL_FILETYPE_PEM);
		} else if (strcmp(argv[i], "--ocsp") == 0) {
			read_file(value, &ocsp);
		} else if (strcmp(argv[i], "--scts") == 0) {
			read_file(value, &scts);
		} else if (strcmp(argv[i], "--tls") == 0) {
			set_version(context, value);
		} else if (strcmp(argv[i], "--renegotiate") == 0) {
			renegotiates = true;
		} else if (strcmp(argv[i], "--ask-client") == 0) {
			SSL_CTX_set_verify(context,
				SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		}
	}
	if (ocsp.given) {
		SSL_CTX_set_tlsext_status_cb(context, give_ocsp);
	}
	if (scts.given) {
		SSL_CTX_add_custom_ext(context, 18,
			SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
				SSL_EXT_TLS1_3_CERTIFICATE,
			give_scts, NULL, NULL, take_nothing, NULL);
	}
}

static int listen_at(const char *address)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	bool is_six = inet_pton(AF_INET6, address, &six.sin6_addr) == 1;
	socklen_t len = is_six ? sizeof(six) : sizeof(four);
	struct sockaddr *name =
		is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four;
	int fd = socket(name->sa_family, SOCK_STREAM, 0);
	if (!is_six) {
		four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	if (fd < 0 || bind(fd, name, len) != 0 || listen(fd, 256) != 0 ||
		getsockname(fd, name, &len) != 0) {
		perror("tls_server");
		exit(1);
	}
	printf("%d\n", ntohs(is_six ? six.sin6_port : four.sin_port));
	(void)fflush(stdout);
	return fd;
}

static void serve(SSL_CTX *context, int fd)
{
	char rest[1024];
	SSL *ssl = SSL_new(context);
	SSL_set_fd(ssl, fd);
	(void)alarm(60);
	if (SSL_accept(ssl) == 1) {
		if (renegotiates) {
			(void)SSL_renegotiate(ssl);
			(void)SSL_do_handshake(ssl);
		}
		while (SSL_read(ssl, rest, sizeof(rest)) > 0) {
		}
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	(void)close(fd);
}

static const char *value_of(
	int argc, char **argv, const char *name, const char *otherwise)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], name) == 0) {
			return argv[i + 1];
		}
	}
	return otherwise;
}

int main(int argc, char **argv)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	SSL_CTX_set_security_level(context, 0);
	set_up(context, argc, argv);
	int listener = listen_at(value_of(argc, argv, "--address", "127.0.0.1"));
	for (;;) {
		struct pollfd both[2] = {{.fd = listener, .events = POLLIN},
			{.fd = STDIN_FILENO, .events = POLLIN}};
		if (poll(both, 2, -1) > 0 && both[1].revents) {
			break;
		}
		int fd = both[0].revents ? accept(listener, NULL, NULL) : -1;
		if (fd >= 0 && fork() == 0) {
			(void)close(listener);
			(void)close(STDOUT_FILENO);
			serve(context, fd);
			_exit(0);
		}
		if (fd >= 0) {
			(void)close(fd);
		}
	}
	SSL_CTX_free(context);
	return 0;
}
