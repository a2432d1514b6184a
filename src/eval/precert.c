// SPDX-License-Identifier: Apache-2.0
// The precertificate beside a final certificate (INTERFACE.md, "precertificate"): read,
// held against it, and put into words. No verdict hangs on it.
#include "eval/evaluation.h"

#include "eval/signatures.h"
#include "x509/name.h"
#include "x509/oid.h"

// What the field holds: the precertificate, and whatever stands behind it.
struct given {
	struct cert *certs;
	size_t num;
};

static bool read_given(struct evaluation *e, struct given *out, struct err *err)
{
	struct arena *arena = &e->context->arena;
	struct pem_chain chain;
	if (!pem_find_chain(e->request->fields[REQUEST_PRECERTIFICATE], &chain, err)) {
		return false;
	}
	e->inputs.beside_key = e->inputs.beside_key || chain.has_key;
	out->num = chain.num;
	out->certs = arena_take_array(arena, chain.num, sizeof(*out->certs));
	if (!out->certs) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < chain.num; i++) {
		struct bytes der;
		if (!pem_chain_der(&chain, i, arena, &der, err) ||
			!cert_read(der, &out->certs[i], err)) {
			return i == 0 ? false : err_add(err, " (behind the first one)");
		}
	}
	if (out->certs[0].kind == CERT_CERTIFICATE) {
		return err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"it is a final certificate: it has no poison extension");
	}
	return true;
}

static bool add_unreadable(struct evaluation *e, const struct err *why)
{
	struct buffer *text = &e->context->text;
	if (why->code == CODE_OUT_OF_MEMORY) {
		return err_no_memory(e->err);
	}
	buffer_put_text(text, "The precertificate cannot be read");
	if (why->offset != ERR_NO_OFFSET) {
		buffer_printf(text, ", at byte %zu", why->offset);
	}
	buffer_printf(text, ": %s.", why->text);
	return add_finding(e, &e->record->findings, CODE_PRECERTIFICATE_UNREADABLE,
		"precertificate", why->offset);
}

static bool may_be_signer(const struct cert *cert, const struct cert *precert)
{
	return cert->precert_signing && name_same(cert->subject, precert->issuer);
}

// The Precertificate Signing Certificate that signed it (RFC 6962 3.1), among all that was
// given: by name, and among several of one name by signature. NULL: the CA itself signed
// it, or nobody knows.
static const struct cert *find_signer(struct evaluation *e, const struct given *given)
{
	const struct inputs *in = &e->inputs;
	const struct cert *precert = &given->certs[0];
	const struct cert *best = NULL;
	if (name_same(precert->issuer, in->leaf->issuer)) {
		return NULL;
	}
	for (size_t i = 1; i < given->num + in->num_others; i++) {
		const struct cert *cert =
			i < given->num ? &given->certs[i] : in->others[i - given->num];
		if (may_be_signer(cert, precert) &&
			(!best || is_signed_by(e, precert, cert))) {
			best = cert;
		}
	}
	if (!best) {
		best = inputs_find_in_pool(e, precert);
	}
	return best && may_be_signer(best, precert) ? best : NULL;
}

bool read_precert(struct evaluation *e)
{
	struct given given = {NULL, 0};
	struct err why;
	err_clear(&why);
	if (!e->request->fields[REQUEST_PRECERTIFICATE].data) {
		return true;
	}
	if (e->inputs.leaf->kind != CERT_CERTIFICATE) {
		err_set(e->err, CODE_NOT_A_FINAL_CERTIFICATE, ERR_NO_OFFSET,
			"the certificate is a %s itself; give a precertificate beside "
			"the final certificate only",
			e->inputs.leaf->kind == CERT_TBS ? "TBSCertificate"
							 : "precertificate");
		return err_in_field(e->err, "precertificate");
	}
	if (!read_given(e, &given, &why)) {
		return add_unreadable(e, &why);
	}
	struct precert_record *record = arena_take(&e->context->arena, sizeof(*record));
	if (!record) {
		return err_no_memory(e->err);
	}
	record->cert = &given.certs[0];
	record->signer = find_signer(e, &given);
	tbs_diff(e->inputs.leaf, record->cert, record->signer, &record->diff);
	e->record->precert = record;
	if (e->err->code != CODE_NONE) {
		return false;
	}
	return digest_sha256(e->context->digest, &record->cert->der, 1, record->sha256) ||
		err_no_memory(e->err);
}

