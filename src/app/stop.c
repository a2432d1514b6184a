// SPDX-License-Identifier: Apache-2.0
#include "app/stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

// A handler reaches nothing but what is global.
static atomic_int received;

static void handle(int number)
{
	struct sigaction action;
	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	atomic_store(&received, number);
}

void stop_watch(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof(action));
	action.sa_handler = handle;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

int stop_signal(void)
{
	return atomic_load(&received);
}
