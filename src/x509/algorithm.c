// SPDX-License-Identifier: Apache-2.0
#include "x509/algorithm.h"

#include "x509/der.h"

#define OID_SHA1 BYTES_LITERAL("\x2b\x0e\x03\x02\x1a")

struct bytes algorithm_read(struct reader *r, struct bytes *out_oid,
	struct bytes *out_params, const char *what)
{
	struct der_element element = der_expect(r, DER_SEQUENCE, what);
	struct reader in = reader_nested(r, element.value);
	*out_oid = der_expect(&in, DER_OID, what).value;
	*out_params = reader_rest(&in);
	if (!reader_done(&in)) {
		(void)der_any(&in, what);
	}
	(void)reader_finish(&in, what);
	return element.whole;
}

static struct bytes read_hash(struct reader *r)
{
	struct reader algorithm = der_enter(r, DER_SEQUENCE, "hash algorithm");
	return der_expect(&algorithm, DER_OID, "hash algorithm").value;
}

// The hashes of the message and of its mask; false: they cannot be read.
static bool read_pss(struct bytes params, struct bytes *out_hash, struct bytes *out_mask)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(params, CODE_BAD_CERTIFICATE, &err);
	struct reader in = der_enter(&r, DER_SEQUENCE, "RSASSA-PSS-params");
	struct bytes hash = OID_SHA1; // the DEFAULTs of RFC 4055
	struct bytes mask_hash = OID_SHA1;
	if (der_next_is(&in, DER_CONTEXT_CONSTRUCTED(0))) {
		struct reader field =
			der_enter(&in, DER_CONTEXT_CONSTRUCTED(0), "hashAlgorithm");
		hash = read_hash(&field);
	}
	if (der_next_is(&in, DER_CONTEXT_CONSTRUCTED(1))) {
		struct reader field =
			der_enter(&in, DER_CONTEXT_CONSTRUCTED(1), "maskGenAlgorithm");
		struct reader mask = der_enter(&field, DER_SEQUENCE, "maskGenAlgorithm");
		(void)der_expect(&mask, DER_OID, "maskGenAlgorithm");
		mask_hash = read_hash(&mask);
	}
	*out_hash = hash;
	*out_mask = mask_hash;
	return !reader_failed(&in);
}

static const struct sigalg *find_pss(struct bytes params)
{
	struct bytes hash, mask_hash;
	return read_pss(params, &hash, &mask_hash) && bytes_equal(hash, mask_hash)
		? sigalg_pss(hash)
		: NULL;
}

// SHA-256, 384, 512, 224, 512/224 and 512/256 are the first six of NIST's hashes.
static bool is_sha2(struct bytes hash_oid)
{
	static const struct bytes arc = BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02");
	return hash_oid.len == arc.len + 1 &&
		memcmp(hash_oid.data, arc.data, arc.len) == 0 &&
		hash_oid.data[arc.len] >= 1 && hash_oid.data[arc.len] <= 6;
}

bool algorithm_hashes_by_sha2(struct bytes oid, struct bytes params)
{
	// sha512-224WithRSAEncryption and sha512-256WithRSAEncryption (RFC 8017 A.2.4).
	static const struct bytes others[] = {
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0f"),
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x10")};
	const struct sigalg *alg = sigalg_by_oid(oid);
	struct bytes hash, mask_hash;
	if (alg && alg->pss) {
		return read_pss(params, &hash, &mask_hash) && is_sha2(hash);
	}
	return alg ? alg->sha2
		   : bytes_equal(oid, others[0]) || bytes_equal(oid, others[1]);
}

const struct sigalg *algorithm_find(struct bytes oid, struct bytes params)
{
	const struct sigalg *alg = sigalg_by_oid(oid);
	return alg && alg->pss ? find_pss(params) : alg;
}
