// SPDX-License-Identifier: Apache-2.0
// media_is, media_choose, media_takes_gzip, media_matches_etag.
//
// Property, of any header: what is chosen is one of the types; to take our types at quality 0
// as well, or the header twice, changes nothing but what that says; a header's front part is
// what decides media_is; gzip named before all else is taken, and so is our tag among any
// others. Letters' case changes nothing of types and codings.
#include "serve/media.h"
#include "tests/fuzz/fuzz.h"

#define ETAG "\"0123456789abcdef\""
#define MAX_TEXT ((size_t)1 << 20)

static const char *const types[] = {"application/json", "text/plain", NULL};

// `head`, the header, and `tail`, to be freed.
static char *join(const char *head, const char *header, const char *tail)
{
	struct buffer out;
	buffer_init(&out, 3 * MAX_TEXT);
	buffer_put_text(&out, head);
	buffer_put_text(&out, header);
	buffer_put_text(&out, tail);
	buffer_put_char(&out, '\0');
	fuzz_need(!out.failed, "out of memory");
	return (char *)out.data;
}

static char *in_capitals(const char *header)
{
	char *out = join("", header, "");
	for (char *at = out; *at; at++) {
		*at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
	}
	return out;
}

static void check_accept(const char *header)
{
	const char *got = media_choose(header, types);
	fuzz_need(!got || got == types[0] || got == types[1], "none of ours");
	char *twice = join(header, ",", header);
	fuzz_need(media_choose(twice, types) == got, "said twice");
	free(twice);
	// The first of a name counts.
	char *refused = join("application/json;q=0,", header, "");
	fuzz_need(media_choose(refused, types) != types[0], "refused, and yet chosen");
	free(refused);
	char *wanted = join("application/json;q=1,", header, "");
	fuzz_need(media_choose(wanted, types) == types[0], "wanted, and not chosen");
	free(wanted);
}

static void check_capitals(const char *header)
{
	char *loud = in_capitals(header);
	fuzz_need(media_choose(loud, types) == media_choose(header, types) &&
			media_takes_gzip(loud) == media_takes_gzip(header) &&
			media_is(loud, types[0]) == media_is(header, types[0]),
		"capitals change it");
	free(loud);
}

static void check_gzip(const char *header)
{
	char *yes = join("gzip,", header, "");
	char *no = join("gzip;q=0,", header, "");
	fuzz_need(media_takes_gzip(yes), "gzip is taken");
	fuzz_need(!media_takes_gzip(no), "gzip is not taken");
	free(yes);
	free(no);
}

static void check_etag(const char *header)
{
	bool got = media_matches_etag(header, ETAG);
	fuzz_need(!got || strstr(header, ETAG) || strchr(header, '*'),
		"it does not stand there");
	fuzz_need(media_matches_etag(header, "W/" ETAG) == got, "a weak one");
	char *with = join("", header, "," ETAG);
	fuzz_need(media_matches_etag(with, ETAG), "it stands at the end");
	free(with);
	with = join("W/" ETAG ",", header, "");
	fuzz_need(media_matches_etag(with, ETAG), "it stands at the front");
	free(with);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buffer text;
	buffer_init(&text, MAX_TEXT + 1);
	buffer_put(&text, bytes_of(data, len < MAX_TEXT ? len : MAX_TEXT));
	buffer_put_char(&text, '\0');
	fuzz_need(!text.failed, "out of memory");
	const char *header = (const char *)text.data;
	check_accept(header);
	check_capitals(header);
	check_gzip(header);
	check_etag(header);
	char *with = join("application/json;", header, "");
	fuzz_need(media_is(with, types[0]), "parameters are none of its business");
	free(with);
	buffer_clear(&text);
	return 0;
}
