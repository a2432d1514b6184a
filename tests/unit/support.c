// SPDX-License-Identifier: Apache-2.0
// What other test programs share with the harness: files and random numbers.
#include "tests/unit/test.h"

#include <sys/stat.h>

const char *test_data(void)
{
	struct stat info;
	const char *path = getenv("CTPOLICY_TEST_DATA");
	path = path ? path : "../shared/data";
	return stat(path, &info) == 0 ? path : NULL;
}

const char *test_samples(void)
{
	return "tests/samples";
}

struct bytes test_read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		return BYTES_NONE;
	}
	uint8_t *data = NULL;
	size_t len = 0;
	for (size_t got = 1; got > 0; len += got) {
		uint8_t *grown = realloc(data, len + 65536);
		if (!grown) {
			abort();
		}
		data = grown;
		got = fread(data + len, 1, 65536, file);
	}
	(void)fclose(file);
	return bytes_of(data, len);
}

uint64_t test_random(uint64_t *seed)
{
	// splitmix64
	uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}
