// SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/oracle.h"

#include <openssl/ct.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/datetime.h"
#include "base/text.h"

const char *const oracle_class_names[NUM_ORACLE_CLASSES] = {
	[CLASS_TIME_REJECTED] = "OpenSSL rejects the time when asked for it",
	[CLASS_KEY_REJECTED] = "OpenSSL rejects the key when asked for it",
	[CLASS_EXTENSION_REJECTED] = "OpenSSL rejects the extension when asked for it",
	[CLASS_NAME_HEX] = "a name's value is #hex in ours",
	[CLASS_NAME_TEXT_SKIPPED] = "name text: other type names or escapes",
	[CLASS_REENCODED] = "OpenSSL's encoding is not the original",
	[CLASS_KEY_UNKNOWN] = "a key that ours calls unknown",
	[CLASS_SCT_LIST] = "an SCT list that one of them rejects",
};

bool oracle_differ(
	struct oracle *oracle, const char *what, struct bytes ours, struct bytes theirs)
{
	if (bytes_equal(ours, theirs)) {
		return false;
	}
	if (oracle->difference[0] == '\0') {
		char a[65];
		char b[65];
		text_hex(bytes_of(ours.data, ours.len < 32 ? ours.len : 32), a);
		text_hex(bytes_of(theirs.data, theirs.len < 32 ? theirs.len : 32), b);
		(void)snprintf(oracle->difference, sizeof(oracle->difference),
			"%s: ours %s (%zu bytes), OpenSSL's %s (%zu)", what, a, ours.len,
			b, theirs.len);
	}
	return true;
}

static void differ_number(
	struct oracle *oracle, const char *what, int64_t ours, int64_t theirs)
{
	if (ours != theirs && oracle->difference[0] == '\0') {
		(void)snprintf(oracle->difference, sizeof(oracle->difference),
			"%s: ours %lld, OpenSSL's %lld", what, (long long)ours,
			(long long)theirs);
	}
}

static struct bytes object_bytes(const ASN1_OBJECT *object)
{
	return bytes_of(OBJ_get0_data(object), OBJ_length(object));
}

static struct bytes string_bytes(const ASN1_STRING *string)
{
	return bytes_of(
		ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
}

static void compare_serial(struct oracle *oracle, const X509 *x509)
{
	uint8_t *der = NULL;
	int len = i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &der);
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(
		bytes_of(der, len > 0 ? (size_t)len : 0), CODE_BAD_CERTIFICATE, &err);
	oracle_differ(oracle, "serial number", oracle->cert.serial,
		der_expect(&r, DER_INTEGER, "serial").value);
	OPENSSL_free(der);
}

static void compare_time(
	struct oracle *oracle, const char *what, int64_t ours, const ASN1_TIME *theirs)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(theirs, &tm) != 1) {
		oracle->tally->classes[CLASS_TIME_REJECTED]++;
		return;
	}
	struct datetime t = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec};
	differ_number(oracle, what, ours, datetime_to_seconds(&t));
}

// The OID of an SPKI's algorithm, and what follows its parameters.
static bool take_spki_apart(
	struct bytes spki, struct bytes *out_oid, struct bytes *out_key)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(spki, CODE_BAD_CERTIFICATE, &err);
	struct reader in = der_enter(&r, DER_SEQUENCE, "spki");
	struct reader algorithm = der_enter(&in, DER_SEQUENCE, "algorithm");
	*out_oid = der_expect(&algorithm, DER_OID, "algorithm").value;
	*out_key = reader_rest(&in);
	return err.code == CODE_NONE;
}

