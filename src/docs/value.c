// SPDX-License-Identifier: Apache-2.0
#include "docs/docs.h"

#include "base/ct.h"
#include "loglist/loglist.h"
#include "policy/policy.h"

static void add_word(struct docs_value *value, struct bytes word)
{
	value->kind = DOCS_WORDS;
	if (value->num_words < DOCS_WORDS_MOST) {
		value->words[value->num_words++] = word;
	}
}

static struct docs_value policies(void)
{
	struct docs_value out = {.kind = DOCS_WORDS};
	for (size_t i = 0; i < policy_num(); i++) {
		add_word(&out, bytes_of_text(policy_at(i)->name));
	}
	add_word(&out, BYTES_LITERAL("all"));
	return out;
}

static struct docs_value states(void)
{
	struct docs_value out = {.kind = DOCS_WORDS};
	for (int i = 0; i < NUM_LOG_STATES; i++) {
		add_word(&out, bytes_of_text(log_state_name((enum log_state)i)));
	}
	return out;
}

static struct docs_value formats(const struct command *command)
{
	struct docs_value out = {.kind = DOCS_OTHER};
	for (size_t i = 0; command->formats && command->formats[i]; i++) {
		add_word(&out, bytes_of_text(command->formats[i]));
	}
	return out;
}

// "auto|fast|reference": words that are typed as they stand.
static bool is_choice(struct bytes text)
{
	bool bar = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		bar = bar || c == '|';
		if (c != '|' && c != '-' && !(c >= 'a' && c <= 'z') &&
			!(c >= '0' && c <= '9')) {
			return false;
		}
	}
	return bar;
}

static struct docs_value choice(struct bytes text)
{
	struct docs_value out = {.kind = DOCS_WORDS};
	size_t start = 0;
	for (size_t i = 0; i <= text.len; i++) {
		if (i == text.len || text.data[i] == '|') {
			add_word(&out, bytes_of(text.data + start, i - start));
			start = i + 1;
		}
	}
	return out;
}

static bool says(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

struct docs_value docs_value_of(const struct command *command, enum option option)
{
	const char *value = option_value(option);
	if (!value) {
		return (struct docs_value){.kind = DOCS_FLAG};
	}
	if (option == OPTION_FORMAT) {
		return formats(command);
	}
	if (option == OPTION_POLICY) {
		return policies();
	}
	if (option == OPTION_STATE) {
		return states();
	}
	if (option == OPTION_INPUT_FORMAT) {
		return choice(BYTES_LITERAL("auto|pem|der|ndjson|csv"));
	}
	if (is_choice(bytes_of_text(value))) {
		return choice(bytes_of_text(value));
	}
	return (struct docs_value){.kind = says(value, "FILE") || option == OPTION_URL
			? DOCS_FILE
			: says(value, "DIR") ? DOCS_FOLDER
					     : DOCS_OTHER};
}

struct docs_value docs_argument_of(const struct command *command)
{
	static const char *const files[] = {"FILE", "PATH", "SUMMARY", "[A]", NULL};
	if (says(command->arguments, "[NAME...]")) {
		return policies();
	}
	for (size_t i = 0; files[i]; i++) {
		if (says(command->arguments, files[i])) {
			return (struct docs_value){.kind = DOCS_FILE};
		}
	}
	return (struct docs_value){.kind = DOCS_OTHER};
}

void docs_put_words(
	const struct docs_value *value, const char *separator, struct buffer *out)
{
	for (size_t i = 0; i < value->num_words; i++) {
		buffer_put_text(out, i ? separator : "");
		buffer_put(out, value->words[i]);
	}
}

void docs_put_brief(const struct command *command, enum option option, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, 4096);
	option_put_meaning(command, option, &text);
	size_t end = 0;
	while (end < text.len && text.data[end] != ':' && text.data[end] != ';') {
		if (text.data[end] == ' ' && end + 1 < text.len &&
			text.data[end + 1] == '(') {
			break;
		}
		end++;
	}
	buffer_put(out, bytes_of(text.data, end));
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

struct bytes docs_group(const struct command *command)
{
	const char *space = strchr(command->name, ' ');
	return bytes_of(command->name, space ? (size_t)(space - command->name) : 0);
}

bool docs_begins_group(size_t index)
{
	struct bytes own = docs_group(command_table[index]);
	if (own.len == 0) {
		return false;
	}
	for (size_t i = 0; i < index; i++) {
		if (bytes_equal(docs_group(command_table[i]), own)) {
			return false;
		}
	}
	return true;
}

const char *docs_own_word(const struct command *command)
{
	const char *space = strchr(command->name, ' ');
	return space ? space + 1 : command->name;
}
