// SPDX-License-Identifier: Apache-2.0
// ocsp_read, about the leaf "ocsp.example" of the world's CA.
//
// Property: the same bytes give the same answer; every slice of it lies in the input, and so
// does the offset of an error. What matches with the issuer known matches without it (or the
// response cannot be read: a part that then matches, too, is broken). Where
// OpenSSL's d2i_OCSP_RESPONSE takes the bytes too, the status is the same; where its
// BasicOCSPResponse reads as well, the responses are as many, one matches for us where one
// does for OpenSSL, and the SCT list is that of the first such response that has one.
#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "tests/fuzz/fuzz.h"
#include "tests/pki/pki_world.h"
#include "x509/ocsp.h"

struct subject {
	struct digest *digest;
	struct cert leaf, issuer;
	X509 *their_leaf, *their_issuer;
};

static void read_certificate(const struct out *der, struct cert *ours, X509 **theirs)
{
	struct err err;
	err_clear(&err);
	const unsigned char *pos = der->data;
	fuzz_need_done(
		cert_read(bytes_of(der->data, der->len), ours, &err), &err, "set-up");
	*theirs = d2i_X509(NULL, &pos, (long)der->len);
	fuzz_need(*theirs != NULL, "set-up: OpenSSL cannot read a certificate");
}

// The certificates of corpus_x509.c, made once.
static const struct subject *the_subject(void)
{
	static struct subject s;
	static struct pki_world *world;
	static struct out leaf;
	if (world) {
		return &s;
	}
	world = pki_world_new(PKI_WORLD_SEED);
	int64_t start = pki_seconds(PKI_WORLD_NOT_BEFORE);
	struct pki_cert_spec spec =
		pki_world_leaf(world, "ocsp.example", start, start + 90 * PKI_DAY - 1);
	pki_cert(&spec, &leaf);
	read_certificate(&leaf, &s.leaf, &s.their_leaf);
	read_certificate(&world->ca_der, &s.issuer, &s.their_issuer);
	struct err err;
	err_clear(&err);
	s.digest = digest_new(&err);
	fuzz_need_done(s.digest != NULL, &err, "set-up");
	return &s;
}

static void need_same(struct bytes a, struct bytes b, const char *what)
{
	fuzz_need(bytes_equal(a, b), "two readings give another %s", what);
}

static enum ocsp_outcome read_twice(struct bytes in, const struct subject *s,
	const struct cert *issuer, struct ocsp_answer *out)
{
	struct ocsp_subject subject = {&s->leaf, issuer};
	struct ocsp_answer again;
	struct err err;
	struct err again_err;
	err_clear(&err);
	err_clear(&again_err);
	enum ocsp_outcome outcome = ocsp_read(in, &subject, s->digest, out, &err);
	fuzz_need(outcome == ocsp_read(in, &subject, s->digest, &again, &again_err),
		"two readings give another outcome");
	fuzz_need(outcome != OCSP_FAILED, "out of memory");
	fuzz_need((outcome == OCSP_UNREADABLE) == (err.code != CODE_NONE),
		"unreadable and no reason, or the reverse");
	if (outcome == OCSP_UNREADABLE) {
		fuzz_need_error(&err, in.len, "ocsp_read");
		fuzz_need(err.offset == again_err.offset &&
				strcmp(err.text, again_err.text) == 0,
			"two readings give another error");
	}
	need_same(out->scts, again.scts, "SCT list");
	need_same(out->tbs, again.tbs, "tbs");
	need_same(out->signature, again.signature, "signature");
	need_same(out->first_cert, again.first_cert, "certificate");
	fuzz_need(out->num_others == again.num_others &&
			out->has_scts == again.has_scts && out->status == again.status,
		"two readings give another answer");
	return outcome;
}

static void need_slices_inside(struct bytes in, const struct ocsp_answer *answer)
{
	fuzz_need_inside(in, answer->scts, "the SCT list");
	fuzz_need_inside(in, answer->tbs, "the tbs");
	fuzz_need_inside(in, answer->signature_oid, "the signature's OID");
	fuzz_need_inside(in, answer->signature_params, "the signature's parameters");
	fuzz_need_inside(in, answer->signature, "the signature");
	fuzz_need_inside(in, answer->first_cert, "the first certificate");
}

