// SPDX-License-Identifier: Apache-2.0
#include "eval/roots.h"

#include "eval/signatures.h"

#include "x509/name.h"

// Certificates between a leaf and its roots, those that are cross-signed once for each issuer.
#define MAX_ABOVE 16

// The leaf, and the certificates above it by every way, each once.
struct ways {
	const struct cert *certs[MAX_ABOVE];
	size_t num;
};

static bool names_itself(const struct cert *cert)
{
	return cert->kind != CERT_TBS && name_same(cert->subject, cert->issuer);
}

// One of the roots that are trusted issued this certificate, or is it.
static bool is_under_root(struct evaluation *e, const struct cert *cert)
{
	const struct issuers *roots = e->request->roots;
	struct bytes names[2] = {cert->issuer, cert->subject};
	for (size_t n = 0; n < 2; n++) {
		size_t first = 0;
		size_t num = issuers_find(roots, names[n], &first);
		for (size_t i = first; i < first + num; i++) {
			struct cert root;
			struct err reason;
			err_clear(&reason);
			if (!cert_read(issuers_der(roots, i), &root, &reason)) {
				continue; // cannot be: it was read when it came into the pool
			}
			bool same = bytes_equal(root.spki, cert->spki) && n == 1;
			if (same || (n == 0 && is_signed_by(e, cert, &root))) {
				return true;
			}
		}
	}
	return false;
}

// One of a precertificate's TBSCertificate cannot be known by its signature, but by its key.
static bool is_above(
	struct evaluation *e, const struct cert *cert, const struct cert *other)
{
	const struct cert *issuer = cert == e->inputs.leaf ? issuer_if_right(e) : NULL;
	return name_same(other->subject, cert->issuer) &&
		((issuer && bytes_equal(issuer->spki, other->spki)) ||
			is_signed_by(e, cert, other));
}

static bool is_known(const struct ways *ways, const struct cert *cert)
{
	for (size_t i = 0; i < ways->num; i++) {
		if (bytes_equal(ways->certs[i]->der, cert->der)) {
			return true;
		}
	}
	return ways->num == MAX_ABOVE;
}

// Of the pool of issuers, every one of the right name.
static bool add_from_pool(
	struct evaluation *e, const struct cert *cert, struct ways *ways)
{
	const struct issuers *pool = e->request->issuers;
	size_t first = 0;
	size_t num = pool ? issuers_find(pool, cert->issuer, &first) : 0;
	for (size_t i = first; i < first + num && ways->num < MAX_ABOVE; i++) {
		struct cert *other = arena_take(&e->context->arena, sizeof(*other));
		if (!other) {
			return err_no_memory(e->err);
		}
		if (!cert_read(issuers_der(pool, i), other, e->err)) {
			return false; // cannot be: it was read when it came into the pool
		}
		if (!is_known(ways, other) && is_above(e, cert, other)) {
			ways->certs[ways->num++] = other;
		}
	}
	return true;
}

static bool add_above(struct evaluation *e, const struct cert *cert, struct ways *ways)
{
	const struct inputs *in = &e->inputs;
	for (size_t i = 0; i < in->num_others; i++) {
		const struct cert *other = in->others[i];
		if (!is_known(ways, other) && is_above(e, cert, other)) {
			ways->certs[ways->num++] = other;
		}
	}
	return add_from_pool(e, cert, ways);
}

// One way to a root that is trusted is enough, whatever other ways there are: clients look for
// one (RFC 4158).
static bool walk_up(struct evaluation *e, struct standing_under *out)
{
	struct ways ways = {{e->inputs.leaf}, 1};
	for (size_t i = 0; i < ways.num; i++) {
		const struct cert *cert = ways.certs[i];
		if (is_under_root(e, cert)) {
			out->root = ROOT_OF_SYSTEM;
			out->not_public = false;
			return true;
		}
		if (names_itself(cert)) {
			out->root = ROOT_ADDED;
			out->not_public = true;
		} else if (!add_above(e, cert, &ways)) {
			return false;
		}
	}
	return true;
}

bool find_root(struct evaluation *e, struct standing_under *out)
{
	const struct ctp_request *request = e->request;
	const struct cert *leaf = e->inputs.leaf;
	*out = (struct standing_under){
		.self_signed = names_itself(leaf) && is_signed_by(e, leaf, leaf)};
	if (out->self_signed) {
		out->root = ROOT_ADDED;
	} else if (request->private_root) {
		out->root = ROOT_ADDED;
		out->not_public = true;
	} else if (request->roots) {
		if (!walk_up(e, out)) {
			return false;
		}
	} else if (request->connection) {
		// By an authority that came with the system, or one that the user named.
		out->not_public = request->connection->is_private;
		out->root = out->not_public              ? ROOT_ADDED
			: request->connection->is_public ? ROOT_OF_SYSTEM
							 : ROOT_UNKNOWN;
	}
	return e->err->code == CODE_NONE;
}
