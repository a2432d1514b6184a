// SPDX-License-Identifier: Apache-2.0
// What the build makes from the program's own tables: manual pages and completions.
//
// Each function writes one document into a buffer, which fails where memory ends; none has
// options, calls or functions of its own, so that nothing can be said twice and differ.
#ifndef DOCS_DOCS_H
#define DOCS_DOCS_H

#include "app/command_table.h"
#include "app/options.h"
#include "docs/roff.h"

// ctpolicy(1).
void docs_program(const struct roff_release *release, struct buffer *out);
// ctpolicy-check(1) and so on; DOCS_NAME_ROOM characters hold the page's name.
#define DOCS_NAME_ROOM 64
void docs_command_name(const struct command *command, char out[DOCS_NAME_ROOM]);
void docs_command(const struct command *command, const struct roff_release *release,
	struct buffer *out);
// ctpolicy-log-list(1): the index of a group's commands.
void docs_group_page(
	struct bytes group, const struct roff_release *release, struct buffer *out);
// ctpolicy-rest(7), from the text of openapi.json. False with `err` where it is no
// description that the page can be made from.
bool docs_rest(struct bytes openapi, const struct roff_release *release,
	struct buffer *out, struct err *err) MUST_CHECK;
// libctpolicy(3), from the public header's comments and declarations.
void docs_library(
	struct bytes header, const struct roff_release *release, struct buffer *out);
// From *at on, 0 at first: the next function that the header declares; BYTES_NONE: no more.
struct bytes docs_next_function(struct bytes header, size_t *at);

void docs_bash(struct buffer *out);
void docs_zsh(struct buffer *out);
void docs_fish(struct buffer *out);

// What may stand for an option's value or a command's argument, for completion.
enum docs_kind {
	DOCS_FLAG, // no value at all
	DOCS_FILE,
	DOCS_FOLDER,
	DOCS_WORDS, // one of a few words
	DOCS_OTHER, // a time, a number, an address: nothing to offer
};

#define DOCS_WORDS_MOST 16

struct docs_value {
	enum docs_kind kind;
	struct bytes words[DOCS_WORDS_MOST];
	size_t num_words;
};

struct docs_value docs_value_of(const struct command *command, enum option option);
// Of what is no option.
struct docs_value docs_argument_of(const struct command *command);
// The words, with `separator` between.
void docs_put_words(
	const struct docs_value *value, const char *separator, struct buffer *out);
// What the option means, up to the first sign that ends a thought.
void docs_put_brief(
	const struct command *command, enum option option, struct buffer *out);
// "log-list" of "log-list show"; empty where the name is one word.
struct bytes docs_group(const struct command *command);
// Is it the first command of its group?
bool docs_begins_group(size_t index);
// "show" of "log-list show", "check" of "check".
const char *docs_own_word(const struct command *command);

#endif
