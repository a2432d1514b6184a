// SPDX-License-Identifier: Apache-2.0
/*
 * mksamples [--seed TEXT] [--keys] DIR
 *
 * Writes the README's samples and a log list that judges them at 2026-06-01T12:00:00Z.
 * --keys adds server-key.pem, the private key of every sample leaf, to run a TLS server
 * with, and what only servers show: certificates with addresses, with the TLS feature and
 * with names that would fool a terminal; OCSP responses that do not say "good".
 */
#include "pki_world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The SCTs of one sample, in minutes and milliseconds after notBefore. */
struct sct_row {
	const char *log;
	int minutes;
	int ms;
	bool forged;
};

#define MAX_SCTS 3

static const struct sample {
	const char *file, *dns_name;
	int64_t lifetime; /* notAfter - notBefore */
	struct sct_row scts[MAX_SCTS];
} samples[] = {
	/* two operators, one log of each kind */
	{"compliant.pem", "compliant.example", 90 * PKI_DAY - 1,
		{{"Alder2026h2", 4, 217, false}, {"BirchTiled2026h2", 4, 930, false}}},
	/* both logs are Alder's: the cap for 180 days or less is one an operator */
	{"operator-cap.pem", "operator-cap.example", 90 * PKI_DAY - 1,
		{{"Alder2026h2", 5, 81, false}, {"AlderTiled2026h2", 5, 660, false}}},
	/* as compliant.pem, but the second was not signed by the log it names */
	{"forged-sct.pem", "forged-sct.example", 90 * PKI_DAY - 1,
		{{"Alder2026h2", 6, 404, false}, {"BirchTiled2026h2", 6, 777, true}}},
	/* 180 days and the inclusive second: 181 days, which ask for three SCTs */
	{"day-too-long.pem", "day-too-long.example", 180 * PKI_DAY,
		{{"Alder2026h2", 7, 350, false}, {"BirchTiled2026h2", 7, 903, false}}},
	/* the one that precertificate.pem, tbs.der and scts.json belong to */
	{"final.pem", "pipeline.example", 90 * PKI_DAY - 1,
		{{"Birch2026h2", 3, 125, false}, {"CedarTiled2026h2", 3, 600, false}}},
	/* its SCTs come by TLS, in tls_scts.bin */
	{"no-scts.pem", "no-scts.example", 90 * PKI_DAY - 1, {{NULL, 0, 0, false}}},
};

static const struct sct_row tls_rows[] = {
	{"Dogwood2026h2", 15, 42, false},
	{"BirchTiled2026h2", 15, 511, false},
};
static const struct sct_row ocsp_rows[] = {
	{"Alder2026h2", 16, 808, false},
	{"CedarTiled2026h2", 17, 3, false},
};

struct maker {
	struct pki_world *world;
	const char *dir;
	bool failed;
};

static void write_file(struct maker *m, const char *name, const struct out *content)
{
	struct out path = {0};

	derw_printf(&path, "%s/%s", m->dir, name);
	FILE *file = fopen(derw_str(&path), "wb");
	bool ok = file != NULL &&
		fwrite(content->data, 1, content->len, file) == content->len;
	if (file != NULL && fclose(file) != 0) {
		ok = false;
	}
	if (!ok) {
		fprintf(stderr, "mksamples: %s: %s\n", derw_str(&path), strerror(errno));
		m->failed = true;
	}
	derw_clear(&path);
}

static void put_pem_cert(struct out *o, const struct out *der)
{
	pki_pem(o, "CERTIFICATE", der);
}

/* The leaf and its issuer. */
static void write_chain(struct maker *m, const char *name, const struct out *leaf)
{
	struct out text = {0};

	put_pem_cert(&text, leaf);
	put_pem_cert(&text, &m->world->ca_der);
	write_file(m, name, &text);
	derw_clear(&text);
}

static const struct sample *find_sample(const char *file)
{
	const struct sample *sample = samples;

	while (strcmp(sample->file, file) != 0) {
		sample++;
	}
	return sample;
}

