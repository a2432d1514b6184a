// SPDX-License-Identifier: Apache-2.0
#include "eval/evaluation.h"

#include "base/text.h"
#include "eval/signatures.h"
#include "x509/name.h"

static bool find_chain(
	struct evaluation *e, enum request_field field, struct pem_chain *out)
{
	struct bytes in = e->request->fields[field];
	out->num = 0;
	if (in.data && !pem_find_chain(in, out, e->err)) {
		return err_in_field(e->err, request_field_name(field));
	}
	e->inputs.beside_key = e->inputs.beside_key || (in.data && out->has_key);
	return true;
}

static const struct cert *read_cert(
	struct evaluation *e, const struct pem_chain *chain, size_t index)
{
	struct bytes der;
	struct cert *cert = arena_take(&e->context->arena, sizeof(*cert));
	if (!cert) {
		err_no_memory(e->err);
		return NULL;
	}
	bool done = pem_chain_der(chain, index, &e->context->arena, &der, e->err) &&
		cert_read(der, cert, e->err);
	return done ? cert : NULL;
}

// The certificates of one field; those from `first_known` on may have come before.
static bool read_certs(struct evaluation *e, enum request_field field,
	const struct pem_chain *chain, size_t first_known, const struct cert **out)
{
	for (size_t i = 0; i < chain->num; i++) {
		char name[32] = "";
		out[i] = i < first_known ? NULL
					 : certcache_get(e->context->certs, chain, i);
		out[i] = out[i] ? out[i] : read_cert(e, chain, i);
		if (!out[i]) {
			(void)snprintf(name, sizeof(name), i ? "%s[%zu]" : "%s",
				request_field_name(field), i);
			return err_in_field(e->err, name);
		}
	}
	return true;
}

// The leaf comes once, its issuers again and again.
static bool read_chains(struct evaluation *e, const struct pem_chain *chain,
	const struct pem_chain *issuers)
{
	struct inputs *in = &e->inputs;
	const struct cert **certs = arena_take_array(
		&e->context->arena, chain->num + issuers->num, sizeof(*certs));
	if (!certs) {
		return err_no_memory(e->err);
	}
	if (!read_certs(e, REQUEST_CERTIFICATE, chain, 1, certs) ||
		!read_certs(e, REQUEST_ISSUER, issuers, 0, certs + chain->num)) {
		return false;
	}
	for (size_t i = chain->num; i < chain->num + issuers->num; i++) {
		if (certs[i]->kind == CERT_TBS) {
			err_set(e->err, CODE_BAD_CERTIFICATE, 0,
				"a bare TBSCertificate cannot be an issuer");
			return err_in_field(e->err, "issuer");
		}
	}
	in->leaf = certs[0];
	in->others = certs + 1;
	in->num_others = chain->num + issuers->num - 1;
	return true;
}

static bool has_key_id(const struct cert *leaf, struct bytes key_id)
{
	return leaf->authority_key_id.len > 0 &&
		bytes_equal(leaf->authority_key_id, key_id);
}

// The issuer of `child` among the certificates given from `first` on: by name, and among
// several of one name by signature or, failing that, by key identifier.
static const struct cert *find_given(
	struct evaluation *e, const struct cert *child, size_t first)
{
	const struct cert *best = NULL;
	for (size_t i = first; i < e->inputs.num_others; i++) {
		const struct cert *cert = e->inputs.others[i];
		if (cert == child || !name_same(cert->subject, child->issuer)) {
			continue;
		}
		if (best && is_signed_by(e, child, best)) {
			return best;
		}
		bool better = !best || is_signed_by(e, child, cert) ||
			has_key_id(child, cert->subject_key_id);
		best = better ? cert : best;
	}
	return best;
}

// How many of one name are tried by signature: CAs have one key, or a few, under a name.
#define MAX_CANDIDATES 16

// Among several of one name: by signature, those first that the leaf's authority key
// identifier names; or, for a TBSCertificate, by that alone.
static bool choose_from_pool(
	struct evaluation *e, const struct cert *leaf, struct cert *out)
{
	const struct issuers *pool = e->request->issuers;
	size_t first = 0;
	size_t named = 0;
	size_t num = issuers_find(pool, leaf->issuer, &first);
	size_t num_named =
		issuers_find_key(pool, leaf->issuer, leaf->authority_key_id, &named);
	num_named = leaf->authority_key_id.len > 0 ? num_named : 0;
	for (size_t i = 0, tried = 0; tried < MAX_CANDIDATES && i < num_named + num;
		i++) {
		size_t at = i < num_named ? named + i : first + i - num_named;
		if (i >= num_named && at - named < num_named) {
			continue; // was tried among the first
		}
		if (!cert_read(issuers_der(pool, at), out, e->err)) {
			return false; // cannot be: it was read when it came into the pool
		}
		if (num == 1 || is_signed_by(e, leaf, out)) {
			return true;
		}
		tried++;
	}
	size_t best = num_named ? named : first;
	return num > 0 && cert_read(issuers_der(pool, best), out, e->err);
}

