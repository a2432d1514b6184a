// SPDX-License-Identifier: Apache-2.0
#include "x509/tbs_diff.h"

#include "x509/oid.h"

// RFC 5280 4.1, in its order; extensions are compared one by one.
enum field {
	FIELD_VERSION,
	FIELD_SERIAL_NUMBER,
	FIELD_SIGNATURE,
	FIELD_ISSUER,
	FIELD_NOT_BEFORE,
	FIELD_NOT_AFTER,
	FIELD_SUBJECT,
	FIELD_SPKI,
	FIELD_ISSUER_UNIQUE_ID,
	FIELD_SUBJECT_UNIQUE_ID,
	NUM_FIELDS,
};

static const char *const field_names[NUM_FIELDS] = {
	[FIELD_VERSION] = "version",
	[FIELD_SERIAL_NUMBER] = "serialNumber",
	[FIELD_SIGNATURE] = "signature",
	[FIELD_ISSUER] = "issuer",
	[FIELD_NOT_BEFORE] = "validity.notBefore",
	[FIELD_NOT_AFTER] = "validity.notAfter",
	[FIELD_SUBJECT] = "subject",
	[FIELD_SPKI] = "subjectPublicKeyInfo",
	[FIELD_ISSUER_UNIQUE_ID] = "issuerUniqueID",
	[FIELD_SUBJECT_UNIQUE_ID] = "subjectUniqueID",
};

