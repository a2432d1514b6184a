// SPDX-License-Identifier: Apache-2.0
#include "docs/docs.h"

static const char begin[] =
	"# bash completion for ctpolicy; made when it is built, from its tables.\n"
	"# shellcheck shell=bash\n";

// How the tables are used. "=" and ":" end a word of bash's.
static const char end[] =
	"\n"
	"# Files are completed by name; lists with commas, word by word.\n"
	"_ctpolicy_offer()\n"
	"{\n"
	"\tlocal cur=$1 what=$2 before=\n"
	"\tcase $what in\n"
	"\t'<file>')\n"
	"\t\tcompopt -o filenames 2> /dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"\t\t;;\n"
	"\t'<folder>')\n"
	"\t\tcompopt -o filenames 2> /dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
	"\t\t;;\n"
	"\t*)\n"
	"\t\tcase $cur in *,*) before=${cur%,*}, ;; esac\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$what\" -- \"${cur##*,}\")\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"_ctpolicy()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\tlocal command=${COMP_WORDS[1]} at=2 value\n"
	"\tCOMPREPLY=()\n"
	"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	"\t\t_ctpolicy_offer \"$cur\" \"$(_ctpolicy_commands) --help --version\"\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif [ -n \"$(_ctpolicy_commands \"$command\")\" ]; then\n"
	"\t\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
	"\t\t\t_ctpolicy_offer \"$cur\" \"$(_ctpolicy_commands \"$command\") --help\"\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\t\tcommand=\"$command ${COMP_WORDS[2]}\"\n"
	"\t\tat=3\n"
	"\tfi\n"
	"\tif [ \"$cur\" = '=' ]; then\n"
	"\t\tcur=\n"
	"\telif [ \"$prev\" = '=' ] && [ \"$COMP_CWORD\" -gt \"$at\" ]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\tvalue=$(_ctpolicy_value \"$command $prev\")\n"
	"\tcase $prev$cur in\n"
	"\t--*)\n"
	"\t\tif [ -n \"$value\" ]; then\n"
	"\t\t\t[ \"$value\" = '<other>' ] || _ctpolicy_offer \"$cur\" \"$value\"\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\t\t;;\n"
	"\tesac\n"
	"\tcase $cur in\n"
	"\t-*) _ctpolicy_offer \"$cur\" \"$(_ctpolicy_options \"$command\")\" ;;\n"
	"\t*)\n"
	"\t\tvalue=$(_ctpolicy_argument \"$command\")\n"
	"\t\t_ctpolicy_offer \"$cur\" \"${value:-$(_ctpolicy_options \"$command\")}\"\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"complete -F _ctpolicy ctpolicy\n";

static void begin_function(struct buffer *out, const char *name, const char *says)
{
	buffer_printf(out, "\n# %s\n%s()\n{\n\tcase ${1-} in\n", says, name);
}

static void end_function(struct buffer *out)
{
	buffer_put_text(out, "\tesac\n}\n");
}

static void put_group(struct buffer *out, struct bytes group)
{
	buffer_put_text(out, "\t'");
	buffer_put(out, group);
	buffer_put_text(out, "') echo '");
	const char *between = "";
	for (size_t i = 0; i < num_commands; i++) {
		struct bytes own = docs_group(command_table[i]);
		const char *word = docs_own_word(command_table[i]);
		if (bytes_equal(own, group)) {
			buffer_printf(out, "%s%s", between, word);
			between = " ";
		} else if (group.len == 0 && docs_begins_group(i)) {
			buffer_put_text(out, between);
			buffer_put(out, own);
			between = " ";
		}
	}
	buffer_put_text(out, "' ;;\n");
}

static void put_commands(struct buffer *out)
{
	begin_function(out, "_ctpolicy_commands", "The commands of a group, or of none.");
	put_group(out, BYTES_NONE);
	for (size_t i = 0; i < num_commands; i++) {
		if (docs_begins_group(i)) {
			put_group(out, docs_group(command_table[i]));
		}
	}
	end_function(out);
}

static void put_options(struct buffer *out)
{
	begin_function(out, "_ctpolicy_options", "The options of a command.");
	for (size_t i = 0; i < num_commands; i++) {
		buffer_printf(out, "\t'%s') echo '", command_table[i]->name);
		const char *between = "";
		for (size_t j = 0; j < NUM_OPTIONS; j++) {
			if (command_has_option(command_table[i], (enum option)j)) {
				buffer_printf(out, "%s--%s", between,
					option_name((enum option)j));
				between = " ";
			}
		}
		buffer_put_text(out, "' ;;\n");
	}
	end_function(out);
}

static void put_value(struct buffer *out, const struct docs_value *value)
{
	static const char *const kinds[] = {
		[DOCS_FLAG] = "",
		[DOCS_FILE] = "<file>",
		[DOCS_FOLDER] = "<folder>",
		[DOCS_WORDS] = "",
		[DOCS_OTHER] = "<other>",
	};
	buffer_printf(out, " echo '%s", kinds[value->kind]);
	docs_put_words(value, " ", out);
	buffer_put_text(out, "' ;;\n");
}

static void put_values(struct buffer *out)
{
	begin_function(out, "_ctpolicy_value", "What an option takes; nothing: a flag.");
	for (size_t i = 0; i < num_commands; i++) {
		for (size_t j = 0; j < NUM_OPTIONS; j++) {
			enum option option = (enum option)j;
			if (!command_has_option(command_table[i], option) ||
				!option_value(option)) {
				continue;
			}
			struct docs_value value = docs_value_of(command_table[i], option);
			buffer_printf(out, "\t'%s --%s')", command_table[i]->name,
				option_name(option));
			put_value(out, &value);
		}
	}
	end_function(out);
}

static void put_arguments(struct buffer *out)
{
	begin_function(out, "_ctpolicy_argument", "What stands behind the options.");
	for (size_t i = 0; i < num_commands; i++) {
		struct docs_value value = docs_argument_of(command_table[i]);
		if (value.kind != DOCS_OTHER) {
			buffer_printf(out, "\t'%s')", command_table[i]->name);
			put_value(out, &value);
		}
	}
	end_function(out);
}

void docs_bash(struct buffer *out)
{
	buffer_put_text(out, begin);
	put_commands(out);
	put_options(out);
	put_values(out);
	put_arguments(out);
	buffer_put_text(out, end);
}
