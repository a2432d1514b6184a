// SPDX-License-Identifier: Apache-2.0
#include "x509/cert.h"

#include "x509/algorithm.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/recognize.h"

static size_t bit_length(struct bytes integer)
{
	while (integer.len > 0 && integer.data[0] == 0) {
		integer.data++;
		integer.len--;
	}
	if (integer.len == 0) {
		return 0;
	}
	size_t bits = integer.len * 8;
	for (uint8_t top = integer.data[0]; !(top & 0x80); top = (uint8_t)(top << 1)) {
		bits--;
	}
	return bits;
}

static size_t rsa_bits(struct bytes key_bits)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(key_bits, CODE_BAD_CERTIFICATE, &err);
	struct reader key = der_enter(&r, DER_SEQUENCE, "RSAPublicKey");
	return bit_length(der_integer(&key, "modulus"));
}

// A key that cannot be understood is still a key: the type says so, and nothing fails.
static struct cert_key describe_key(
	struct bytes oid, struct bytes params, struct bytes bits)
{
	static const struct {
		struct bytes oid;
		enum key_type type;
	} types[] = {
		{OID_EC_PUBLIC_KEY, KEY_EC},
		{OID_RSA, KEY_RSA},
		{OID_RSA_PSS, KEY_RSA_PSS},
		{OID_ED25519, KEY_ED25519},
		{OID_ED448, KEY_ED448},
		{OID_DSA, KEY_DSA},
	};
	static const struct {
		struct bytes oid;
		const char *name;
		size_t bits;
	} curves[] = {
		{OID_P256, "P-256", 256},
		{OID_P384, "P-384", 384},
		{OID_P521, "P-521", 521},
	};
	struct cert_key key = {.type = KEY_OTHER};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (bytes_equal(types[i].oid, oid)) {
			key.type = types[i].type;
		}
	}
	if (key.type == KEY_RSA || key.type == KEY_RSA_PSS) {
		key.bits = rsa_bits(bits);
	} else if (key.type == KEY_EC) {
		key.curve = "other";
		for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
			if (params.len > 2 &&
				bytes_equal(curves[i].oid,
					bytes_of(params.data + 2, params.len - 2))) {
				key.curve = curves[i].name;
				key.bits = curves[i].bits;
			}
		}
	} else if (key.type == KEY_ED25519 || key.type == KEY_ED448) {
		key.bits = key.type == KEY_ED25519 ? 256 : 456;
	}
	return key;
}

void cert_spki_read(struct reader *r, struct cert_spki *out)
{
	struct der_element element = der_expect(r, DER_SEQUENCE, "subjectPublicKeyInfo");
	struct reader in = reader_nested(r, element.value);
	struct bytes oid;
	struct bytes params;
	(void)algorithm_read(&in, &oid, &params, "subjectPublicKeyInfo.algorithm");
	out->bits = der_octet_bits(&in, "subjectPublicKey");
	(void)reader_finish(&in, "subjectPublicKeyInfo");
	out->whole = element.whole;
	out->key = reader_failed(r) ? (struct cert_key){.type = KEY_OTHER}
				    : describe_key(oid, params, out->bits);
}

static void read_spki(struct reader *r, struct cert *cert)
{
	struct cert_spki spki;
	cert_spki_read(r, &spki);
	cert->key_bits = spki.bits;
	cert->spki = spki.whole;
	cert->key = spki.key;
}

// RFC 5280 4.1.2.5: what UTCTime can say, 1950 to 2049, must be UTCTime.
#define UTC_TIME_FROM INT64_C(-631152000)
#define UTC_TIME_UNTIL INT64_C(2524608000)

static int64_t read_time(struct reader *r, struct cert *cert, const char *what)
{
	bool generalized = der_next_is(r, DER_GENERALIZED_TIME);
	int64_t seconds = der_time(r, &cert->odd_time, what);
	bool odd = generalized && seconds >= UTC_TIME_FROM && seconds < UTC_TIME_UNTIL;
	cert->odd_time = cert->odd_time || odd;
	return seconds;
}

static void read_validity(struct reader *r, struct cert *cert)
{
	struct reader in = der_enter(r, DER_SEQUENCE, "validity");
	cert->not_before = read_time(&in, cert, "validity.notBefore");
	cert->not_after = read_time(&in, cert, "validity.notAfter");
	(void)reader_finish(&in, "validity");
}

// The extensions that are read. Each is handed a reader over its extnValue.

static void read_basic_constraints(struct reader *r, struct cert *cert)
{
	struct reader in = der_enter(r, DER_SEQUENCE, "basicConstraints");
	if (der_next_is(&in, DER_BOOLEAN)) {
		cert->is_ca = der_boolean(&in, "basicConstraints.cA");
	}
	if (der_next_is(&in, DER_INTEGER)) {
		(void)der_integer(&in, "basicConstraints.pathLenConstraint");
	}
	(void)reader_finish(&in, "basicConstraints");
}