// RFC 5280 4.2, RFC 7633, RFC 3739.
static const struct {
	struct bytes oid;
	const char *name;
} extension_names[] = {
	{OID_SUBJECT_KEY_ID, "subjectKeyIdentifier"},
	{OID_KEY_USAGE, "keyUsage"},
	{OID_SUBJECT_ALT_NAME, "subjectAltName"},
	{OID_CE("\x12"), "issuerAltName"},
	{OID_BASIC_CONSTRAINTS, "basicConstraints"},
	{OID_CE("\x1e"), "nameConstraints"},
	{OID_CE("\x1f"), "cRLDistributionPoints"},
	{OID_CE("\x20"), "certificatePolicies"},
	{OID_CE("\x21"), "policyMappings"},
	{OID_AUTHORITY_KEY_ID, "authorityKeyIdentifier"},
	{OID_CE("\x24"), "policyConstraints"},
	{OID_EXT_KEY_USAGE, "extKeyUsage"},
	{OID_CE("\x2e"), "freshestCRL"},
	{OID_CE("\x36"), "inhibitAnyPolicy"},
	{OID_CE("\x09"), "subjectDirectoryAttributes"},
	{BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x01"), "authorityInfoAccess"},
	{BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x03"), "qcStatements"},
	{BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x0b"), "subjectInfoAccess"},
	{BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x18"), "tlsFeature"},
};

// What the cut has of an extension, and where that stands.
struct kept {
	struct bytes whole; // in the certificate; empty where the signer adds it
	struct bytes oid;
	struct bytes head;
	struct bytes value;
};

// One more than a certificate has: a key identifier that the signer adds.
#define MAX_KEPT (CERT_MAX_EXTENSIONS + 1)

struct side {
	const struct cert *cert;
	struct bytes whole[NUM_FIELDS]; // in the certificate; empty: not there
	struct bytes value[NUM_FIELDS]; // what is compared
	struct kept kept[MAX_KEPT];
	size_t num_kept;
};

static struct bytes take_optional(struct reader *r, unsigned tag)
{
	return der_next_is(r, tag) ? der_any(r, "").whole : BYTES_NONE;
}

// cert_read has read all of it before, so nothing fails here.
static void read_fields(struct side *side)
{
	struct err err;
	err_clear(&err);
	struct bytes *out = side->whole;
	struct reader r = reader_init(side->cert->tbs, CODE_BAD_CERTIFICATE, &err);
	struct reader in = der_enter(&r, DER_SEQUENCE, "");
	out[FIELD_VERSION] = take_optional(&in, DER_CONTEXT_CONSTRUCTED(0));
	out[FIELD_SERIAL_NUMBER] = der_any(&in, "").whole;
	out[FIELD_SIGNATURE] = der_any(&in, "").whole;
	out[FIELD_ISSUER] = der_any(&in, "").whole;
	struct reader validity = der_enter(&in, DER_SEQUENCE, "");
	out[FIELD_NOT_BEFORE] = der_any(&validity, "").whole;
	out[FIELD_NOT_AFTER] = der_any(&validity, "").whole;
	out[FIELD_SUBJECT] = der_any(&in, "").whole;
	out[FIELD_SPKI] = der_any(&in, "").whole;
	out[FIELD_ISSUER_UNIQUE_ID] = take_optional(&in, DER_CONTEXT(1));
	out[FIELD_SUBJECT_UNIQUE_ID] = take_optional(&in, DER_CONTEXT(2));
	memcpy(side->value, side->whole, sizeof(side->value));
}

static void read_kept(struct side *side, const struct cert *signer)
{
	struct bytes key_id = signer ? signer->authority_key_id_extension : BYTES_NONE;
	for (size_t i = 0; i < side->cert->num_extensions; i++) {
		const struct cert_extension *ext = &side->cert->extensions[i];
		if (!tbs_keeps(ext, signer)) {
			continue;
		}
		bool replaced =
			key_id.data && bytes_equal(ext->oid, OID_AUTHORITY_KEY_ID);
		side->kept[side->num_kept++] = (struct kept){
			ext->whole, ext->oid, ext->head, replaced ? key_id : ext->value};
	}
	if (key_id.data && side->cert->authority_key_id_extension.data == NULL) {
		side->kept[side->num_kept++] = (struct kept){.oid = OID_AUTHORITY_KEY_ID,
			.head = BYTES_LITERAL("\x06\x03\x55\x1d\x23"),
			.value = key_id};
	}
}

static void read_side(
	const struct cert *cert, const struct cert *signer, struct side *out)
{
	out->cert = cert;
	out->num_kept = 0;
	read_fields(out);
	if (signer) {
		out->value[FIELD_ISSUER] = signer->issuer;
	}
	read_kept(out, signer);
}

static size_t offset_in(const struct cert *cert, const uint8_t *at)
{
	return (size_t)(at - cert->der.data);
}

static struct tbs_place place_of(const struct cert *cert, struct bytes whole)
{
	if (whole.len == 0) {
		return (struct tbs_place){false, 0, 0};
	}
	return (struct tbs_place){true, offset_in(cert, whole.data), whole.len};
}

// How many bytes at the front are the same.
static size_t same_len(struct bytes a, struct bytes b)
{
	size_t i = 0;
	while (i < a.len && i < b.len && a.data[i] == b.data[i]) {
		i++;
	}
	return i;
}

static enum tbs_difference compare(struct bytes certificate, struct bytes precertificate)
{
	if (bytes_equal(certificate, precertificate)) {
		return TBS_SAME;
	}
	return certificate.len == 0       ? TBS_MISSING
		: precertificate.len == 0 ? TBS_ADDED
					  : TBS_VALUE;
}

// Where the optional field would stand that the certificate lacks: before the next one
// that it has.
static size_t next_offset(const struct side *a, size_t field)
{
	while (field < NUM_FIELDS && a->whole[field].len == 0) {
		field++;
	}
	return field < NUM_FIELDS
		? offset_in(a->cert, a->whole[field].data)
		: offset_in(
			  a->cert, a->whole[FIELD_SPKI].data + a->whole[FIELD_SPKI].len);
}

static bool compare_fields(
	const struct side *a, const struct side *b, struct tbs_diff *out)
{
	for (size_t i = 0; i < NUM_FIELDS; i++) {
		out->difference = compare(a->value[i], b->value[i]);
		if (out->difference == TBS_SAME) {
			continue;
		}
		out->name = field_names[i];
		out->certificate = place_of(a->cert, a->whole[i]);
		out->precertificate = place_of(b->cert, b->whole[i]);
		out->first = out->certificate.found
			? out->certificate.offset + same_len(a->value[i], b->value[i])
			: next_offset(a, i);
		return false;
	}
	return true;
}

static const struct kept *find_kept(const struct side *side, struct bytes oid)
{
	for (size_t i = 0; i < side->num_kept; i++) {
		if (bytes_equal(side->kept[i].oid, oid)) {
			return &side->kept[i];
		}
	}
	return NULL;
}

// Behind what the certificate has of extensions, or of fields where it has none.
static size_t end_offset(const struct side *a)
{
	struct bytes last = a->cert->extensions_element.len ? a->cert->extensions_element
							    : a->cert->tbs;
	return offset_in(a->cert, last.data + last.len);
}

static const char *extension_name(struct bytes oid)
{
	for (size_t i = 0; i < sizeof(extension_names) / sizeof(extension_names[0]);
		i++) {
		if (bytes_equal(extension_names[i].oid, oid)) {
			return extension_names[i].name;
		}
	}
	return NULL;
}

// `a` or `b` is NULL where that side lacks the extension. `first`: in the certificate.
static void put_extension(const struct side *certificate,
	const struct side *precertificate, const struct kept *a, const struct kept *b,
	size_t first, struct tbs_diff *out)
{
	out->oid = a ? a->oid : b->oid;
	out->name = extension_name(out->oid);
	out->certificate = place_of(certificate->cert, a ? a->whole : BYTES_NONE);
	out->precertificate = place_of(precertificate->cert, b ? b->whole : BYTES_NONE);
	out->first = first;
}

// Both have an extension at this place, of one kind.
static bool compare_extension(const struct side *a, const struct side *b,
	const struct kept *ours, const struct kept *theirs, struct tbs_diff *out)
{
	bool same_head = bytes_equal(ours->head, theirs->head);
	struct bytes mine = same_head ? ours->value : ours->head;
	struct bytes other = same_head ? theirs->value : theirs->head;
	if (bytes_equal(mine, other)) {
		return true;
	}
	out->difference = same_head ? TBS_VALUE : TBS_CRITICAL;
	put_extension(a, b, ours, theirs,
		offset_in(a->cert, mine.data + same_len(mine, other)), out);
	return false;
}

static void compare_extensions(
	const struct side *a, const struct side *b, struct tbs_diff *out)
{
	size_t i = 0;
	for (; i < a->num_kept && i < b->num_kept &&
		bytes_equal(a->kept[i].oid, b->kept[i].oid);
		i++) {
		if (!compare_extension(a, b, &a->kept[i], &b->kept[i], out)) {
			return;
		}
	}
	const struct kept *ours = i < a->num_kept ? &a->kept[i] : NULL;
	const struct kept *theirs = i < b->num_kept ? &b->kept[i] : NULL;
	if (!ours && !theirs) {
		return;
	}
	size_t first = ours ? offset_in(a->cert, ours->whole.data) : end_offset(a);
	const struct kept *elsewhere = ours ? find_kept(b, ours->oid) : NULL;
	if (ours && !elsewhere) {
		out->difference = TBS_ADDED;
		put_extension(a, b, ours, NULL, first, out);
	} else if (theirs && !find_kept(a, theirs->oid)) {
		out->difference = TBS_MISSING;
		put_extension(a, b, NULL, theirs, first, out);
	} else {
		out->difference = TBS_ORDER;
		put_extension(a, b, ours, elsewhere, first, out);
	}
}

void tbs_diff(const struct cert *certificate, const struct cert *precertificate,
	const struct cert *signer, struct tbs_diff *out)
{
	struct side a;
	struct side b;
	memset(out, 0, sizeof(*out));
	read_side(certificate, NULL, &a);
	read_side(precertificate, signer, &b);
	if (compare_fields(&a, &b, out)) {
		compare_extensions(&a, &b, out);
	}
}

const char *tbs_difference_name(enum tbs_difference difference)
{
	static const char *const names[] = {
		[TBS_SAME] = "none",
		[TBS_VALUE] = "value",
		[TBS_CRITICAL] = "critical",
		[TBS_ADDED] = "added",
		[TBS_MISSING] = "missing",
		[TBS_ORDER] = "order",
	};
	return names[difference];
}

void tbs_diff_put_field(const struct tbs_diff *diff, struct buffer *out)
{
	if (diff->oid.len) {
		buffer_put_text(out, "extensions.");
	}
	if (diff->name) {
		buffer_put_text(out, diff->name);
	} else {
		oid_put_text(out, diff->oid);
	}
}