// OpenSSL keeps parameters decoded and encodes them anew: those of odd types may differ.
static void compare_spki(struct oracle *oracle, X509 *x509)
{
	const uint8_t *bits = NULL;
	int len = 0;
	uint8_t *der = NULL;
	struct bytes oids[2];
	struct bytes keys[2];
	X509_PUBKEY *spki = X509_get_X509_PUBKEY(x509);
	X509_PUBKEY_get0_param(NULL, &bits, &len, NULL, spki);
	oracle_differ(oracle, "subjectPublicKey", oracle->cert.key_bits,
		bytes_of(bits, (size_t)len));
	int der_len = i2d_X509_PUBKEY(spki, &der);
	struct bytes theirs = bytes_of(der, der_len > 0 ? (size_t)der_len : 0);
	if (!bytes_equal(oracle->cert.spki, theirs) &&
		take_spki_apart(oracle->cert.spki, &oids[0], &keys[0]) &&
		take_spki_apart(theirs, &oids[1], &keys[1])) {
		oracle_differ(oracle, "algorithm of the key", oids[0], oids[1]);
		oracle_differ(oracle, "key", keys[0], keys[1]);
		oracle->tally->classes[CLASS_REENCODED]++;
	} else {
		oracle_differ(oracle, "subjectPublicKeyInfo", oracle->cert.spki, theirs);
	}
	OPENSSL_free(der);
}

static enum key_type type_of(const EVP_PKEY *key)
{
	static const struct {
		int id;
		enum key_type type;
	} types[] = {
		{EVP_PKEY_RSA, KEY_RSA},
		{EVP_PKEY_RSA_PSS, KEY_RSA_PSS},
		{EVP_PKEY_EC, KEY_EC},
		{EVP_PKEY_ED25519, KEY_ED25519},
		{EVP_PKEY_ED448, KEY_ED448},
		{EVP_PKEY_DSA, KEY_DSA},
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].id == EVP_PKEY_get_base_id(key)) {
			return types[i].type;
		}
	}
	return KEY_OTHER;
}

static const char *curve_of(EVP_PKEY *key)
{
	char group[64] = "";
	if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1) {
		return "other";
	}
	return strcmp(group, "prime256v1") == 0   ? "P-256"
		: strcmp(group, "secp384r1") == 0 ? "P-384"
		: strcmp(group, "secp521r1") == 0 ? "P-521"
						  : "other";
}

static void compare_key(struct oracle *oracle, X509 *x509)
{
	const struct cert_key *ours = &oracle->cert.key;
	EVP_PKEY *key = X509_get0_pubkey(x509);
	if (!key) {
		oracle->tally->classes[CLASS_KEY_REJECTED]++;
		return;
	}
	differ_number(oracle, "type of the key", ours->type, type_of(key));
	if (ours->type == KEY_EC) {
		const char *theirs = curve_of(key);
		oracle_differ(oracle, "curve", bytes_of_text(ours->curve),
			bytes_of_text(theirs));
	}
	if (ours->bits == 0) {
		oracle->tally->classes[CLASS_KEY_UNKNOWN]++;
	} else {
		int theirs = EVP_PKEY_get_bits(key);
		// Ours are the bits of the encoding for these two, 32 and 57 bytes.
		bool edwards = ours->type == KEY_ED25519 || ours->type == KEY_ED448;
		differ_number(oracle, "bits of the key", (int64_t)ours->bits,
			edwards ? (theirs + 7) / 8 * 8 : theirs);
	}
}

static void compare_signature(struct oracle *oracle, const X509 *x509)
{
	const ASN1_BIT_STRING *bits = NULL;
	const X509_ALGOR *outer = NULL;
	const ASN1_OBJECT *oid = NULL;
	X509_get0_signature(&bits, &outer, x509);
	oracle_differ(oracle, "signature", oracle->cert.signature, string_bytes(bits));
	X509_ALGOR_get0(&oid, NULL, NULL, X509_get0_tbs_sigalg(x509));
	oracle_differ(oracle, "signature algorithm", oracle->cert.signature_oid,
		object_bytes(oid));
	bool same = X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x509)) == 0;
	// Equal bytes have equal meaning; different bytes may have it too.
	if (!oracle->cert.odd_algorithm && !same) {
		differ_number(oracle, "odd_algorithm", oracle->cert.odd_algorithm, !same);
	}
}

