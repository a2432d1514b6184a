// SPDX-License-Identifier: Apache-2.0
// What to do about requirements on the certificate itself: its key, signature, names, key
// purposes and lifetime; and about those of which it is not known whether they are met.
#include "eval/evaluation.h"

#include "base/datetime.h"

// "The certificate's" or that of the CA above it.
static const char *whose(const struct requirement *requirement)
{
	return requirement->subject == SUBJECT_ISSUER ? "issuing CA's" : "certificate's";
}

static const char *what_to_change(const struct requirement *requirement)
{
	return requirement->subject == SUBJECT_ISSUER
		? "get the certificate from another CA, or from another one of that CA's"
		: "make the certificate again";
}

static void say_rsa_bits(struct evaluation *e, const struct requirement_result *r)
{
	buffer_printf(&e->context->text,
		"The %s RSA key has %u bits, at least %u are needed: %s%s.",
		whose(r->requirement), r->got, r->needed, what_to_change(r->requirement),
		r->requirement->subject == SUBJECT_ISSUER
			? ""
			: " with a new key (RSA of 2048 bits, or EC P-256)");
}

static void say_sha2(struct evaluation *e, const struct requirement_result *r)
{
	buffer_printf(&e->context->text,
		"The %s signature does not use a hash of the SHA-2 family: %s, signed with "
		"SHA-256 or better.",
		whose(r->requirement), what_to_change(r->requirement));
}

static void say_key_type(struct evaluation *e, const struct requirement_result *r)
{
	const struct cert_key *key = &e->record->cert->key;
	(void)r;
	buffer_put_text(&e->context->text,
		"The certificate's key is neither RSA nor EC on P-256, P-384 or P-521");
	if (key->curve && strcmp(key->curve, "other") != 0) {
		buffer_printf(&e->context->text, " (%s)", key->curve);
	}
	buffer_put_text(&e->context->text,
		": Apple's TLS and other clients take no such one, and public CAs may not "
		"certify it. Make the certificate again with a new key (EC P-256).");
}

static void say_names(struct evaluation *e, const struct requirement_result *r)
{
	(void)r;
	buffer_put_text(&e->context->text,
		"No name is in the subjectAltName extension, and the common name is not "
		"looked at: make the certificate again with the server's names there "
		"(openssl req -addext \"subjectAltName=DNS:NAME\").");
}

static void say_server_auth(struct evaluation *e, const struct requirement_result *r)
{
	(void)r;
	buffer_put_text(&e->context->text,
		"The extended key usage does not name serverAuth: make the certificate "
		"again with it (openssl req -addext extendedKeyUsage=serverAuth).");
}

// "398 days and a second, which counts as a day more": the number that is shown elsewhere,
// too.
static void put_days(struct evaluation *e, const struct requirement_result *r)
{
	const struct cert *cert = e->record->cert;
	int64_t between = cert->not_after - cert->not_before;
	bool exact = between > 0 && between % (DATETIME_DAY_MS / 1000) == 0;
	if (exact && r->requirement->measure == MEASURE_DAYS) {
		buffer_printf(&e->context->text,
			"%u days and a second, which counts as a day more", r->got - 1);
	} else {
		buffer_printf(&e->context->text, "%u days", r->got);
	}
}

// The last second at which it may end.
static void say_lifetime(struct evaluation *e, const struct requirement_result *r)
{
	const struct cert *cert = e->record->cert;
	char latest[DATETIME_ROOM];
	// Within it by every way to count.
	int64_t ms =
		cert->not_before * 1000 + (int64_t)r->needed * DATETIME_DAY_MS - 1000;
	datetime_format_ms(ms, latest);
	buffer_put_text(&e->context->text, "It is valid for ");
	put_days(e, r);
	buffer_printf(&e->context->text,
		", and at most %u are accepted%s: it has to end by %s.", r->needed,
		r->requirement->system_roots_only
			? " under a root that comes with the system"
			: "",
		latest);
}