static void read_key_purposes(struct reader *r, struct cert *cert)
{
	struct reader in = der_enter(r, DER_SEQUENCE, "extKeyUsage");
	cert->has_key_purposes = true;
	while (!reader_done(&in)) {
		struct bytes oid = der_expect(&in, DER_OID, "extKeyUsage").value;
		cert->server_auth |= bytes_equal(oid, OID_SERVER_AUTH);
		cert->ocsp_signing |= bytes_equal(oid, OID_OCSP_SIGNING);
		cert->any_purpose |= bytes_equal(oid, OID_ANY_EXT_KEY_USAGE);
		cert->precert_signing |= bytes_equal(oid, OID_PRECERT_SIGNING);
	}
}

// "?.example.com", "(PRIVATE).example.com": what CAs wrote for labels that they did not
// want logged.
static bool is_redacted(struct bytes name)
{
	static const struct bytes marks[] = {
		BYTES_LITERAL("?"), BYTES_LITERAL("(PRIVATE)")};
	for (size_t i = 0; i < 2; i++) {
		struct bytes mark = marks[i];
		bool begins = name.len >= mark.len &&
			memcmp(name.data, mark.data, mark.len) == 0;
		if (begins && (name.len == mark.len || name.data[mark.len] == '.')) {
			return true;
		}
	}
	return false;
}

// Bit 5, keyCertSign (RFC 5280 4.2.1.3). What cannot be read allows nothing, and is nobody
// else's business here.
static void read_key_usage(struct reader *r, struct cert *cert)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader whole = reader_init(reader_rest(r), CODE_BAD_CERTIFICATE, &ignored);
	struct reader bits = der_enter(&whole, DER_BIT_STRING, "keyUsage");
	unsigned unused = reader_u8(&bits, "unused bits") & 7;
	unsigned first = reader_u8(&bits, "keyUsage");
	first &= bits.pos == bits.end ? 0xffU << unused : 0xffU;
	cert->has_key_usage = true;
	cert->cert_signing = (first & 0x04) != 0;
	r->pos = r->end;
}

// Printable, and no label of it empty or too long (RFC 1035 2.3.4); a dot at its end says
// nothing. What else is in it, clients compare with a name that is one.
static bool is_dns_name(struct bytes name)
{
	size_t label = 0;
	size_t len = name.len;
	len -= len > 0 && name.data[len - 1] == '.';
	for (size_t i = 0; i < len; i++) {
		bool is_end = name.data[i] == '.';
		if ((is_end && label == 0) || label > 63 || name.data[i] <= ' ' ||
			name.data[i] > '~') {
			return false;
		}
		label = is_end ? 0 : label + 1;
	}
	return label > 0 && label <= 63 && len <= 253;
}

static bool names_server(const struct der_element *name)
{
	size_t len = name->value.len;
	return (name->tag == DER_CONTEXT(2) && is_dns_name(name->value)) ||
		(name->tag == DER_CONTEXT(7) && (len == 4 || len == 16));
}

static void read_subject_alt_name(struct reader *r, struct cert *cert)
{
	cert->subject_alt_name = reader_rest(r);
	struct reader in = der_enter(r, DER_SEQUENCE, "subjectAltName");
	while (!reader_done(&in)) {
		size_t at = reader_offset(&in);
		struct der_element name = der_any(&in, "subjectAltName");
		// BER's string in pieces: lenient readers see a name there, we would not.
		if (name.tag == DER_CONTEXT_CONSTRUCTED(2)) {
			reader_fail_at(&in, at, "subjectAltName: a constructed dNSName");
		}
		cert->num_names += names_server(&name);
		cert->has_redacted_name |=
			name.tag == DER_CONTEXT(2) && is_redacted(name.value);
	}
}

static void read_subject_key_id(struct reader *r, struct cert *cert)
{
	cert->subject_key_id =
		der_expect(r, DER_OCTET_STRING, "subjectKeyIdentifier").value;
}

static void read_authority_key_id(struct reader *r, struct cert *cert)
{
	cert->authority_key_id_extension = reader_rest(r);
	struct reader in = der_enter(r, DER_SEQUENCE, "authorityKeyIdentifier");
	if (der_next_is(&in, DER_CONTEXT(0))) {
		cert->authority_key_id = der_any(&in, "authorityKeyIdentifier").value;
	}
	while (!reader_done(&in)) {
		size_t at = reader_offset(&in);
		if ((der_any(&in, "authorityKeyIdentifier").tag & 0x1f) == 0) {
			reader_fail_at(&in, at,
				"authorityKeyIdentifier: keyIdentifier constructed, "
				"twice or out of place");
		}
	}
}

