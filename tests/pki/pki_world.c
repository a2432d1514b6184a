// SPDX-License-Identifier: Apache-2.0
#include "pki_world.h"

#include <stdlib.h>
#include <string.h>

static const struct log_row {
	const char *operator_name, *description, *host;
	enum pki_key_type key_type;
	bool tiled;
	const char *start, *end; /* days of the interval */
	const char *state, *since, *version;
} log_rows[PKI_WORLD_NUM_LOGS] = {
	{"Alder", "Alder2026h1", "2026h1.alder.example", PKI_P256, false, "2026-01-01",
		"2026-07-01", "usable", "2025-06-10T15:00:00Z", "611"},
	{"Alder", "Alder2026h2", "2026h2.alder.example", PKI_P256, false, "2026-07-01",
		"2027-01-01", "usable", "2025-12-09T15:00:00Z", "640"},
	{"Alder", "Alder2027", "2027.alder.example", PKI_P256, false, "2027-01-01",
		"2028-01-01", "usable", "2026-02-11T16:20:00Z", "655"},
	{"Alder", "AlderTiled2026h2", "tiled2026h2.alder.example", PKI_P256, true,
		"2026-07-01", "2027-01-01", "usable", "2025-12-09T15:00:01Z", "641"},
	{"Birch", "Birch2026h2", "birch2026h2.ct.birch.example", PKI_RSA2048, false,
		"2026-07-01", "2027-01-01", "usable", "2025-11-18T10:05:00Z", "633"},
	{"Birch", "BirchTiled2026h2", "tiled2026h2.ct.birch.example", PKI_P256, true,
		"2026-07-01", "2027-01-01", "usable", "2026-01-22T10:05:00Z", "648"},
	{"Birch", "BirchTiled2027h1", "tiled2027h1.ct.birch.example", PKI_P256, true,
		"2027-01-01", "2027-07-01", "usable", "2026-04-28T17:45:00Z", "671"},
	{"Cedar", "Cedar2026", "cedar2026.cedar.example", PKI_P256, false, "2026-01-01",
		"2027-01-01", "retired", "2026-04-14T09:30:00Z", "668"},
	{"Cedar", "CedarTiled2026h2", "tiled2026h2.cedar.example", PKI_P256, true,
		"2026-07-01", "2027-01-01", "usable", "2026-03-19T12:00:00Z", "660"},
	{"Cedar", "CedarTiled2027h1", "tiled2027h1.cedar.example", PKI_P256, true,
		"2027-01-01", "2027-07-01", "qualified", "2026-05-20T16:00:00Z", "680"},
	{"Dogwood", "Dogwood2025", "2025.dogwood.example", PKI_P256, false, "2025-01-01",
		"2026-01-01", "rejected", "2026-01-15T08:00:00Z", "645"},
	{"Dogwood", "Dogwood2026", "2026.dogwood.example", PKI_P256, false, "2026-01-01",
		"2027-01-01", "readonly", "2026-03-02T18:00:00Z", "657"},
	{"Dogwood", "Dogwood2026h2", "2026h2.dogwood.example", PKI_P256, false,
		"2026-07-01", "2027-01-01", "usable", "2026-05-05T11:15:00Z", "675"},
	{"Dogwood", "DogwoodTiled2027h2", "tiled2027h2.dogwood.example", PKI_P256, true,
		"2027-07-01", "2028-01-01", "pending", "2026-05-12T13:00:00Z", "677"},
};

/* "ZZ" is a code that ISO 3166 leaves to its users. */
static const struct pki_attr ca_attrs[] = {
	{.oid = PKI_OID_COUNTRY, .tag = DERW_PRINTABLE_STRING, .data = "ZZ"},
	{.oid = PKI_OID_ORGANIZATION, .data = "Sample Trust Services"},
};
static const char *const server_ekus[] = {PKI_OID_SERVER_AUTH};
static const char *const psc_ekus[] = {PKI_OID_PRECERT_SIGNING};

static int64_t day(const char *date)
{
	struct out text = {0};

	derw_printf(&text, "%sT00:00:00Z", date);
	int64_t seconds = pki_seconds(derw_str(&text));
	derw_clear(&text);
	return seconds;
}

static struct pki_log make_log(const struct log_row *row, const char *seed)
{
	return (struct pki_log){
		.key = pki_key_new(seed, row->key_type, row->description),
		.operator_name = row->operator_name,
		.description = row->description,
		.host = row->host,
		.tiled = row->tiled,
		.mmd = row->tiled ? 60 : 86400,
		.start = day(row->start),
		.end = day(row->end),
		.state = row->state,
		.state_since = pki_seconds(row->since),
		.state_version = row->version,
		.tree_size = 31415926,
	};
}

static struct pki_name ca_name(const char *cn)
{
	return (struct pki_name){.attrs = ca_attrs,
		.num_attrs = sizeof(ca_attrs) / sizeof(ca_attrs[0]),
		.cn = cn};
}

