// SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/oracle.h"

#include "tests/pki/pki_world.h"

// "\xc3\x89" and the like as data with its length.
#define RAW(text) .data = (text), .len = sizeof(text) - 1

static struct pki_cert_spec leaf(const struct pki_world *world)
{
	int64_t begin = pki_seconds(PKI_WORLD_NOT_BEFORE);
	return pki_world_leaf(world, "oracle.example", begin, begin + 90 * PKI_DAY - 1);
}

static void add(struct oracle_corpus *corpus, const struct pki_cert_spec *spec)
{
	struct out der = {0};
	pki_cert(spec, &der);
	oracle_add_cert(corpus, bytes_of(der.data, der.len));
	derw_clear(&der);
}

// Final certificate, precertificate and one under a Precertificate Signing Certificate, each
// with SCT list or poison at either end of the extensions.
static void add_places(struct oracle_corpus *corpus, const struct pki_world *world)
{
	uint64_t begin = (uint64_t)pki_seconds(PKI_WORLD_NOT_BEFORE);
	for (int place = PKI_LAST; place <= PKI_MIDDLE; place++) {
		struct pki_cert_spec spec = leaf(world);
		spec.sct_place = (enum pki_place)place;
		struct pki_sct_spec scts[] = {
			pki_world_sct(world, "Alder2026h2", begin * 1000),
			pki_world_sct(world, "BirchTiled2026h2", begin * 1000),
		};
		struct out der = {0};
		pki_issue(&spec, scts, 2, &der);
		oracle_add_cert(corpus, bytes_of(der.data, der.len));
		der.len = 0;
		pki_precert(&spec, NULL, &der);
		oracle_add_cert(corpus, bytes_of(der.data, der.len));
		der.len = 0;
		pki_precert(&spec, &world->psc, &der);
		oracle_add_cert(corpus, bytes_of(der.data, der.len));
		derw_clear(&der);
	}
}

// Nothing but the SCT list, so that the whole [3] goes; and v1 and v3 without extensions.
static void add_bare(struct oracle_corpus *corpus, const struct pki_world *world)
{
	uint64_t begin = (uint64_t)pki_seconds(PKI_WORLD_NOT_BEFORE);
	struct pki_cert_spec bare = leaf(world);
	struct pki_sct_spec sct = pki_world_sct(world, "Alder2026h2", begin * 1000);
	struct out der = {0};
	bare.bare = true;
	bare.basic_constraints = PKI_BC_ABSENT;
	bare.dns_name = NULL;
	bare.num_dns_names = bare.num_ekus = bare.num_extras = 0;
	pki_issue(&bare, &sct, 1, &der);
	oracle_add_cert(corpus, bytes_of(der.data, der.len));
	derw_clear(&der);
	add(corpus, &bare);
	bare.version = 1;
	add(corpus, &bare);
}

static void add_times(struct oracle_corpus *corpus, const struct pki_world *world)
{
	static const struct pki_raw_time times[] = {
		{DERW_UTC_TIME, "490101000000Z"},
		{DERW_UTC_TIME, "491231235959Z"},
		{DERW_UTC_TIME, "500101000000Z"},
		{DERW_UTC_TIME, "991231235959Z"},
		{DERW_UTC_TIME, "000229000000Z"},
		{DERW_UTC_TIME, "2606010000Z"},
		{DERW_UTC_TIME, "260601000000+0200"},
		{DERW_UTC_TIME, "2606010000-1130"},
		{DERW_GENERALIZED_TIME, "20260601000000Z"},
		{DERW_GENERALIZED_TIME, "20500101000000Z"},
		{DERW_GENERALIZED_TIME, "19491231235959Z"},
		{DERW_GENERALIZED_TIME, "99991231235959Z"},
		{DERW_GENERALIZED_TIME, "20000229120000.75Z"},
		{DERW_GENERALIZED_TIME, "202606010000Z"},
		{DERW_GENERALIZED_TIME, "20260601000000-0800"},
	};
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct pki_cert_spec spec = leaf(world);
		spec.raw_not_before = times[i];
		spec.raw_not_after = times[sizeof(times) / sizeof(times[0]) - 1 - i];
		add(corpus, &spec);
	}
}

static void add_names(struct oracle_corpus *corpus, const struct pki_world *world)
{
	static const struct pki_attr attrs[] = {
		{.oid = "2.5.4.3", .data = " a,b+c\"d\\e<f>g;h=i#j "},
		{.oid = "2.5.4.3", .data = "#x"},
		{.oid = "2.5.4.3", .data = ""},
		{.oid = "2.5.4.3", .data = "\033[31m\r\n\x7f"},
		{.oid = "2.5.4.3", RAW("a\0b")},
		{.oid = "2.5.4.3", .data = "\xe2\x80\xae \xe2\x80\x8b \xef\xbb\xbf"},
		{.oid = "2.5.4.3", .data = "\xc3\x8ele \xe5\x8c\x97 \xf0\x9f\x98\x80"},
		{.oid = "2.5.4.3", RAW("caf\xe9\x9b"), .tag = DERW_T61_STRING},
		{.oid = "2.5.4.3", RAW("\0A\x00\xc9\x53\x17"), .tag = DERW_BMP_STRING},
		{.oid = "2.5.4.3", RAW("\xd8\x3d\xde\x00"), .tag = DERW_BMP_STRING},
		{.oid = "2.5.4.3",
			RAW("\0\0\0A\0\1\xf6\0"),
			.tag = DERW_UNIVERSAL_STRING},
		{.oid = "2.5.4.3", RAW("\xe9"), .tag = DERW_PRINTABLE_STRING},
		{.oid = "1.2.840.113549.1.9.1", .data = "a@b", .tag = DERW_IA5_STRING},
		{.oid = "2.5.4.5", .data = "12 3", .tag = 0x12},
		{.oid = "2.5.4.3", .data = "visible", .tag = 0x1a},
		{.oid = "1.2.3.4", .data = "unknown type"},
		{.oid = "2.5.4.6", .data = "AT", .tag = DERW_PRINTABLE_STRING},
	};
	size_t num = sizeof(attrs) / sizeof(attrs[0]);
	for (size_t i = 0; i < num; i++) {
		struct pki_attr three[] = {
			attrs[i], attrs[(i + 1) % num], attrs[(i + 5) % num]};
		struct pki_cert_spec spec = leaf(world);
		three[1].joined = i % 3 == 0;
		spec.subject = (struct pki_name){.attrs = three, .num_attrs = 3};
		add(corpus, &spec);
	}
}

void oracle_add_generated(struct oracle_corpus *corpus)
{
	struct pki_world *world = pki_world_new("oracle");
	add_places(corpus, world);
	add_bare(corpus, world);
	add_times(corpus, world);
	add_names(corpus, world);
	pki_world_free(world);
}
