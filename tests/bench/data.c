// SPDX-License-Identifier: Apache-2.0
// Real certificates where they are at hand, else certificates of the tests' own PKI.
#include "tests/bench/bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "loglist/bundled.h"
#include "tests/pki/pki_world.h"
#include "x509/pem.h"

#define NUM_GENERATED 300
#define MAX_SAMPLES 6000

void must(bool good, const char *what)
{
	if (!good) {
		(void)fprintf(stderr, "benchmark: %s\n", what);
		exit(2);
	}
}

static struct bytes read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		return BYTES_NONE;
	}
	must(fseek(file, 0, SEEK_END) == 0, path);
	long len = ftell(file);
	must(len >= 0 && fseek(file, 0, SEEK_SET) == 0, path);
	uint8_t *data = malloc((size_t)len + 1);
	must(data && fread(data, 1, (size_t)len, file) == (size_t)len, path);
	(void)fclose(file);
	return bytes_of(data, (size_t)len);
}

static const char *data_folder(void)
{
	const char *path = getenv("CTPOLICY_TEST_DATA");
	return path ? path : "../shared/data";
}

static struct samples samples_new(bool real)
{
	struct samples samples = {.real = real};
	samples.items = calloc(MAX_SAMPLES, sizeof(*samples.items));
	must(samples.items != NULL, "no memory");
	return samples;
}

// The first certificate of a PEM text, in memory of its own.
static struct bytes der_of(struct bytes pem)
{
	struct arena arena = {NULL, NULL};
	struct err err;
	err_clear(&err);
	struct bytes der;
	must(pem_read_object(pem, CODE_BAD_CERTIFICATE, &arena, &der, &err), err.text);
	uint8_t *copy = malloc(der.len + 1);
	must(copy != NULL, "no memory");
	memcpy(copy, der.data, der.len);
	arena_clear(&arena);
	return bytes_of(copy, der.len);
}

static struct ctp_lists *bundled(void)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = bundled_lists("apple", &err);
	must(lists != NULL, err.text);
	return lists;
}

static void add_folder(struct samples *samples, const char *folder, const char *name)
{
	char path[2][2048];
	struct sample sample;
	if (snprintf(path[0], sizeof(path[0]), "%s/%s/leaf.pem", folder, name) < 0 ||
		snprintf(path[1], sizeof(path[1]), "%s/%s/issuer.pem", folder, name) <
			0) {
		return;
	}
	sample.leaf_pem = read_file(path[0]);
	sample.issuer_pem = read_file(path[1]);
	if (!sample.leaf_pem.data || !sample.issuer_pem.data ||
		samples->num == MAX_SAMPLES) {
		return;
	}
	sample.leaf_der = der_of(sample.leaf_pem);
	sample.issuer_der = der_of(sample.issuer_pem);
	samples->items[samples->num++] = sample;
}

static bool add_real(struct samples *samples)
{
	char folder[1000];
	(void)snprintf(folder, sizeof(folder), "%s/certs", data_folder());
	DIR *dir = opendir(folder);
	if (!dir) {
		return false;
	}
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (entry->d_name[0] != '.') {
			add_folder(samples, folder, entry->d_name);
		}
	}
	(void)closedir(dir);
	return samples->num > 0;
}

static struct bytes taken(struct out *out)
{
	return bytes_of(out->data, out->len);
}

static struct bytes pem_of(struct bytes der)
{
	struct out in = {0};
	struct out pem = {0};
	derw_put(&in, der.data, der.len);
	pki_pem(&pem, "CERTIFICATE", &in);
	derw_clear(&in);
	return taken(&pem);
}

static void add_generated(
	struct samples *samples, const struct pki_world *world, size_t index)
{
	static const char *const logs[] = {"Alder2026h2", "BirchTiled2026h2",
		"CedarTiled2026h2", "AlderTiled2026h2", "Dogwood2026h2"};
	enum { NUM_LOGS = sizeof(logs) / sizeof(logs[0]) };
	char name[64];
	struct pki_sct_spec scts[3];
	int64_t from = pki_seconds(PKI_WORLD_NOT_BEFORE);
	(void)snprintf(name, sizeof(name), "host%zu.example.test", index);
	struct pki_cert_spec spec =
		pki_world_leaf(world, name, from, from + 90 * PKI_DAY - 1);
	for (size_t i = 0; i < 3; i++) {
		scts[i] = pki_world_sct(world, logs[(index + i) % NUM_LOGS],
			(uint64_t)from * 1000 + index);
	}
	struct out leaf = {0};
	struct out issuer = {0};
	pki_issue(&spec, scts, 3, &leaf);
	derw_put(&issuer, world->ca_der.data, world->ca_der.len);
	struct sample sample = {.leaf_der = taken(&leaf), .issuer_der = taken(&issuer)};
	sample.leaf_pem = pem_of(sample.leaf_der);
	sample.issuer_pem = pem_of(sample.issuer_der);
	samples->items[samples->num++] = sample;
}

static void add_all_generated(struct samples *samples)
{
	struct pki_world *world = pki_world_new(PKI_WORLD_SEED);
	struct out list = {0};
	struct err err;
	err_clear(&err);
	for (size_t i = 0; i < NUM_GENERATED; i++) {
		add_generated(samples, world, i);
	}
	pki_list_json(&world->list, &list);
	samples->lists = lists_from_file(taken(&list), &err);
	must(samples->lists != NULL, err.text);
	derw_clear(&list);
	pki_world_free(world);
}

struct samples samples_mixed(void)
{
	struct samples samples = samples_new(true);
	if (add_real(&samples)) {
		samples.lists = bundled();
	} else {
		samples.real = false;
		add_all_generated(&samples);
	}
	return samples;
}

void samples_clear(struct samples *samples)
{
	for (size_t i = 0; i < samples->num; i++) {
		free((void *)(uintptr_t)samples->items[i].leaf_der.data);
		free((void *)(uintptr_t)samples->items[i].leaf_pem.data);
	}
	free(samples->items);
	lists_unref(samples->lists);
}

struct samples samples_bulk(void)
{
	char path[2][1024];
	struct samples samples = samples_new(true);
	(void)snprintf(path[0], sizeof(path[0]), "%s/bulk/certs_2016.pem", data_folder());
	(void)snprintf(
		path[1], sizeof(path[1]), "%s/bulk/issuers_2016.pem", data_folder());
	struct bytes file = read_file(path[0]);
	struct bytes issuer = read_file(path[1]);
	if (!file.data || !issuer.data) {
		return samples;
	}
	struct err err;
	err_clear(&err);
	struct pem_block block;
	size_t at = 0;
	while (samples.num < MAX_SAMPLES &&
		pem_next(file, &at, CODE_BAD_CERTIFICATE, &block, &err)) {
		struct bytes pem = bytes_of(file.data + block.offset, at - block.offset);
		uint8_t *copy = malloc(pem.len);
		must(copy != NULL, "no memory");
		memcpy(copy, pem.data, pem.len);
		pem.data = copy;
		samples.items[samples.num++] =
			(struct sample){der_of(pem), der_of(issuer), pem, issuer};
	}
	must(err.code == CODE_NONE, err.text);
	free((void *)(uintptr_t)file.data);
	samples.lists = bundled();
	return samples;
}
