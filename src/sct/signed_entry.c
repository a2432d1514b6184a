// SPDX-License-Identifier: Apache-2.0
#include "sct/signed_entry.h"

// uint24 length of an ASN.1Cert or TBSCertificate. Inputs stay below CERT_MAX_LEN.
static void put_length(struct signed_entry *entry, size_t len)
{
	entry->length[0] = (uint8_t)(len >> 16);
	entry->length[1] = (uint8_t)(len >> 8);
	entry->length[2] = (uint8_t)len;
}

void signed_entry_x509(struct bytes der, struct signed_entry *out)
{
	out->type = ENTRY_X509;
	put_length(out, der.len);
	out->parts[0] = bytes_of(out->length, 3);
	out->parts[1] = der;
	out->num_parts = 2;
}

void signed_entry_precert(const uint8_t *issuer_key_hash, const struct tbs_cut *tbs,
	struct signed_entry *out)
{
	out->type = ENTRY_PRECERT;
	put_length(out, tbs->len);
	out->parts[0] = bytes_of(issuer_key_hash, DIGEST_SHA256_LEN);
	out->parts[1] = bytes_of(out->length, 3);
	memcpy(out->parts + 2, tbs->parts, tbs->num_parts * sizeof(tbs->parts[0]));
	out->num_parts = 2 + tbs->num_parts;
}

bool signed_entry_digest(const struct signed_entry *entry, const struct sct *sct,
	struct digest *digest, uint8_t out[DIGEST_SHA256_LEN])
{
	// sct_version v1, signature_type certificate_timestamp, timestamp, entry_type
	uint8_t head[12] = {0, 0};
	for (size_t i = 0; i < 8; i++) {
		head[2 + i] = (uint8_t)(sct->timestamp >> (8 * (7 - i)));
	}
	head[11] = (uint8_t)entry->type;
	uint8_t extensions_len[2] = {
		(uint8_t)(sct->extensions.len >> 8), (uint8_t)sct->extensions.len};
	struct bytes parts[TBS_MAX_PARTS + 5];
	parts[0] = bytes_of(head, sizeof(head));
	memcpy(parts + 1, entry->parts, entry->num_parts * sizeof(entry->parts[0]));
	parts[entry->num_parts + 1] = bytes_of(extensions_len, 2);
	parts[entry->num_parts + 2] = sct->extensions;
	return digest_sha256(digest, parts, entry->num_parts + 3, out);
}
