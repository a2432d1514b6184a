// SPDX-License-Identifier: Apache-2.0
// Certificates that came before: found again by their bytes, and by nothing else.
#include "eval/certcache.h"

#include "tests/unit/eval_build.h"

void test_certcache(void);

static const struct cert *get(struct certcache *cache, struct bytes in, size_t index)
{
	struct pem_chain chain;
	struct err err;
	err_clear(&err);
	CHECK(pem_find_chain(in, &chain, &err), "%s", err.text);
	return certcache_get(cache, &chain, index);
}

static void test_lending(struct eval_bench *b, struct certcache *cache)
{
	struct out pem = {0};
	pki_pem(&pem, "CERTIFICATE", &b->world->root_der);
	pki_pem(&pem, "CERTIFICATE", &b->world->ca_der);
	const struct cert *root = get(cache, eval_bytes(&pem), 0);
	const struct cert *ca = get(cache, eval_bytes(&pem), 1);
	CHECK(root && bytes_equal(root->der, eval_bytes(&b->world->root_der)), "read");
	CHECK(ca && bytes_equal(ca->der, eval_bytes(&b->world->ca_der)), "read");
	CHECK(root && root->der.data != b->world->root_der.data, "a copy of its own");
	CHECK(get(cache, eval_bytes(&pem), 0) == root, "the same again");
	CHECK(get(cache, eval_bytes(&pem), 1) == ca, "the same again");
	certcache_tidy(cache);
	CHECK(get(cache, eval_bytes(&pem), 1) == ca, "tidied while there is room");
	const struct cert *der = get(cache, eval_bytes(&b->world->ca_der), 0);
	CHECK(der && der->der.data != b->world->ca_der.data, "DER is copied");
	CHECK(get(cache, eval_bytes(&b->world->ca_der), 0) == der, "DER again");
	// What the cache lends does not hang on what it was given.
	memset(pem.data, 'x', pem.len);
	CHECK(ca && bytes_equal(ca->der, eval_bytes(&b->world->ca_der)), "overwritten");
	derw_clear(&pem);
}

// The same body means something else under another label: trust settings may follow.
static void test_refusing(struct eval_bench *b, struct certcache *cache)
{
	struct out trusted = {0};
	struct out plain = {0};
	struct out broken = {0};
	struct out aux = {0};
	derw_put(&aux, b->world->ca_der.data, b->world->ca_der.len);
	derw_put(&aux, "\x30\x00", 2);
	pki_pem(&trusted, "TRUSTED CERTIFICATE", &aux);
	pki_pem(&plain, "CERTIFICATE", &aux);
	pki_pem(&broken, "CERTIFICATE", &b->world->ca_der);
	broken.data[broken.len / 2] = '*';
	CHECK(!get(cache, eval_bytes(&trusted), 0), "of another label");
	CHECK(!get(cache, eval_bytes(&plain), 0), "with bytes left over");
	CHECK(!get(cache, eval_bytes(&plain), 0), "and still not");
	CHECK(!get(cache, eval_bytes(&broken), 0), "no base64");
	CHECK(!get(cache, BYTES_LITERAL("\x30\x80"), 0), "no certificate");
	size_t len = 20000;
	char *text = malloc(len);
	if (text) {
		memset(text, 'A', len);
		CHECK(!get(cache, bytes_of(text, len), 0), "too large to keep");
	}
	free(text);
	derw_clear(&trusted);
	derw_clear(&plain);
	derw_clear(&broken);
	derw_clear(&aux);
}

// It fills up, gives what it has, takes no more, and begins anew when it is tidied.
static void test_full(struct eval_bench *b)
{
	struct err err;
	err_clear(&err);
	struct certcache *cache = certcache_new(&err);
	struct out der = {0};
	derw_put(&der, b->world->ca_der.data, b->world->ca_der.len);
	struct bytes in = eval_bytes(&der);
	size_t num = 0;
	const struct cert *first = get(cache, in, 0);
	const struct cert *last = first;
	for (; last && num < 10000; num++) {
		der.data[der.len - 1 - num % 8]++; // of the signature
		last = get(cache, in, 0);
	}
	CHECK(num > 100 && num < 1000, "%zu certificates", num);
	CHECK(get(cache, eval_bytes(&b->world->ca_der), 0) == first, "kept");
	certcache_tidy(cache);
	last = get(cache, in, 0);
	CHECK(last && bytes_equal(last->der, in), "after tidying");
	derw_clear(&der);
	certcache_free(cache);
	certcache_free(NULL);
}

void test_certcache(void)
{
	struct err err;
	err_clear(&err);
	struct eval_bench *b = eval_bench_new();
	struct certcache *cache = certcache_new(&err);
	CHECK(b && cache, "a world");
	if (b && cache) {
		test_lending(b, cache);
		test_refusing(b, cache);
		test_full(b);
	}
	certcache_free(cache);
	eval_bench_free(b);
}
