// SPDX-License-Identifier: Apache-2.0
#include "loglist/source.h"

#include <string.h>

// Google's, as https://www.gstatic.com/ct/log_list/v3/log_list_pubkey.pem has it.
static const char google_key[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAsu0BHGnQ++W2CTdyZyxv\n"
	"HHRALOZPlnu/VMVgo2m+JZ8MNbAOH2cgXb8mvOj8flsX/qPMuKIaauO+PwROMjiq\n"
	"fUpcFm80Kl7i97ZQyBDYKm3MkEYYpGN+skAR2OebX9G2DfDqFY8+jUpOOWtBNr3L\n"
	"rmVcwx+FcFdMjGDlrZ5JRmoJ/SeGKiORkbbu9eY1Wd0uVhz/xI5bQb0OgII7hEj+\n"
	"i/IPbJqOHgB8xQ5zWAJJ0DmG+FM6o7gk403v6W3S8qRYiR84c50KppGwe4YqSMkF\n"
	"bLDleGQWLoaDSpEWtESisb4JiLaY4H+Kk0EyAhPSb+49JfUozYl+lf7iFN3qRq/S\n"
	"IXXTh6z0S7Qa8EYDhKGCrpI03/+qprwy+my6fpWHi6aUIk4holUCmWvFxZDfixox\n"
	"K0RlqbFDl2JXMBquwlQpm8u5wrsic1ksIv9z8x9zh4PJqNpCah0ciemI3YGRQqSe\n"
	"/mRRXBiSn9YQBUPcaeqCYan+snGADFwHuXCd9xIAdFBolw9R9HTedHGUfVXPJDiF\n"
	"4VusfX6BRR/qaadB+bqEArF/TzuDUr6FvOR4o8lUUxgLuZ/7HO+bHnaPFKYHHSm+\n"
	"+z1lVDhhYuSZ8ax3T0C3FZpb7HMjZtpEorSV5ElKJEJwrhrBCMOD8L01EoSPrGlS\n"
	"1w22i9uGHMn/uGQKo28u7AsCAwEAAQ==\n"
	"-----END PUBLIC KEY-----\n";

// Made by the Makefile from loglists/*.history.
#define SOURCE(name, ...)                      \
	extern const uint8_t bundled_##name[]; \
	extern const size_t bundled_##name##_len;
#include "loglist/source.def"
#undef SOURCE

static const struct source sources[NUM_SOURCES] = {
#define SOURCE(name, title, form, url, key) \
	{#name, title, form, url, key, bundled_##name, &bundled_##name##_len},
#include "loglist/source.def"
#undef SOURCE
};

const char *const source_names[NUM_SOURCES + 1] = {
#define SOURCE(name, ...) #name,
#include "loglist/source.def"
#undef SOURCE
	NULL};

const char source_choices[] =
#define SOURCE(name, ...) "|" #name
#include "loglist/source.def"
#undef SOURCE
	;

const struct source *source_at(size_t index)
{
	return &sources[index];
}

const struct source *source_find(struct bytes name)
{
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		if (bytes_equal(name, bytes_of_text(sources[i].name))) {
			return &sources[i];
		}
	}
	return NULL;
}

size_t source_index(const char *name)
{
	const struct source *source = source_find(bytes_of_text(name));
	source = source ? source : source_of_form(LIST_FORM_V3_BARE);
	return (size_t)(source - sources);
}

const struct source *source_of_form(enum list_form form)
{
	size_t i = 0;
	while (sources[i].form != form) {
		i++;
	}
	return &sources[i];
}

const char *source_title(const char *name)
{
	const struct source *source = source_find(bytes_of_text(name));
	return source ? source->title : name;
}

void source_put_refresh(struct buffer *out, const char *name, bool is_named)
{
	const struct source *source = source_find(bytes_of_text(name));
	if (is_named || strcmp(name, SOURCE_MAIN) != 0) {
		buffer_printf(out, " --source %s", name);
	}
	if (source && !source->url) {
		buffer_put_text(out, " --url URL");
	}
}
