// SPDX-License-Identifier: Apache-2.0
#include "app/hook.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/files.h"

#define MAX_WORDS 64
#define LOOK_EVERY_MS 20

extern char **environ;

// One word of *text, unquoted in place; NULL at the end. False: a quote without its end.
static bool next_word(char **text, char **out)
{
	char *in = *text + strspn(*text, " \t\n");
	char *to = in;
	char quote = '\0';
	*out = *in ? in : NULL;
	for (; *in && (quote || !strchr(" \t\n", *in)); in++) {
		if (*in == quote) {
			quote = '\0';
		} else if (!quote && (*in == '\'' || *in == '"')) {
			quote = *in;
		} else if (*in == '\\' && quote != '\'' && in[1]) {
			*to++ = *++in;
		} else {
			*to++ = *in;
		}
	}
	*text = *in ? in + 1 : in;
	*to = '\0';
	return quote == '\0';
}

static bool split(char *text, char *words[MAX_WORDS + 1], struct err *err)
{
	size_t num = 0;
	do {
		if (!next_word(&text, &words[num])) {
			return err_set(err, CODE_HOOK_FAILED, ERR_NO_OFFSET,
				"--hook: a quote has no end");
		}
	} while (words[num] && ++num <= MAX_WORDS);
	if (num > MAX_WORDS) {
		return err_set(err, CODE_HOOK_FAILED, ERR_NO_OFFSET,
			"--hook: more than %d words; put them into a script", MAX_WORDS);
	}
	return num > 0 ||
		err_set(err, CODE_HOOK_FAILED, ERR_NO_OFFSET, "--hook: no command");
}

// A file without a name that holds the input: so the command may read it or not.
static FILE *make_input(struct bytes input, struct err *err)
{
	FILE *file = tmpfile();
	bool done = file && fwrite(input.data, 1, input.len, file) == input.len &&
		fflush(file) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0;
	if (!done) {
		file_fail(err, CODE_HOOK_FAILED, "keep the input of", "--hook");
	}
	if (file && !done) {
		(void)fclose(file);
	}
	return done ? file : NULL;
}

static bool spawn(char **words, int input, pid_t *out_pid, struct err *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t ignored;
	(void)sigemptyset(&ignored);
	(void)sigaddset(&ignored, SIGPIPE); // which we ignore, and it need not
	(void)sigaddset(&ignored, SIGXFSZ);

	bool is_ready = posix_spawn_file_actions_init(&actions) == 0;
	bool has_attributes = is_ready && posix_spawnattr_init(&attributes) == 0;
	int failed = ENOMEM;
	if (has_attributes &&
		posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0 &&
		posix_spawnattr_setsigdefault(&attributes, &ignored) == 0 &&
		posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF) == 0) {
		failed = posix_spawnp(
			out_pid, words[0], &actions, &attributes, words, environ);
	}
	if (has_attributes) {
		(void)posix_spawnattr_destroy(&attributes);
	}
	if (is_ready) {
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	errno = failed;
	return failed == 0 || file_fail(err, CODE_HOOK_FAILED, "run", words[0]);
}

static bool wait_for(pid_t pid, int *out_status)
{
	int64_t until_ms = clock_monotonic_ms() + (int64_t)HOOK_TIMEOUT_S * 1000;
	for (;;) {
		pid_t got = waitpid(pid, out_status, WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR)) {
			return got == pid;
		}
		if (clock_monotonic_ms() > until_ms) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, out_status, 0);
			return false;
		}
		(void)poll(NULL, 0, LOOK_EVERY_MS);
	}
}

static bool run(char **words, int input, struct err *err)
{
	pid_t pid;
	int status = 0;
	if (!spawn(words, input, &pid, err)) {
		return false;
	}
	if (!wait_for(pid, &status)) {
		return err_set(err, CODE_HOOK_FAILED, ERR_NO_OFFSET,
			"%.100s did not end within %d seconds and was ended", words[0],
			HOOK_TIMEOUT_S);
	}
	if (WIFSIGNALED(status)) {
		return err_set(err, CODE_HOOK_FAILED, ERR_NO_OFFSET,
			"%.100s was ended by signal %d", words[0], WTERMSIG(status));
	}
	return WEXITSTATUS(status) == 0 ||
		err_set(err, CODE_HOOK_FAILED, ERR_NO_OFFSET,
			"%.100s ended with status %d", words[0], WEXITSTATUS(status));
}

bool hook_run(const char *command, struct bytes input, struct err *err)
{
	char *words[MAX_WORDS + 1] = {NULL};
	char *text = strdup(command);
	bool done = false;
	if (!text) {
		return err_no_memory(err);
	}
	FILE *file = split(text, words, err) ? make_input(input, err) : NULL;
	if (file) {
		done = run(words, fileno(file), err);
		(void)fclose(file);
	}
	free(text);
	return done;
}
