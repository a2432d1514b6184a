// SPDX-License-Identifier: Apache-2.0
// mkcorpus DIR: writes the made part of the fuzz corpora, DIR/<target>/<file>, from the world
// of tests/pki. Deterministic; what stands beside these files was written by hand, or is the
// input of a bug that a fuzzer found.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/mkcorpus.h"

void corpus_put(
	struct corpus *c, const char *target, const char *name, const struct out *bytes)
{
	struct out path = {0};
	derw_printf(&path, "%s/%s", c->dir, target);
	bool made = mkdir(derw_str(&path), 0777) == 0 || errno == EEXIST;
	derw_printf(&path, "/%s", name);
	FILE *file = made ? fopen(derw_str(&path), "wb") : NULL;
	bool done = file && fwrite(bytes->data, 1, bytes->len, file) == bytes->len;
	done = file && fclose(file) == 0 && done;
	if (!done) {
		fprintf(stderr, "mkcorpus: %s: %s\n", derw_str(&path), strerror(errno));
		c->failed = true;
	}
	derw_clear(&path);
}

void corpus_put_text(
	struct corpus *c, const char *target, const char *name, const char *text)
{
	struct out bytes = {0};
	derw_put(&bytes, text, strlen(text));
	corpus_put(c, target, name, &bytes);
	derw_clear(&bytes);
}

struct pki_cert_spec corpus_leaf(const struct corpus *c, const char *dns_name)
{
	int64_t start = pki_seconds(PKI_WORLD_NOT_BEFORE);
	return pki_world_leaf(c->world, dns_name, start, start + 90 * PKI_DAY - 1);
}

size_t corpus_scts(const struct corpus *c, struct pki_sct_spec *out)
{
	uint64_t ms = (uint64_t)pki_seconds(PKI_WORLD_NOT_BEFORE) * 1000;
	out[0] = pki_world_sct(c->world, "Alder2026h2", ms + 1000);
	out[1] = pki_world_sct(c->world, "BirchTiled2026h2", ms + 2345);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: mkcorpus DIR\n");
		return 2;
	}
	struct corpus c = {.dir = argv[1]};
	if (mkdir(c.dir, 0777) != 0 && errno != EEXIST) {
		fprintf(stderr, "mkcorpus: %s: %s\n", c.dir, strerror(errno));
		return 1;
	}
	c.world = pki_world_new(PKI_WORLD_SEED);
	corpus_certificates(&c);
	corpus_tbs_diffs(&c);
	corpus_sct_lists(&c);
	corpus_ocsp(&c);
	corpus_pem(&c);
	corpus_lists(&c);
	corpus_requests(&c);
	corpus_plans(&c);
	corpus_evaluations(&c);
	corpus_records(&c);
	corpus_verifiers(&c);
	corpus_serve(&c);
	corpus_pins(&c);
	pki_world_free(c.world);
	return c.failed ? 1 : 0;
}
