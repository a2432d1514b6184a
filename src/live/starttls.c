// SPDX-License-Identifier: Apache-2.0
#include "live/starttls.h"

#include "base/text.h"

// REFUSED, NOT_OFFERED: a good server's answer, and yet no TLS.
enum progress { MORE, GOOD, BAD, REFUSED, NOT_OFFERED };

struct step;

// Looks at what has come of an answer: MORE is needed, or it is GOOD, in its first *used
// bytes, or one of the others.
typedef enum progress reader(const struct step *step, struct bytes in, size_t *used);

struct step {
	const char *send; // NULL: the server speaks first. '%' stands for its name
	size_t send_len; // 0: `send` is a text
	reader *read;
	const char *good; // how a good answer begins
	const char *offers; // a word that must stand in it, or NULL
	const char *what; // "the answer to ..."
};

#define MAX_STEPS 3

struct starttls_protocol {
	const char *name;
	unsigned port;
	unsigned other_port; // where it speaks, too; 0: none
	const char *command; // what asks for TLS
	size_t num_steps;
	struct step steps[MAX_STEPS];
};

static bool begins(struct bytes in, const char *text)
{
	size_t len = strlen(text);
	return in.len >= len && memcmp(in.data, text, len) == 0;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

// The same in whatever case.
static bool begins_with_word(struct bytes in, const char *text)
{
	size_t i = 0;
	while (i < in.len && text[i] && lower(in.data[i]) == lower((uint8_t)text[i])) {
		i++;
	}
	return text[i] == '\0';
}

// Do the letters stand there, in whatever case?
static bool has_letters(struct bytes in, const char *letters)
{
	for (size_t i = 0; i < in.len; i++) {
		if (begins_with_word(bytes_of(in.data + i, in.len - i), letters)) {
			return true;
		}
	}
	return false;
}

// Does the word stand in the line, in whatever case, by itself?
static bool has_word(struct bytes line, const char *word)
{
	size_t len = strlen(word);
	for (size_t i = 0; i + len <= line.len; i++) {
		bool is_it =
			begins_with_word(bytes_of(line.data + i, line.len - i), word);
		bool starts = i == 0 || strchr(" -\t", line.data[i - 1]);
		bool ends = i + len == line.len || strchr(" \t\r\n", line.data[i + len]);
		if (is_it && starts && ends) {
			return true;
		}
	}
	return false;
}

// The line at *at without its end; false where it is not whole yet.
static bool next_line(struct bytes in, size_t *at, struct bytes *out)
{
	size_t end = bytes_find(in, *at, BYTES_LITERAL("\n"));
	if (end == in.len) {
		return false;
	}
	*out = bytes_of(in.data + *at, end - *at);
	*at = end + 1;
	if (out->len > 0 && out->data[out->len - 1] == '\r') {
		out->len--;
	}
	return true;
}

// RFC 5321 4.2.1, RFC 959 4.2: "220-text" lines and then "220 text"; other lines between
// them are text of FTP servers.
static enum progress read_digits(const struct step *step, struct bytes in, size_t *used)
{
	bool offered = step->offers == NULL;
	struct bytes line;
	while (next_line(in, used, &line)) {
		offered = offered || has_word(line, step->offers);
		bool has_code = line.len >= 3 && text_is_digit(line.data[0]) &&
			text_is_digit(line.data[1]) && text_is_digit(line.data[2]);
		bool is_last = has_code && (line.len == 3 || line.data[3] == ' ');
		if (is_last && line.data[0] != '1') { // "120 wait": another one follows
			return begins(line, step->good) ? offered ? GOOD : NOT_OFFERED
				: line.data[0] == '4' || line.data[0] == '5' ? REFUSED
									     : BAD;
		}
		if (!has_code && !begins(in, step->good)) {
			return BAD;
		}
	}
	return MORE;
}

// RFC 1939 3, RFC 3501 7.1.1 (in whatever case, 9): one line.
static enum progress read_line(const struct step *step, struct bytes in, size_t *used)
{
	struct bytes line;
	if (!next_line(in, used, &line)) {
		return MORE;
	}
	return begins_with_word(line, step->good) ? GOOD
		: begins_with_word(line, "-ERR")  ? REFUSED
						  : BAD;
}

// RFC 3501 7: untagged lines, and then the one with our tag.
static enum progress read_imap(const struct step *step, struct bytes in, size_t *used)
{
	struct bytes line;
	while (next_line(in, used, &line)) {
		if (begins(line, "a1 ")) {
			return begins_with_word(line, step->good) ? GOOD : REFUSED;
		}
		if (!begins(line, "* ")) {
			return BAD;
		}
	}
	return MORE;
}

// A length of BER, in whatever form (X.690 8.1.3); directories write long ones.
static size_t read_ber_len(struct reader *r)
{
	uint8_t first = reader_u8(r, "length");
	size_t len = first;
	if (first < 0x80) {
		return len;
	}
	size_t num = first & 0x7f;
	if (num == 0 || num > 4) {
		reader_fail(r, "a length of %zu bytes", num);
		return 0;
	}
	len = 0;
	for (size_t i = 0; i < num; i++) {
		len = len << 8 | reader_u8(r, "length");
	}
	return len;
}

// Are these the first bytes of an LDAPMessage? *out: how many it has in all.
static enum progress whole_ldap(struct bytes in, size_t *out)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(in, CODE_STARTTLS_FAILED, &err);
	if (in.len > 0 && in.data[0] != 0x30) {
		return BAD;
	}
	if (in.len < 2 ||
		(in.data[1] & 0x80 && in.len < 2 + (size_t)(in.data[1] & 0x7f))) {
		return MORE;
	}
	(void)reader_u8(&r, "tag");
	size_t len = read_ber_len(&r);
	if (err.code != CODE_NONE || len > STARTTLS_MAX_ANSWER) {
		return BAD;
	}
	*out = reader_offset(&r) + len;
	return in.len < *out ? MORE : GOOD;
}