static struct pki_cert_spec sample_spec(
	const struct maker *m, const struct sample *sample)
{
	int64_t not_before = pki_seconds(PKI_WORLD_NOT_BEFORE);

	return pki_world_leaf(
		m->world, sample->dns_name, not_before, not_before + sample->lifetime);
}

static size_t make_sct_specs(const struct maker *m, const struct sct_row *rows,
	size_t max_rows, struct pki_sct_spec *specs)
{
	int64_t start = pki_seconds(PKI_WORLD_NOT_BEFORE);
	size_t num = 0;

	for (; num < max_rows && rows[num].log != NULL; num++) {
		int64_t ms = (start + 60 * rows[num].minutes) * 1000 + rows[num].ms;
		specs[num] = pki_world_sct(m->world, rows[num].log, (uint64_t)ms);
		specs[num].forger = rows[num].forged ? m->world->forger : NULL;
	}
	return num;
}

static void make_leaf(
	const struct maker *m, const struct sample *sample, struct out *leaf)
{
	struct pki_cert_spec spec = sample_spec(m, sample);
	struct pki_sct_spec scts[MAX_SCTS];
	size_t num = make_sct_specs(m, sample->scts, MAX_SCTS, scts);

	if (num == 0) {
		pki_cert(&spec, leaf);
	} else {
		pki_issue(&spec, scts, num, leaf);
	}
}

static void write_chains(struct maker *m)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct out leaf = {0};
		make_leaf(m, &samples[i], &leaf);
		write_chain(m, samples[i].file, &leaf);
		derw_clear(&leaf);
	}
}

static void write_list_and_root(struct maker *m, bool with_key)
{
	struct out list = {0}, root = {0}, key_der = {0}, key = {0};

	pki_list_json(&m->world->list, &list);
	write_file(m, "log_list.json", &list);
	put_pem_cert(&root, &m->world->root_der);
	write_file(m, "root.pem", &root);
	if (with_key) {
		pki_key_private(m->world->leaf_key, &key_der);
		pki_pem(&key, "PRIVATE KEY", &key_der);
		write_file(m, "server-key.pem", &key);
	}
	derw_clear(&list);
	derw_clear(&root);
	derw_clear(&key_der);
	derw_clear(&key);
}

/* What the logs answered, as a JSON array. */
static void make_answers(
	const struct maker *m, const struct out *tbs, struct out *answers)
{
	struct pki_entry entry = pki_entry_precert(m->world->ca_key, tbs);
	struct pki_sct_spec specs[MAX_SCTS];
	size_t num = make_sct_specs(m, find_sample("final.pem")->scts, MAX_SCTS, specs);

	derw_printf(answers, "[");
	for (size_t i = 0; i < num; i++) {
		struct out sct = {0};
		pki_sct(&specs[i], &entry, &sct);
		derw_printf(answers, "%s\n ", i == 0 ? "" : ",");
		pki_sct_json(&sct, answers);
		derw_clear(&sct);
	}
	derw_printf(answers, "\n]");
}

static void put_pem_member(struct out *o, const char *name, const struct out *der)
{
	struct out pem = {0};

	put_pem_cert(&pem, der);
	derw_printf(o, "\"%s\": ", name);
	pki_json_string(o, (const char *)pem.data, pem.len);
	derw_printf(o, ",\n");
	derw_clear(&pem);
}

static void write_request(
	struct maker *m, const struct out *precert, const struct out *answers)
{
	struct out request = {0};

	derw_printf(&request, "{\n");
	put_pem_member(&request, "certificate", precert);
	put_pem_member(&request, "issuer", &m->world->ca_der);
	derw_printf(&request, "\"scts\": ");
	derw_put_out(&request, answers);
	derw_printf(&request, ",\n\"at\": \"%s\",\n", PKI_WORLD_AT);
	derw_printf(&request, "\"policies\": [\"apple\", \"apple-enforced\"]\n}\n");
	write_file(m, "request.json", &request);
	derw_clear(&request);
}

