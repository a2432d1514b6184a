// SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/oracle.h"

#include <dirent.h>
#include <stdlib.h>

#include "eval/evaluate.h"
#include "loglist/bundled.h"
#include "tests/unit/test.h"

struct judge {
	struct oracle_results *results;
	struct ctp_context *context;
	struct ctp_lists *lists;
	size_t num_reports, num_errors;
};

// One report, or one error that names its field and says why.
static const struct record *judge(
	struct judge *j, const char *name, const struct ctp_request *request)
{
	const struct record *record = NULL;
	struct err err;
	err_clear(&err);
	bool done = evaluate(j->context, request, j->lists, &record, &err);
	bool one = done ? record && err.code == CODE_NONE
			: !record && err.code != CODE_NONE && err.field[0] && err.text[0];
	if (!one) {
		oracle_failed(j->results, name, "neither one report nor one error");
		return NULL;
	}
	j->results->passed++;
	j->num_reports += done;
	j->num_errors += !done;
	if (!done) {
		printf("    %s: %s in %s at %zu: %s\n", name, code_info(err.code)->name,
			err.field, err.offset, err.text);
	}
	return record;
}

static struct bytes read_in(const char *folder, const char *name, const char *file)
{
	char path[1024];
	(void)snprintf(
		path, sizeof(path), "%s/%s/%s/%s", test_data(), folder, name, file);
	return test_read_file(path);
}

static void drop(struct bytes file)
{
	free((void *)(uintptr_t)file.data);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void judge_pair(struct judge *j, const char *folder, const char *name, bool is_bad)
{
	struct bytes leaf = read_in(folder, name, "leaf.pem");
	struct bytes issuer = read_in(folder, name, "issuer.pem");
	struct ctp_request request = {.time_of_check = TIME_ISSUANCE};
	request.fields[REQUEST_CERTIFICATE] = leaf;
	request.fields[REQUEST_ISSUER] = issuer;
	const struct record *record = judge(j, name, &request);
	// bad_scts: the issuer is right and the SCTs are not.
	for (size_t i = 0; record && is_bad && i < record->num_scts; i++) {
		if (record->scts[i].status == STATUS_VALID ||
			record->issuer_signature != ISSUER_VALID) {
			oracle_failed(
				j->results, name, "an SCT is valid, or the issuer wrong");
		}
	}
	if (record && record->num_scts == 0 && is_bad) {
		oracle_failed(j->results, name, "its SCTs are not there");
	}
	drop(leaf);
	drop(issuer);
}

static void judge_folder(struct judge *j, const char *folder, bool is_bad)
{
	char path[1024];
	struct dirent **entries = NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", test_data(), folder);
	int num = scandir(path, &entries, visible, alphasort);
	j->num_reports = j->num_errors = 0;
	for (int i = 0; i < num; i++) {
		judge_pair(j, folder, entries[i]->d_name, is_bad);
		free(entries[i]);
	}
	free(entries);
	printf("%s: %zu reports, %zu errors\n", folder, j->num_reports, j->num_errors);
	if (num <= 0 || j->num_reports + j->num_errors != (size_t)num) {
		oracle_failed(j->results, folder, "not one answer for each folder");
	}
}

static void judge_ocsp(struct judge *j, const char *response)
{
	static const char folder[] = "ocsp";
	static const char name[] = "2540811579";
	struct bytes leaf = read_in(folder, name, "5969191165.crt.pem");
	struct bytes issuer = read_in(folder, name, "issuer.crt.pem");
	struct bytes ocsp = read_in(folder, name, response);
	struct ctp_request request = {.time_of_check = TIME_GIVEN};
	int64_t march_2022 = INT64_C(1646092800000); // it is of 2022-01-13
	request.fields[REQUEST_CERTIFICATE] = leaf;
	request.fields[REQUEST_ISSUER] = issuer;
	request.fields[REQUEST_OCSP] = ocsp;
	request.at_ms = march_2022;
	const struct record *record = judge(j, response, &request);
	size_t num_valid = 0;
	size_t num_ocsp = 0;
	for (size_t i = 0; record && i < record->num_scts; i++) {
		num_valid += record->scts[i].status == STATUS_VALID;
		num_ocsp += record->scts[i].source == SOURCE_OCSP;
	}
	printf("    %s: %zu SCTs, %zu of all %zu are valid\n", response, num_ocsp,
		num_valid, record ? record->num_scts : 0);
	if (!record || num_ocsp != 3 || num_valid != record->num_scts ||
		record->issuer_signature != ISSUER_VALID) {
		oracle_failed(j->results, response, "its SCTs do not verify");
	}
	drop(leaf);
	drop(issuer);
	drop(ocsp);
}

void oracle_check_evaluations(struct oracle_results *results)
{
	struct err err;
	err_clear(&err);
	if (!test_data()) {
		results->skipped++;
		return;
	}
	struct judge j = {.results = results,
		.context = context_new(NULL, &err),
		.lists = bundled_lists("apple", &err)};
	derw_need(j.context && j.lists, "a context and the bundled lists");
	judge_folder(&j, "no_scts", false);
	judge_folder(&j, "bad_scts", true);
	judge_ocsp(&j, "ocspResponse.der");
	judge_ocsp(&j, "ocspResponse.sha256.der");
	context_free(j.context);
	lists_unref(j.lists);
}
