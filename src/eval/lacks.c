// SPDX-License-Identifier: Apache-2.0
#include "eval/lacks.h"

// In a few words each: the policy's own report has the sentences.
static void put_lack(struct buffer *out, const struct requirement_result *r)
{
	switch (r->requirement->measure) {
	case MEASURE_RSA_BITS:
		buffer_printf(out, "an RSA key of %u bits%s", r->got,
			r->requirement->subject == SUBJECT_ISSUER ? " of its issuer"
								  : "");
		break;
	case MEASURE_KEY_TYPE:
		buffer_put_text(out, "a key that few clients take");
		break;
	case MEASURE_SHA2:
		buffer_put_text(out,
			r->requirement->subject == SUBJECT_ISSUER
				? "no SHA-2 signature of its issuer"
				: "no SHA-2 signature");
		break;
	case MEASURE_NAMES:
		buffer_put_text(out, "no name in the subjectAltName");
		break;
	case MEASURE_SERVER_AUTH:
		buffer_put_text(out, "no serverAuth in the key usage");
		break;
	case MEASURE_DAYS:
	case MEASURE_DAYS_BETWEEN:
		buffer_printf(out, "%u days instead of %u at most", r->got, r->needed);
		break;
	case MEASURE_LOGS:
	case MEASURE_OPERATORS:
		break;
	}
}

size_t lacks_put(struct buffer *out, const struct policy_result *result, bool self_signed)
{
	const struct route_result *route = policy_main_route(result);
	size_t num = 0;
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result *r = &route->results[i];
		bool twice = r->requirement->subject == SUBJECT_ISSUER && self_signed;
		if (r->met || r->open || r->requirement->is_advice || twice ||
			requirement_counts_scts(r->requirement)) {
			continue;
		}
		buffer_put_text(out, num++ ? ", " : "");
		put_lack(out, r);
	}
	return num;
}