/*
 * A CA's pipeline: precertificate, what is signed, the logs' answers (final.pem is a
 * chain).
 */
static void write_pipeline(struct maker *m)
{
	struct pki_cert_spec spec = sample_spec(m, find_sample("final.pem"));
	struct out precert = {0}, tbs = {0}, answers = {0};

	pki_precert(&spec, NULL, &precert);
	write_chain(m, "precertificate.pem", &precert);
	pki_tbs(&spec, &tbs);
	write_file(m, "tbs.der", &tbs);
	make_answers(m, &tbs, &answers);
	write_request(m, &precert, &answers);
	derw_printf(&answers, "\n");
	write_file(m, "scts.json", &answers);
	derw_clear(&precert);
	derw_clear(&tbs);
	derw_clear(&answers);
}

static void make_delivered_list(const struct maker *m, const struct sct_row *rows,
	const struct out *leaf, struct out *list)
{
	struct pki_entry entry = pki_entry_x509(leaf);
	struct pki_sct_spec specs[2];
	size_t num = make_sct_specs(m, rows, 2, specs);

	pki_sign_list(specs, num, &entry, list);
}

/*
 * SCTs by TLS extension and by OCSP, for no-scts.pem; another certificate's answer is
 * first.
 */
static void write_delivered(struct maker *m)
{
	const struct sample *sample = find_sample("no-scts.pem");
	struct pki_cert_spec spec = sample_spec(m, sample);
	struct pki_cert_spec other = sample_spec(m, find_sample("final.pem"));
	struct out leaf = {0}, tls_list = {0}, ocsp_list = {0}, ocsp = {0};
	int64_t at = spec.not_before + 20 * 60;

	make_leaf(m, sample, &leaf);
	make_delivered_list(m, tls_rows, &leaf, &tls_list);
	make_delivered_list(m, ocsp_rows, &leaf, &ocsp_list);
	const struct pki_ocsp_single singles[] = {
		{.cert = &other, .this_update = at, .next_update = at + 7 * PKI_DAY},
		{.cert = &spec,
			.this_update = at,
			.next_update = at + 7 * PKI_DAY,
			.sct_list = &ocsp_list},
	};
	const struct pki_ocsp_spec response = {.singles = singles,
		.num_singles = 2,
		.signer = m->world->ca_key,
		.produced_at = at};
	pki_ocsp(&response, &ocsp);
	write_file(m, "tls_scts.bin", &tls_list);
	write_file(m, "ocsp.der", &ocsp);
	derw_clear(&leaf);
	derw_clear(&tls_list);
	derw_clear(&ocsp_list);
	derw_clear(&ocsp);
}

/* ---- what only servers show ---- */

#define ESCAPES "\x1b[2J\x1b]0;owned\x07\r\nPASS \x7f\x08"

/* The values of the subjectAltName: tag, text or bytes. */
struct alt_name {
	uint8_t tag;
	const char *data;
	size_t len;
};
#define DNS(text)                                        \
	{                                                \
		DERW_CONTEXT | 2, text, sizeof(text) - 1 \
	}
#define IP(bytes)                                          \
	{                                                  \
		DERW_CONTEXT | 7, bytes, sizeof(bytes) - 1 \
	}
#define MAX_ALT_NAMES 6

static const struct live_row {
	const char *file;
	const char *sample; /* whose SCTs it has */
	const char *cn;
	struct alt_name names[MAX_ALT_NAMES];
	bool must_staple;
} live_rows[] = {
	{"addresses.pem", "compliant.pem", "addresses.example",
		{DNS("addresses.example"), IP("\x7f\0\0\1"),
			IP("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1")},
		false},
	{"addresses-cap.pem", "operator-cap.pem", "addresses-cap.example",
		{DNS("addresses-cap.example"), IP("\x7f\0\0\1")}, false},
	{"other-addresses.pem", "compliant.pem", NULL,
		{IP("\300\0\2\7"), IP("\x20\1\r\xb8\0\0\0\0\0\1\0\0\0\0\0\7"),
			IP("\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\0"), IP("\1\2")},
		false},
	{"must-staple.pem", "compliant.pem", "must-staple.example",
		{DNS("must-staple.example")}, true},
	{"hostile.pem", "compliant.pem",
		"cn" ESCAPES "\xc2\x9b"
		"31m\xe2\x80\xae"
		"elpmaxe",
		{DNS("hostile.example"), DNS("san" ESCAPES "\x9b\xc2\x9b"),
			DNS("\xe2\x80\xae" ESCAPES ".example")},
		false},
};

