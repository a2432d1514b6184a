// SPDX-License-Identifier: Apache-2.0
// The oracle: our reader of certificates against OpenSSL's d2i_X509, field by field, over
// every certificate at hand and mutations of them.
//
// The property: where our reader accepts, OpenSSL agrees in every field or rejects. Where
// it agrees only but for one of the classes below, the class is counted and its condition
// is checked; anything else is a difference, and a failure.
#ifndef TESTS_ORACLE_ORACLE_H
#define TESTS_ORACLE_ORACLE_H

#include <openssl/x509.h>

#include "base/arena.h"
#include "tests/pki/der_write.h"
#include "x509/cert.h"

enum oracle_outcome {
	ORACLE_BOTH,
	ORACLE_ONLY_OURS,
	ORACLE_ONLY_OPENSSL,
	ORACLE_NEITHER,
	ORACLE_DIFFERENT,
	NUM_ORACLE_OUTCOMES,
};

// Explained differences. Each name is printed with its count.
enum oracle_class {
	// OpenSSL accepts the certificate and then rejects the field when it is asked for.
	CLASS_TIME_REJECTED,
	CLASS_KEY_REJECTED,
	CLASS_EXTENSION_REJECTED,
	// Names: ours prints #hex where the bytes do not fit the string type, or where the type
	// of the attribute is not in its table (RFC 4514 2.4); OpenSSL reads PrintableString,
	// IA5String and the like as Latin-1, and times as text.
	CLASS_NAME_HEX,
	// X509_NAME_print_ex and RFC 4514 text are compared only where both name every type
	// alike, nothing needs hex and no RDN has several attributes: OpenSSL's has no escapes
	// for bidirectional and invisible characters, other names for some types, and turns the
	// order within an RDN around too (RFC 4514 2.2 leaves it open).
	CLASS_NAME_TEXT_SKIPPED,
	// OpenSSL decodes leniently and encodes strictly (BOOLEAN 0x01, an explicit FALSE): then
	// what it encodes again is no measure for the signed entry.
	CLASS_REENCODED,
	// Ours says "unknown" (bits 0, curve "other"), OpenSSL knows more.
	CLASS_KEY_UNKNOWN,
	// Ours finds an SCT list or an SCT broken that OpenSSL reads, or the reverse; no SCT is
	// misread.
	CLASS_SCT_LIST,
	NUM_ORACLE_CLASSES,
};

struct oracle_tally {
	size_t outcomes[NUM_ORACLE_OUTCOMES];
	size_t classes[NUM_ORACLE_CLASSES];
	size_t entries; // signed entries that were equal
	size_t names; // names whose text was equal to OpenSSL's
	size_t scts; // SCTs read alike
};

extern const char *const oracle_class_names[NUM_ORACLE_CLASSES];

// One comparison on its way: the first difference wins.
struct oracle {
	struct oracle_tally *tally;
	struct cert cert;
	char difference[256];
};

// Reads `der` with both. ORACLE_DIFFERENT: oracle->difference says what.
enum oracle_outcome oracle_compare(struct oracle *oracle, struct bytes der);

// The parts. True: alike.
bool oracle_differ(
	struct oracle *oracle, const char *what, struct bytes ours, struct bytes theirs);
void oracle_compare_name(struct oracle *oracle, const char *what, struct bytes ours,
	const X509_NAME *theirs);
void oracle_compare_scts(struct oracle *oracle, X509 *x509);
void oracle_compare_entry(struct oracle *oracle, X509 *x509);

#define ORACLE_MAX_CERTS 20000

struct oracle_corpus {
	struct bytes certs[ORACLE_MAX_CERTS];
	size_t num;
	size_t num_diverse; // these come first, then thousands of one issuer
	struct arena arena;
};

void oracle_add_cert(struct oracle_corpus *corpus, struct bytes der);
// What no folder has: every kind, place, form of time and string type.
void oracle_add_generated(struct oracle_corpus *corpus);

struct oracle_results {
	size_t passed, failed, skipped;
};

void oracle_failed(struct oracle_results *results, const char *what, const char *why);
// The folders no_scts, bad_scts and ocsp of the test data through evaluate(): one report or
// one error each, and the OCSP sample's SCTs verify from both its responses.
void oracle_check_evaluations(struct oracle_results *results);

// A certificate as a tree of TLVs, to be changed and written again with lengths made right.
struct mutant;
struct mutant *mutant_new(void);
void mutant_free(struct mutant *mutant);
// One random change of `der` (`donor` gives pieces for splices); the new bytes, lent.
struct bytes mutant_make(
	struct mutant *mutant, struct bytes der, struct bytes donor, uint64_t *seed);

#endif
