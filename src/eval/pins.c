// SPDX-License-Identifier: Apache-2.0
#include "eval/pins.h"

#include "eval/evaluation.h"
#include "eval/signatures.h"
#include "x509/algorithm.h"
#include "x509/name.h"

const char *chain_place_name(enum chain_place place)
{
	static const char *const names[] = {
		[CHAIN_LEAF] = "leaf",
		[CHAIN_INTERMEDIATE] = "intermediate",
		[CHAIN_ROOT] = "root",
		[CHAIN_OTHER] = "other",
	};
	return names[place];
}

// The chain.

static bool may_be_key(const struct cert *child, const struct cert *issuer)
{
	return child->authority_key_id.len == 0 || issuer->subject_key_id.len == 0 ||
		bytes_equal(child->authority_key_id, issuer->subject_key_id);
}

static bool is_issued_by(
	struct evaluation *e, const struct cert *child, const struct cert *issuer)
{
	if (!name_same(child->issuer, issuer->subject) || issuer->kind == CERT_TBS) {
		return false;
	}
	bool verifiable = child->kind != CERT_TBS &&
		algorithm_find(child->signature_oid, child->signature_params);
	return verifiable ? is_signed_by(e, child, issuer) : may_be_key(child, issuer);
}

static bool is_new_issuer(struct evaluation *e, const struct chain *chain, size_t at)
{
	const struct cert *cert = chain->certs[at].cert;
	for (size_t i = 0; i < chain->num; i++) {
		if (i != at && chain->certs[i].place != CHAIN_OTHER &&
			is_issued_by(e, chain->certs[i].cert, cert)) {
			return true;
		}
	}
	return false;
}

static void find_places(struct evaluation *e, struct chain *chain)
{
	bool more = true;
	while (more && e->err->code == CODE_NONE) {
		more = false;
		for (size_t i = 1; i < chain->num; i++) {
			struct chain_cert *one = &chain->certs[i];
			if (one->place == CHAIN_OTHER && is_new_issuer(e, chain, i)) {
				bool root =
					name_same(one->cert->subject, one->cert->issuer);
				one->place = root ? CHAIN_ROOT : CHAIN_INTERMEDIATE;
				more = true;
			}
		}
	}
}

// The same certificate twice is one.
static bool is_known(const struct chain *chain, const struct cert *cert)
{
	for (size_t i = 0; i < chain->num; i++) {
		if (bytes_equal(chain->certs[i].cert->der, cert->der)) {
			return true;
		}
	}
	return false;
}

static bool take_certs(struct evaluation *e, const struct cert *const *certs, size_t num,
	struct chain *chain)
{
	for (size_t i = 0; i < num && chain->num < CHAIN_MAX; i++) {
		if (is_known(chain, certs[i])) {
			continue;
		}
		struct chain_cert *one = &chain->certs[chain->num++];
		one->cert = certs[i];
		one->place = i == 0 ? CHAIN_LEAF : CHAIN_OTHER;
		if (!digest_sha256(
			    e->context->digest, &certs[i]->spki, 1, one->spki_sha256)) {
			return err_no_memory(e->err);
		}
	}
	return true;
}

// The pins.

static void match(struct pins_record *out)
{
	bool used[PIN_SET_MAX] = {false};
	size_t num_used = 0;
	size_t num_above = 0;
	for (size_t i = 0; i < out->chain.num; i++) {
		struct chain_cert *one = &out->chain.certs[i];
		one->pin = out->set->num;
		if (one->place == CHAIN_OTHER) {
			continue;
		}
		one->pin = pin_set_find(out->set, one->spki_sha256);
		if (one->pin < out->set->num) {
			num_above += i > 0;
			num_used += !used[one->pin];
			used[one->pin] = true;
		}
	}
	out->matches = num_used > 0;
	out->leaf_only = out->matches && num_above == 0;
	out->has_backup = num_used < out->set->num;
}

// In words.

// Who gave one certificate alone has the keys above it yet to hold the pins against.
static const char *about_chain(const struct pins_record *pins, bool is_live)
{
	if (pins->chain.num > 1) {
		return "";
	}
	return is_live
		? " The server sends its certificate alone, so no other key was seen."
		: " The certificate was given alone: give its chain too, for a pin "
		  "may be of a key further up.";
}

