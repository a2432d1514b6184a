// SPDX-License-Identifier: Apache-2.0
#include "app/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/unit/test.h"

void test_loopback(void);

static bool is_loopback(const char *text, size_t len)
{
	struct sockaddr_storage address;
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	memset(&address, 0, sizeof(address));
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(&address, &v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
		memcpy(&address, &v6, sizeof(v6));
	}
	return loopback_is((const struct sockaddr *)&address, len);
}

void test_loopback(void)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{"127.0.0.1", true}, {"127.0.0.0", true}, {"127.255.255.255", true},
		{"126.255.255.255", false}, {"128.0.0.0", false}, {"0.0.0.0", false},
		{"1.0.0.127", false}, {"192.0.2.1", false}, {"::1", true}, {"::", false},
		{"::2", false}, {"1::1", false}, {"::127.0.0.1", false},
		{"::ffff:127.0.0.1", true}, {"::ffff:127.255.0.1", true},
		{"::ffff:128.0.0.1", false}, {"::fffe:127.0.0.1", false},
		{"64:ff9b::127.0.0.1", false}, {"fe80::1", false},
		{"neither", false}, // of no family
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(is_loopback(cases[i].text, sizeof(struct sockaddr_storage)),
			cases[i].want, "%s", cases[i].text);
	}
	CHECK(!is_loopback("127.0.0.1", sizeof(struct sockaddr_in) - 1), "cut");
	CHECK(!is_loopback("::1", sizeof(struct sockaddr_in6) - 1), "cut");
}
