// SPDX-License-Identifier: Apache-2.0
#include "docs/docs.h"

// Inside single quotes of zsh, in a specification of _arguments or _describe.
static void put_quoted(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		if (c == '\'') {
			buffer_put_text(out, "'\\''");
		} else if (c == ':' || c == '[' || c == ']' || c == '\\') {
			buffer_printf(out, "\\%c", c);
		} else {
			buffer_put_char(out, c);
		}
	}
}

static void put_row(
	struct buffer *out, const char *indent, struct bytes word, const char *summary)
{
	buffer_printf(out, "%s'", indent);
	put_quoted(out, word);
	buffer_put_char(out, ':');
	put_quoted(out, bytes_of_text(summary));
	buffer_put_text(out, "'\n");
}

static void put_rows(struct buffer *out, struct bytes group, const char *indent)
{
	for (size_t i = 0; i < num_commands; i++) {
		struct bytes own = docs_group(command_table[i]);
		if (bytes_equal(own, group)) {
			put_row(out, indent,
				bytes_of_text(docs_own_word(command_table[i])),
				command_table[i]->summary);
		} else if (group.len == 0 && docs_begins_group(i)) {
			put_row(out, indent, own, "further commands");
		}
	}
}

static void put_action(struct buffer *out, const struct docs_value *value, bool is_list)
{
	switch (value->kind) {
	case DOCS_FLAG:
		break;
	case DOCS_FILE:
		buffer_put_text(out, "_files");
		break;
	case DOCS_FOLDER:
		buffer_put_text(out, "_files -/");
		break;
	case DOCS_WORDS:
		buffer_put_text(out, is_list ? "_values -s , word " : "(");
		docs_put_words(value, " ", out);
		buffer_put_text(out, is_list ? "" : ")");
		break;
	case DOCS_OTHER:
		buffer_put_char(out, ' ');
		break;
	}
}

static void put_option(
	struct buffer *out, const struct command *command, enum option option)
{
	const char *takes = option_value(option);
	struct docs_value value = docs_value_of(command, option);
	struct buffer brief;
	buffer_init(&brief, 4096);
	docs_put_brief(command, option, &brief);
	buffer_printf(out, "\t\t\t'%s--%s%s[", option_repeats(option) ? "*" : "",
		option_name(option), takes ? "=" : "");
	put_quoted(out, buffer_bytes(&brief));
	buffer_put_char(out, ']');
	if (takes) {
		buffer_put_char(out, ':');
		put_quoted(out, bytes_of_text(takes));
		buffer_put_char(out, ':');
		put_action(out, &value, strchr(takes, ',') != NULL);
	}
	buffer_put_text(out, "' \\\n");
	out->failed = out->failed || brief.failed;
	buffer_clear(&brief);
}

static void put_command(struct buffer *out, const struct command *command)
{
	struct docs_value argument = docs_argument_of(command);
	buffer_printf(out, "\t('%s')\n\t\t_arguments \\\n", command->name);
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		if (command_has_option(command, (enum option)i)) {
			put_option(out, command, (enum option)i);
		}
	}
	if (argument.kind == DOCS_OTHER) {
		buffer_put_text(out, "\t\t\t&& return\n\t\t;;\n");
		return;
	}
	buffer_put_text(out, "\t\t\t'*:");
	put_quoted(out, bytes_of_text(command->arguments));
	buffer_put_char(out, ':');
	put_action(out, &argument, false);
	buffer_put_text(out, "' && return\n\t\t;;\n");
}

// A group's commands where its second word is to come; else the two are the command.
static void put_group(struct buffer *out, struct bytes group)
{
	buffer_printf(out, "\t('%.*s')\n", (int)group.len, (const char *)group.data);
	buffer_put_text(out, "\t\tif (( CURRENT == 3 )); then\n\t\t\tlist=(\n");
	put_rows(out, group, "\t\t\t\t");
	buffer_put_text(out,
		"\t\t\t)\n\t\t\t_describe -t commands command list\n\t\t\treturn\n\t\tfi\n"
		"\t\tcommand=\"$words[2] $words[3]\"\n\t\tshift words\n\t\t(( CURRENT-- ))\n"
		"\t\t;;\n");
}

void docs_zsh(struct buffer *out)
{
	buffer_put_text(out,
		"#compdef ctpolicy\n# Made when ctpolicy is built, from its tables.\n\n"
		"_ctpolicy() {\n\tlocal command=$words[2]\n\tlocal -a list\n"
		"\tif (( CURRENT == 2 )); then\n\t\tlist=(\n");
	put_rows(out, BYTES_NONE, "\t\t\t");
	buffer_put_text(out,
		"\t\t\t'--help:the commands'\n\t\t\t'--version:the version'\n\t\t)\n"
		"\t\t_describe -t commands command list\n\t\treturn\n\tfi\n\tcase $command in\n");
	for (size_t i = 0; i < num_commands; i++) {
		if (docs_begins_group(i)) {
			put_group(out, docs_group(command_table[i]));
		}
	}
	buffer_put_text(
		out, "\tesac\n\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n");
	for (size_t i = 0; i < num_commands; i++) {
		put_command(out, command_table[i]);
	}
	buffer_put_text(out, "\tesac\n}\n\n_ctpolicy \"$@\"\n");
}
