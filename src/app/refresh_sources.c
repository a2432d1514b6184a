// SPDX-License-Identifier: Apache-2.0
#include "app/refresh_sources.h"

#include <string.h>

static const char *find_source(struct bytes name)
{
	const struct source *source = source_find(name);
	return source ? source->name : NULL;
}

static const char *default_url(const char *source)
{
	return source_at(source_index(source))->url;
}

// Whose place "SOURCE=PLACE" is, and the place; NULL: it does not say.
static const char *source_of_place(const char *url, const char **out_place)
{
	size_t len = strcspn(url, "=");
	const char *source = url[len] ? find_source(bytes_of(url, len)) : NULL;
	*out_place = source ? url + len + 1 : url;
	return source;
}

static bool has_address(const struct options *options, const char *source)
{
	bool has = default_url(source) != NULL;
	for (size_t i = 0; i < options->urls.num && !has; i++) {
		const char *place;
		const char *of = source_of_place(options->urls.values[i], &place);
		has = of && strcmp(of, source) == 0;
	}
	return has;
}

static bool add(struct sources *sources, struct bytes name, struct err *err)
{
	const char *words[NUM_SOURCES + 2] = {NULL};
	char asked[48];
	const char *source = find_source(name);
	(void)snprintf(asked, sizeof(asked), "%.*s", (int)(name.len < 40 ? name.len : 40),
		(const char *)name.data);
	for (size_t i = 0; i < sources->num && source; i++) {
		if (strcmp(sources->names[i], source) == 0) {
			return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"--source names %s twice", source);
		}
	}
	if (source) {
		sources->names[sources->num++] = source;
		return true;
	}
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "--source %s: no such source",
		asked);
	memcpy(words, source_names, NUM_SOURCES * sizeof(*words));
	words[NUM_SOURCES] = "all";
	return err_add_choice(err, asked, words);
}

bool sources_read(const struct options *options, struct sources *out, struct err *err)
{
	const char *asked = options->values[OPTION_SOURCE];
	out->num = 0;
	if (!asked) {
		out->names[out->num++] = SOURCE_MAIN;
		return true;
	}
	if (strcmp(asked, "all") == 0) {
		for (size_t i = 0; i < NUM_SOURCES; i++) {
			if (has_address(options, source_names[i])) {
				out->names[out->num++] = source_names[i];
			}
		}
		return true;
	}
	for (const char *at = asked; at;) {
		size_t len = strcspn(at, ",");
		if (!add(out, bytes_of(at, len), err)) {
			return false;
		}
		at = at[len] == ',' ? at + len + 1 : NULL;
	}
	return true;
}

size_t sources_places(const struct options *options, const struct sources *sources,
	const char *source, const char *out[OPTIONS_MAX_REPEATED])
{
	size_t num = 0;
	for (size_t i = 0; i < options->urls.num; i++) {
		const char *place;
		const char *of = source_of_place(options->urls.values[i], &place);
		if (of ? strcmp(of, source) == 0 : sources->num == 1) {
			out[num++] = place;
		}
	}
	if (num == 0 && default_url(source)) {
		out[num++] = default_url(source);
	}
	return num;
}

bool sources_check_places(
	const struct options *options, const struct sources *sources, struct err *err)
{
	for (size_t i = 0; i < options->urls.num; i++) {
		const char *place;
		const char *of = source_of_place(options->urls.values[i], &place);
		bool is_asked = false;
		for (size_t k = 0; k < sources->num; k++) {
			is_asked = is_asked || (of && strcmp(of, sources->names[k]) == 0);
		}
		if (of ? !is_asked : sources->num > 1) {
			return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				of ? "--url %.80s: %s's list is not asked for; add it to "
				     "--source"
				   : "--url %.80s: of several sources, say whose it is: "
				     "--url SOURCE=URL",
				options->urls.values[i], of);
		}
	}
	return true;
}