// Is this response, in OpenSSL's eyes, about the leaf? The parameters of the hash do not
// change what it is; a signature algorithm, which OpenSSL takes for its hash, is none.
static bool they_match(const OCSP_SINGLERESP *single, const struct subject *s)
{
	OCSP_CERTID *id = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(single));
	ASN1_OBJECT *hash = NULL;
	ASN1_OCTET_STRING *name = NULL, *key = NULL, *want_name = NULL, *want_key = NULL;
	ASN1_INTEGER *serial = NULL, *want_serial = NULL;
	fuzz_need(id && OCSP_id_get0_info(&name, &hash, &key, &serial, id) == 1,
		"out of memory");
	const EVP_MD *md = EVP_get_digestbyobj(hash);
	bool is_hash = md && EVP_MD_get_type(md) == OBJ_obj2nid(hash);
	OCSP_CERTID *want =
		is_hash ? OCSP_cert_to_id(md, s->their_leaf, s->their_issuer) : NULL;
	bool same = want &&
		OCSP_id_get0_info(&want_name, NULL, &want_key, &want_serial, want) &&
		ASN1_OCTET_STRING_cmp(name, want_name) == 0 &&
		ASN1_OCTET_STRING_cmp(key, want_key) == 0 &&
		ASN1_INTEGER_cmp(serial, want_serial) == 0;
	OCSP_CERTID_free(want);
	OCSP_CERTID_free(id);
	return same;
}

// The contents of the extension's OCTET STRING, without the OCTET STRING inside it.
static bool their_scts(
	OCSP_SINGLERESP *single, struct bytes *out, ASN1_OCTET_STRING **owner)
{
	int at = OCSP_SINGLERESP_get_ext_by_NID(single, NID_ct_cert_scts, -1);
	if (at < 0) {
		return false;
	}
	fuzz_need(OCSP_SINGLERESP_get_ext_by_NID(single, NID_ct_cert_scts, at) < 0,
		"two SCT lists in one response, and it is accepted");
	const ASN1_OCTET_STRING *value =
		X509_EXTENSION_get_data(OCSP_SINGLERESP_get_ext(single, at));
	const unsigned char *pos = value->data;
	*owner = d2i_ASN1_OCTET_STRING(NULL, &pos, value->length);
	if (!*owner) {
		return false;
	}
	*out = bytes_of((*owner)->data, (size_t)(*owner)->length);
	return true;
}

static void compare_basic(OCSP_BASICRESP *basic, const struct subject *s,
	const struct ocsp_answer *answer, bool ours)
{
	int num = OCSP_resp_count(basic);
	size_t num_matching = 0;
	bool found = false;
	for (int i = 0; i < num; i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		if (!they_match(single, s)) {
			continue;
		}
		num_matching++;
		ASN1_OCTET_STRING *owner = NULL;
		struct bytes scts = BYTES_NONE;
		if (!found && their_scts(single, &scts, &owner)) {
			found = true;
			fuzz_need(!answer->has_scts || bytes_equal(answer->scts, scts),
				"OpenSSL finds another SCT list");
			fuzz_need(answer->has_scts,
				"OpenSSL finds an SCT list, ours does not");
		}
		ASN1_OCTET_STRING_free(owner);
	}
	fuzz_need((num_matching > 0) == ours,
		"OpenSSL finds %zu responses about the leaf, ours %s", num_matching,
		ours ? "some" : "none");
	fuzz_need((size_t)num == num_matching + answer->num_others,
		"%d responses for OpenSSL, of which %zu match; %zu others for us", num,
		num_matching, answer->num_others);
}

static void compare_with_openssl(struct bytes in, const struct subject *s,
	const struct ocsp_answer *answer, enum ocsp_outcome outcome)
{
	const unsigned char *pos = in.data;
	OCSP_RESPONSE *theirs = d2i_OCSP_RESPONSE(NULL, &pos, (long)in.len);
	if (!theirs) {
		ERR_clear_error();
		return;
	}
	bool whole = outcome == OCSP_MATCHED || outcome == OCSP_OTHER_CERT;
	fuzz_need(!whole || pos == in.data + in.len, "OpenSSL ends earlier");
	long status = OCSP_response_status(theirs);
	if (outcome != OCSP_UNREADABLE) {
		// Ours is the byte as it stands; 255 where there are more or none.
		fuzz_need(status == (int8_t)answer->status || answer->status == 255,
			"OpenSSL reads status %ld, ours %u", status, answer->status);
	}
	OCSP_BASICRESP *basic = whole ? OCSP_response_get1_basic(theirs) : NULL;
	if (basic) {
		compare_basic(basic, s, answer, outcome == OCSP_MATCHED);
	}
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(theirs);
	ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct subject *s = the_subject();
	struct bytes in = bytes_of(data, len);
	struct ocsp_answer answer;
	struct ocsp_answer unchecked;
	enum ocsp_outcome outcome = read_twice(in, s, &s->issuer, &answer);
	need_slices_inside(in, &answer);
	compare_with_openssl(in, s, &answer, outcome);
	enum ocsp_outcome without = read_twice(in, s, NULL, &unchecked);
	fuzz_need(outcome != OCSP_MATCHED || without == OCSP_UNREADABLE ||
			(without == OCSP_MATCHED && unchecked.key_hash_unchecked),
		"what matches with the issuer does not without it");
	return 0;
}