static void compare_extensions(struct oracle *oracle, X509 *x509)
{
	int num = X509_get_ext_count(x509);
	differ_number(oracle, "number of extensions",
		(int64_t)oracle->cert.num_extensions, num);
	for (int i = 0; i < num && oracle->difference[0] == '\0'; i++) {
		X509_EXTENSION *theirs = X509_get_ext(x509, i);
		const struct cert_extension *ours = &oracle->cert.extensions[i];
		oracle_differ(oracle, "extension id", ours->oid,
			object_bytes(X509_EXTENSION_get_object(theirs)));
		oracle_differ(oracle, "extension value", ours->value,
			string_bytes(X509_EXTENSION_get_data(theirs)));
		differ_number(oracle, "extension critical", ours->critical,
			X509_EXTENSION_get_critical(theirs));
	}
}

// The decoded extension; NULL where it is absent, or counted where OpenSSL rejects it.
static void *decoded(struct oracle *oracle, X509 *x509, int nid, bool *out_skip)
{
	int critical = -1;
	void *value = X509_get_ext_d2i(x509, nid, &critical, NULL);
	*out_skip = !value && critical != -1;
	oracle->tally->classes[CLASS_EXTENSION_REJECTED] += *out_skip;
	return value;
}

static void compare_alt_names(struct oracle *oracle, X509 *x509)
{
	bool skip = false;
	GENERAL_NAMES *names = decoded(oracle, x509, NID_subject_alt_name, &skip);
	struct err err;
	err_clear(&err);
	struct reader walk = cert_alt_names(&oracle->cert, &err);
	struct bytes ours = BYTES_NONE;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !skip; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_DNS) {
			continue;
		}
		differ_number(oracle, "another dNSName",
			cert_next_alt_name(&walk, DER_CONTEXT(2), &ours), 1);
		oracle_differ(oracle, "dNSName", ours, string_bytes(name->d.dNSName));
	}
	if (!skip) {
		differ_number(oracle, "a dNSName more",
			cert_next_alt_name(&walk, DER_CONTEXT(2), &ours), 0);
	}
	GENERAL_NAMES_free(names);
}

static void compare_key_purposes(struct oracle *oracle, X509 *x509)
{
	const struct cert *cert = &oracle->cert;
	bool skip = false;
	EXTENDED_KEY_USAGE *purposes = decoded(oracle, x509, NID_ext_key_usage, &skip);
	bool server = false;
	bool any = false;
	bool precert = false;
	for (int i = 0; i < sk_ASN1_OBJECT_num(purposes); i++) {
		int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes, i));
		server = server || nid == NID_server_auth;
		any = any || nid == NID_anyExtendedKeyUsage;
		precert = precert || nid == NID_ct_precert_signer;
	}
	if (!skip) {
		differ_number(
			oracle, "EKU present", cert->has_key_purposes, purposes != NULL);
		differ_number(oracle, "EKU serverAuth", cert->server_auth, server);
		differ_number(oracle, "EKU any", cert->any_purpose, any);
		differ_number(
			oracle, "EKU CT precertificate", cert->precert_signing, precert);
	}
	EXTENDED_KEY_USAGE_free(purposes);
}

static void compare_constraints(struct oracle *oracle, X509 *x509)
{
	bool skip = false;
	BASIC_CONSTRAINTS *constraints =
		decoded(oracle, x509, NID_basic_constraints, &skip);
	if (!skip) {
		differ_number(oracle, "basicConstraints cA", oracle->cert.is_ca,
			constraints && constraints->ca);
	}
	BASIC_CONSTRAINTS_free(constraints);
	skip = false;
	ASN1_BIT_STRING *usage = decoded(oracle, x509, NID_key_usage, &skip);
	if (!skip) {
		differ_number(oracle, "keyUsage keyCertSign", oracle->cert.cert_signing,
			usage && ASN1_BIT_STRING_get_bit(usage, 5));
	}
	ASN1_BIT_STRING_free(usage);
}