// RFC 4511 4.14.2: an ExtendedResponse [APPLICATION 24] to message 1, with resultCode 0.
static enum progress read_ldap(const struct step *step, struct bytes in, size_t *used)
{
	struct err err;
	size_t len = 0;
	(void)step;
	enum progress whole = whole_ldap(in, &len);
	if (whole != GOOD) {
		return whole;
	}
	*used = len;
	err_clear(&err);
	struct reader r = reader_init(bytes_of(in.data, len), CODE_STARTTLS_FAILED, &err);
	(void)reader_u8(&r, "tag");
	(void)read_ber_len(&r);
	bool is_ours = reader_u8(&r, "messageID") == 0x02 && read_ber_len(&r) == 1 &&
		reader_u8(&r, "messageID") == 1;
	bool is_answer = reader_u8(&r, "protocolOp") == 0x78;
	(void)read_ber_len(&r);
	bool is_good = reader_u8(&r, "resultCode") == 0x0a && read_ber_len(&r) == 1 &&
		reader_u8(&r, "resultCode") == 0;
	if (!is_ours || !is_answer || err.code != CODE_NONE) {
		return BAD;
	}
	return is_good ? GOOD : REFUSED;
}

static bool has(struct bytes in, const char *text)
{
	return bytes_find(in, 0, bytes_of_text(text)) < in.len;
}

// Where the text ends for the first time; 0: nowhere.
static size_t end_of(struct bytes in, const char *text)
{
	size_t at = bytes_find(in, 0, bytes_of_text(text));
	return at < in.len ? at + strlen(text) : 0;
}

// RFC 6120 4.3.2: the stream's features, STARTTLS among them. No XML parser: what is looked
// for cannot stand in an attribute's value, where '<' may not be written.
static enum progress read_features(const struct step *step, struct bytes in, size_t *used)
{
	size_t end = end_of(in, "</stream:features>");
	end = end ? end : end_of(in, "</features>");
	if (has(in, "<stream:error") || has(in, "</stream:stream>") ||
		(in.len > 0 && in.data[0] != '<')) {
		return BAD;
	}
	*used = end;
	if (!end) {
		return has(in, "<stream:features/>") ? NOT_OFFERED : MORE;
	}
	return has(bytes_of(in.data, end), step->good) ? GOOD : NOT_OFFERED;
}

// RFC 6120 5.4.2: <proceed xmlns='...'/>, or with an end tag of its own.
static enum progress read_proceed(const struct step *step, struct bytes in, size_t *used)
{
	size_t at = bytes_find(in, 0, bytes_of_text(step->good));
	size_t end = bytes_find(in, at, BYTES_LITERAL(">"));
	if (has(in, "<failure")) {
		return REFUSED;
	}
	if (has(in, "<stream:error") || has(in, "</stream:stream>") ||
		(in.len > 0 && in.data[0] != '<')) {
		return BAD;
	}
	if (at == in.len || end == in.len) {
		return MORE;
	}
	*used = in.data[end - 1] == '/' ? end + 1 : end_of(in, "</proceed>");
	return *used ? GOOD : MORE;
}

