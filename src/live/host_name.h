// SPDX-License-Identifier: Apache-2.0
// "HOST[:PORT]" as people write it: a name, an IPv4 address, or an IPv6 address, which stands
// in brackets where a port follows. Pure: resolves nothing.
#ifndef LIVE_HOST_NAME_H
#define LIVE_HOST_NAME_H

#include "base/bytes.h"

// RFC 1035 2.3.4, and room for an IPv6 address with its zone.
#define HOST_NAME_MAX_LEN 253
#define HOST_NAME_ROOM (HOST_NAME_MAX_LEN + 1)

struct host_name {
	char name[HOST_NAME_ROOM]; // without brackets and the dot at its end
	bool is_address; // of IPv4 or IPv6: no name to ask for (RFC 6066 3)
	unsigned port; // 0: not given
};

// False with `err` (bad_host) that says what is wrong and how to write it.
bool host_name_read(struct bytes text, struct host_name *out, struct err *err) MUST_CHECK;
// A name alone, as for --servername: neither port nor address.
bool host_name_read_name(
	struct bytes text, struct host_name *out, struct err *err) MUST_CHECK;

#endif
