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

const char *pin_standing_name(enum pin_standing standing)
{
	static const char *const names[] = {
		[PINS_HELD] = "held",
		[PINS_EMPTY] = "empty",
		[PINS_OF_OTHER_DOMAIN] = "other_domain",
		[PINS_EXPIRED] = "expired",
	};
	return names[standing];
}

// The chain.

bool chain_is_authority(const struct chain_cert *one)
{
	return one->place != CHAIN_LEAF ||
		(one->cert->is_ca && one->cert->subject_alt_name.len == 0);
}

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

// From the leaf up: of each that has a place, those that issued it. So no signature is verified
// twice.
static void find_places(struct evaluation *e, struct chain *chain)
{
	size_t placed[CHAIN_MAX] = {0};
	size_t num = 1;
	for (size_t at = 0; at < num && e->err->code == CODE_NONE; at++) {
		const struct cert *child = chain->certs[placed[at]].cert;
		for (size_t i = 1; i < chain->num; i++) {
			struct chain_cert *one = &chain->certs[i];
			if (one->place == CHAIN_OTHER &&
				is_issued_by(e, child, one->cert)) {
				bool root =
					name_same(one->cert->subject, one->cert->issuer);
				one->place = root ? CHAIN_ROOT : CHAIN_INTERMEDIATE;
				placed[num++] = i;
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

// Which groups are held.

static bool has_domain(const struct pin_set *set, size_t group)
{
	for (size_t i = 0; i < set->num_domains; i++) {
		if (set->domains[i].group == group) {
			return true;
		}
	}
	return false;
}

// How long the longest domain of the group is that covers the name; 0: none does.
static size_t covered_by(const struct pin_set *set, size_t group, struct bytes host)
{
	size_t longest = 0;
	for (size_t i = 0; i < set->num_domains; i++) {
		const struct pin_domain *domain = &set->domains[i];
		size_t len = pin_domain_len(domain);
		if (domain->group == group && len > longest &&
			pin_domain_covers(domain, host)) {
			longest = len;
		}
	}
	return longest;
}

// Is the group the one for this name, among those of its text?
static bool is_for(const struct pin_set *set, size_t group, struct bytes host)
{
	size_t own = covered_by(set, group, host);
	for (size_t i = 0; own > 0 && i < set->num_groups; i++) {
		if (set->groups[i].text == set->groups[group].text &&
			covered_by(set, i, host) > own) {
			return false;
		}
	}
	return own > 0;
}

static enum pin_standing standing_of(const struct pins_asked *asked, size_t index)
{
	const struct pin_group *group = &asked->set->groups[index];
	if (pin_group_all(group) == 0) {
		return PINS_EMPTY;
	}
	if (asked->host && has_domain(asked->set, index) &&
		!is_for(asked->set, index, bytes_of_text(asked->host))) {
		return PINS_OF_OTHER_DOMAIN;
	}
	return group->expires && asked->at_ms >= group->expires_ms ? PINS_EXPIRED
								   : PINS_HELD;
}

static void find_standings(const struct pins_asked *asked, struct pins_record *out)
{
	const struct pin_set *set = asked->set;
	for (size_t i = 0; i < set->num_groups; i++) {
		out->standings[i] = standing_of(asked, i);
		if (out->standings[i] == PINS_HELD) {
			out->num_held++;
			out->held |= pin_group_all(&set->groups[i]);
		}
	}
}

// The pins.

static bool has_role(
	const struct pin_group *group, const struct chain_cert *one, enum pin_role role)
{
	if (group->is_curl) {
		return one->place == CHAIN_LEAF;
	}
	return role == PIN_ANY || chain_is_authority(one) == (role == PIN_CA);
}

static uint64_t bit_of(const struct pin_set *set, const struct chain_cert *one)
{
	size_t at = pin_set_find(set, one->spki_sha256);
	return at < set->num && one->place != CHAIN_OTHER ? (uint64_t)1 << at : 0;
}

struct pin_need pins_need(
	const struct pins_record *pins, size_t group, enum pin_role role)
{
	const struct pin_group *of = &pins->set->groups[group];
	uint64_t mask = of->pins[role];
	uint64_t used = 0;
	bool above = false;
	struct pin_need need = {.needed = mask != 0};
	for (size_t i = 0; i < pins->chain.num; i++) {
		const struct chain_cert *one = &pins->chain.certs[i];
		uint64_t bit = bit_of(pins->set, one) & mask;
		bool matches = bit && has_role(of, one, role);
		used |= bit;
		need.matches = need.matches || matches;
		above = above || (matches && i > 0);
	}
	need.leaf_only =
		need.matches && !above && pins->chain.certs[0].place == CHAIN_LEAF;
	need.has_backup = (mask & ~used) != 0;
	return need;
}

bool pins_group_matches(const struct pins_record *pins, size_t group)
{
	for (unsigned role = 0; role < NUM_PIN_ROLES; role++) {
		struct pin_need need = pins_need(pins, group, (enum pin_role)role);
		if (need.needed && !need.matches) {
			return false;
		}
	}
	return true;
}

bool pins_of_curl(const struct pins_record *pins)
{
	return pins->set->num_groups == 1 && pins->set->groups[0].is_curl;
}

bool pins_any_matches(const struct pins_record *pins)
{
	for (size_t i = 0; i < pins->chain.num; i++) {
		if (pins->chain.certs[i].pin < pins->set->num) {
			return true;
		}
	}
	return false;
}

static void take_group(struct pins_record *out, size_t group)
{
	for (unsigned role = 0; role < NUM_PIN_ROLES; role++) {
		struct pin_need need = pins_need(out, group, (enum pin_role)role);
		if (need.needed) {
			out->matches = out->matches && need.matches;
			out->leaf_only = out->leaf_only || need.leaf_only;
			out->has_backup = out->has_backup && need.has_backup;
		}
	}
}

// The pin of one certificate, if it counts in a group that is held.
static size_t pin_of(const struct pins_record *out, const struct chain_cert *one)
{
	uint64_t bit = bit_of(out->set, one);
	for (size_t i = 0; bit && i < out->set->num_groups; i++) {
		const struct pin_group *group = &out->set->groups[i];
		bool counts = false;
		for (unsigned role = 0; role < NUM_PIN_ROLES; role++) {
			counts = counts ||
				((group->pins[role] & bit) &&
					has_role(group, one, (enum pin_role)role));
		}
		if (out->standings[i] == PINS_HELD && counts) {
			return pin_set_find(out->set, one->spki_sha256);
		}
	}
	return out->set->num;
}

static void match(struct pins_record *out)
{
	out->matches = true;
	out->leaf_only = false;
	out->has_backup = true;
	for (size_t i = 0; i < out->set->num_groups; i++) {
		if (out->standings[i] == PINS_HELD) {
			take_group(out, i);
		}
	}
	out->leaf_only = out->leaf_only && out->matches;
	for (size_t i = 0; i < out->chain.num; i++) {
		out->chain.certs[i].pin = pin_of(out, &out->chain.certs[i]);
	}
}

bool pins_hold(struct ctp_context *context, const struct cert *const *certs, size_t num,
	const struct pins_asked *asked, struct pins_record *out, struct err *err)
{
	static const struct pin_set none = {.num = 0};
	struct pins_asked all = *asked;
	struct evaluation *e = arena_take(&context->arena, sizeof(*e));
	if (!e) {
		return err_no_memory(err);
	}
	e->context = context;
	e->err = err;
	all.set = all.set ? all.set : &none;
	out->set = all.set;
	out->host = all.host;
	out->chain.num = 0;
	out->num_held = 0;
	out->held = 0;
	if (!take_certs(e, certs, num, &out->chain)) {
		return false;
	}
	find_places(e, &out->chain);
	find_standings(&all, out);
	match(out);
	out->num_findings = 0;
	if (asked->set && !pins_find_words(&context->arena, out, asked->is_live)) {
		return err_no_memory(err);
	}
	return err->code == CODE_NONE;
}

// Of an evaluation.

static const char *host_asked(const struct evaluation *e)
{
	const struct ctp_request *request = e->request;
	if (request->host) {
		return request->host->name;
	}
	return request->connection ? request->connection->name : NULL;
}

bool hold_pins(struct evaluation *e)
{
	const struct inputs *in = &e->inputs;
	const struct pins_asked asked = {.set = e->request->pins,
		.host = host_asked(e),
		.at_ms = e->record->at_ms,
		.is_live = e->record->connection != NULL};
	if (!asked.set) {
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
	return pins_hold(e->context, certs, num, &asked, out, e->err);
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
