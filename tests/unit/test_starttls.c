// SPDX-License-Identifier: Apache-2.0
#include "live/starttls.h"
#include "tests/unit/test.h"

void test_starttls(void);

#define MAX_ANSWERS 3

// What is sent (up to `|`) is answered in turn; '|' alone: the server speaks first.
static const struct {
	const char *name, *protocol;
	unsigned port;
	const char *answers[MAX_ANSWERS];
	enum starttls_state want;
	const char *want_text; // in the error, or in what is sent last
} cases[] = {
	{"smtp", "smtp", 25,
		{"220-a\r\n220 b\r\n", "250-a\r\n250-starttls\r\n250 X\r\n",
			"220 go\r\n"},
		STARTTLS_DONE, "STARTTLS\r\n"},
	{"bare newlines", "smtp", 25, {"220 b\n", "250 STARTTLS\n", "220\n"},
		STARTTLS_DONE, "STARTTLS\r\n"},
	{"not offered", "smtp", 587, {"220 b\r\n", "250 NOSTARTTLS X\r\n"},
		STARTTLS_FAILED,
		"does not offer STARTTLS: switch TLS on in it; the server says: 250 NOSTARTTLS X"},
	{"refused", "smtp", 25, {"220 b\r\n", "250 STARTTLS\r\n", "454 no\r\n"},
		STARTTLS_FAILED, "the server refuses STARTTLS: 454 no; its own log"},
	{"injected", "smtp", 25, {"220 b\r\n", "250 STARTTLS\r\n", "220 go\r\n220 x\r\n"},
		STARTTLS_FAILED, "followed by more"},
	{"not whole", "smtp", 25, {"220-b\r\n220-c\r\n"}, STARTTLS_READS, NULL},
	{"imap", "imap", 143, {"* OK\r\n", "* x\r\na1 OK\r\n"}, STARTTLS_DONE,
		"a1 STARTTLS\r\n"},
	{"imap in small letters", "imap", 143, {"* ok\r\n", "a1 ok\r\n"}, STARTTLS_DONE,
		"a1 STARTTLS\r\n"},
	{"imap refuses", "imap", 143, {"* OK\r\n", "a1 BAD no\r\n"}, STARTTLS_FAILED,
		"the server refuses STARTTLS: a1 BAD no"},
	{"pop3", "pop3", 110, {"+OK\r\n", "+OK\r\n"}, STARTTLS_DONE, "STLS\r\n"},
	{"ftp", "ftp", 21, {"220-a\r\n b\r\n220 c\r\n", "234 go\r\n"}, STARTTLS_DONE,
		"AUTH TLS\r\n"},
	{"ftp, ready soon", "ftp", 21, {"120 wait\r\n220 c\r\n", "234 go\r\n"},
		STARTTLS_DONE, "AUTH TLS\r\n"},
	{"ftp refuses", "ftp", 21, {"220 c\r\n", "502 no\r\n"}, STARTTLS_FAILED,
		"the server refuses AUTH TLS: 502 no"},
	{"xmpp", "xmpp", 5222,
		{"<stream:features><starttls/></stream:features>", "<proceed/>"},
		STARTTLS_DONE, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"},
	{"xmpp, not whole", "xmpp", 5222, {"<stream:features><starttls/>"},
		STARTTLS_READS,
		"jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
		"version='1.0' to='mail.test'>"},
	{"xmpp among servers", "xmpp", 5269, {"<stream:features>"}, STARTTLS_READS,
		"jabber:server"},
	{"pop3 refuses", "pop3", 110, {"+OK\r\n", "-ERR no\r\n"}, STARTTLS_FAILED,
		"the server refuses STLS: -ERR no"},
	{"a greeting is no refusal of TLS", "smtp", 25, {"554 no\r\n"}, STARTTLS_FAILED,
		"the greeting was expected; the server says: 554 no"},
	{"the last line says why", "smtp", 25, {"554-a\r\n554 no\r\n"}, STARTTLS_FAILED,
		"was expected; the server says: 554 no"},
	{"nor is a greeting that is an error", "pop3", 110, {"-ERR busy\r\n"},
		STARTTLS_FAILED, "the greeting was expected; the server says: -ERR busy"},
	{"xmpp, an error", "xmpp", 5222,
		{"<stream:stream id='1'><stream:error><host-unknown/></stream:error>",
			"</stream:stream>"},
		STARTTLS_FAILED, "; the server says: <stream:error"},
	{"xmpp, not offered", "xmpp", 5222,
		{"<stream:features><bind/></stream:features>"}, STARTTLS_FAILED,
		"does not offer STARTTLS"},
	{"xmpp, nothing offered", "xmpp", 5222,
		{"<?xml version='1.0'?><stream:stream id='1'>", "<stream:features/>"},
		STARTTLS_FAILED,
		"does not offer STARTTLS: switch TLS on in it; the server says: "
		"<stream:features/>"},
	{"xmpp refuses", "xmpp", 5222,
		{"<stream:features><starttls/></stream:features>", "<failure/>"},
		STARTTLS_FAILED, "the server refuses STARTTLS: <failure"},
	{"postgres", "postgres", 5432, {"S"}, STARTTLS_DONE, NULL},
	{"postgres refuses", "postgres", 5432, {"N"}, STARTTLS_FAILED,
		"refuses SSLRequest: N"},
};

static void run(size_t index, size_t piece)
{
	struct starttls s;
	struct err err;
	char sent[512] = "";
	err_clear(&err);
	const struct starttls_protocol *protocol =
		starttls_find(bytes_of_text(cases[index].protocol));
	CHECK(starttls_init(&s, protocol, "mail.test", cases[index].port, &err),
		"begins");
	for (size_t i = 0; i < MAX_ANSWERS && cases[index].answers[i]; i++) {
		struct bytes in = bytes_of_text(cases[index].answers[i]);
		if (s.state == STARTTLS_SENDS) {
			struct bytes out = starttls_send(&s);
			(void)snprintf(sent, sizeof(sent), "%.*s", (int)out.len,
				(const char *)out.data);
		}
		for (size_t at = 0; at < in.len && s.state == STARTTLS_READS;
			at += piece) {
			size_t left = in.len - at;
			(void)starttls_take(&s,
				bytes_of(in.data + at, left < piece ? left : piece),
				&err);
		}
	}
	const char *text = err.code ? err.text : sent;
	CHECK_INT(s.state, cases[index].want, "%s", cases[index].name);
	CHECK_CODE(&err,
		cases[index].want == STARTTLS_FAILED ? CODE_STARTTLS_FAILED : CODE_NONE,
		"%s", cases[index].name);
	CHECK(!cases[index].want_text || strstr(text, cases[index].want_text), "%s: %s",
		cases[index].name, text);
	starttls_clear(&s);
}

static void test_limit(void)
{
	struct starttls s;
	struct err err;
	uint8_t data[1024];
	err_clear(&err);
	memset(data, 'x', sizeof(data));
	CHECK(starttls_init(&s, starttls_find(BYTES_LITERAL("ftp")), "a", 0, &err),
		"begins");
	(void)starttls_take(&s, BYTES_LITERAL("220-"), &err);
	for (size_t i = 0; i < STARTTLS_MAX_ANSWER / sizeof(data) - 1; i++) {
		CHECK_INT(starttls_take(&s, bytes_of(data, sizeof(data)), &err),
			STARTTLS_READS, "%zu KB", i);
	}
	CHECK_INT(starttls_take(&s, bytes_of(data, sizeof(data)), &err), STARTTLS_FAILED,
		"32 KB");
	CHECK(strstr(err.text, "longer than 32 KB") != NULL, "%s", err.text);
	starttls_clear(&s);
}

static void test_ports(void)
{
	CHECK_TEXT(starttls_name(starttls_at_port(25)), "smtp", "25");
	CHECK_TEXT(starttls_name(starttls_at_port(587)), "smtp", "587");
	CHECK_TEXT(starttls_name(starttls_at_port(5269)), "xmpp", "5269");
	CHECK(!starttls_at_port(443) && !starttls_at_port(0), "no other");
	CHECK(starttls_port_is_tls(465) && starttls_port_is_tls(443), "at once");
	CHECK(!starttls_port_is_tls(25), "not at once");
	for (size_t i = 0; starttls_names[i]; i++) {
		const struct starttls_protocol *one =
			starttls_find(bytes_of_text(starttls_names[i]));
		CHECK(one && starttls_at_port(starttls_port(one)) == one, "%s",
			starttls_names[i]);
	}
	CHECK(!starttls_find(BYTES_LITERAL("http")), "http");
}

static void test_banners(void)
{
	static const struct {
		const char *banner, *want;
	} rows[] = {
		{"220 mail.test ESMTP Postfix\r\n", "smtp"},
		{"220-mail.test\r\n220 no advertising\r\n", "smtp"},
		{"554 5.7.1 not for you\r\n", "smtp"},
		{"220 (vsFTPd 3.0.3)\r\n", "ftp"},
		{"220 ProFTPD Server ready.\r\n", "ftp"},
		{"220 smtp-to-ftp.test ESMTP\r\n", "smtp"},
		{"* OK [CAPABILITY IMAP4rev1] ready\r\n", "imap"},
		{"* PREAUTH\r\n", "imap"},
		{"+OK ready\r\n", "pop3"},
		{"-ERR busy\r\n", "pop3"},
		{"<stream:error/>", "xmpp"},
		{"HTTP/1.1 400 Bad Request\r\n", NULL},
		{"SSH-2.0-OpenSSH_9.2\r\n", NULL},
		{"220", NULL},
		{"2200 x", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct starttls_protocol *got =
			starttls_of_banner(bytes_of_text(rows[i].banner));
		CHECK_TEXT(got ? starttls_name(got) : "none",
			rows[i].want ? rows[i].want : "none", "%s", rows[i].banner);
	}
}

static void test_sees_tls(void)
{
	static const struct {
		const char *said;
		bool want;
	} rows[] = {{"", true}, {"\x15\x03\x01", true}, {"\x15x", false},
		{"\x16\x03\x01", true}, {"220-a", false}, {"2", false},
		{"220 a\r\n", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct starttls s;
		struct err err;
		err_clear(&err);
		CHECK(starttls_init(
			      &s, starttls_find(BYTES_LITERAL("smtp")), "a", 0, &err),
			"begins");
		(void)starttls_take(&s, bytes_of_text(rows[i].said), &err);
		CHECK_INT(starttls_sees_tls(&s), rows[i].want, "row %zu", i);
		starttls_clear(&s);
	}
}

void test_starttls(void)
{
	test_banners();
	test_sees_tls();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		// What comes behind the last answer, and later, is the handshake's to refuse.
		run(i, strcmp(cases[i].name, "injected") == 0 ? 1000 : 1);
		run(i, 1000);
	}
	test_limit();
	test_ports();
}
