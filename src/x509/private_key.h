// SPDX-License-Identifier: Apache-2.0
// Private keys: nobody needs one here, and people give them by mistake, mostly in one file
// with the certificate.
#ifndef X509_PRIVATE_KEY_H
#define X509_PRIVATE_KEY_H

#include "base/arena.h"

// Of a PEM block: PKCS #8, RSA, EC, encrypted, OpenSSH, PGP.
bool private_key_is_label(struct bytes label);
// Is one anywhere in it: PEM of any kind, DER (also behind other objects) or its base64,
// PuTTY's, a JWK, a key store of Java, in UTF-16; or a string of JSON that is one? Reads all of
// the bytes: where a request is refused anyway, or a person has just given them. What it needs
// lives in the arena.
bool private_key_is_in(struct bytes piece, struct arena *arena);

#endif
