// SPDX-License-Identifier: Apache-2.0
// tbs_diff. The input: a SEQUENCE of a certificate, a precertificate and, perhaps, the
// Precertificate Signing Certificate that signed it.
//
// Property: nothing differs exactly where tbs_cut gives the same bytes for both. Places lie
// in their certificates, the first differing byte in its field, and what is said to differ
// does: a value or head that is another one, a field that the other side lacks. Turned
// round, without a signer, the same field differs, added for missing. Nothing differs from
// itself.
#include "tests/fuzz/fuzz.h"
#include "x509/tbs_diff.h"

static struct buffer cut(const struct cert *cert, const struct cert *signer)
{
	struct tbs_cut parts;
	struct buffer out;
	tbs_cut(cert, signer, &parts);
	buffer_init(&out, 2 * CERT_MAX_LEN);
	for (size_t i = 0; i < parts.num_parts; i++) {
		buffer_put(&out, parts.parts[i]);
	}
	fuzz_need(!out.failed && out.len == parts.len, "a cut");
	return out;
}

static bool same_cuts(
	const struct cert *a, const struct cert *b, const struct cert *signer)
{
	struct buffer ours = cut(a, NULL);
	struct buffer theirs = cut(b, signer);
	bool same = bytes_equal(buffer_bytes(&ours), buffer_bytes(&theirs));
	buffer_clear(&ours);
	buffer_clear(&theirs);
	return same;
}

static struct bytes need_inside(const struct cert *cert, const struct tbs_place *place)
{
	fuzz_need(place->offset <= cert->der.len &&
			place->len <= cert->der.len - place->offset,
		"a place outside of its certificate");
	fuzz_need(place->found == (place->len > 0), "a place of no bytes");
	return bytes_of(cert->der.data + place->offset, place->len);
}

static void check_places(const struct cert *a, const struct cert *b,
	const struct cert *signer, const struct tbs_diff *diff)
{
	struct bytes ours = need_inside(a, &diff->certificate);
	struct bytes theirs = need_inside(b, &diff->precertificate);
	switch (diff->difference) {
	case TBS_SAME:
		fuzz_need(diff->first == 0 && !diff->name, "something of nothing");
		return;
	case TBS_VALUE:
	case TBS_CRITICAL:
	case TBS_ORDER:
		fuzz_need(ours.len > 0 && (signer || theirs.len > 0), "no place");
		fuzz_need(signer || diff->difference == TBS_ORDER ||
				!bytes_equal(ours, theirs),
			"the field does not differ");
		break;
	case TBS_ADDED:
		fuzz_need(ours.len > 0 && theirs.len == 0, "added");
		break;
	case TBS_MISSING:
		fuzz_need(ours.len == 0 && (signer || theirs.len > 0), "missing");
		break;
	}
	fuzz_need(diff->first <= a->der.len, "the first byte is outside");
	fuzz_need(ours.len == 0 ||
			(diff->first >= diff->certificate.offset &&
				diff->first <= diff->certificate.offset + ours.len),
		"the first byte is outside of its field");
}

static void check_field(const struct tbs_diff *diff)
{
	struct buffer field;
	buffer_init(&field, 4 * CERT_MAX_LEN);
	tbs_diff_put_field(diff, &field);
	fuzz_need(!field.failed && field.len > 0, "a field without a name");
	fuzz_need_printable(buffer_bytes(&field), false, "a field's name");
	buffer_clear(&field);
}

static void check(const struct cert *a, const struct cert *b, const struct cert *signer)
{
	struct tbs_diff diff;
	tbs_diff(a, b, signer, &diff);
	fuzz_need((diff.difference == TBS_SAME) == same_cuts(a, b, signer),
		"the cuts say otherwise than %s", tbs_difference_name(diff.difference));
	check_places(a, b, signer, &diff);
	if (diff.difference != TBS_SAME) {
		check_field(&diff);
	}
}

static void check_turned(const struct cert *a, const struct cert *b)
{
	struct tbs_diff one;
	struct tbs_diff other;
	tbs_diff(a, b, NULL, &one);
	tbs_diff(b, a, NULL, &other);
	// Where both have what the other lacks, each names its own first.
	bool both_lack = one.difference == TBS_ADDED && other.difference == TBS_ADDED;
	bool mirrored = one.difference == TBS_ADDED ? other.difference == TBS_MISSING
		: one.difference == TBS_MISSING     ? other.difference == TBS_ADDED
						    : one.difference == other.difference;
	fuzz_need(mirrored || both_lack, "turned round: %s and %s",
		tbs_difference_name(one.difference),
		tbs_difference_name(other.difference));
	fuzz_need(both_lack || one.difference == TBS_ORDER ||
			(one.name == other.name && bytes_equal(one.oid, other.oid)),
		"turned round: another field");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cert certs[3];
	struct err err;
	size_t num = 0;
	err_clear(&err);
	struct reader r = reader_init(bytes_of(data, len), CODE_BAD_CERTIFICATE, &err);
	struct reader in = der_enter(&r, DER_SEQUENCE, "input");
	while (!reader_done(&in) && num < 3) {
		struct bytes der = der_any(&in, "certificate").whole;
		if (reader_failed(&in) || !cert_read(der, &certs[num++], &err)) {
			return 0;
		}
	}
	if (num < 2 || !reader_finish(&in, "input")) {
		return 0;
	}
	check(&certs[0], &certs[1], NULL);
	check(&certs[1], &certs[0], NULL);
	check(&certs[0], &certs[0], NULL);
	check_turned(&certs[0], &certs[1]);
	if (num == 3) {
		check(&certs[0], &certs[1], &certs[2]);
	}
	return 0;
}
