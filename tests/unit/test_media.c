// SPDX-License-Identifier: Apache-2.0
#include "serve/media.h"

#include "tests/unit/test.h"

void test_media(void);

static void test_types(void)
{
	static const struct {
		const char *header;
		bool want; // application/json
	} cases[] = {
		{"application/json", true},
		{"Application/JSON", true},
		{" \tapplication/json", true},
		{"application/json ", true},
		{"application/json;charset=utf-8", true},
		{"application/json ; charset=utf-8", true},
		{"application/json\t;x", true},
		{"", false},
		{";", false},
		{"application", false},
		{"application/jso", false},
		{"application/json5", false},
		{"application/json+x", false},
		{"application/json,text/plain", false},
		{"application /json", false},
		{"text/json", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(media_is(cases[i].header, "application/json"), cases[i].want,
			"'%s'", cases[i].header);
	}
}

#define JSON "application/json"
#define TEXT "text/plain"

static void test_accept(void)
{
	static const char *const types[] = {JSON, TEXT, NULL};
	static const struct {
		const char *accept;
		const char *want;
	} cases[] = {
		{NULL, JSON},
		{"", JSON},
		{" , \t,", JSON},
		{"*/*", JSON},
		{"text/plain", TEXT},
		{"TEXT/Plain", TEXT},
		{"text/*", TEXT},
		{"Text/*", TEXT},
		{"application/*, text/plain", JSON}, // equal: the preferred one
		{"text/plain, application/json", JSON},
		{"text/plain, application/json;q=0.9", TEXT},
		{"text/plain;q=0.8, application/json;q=0.9", JSON},
		{"text/plain;q=0.899,application/json;q=0.9", JSON},
		{"text/plain; q=0.901 ,application/json ;q=0.9", TEXT},
		{"text/plain;Q=1,application/json;q=.5", TEXT},
		{"application/json;v=2;q=0.1, text/plain;v=2;q=0.2", TEXT},
		// By name goes before a range, and that before any, whatever the order.
		{"*/*;q=1, application/json;q=0.1", TEXT},
		{"application/json;q=0.1, */*;q=1", TEXT},
		{"application/*;q=0.2, application/json;q=0.5, text/plain;q=0.4", JSON},
		{"application/*;q=0, */*", TEXT},
		{"*/*, text/plain;q=0, application/json;q=0", NULL},
		{"application/json;q=0", NULL},
		{"application/json;q=0.000", NULL},
		{"application/json;q=0.0009", NULL}, // more digits than there may be
		{"application/json;q=9", NULL}, // no quality
		{"application/json;q=", NULL},
		{"application/json;q=1.5,text/plain", JSON}, // 1 at most
		{"image/png", NULL},
		{"text/html, image/gif, *; q=.2, */*; q=.2", JSON},
		{"text", NULL},
		{"text/", NULL},
		{"*", NULL},
		{"*/plain", NULL},
		{"tex/*", NULL},
		{"texts/*", NULL},
		{";q=1, text/plain", TEXT},
		{"text/plain;", TEXT},
		{"text/plain;;q=0.5, application/json;q=0.6", JSON},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_TEXT(media_choose(cases[i].accept, types), cases[i].want, "'%s'",
			cases[i].accept ? cases[i].accept : "(none)");
	}
}

static void test_encodings(void)
{
	static const struct {
		const char *header;
		bool want;
	} cases[] = {
		{NULL, false},
		{"", false},
		{"gzip", true},
		{"GZip", true},
		{"x-gzip", true},
		{"br, gzip;q=0.1, deflate", true},
		{"gzip;q=0", false},
		{"gzip;q=0.0", false},
		{"gzip;q=0.001", true},
		{"gzip; q=1.0", true},
		{"*", true},
		{"*;q=0", false},
		{"*, gzip;q=0", false}, // by name goes before any
		{"gzip;q=0, *", false},
		{"*;q=0, gzip", true},
		{"identity", false},
		{"deflate, br", false},
		{"gzi", false},
		{"gzipped", false},
		{",,gzip", true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(media_takes_gzip(cases[i].header), cases[i].want, "'%s'",
			cases[i].header ? cases[i].header : "(none)");
	}
}

#define ETAG "\"0123abcd\""

static void test_etags(void)
{
	static const struct {
		const char *header;
		bool want;
	} cases[] = {
		{NULL, false},
		{"", false},
		{ETAG, true},
		{"W/" ETAG, true},
		{" " ETAG " ", true},
		{"\"x\", " ETAG, true},
		{"\"x\",W/\"y\",W/" ETAG ",\"z\"", true},
		{"*", true},
		{"\"x\"", false},
		{"0123abcd", false}, // without its quotes
		{"\"0123abc\"", false},
		{"\"0123abcde\"", false},
		{"\"0123ABCD\"", false}, // tags have case
		{"w/" ETAG, false}, // and so has the mark of a weak one
		{"W/", false},
		{"W/W/" ETAG, false},
		{"**", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *header = cases[i].header;
		CHECK_INT(media_matches_etag(header, ETAG), cases[i].want, "'%s'",
			header ? header : "(none)");
		CHECK_INT(media_matches_etag(header, "W/" ETAG), cases[i].want,
			"'%s', a weak one", header ? header : "(none)");
	}
}

void test_media(void)
{
	test_types();
	test_accept();
	test_encodings();
	test_etags();
}