static enum progress read_byte(const struct step *step, struct bytes in, size_t *used)
{
	if (in.len == 0) {
		return MORE;
	}
	*used = 1;
	return begins(in, step->good) ? GOOD : begins(in, "N") ? REFUSED : BAD;
}

// LDAPMessage { 1, ExtendedRequest { "1.3.6.1.4.1.1466.20037" } } (RFC 4511 4.14.1).
static const char ldap_request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
				   "1.3.6.1.4.1.1466.20037";
// Length 8 and the code 80877103.
static const char postgres_request[] = "\x00\x00\x00\x08\x04\xd2\x16\x2f";

#define XMPP_STREAM(kind)                                                           \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:" kind "' xmlns:stream=" \
	"'http://etherx.jabber.org/streams' version='1.0' to='%'>"
#define XMPP_STARTTLS "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define XMPP_STEPS(kind)                                                 \
	.num_steps = 2,                                                  \
	.steps = {                                                       \
		{XMPP_STREAM(kind), 0, read_features, "<starttls", NULL, \
			"the list of the stream's features"},            \
		{XMPP_STARTTLS, 0, read_proceed, "<proceed", NULL,       \
			"the answer to <starttls/>"},                    \
	}

// An address literal is a name that every client has (RFC 5321 4.1.4).
#define SMTP_EHLO "EHLO [127.0.0.1]\r\n"

static const struct starttls_protocol protocols[] = {
	{"smtp", 25, 587, "STARTTLS", 3,
		{{NULL, 0, read_digits, "220", NULL, "the greeting"},
			{SMTP_EHLO, 0, read_digits, "250", "STARTTLS",
				"the answer to EHLO, with STARTTLS in it"},
			{"STARTTLS\r\n", 0, read_digits, "220", NULL,
				"the answer to STARTTLS"}}},
	{"imap", 143, 0, "STARTTLS", 2,
		{{NULL, 0, read_line, "* OK", NULL, "the greeting"},
			{"a1 STARTTLS\r\n", 0, read_imap, "a1 OK", NULL,
				"the answer to STARTTLS"}}},
	{"pop3", 110, 0, "STLS", 2,
		{{NULL, 0, read_line, "+OK", NULL, "the greeting"},
			{"STLS\r\n", 0, read_line, "+OK", NULL, "the answer to STLS"}}},
	{"ftp", 21, 0, "AUTH TLS", 2,
		{{NULL, 0, read_digits, "220", NULL, "the greeting"},
			{"AUTH TLS\r\n", 0, read_digits, "234", NULL,
				"the answer to AUTH TLS"}}},
	{"ldap", 389, 0, "StartTLS", 1,
		{{ldap_request, sizeof(ldap_request) - 1, read_ldap, "", NULL,
			"the answer to StartTLS"}}},
	{"xmpp", 5222, 0, "STARTTLS", XMPP_STEPS("client")},
	{"postgres", 5432, 0, "SSLRequest", 1,
		{{postgres_request, sizeof(postgres_request) - 1, read_byte, "S", NULL,
			"the answer to SSLRequest"}}},
	// Among servers (RFC 6120 14.7): --starttls xmpp at port 5269.
	{"xmpp", 5269, 0, "STARTTLS", XMPP_STEPS("server")},
};

#define NUM_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

const char *const starttls_names[] = {
	"smtp", "imap", "pop3", "ftp", "ldap", "xmpp", "postgres", NULL};

const struct starttls_protocol *starttls_find(struct bytes name)
{
	for (size_t i = 0; i < NUM_PROTOCOLS; i++) {
		if (bytes_equal(bytes_of_text(protocols[i].name), name)) {
			return &protocols[i];
		}
	}
	return NULL;
}

const char *starttls_name(const struct starttls_protocol *protocol)
{
	return protocol->name;
}

unsigned starttls_port(const struct starttls_protocol *protocol)
{
	return protocol->port;
}

const struct starttls_protocol *starttls_at_port(unsigned port)
{
	for (size_t i = 0; i < NUM_PROTOCOLS && port > 0; i++) {
		if (port == protocols[i].port || port == protocols[i].other_port) {
			return &protocols[i];
		}
	}
	return NULL;
}

