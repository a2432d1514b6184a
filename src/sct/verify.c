// SPDX-License-Identifier: Apache-2.0
#include "sct/verify.h"

// RFC 5246 7.4.1.4.1
enum { HASH_SHA256 = 4, SIGNATURE_RSA = 1, SIGNATURE_ECDSA = 3 };

bool sct_algorithm_fits(const struct sct *sct, struct pubkey *key)
{
	enum key_type type = pubkey_type(key);
	return sct->hash == HASH_SHA256 &&
		((sct->algorithm == SIGNATURE_ECDSA && type == KEY_EC) ||
			(sct->algorithm == SIGNATURE_RSA && type == KEY_RSA));
}

void sct_algorithm_text(const struct sct *sct, char out[SCT_ALGORITHM_ROOM])
{
	const char *known = NULL;
	if (sct->hash == HASH_SHA256 && sct->algorithm == SIGNATURE_ECDSA) {
		known = "ecdsa-sha256";
	} else if (sct->hash == HASH_SHA256 && sct->algorithm == SIGNATURE_RSA) {
		known = "rsa-sha256";
	}
	if (known) {
		memcpy(out, known, strlen(known) + 1);
	} else if (snprintf(out, SCT_ALGORITHM_ROOM, "hash %u, signature %u", sct->hash,
			   sct->algorithm) < 0) {
		out[0] = '\0';
	}
}

bool sct_verify_job(const struct sct *sct, struct pubkey *key,
	const struct signed_entry *entry, struct digest *digest, uint8_t *digest_room,
	struct verify_job *out)
{
	if (!signed_entry_digest(entry, sct, digest, digest_room)) {
		return false;
	}
	*out = (struct verify_job){
		.key = key,
		.alg = sct->algorithm == SIGNATURE_RSA ? sigalg_sct_rsa()
						       : sigalg_sct_ecdsa(),
		.digest = bytes_of(digest_room, DIGEST_SHA256_LEN),
		.signature = sct->signature,
	};
	return true;
}
