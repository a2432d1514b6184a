// SPDX-License-Identifier: Apache-2.0
#include "serve/addresses.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include "tests/unit/test.h"

void test_addresses(void);

// Of "1.2.3.4", "2001:db8::1", or "" for a Unix socket.
static struct address make(const char *text)
{
	struct sockaddr_storage from = {.ss_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(1234)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(1234)};
	struct address out;
	memset(&out, 0xff, sizeof(out));
	if (strchr(text, ':')) {
		CHECK_INT(inet_pton(AF_INET6, text, &in6.sin6_addr), 1, "%s", text);
		memcpy(&from, &in6, sizeof(in6));
	} else if (text[0]) {
		CHECK_INT(inet_pton(AF_INET, text, &in.sin_addr), 1, "%s", text);
		memcpy(&from, &in, sizeof(in));
	}
	address_of(&from, &out);
	return out;
}

static void test_forms(void)
{
	static const struct {
		const char *in, *want_text;
		bool want_unix, want_loopback;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", false, false},
		{"127.0.0.1", "127.0.0.1", false, true},
		{"127.255.255.254", "127.255.255.254", false, true},
		{"128.0.0.1", "128.0.0.1", false, false},
		{"255.255.255.255", "255.255.255.255", false, false},
		{"2001:DB8:0::1", "2001:db8::1", false, false},
		{"2001:db8:1111:2222:3333:4444:5555:6666",
			"2001:db8:1111:2222:3333:4444:5555:6666", false, false},
		{"::1", "::1", false, true},
		{"::2", "::2", false, false},
		{"::ffff:192.0.2.1", "192.0.2.1", false, false},
		{"::ffff:127.0.0.1", "127.0.0.1", false, true},
		{"", "unix", true, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address got = make(cases[i].in);
		CHECK_TEXT(got.text, cases[i].want_text, "'%s'", cases[i].in);
		CHECK_INT(got.is_unix, cases[i].want_unix, "'%s'", cases[i].in);
		CHECK_INT(got.is_loopback, cases[i].want_loopback, "'%s'", cases[i].in);
	}
}

static void test_keys(void)
{
	static const struct {
		const char *a, *b;
		bool want_same;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		// One network of IPv6, whatever its last 64 bits, and its neighbours.
		{"2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true},
		{"2001:db8:0:1::1", "2001:db8:0:2::1", false},
		{"2001:db8:0:1::1", "2001:db8:0:0:ffff:ffff:ffff:ffff", false},
		{"::fffe:192.0.2.1", "192.0.2.1", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address a = make(cases[i].a);
		struct address b = make(cases[i].b);
		CHECK_INT(memcmp(a.key, b.key, sizeof(a.key)) == 0, cases[i].want_same,
			"%s, %s", cases[i].a, cases[i].b);
	}
}

static void test_limit(void)
{
	struct err err;
	err_clear(&err);
	struct addresses *addresses = addresses_new(4, &err);
	struct address a = make("192.0.2.1");
	struct address b = make("192.0.2.2");
	CHECK(addresses != NULL, "%s", err.text);
	CHECK(!addresses_enter(addresses, &a, 0), "none may");
	CHECK(addresses_enter(addresses, &a, 2), "first");
	CHECK(addresses_enter(addresses, &a, 2), "second");
	CHECK(!addresses_enter(addresses, &a, 2), "third");
	CHECK(addresses_enter(addresses, &a, 3), "third, of another limit");
	CHECK(addresses_enter(addresses, &b, 1), "another");
	addresses_leave(addresses, &a);
	addresses_leave(addresses, &a);
	CHECK(addresses_enter(addresses, &a, 2), "one is there still");
	CHECK(!addresses_enter(addresses, &a, 2), "two are");
	addresses_leave(addresses, &a);
	addresses_leave(addresses, &a);
	addresses_leave(addresses, &a); // once more than it entered
	CHECK(addresses_enter(addresses, &a, 1), "all had left");
	CHECK(!addresses_enter(addresses, &b, 1), "this one had not");
	addresses_free(addresses);
	addresses_free(NULL);
}

#define NUM_KEYS 40
#define MAX_OF_KEY 3
#define MAX_AT_ONCE 64

// Against plain counters: addresses come and go at random, in a table so full that they stand
// in one another's places.
static void test_come_and_go(void)
{
	struct err err;
	err_clear(&err);
	struct addresses *addresses = addresses_new(MAX_AT_ONCE, &err);
	struct address keys[NUM_KEYS];
	size_t nums[NUM_KEYS] = {0};
	size_t all = 0;
	size_t num_wrong = 0;
	uint64_t seed = 1;
	for (size_t i = 0; i < NUM_KEYS; i++) {
		char text[32];
		(void)snprintf(
			text, sizeof(text), i % 2 ? "192.0.2.%zu" : "2001:db8:%zu::1", i);
		keys[i] = make(text);
	}
	for (int turn = 0; turn < 200000; turn++) {
		uint64_t random = test_random(&seed);
		size_t i = (size_t)(random >> 8) % NUM_KEYS;
		if (random & 1 && all < MAX_AT_ONCE) {
			bool enters = addresses_enter(addresses, &keys[i], MAX_OF_KEY);
			num_wrong += enters != (nums[i] < MAX_OF_KEY);
			nums[i] += enters;
			all += enters;
		} else if (nums[i] > 0) {
			addresses_leave(addresses, &keys[i]);
			nums[i]--;
			all--;
		}
	}
	CHECK_INT(num_wrong, 0, "as counted by hand");
	for (size_t i = 0; i < NUM_KEYS; i++) {
		for (; nums[i] > 0; nums[i]--) {
			addresses_leave(addresses, &keys[i]);
		}
		CHECK(addresses_enter(addresses, &keys[i], 1), "address %zu is gone", i);
		addresses_leave(addresses, &keys[i]);
	}
	addresses_free(addresses);
}

void test_addresses(void)
{
	test_forms();
	test_keys();
	test_limit();
	test_come_and_go();
}
