// SPDX-License-Identifier: Apache-2.0
#include "serve/media.h"

#include <string.h>
#include <strings.h>

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

// The next item of a list between commas, without blanks at its front; *len leaves out its
// parameters. NULL at the end. Quoted commas do not occur in what is looked for here.
static const char *next_item(const char **rest, size_t *len, const char **parameters)
{
	const char *at = *rest + strspn(*rest, " \t,");
	size_t whole = strcspn(at, ",");
	size_t name = strcspn(at, ",;");
	if (whole == 0) {
		return NULL;
	}
	*rest = at + whole;
	*parameters = at + name;
	while (name > 0 && (at[name - 1] == ' ' || at[name - 1] == '\t')) {
		name--;
	}
	*len = name;
	return at;
}

// A quality in thousandths, 1000 where there is none (RFC 9110 12.4.2).
static unsigned quality(const char *parameters)
{
	while (*parameters == ';') {
		parameters = skip_blanks(parameters + 1);
		if (strncasecmp(parameters, "q=", 2) == 0) {
			const char *digit = parameters + 2;
			unsigned value = *digit == '1' ? 1000 : 0;
			unsigned weight = 100;
			digit += *digit == '0' || *digit == '1';
			if (*digit == '.') {
				for (digit++; *digit >= '0' && *digit <= '9'; digit++) {
					value += (unsigned)(*digit - '0') * weight;
					weight /= 10;
				}
			}
			return value > 1000 ? 1000 : value;
		}
		parameters += strcspn(parameters, ",;");
	}
	return 1000;
}

static bool equals(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

bool media_is(const char *header, const char *type)
{
	const char *at = skip_blanks(header);
	size_t len = strcspn(at, "; \t");
	return equals(at, len, type);
}

// How exactly a range of an Accept header names the type: 3 by name, 2 by "text/*", 1 by
// "*/*", 0 not at all.
static unsigned exactness(const char *range, size_t len, const char *type)
{
	size_t major = strcspn(type, "/") + 1;
	if (equals(range, len, type)) {
		return 3;
	}
	if (len == major + 1 && range[len - 1] == '*' &&
		strncasecmp(range, type, major) == 0) {
		return 2;
	}
	return equals(range, len, "*/*") ? 1 : 0;
}

static unsigned liking(const char *accept, const char *type)
{
	unsigned best = 0;
	unsigned out = 0;
	const char *parameters = NULL;
	size_t len = 0;
	for (const char *at = next_item(&accept, &len, &parameters); at;
		at = next_item(&accept, &len, &parameters)) {
		unsigned exact = exactness(at, len, type);
		if (exact > best) {
			best = exact;
			out = quality(parameters);
		}
	}
	return out;
}

const char *media_choose(const char *accept, const char *const *types)
{
	const char *out = NULL;
	unsigned best = 0;
	if (!accept || accept[strspn(accept, " \t,")] == '\0') {
		return types[0];
	}
	for (size_t i = 0; types[i]; i++) {
		unsigned now = liking(accept, types[i]);
		if (now > best) {
			best = now;
			out = types[i];
		}
	}
	return out;
}

bool media_takes_gzip(const char *accept_encoding)
{
	const char *rest = accept_encoding ? accept_encoding : "";
	const char *parameters = NULL;
	size_t len = 0;
	bool any = false;
	for (const char *at = next_item(&rest, &len, &parameters); at;
		at = next_item(&rest, &len, &parameters)) {
		if (equals(at, len, "gzip") || equals(at, len, "x-gzip")) {
			return quality(parameters) > 0;
		}
		any = any || (equals(at, len, "*") && quality(parameters) > 0);
	}
	return any;
}

// Tags have case (RFC 9110 8.8.3.2).
static bool is_tag(const char *text, size_t len, const char *tag)
{
	return strlen(tag) == len && memcmp(text, tag, len) == 0;
}

bool media_matches_etag(const char *if_none_match, const char *etag)
{
	const char *rest = if_none_match ? if_none_match : "";
	const char *parameters = NULL;
	size_t len = 0;
	const char *strong = strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
	for (const char *at = next_item(&rest, &len, &parameters); at;
		at = next_item(&rest, &len, &parameters)) {
		bool weak = len > 2 && strncmp(at, "W/", 2) == 0;
		if (is_tag(at, len, "*") ||
			is_tag(at + (weak ? 2 : 0), len - (weak ? 2 : 0), strong)) {
			return true;
		}
	}
	return false;
}
