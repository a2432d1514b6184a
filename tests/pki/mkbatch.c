// SPDX-License-Identifier: Apache-2.0
/*
 * mkbatch NUMBER FOLDER
 *
 * Writes that many certificates, no two alike, as DER one after another into
 * FOLDER/leaves.der, and the CA of all of them as FOLDER/ca.pem: input for long audits by
 * the samples' log list. They pass and fail in several ways, and were issued over a month.
 */
#include "pki_world.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_SCTS 3
#define NUM_DAYS 28

/* Every so many certificates begin anew with the first row. */
static const struct row {
	int64_t lifetime; /* notAfter - notBefore */
	const char *logs[MAX_SCTS];
	bool forged; /* the last one */
} rows[] = {
	{90 * PKI_DAY - 1, {"Alder2026h2", "BirchTiled2026h2"}, false},
	{90 * PKI_DAY - 1, {"CedarTiled2026h2", "Dogwood2026h2"}, false},
	{60 * PKI_DAY - 1, {"BirchTiled2026h2", "AlderTiled2026h2"}, false},
	{90 * PKI_DAY - 1, {"Alder2026h2", "AlderTiled2026h2"}, false},
	{90 * PKI_DAY - 1, {"Alder2026h2", "BirchTiled2026h2"}, true},
	{180 * PKI_DAY, {"Alder2026h2", "BirchTiled2026h2"}, false},
	{90 * PKI_DAY - 1, {"Cedar2026", "Dogwood2026", "Alder2026h2"}, false},
	{90 * PKI_DAY - 1, {NULL}, false},
};

static void make_leaf(const struct pki_world *world, size_t number, struct out *leaf)
{
	const struct row *row = &rows[number % (sizeof(rows) / sizeof(rows[0]))];
	int64_t begin = pki_seconds(PKI_WORLD_NOT_BEFORE) +
		(int64_t)(number % NUM_DAYS) * PKI_DAY;
	struct pki_sct_spec scts[MAX_SCTS];
	size_t num = 0;
	char name[40];
	(void)snprintf(name, sizeof(name), "n%zu.example", number);
	struct pki_cert_spec spec =
		pki_world_leaf(world, name, begin, begin + row->lifetime);
	for (; num < MAX_SCTS && row->logs[num]; num++) {
		scts[num] = pki_world_sct(world, row->logs[num],
			(uint64_t)(begin + 60) * 1000 + number % 60000);
	}
	if (num == 0) {
		pki_cert(&spec, leaf);
		return;
	}
	scts[num - 1].forger = row->forged ? world->forger : NULL;
	pki_issue(&spec, scts, num, leaf);
}

static FILE *open_in(const char *folder, const char *name)
{
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

static void put_and_clear(FILE *file, struct out *out)
{
	if (fwrite(out->data, 1, out->len, file) != out->len) {
		perror("mkbatch");
		exit(1);
	}
	derw_clear(out);
}

int main(int argc, char **argv)
{
	size_t num = argc == 3 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
	if (num == 0) {
		fprintf(stderr, "usage: mkbatch NUMBER FOLDER\n");
		return 2;
	}
	struct pki_world *world = pki_world_new(PKI_WORLD_SEED);
	FILE *leaves = open_in(argv[2], "leaves.der");
	FILE *issuer = open_in(argv[2], "ca.pem");
	struct out out = {0};
	for (size_t i = 0; i < num; i++) {
		make_leaf(world, i, &out);
		put_and_clear(leaves, &out);
	}
	pki_pem(&out, "CERTIFICATE", &world->ca_der);
	put_and_clear(issuer, &out);
	pki_world_free(world);
	bool good = fclose(leaves) == 0 && fclose(issuer) == 0;
	return good ? 0 : 1;
}
