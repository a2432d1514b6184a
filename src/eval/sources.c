// SPDX-License-Identifier: Apache-2.0
#include "eval/sources.h"

// "apple's and chrome's"
static void put_sources(const struct ctp_lists *lists, struct buffer *out)
{
	size_t num = lists_num_sources(lists);
	for (size_t i = 0; i < num; i++) {
		buffer_printf(out, "%s%s's",
			i == 0                ? ""
				: i + 1 < num ? ", "
					      : " and ",
			lists_source_at(lists, i));
	}
}

static bool fail(
	const struct ctp_lists *lists, const struct policy *policy, struct err *err)
{
	struct buffer have;
	buffer_init(&have, 256);
	put_sources(lists, &have);
	err_set(err, CODE_LOG_LIST_OF_OTHERS, ERR_NO_OFFSET,
		"the log list is %.*s, and the policy %s is about %s's logs",
		(int)have.len, have.data ? (const char *)have.data : "", policy->name,
		policy->list);
	buffer_clear(&have);
	return err_in_field(err, "log_list");
}

bool sources_choose(const struct ctp_request *request, const struct ctp_lists *lists,
	const char **out, struct err *err)
{
	size_t num = request->num_policies ? request->num_policies : 1;
	const struct policy *first = NULL;
	for (size_t i = 0; i < num; i++) {
		const struct policy *policy =
			request->num_policies ? request->policies[i] : policy_at(0);
		size_t num_lists = 0;
		if (!policy->list || lists_of(lists, policy->list, &num_lists)) {
			*out = policy->list ? policy->list : lists_main_source(lists);
			return true;
		}
		first = first ? first : policy;
	}
	return fail(lists, first, err);
}