const struct cert *inputs_find_in_pool(struct evaluation *e, const struct cert *cert)
{
	if (!e->request->issuers) {
		return NULL;
	}
	struct cert *out = arena_take(&e->context->arena, sizeof(*out));
	if (!out) {
		err_no_memory(e->err);
		return NULL;
	}
	return choose_from_pool(e, cert, out) ? out : NULL;
}

// The issuer field where it is given, else the second certificate of the chain; where
// that one has another name, whichever later one bears the right name, or one of the
// pool.
static bool find_issuer(struct evaluation *e, size_t chain_len)
{
	struct inputs *in = &e->inputs;
	size_t first = in->num_others > chain_len - 1 ? chain_len - 1 : 0;
	in->issuer = find_given(e, in->leaf, first);
	if (!in->issuer && !e->request->fields[REQUEST_ISSUER].data) {
		in->issuer = inputs_find_in_pool(e, in->leaf);
		if (in->issuer) {
			return true;
		}
	}
	if (in->num_others == 0) {
		return e->err->code == CODE_NONE;
	}
	if (!in->issuer) {
		in->issuer = in->others[first];
	} else if (in->issuer != in->others[first] &&
		!e->request->fields[REQUEST_ISSUER].data) {
		buffer_put_text(&e->context->text,
			"The leaf's issuer stands further down the chain than second "
			"place; TLS clients expect it right behind the leaf.");
		return add_finding(e, &e->record->findings, CODE_CHAIN_OUT_OF_ORDER,
			"certificate", ERR_NO_OFFSET);
	}
	return e->err->code == CODE_NONE;
}

// RFC 6962 3.1: a precertificate may be signed by a Precertificate Signing Certificate,
// which only the CA itself issues.
static bool find_ca(struct evaluation *e)
{
	struct inputs *in = &e->inputs;
	in->ca = in->issuer;
	if (in->issuer && in->issuer->precert_signing &&
		in->leaf->kind != CERT_CERTIFICATE) {
		in->signer = in->issuer;
		in->ca = find_given(e, in->signer, 0);
		in->ca = in->ca ? in->ca : inputs_find_in_pool(e, in->signer);
	}
	return e->err->code == CODE_NONE;
}

// What stands behind the leaf should be CAs. Whoever put several leaves into one file
// should not take the first one's verdict for all.
static bool check_strangers(struct evaluation *e, size_t chain_len)
{
	const struct inputs *in = &e->inputs;
	size_t num = 0;
	for (size_t i = 0; i + 1 < chain_len; i++) {
		const struct cert *other = in->others[i];
		num += !other->is_ca && other != in->issuer && other != in->ca &&
			!bytes_equal(other->der, in->leaf->der);
	}
	if (num == 0) {
		return true;
	}
	buffer_printf(&e->context->text,
		"%zu further certificate%s behind the first one %s no part of its chain, and "
		"%s not judged: give each in a file of its own, or all to an audit (ctpolicy "
		"audit FILE; over HTTP, POST /v1/evaluate/batch).",
		num, num == 1 ? "" : "s", num == 1 ? "is" : "are",
		num == 1 ? "was" : "were");
	return add_finding(
		e, &e->record->findings, CODE_NOT_JUDGED, "certificate", ERR_NO_OFFSET);
}

static bool read_key_hash(struct evaluation *e, uint8_t out[DIGEST_SHA256_LEN])
{
	struct bytes text = text_trim(e->request->fields[REQUEST_ISSUER_KEY_SHA256]);
	uint8_t raw[TEXT_BASE64_ROOM(DIGEST_SHA256_LEN)];
	size_t len = 0;
	if (text.len == 2 * DIGEST_SHA256_LEN &&
		text_unhex(text, out, DIGEST_SHA256_LEN)) {
		return true;
	}
	if (text.len < sizeof(raw) && text_unbase64(text, raw, &len) &&
		len == DIGEST_SHA256_LEN) {
		memcpy(out, raw, DIGEST_SHA256_LEN);
		return true;
	}
	err_set(e->err, CODE_BAD_KEY_HASH, ERR_NO_OFFSET,
		"must be the SHA-256 of the issuer's SubjectPublicKeyInfo: 64 hex "
		"digits, or 44 characters of base64");
	return err_in_field(e->err, "issuer_key_sha256");
}

