// SPDX-License-Identifier: Apache-2.0
// A service as it is ordinarily written: libmicrohttpd's own threads, Jansson, d2i_X509 and
// SCT_LIST_validate. It answers how many SCTs are valid, and judges by no policy; what the
// real service is held against.
//
//     ordinary THREADS        prints its port
#include <arpa/inet.h>
#include <jansson.h>
#include <microhttpd.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/datetime.h"
#include "loglist/bundled.h"
#include "tests/bench/bench.h"

struct body {
	char *data;
	size_t len;
};

// Of PEM; to be freed with OPENSSL_free.
static struct bytes der_of(json_t *root, const char *name)
{
	const char *text = json_string_value(json_object_get(root, name));
	BIO *bio = text ? BIO_new_mem_buf(text, -1) : NULL;
	char *label = NULL;
	char *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	if (bio && PEM_read_bio(bio, &label, &header, &der, &len) == 1) {
		OPENSSL_free(label);
		OPENSSL_free(header);
	}
	BIO_free(bio);
	return bytes_of(der, (size_t)len);
}

// To be freed; NULL where the request is none.
static char *judge_request(struct openssl_way *way, const struct body *body)
{
	json_error_t error;
	json_t *root = json_loadb(body->data, body->len, 0, &error);
	struct sample sample = {.leaf_der = der_of(root, "certificate"),
		.issuer_der = der_of(root, "issuer")};
	const char *at = json_string_value(json_object_get(root, "at"));
	char *text = NULL;
	int64_t at_ms = 0;
	int64_t ignored = 0;
	if (at && sample.leaf_der.data && sample.issuer_der.data &&
		datetime_parse_rfc3339(bytes_of_text(at), false, &at_ms)) {
		size_t valid = openssl_way_judge(way, &sample, at_ms, false, &ignored);
		json_t *out = json_pack("{s:O,s:i}", "id", json_object_get(root, "id"),
			"valid", (int)valid);
		text = json_dumps(out, JSON_COMPACT);
		json_decref(out);
	}
	OPENSSL_free((void *)(uintptr_t)sample.leaf_der.data);
	OPENSSL_free((void *)(uintptr_t)sample.issuer_der.data);
	json_decref(root);
	return text;
}

static enum MHD_Result answer(void *way, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *data,
	size_t *len, void **context)
{
	struct body *body = *context;
	(void)url;
	(void)method;
	(void)version;
	if (!body) {
		*context = calloc(1, sizeof(*body));
		return *context ? MHD_YES : MHD_NO;
	}
	if (*len > 0) {
		char *more = realloc(body->data, body->len + *len);
		must(more != NULL, "no memory");
		memcpy(more + body->len, data, *len);
		body->data = more;
		body->len += *len;
		*len = 0;
		return MHD_YES;
	}
	char *text = judge_request(way, body);
	struct MHD_Response *response = MHD_create_response_from_buffer(
		text ? strlen(text) : 0, text, MHD_RESPMEM_MUST_FREE);
	(void)MHD_add_response_header(response, "Content-Type", "application/json");
	enum MHD_Result done = MHD_queue_response(connection, text ? 200 : 400, response);
	MHD_destroy_response(response);
	return done;
}

static void end(void *way, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct body *body = *context;
	(void)way;
	(void)connection;
	(void)code;
	if (body) {
		free(body->data);
		free(body);
	}
}

int main(int argc, char **argv)
{
	struct err err;
	struct sockaddr_in address = {.sin_family = AF_INET};
	err_clear(&err);
	must(argc == 2, "ordinary THREADS");
	struct ctp_lists *lists = bundled_lists("apple", &err);
	must(lists != NULL, "the bundled lists");
	struct openssl_way *way = openssl_way_new(lists);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	unsigned threads = (unsigned)strtoul(argv[1], NULL, 10);
	struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0,
		NULL, NULL, answer, way, MHD_OPTION_SOCK_ADDR, &address,
		MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0,
		MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_END);
	must(daemon != NULL, "no daemon");
	(void)printf("listening on http://127.0.0.1:%u\n",
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	(void)fflush(stdout);
	(void)pause();
	return 0;
}
