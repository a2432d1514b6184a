// SPDX-License-Identifier: Apache-2.0
//     oracle [NUMBER-OF-MUTATIONS]
// Default 100,000, or CTPOLICY_ORACLE_MUTATIONS (sanitizers are slow). The mutations of one
// number are the same on every machine that has the same certificates.
#include "tests/oracle/oracle.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/test.h"
#include "x509/pem.h"

#define MAX_PRINTED 20

void oracle_failed(struct oracle_results *results, const char *what, const char *why)
{
	if (results->failed++ < MAX_PRINTED) {
		printf("FAILED %s: %s\n", what, why);
	}
}

void oracle_add_cert(struct oracle_corpus *corpus, struct bytes der)
{
	derw_need(corpus->num < ORACLE_MAX_CERTS, "room for the certificates");
	struct bytes copy = arena_copy(&corpus->arena, der);
	derw_need(copy.data != NULL, "memory");
	corpus->certs[corpus->num++] = copy;
}

// Every certificate of a PEM file, or what is no PEM as it is.
static void add_file(struct oracle_corpus *corpus, const char *path)
{
	struct bytes file = test_read_file(path);
	struct err err;
	err_clear(&err);
	struct pem_block block;
	size_t at = 0;
	while (file.data && pem_next(file, &at, CODE_BAD_CERTIFICATE, &block, &err)) {
		struct bytes der;
		if (pem_is_certificate(&block) &&
			pem_decode(&block, file, CODE_BAD_CERTIFICATE, &corpus->arena,
				&der, &err)) {
			oracle_add_cert(corpus, pem_without_trust(der, &block));
		}
	}
	derw_need(err.code == CODE_NONE, path);
	free((void *)(uintptr_t)file.data);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

// All .pem files below a folder, in the order of their names.
static void add_folder(struct oracle_corpus *corpus, const char *folder)
{
	struct dirent **entries = NULL;
	int num = scandir(folder, &entries, visible, by_name);
	for (int i = 0; i < num; i++) {
		char path[1024];
		struct stat info;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		size_t len = strlen(path);
		if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
			add_folder(corpus, path);
		} else if (len > 4 && strcmp(path + len - 4, ".pem") == 0) {
			add_file(corpus, path);
		}
		free(entries[i]);
	}
	free(entries);
}

static void print_tally(const char *what, const struct oracle_tally *tally)
{
	printf("%s: both accept %zu, only ours %zu, only OpenSSL %zu, both reject %zu, "
	       "different %zu\n",
		what, tally->outcomes[ORACLE_BOTH], tally->outcomes[ORACLE_ONLY_OURS],
		tally->outcomes[ORACLE_ONLY_OPENSSL], tally->outcomes[ORACLE_NEITHER],
		tally->outcomes[ORACLE_DIFFERENT]);
	printf("    equal: %zu signed entries, %zu SCTs, %zu names as text\n",
		tally->entries, tally->scts, tally->names);
	for (size_t i = 0; i < NUM_ORACLE_CLASSES; i++) {
		if (tally->classes[i]) {
			printf("    %zu x %s\n", tally->classes[i],
				oracle_class_names[i]);
		}
	}
}

// The TBSCertificate alone reads as it does within its certificate.
static bool tbs_reads_alike(const struct cert *whole)
{
	static struct cert alone; // 5 KB; the oracle has one thread
	struct err err;
	err_clear(&err);
	return cert_read(whole->tbs, &alone, &err) && alone.kind == CERT_TBS &&
		alone.signature.len == 0 && bytes_equal(alone.serial, whole->serial) &&
		bytes_equal(alone.issuer, whole->issuer) &&
		bytes_equal(alone.subject, whole->subject) &&
		bytes_equal(alone.spki, whole->spki) &&
		bytes_equal(alone.scts, whole->scts) &&
		bytes_equal(alone.subject_alt_name, whole->subject_alt_name) &&
		alone.not_before == whole->not_before &&
		alone.not_after == whole->not_after && alone.is_ca == whole->is_ca &&
		alone.server_auth == whole->server_auth &&
		alone.num_extensions == whole->num_extensions;
}

