// SPDX-License-Identifier: Apache-2.0
#include "serve/source.h"

#include "loglist/source.h"

static bool fail(struct bytes value, struct err *err)
{
	char asked[48];
	(void)snprintf(asked, sizeof(asked), "%.*s",
		(int)(value.len < 47 ? value.len : 47), (const char *)value.data);
	err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET, "no such source");
	(void)err_add_choice(err, asked, source_names);
	return err_in_field(err, "source");
}

bool source_read(const struct ctp_lists *lists, struct bytes value, const char **out,
	struct err *err)
{
	size_t num;
	const struct source *asked = source_find(value);
	if (value.len && !asked) {
		return fail(value, err);
	}
	*out = asked ? asked->name : lists_main_source(lists);
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