static void make_cas(struct pki_world *w, const char *seed)
{
	w->root_key = pki_key_new(seed, PKI_P384, "root");
	w->ca_key = pki_key_new(seed, PKI_P256, "issuing ca");
	w->psc_key = pki_key_new(seed, PKI_P256, "precertificate signing ca");
	w->root = (struct pki_cert_spec){.issuer = ca_name("Sample Root R1"),
		.subject = ca_name("Sample Root R1"),
		.not_before = day("2020-01-01"),
		.not_after = day("2045-01-01") - 1,
		.key = w->root_key,
		.basic_constraints = PKI_BC_CA};
	w->ca = (struct pki_cert_spec){.issuer = w->root.subject,
		.subject = ca_name("Sample Issuing CA I1"),
		.not_before = day("2024-01-01"),
		.not_after = day("2034-01-01") - 1,
		.key = w->ca_key,
		.signer = w->root_key,
		.basic_constraints = PKI_BC_CA,
		.ekus = server_ekus,
		.num_ekus = 1};
	w->psc = (struct pki_cert_spec){.issuer = w->ca.subject,
		.subject = ca_name("Sample Precertificate Signing CA I1"),
		.not_before = day("2024-01-01"),
		.not_after = day("2034-01-01") - 1,
		.key = w->psc_key,
		.signer = w->ca_key,
		.basic_constraints = PKI_BC_CA,
		.ekus = psc_ekus,
		.num_ekus = 1};
	pki_cert(&w->root, &w->root_der);
	pki_cert(&w->ca, &w->ca_der);
	pki_cert(&w->psc, &w->psc_der);
}

/* AccessDescription: a method and a URL */
static void put_access(struct out *o, const char *method, const char *url)
{
	size_t start = o->len;

	derw_oid(o, method);
	derw_text(o, DERW_CONTEXT | 6, url);
	derw_wrap(o, start, DERW_SEQUENCE);
}

static void make_leaf_exts(struct pki_world *w)
{
	derw_oid(&w->policies, "2.23.140.1.2.1"); /* domain-validated */
	derw_wrap(&w->policies, 0, DERW_SEQUENCE);
	derw_wrap(&w->policies, 0, DERW_SEQUENCE);
	put_access(&w->aia, "1.3.6.1.5.5.7.48.1", "http://ocsp.trust.example");
	put_access(&w->aia, "1.3.6.1.5.5.7.48.2", "http://i1.trust.example/i1.der");
	derw_wrap(&w->aia, 0, DERW_SEQUENCE);
	derw_text(&w->crl_points, DERW_CONTEXT | 6, "http://c.trust.example/i1.crl");
	derw_wrap(&w->crl_points, 0, DERW_CONTEXT_CONSTRUCTED | 0);
	derw_wrap(&w->crl_points, 0, DERW_CONTEXT_CONSTRUCTED | 0);
	derw_wrap(&w->crl_points, 0, DERW_SEQUENCE);
	derw_wrap(&w->crl_points, 0, DERW_SEQUENCE);
	w->leaf_exts[0] =
		(struct pki_ext){"2.5.29.32", false, w->policies.data, w->policies.len};
	w->leaf_exts[1] =
		(struct pki_ext){"1.3.6.1.5.5.7.1.1", false, w->aia.data, w->aia.len};
	w->leaf_exts[2] = (struct pki_ext){
		"2.5.29.31", false, w->crl_points.data, w->crl_points.len};
}

struct pki_world *pki_world_new(const char *seed)
{
	struct pki_world *w = calloc(1, sizeof(*w));

	derw_need(w != NULL, "out of memory");
	make_cas(w, seed);
	w->leaf_key = pki_key_new(seed, PKI_P256, "leaf");
	w->forger = pki_key_new(seed, PKI_P256, "forger");
	make_leaf_exts(w);
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		w->logs[i] = make_log(&log_rows[i], seed);
	}
	w->list = (struct pki_list){.version = "680",
		.asset_version = 41,
		.asset_version_v2 = 1107,
		.logs = w->logs,
		.num_logs = PKI_WORLD_NUM_LOGS};
	return w;
}

void pki_world_free(struct pki_world *world)
{
	if (world == NULL) {
		return;
	}
	struct pki_key *keys[] = {world->root_key, world->ca_key, world->psc_key,
		world->leaf_key, world->forger};
	struct out *outs[] = {&world->root_der, &world->ca_der, &world->psc_der,
		&world->policies, &world->aia, &world->crl_points};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		pki_key_free(keys[i]);
	}
	for (size_t i = 0; i < sizeof(outs) / sizeof(outs[0]); i++) {
		derw_clear(outs[i]);
	}
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		pki_key_free(world->logs[i].key);
	}
	free(world);
}

const struct pki_log *pki_world_log(
	const struct pki_world *world, const char *description)
{
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		if (strcmp(world->logs[i].description, description) == 0) {
			return &world->logs[i];
		}
	}
	derw_need(false, "no log of this description");
	return NULL;
}

struct pki_cert_spec pki_world_leaf(const struct pki_world *world, const char *dns_name,
	int64_t not_before, int64_t not_after)
{
	return (struct pki_cert_spec){.issuer = world->ca.subject,
		.subject = {.cn = dns_name},
		.not_before = not_before,
		.not_after = not_after,
		.key = world->leaf_key,
		.signer = world->ca_key,
		.basic_constraints = PKI_BC_LEAF,
		.dns_name = dns_name,
		.ekus = server_ekus,
		.num_ekus = 1,
		.extras = world->leaf_exts,
		.num_extras = 3};
}

struct pki_sct_spec pki_world_sct(
	const struct pki_world *world, const char *description, uint64_t timestamp_ms)
{
	const struct pki_log *log = pki_world_log(world, description);

	/* Any index will do: one entry for every four seconds since 1970. */
	return (struct pki_sct_spec){.log = log,
		.timestamp_ms = timestamp_ms,
		.has_leaf_index = log->tiled,
		.leaf_index = log->tiled ? timestamp_ms / 4000 : 0};
}
