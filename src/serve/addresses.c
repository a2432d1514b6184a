// SPDX-License-Identifier: Apache-2.0
#include "serve/addresses.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

struct slot {
	uint8_t key[16];
	uint32_t num; // 0: free
};

// Open addressing, twice as many places as there can be addresses.
struct addresses {
	pthread_mutex_t mutex;
	uint64_t seed;
	size_t num_slots; // a power of two
	struct slot slots[];
};

static void set_ipv4(const struct in_addr *from, struct address *out)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	memcpy(out->key, mapped, sizeof(mapped));
	memcpy(out->key + sizeof(mapped), from, 4);
	out->is_loopback = out->key[12] == 127;
	(void)inet_ntop(AF_INET, from, out->text, sizeof(out->text));
}

static void set_ipv6(const struct in6_addr *from, struct address *out)
{
	if (IN6_IS_ADDR_V4MAPPED(from)) {
		struct in_addr inner;
		memcpy(&inner, from->s6_addr + 12, sizeof(inner));
		set_ipv4(&inner, out);
		return;
	}
	memcpy(out->key, from, 8);
	out->is_loopback = IN6_IS_ADDR_LOOPBACK(from);
	(void)inet_ntop(AF_INET6, from, out->text, sizeof(out->text));
}

void address_of(const struct sockaddr_storage *from, struct address *out)
{
	memset(out, 0, sizeof(*out));
	if (from->ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, from, sizeof(in));
		set_ipv4(&in.sin_addr, out);
	} else if (from->ss_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, from, sizeof(in));
		set_ipv6(&in.sin6_addr, out);
	} else {
		out->is_unix = true;
		memcpy(out->text, "unix", 5);
	}
}

struct addresses *addresses_new(size_t max, struct err *err)
{
	size_t num = 16;
	while (num < 2 * max) {
		num *= 2;
	}
	struct addresses *addresses =
		calloc(1, sizeof(*addresses) + num * sizeof(struct slot));
	if (!addresses) {
		err_no_memory(err);
		return NULL;
	}
	addresses->num_slots = num;
	(void)!getrandom(&addresses->seed, sizeof(addresses->seed), GRND_NONBLOCK);
	(void)pthread_mutex_init(&addresses->mutex, NULL);
	return addresses;
}

void addresses_free(struct addresses *addresses)
{
	if (addresses) {
		(void)pthread_mutex_destroy(&addresses->mutex);
		free(addresses);
	}
}

// FNV-1a with a seed that nobody outside knows.
static size_t place_of(const struct addresses *addresses, const uint8_t *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ addresses->seed;
	for (size_t i = 0; i < 16; i++) {
		hash = (hash ^ key[i]) * UINT64_C(0x100000001b3);
	}
	hash ^= hash >> 29;
	return (size_t)hash & (addresses->num_slots - 1);
}

// The slot of the key, or the free one where it would be.
static struct slot *find(struct addresses *addresses, const uint8_t *key)
{
	size_t at = place_of(addresses, key);
	while (addresses->slots[at].num > 0 &&
		memcmp(addresses->slots[at].key, key, 16) != 0) {
		at = (at + 1) & (addresses->num_slots - 1);
	}
	return &addresses->slots[at];
}

bool addresses_enter(
	struct addresses *addresses, const struct address *address, size_t limit)
{
	(void)pthread_mutex_lock(&addresses->mutex);
	struct slot *slot = find(addresses, address->key);
	bool enters = slot->num < limit;
	if (enters) {
		memcpy(slot->key, address->key, sizeof(slot->key));
		slot->num++;
	}
	(void)pthread_mutex_unlock(&addresses->mutex);
	return enters;
}

// Those behind a slot that became free, which may have been looked for there, are entered
// anew.
static void close_gap(struct addresses *addresses, size_t gap)
{
	size_t mask = addresses->num_slots - 1;
	for (size_t at = (gap + 1) & mask; addresses->slots[at].num > 0;
		at = (at + 1) & mask) {
		struct slot moved = addresses->slots[at];
		addresses->slots[at].num = 0;
		*find(addresses, moved.key) = moved;
	}
}

void addresses_leave(struct addresses *addresses, const struct address *address)
{
	(void)pthread_mutex_lock(&addresses->mutex);
	struct slot *slot = find(addresses, address->key);
	if (slot->num > 0 && --slot->num == 0) {
		close_gap(addresses, (size_t)(slot - addresses->slots));
	}
	(void)pthread_mutex_unlock(&addresses->mutex);
}
