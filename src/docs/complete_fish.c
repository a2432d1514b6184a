// SPDX-License-Identifier: Apache-2.0
#include "docs/docs.h"

static const char begin[] =
	"# fish completion for ctpolicy; made when it is built, from its tables.\n"
	"\n"
	"# Are these the words behind the program, and nothing more (--only)?\n"
	"function __ctpolicy_at\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -e words[1]\n"
	"\tif test \"$argv[1]\" = --only\n"
	"\t\tset -e argv[1]\n"
	"\t\ttest (count $words) -eq (count $argv); or return 1\n"
	"\tend\n"
	"\tset -l num (count $argv)\n"
	"\ttest $num -eq 0; and return 0\n"
	"\ttest (count $words) -ge $num; and test \"$words[1..$num]\" = \"$argv\"\n"
	"end\n"
	"\n"
	"complete -c ctpolicy -f\n"
	"complete -c ctpolicy -n '__ctpolicy_at --only' -l help -d 'the commands'\n"
	"complete -c ctpolicy -n '__ctpolicy_at --only' -l version -d 'the version'\n";

static void put_quoted(struct buffer *out, struct bytes text)
{
	buffer_put_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		buffer_printf(out, c == '\'' || c == '\\' ? "\\%c" : "%c", c);
	}
	buffer_put_char(out, '\'');
}

static void put_word(
	struct buffer *out, struct bytes group, struct bytes word, const char *summary)
{
	buffer_put_text(out, "complete -c ctpolicy -n '__ctpolicy_at --only");
	buffer_put_text(out, group.len ? " " : "");
	buffer_put(out, group);
	buffer_put_text(out, "' -a '");
	buffer_put(out, word);
	buffer_put_text(out, "' -d ");
	put_quoted(out, bytes_of_text(summary));
	buffer_put_char(out, '\n');
}

// Words that say little by themselves, each with its own sentence.
static void put_words(
	struct buffer *out, const struct docs_value *value, enum option option)
{
	static const char *const promises[] = {"enough when the certificate is issued",
		"enough also when any one log is lost later",
		"enough also when any one log operator is lost later"};
	size_t num = sizeof(promises) / sizeof(promises[0]);
	if (option != OPTION_SURVIVE || value->num_words != num) {
		docs_put_words(value, " ", out);
		return;
	}
	for (size_t i = 0; i < num; i++) {
		buffer_put_text(out, i ? " " : "");
		buffer_put(out, value->words[i]);
		buffer_printf(out, "\\t\"%s\"", promises[i]);
	}
}

static void put_value(
	struct buffer *out, const struct docs_value *value, enum option option)
{
	switch (value->kind) {
	case DOCS_FLAG:
		break;
	case DOCS_FILE:
		buffer_put_text(out, " -r -F");
		break;
	case DOCS_FOLDER:
		buffer_put_text(out, " -x -a '(__fish_complete_directories)'");
		break;
	case DOCS_WORDS:
		buffer_put_text(out, " -x -a '");
		put_words(out, value, option);
		buffer_put_char(out, '\'');
		break;
	case DOCS_OTHER:
		buffer_put_text(out, " -x");
		break;
	}
}

static void put_option(
	struct buffer *out, const struct command *command, enum option option)
{
	struct docs_value value = docs_value_of(command, option);
	struct buffer brief;
	buffer_init(&brief, 4096);
	docs_put_brief(command, option, &brief);
	buffer_printf(out, "complete -c ctpolicy -n '__ctpolicy_at %s' -l %s",
		command->name, option_name(option));
	put_value(out, &value, option);
	buffer_put_text(out, " -d ");
	put_quoted(out, buffer_bytes(&brief));
	buffer_put_char(out, '\n');
	out->failed = out->failed || brief.failed;
	buffer_clear(&brief);
}

static void put_command(struct buffer *out, const struct command *command)
{
	struct docs_value argument = docs_argument_of(command);
	put_word(out, docs_group(command), bytes_of_text(docs_own_word(command)),
		command->summary);
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		if (command_has_option(command, (enum option)i)) {
			put_option(out, command, (enum option)i);
		}
	}
	if (argument.kind == DOCS_FILE) {
		buffer_printf(out, "complete -c ctpolicy -n '__ctpolicy_at %s' -F\n",
			command->name);
	} else if (argument.kind == DOCS_WORDS) {
		buffer_printf(out, "complete -c ctpolicy -n '__ctpolicy_at %s' -a '",
			command->name);
		docs_put_words(&argument, " ", out);
		buffer_put_text(out, "'\n");
	}
}

void docs_fish(struct buffer *out)
{
	buffer_put_text(out, begin);
	for (size_t i = 0; i < num_commands; i++) {
		if (docs_begins_group(i)) {
			put_word(out, BYTES_NONE, docs_group(command_table[i]),
				"further commands");
		}
		put_command(out, command_table[i]);
	}
}