// RFC 6962 3.1: ASN.1 NULL, critical. The poison is recognized by its OID alone; a
// strange value changes nothing about what it is there for.
static void read_poison(struct reader *r, struct cert *cert)
{
	if (cert->kind == CERT_CERTIFICATE) {
		cert->kind = CERT_PRECERTIFICATE;
	}
	(void)der_any(r, "precertificate poison");
}

// A broken list is a finding about the SCTs, not about the certificate: its errors stay
// in scts_error (POLICY.md 2).
static void read_scts(struct reader *r, struct cert *cert)
{
	struct reader own = *r;
	own.err = &cert->scts_error;
	own.code = CODE_SCT_LIST_MALFORMED;
	cert->scts = der_expect(&own, DER_OCTET_STRING, "SCT list extension").value;
	(void)reader_finish(&own, "SCT list extension");
	cert->num_sct_extensions++;
	r->pos = r->end;
}

static const struct extension_reader {
	struct bytes oid;
	void (*read)(struct reader *r, struct cert *cert);
	const char *name;
} extension_readers[] = {
	{OID_EMBEDDED_SCTS, read_scts, "SCT list extension"},
	{OID_POISON, read_poison, "precertificate poison"},
	{OID_KEY_USAGE, read_key_usage, "keyUsage"},
	{OID_BASIC_CONSTRAINTS, read_basic_constraints, "basicConstraints"},
	{OID_EXT_KEY_USAGE, read_key_purposes, "extKeyUsage"},
	{OID_SUBJECT_ALT_NAME, read_subject_alt_name, "subjectAltName"},
	{OID_SUBJECT_KEY_ID, read_subject_key_id, "subjectKeyIdentifier"},
	{OID_AUTHORITY_KEY_ID, read_authority_key_id, "authorityKeyIdentifier"},
};

static void interpret(
	struct reader *r, struct cert *cert, const struct cert_extension *ext)
{
	for (size_t i = 0; i < sizeof(extension_readers) / sizeof(extension_readers[0]);
		i++) {
		if (bytes_equal(extension_readers[i].oid, ext->oid)) {
			struct reader in = reader_nested(r, ext->value);
			extension_readers[i].read(&in, cert);
			(void)reader_finish(&in, extension_readers[i].name);
			return;
		}
	}
}

// RFC 5280 4.2: not more than one of each. Two SCT lists are the one case that the policy
// has its own answer for.
static bool is_second(const struct cert *cert, const struct cert_extension *ext)
{
	if (bytes_equal(ext->oid, OID_EMBEDDED_SCTS)) {
		return false;
	}
	for (size_t i = 0; i < cert->num_extensions; i++) {
		if (bytes_equal(cert->extensions[i].oid, ext->oid)) {
			return true;
		}
	}
	return false;
}

static void read_extension(struct reader *r, struct cert *cert)
{
	size_t at = reader_offset(r);
	struct der_element element = der_expect(r, DER_SEQUENCE, "extension");
	struct reader in = reader_nested(r, element.value);
	struct cert_extension ext = {.whole = element.whole};
	const uint8_t *start = in.pos;
	ext.oid = der_expect(&in, DER_OID, "extension id").value;
	if (der_next_is(&in, DER_BOOLEAN)) {
		ext.critical = der_boolean(&in, "extension critical");
	}
	ext.head = bytes_of(start, (size_t)(in.pos - start));
	ext.value = der_expect(&in, DER_OCTET_STRING, "extension value").value;
	if (!reader_finish(&in, "extension")) {
		return;
	}
	if (is_second(cert, &ext)) {
		reader_fail_at(r, at, "the same extension twice (RFC 5280 4.2)");
		return;
	}
	if (cert->num_extensions == CERT_MAX_EXTENSIONS) {
		reader_fail_at(r, at, "more than %d extensions", CERT_MAX_EXTENSIONS);
		return;
	}
	cert->extensions[cert->num_extensions++] = ext;
	interpret(r, cert, &ext);
}

static void read_extensions(struct reader *r, struct cert *cert)
{
	struct der_element element =
		der_expect(r, DER_CONTEXT_CONSTRUCTED(3), "extensions");
	struct reader outer = reader_nested(r, element.value);
	cert->extensions_element = element.whole;
	struct reader in = der_enter(&outer, DER_SEQUENCE, "extensions");
	(void)reader_finish(&outer, "extensions");
	while (!reader_done(&in)) {
		read_extension(&in, cert);
	}
}

