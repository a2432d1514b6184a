// SPDX-License-Identifier: Apache-2.0
#include "docs/docs.h"

#define EXIT_WORD "Exit status: "

// "CTPOLICY_LOG_LIST"
static void variable_name(enum option option, char out[64])
{
	(void)snprintf(out, 64, "CTPOLICY_%s", option_name(option));
	for (char *c = out; *c; c++) {
		*c = *c == '-'                   ? '_'
			: *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A')
						 : *c;
	}
}

// The example is an option that the command has.
static void put_environment(struct buffer *out, enum option example)
{
	struct buffer text;
	char name[64];
	buffer_init(&text, 4096);
	variable_name(example, name);
	buffer_printf(&text,
		"Every option can be given in the environment too, as `CTPOLICY_` and its "
		"name in capitals with `_` for `-`: `%s` is `--%s`. A flag is switched on by "
		"1 and off by 0. The command line wins.\n",
		name, option_name(example));
	buffer_put_char(&text, '\0');
	roff_section(out, "ENVIRONMENT");
	roff_paragraphs(out, text.failed ? "" : (const char *)text.data);
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static enum option example_of(const struct command *command)
{
	static const enum option wanted[] = {
		OPTION_LOG_LIST, OPTION_STATE_DIR, OPTION_FORMAT, OPTION_OUTPUT};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (command_has_option(command, wanted[i])) {
			return wanted[i];
		}
	}
	return OPTION_LOG_LIST;
}

void docs_command_name(const struct command *command, char out[DOCS_NAME_ROOM])
{
	if (snprintf(out, DOCS_NAME_ROOM, "ctpolicy-%s", command->name) < 0) {
		out[0] = '\0';
	}
	for (char *c = out; *c; c++) {
		*c = *c == ' ' ? '-' : *c;
	}
}

static void put_name(struct buffer *out, const char *name, const char *summary)
{
	roff_section(out, "NAME");
	roff_put(out, bytes_of_text(name));
	buffer_put_text(out, " \\- ");
	roff_put(out, bytes_of_text(summary));
	buffer_put_char(out, '\n');
}

static void put_synopsis(struct buffer *out, const char *name, const char *arguments)
{
	roff_section(out, "SYNOPSIS");
	buffer_put_text(out, "\\fBctpolicy ");
	roff_put(out, bytes_of_text(name));
	buffer_put_text(out, "\\fR ");
	roff_put(out, bytes_of_text(arguments));
	buffer_put_char(out, '\n');
}

static bool is_number(struct bytes text, size_t at)
{
	return at < text.len && text.data[at] >= '0' && text.data[at] <= '9';
}

// "0 all pass; 1 one fails; 130 and 143 stopped": a term and its meaning each.
static void put_statuses(struct buffer *out, struct bytes text)
{
	static const struct bytes between = BYTES_LITERAL("; ");
	while (text.len) {
		size_t end = bytes_find(text, 0, between);
		size_t digits = 0;
		while (is_number(text, digits)) {
			digits++;
		}
		char number[16];
		(void)snprintf(number, sizeof(number), "%.*s", (int)digits,
			(const char *)text.data);
		if (digits) {
			roff_term(out, number, NULL);
		}
		size_t start = digits && digits < end ? digits + 1 : digits;
		roff_put(out, bytes_of(text.data + start, end - start));
		size_t used = end == text.len ? end : end + between.len;
		text = bytes_of(text.data + used, text.len - used);
		buffer_put_text(out, text.len == 0 || is_number(text, 0) ? "\n" : ";\n");
	}
}

// The help page's text, cut where it speaks of the exit status: that has its own section.
static void put_text(struct buffer *out, const struct command *command)
{
	const char *status = strstr(command->text, EXIT_WORD);
	size_t len = status ? (size_t)(status - command->text) : strlen(command->text);
	const char *behind = status ? strstr(status, "\n\n") : NULL;
	char *text = calloc(1, len + 1);
	if (!text) {
		out->failed = true;
		return;
	}
	memcpy(text, command->text, len);
	roff_section(out, "DESCRIPTION");
	roff_paragraphs(out, text);
	roff_paragraphs(out, behind ? behind : "");
	free(text);
}

static void put_options(struct buffer *out, const struct command *command)
{
	roff_section(out, "OPTIONS");
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		enum option option = (enum option)i;
		if (!command_has_option(command, option)) {
			continue;
		}
		char name[64];
		(void)snprintf(name, sizeof(name), "--%s", option_name(option));
		roff_term(out, name, option_value(option));
		struct buffer meaning;
		buffer_init(&meaning, 4096);
		option_put_meaning(command, option, &meaning);
		roff_put(out, buffer_bytes(&meaning));
		out->failed = out->failed || meaning.failed;
		buffer_clear(&meaning);
		buffer_put_char(out, '\n');
	}
}

static void put_exit_status(struct buffer *out, const struct command *command)
{
	const char *status = strstr(command->text, EXIT_WORD);
	roff_section(out, "EXIT STATUS");
	if (!status) {
		buffer_put_text(out, "As of every command; see\n");
		roff_reference(out, "ctpolicy", 1, ".");
		return;
	}
	status += strlen(EXIT_WORD);
	const char *end = strstr(status, "\n\n");
	size_t len = end ? (size_t)(end - status) : strlen(status);
	while (len && status[len - 1] == '\n') {
		len--;
	}
	put_statuses(out, bytes_of(status, len));
}

