// SPDX-License-Identifier: Apache-2.0
// What bytes that are no certificate look like: people give the file next to the one they
// meant.
#ifndef X509_RECOGNIZE_H
#define X509_RECOGNIZE_H

#include "base/bytes.h"

// "a certificate request", "a PKCS #7 bundle: ..." with what to do about it where
// something can be done; NULL where it looks like nothing known. A guess, for messages.
// Pure; the text lives for ever.
const char *recognize(struct bytes in);
// The same of a PEM block, by its label.
const char *recognize_label(struct bytes label);

#endif
