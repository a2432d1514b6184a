// SPDX-License-Identifier: Apache-2.0
#include "x509/spare_key.h"

bool spare_key_is_label(struct bytes label)
{
	return bytes_equal(label, BYTES_LITERAL("PUBLIC KEY")) ||
		bytes_equal(label, BYTES_LITERAL("CERTIFICATE REQUEST")) ||
		bytes_equal(label, BYTES_LITERAL("NEW CERTIFICATE REQUEST"));
}

static void read_key(struct reader *r, struct spare_key *out)
{
	struct cert_spki spki;
	cert_spki_read(r, &spki);
	out->spki = spki.whole;
	out->key = spki.key;
}

// RFC 2986 4.2: CertificationRequestInfo, the algorithm, the signature.
static void read_request(struct reader *r, struct spare_key *out)
{
	struct reader request = der_enter(r, DER_SEQUENCE, "CertificationRequest");
	struct reader info =
		der_enter(&request, DER_SEQUENCE, "CertificationRequestInfo");
	(void)der_integer(&info, "version");
	out->is_request = true;
	out->subject = der_expect(&info, DER_SEQUENCE, "subject").whole;
	read_key(&info, out);
	(void)der_expect(&request, DER_SEQUENCE, "signatureAlgorithm");
	(void)der_octet_bits(&request, "signature");
	(void)reader_finish(&request, "CertificationRequest");
}

// What stands in the outer SEQUENCE first is a SEQUENCE in both: of an algorithm it begins
// with an OID.
static bool is_bare(struct reader r)
{
	struct err ignored;
	err_clear(&ignored);
	r.err = &ignored;
	struct reader outer = der_enter(&r, DER_SEQUENCE, "object");
	struct reader first = der_enter(&outer, DER_SEQUENCE, "object");
	return der_next_is(&first, DER_OID);
}

bool spare_key_read(struct bytes der, struct spare_key *out, struct err *err)
{
	struct reader r = reader_init(der, CODE_BAD_CERTIFICATE, err);
	*out = (struct spare_key){.is_request = false};
	if (is_bare(r)) {
		read_key(&r, out);
	} else {
		read_request(&r, out);
	}
	return reader_finish(&r, out->is_request ? "request" : "public key");
}