static void put_mismatch(const struct pins_record *pins, bool is_live, struct buffer *out)
{
	bool one = pins->set->num == 1;
	buffer_printf(out,
		"%s %s of a key of this chain: clients that carry no other pins refuse it. "
		"Go on using a key that is pinned, or give the clients new pins first "
		"(ctpolicy pins).%s",
		one ? "The pin" : "None of the pins", one ? "is not" : "is",
		about_chain(pins, is_live));
}

static void put_leaf_only(
	const struct pins_record *pins, bool is_live, struct buffer *out)
{
	buffer_printf(out,
		"Only the leaf's key is pinned: the next certificate with a new key is "
		"refused%s. Renew with the same key, or pin the key of an authority too.%s",
		pins->has_backup
			? ", unless one of the pins that match nothing here is of "
			  "that key"
			: "",
		about_chain(pins, is_live));
}

static void put_no_backup(
	const struct pins_record *pins, bool is_live, struct buffer *out)
{
	(void)pins;
	(void)is_live;
	buffer_put_text(out,
		"Every pin is of a key in this chain: should those keys be lost or "
		"replaced, clients refuse what comes next. Pin the key of a spare, "
		"kept elsewhere, or of another authority as well.");
}

static bool add_words(struct ctp_context *context, struct pins_record *pins,
	enum code code, bool is_live,
	void (*put)(const struct pins_record *, bool, struct buffer *))
{
	struct buffer text;
	buffer_init(&text, 4096);
	put(pins, is_live, &text);
	struct bytes copy = text.failed
		? BYTES_NONE
		: arena_copy(&context->arena, buffer_bytes(&text));
	buffer_clear(&text);
	pins->findings[pins->num_findings++] =
		(struct pins_finding){code, (const char *)copy.data};
	return copy.data != NULL;
}

static bool find_findings(
	struct ctp_context *context, struct pins_record *pins, bool is_live)
{
	if (!pins->matches) {
		return add_words(
			context, pins, CODE_PINS_MISMATCH, is_live, put_mismatch);
	}
	return (!pins->leaf_only ||
		       add_words(context, pins, CODE_PINNED_LEAF_ONLY, is_live,
			       put_leaf_only)) &&
		(pins->has_backup ||
			add_words(context, pins, CODE_NO_BACKUP_PIN, is_live,
				put_no_backup));
}

// The whole.

bool pins_hold(struct ctp_context *context, const struct cert *const *certs, size_t num,
	const struct pin_set *pins, bool is_live, struct pins_record *out,
	struct err *err)
{
	static const struct pin_set none = {.num = 0};
	struct evaluation *e = arena_take(&context->arena, sizeof(*e));
	if (!e) {
		return err_no_memory(err);
	}
	e->context = context;
	e->err = err;
	out->set = pins ? pins : &none;
	out->chain.num = 0;
	if (!take_certs(e, certs, num, &out->chain)) {
		return false;
	}
	find_places(e, &out->chain);
	match(out);
	out->num_findings = 0;
	if (pins && !find_findings(context, out, is_live)) {
		return err_no_memory(err);
	}
	return err->code == CODE_NONE;
}

// Of an evaluation.

bool hold_pins(struct evaluation *e)
{
	const struct inputs *in = &e->inputs;
	if (!e->request->pins) {
		return true;
	}
	const struct cert *certs[CHAIN_MAX];
	size_t num = 0;
	certs[num++] = in->leaf;
	for (size_t i = 0; i < in->num_others && num + 1 < CHAIN_MAX; i++) {
		certs[num++] = in->others[i];
	}
	if (in->issuer) {
		certs[num++] = in->issuer; // it may be of the pool
	}
	struct pins_record *out = arena_take(&e->context->arena, sizeof(*out));
	if (!out) {
		return err_no_memory(e->err);
	}
	e->record->pins = out;
	return pins_hold(e->context, certs, num, e->request->pins,
		e->record->connection != NULL, out, e->err);
}

bool explain_pins(struct evaluation *e)
{
	const struct pins_record *pins = e->record->pins;
	for (size_t i = 0; pins && i < pins->num_findings; i++) {
		buffer_put_text(&e->context->text, pins->findings[i].message);
		if (!add_finding(e, &e->record->findings, pins->findings[i].code, "pins",
			    ERR_NO_OFFSET)) {
			return false;
		}
	}
	return true;
}