// Those of its group, or all that are in none.
static void put_see_also(struct buffer *out, const struct command *command)
{
	char name[DOCS_NAME_ROOM];
	roff_section(out, "SEE ALSO");
	roff_reference(out, "ctpolicy", 1, ",");
	for (size_t i = 0; i < num_commands; i++) {
		if (command_table[i] != command &&
			bytes_equal(docs_group(command_table[i]), docs_group(command))) {
			docs_command_name(command_table[i], name);
			roff_reference(out, name, 1, ",");
		}
	}
	roff_reference(out, "ctpolicy-rest", 7, "");
}

void docs_command(const struct command *command, const struct roff_release *release,
	struct buffer *out)
{
	char name[DOCS_NAME_ROOM];
	docs_command_name(command, name);
	roff_begin(out, name, 1, release);
	put_name(out, name, command->summary);
	put_synopsis(out, command->name, command->arguments);
	put_text(out, command);
	put_options(out, command);
	put_environment(out, example_of(command));
	put_exit_status(out, command);
	if (command->examples) {
		roff_section(out, "EXAMPLES");
		roff_literal(out, bytes_of_text(command->examples));
	}
	put_see_also(out, command);
	roff_end(out);
}

// All of them, or those of a group.
static void put_commands(struct buffer *out, struct bytes group)
{
	roff_section(out, "COMMANDS");
	for (size_t i = 0; i < num_commands; i++) {
		if (group.len && !bytes_equal(docs_group(command_table[i]), group)) {
			continue;
		}
		roff_term(out, command_table[i]->name, NULL);
		roff_put(out, bytes_of_text(command_table[i]->summary));
		buffer_put_text(out, ":\n");
		char name[DOCS_NAME_ROOM];
		docs_command_name(command_table[i], name);
		roff_reference(out, name, 1, "");
	}
}

void docs_group_page(
	struct bytes group, const struct roff_release *release, struct buffer *out)
{
	char name[DOCS_NAME_ROOM];
	char word[DOCS_NAME_ROOM];
	(void)snprintf(
		word, sizeof(word), "%.*s", (int)group.len, (const char *)group.data);
	(void)snprintf(name, sizeof(name), "ctpolicy-%.40s", word);
	roff_begin(out, name, 1, release);
	put_name(out, name, "its commands, each with a page of its own");
	put_synopsis(out, word, "COMMAND [options] ...");
	put_commands(out, group);
	roff_section(out, "SEE ALSO");
	roff_reference(out, "ctpolicy", 1, "");
	roff_end(out);
}

// The variables, a term each, with the commands that read them.
static void put_variables(struct buffer *out)
{
	for (size_t i = 0; i < NUM_OPTIONS; i++) {
		char name[64];
		variable_name((enum option)i, name);
		bool first = true;
		for (size_t j = 0; i != OPTION_HELP && j < num_commands; j++) {
			if (!command_has_option(command_table[j], (enum option)i)) {
				continue;
			}
			if (first) {
				roff_term(out, name, option_value((enum option)i));
			}
			buffer_put_text(out, first ? "" : ", ");
			roff_put(out, bytes_of_text(command_table[j]->name));
			first = false;
		}
		buffer_put_text(out, first ? "" : "\n");
	}
	roff_term(out, "NO_COLOR", NULL);
	buffer_put_text(out, "where it is set and not empty, text has no colours\n");
}

static void put_files(struct buffer *out)
{
	roff_section(out, "FILES");
	roff_term(out, "/var/lib/ctpolicy", NULL);
	roff_put(out,
		bytes_of_text("the state folder: every log list that was taken, in "
			      "`apple/lists`, and what is known of each, in "
			      "`apple/index`. "
			      "A user who may not write there has one in "
			      "`$XDG_STATE_HOME/ctpolicy` or "
			      "`~/.local/state/ctpolicy`\n"));
}

void docs_program(const struct roff_release *release, struct buffer *out)
{
	roff_begin(out, "ctpolicy", 1, release);
	put_name(out, "ctpolicy",
		"judge certificates by Apple's, Chrome's, Firefox's and Android's policies");
	put_synopsis(out, "COMMAND", "[options] ...");
	buffer_put_text(
		out, ".br\n.B ctpolicy \\-\\-help\n.br\n.B ctpolicy \\-\\-version\n");
	roff_section(out, "DESCRIPTION");
	roff_paragraphs(out,
		"Does a certificate meet the Certificate Transparency policies of Apple, "
		"Chrome, Firefox and Android, and Apple's requirements for TLS servers, and "
		"why? A certificate goes in; out comes the verdict, every requirement with what it "
		"needs and what it got, and what to do.\n\n"
		"Results go to standard output, messages to standard error. `ctpolicy COMMAND "
		"--help` prints what the command's manual page says.\n");
	put_commands(out, BYTES_NONE);
	roff_section(out, "EXIT STATUS");
	put_statuses(out,
		BYTES_LITERAL(
			"0 every certificate passes; 1 one or more fail; 2 wrong usage; "
			"3 an input could not be read or evaluated, or the output was "
			"not written; 4 no usable log list, or a refresh failed: the "
			"last good list stays in force; 5 a verdict is open, and none "
			"fails"));
	roff_paragraphs(out, "When several hold, the first of 2, 4, 3, 1, 5.\n");
	put_environment(out, OPTION_LOG_LIST);
	put_variables(out);
	put_files(out);
	roff_section(out, "EXAMPLES");
	for (size_t i = 0; i < num_commands; i++) {
		const char *examples = command_table[i]->examples;
		if (examples && strstr(examples, "\n")) {
			roff_literal(out, bytes_of(examples, strcspn(examples, "\n")));
		}
	}
	roff_section(out, "SEE ALSO");
	roff_reference(out, "ctpolicy-rest", 7, ",");
	roff_reference(out, "libctpolicy", 3, "");
	roff_end(out);
}