static void check_originals(struct oracle_corpus *corpus, struct oracle *oracle,
	struct oracle_results *results)
{
	struct oracle_tally tally = {0};
	oracle->tally = &tally;
	for (size_t i = 0; i < corpus->num; i++) {
		char name[96];
		(void)snprintf(name, sizeof(name), "certificate %zu", i);
		enum oracle_outcome outcome = oracle_compare(oracle, corpus->certs[i]);
		if (outcome == ORACLE_BOTH && !tbs_reads_alike(&oracle->cert)) {
			oracle_failed(results, name,
				"its TBSCertificate alone reads differently");
		}
		if (outcome == ORACLE_BOTH || outcome == ORACLE_NEITHER ||
			outcome == ORACLE_ONLY_OURS) {
			results->passed++;
		} else {
			oracle_failed(results, name,
				outcome == ORACLE_DIFFERENT ? oracle->difference
							    : "only OpenSSL reads it");
		}
	}
	print_tally("certificates", &tally);
}

// Failures are written to a folder, where one is named, to be looked at.
static void keep(struct bytes der, size_t number)
{
	const char *folder = getenv("CTPOLICY_ORACLE_KEEP");
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/%zu.der", folder ? folder : "", number);
	FILE *file = folder ? fopen(path, "wb") : NULL;
	if (file) {
		(void)fwrite(der.data, 1, der.len, file);
		(void)fclose(file);
	}
}

static void check_mutations(struct oracle_corpus *corpus, struct oracle *oracle,
	size_t num, struct oracle_results *results)
{
	struct oracle_tally tally = {0};
	struct mutant *mutant = mutant_new();
	uint64_t seed = 20260601;
	oracle->tally = &tally;
	for (size_t i = 0; i < num; i++) {
		// Half of them of the diverse certificates, half of the 5,000 of one issuer.
		size_t donor = test_random(&seed) % corpus->num;
		size_t limit = i % 2 ? corpus->num : corpus->num_diverse;
		size_t from = test_random(&seed) % limit;
		struct bytes der = mutant_make(
			mutant, corpus->certs[from], corpus->certs[donor], &seed);
		if (oracle_compare(oracle, der) == ORACLE_DIFFERENT) {
			char name[96];
			(void)snprintf(name, sizeof(name),
				"mutation %zu of certificate %zu", i, from);
			keep(der, i);
			oracle_failed(results, name, oracle->difference);
		} else {
			results->passed++;
		}
	}
	print_tally("mutations", &tally);
	mutant_free(mutant);
}

static struct oracle_corpus *corpus_load(void)
{
	static const char *const folders[] = {"certs", "no_scts", "bad_scts", "ocsp"};
	struct oracle_corpus *corpus = calloc(1, sizeof(*corpus));
	const char *data = test_data();
	char path[1024];
	derw_need(corpus != NULL, "memory");
	add_folder(corpus, test_samples());
	oracle_add_generated(corpus);
	for (size_t i = 0; data && i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", data, folders[i]);
		add_folder(corpus, path);
	}
	corpus->num_diverse = corpus->num;
	if (data) {
		(void)snprintf(path, sizeof(path), "%s/bulk", data);
		add_folder(corpus, path);
	}
	return corpus;
}

static size_t num_mutations(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : getenv("CTPOLICY_ORACLE_MUTATIONS");
	return text ? (size_t)strtoul(text, NULL, 10) : 100000;
}

int main(int argc, char **argv)
{
	struct oracle_results results = {0};
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	struct oracle_corpus *corpus = corpus_load();
	derw_need(oracle != NULL, "memory");
	if (!test_data()) {
		printf("skipped: no folder of real certificates; the generated ones remain\n");
		results.skipped++;
	}
	printf("%zu certificates\n", corpus->num);
	check_originals(corpus, oracle, &results);
	check_mutations(corpus, oracle, num_mutations(argc, argv), &results);
	oracle_check_evaluations(&results);
	arena_clear(&corpus->arena);
	free(corpus);
	free(oracle);
	printf("oracle: %zu passed, %zu failed, %zu skipped\n", results.passed,
		results.failed, results.skipped);
	return results.failed ? 1 : 0;
}
