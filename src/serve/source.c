// SPDX-License-Identifier: Apache-2.0
#include "serve/source.h"

#include "loglist/bundled.h"

static const char *find(struct bytes value)
{
	for (size_t i = 0; i < BUNDLED_NUM_SOURCES; i++) {
		if (bytes_equal(value, bytes_of_text(bundled_source(i)))) {
			return bundled_source(i);
		}
	}
	return NULL;
}

static bool fail(struct bytes value, struct err *err)
{
	const char *names[BUNDLED_NUM_SOURCES + 1] = {NULL};
	char asked[48];
	(void)snprintf(asked, sizeof(asked), "%.*s",
		(int)(value.len < 47 ? value.len : 47), (const char *)value.data);
	for (size_t i = 0; i < BUNDLED_NUM_SOURCES; i++) {
		names[i] = bundled_source(i);
	}
	err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET, "no such source");
	(void)err_add_choice(err, asked, names);
	return err_in_field(err, "source");
}

bool source_read(const struct ctp_lists *lists, struct bytes value, const char **out,
	struct err *err)
{
	size_t num;
	*out = value.len ? find(value) : lists_main_source(lists);
	if (!*out) {
		return fail(value, err);
	}
	if (lists_of(lists, *out, &num)) {
		return true;
	}
	err_set(err, CODE_NOT_FOUND, ERR_NO_OFFSET, "no list of %s's is at hand", *out);
	return err_in_field(err, "source");
}

unsigned source_status(const struct err *err)
{
	return err->code == CODE_OUT_OF_MEMORY ? 503
		: err->code == CODE_NOT_FOUND  ? 404
					       : 400;
}
