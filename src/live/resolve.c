// SPDX-License-Identifier: Apache-2.0
#include "live/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>

#include "app/files.h"
#include "app/pause.h"
#include "live/host_name.h"

struct resolver {
	pthread_mutex_t lock;
	pthread_cond_t changed; // a lookup came back
	size_t num_threads;
	size_t num_refs; // its owner, and each thread
};

// One lookup: of the thread that asked, and of the one that looks up.
struct lookup {
	struct resolver *resolver;
	char host[HOST_NAME_ROOM];
	char port[8];
	bool is_back;
	bool is_left; // nobody waits for it any more
	int result;
	int system; // errno of EAI_SYSTEM
	struct addrinfo *found;
};

struct resolver *resolver_new(struct err *err)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));
	if (!resolver) {
		err_no_memory(err);
		return NULL;
	}
	resolver->num_refs = 1;
	if (pthread_mutex_init(&resolver->lock, NULL) != 0) {
		free(resolver);
		err_no_memory(err);
		return NULL;
	}
	if (!deadline_condition_init(&resolver->changed)) {
		(void)pthread_mutex_destroy(&resolver->lock);
		free(resolver);
		err_no_memory(err);
		return NULL;
	}
	return resolver;
}

// With the lock held, which it gives back.
static void unref(struct resolver *resolver)
{
	bool is_last = --resolver->num_refs == 0;
	(void)pthread_mutex_unlock(&resolver->lock);
	if (is_last) {
		(void)pthread_cond_destroy(&resolver->changed);
		(void)pthread_mutex_destroy(&resolver->lock);
		free(resolver);
	}
}

void resolver_free(struct resolver *resolver)
{
	if (resolver) {
		(void)pthread_mutex_lock(&resolver->lock);
		unref(resolver);
	}
}

static void lookup_free(struct lookup *lookup)
{
	if (lookup->found) {
		freeaddrinfo(lookup->found);
	}
	free(lookup);
}

static void *look_up(void *argument)
{
	struct lookup *lookup = argument;
	struct resolver *resolver = lookup->resolver;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV};
	int result = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->found);
	int system = errno;
	(void)pthread_mutex_lock(&resolver->lock);
	lookup->result = result;
	lookup->system = system;
	lookup->is_back = true;
	bool is_left = lookup->is_left;
	resolver->num_threads--;
	(void)pthread_cond_broadcast(&resolver->changed);
	unref(resolver);
	if (is_left) {
		lookup_free(lookup);
	}
	return NULL;
}

static enum waited look_at_time(int64_t deadline_ms)
{
	return pause_told_to_stop(NULL)           ? WAITED_STOPPED
		: deadline_left(deadline_ms) == 0 ? WAITED_LATE
						  : WAITED_READY;
}

// With the lock held.
static bool begin(struct resolver *resolver, struct lookup *lookup)
{
	pthread_attr_t attributes;
	pthread_t thread;
	if (pthread_attr_init(&attributes) != 0) {
		return false;
	}
	bool begun =
		pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
		pthread_create(&thread, &attributes, look_up, lookup) == 0;
	(void)pthread_attr_destroy(&attributes);
	resolver->num_threads += begun;
	resolver->num_refs += begun;
	return begun;
}

enum looked_up { LOOKED_UP, LEFT, NOT_BEGUN };

// With the lock held. LEFT: the lookup is its thread's now, and *out says why.
static enum looked_up run(struct resolver *resolver, struct lookup *lookup,
	int64_t deadline_ms, enum waited *out)
{
	*out = WAITED_READY;
	while (resolver->num_threads >= RESOLVER_MAX_THREADS && *out == WAITED_READY) {
		deadline_condition_wait(
			&resolver->changed, &resolver->lock, PAUSE_STOP_CHECK_MS);
		*out = look_at_time(deadline_ms);
	}
	if (*out != WAITED_READY || !begin(resolver, lookup)) {
		return NOT_BEGUN;
	}
	while (!lookup->is_back && *out == WAITED_READY) {
		deadline_condition_wait(
			&resolver->changed, &resolver->lock, PAUSE_STOP_CHECK_MS);
		*out = look_at_time(deadline_ms);
	}
	lookup->is_left = !lookup->is_back;
	return lookup->is_back ? LOOKED_UP : LEFT;
}

static bool tell(const struct lookup *lookup, struct err *err)
{
	char reason[FILE_REASON_ROOM];
	switch (lookup->result) {
	case 0:
		return true;
	case EAI_MEMORY:
		return err_no_memory(err);
	case EAI_NONAME:
		return err_set(err, CODE_RESOLVE_FAILED, ERR_NO_OFFSET,
			"%.120s: no such name, or it has no address; is it spelt right?",
			lookup->host);
	case EAI_AGAIN:
		return err_set(err, CODE_RESOLVE_FAILED, ERR_NO_OFFSET,
			"%.120s: no name server answers; is this machine connected?",
			lookup->host);
	default:
		errno = lookup->system;
		file_reason(reason);
		return err_set(err, CODE_RESOLVE_FAILED, ERR_NO_OFFSET, "%.120s: %s",
			lookup->host,
			lookup->result == EAI_SYSTEM ? reason
						     : gai_strerror(lookup->result));
	}
}

static bool take(const struct lookup *lookup, struct resolved *out, struct err *err)
{
	out->num = 0;
	if (!tell(lookup, err)) {
		return false;
	}
	for (const struct addrinfo *at = lookup->found;
		at && out->num < RESOLVE_MAX_ADDRESSES; at = at->ai_next) {
		if (at->ai_addrlen <= sizeof(out->addresses[0])) {
			memcpy(&out->addresses[out->num], at->ai_addr, at->ai_addrlen);
			out->lens[out->num++] = at->ai_addrlen;
		}
	}
	return out->num > 0 ||
		err_set(err, CODE_RESOLVE_FAILED, ERR_NO_OFFSET,
			"%.120s: it has no address", lookup->host);
}

bool resolve(struct resolver *resolver, const char *host, unsigned port,
	int64_t deadline_ms, struct resolved *out, struct err *err)
{
	enum waited waited = WAITED_READY;
	struct lookup *lookup = calloc(1, sizeof(*lookup));
	if (!lookup) {
		return err_no_memory(err);
	}
	lookup->resolver = resolver;
	(void)snprintf(lookup->host, sizeof(lookup->host), "%s", host);
	(void)snprintf(lookup->port, sizeof(lookup->port), "%u", port & UINT16_MAX);
	(void)pthread_mutex_lock(&resolver->lock);
	enum looked_up result = run(resolver, lookup, deadline_ms, &waited);
	(void)pthread_mutex_unlock(&resolver->lock);
	if (result == LOOKED_UP) {
		bool done = take(lookup, out, err);
		lookup_free(lookup);
		return done;
	}
	if (result == NOT_BEGUN) {
		free(lookup);
	}
	return waited == WAITED_READY
		? err_no_memory(err)
		: deadline_fail(waited, "the name's addresses", err);
}
