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

static const struct sigalg *find_pss(struct bytes params)
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
	return !reader_failed(&in) && bytes_equal(hash, mask_hash) ? sigalg_pss(hash)
								   : NULL;
}

const struct sigalg *algorithm_find(struct bytes oid, struct bytes params)
{
	const struct sigalg *alg = sigalg_by_oid(oid);
	return alg && alg->pss ? find_pss(params) : alg;
}
