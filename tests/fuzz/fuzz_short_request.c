// SPDX-License-Identifier: Apache-2.0
// short_request_read.
//
// Property: what it takes, input_load_request takes, and reads as the same request, over
// empty defaults and over full ones; what it does not take changes nothing; and
// input_read_request is the one or the other.
#include "app/input.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/same_request.h"

static void need_ways(
	struct bytes in, const struct ctp_request *defaults, struct arena *arena)
{
	struct ctp_request request = *defaults;
	struct err err;
	bool taken = false;
	const char *differ = request_ways_differ(in, defaults, arena, &taken);
	fuzz_need(!differ, "%s", differ ? differ : "");
	err_clear(&err);
	fuzz_need(input_read_request(in, arena, &request, &err) || !taken,
		"taken, and yet not read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct arena arena;
	static const struct bytes scts[] = {BYTES_LITERAL("AAEC"), BYTES_LITERAL("{}")};
	struct ctp_request defaults = {0};
	need_ways(bytes_of(data, len), &defaults, &arena);
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		defaults.fields[i] = BYTES_LITERAL("7");
	}
	defaults.scts = scts;
	defaults.num_scts = 2;
	defaults.time_of_check = TIME_GIVEN;
	defaults.at_ms = 1;
	defaults.policies[0] = policy_at(policy_num() - 1);
	defaults.num_policies = 1;
	defaults.client_age_days = 60;
	defaults.private_root = true;
	need_ways(bytes_of(data, len), &defaults, &arena);
	return 0;
}
