// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include "app/command_table.h"
#include "app/commands.h"
#include "app/files.h"
#include "base/text.h"
#include "ctpolicy.h"

static int write_page(struct buffer *out)
{
	struct options options = {.command = NULL};
	int status = EXIT_INPUT;
	if (!out->failed) {
		status = write_results(&options, buffer_bytes(out));
	}
	buffer_clear(out);
	return status;
}

// Is `command` of the group, as "log-list show" is of "log-list"? Every one is of "".
static bool is_of_group(const struct command *command, const char *group)
{
	size_t len = strlen(group);
	return len == 0 ||
		(strncmp(command->name, group, len) == 0 && command->name[len] == ' ');
}

static bool is_group(const char *word)
{
	for (size_t i = 0; i < num_commands; i++) {
		if (word[0] && is_of_group(command_table[i], word)) {
			return true;
		}
	}
	return false;
}

static int print_help(const char *group)
{
	struct buffer out;
	buffer_init(&out, 65536);
	if (!group[0]) {
		buffer_put_text(&out,
			"ctpolicy " CTP_VERSION
			": does a certificate meet the Certificate "
			"Transparency policies\nof Apple, Chrome, Firefox and Android, and "
			"Apple's requirements for TLS servers,\nand why?\n\n");
	}
	buffer_printf(&out, "usage: ctpolicy %s%sCOMMAND [options] ...\n\nCommands\n",
		group, group[0] ? " " : "");
	for (size_t i = 0; i < num_commands; i++) {
		if (is_of_group(command_table[i], group)) {
			buffer_printf(&out, "  %-17s %s\n", command_table[i]->name,
				command_table[i]->summary);
		}
	}
	buffer_put_text(&out, "\nctpolicy COMMAND --help says more, with examples.\n");
	if (!group[0]) {
		buffer_put_text(&out, "Begin with: ctpolicy check chain.pem\n");
	}
	return write_page(&out);
}

// How many words of argv name the command; 0 where they do not.
static size_t words_of(const struct command *command, char **argv, size_t num)
{
	const char *name = command->name;
	size_t used = 0;
	while (*name) {
		size_t len = strcspn(name, " ");
		if (used == num || strlen(argv[used]) != len ||
			strncmp(argv[used], name, len) != 0) {
			return 0;
		}
		used++;
		name += len + (name[len] == ' ');
	}
	return used;
}

static const struct command *find_command(char **argv, size_t num, size_t *used)
{
	for (size_t i = 0; i < num_commands; i++) {
		*used = words_of(command_table[i], argv, num);
		if (*used) {
			return command_table[i];
		}
	}
	return NULL;
}

static int print_command_help(const struct command *command)
{
	struct buffer out;
	buffer_init(&out, 65536);
	options_put_help(command, &out);
	return write_page(&out);
}

// "CTPOLICY_POLCY"; a wrong option of the command line would be refused.
static void warn_of_environment(void)
{
	char *const *at = NULL;
	const char *nearest = NULL;
	for (;;) {
		const char *word = options_next_unknown(&at, &nearest);
		if (!word) {
			return;
		}
		message("warning: %.*s in the environment is no option; the nearest is --%s",
			(int)strcspn(word, "="), word, nearest);
	}
}

static int run_command(const struct command *command, char **argv, size_t num)
{
	struct options options;
	struct err err;
	err_clear(&err);
	if (!options_read(command, argv, num, &options, &err)) {
		message_err("", &err);
		return EXIT_USAGE;
	}
	if (options.values[OPTION_HELP]) {
		return print_command_help(command);
	}
	warn_of_environment();
	return command->run(&options);
}

static int unknown_command(char **argv, size_t num)
{
	const char *names[COMMANDS_MOST + 1] = {NULL};
	char word[64];
	for (size_t i = 0; i < num_commands; i++) {
		names[i] = command_table[i]->name;
	}
	if (access(argv[0], F_OK) == 0) {
		message("\"%.200s\" is a file, not a command; to judge it: ctpolicy check "
			"%.200s",
			argv[0], argv[0]);
		return EXIT_USAGE;
	}
	bool two = is_group(argv[0]) && num > 1;
	if (snprintf(word, sizeof(word), "%.30s%s%.30s", argv[0], two ? " " : "",
		    two ? argv[1] : "") < 0) {
		word[0] = '\0';
	}
	const char *nearest = text_nearest(word, names);
	// "log-list" itself is no likeness of "log-list update" and "log-list prune".
	if (two && nearest && is_group(argv[0]) &&
		text_distance(argv[1], nearest + strlen(argv[0]) + 1) >
			strlen(argv[1]) / 2) {
		nearest = NULL;
	}
	message("no command \"%s\"%s%s%s (see: ctpolicy%s%s --help)", word,
		nearest ? "; the nearest is \"" : "", nearest ? nearest : "",
		nearest ? "\"" : "", two ? " " : "", two ? argv[0] : "");
	return EXIT_USAGE;
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
		strcmp(word, "help") == 0;
}

// "help", "help check", "log-list --help", "log-list".
static bool run_help(char **words, size_t num, int *out_status)
{
	if (is_group(words[0]) && (num == 1 || asks_for_help(words[1]))) {
		int status = print_help(words[0]);
		*out_status = num == 1 ? EXIT_USAGE : status;
		return true;
	}
	if (!asks_for_help(words[0])) {
		return false;
	}
	size_t used = 0;
	const struct command *command = find_command(words + 1, num - 1, &used);
	if (command) {
		*out_status = print_command_help(command);
	} else if (num > 1 && !is_group(words[1])) {
		*out_status = unknown_command(words + 1, num - 1);
	} else {
		*out_status = print_help(num > 1 ? words[1] : "");
	}
	return true;
}

int main(int argc, char **argv)
{
	// A closed pipe is an error of the write, said like every other one.
	(void)signal(SIGPIPE, SIG_IGN);
	// So is a file that may not grow (ulimit -f).
	(void)signal(SIGXFSZ, SIG_IGN);

	size_t num = argc > 0 ? (size_t)argc - 1 : 0;
	char **words = argv + 1;
	int status = EXIT_USAGE;
	if (num == 0) {
		(void)print_help("");
		return EXIT_USAGE;
	}
	if (strcmp(words[0], "--version") == 0) {
		struct buffer out;
		buffer_init(&out, 64);
		buffer_put_text(&out, "ctpolicy " CTP_VERSION "\n");
		return write_page(&out);
	}
	size_t used = 0;
	const struct command *command = find_command(words, num, &used);
	if (command) {
		return run_command(command, words + used, num - used);
	}
	return run_help(words, num, &status) ? status : unknown_command(words, num);
}
