// SPDX-License-Identifier: Apache-2.0
#include "x509/oid.h"

static bool is_well_formed(struct bytes oid)
{
	if (oid.len == 0 || (oid.data[oid.len - 1] & 0x80)) {
		return false;
	}
	size_t arc_len = 0;
	for (size_t i = 0; i < oid.len; i++) {
		// X.690 8.19.2: no leading 0x80; nine bytes of seven bits fit into 63.
		if ((arc_len == 0 && oid.data[i] == 0x80) || ++arc_len > 9) {
			return false;
		}
		if (!(oid.data[i] & 0x80)) {
			arc_len = 0;
		}
	}
	return true;
}

void oid_put_text(struct buffer *out, struct bytes oid)
{
	if (!is_well_formed(oid)) {
		buffer_put_text(out, "?");
		for (size_t i = 0; i < oid.len; i++) {
			buffer_printf(out, "%02x", oid.data[i]);
		}
		return;
	}
	uint64_t arc = 0;
	bool first = true;
	for (size_t i = 0; i < oid.len; i++) {
		arc = arc << 7 | (oid.data[i] & 0x7f);
		if (oid.data[i] & 0x80) {
			continue;
		}
		if (first) {
			uint64_t root = arc < 40 ? 0 : arc < 80 ? 1 : 2;
			buffer_printf(out, "%d.%llu", (int)root,
				(unsigned long long)(arc - root * 40));
			first = false;
		} else {
			buffer_printf(out, ".%llu", (unsigned long long)arc);
		}
		arc = 0;
	}
}
