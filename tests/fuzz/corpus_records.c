// SPDX-License-Identifier: Apache-2.0
// The made corpora of records and verifiers.
#include "tests/fuzz/mkcorpus.h"

// How the first byte of an input of fuzz_records.c chooses.
enum {
	AUTO,
	PEM,
	DER,
	NDJSON,
	CSV,
	IN_PIECES = 1 << 3,
	BY_NAME = 0x80,
	BY_NUMBER = 0xc0
};

static void put(struct corpus *c, const char *name, int choice, const struct out *bytes)
{
	struct out in = {0};
	derw_put_uint(&in, (uint64_t)choice, 1);
	derw_put_out(&in, bytes);
	corpus_put(c, "records", name, &in);
	derw_clear(&in);
}

static void put_pem(struct corpus *c, const struct out *leaf, const struct out *ca)
{
	struct out o = {0};
	derw_printf(&o, "text before\r\n");
	pki_pem(&o, "CERTIFICATE", leaf);
	derw_printf(&o, "text between\n-----BEGIN PRIVATE KEY-----\nMAA=\n");
	derw_printf(&o, "-----END PRIVATE KEY-----\n");
	pki_pem(&o, "CERTIFICATE", ca);
	put(c, "pem-chain", PEM | IN_PIECES, &o);
	pki_pem(&o, "TRUSTED CERTIFICATE", leaf);
	put(c, "pem-two", AUTO, &o);
	o.len -= 9; // on one line with what follows
	pki_pem(&o, "CERTIFICATE", ca);
	derw_printf(&o, "-----BEGIN CERTIFICATE-----\nMIIB\n");
	pki_pem(&o, "X509 CRL", ca);
	put(c, "pem-broken", PEM | IN_PIECES, &o);
	derw_clear(&o);
}

static void put_der(struct corpus *c, const struct out *leaf, const struct out *ca)
{
	struct out o = {0};
	derw_put_out(&o, leaf);
	derw_put_out(&o, ca);
	put(c, "der-chain", AUTO, &o);
	derw_put_out(&o, leaf);
	derw_printf(&o, "rubbish");
	put(c, "der-rubbish", DER | IN_PIECES, &o);
	derw_clear(&o);
}

static void put_lines(struct corpus *c)
{
	static const char text[] =
		"\xef\xbb\xbf{\"id\":1}\r\n\n \t\n{\"certificate\":\"x\"}\n{\"id\":2}";
	struct out o = {0};
	derw_put(&o, text, sizeof(text) - 1);
	put(c, "ndjson", AUTO, &o);
	put(c, "ndjson-marked", NDJSON | IN_PIECES, &o);
	derw_clear(&o);
}

static void put_rows(struct corpus *c, const struct out *leaf)
{
	struct out o = {0};
	derw_printf(&o, "id,\"pem\",note\r\n1,\"");
	pki_pem(&o, "CERTIFICATE", leaf);
	derw_printf(&o, "\",\"a \"\"quoted\"\"\nword\"\n\n2\n3,x,5\" and more\n");
	put(c, "csv-pem", AUTO, &o);
	put(c, "csv-name", CSV | BY_NAME | IN_PIECES, &o);
	put(c, "csv-number", CSV | BY_NUMBER, &o);
	o.len = 0;
	for (int i = 0; i < 2; i++) {
		pki_base64(&o, leaf->data, leaf->len);
		derw_printf(&o, "\n");
	}
	put(c, "base64-lines", AUTO | IN_PIECES, &o);
	derw_clear(&o);
	derw_printf(&o, "none of them");
	put(c, "unknown", AUTO, &o);
	derw_clear(&o);
}

void corpus_records(struct corpus *c)
{
	struct pki_cert_spec spec = corpus_leaf(c, "r.example");
	struct out leaf = {0};
	spec.bare = true;
	pki_cert(&spec, &leaf);
	put_pem(c, &leaf, &c->world->ca_der);
	put_der(c, &leaf, &c->world->ca_der);
	put_lines(c);
	put_rows(c, &leaf);
	derw_clear(&leaf);
}

// What fuzz_verifiers.c reads: the key, the hash and the mode, and then what each takes.
static void put_signature(
	struct corpus *c, const char *name, const char *bytes, size_t len)
{
	struct out o = {0};
	derw_put(&o, bytes, len);
	corpus_put(c, "verifiers", name, &o);
	derw_clear(&o);
}

void corpus_verifiers(struct corpus *c)
{
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
#define PUT(name, bytes) put_signature(c, name, bytes, sizeof(bytes) - 1)
	PUT("valid-p256", "\x00\x00\x02message");
	PUT("valid-p384", "\x02\x01\x02message");
	PUT("valid-sha512", "\x03\x02\x02message");
	PUT("high-s", "\x01\x00\x02mess\x04\x00\x00");
	PUT("s-and-order", "\x02\x01\x02mess\x05\x00\x00");
	PUT("other-digest", "\x00\x00\x02mess\x01\x03\x80");
	PUT("other-signature", "\x00\x00\x02mess\x00\x08\x01");
	PUT("cut", "\x00\x00\x02mess\x02\x01\x00");
	PUT("other-key", "\x00\x00\x02mess\x03\x01\x00");
	PUT("numbers-p256", "\x00\x00\x01" ZEROS ONES "\x20" ONES ONES ZEROS "\1");
	PUT("numbers-p384", "\x02\x01\x01" ZEROS ONES ONES "\x01\x01\x01");
	PUT("der", "\x01\x00\x00" ONES ONES "\x30\x06\x02\x01\x01\x02\x01\x01");
	PUT("der-long",
		"\x03\x02\x00" ONES ONES ONES ONES
		"\x30\x81\x08\x02\x01\x01\x02\x02\x00\x81");
#undef PUT
#undef ONES
#undef ZEROS
}