static void say_scheduled(struct evaluation *e, const struct requirement_result *r)
{
	char from[DATETIME_ROOM];
	datetime_format_ms(r->requirement->from_ms, from);
	buffer_put_text(&e->context->text, "It is valid for ");
	put_days(e, r);
	buffer_printf(&e->context->text,
		", and CAs have agreed on at most %u for certificates issued from %s on: "
		"public CAs will issue no such one.",
		r->needed, from);
}

void explain_measure(struct evaluation *e, const struct requirement_result *result)
{
	static const struct {
		enum code code;
		void (*say)(struct evaluation *, const struct requirement_result *);
	} sentences[] = {
		{CODE_RSA_KEY_TOO_SMALL, say_rsa_bits},
		{CODE_KEY_TYPE_UNUSUAL, say_key_type},
		{CODE_SIGNATURE_NOT_SHA2, say_sha2},
		{CODE_NO_ALT_NAME, say_names},
		{CODE_NO_SERVER_AUTH, say_server_auth},
		{CODE_LIFETIME_TOO_LONG, say_lifetime},
		{CODE_LIFETIME_BEYOND_SCHEDULE, say_scheduled},
	};
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].code == result->requirement->code) {
			sentences[i].say(e, result);
			return;
		}
	}
	buffer_printf(&e->context->text, "Needs %s: needs %u, has %u.",
		result->requirement->text, result->needed, result->got);
}

static bool add_open(struct evaluation *e, struct policy_record *policy, enum code code)
{
	return add_finding(e, &policy->findings, code, NULL, ERR_NO_OFFSET);
}

// What tells whether the root comes with the system, to who can give it.
static const char *how_to_know_root(const struct evaluation *e)
{
	bool on_page = e->request->on_page;
	if (e->request->roots) {
		return on_page
			? "give the CA certificates up to its root behind the leaf"
			: "give the CA certificates up to its root behind the leaf, "
			  "or with --issuers FILE|DIR";
	}
	if (!on_page) {
		return "say which (--roots FILE|DIR with the system's roots, or "
		       "--private-root; of a service, ask its operator, or say "
		       "private_root in the request)";
	}
	return e->request->by_fields
		? "say so with private_root=true, or ask the operator of this service to "
		  "give it the system's roots (ctpolicy serve --roots)"
		: "say so with the box \"Its root was added by users or "
		  "administrators\", or ask the operator of this service to give it the "
		  "system's roots (ctpolicy serve --roots)";
}

// Why it is not known, once.
static bool explain_open(struct evaluation *e, struct policy_record *policy, bool issuer,
	const struct requirement_result *root)
{
	struct buffer *out = &e->context->text;
	if (issuer) {
		buffer_printf(out,
			"What is asked of the issuing CA cannot be said without its "
			"certificate: give it behind the leaf, or %s.",
			e->request->by_fields ? "as issuer, in a JSON request"
				: e->request->on_page
				? "as the issuer"
				: "with --issuer FILE or --issuers FILE|DIR");
		if (!add_open(e, policy, CODE_ISSUER_UNKNOWN)) {
			return false;
		}
	}
	if (root) {
		buffer_put_text(out, "It is valid for ");
		put_days(e, root);
		buffer_printf(out,
			"; at most %u are accepted where its root comes with the system, and "
			"more where a user or administrator added it: %s.",
			root->needed, how_to_know_root(e));
		return add_open(e, policy, CODE_ROOT_UNKNOWN);
	}
	return true;
}

bool explain_measures(struct evaluation *e, struct policy_record *policy)
{
	bool issuer = false;
	const struct requirement_result *root = NULL;
	for (size_t i = 0; i < policy->result.policy->num_routes; i++) {
		const struct route_result *route = &policy->result.routes[i];
		for (size_t k = 0; k < route->route->num_requirements; k++) {
			const struct requirement_result *r = &route->results[k];
			bool measures = !requirement_counts_scts(r->requirement);
			if (r->met || !measures) {
				continue;
			}
			bool of_root = r->requirement->system_roots_only;
			if (r->open && !r->requirement->is_advice) {
				issuer = issuer || !of_root;
				root = of_root ? r : root;
			} else if (r->requirement->is_advice) {
				explain_measure(e, r);
				if (!add_open(e, policy, r->requirement->code)) {
					return false;
				}
			}
		}
	}
	return explain_open(e, policy, issuer, root);
}
