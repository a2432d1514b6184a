// SPDX-License-Identifier: Apache-2.0
// The made corpora of query, media and batch.
#include "tests/fuzz/mkcorpus.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

// How the first byte of an input of fuzz_batch.c chooses; the second one is a seed.
enum { PLAIN, OUT_GZIP = 2 };

struct row {
	const char *name, *text;
};

static void put_rows(
	struct corpus *c, const char *target, const struct row *rows, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		corpus_put_text(c, target, rows[i].name, rows[i].text);
	}
}

static void put_queries(struct corpus *c)
{
	static const struct row rows[] = {
		{"empty", ""},
		{"one", "at=2026-06-01T12:00:00+02:00"},
		{"all",
			"at=issuance&policies=apple,apple-enforced&client_age_days=60&id=a"
			"&state=usable&operator=Let%27s%20Encrypt&covers=2027-02-01"},
		{"private-root", "private_root=true&id=a"},
		{"encoded-name", "%61%74=now&%69D="},
		{"utf8", "id=%C3%A9\xc3\xa9%F0%9F%98%80"},
		{"no-utf8", "id=%C3"},
		{"nul", "id=%00"},
		{"escape", "id=%1b[31m"},
		{"cut", "id=%4"},
		{"twice", "at=1&at=2"},
		{"unknown", "policy=apple"},
		{"odd-name", "%E2%80%AE%C2%9b31m=1"},
		{"long-name",
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"a\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"},
		{"separators", "&&id==&;at&"},
	};
	put_rows(c, "query", rows, NUM(rows));
}

static void put_headers(struct corpus *c)
{
	static const struct row rows[] = {
		{"empty", ""},
		{"type", "application/json; charset=utf-8"},
		{"accept", "text/*;q=0.5, application/json;v=1;q=0.45, */*;q=0.1"},
		{"accept-none", "application/json;q=0, text/plain ; q=0.000"},
		{"accept-short", "text/html, image/gif, *; q=.2, */*; q=.2"},
		{"accept-odd", ",;q=1,text/;q=,*/plain;q=9;;q=0.99999999999999999"},
		{"encodings", "br;q=1.0, gzip;q=0.8, *;q=0"},
		{"x-gzip", "identity, x-gzip"},
		{"etags", "\"x\", W/\"0123456789abcdef\", \"a;b,c\""},
		{"any", "*"},
	};
	put_rows(c, "media", rows, NUM(rows));
}

static void put_batch(
	struct corpus *c, const char *name, unsigned form, const struct out *body)
{
	struct out file = {0};
	derw_put_uint(&file, form, 1);
	derw_put_uint(&file, 7, 1);
	derw_put_out(&file, body);
	corpus_put(c, "batch", name, &file);
	derw_clear(&file);
}

static void put_lines(struct corpus *c)
{
	static const struct row rows[] = {
		{"empty", ""},
		{"blank", "\r\n \t\n\n"},
		{"errors",
			"{\"id\":1}\n\n{\"id\":\"a\"}\r\nx\n{\"certificate\":\"MAA=\"}"},
		{"no-utf8", "{\"id\":\"\xff\"}\n{\"id\":2}\n"},
		{"odd-id",
			"{\"id\":\"\\u001b[31m\\u202e\"}\n{\"id\":-1.5e3}\n{\"id\":null}\n"},
		{"long-line", "{\"id\":1}\n\x1f\x1f\x1f\x1f\n{\"id\":3}\n"},
		{"long-blanks", "\x1e\x1e\x1e\n\x1e\x1e\x1e\x1ex\n{\"id\":3}"},
		{"long-end", "{\"id\":1}\n\x1e\x1f\x1e\x1f"},
		{"nearly-long", "\x1e\x1e{\"id\":1}\x1e\n{\"id\":2}\n"},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		struct out body = {0};
		derw_printf(&body, "%s", rows[i].text);
		put_batch(c, rows[i].name, i % 2 ? OUT_GZIP : PLAIN, &body);
		derw_clear(&body);
	}
}

// Requests that can be judged, with errors between.
static void put_requests(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "b.example");
	struct pki_sct_spec specs[2];
	size_t num = corpus_scts(c, specs);
	struct out der = {0}, body = {0};
	leaf.bare = true;
	pki_issue(&leaf, specs, num, &der);
	for (int i = 1; i <= 3; i++) {
		derw_printf(&body, "{\"id\":%d,\"certificate\":\"", i);
		pki_base64(&body, der.data, der.len);
		if (i != 2) {
			derw_printf(&body, "\",\"issuer\":\"");
			pki_base64(&body, c->world->ca_der.data, c->world->ca_der.len);
		}
		derw_printf(&body, "\"}\n%s", i == 1 ? "{}\n\n" : "");
	}
	put_batch(c, "requests", PLAIN, &body);
	put_batch(c, "requests-gzip", OUT_GZIP, &body);
	derw_clear(&der);
	derw_clear(&body);
}

void corpus_serve(struct corpus *c)
{
	put_queries(c);
	put_headers(c);
	put_lines(c);
	put_requests(c);
}
