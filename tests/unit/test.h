// SPDX-License-Identifier: Apache-2.0
// The unit tests' harness: checks that count, name their place, and go on.
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

// Each counts as one test. `...` is a printf message that names the case.
#define CHECK(condition, ...) \
	test_check((condition), __FILE__, __LINE__, #condition, __VA_ARGS__)
#define CHECK_INT(got, want, ...) \
	test_check_int(           \
		(int64_t)(got), (int64_t)(want), __FILE__, __LINE__, #got, __VA_ARGS__)
#define CHECK_TEXT(got, want, ...) \
	test_check_text((got), (want), __FILE__, __LINE__, #got, __VA_ARGS__)
// An error came out as wanted; CODE_NONE: there is none. Remembers the code as produced.
#define CHECK_CODE(err, want, ...) \
	test_check_code((err), (want), __FILE__, __LINE__, __VA_ARGS__)

bool test_check(bool good, const char *file, int line, const char *what,
	const char *format, ...) __attribute__((format(printf, 5, 6)));
bool test_check_int(int64_t got, int64_t want, const char *file, int line,
	const char *what, const char *format, ...) __attribute__((format(printf, 6, 7)));
bool test_check_text(const char *got, const char *want, const char *file, int line,
	const char *what, const char *format, ...) __attribute__((format(printf, 6, 7)));
bool test_check_code(const struct err *err, enum code want, const char *file, int line,
	const char *format, ...) __attribute__((format(printf, 5, 6)));
// A reason code that the code under test produced (tests/codes.py asks for every one).
void test_produced(enum code code);
// Counts a test that cannot run here, and says why.
void test_skip(const char *why);

// The folder with real certificates and lists, or NULL where it is absent
// (CTPOLICY_TEST_DATA, else ../shared/data).
const char *test_data(void);
// A file's bytes, to be freed; data NULL where it cannot be read.
struct bytes test_read_file(const char *path);
// The folder of the generated samples.
const char *test_samples(void);

// A random number of a fixed sequence that `seed` begins; the same on every machine.
uint64_t test_random(uint64_t *seed);

#endif