static void write_live_chain(struct maker *m, const struct live_row *row)
{
	static const uint8_t status_request[] = {DERW_SEQUENCE, 3, DERW_INTEGER, 1, 5};
	const struct sample *sample = find_sample(row->sample);
	struct pki_cert_spec spec = sample_spec(m, sample);
	struct out san = {0}, leaf = {0};
	struct pki_sct_spec scts[MAX_SCTS];

	for (size_t i = 0; i < MAX_ALT_NAMES && row->names[i].data; i++) {
		derw_tlv(&san, row->names[i].tag, row->names[i].data, row->names[i].len);
	}
	derw_wrap(&san, 0, DERW_SEQUENCE);
	const struct pki_ext extras[] = {
		{"2.5.29.17", false, san.data, san.len},
		{"1.3.6.1.5.5.7.1.24", false, status_request, sizeof(status_request)},
	};
	spec.subject.cn = row->cn;
	spec.dns_name = NULL;
	spec.extras = extras;
	spec.num_extras = row->must_staple ? 2 : 1;
	pki_issue(&spec, scts, make_sct_specs(m, sample->scts, MAX_SCTS, scts), &leaf);
	write_chain(m, row->file, &leaf);
	derw_clear(&san);
	derw_clear(&leaf);
}

/* About compliant.pem. */
static void write_status(struct maker *m, const char *name, bool revoked)
{
	struct pki_cert_spec spec = sample_spec(m, find_sample("compliant.pem"));
	int64_t at = spec.not_before + 20 * 60;
	struct out ocsp = {0};
	const struct pki_ocsp_single single = {.cert = &spec,
		.revoked = revoked,
		.unknown = !revoked,
		.this_update = at,
		.next_update = at + 7 * PKI_DAY};
	const struct pki_ocsp_spec response = {.singles = &single,
		.num_singles = 1,
		.signer = m->world->ca_key,
		.produced_at = at};

	pki_ocsp(&response, &ocsp);
	write_file(m, name, &ocsp);
	derw_clear(&ocsp);
}

static void write_live(struct maker *m)
{
	for (size_t i = 0; i < sizeof(live_rows) / sizeof(live_rows[0]); i++) {
		write_live_chain(m, &live_rows[i]);
	}
	write_status(m, "ocsp-revoked.der", true);
	write_status(m, "ocsp-unknown.der", false);
}

static int usage(void)
{
	fprintf(stderr, "usage: mksamples [--seed TEXT] [--keys] DIR\n");
	return 2;
}

int main(int argc, char **argv)
{
	const char *seed = PKI_WORLD_SEED;
	bool with_keys = false;
	struct maker m = {0};

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			seed = argv[++i];
		} else if (strcmp(argv[i], "--keys") == 0) {
			with_keys = true;
		} else if (argv[i][0] == '-' || m.dir != NULL) {
			return usage();
		} else {
			m.dir = argv[i];
		}
	}
	if (m.dir == NULL) {
		return usage();
	}
	if (mkdir(m.dir, 0777) != 0 && errno != EEXIST) {
		fprintf(stderr, "mksamples: %s: %s\n", m.dir, strerror(errno));
		return 1;
	}
	m.world = pki_world_new(seed);
	write_list_and_root(&m, with_keys);
	write_chains(&m);
	write_pipeline(&m);
	write_delivered(&m);
	if (with_keys) {
		write_live(&m);
	}
	pki_world_free(m.world);
	return m.failed ? 1 : 0;
}