static void read_tbs_fields(struct reader *r, struct cert *cert)
{
	if (der_next_is(r, DER_CONTEXT_CONSTRUCTED(0))) {
		struct reader version =
			der_enter(r, DER_CONTEXT_CONSTRUCTED(0), "version");
		(void)der_integer(&version, "version");
		(void)reader_finish(&version, "version");
	}
	cert->serial = der_integer(r, "serialNumber");
	cert->signature_algorithm = algorithm_read(
		r, &cert->signature_oid, &cert->signature_params, "signature");
	cert->issuer = name_read(r, "issuer");
	read_validity(r, cert);
	cert->subject = name_read(r, "subject");
	read_spki(r, cert);
	if (der_next_is(r, DER_CONTEXT(1))) {
		(void)der_any(r, "issuerUniqueID");
	}
	if (der_next_is(r, DER_CONTEXT(2))) {
		(void)der_any(r, "subjectUniqueID");
	}
	if (der_next_is(r, DER_CONTEXT_CONSTRUCTED(3))) {
		read_extensions(r, cert);
	}
	(void)reader_finish(r, "tbsCertificate");
}

static void read_tbs(struct reader *r, struct cert *cert)
{
	struct der_element tbs = der_expect(r, DER_SEQUENCE, "tbsCertificate");
	struct reader in = reader_nested(r, tbs.value);
	cert->tbs = tbs.whole;
	read_tbs_fields(&in, cert);
}

static void read_certificate(struct reader *r, struct cert *cert)
{
	struct reader in = der_enter(r, DER_SEQUENCE, "certificate");
	read_tbs(&in, cert);
	struct bytes oid;
	struct bytes params;
	struct bytes whole = algorithm_read(&in, &oid, &params, "signatureAlgorithm");
	cert->odd_algorithm = !bytes_equal(whole, cert->signature_algorithm);
	cert->signature = der_octet_bits(&in, "signatureValue");
	(void)reader_finish(&in, "certificate");
}

// The first element inside tells them apart: a Certificate begins with the
// TBSCertificate, a TBSCertificate with its version or serial number.
static bool looks_like_tbs(struct bytes der)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(der, CODE_BAD_CERTIFICATE, &err);
	struct reader in = der_enter(&r, DER_SEQUENCE, "certificate");
	return der_next_is(&in, DER_CONTEXT_CONSTRUCTED(0)) ||
		der_next_is(&in, DER_INTEGER);
}

bool cert_read(struct bytes der, struct cert *out, struct err *err)
{
	if (der.len > CERT_MAX_LEN) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"a certificate of %zu bytes; the limit is %zu", der.len,
			CERT_MAX_LEN);
	}
	bool is_tbs = looks_like_tbs(der);
	memset(out, 0, offsetof(struct cert, extensions));
	err_clear(&out->scts_error);
	struct reader r = reader_init(der, CODE_BAD_CERTIFICATE, err);
	out->kind = is_tbs ? CERT_TBS : CERT_CERTIFICATE;
	out->der = der;
	if (is_tbs) {
		read_tbs(&r, out);
	} else {
		read_certificate(&r, out);
	}
	if (reader_finish(&r, is_tbs ? "tbsCertificate" : "certificate")) {
		return true;
	}
	const char *instead = recognize(der);
	if (instead) {
		enum code code = err->code;
		size_t offset = err->offset;
		err_clear(err);
		err_set(err, code, offset, "it looks like %s", instead);
	}
	return false;
}

struct reader cert_alt_names(const struct cert *cert, struct err *err)
{
	struct reader r = reader_init(cert->subject_alt_name, CODE_BAD_CERTIFICATE, err);
	return cert->subject_alt_name.len ? der_enter(&r, DER_SEQUENCE, "subjectAltName")
					  : r;
}

bool cert_next_alt_name(struct reader *names, unsigned tag, struct bytes *out)
{
	while (!reader_done(names)) {
		struct der_element name = der_any(names, "subjectAltName");
		if (name.tag == tag) {
			*out = name.value;
			return !reader_failed(names);
		}
	}
	return false;
}

static bool asks_for_status(struct bytes features)
{
	static const struct bytes status_request = BYTES_LITERAL("\x05");
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(features, CODE_BAD_CERTIFICATE, &ignored);
	struct reader in = der_enter(&r, DER_SEQUENCE, "tlsFeature");
	bool found = false;
	while (!reader_done(&in)) {
		found |= bytes_equal(der_integer(&in, "tlsFeature"), status_request);
	}
	return found && !reader_failed(&in);
}

bool cert_must_staple(const struct cert *cert)
{
	for (size_t i = 0; i < cert->num_extensions; i++) {
		if (bytes_equal(cert->extensions[i].oid, OID_TLS_FEATURE)) {
			return asks_for_status(cert->extensions[i].value);
		}
	}
	return false;
}