const struct starttls_protocol *starttls_of_banner(struct bytes banner)
{
	static const struct {
		const char *begins, *name;
	} rows[] = {{"* OK", "imap"}, {"* BYE", "imap"}, {"* PREAUTH", "imap"},
		{"+OK", "pop3"}, {"-ERR", "pop3"}, {"<?xml", "xmpp"},
		{"<stream:", "xmpp"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (begins(banner, rows[i].begins)) {
			return starttls_find(bytes_of_text(rows[i].name));
		}
	}
	// Both greet by digits (RFC 5321 4.2.1, RFC 959 5.4); servers of files say what they are.
	static const char *const greetings[] = {"220", "421", "554"};
	for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
		if (begins(banner, greetings[i]) && banner.len > 3 &&
			(banner.data[3] == ' ' || banner.data[3] == '-')) {
			bool is_ftp = has_letters(banner, "ftp") &&
				!has_letters(banner, "smtp");
			return starttls_find(bytes_of_text(is_ftp ? "ftp" : "smtp"));
		}
	}
	return NULL;
}

bool starttls_port_is_tls(unsigned port)
{
	static const unsigned ports[] = {443, 465, 636, 853, 990, 993, 995, 5223, 8443};
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (ports[i] == port) {
			return true;
		}
	}
	return false;
}

// The dialogue.

static const struct step *present(const struct starttls *s)
{
	return &s->protocol->steps[s->step];
}

static void begin_step(struct starttls *s, const char *name)
{
	const struct step *step = present(s);
	const char *mark = step->send && !step->send_len ? strchr(step->send, '%') : NULL;
	s->in.len = 0;
	s->out.len = 0;
	if (!step->send) {
		s->state = STARTTLS_READS;
		return;
	}
	s->state = STARTTLS_SENDS;
	if (mark) {
		buffer_put(&s->out, bytes_of(step->send, (size_t)(mark - step->send)));
		buffer_put_text(&s->out, name);
		buffer_put_text(&s->out, mark + 1);
	} else {
		size_t len = step->send_len ? step->send_len : strlen(step->send);
		buffer_put(&s->out, bytes_of(step->send, len));
	}
}

bool starttls_init(struct starttls *s, const struct starttls_protocol *protocol,
	const char *name, unsigned port, struct err *err)
{
	const struct starttls_protocol *there = starttls_at_port(port);
	bool is_same = there && strcmp(there->name, protocol->name) == 0;
	*s = (struct starttls){.protocol = is_same ? there : protocol};
	buffer_init(&s->in, STARTTLS_MAX_ANSWER);
	buffer_init(&s->out, STARTTLS_MAX_ANSWER);
	begin_step(s, name);
	return !s->out.failed || err_no_memory(err);
}

void starttls_clear(struct starttls *s)
{
	buffer_clear(&s->in);
	buffer_clear(&s->out);
}

struct bytes starttls_send(struct starttls *s)
{
	s->state = STARTTLS_READS;
	return buffer_bytes(&s->out);
}

const char *starttls_awaits(const struct starttls *s)
{
	return present(s)->what;
}

static void add_said(struct bytes said, struct err *err, const char *before)
{
	enum { SHOWN = 100 };
	struct buffer safe;
	buffer_init(&safe, 4 * SHOWN);
	text_put_escaped(&safe, bytes_of(said.data, said.len < SHOWN ? said.len : SHOWN));
	if (safe.len > 0 && !safe.failed) {
		err_add(err, "%s%.*s", before, (int)safe.len, (const char *)safe.data);
	}
	buffer_clear(&safe);
}

// Adds the last line that the server sent, for it says most often why; of a stream of XMPP what
// is behind its head.
static void add_words(const struct starttls *s, struct err *err, const char *before)
{
	struct bytes said = text_trim(buffer_bytes(&s->in));
	size_t first = said.len;
	while (first > 0 && said.data[first - 1] != '\n') {
		first--;
	}
	if (said.len == 0) {
		return;
	}
	said = bytes_of(said.data + first, said.len - first);
	first = bytes_find(said, 0, BYTES_LITERAL("<stream:error"));
	first = first < said.len ? first
				 : bytes_find(said, 0, BYTES_LITERAL("<stream:features"));
	first = first < said.len ? first : 0;
	add_said(bytes_of(said.data + first, said.len - first), err, before);
}