static void compare_key_ids(struct oracle *oracle, X509 *x509)
{
	bool skip = false;
	ASN1_OCTET_STRING *own = decoded(oracle, x509, NID_subject_key_identifier, &skip);
	if (!skip) {
		oracle_differ(oracle, "subjectKeyIdentifier", oracle->cert.subject_key_id,
			own ? string_bytes(own) : BYTES_NONE);
	}
	ASN1_OCTET_STRING_free(own);
	AUTHORITY_KEYID *issuer =
		decoded(oracle, x509, NID_authority_key_identifier, &skip);
	if (!skip) {
		oracle_differ(oracle, "authorityKeyIdentifier",
			oracle->cert.authority_key_id,
			issuer && issuer->keyid ? string_bytes(issuer->keyid)
						: BYTES_NONE);
	}
	AUTHORITY_KEYID_free(issuer);
}

static void compare_fields(struct oracle *oracle, X509 *x509)
{
	const struct cert *cert = &oracle->cert;
	compare_serial(oracle, x509);
	oracle_compare_name(oracle, "issuer", cert->issuer, X509_get_issuer_name(x509));
	oracle_compare_name(
		oracle, "subject", cert->subject, X509_get_subject_name(x509));
	compare_time(oracle, "notBefore", cert->not_before, X509_get0_notBefore(x509));
	compare_time(oracle, "notAfter", cert->not_after, X509_get0_notAfter(x509));
	compare_spki(oracle, x509);
	compare_key(oracle, x509);
	compare_signature(oracle, x509);
	compare_extensions(oracle, x509);
	compare_alt_names(oracle, x509);
	compare_key_purposes(oracle, x509);
	compare_constraints(oracle, x509);
	compare_key_ids(oracle, x509);
	differ_number(oracle, "poison", cert->kind == CERT_PRECERTIFICATE,
		X509_get_ext_by_NID(x509, NID_ct_precert_poison, -1) >= 0);
	oracle_compare_scts(oracle, x509);
	oracle_compare_entry(oracle, x509);
}

static bool read_ours(struct oracle *oracle, struct bytes der)
{
	struct err err;
	err_clear(&err);
	bool read = cert_read(der, &oracle->cert, &err);
	bool sound = read == (err.code == CODE_NONE) &&
		(read || (err.code == CODE_BAD_CERTIFICATE && err.offset <= der.len));
	if (!sound) {
		(void)snprintf(oracle->difference, sizeof(oracle->difference),
			"our error is %s at %zu of %zu: %.100s",
			code_info(err.code)->name, err.offset, der.len, err.text);
	}
	return read;
}

static enum oracle_outcome outcome_of(struct oracle *oracle, struct bytes der)
{
	const uint8_t *pos = der.data;
	X509 *x509 = d2i_X509(NULL, &pos, (long)der.len);
	bool theirs = x509 && pos == der.data + der.len;
	bool ours = read_ours(oracle, der);
	if (ours && theirs) {
		compare_fields(oracle, x509);
	}
	X509_free(x509);
	ERR_clear_error();
	if (oracle->difference[0]) {
		return ORACLE_DIFFERENT;
	}
	return ours      ? theirs ? ORACLE_BOTH : ORACLE_ONLY_OURS
		: theirs ? ORACLE_ONLY_OPENSSL
			 : ORACLE_NEITHER;
}

enum oracle_outcome oracle_compare(struct oracle *oracle, struct bytes der)
{
	oracle->difference[0] = '\0';
	enum oracle_outcome outcome = outcome_of(oracle, der);
	oracle->tally->outcomes[outcome]++;
	return outcome;
}
