// SPDX-License-Identifier: Apache-2.0
#include "x509/tbs.h"

#include <assert.h>

#include "x509/oid.h"

// Parts are collected backwards, from the end of the TBSCertificate to its front: a
// length is then known when its header is written.
struct cutter {
	struct tbs_cut *cut;
	size_t first; // parts[first .. TBS_MAX_PARTS - 1] are filled
};

static void put_front(struct cutter *c, struct bytes part)
{
	if (part.len == 0) {
		return;
	}
	struct bytes *next = &c->cut->parts[c->first];
	c->cut->len += part.len;
	if (c->first < TBS_MAX_PARTS && part.data + part.len == next->data) {
		*next = bytes_of(part.data, part.len + next->len);
		return;
	}
	assert(c->first > 0);
	c->cut->parts[--c->first] = part;
}

static void put_header(struct cutter *c, uint8_t tag, size_t len)
{
	uint8_t *at = c->cut->headers + c->cut->num_header_bytes;
	assert(c->cut->num_header_bytes + 6 <= sizeof(c->cut->headers));
	size_t num = der_header(tag, len, at);
	c->cut->num_header_bytes += num;
	put_front(c, bytes_of(at, num));
}

static struct bytes between(const uint8_t *start, const uint8_t *end)
{
	return bytes_of(start, (size_t)(end - start));
}

// The key identifier extension with the signer's value, everything before it kept.
static void put_replaced_key_id(
	struct cutter *c, const struct cert_extension *ext, struct bytes value)
{
	size_t before = c->cut->len;
	put_front(c, value);
	put_header(c, DER_OCTET_STRING, value.len);
	put_front(c, ext->head);
	put_header(c, DER_SEQUENCE, c->cut->len - before);
}

static void put_added_key_id(struct cutter *c, struct bytes value)
{
	size_t before = c->cut->len;
	put_front(c, value);
	put_header(c, DER_OCTET_STRING, value.len);
	put_front(c, OID_AUTHORITY_KEY_ID);
	put_header(c, DER_OID, OID_AUTHORITY_KEY_ID.len);
	put_header(c, DER_SEQUENCE, c->cut->len - before);
}

bool tbs_keeps(const struct cert_extension *ext, const struct cert *signer)
{
	bool key_id_goes = signer && signer->authority_key_id_extension.data == NULL;
	return !bytes_equal(ext->oid, OID_EMBEDDED_SCTS) &&
		!bytes_equal(ext->oid, OID_POISON) &&
		!(key_id_goes && bytes_equal(ext->oid, OID_AUTHORITY_KEY_ID));
}

static void put_extensions(
	struct cutter *c, const struct cert *cert, const struct cert *signer)
{
	struct bytes key_id = signer ? signer->authority_key_id_extension : BYTES_NONE;
	if (key_id.data && cert->authority_key_id_extension.data == NULL) {
		put_added_key_id(c, key_id);
	}
	for (size_t i = cert->num_extensions; i > 0; i--) {
		const struct cert_extension *ext = &cert->extensions[i - 1];
		if (!tbs_keeps(ext, signer)) {
			continue;
		}
		if (key_id.data && bytes_equal(ext->oid, OID_AUTHORITY_KEY_ID)) {
			put_replaced_key_id(c, ext, key_id);
		} else {
			put_front(c, ext->whole);
		}
	}
	if (c->cut->len > 0) {
		size_t len = c->cut->len;
		put_header(c, DER_SEQUENCE, len);
		put_header(c, DER_CONTEXT_CONSTRUCTED(3), c->cut->len);
	}
}

void tbs_cut(const struct cert *cert, const struct cert *signer, struct tbs_cut *out)
{
	out->len = 0;
	out->num_header_bytes = 0;
	struct cutter c = {out, TBS_MAX_PARTS};
	put_extensions(&c, cert, signer);

	// The TBSCertificate's own header is tag, length byte, and the bytes it
	// announces.
	const uint8_t *tbs_end = cert->tbs.data + cert->tbs.len;
	const uint8_t *fields = cert->tbs.data + 2 +
		(cert->tbs.data[1] & 0x80 ? cert->tbs.data[1] & 0x7f : 0);
	const uint8_t *fields_end =
		cert->extensions_element.len ? cert->extensions_element.data : tbs_end;
	put_front(&c, between(cert->issuer.data + cert->issuer.len, fields_end));
	put_front(&c, signer ? signer->issuer : cert->issuer);
	put_front(&c, between(fields, cert->issuer.data));
	put_header(&c, DER_SEQUENCE, out->len);

	out->num_parts = TBS_MAX_PARTS - c.first;
	memmove(out->parts, out->parts + c.first, out->num_parts * sizeof(out->parts[0]));
}
