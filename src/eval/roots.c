// SPDX-License-Identifier: Apache-2.0
#include "eval/roots.h"

#include "eval/signatures.h"

#include "x509/name.h"

// From leaf to root; longer chains are none that clients take.
#define MAX_STEPS 8

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

// The certificate above this one, of those given or in the pool of issuers.
static const struct cert *above(struct evaluation *e, const struct cert *cert)
{
	const struct inputs *in = &e->inputs;
	if (cert == in->leaf && issuer_if_right(e)) {
		return in->issuer;
	}
	for (size_t i = 0; i < in->num_others; i++) {
		const struct cert *other = in->others[i];
		if (other != cert && name_same(other->subject, cert->issuer) &&
			is_signed_by(e, cert, other)) {
			return other;
		}
	}
	return inputs_find_in_pool(e, cert);
}

static void walk_up(struct evaluation *e, struct standing_under *out)
{
	const struct cert *cert = e->inputs.leaf;
	for (int i = 0; cert && i < MAX_STEPS; i++) {
		if (is_under_root(e, cert)) {
			out->root = ROOT_OF_SYSTEM;
			return;
		}
		if (names_itself(cert)) {
			out->root = ROOT_ADDED;
			out->not_public = true;
			return;
		}
		cert = above(e, cert);
	}
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
		walk_up(e, out);
	} else if (request->connection) {
		// By an authority that came with the system, or one that the user named.
		out->not_public = request->connection->is_private;
		out->root = out->not_public              ? ROOT_ADDED
			: request->connection->is_public ? ROOT_OF_SYSTEM
							 : ROOT_UNKNOWN;
	}
	return e->err->code == CODE_NONE;
}