// RFC 4511 4.1.9: ": resultCode 52, TLS is down", of an answer that was read as REFUSED.
static void add_ldap_words(const struct starttls *s, struct err *err)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader r =
		reader_init(buffer_bytes(&s->in), CODE_STARTTLS_FAILED, &ignored);
	(void)reader_u8(&r, "tag");
	(void)read_ber_len(&r);
	(void)reader_take(&r, 4, "messageID, and protocolOp's tag");
	(void)read_ber_len(&r);
	(void)reader_take(&r, 2, "resultCode");
	err_add(err, ": resultCode %u", reader_u8(&r, "resultCode"));
	(void)reader_u8(&r, "matchedDN");
	(void)reader_take(&r, read_ber_len(&r), "matchedDN");
	(void)reader_u8(&r, "diagnosticMessage");
	add_said(reader_take(&r, read_ber_len(&r), "diagnosticMessage"), err, ", ");
}

#define SERVER_SAYS "; the server says: "

static enum starttls_state fail(struct starttls *s, struct err *err, const char *why)
{
	err_set(err, CODE_STARTTLS_FAILED, ERR_NO_OFFSET, "%s: %s%s", s->protocol->name,
		present(s)->what, why);
	add_words(s, err, SERVER_SAYS);
	s->state = STARTTLS_FAILED;
	return s->state;
}

static enum starttls_state not_offered(struct starttls *s, struct err *err)
{
	err_set(err, CODE_STARTTLS_FAILED, ERR_NO_OFFSET,
		"%s: the server does not offer STARTTLS: switch TLS on in it",
		s->protocol->name);
	add_words(s, err, SERVER_SAYS);
	s->state = STARTTLS_FAILED;
	return s->state;
}

// At the last step, which asks for TLS; before it what is refused is not that.
static enum starttls_state refused(struct starttls *s, struct err *err)
{
	if (s->step + 1 < s->protocol->num_steps) {
		return fail(s, err, " was expected");
	}
	err_set(err, CODE_STARTTLS_FAILED, ERR_NO_OFFSET, "%s: the server refuses %s",
		s->protocol->name, s->protocol->command);
	if (present(s)->read == read_ldap) { // whose answer is no text
		add_ldap_words(s, err);
	} else {
		add_words(s, err, ": ");
	}
	err_add(err, "; its own log says why");
	s->state = STARTTLS_FAILED;
	return s->state;
}

bool starttls_sees_tls(const struct starttls *s)
{
	struct bytes in = buffer_bytes(&s->in);
	bool is_record = in.len > 1 && (in.data[0] == 0x15 || in.data[0] == 0x16) &&
		in.data[1] == 0x03;
	return s->step == 0 && (in.len == 0 || is_record);
}

void starttls_cut(const struct starttls *s, struct err *err)
{
	err_set(err, CODE_STARTTLS_FAILED, ERR_NO_OFFSET,
		"%s: the server closed the connection before %s", s->protocol->name,
		present(s)->what);
	add_words(s, err, SERVER_SAYS);
}

enum starttls_state starttls_take(struct starttls *s, struct bytes in, struct err *err)
{
	size_t used = 0;
	bool too_long = in.len > STARTTLS_MAX_ANSWER - s->in.len;
	buffer_put(&s->in, too_long ? BYTES_NONE : in);
	if (s->in.failed) {
		err_no_memory(err);
		s->state = STARTTLS_FAILED;
		return s->state;
	}
	if (too_long) {
		return fail(s, err, " is longer than 32 KB");
	}
	switch (present(s)->read(present(s), buffer_bytes(&s->in), &used)) {
	case MORE:
		return s->state;
	case BAD:
		return fail(s, err, " was expected");
	case REFUSED:
		return refused(s, err);
	case NOT_OFFERED:
		return not_offered(s, err);
	case GOOD:
		break;
	}
	// What comes before TLS and is taken as if it came within would be another's to say
	// (CVE-2011-0411 and its like).
	if (s->step + 1 == s->protocol->num_steps) {
		s->state = STARTTLS_DONE;
		return used == s->in.len
			? s->state
			: fail(s, err, " is followed by more, before TLS begins");
	}
	s->step++;
	begin_step(s, "");
	if (s->out.failed) {
		err_no_memory(err);
		s->state = STARTTLS_FAILED;
	}
	return s->state;
}
