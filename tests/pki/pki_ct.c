// SPDX-License-Identifier: Apache-2.0
#include "pki.h"

#include <string.h>

/*
 * Lengths and offsets in a v1 SCT (RFC 6962 3.2): version, log id, timestamp,
 * extensions.
 */
enum {
	SCT_ID_AT = 1,
	SCT_TIMESTAMP_AT = SCT_ID_AT + PKI_SHA256_LEN,
	SCT_EXTENSIONS_AT = SCT_TIMESTAMP_AT + 8,
};

const uint8_t *pki_log_id(const struct pki_log *log)
{
	return pki_key_sha256(log->key);
}

struct pki_entry pki_entry_precert(const struct pki_key *issuer, const struct out *tbs)
{
	struct pki_entry entry = {.precert = true, .data = tbs};

	memcpy(entry.issuer_key_hash, pki_key_sha256(issuer), PKI_SHA256_LEN);
	return entry;
}

struct pki_entry pki_entry_x509(const struct out *leaf)
{
	return (struct pki_entry){.data = leaf};
}

/* The two-byte length and the extensions. */
static void put_extensions(const struct pki_sct_spec *spec, struct out *o)
{
	struct out exts = {0};

	if (spec->has_leaf_index) {
		derw_need(spec->leaf_index >> 40 == 0, "leaf index of more than 40 bits");
		derw_put_uint(&exts, 0, 1);
		derw_put_uint(&exts, 5, 2);
		derw_put_uint(&exts, spec->leaf_index, 5);
	}
	derw_put(&exts, spec->extensions, spec->extensions_len);
	derw_need(exts.len <= 0xffff, "SCT extensions too long");
	derw_put_uint(o, exts.len, 2);
	derw_put_out(o, &exts);
	derw_clear(&exts);
}

/* The digitally-signed struct of RFC 6962 3.2. */
static void put_signed(
	const struct pki_sct_spec *spec, const struct pki_entry *entry, struct out *o)
{
	derw_put_uint(o, 0, 1); /* v1 */
	derw_put_uint(o, 0, 1); /* certificate_timestamp */
	derw_put_uint(o, spec->timestamp_ms, 8);
	derw_put_uint(o, entry->precert ? 1 : 0, 2);
	if (entry->precert) {
		derw_put(o, entry->issuer_key_hash, PKI_SHA256_LEN);
	}
	derw_put_uint(o, entry->data->len, 3);
	derw_put_out(o, entry->data);
	put_extensions(spec, o);
}

static void put_signature(
	const struct pki_sct_spec *spec, const struct pki_entry *entry, struct out *o)
{
	const struct pki_key *key = spec->forger != NULL ? spec->forger : spec->log->key;
	bool says_rsa = pki_key_is_rsa(spec->log->key);
	struct out input = {0}, signature = {0};

	if (spec->damage & PKI_SCT_BAD_KEY_TYPE) {
		says_rsa = !says_rsa;
	}
	put_signed(spec, entry, &input);
	/* RFC 6962 2.1.4: always SHA-256, also for a P-384 key */
	pki_key_sign(key, PKI_SHA256, input.data, input.len, &signature);
	if (spec->damage & PKI_SCT_BAD_SIGNATURE) {
		signature.data[signature.len - 1] ^= 1;
	}
	derw_put_uint(o, spec->damage & PKI_SCT_BAD_HASH ? 6 : 4, 1);
	derw_put_uint(o, says_rsa ? 1 : 3, 1);
	derw_put_uint(o, signature.len, 2);
	derw_put_out(o, &signature);
	derw_clear(&signature);
	derw_clear(&input);
}

void pki_sct(
	const struct pki_sct_spec *spec, const struct pki_entry *entry, struct out *o)
{
	size_t id_at = o->len + SCT_ID_AT;
	bool later = (spec->damage & PKI_SCT_OTHER_TIMESTAMP) != 0;

	derw_put_uint(o, spec->damage & PKI_SCT_BAD_VERSION ? 1 : 0, 1);
	derw_put(o, pki_log_id(spec->log), PKI_SHA256_LEN);
	if (spec->damage & PKI_SCT_BAD_LOG_ID) {
		o->data[id_at] ^= 1;
	}
	derw_put_uint(o, spec->timestamp_ms + (later ? 1 : 0), 8);
	put_extensions(spec, o);
	put_signature(spec, entry, o);
	if (spec->damage & PKI_SCT_TRAILING_BYTE) {
		derw_put_uint(o, 0, 1);
	}
	if (spec->damage & PKI_SCT_SHORT) {
		o->len--;
	}
}

void pki_sct_list(const struct out *scts, size_t num_scts, struct out *o)
{
	size_t total = 0;

	for (size_t i = 0; i < num_scts; i++) {
		derw_need(scts[i].len <= 0xffff, "SCT too long");
		total += 2 + scts[i].len;
	}
	derw_need(total <= 0xffff, "SCT list too long");
	derw_put_uint(o, total, 2);
	for (size_t i = 0; i < num_scts; i++) {
		derw_put_uint(o, scts[i].len, 2);
		derw_put_out(o, &scts[i]);
	}
}

void pki_sign_list(const struct pki_sct_spec *specs, size_t num_specs,
	const struct pki_entry *entry, struct out *o)
{
	struct out items = {0};

	for (size_t i = 0; i < num_specs; i++) {
		struct out sct = {0};
		pki_sct(&specs[i], entry, &sct);
		derw_put_uint(&items, sct.len, 2);
		derw_put_out(&items, &sct);
		derw_clear(&sct);
	}
	derw_need(items.len <= 0xffff, "SCT list too long");
	derw_put_uint(o, items.len, 2);
	derw_put_out(o, &items);
	derw_clear(&items);
}

static uint64_t number_at(const struct out *sct, size_t at, size_t width)
{
	uint64_t value = 0;

	derw_need(at + width <= sct->len, "SCT too short");
	for (size_t i = 0; i < width; i++) {
		value = value << 8 | sct->data[at + i];
	}
	return value;
}

static void put_base64_member(
	const char *name, const struct out *sct, size_t at, size_t len, struct out *o)
{
	derw_need(at + len <= sct->len, "SCT too short");
	derw_printf(o, "\"%s\":\"", name);
	pki_base64(o, sct->data + at, len);
	derw_put(o, "\"", 1);
}

void pki_sct_json(const struct out *sct, struct out *o)
{
	size_t exts_len = (size_t)number_at(sct, SCT_EXTENSIONS_AT, 2);
	size_t exts_at = SCT_EXTENSIONS_AT + 2;
	size_t signature_at = exts_at + exts_len;

	derw_printf(o, "{\"sct_version\":%u,", (unsigned)number_at(sct, 0, 1));
	put_base64_member("id", sct, SCT_ID_AT, PKI_SHA256_LEN, o);
	derw_printf(o, ",\"timestamp\":%llu,",
		(unsigned long long)number_at(sct, SCT_TIMESTAMP_AT, 8));
	put_base64_member("extensions", sct, exts_at, exts_len, o);
	derw_put(o, ",", 1);
	derw_need(signature_at <= sct->len, "SCT too short");
	put_base64_member("signature", sct, signature_at, sct->len - signature_at, o);
	derw_put(o, "}", 1);
}