// Words.

static size_t num_verified(const struct record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		num += sct->source == SOURCE_EMBEDDED &&
			(sct->status == STATUS_VALID ||
				sct->status == STATUS_FUTURE_TIMESTAMP);
	}
	return num;
}

// "extension subjectAltName (2.5.29.17)"
static void put_field(struct buffer *out, const struct tbs_diff *diff)
{
	if (diff->oid.len == 0) {
		buffer_put_text(out, diff->name);
		return;
	}
	buffer_put_text(out, "extension ");
	if (diff->name) {
		buffer_printf(out, "%s (", diff->name);
	}
	oid_put_text(out, diff->oid);
	buffer_put_text(out, diff->name ? ")" : "");
}

static void put_place(struct buffer *out, const struct tbs_place *place, const char *of)
{
	if (place->found) {
		buffer_printf(out, ", bytes %zu to %zu of the %s", place->offset,
			place->offset + place->len - 1, of);
	}
}

static void put_difference(struct buffer *out, const struct tbs_diff *diff)
{
	static const struct {
		const char *before;
		const char *behind;
	} words[] = {
		[TBS_SAME] = {"", ""},
		[TBS_VALUE] = {"", ""},
		[TBS_CRITICAL] = {"whether it is critical of ", ""},
		[TBS_ADDED] = {"", ", which the precertificate does not have"},
		[TBS_MISSING] = {"", ", which the certificate does not have"},
		[TBS_ORDER] = {"the order of the extensions, from ", " on"},
	};
	buffer_put_text(out, words[diff->difference].before);
	put_field(out, diff);
	buffer_put_text(out, words[diff->difference].behind);
	put_place(out, &diff->certificate, "certificate");
	put_place(out, &diff->precertificate, "precertificate");
}

static bool explain_changed(struct evaluation *e, const struct precert_record *precert)
{
	struct buffer *out = &e->context->text;
	buffer_put_text(out,
		"The TBSCertificate that was logged and the certificate's differ first in ");
	put_difference(out, &precert->diff);
	buffer_put_text(out,
		num_verified(e->record)
			? ". SCTs in the certificate verify, so the logs did sign this "
			  "one: the precertificate given is another one's."
			: ": it was changed after the logs answered, and their SCTs are "
			  "not over it. Sign exactly what was logged, or log what is to "
			  "be signed and embed those SCTs.");
	if (!precert->signer &&
		!name_same(precert->cert->issuer, e->inputs.leaf->issuer)) {
		buffer_put_text(out,
			" Where a Precertificate Signing Certificate signed the "
			"precertificate, give that one behind it.");
	}
	return add_finding(e, &e->record->findings, CODE_PRECERTIFICATE_DIFFERS,
		"certificate", precert->diff.first);
}

static bool is_signed_for(
	struct evaluation *e, const struct precert_record *precert, const struct cert *ca)
{
	return precert->signer ? is_signed_by(e, precert->signer, ca)
			       : is_signed_by(e, precert->cert, ca);
}

// The TBSCertificate is the logged one and yet no SCT verifies: the other half of what a
// log signs is the hash of the issuer's key (RFC 6962 3.2).
static bool explain_other_key(struct evaluation *e, const struct precert_record *precert)
{
	const struct record *record = e->record;
	if (precert->cert->kind != CERT_PRECERTIFICATE ||
		record->issuer_signature != ISSUER_VALID ||
		!record_has_source(record, SOURCE_EMBEDDED) || num_verified(record) > 0 ||
		is_signed_for(e, precert, e->inputs.ca)) {
		return e->err->code == CODE_NONE;
	}
	buffer_put_text(&e->context->text,
		"The TBSCertificate is the one of the precertificate, which another key "
		"than the issuer's signed: logs sign the hash of that key too, so SCTs "
		"for one key do not verify under another. Log a precertificate under "
		"the key that signs the certificate.");
	return add_finding(e, &e->record->findings, CODE_PRECERTIFICATE_OF_ANOTHER_KEY,
		"precertificate", ERR_NO_OFFSET);
}

bool explain_precert(struct evaluation *e)
{
	const struct precert_record *precert = e->record->precert;
	if (!precert) {
		return true;
	}
	return precert->diff.difference == TBS_SAME ? explain_other_key(e, precert)
						    : explain_changed(e, precert);
}
