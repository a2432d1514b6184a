// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include <stdarg.h>

static struct {
	uint64_t passed, failed, skipped;
	bool produced[NUM_CODES];
} results;

static bool count(bool good, const char *file, int line, const char *format, va_list args)
{
	if (good) {
		results.passed++;
		return true;
	}
	results.failed++;
	printf("FAILED %s:%d: ", file, line);
	vprintf(format, args);
	printf("\n");
	return false;
}

bool test_check(
	bool good, const char *file, int line, const char *what, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	count(good, file, line, format, args);
	va_end(args);
	if (!good) {
		printf("       %s\n", what);
	}
	return good;
}

bool test_check_int(int64_t got, int64_t want, const char *file, int line,
	const char *what, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	count(got == want, file, line, format, args);
	va_end(args);
	if (got != want) {
		printf("       %s is %" PRId64 ", want %" PRId64 "\n", what, got, want);
	}
	return got == want;
}

bool test_check_text(const char *got, const char *want, const char *file, int line,
	const char *what, const char *format, ...)
{
	bool good = got && want ? strcmp(got, want) == 0 : got == want;
	va_list args;
	va_start(args, format);
	count(good, file, line, format, args);
	va_end(args);
	if (!good) {
		printf("       %s is \"%s\", want \"%s\"\n", what, got ? got : "(null)",
			want ? want : "(null)");
	}
	return good;
}

bool test_check_code(const struct err *err, enum code want, const char *file, int line,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	count(err->code == want, file, line, format, args);
	va_end(args);
	test_produced(err->code);
	if (err->code != want) {
		printf("       code is %s (%s), want %s\n", code_info(err->code)->name,
			err->text, code_info(want)->name);
	}
	return err->code == want;
}

void test_produced(enum code code)
{
	results.produced[code] = true;
}

void test_skip(const char *why)
{
	results.skipped++;
	printf("skipped: %s\n", why);
}

// Codes that were produced, a line each, for tests/codes.py.
static void write_produced(const char *path)
{
	FILE *file = path ? fopen(path, "w") : NULL;
	for (size_t i = 1; file && i < NUM_CODES; i++) {
		if (results.produced[i]) {
			fprintf(file, "%s\n", code_info((enum code)i)->name);
		}
	}
	if (file) {
		(void)fclose(file);
	}
}

#define TEST(module) void test_##module(void);
#include "tests/unit/tests.def"
#undef TEST

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
#define TEST(module) {#module, test_##module},
#include "tests/unit/tests.def"
#undef TEST
};

// Without arguments all modules, else those named.
int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		bool wanted = argc < 2;
		for (int k = 1; k < argc; k++) {
			wanted = wanted || strcmp(argv[k], tests[i].name) == 0;
		}
		if (wanted) {
			tests[i].run();
		}
	}
	write_produced(getenv("CTPOLICY_TEST_PRODUCED"));
	printf("unit: %" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64 " skipped\n",
		results.passed, results.failed, results.skipped);
	return results.failed ? 1 : 0;
}