static bool find_key_hash(struct evaluation *e)
{
	struct inputs *in = &e->inputs;
	bool given = e->request->fields[REQUEST_ISSUER_KEY_SHA256].data != NULL;
	uint8_t wanted[DIGEST_SHA256_LEN];
	if (given && !read_key_hash(e, wanted)) {
		return false;
	}
	if (in->ca) {
		struct pubkey *key = keycache_get(
			e->context->issuers, in->ca->spki, e->context->digest, e->err);
		if (!key) {
			return false;
		}
		memcpy(in->key_hash, pubkey_id(key), DIGEST_SHA256_LEN);
		in->has_key_hash = true;
	}
	if (given && in->ca && memcmp(wanted, in->key_hash, DIGEST_SHA256_LEN) != 0) {
		err_set(e->err, CODE_KEY_HASH_MISMATCH, ERR_NO_OFFSET,
			"not the hash of the issuer's key that was given too; leave one "
			"out");
		return err_in_field(e->err, "issuer_key_sha256");
	}
	if (given) {
		memcpy(in->key_hash, wanted, DIGEST_SHA256_LEN);
		in->has_key_hash = true;
	}
	return true;
}

static bool read_ocsp(struct evaluation *e)
{
	struct bytes in = e->request->fields[REQUEST_OCSP];
	struct record *record = e->record;
	struct err unreadable;
	err_clear(&unreadable);
	if (!in.data) {
		return true;
	}
	if (!pem_read_object(in, CODE_OCSP_UNREADABLE, &e->context->arena, &e->ocsp,
		    &unreadable)) {
		e->ocsp = BYTES_NONE;
		if (unreadable.code == CODE_OUT_OF_MEMORY) {
			return err_no_memory(e->err);
		}
		buffer_printf(&e->context->text, "The OCSP response cannot be read: %s.",
			unreadable.text);
		return add_finding(e, &record->findings, CODE_OCSP_UNREADABLE, "ocsp",
			unreadable.offset);
	}
	return true;
}

// The commonest slip: the issuer first, the leaf behind it or as its issuer.
static bool check_order(struct evaluation *e)
{
	const struct inputs *in = &e->inputs;
	for (size_t i = 0; i < in->num_others && in->leaf->is_ca; i++) {
		const struct cert *other = in->others[i];
		if (bytes_equal(other->issuer, in->leaf->subject) &&
			!bytes_equal(other->subject, in->leaf->issuer) &&
			!bytes_equal(other->subject, other->issuer)) {
			err_set(e->err, CODE_CHAIN_REVERSED, ERR_NO_OFFSET,
				"the first certificate issued another that was given: "
				"put the leaf first and its issuer behind it");
			return err_in_field(e->err, "certificate");
		}
	}
	return true;
}

// Whoever keeps both in one file should know before the file goes elsewhere.
static bool tell_of_key(struct evaluation *e)
{
	if (!e->inputs.beside_key && !e->request->beside_key) {
		return true;
	}
	buffer_put_text(&e->context->text,
		"A private key stands beside the certificate. It is not needed here, and "
		"nothing of it was read further, sent or kept; but never send this file to "
		"anybody: openssl x509 -in FILE cuts the certificate out.");
	return add_finding(e, &e->record->findings, CODE_PRIVATE_KEY_BESIDE,
		"certificate", ERR_NO_OFFSET);
}

bool inputs_read(struct evaluation *e)
{
	struct pem_chain chain;
	struct pem_chain issuers;
	if (!e->request->fields[REQUEST_CERTIFICATE].data) {
		err_set(e->err, CODE_BAD_REQUEST, ERR_NO_OFFSET,
			"a certificate is required");
		return err_in_field(e->err, "certificate");
	}
	return find_chain(e, REQUEST_CERTIFICATE, &chain) &&
		find_chain(e, REQUEST_ISSUER, &issuers) &&
		read_chains(e, &chain, &issuers) && check_order(e) &&
		find_issuer(e, chain.num) && find_ca(e) &&
		check_strangers(e, chain.num) && find_key_hash(e) && read_ocsp(e) &&
		read_precert(e) && tell_of_key(e);
}
