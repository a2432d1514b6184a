// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include "app/commands.h"
#include "app/files.h"
#include "base/text.h"
#include "ctpolicy.h"

static const struct command *const commands[] = {
	&command_check,
	&command_log_list_show,
	&command_log_list_import,
	&command_log_list_export,
	&command_policies,
};

#define NUM_COMMANDS (sizeof(commands) / sizeof(commands[0]))

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

static int print_help(void)
{
	struct buffer out;
	buffer_init(&out, 65536);
	buffer_put_text(&out,
		"ctpolicy " CTP_VERSION ": does a certificate meet Apple's "
		"Certificate Transparency\npolicy, and why?\n\n"
		"usage: ctpolicy COMMAND [options] ...\n\nCommands\n");
	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		buffer_printf(
			&out, "  %-17s %s\n", commands[i]->name, commands[i]->summary);
	}
	buffer_put_text(&out,
		"\nctpolicy COMMAND --help says more, with examples.\n"
		"Begin with: ctpolicy check chain.pem\n");
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
		struct buffer out;
		buffer_init(&out, 65536);
		options_put_help(command, &out);
		return write_page(&out);
	}
	return command->run(&options);
}

static int unknown_command(char **argv, size_t num)
{
	const char *names[NUM_COMMANDS + 1] = {NULL};
	char word[64];
	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		names[i] = commands[i]->name;
	}
	bool two = strcmp(argv[0], "log-list") == 0 && num > 1;
	if (snprintf(word, sizeof(word), "%.30s%s%.30s", argv[0], two ? " " : "",
		    two ? argv[1] : "") < 0) {
		word[0] = '\0';
	}
	message("no command \"%s\"; the nearest is \"%s\" (see: ctpolicy --help)", word,
		options_nearest(word, names));
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	// A closed pipe is an error of the write, said like every other one.
	(void)signal(SIGPIPE, SIG_IGN);
	size_t num = argc > 0 ? (size_t)argc - 1 : 0;
	char **words = argv + 1;
	if (num == 0) {
		(void)print_help();
		return EXIT_USAGE;
	}
	if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0 ||
		strcmp(words[0], "help") == 0) {
		return print_help();
	}
	if (strcmp(words[0], "--version") == 0) {
		struct buffer out;
		buffer_init(&out, 64);
		buffer_put_text(&out, "ctpolicy " CTP_VERSION "\n");
		return write_page(&out);
	}
	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		size_t used = words_of(commands[i], words, num);
		if (used) {
			return run_command(commands[i], words + used, num - used);
		}
	}
	return unknown_command(words, num);
}
