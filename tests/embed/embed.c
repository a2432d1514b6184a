// SPDX-License-Identifier: Apache-2.0
// The library's second user: embed CERTIFICATE.pem LOG_LIST.json TIME prints the report.
// Exit status: 0 passes, 1 does not, 3 could not be judged.
#include <ctpolicy.h>

#include <stdio.h>
#include <string.h>

static size_t read_file(const char *path, char *out, size_t max)
{
	FILE *file = fopen(path, "rb");
	size_t len = file ? fread(out, 1, max, file) : 0;
	if (file) {
		fclose(file);
	}
	return len;
}

int main(int argc, char **argv)
{
	static char pem[1 << 20], json[1 << 20];
	struct ctp_error error = {0};
	const struct ctp_evaluation *evaluation = NULL;
	int status = 3;
	if (argc != 4) {
		return 2;
	}
	size_t pem_len = read_file(argv[1], pem, sizeof(pem));
	size_t json_len = read_file(argv[2], json, sizeof(json));
	struct ctp_lists *lists = ctp_lists_read(json, json_len, &error);
	struct ctp_context *context = ctp_context_new("auto", &error);
	struct ctp_request *request = ctp_request_new(&error);
	if (lists && context && request &&
		ctp_request_set(request, CTP_CERTIFICATE, pem, pem_len, &error) &&
		ctp_request_set(request, CTP_AT, argv[3], strlen(argv[3]), &error) &&
		ctp_evaluate(context, request, lists, &evaluation, &error)) {
		char *report = ctp_evaluation_print(evaluation, CTP_TEXT, NULL);
		puts(report ? report : "out of memory");
		ctp_free(report);
		status = ctp_evaluation_result(evaluation) == CTP_PASS ? 0 : 1;
	} else {
		fprintf(stderr, "%s %s: %s\n", error.field, error.code, error.message);
	}
	ctp_request_free(request);
	ctp_context_free(context);
	ctp_lists_unref(lists);
	return status;
}
