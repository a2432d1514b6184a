// SPDX-License-Identifier: Apache-2.0
#include "report/report_pin_forms.h"

#include "base/datetime.h"
#include "base/text.h"
#include "report/html_write.h"
#include "report/report_pins.h"
#include "report/report_text.h"
#include "x509/name.h"

// Names of one certificate that get a configuration; more are none for an app.
#define MAX_DOMAINS 100
#define BASE64_ROOM TEXT_BASE64_ROOM(PIN_LEN)

// A name, whether the certificate is for it, and whether a wildcard stands for those below it.
struct domain {
	struct wanted_host host;
	bool itself;
	bool below;
};

struct form_writer {
	const struct pin_report *report;
	struct buffer *out;
	struct domain *domains;
	size_t num_domains;
};

static void spare_text(const struct pin_spare *one, char out[BASE64_ROOM])
{
	text_base64(bytes_of(one->spki_sha256, PIN_LEN), out);
}

// Of what a spare key was read.
static const char *spare_kind(const struct pin_spare *one)
{
	return one->from.is_request ? "certificate request" : "public key";
}

static void pin_text(const struct chain_cert *one, char out[BASE64_ROOM])
{
	text_base64(bytes_of(one->spki_sha256, PIN_LEN), out);
}

// Domains.

static void add_domain(struct form_writer *w, const struct wanted_host *host, bool below)
{
	size_t i = 0;
	while (i < w->num_domains && strcmp(w->domains[i].host.name, host->name) != 0) {
		i++;
	}
	if (i == w->num_domains) {
		w->domains[w->num_domains++] = (struct domain){.host = *host};
	}
	w->domains[i].itself = w->domains[i].itself || !below;
	w->domains[i].below = w->domains[i].below || below;
}

static bool need_one(const struct form_writer *w, struct err *err)
{
	if (w->num_domains > 0) {
		return true;
	}
	return err_set(err, CODE_BAD_HOSTNAME, ERR_NO_OFFSET,
		w->report->pins->chain.num
			? "the first certificate has no DNS name to pin keys for; name "
			  "one: --hostname NAME"
			: "a spare key is for no name by itself; name one: --hostname "
			  "NAME");
}

// --hostname, or what the subjectAltName of the leaf has.
static bool find_domains(struct form_writer *w, struct err *err)
{
	const struct wanted_host *asked = w->report->host;
	struct err ignored;
	struct bytes name;
	if (asked && asked->address_len) {
		return err_set(err, CODE_BAD_HOSTNAME, ERR_NO_OFFSET,
			"--hostname %s: an address; keys are pinned for names",
			asked->name);
	}
	if (asked) {
		add_domain(w, asked, false);
		return true;
	}
	err_clear(&ignored);
	if (w->report->pins->chain.num == 0) {
		return need_one(w, err);
	}
	struct reader names =
		cert_alt_names(w->report->pins->chain.certs[0].cert, &ignored);
	while (cert_next_alt_name(&names, DER_CONTEXT(2), &name)) {
		struct wanted_host host;
		struct err none;
		bool below = name.len > 2 && name.data[0] == '*' && name.data[1] == '.';
		err_clear(&none);
		if (w->num_domains == MAX_DOMAINS) {
			return err_set(err, CODE_BAD_HOSTNAME, ERR_NO_OFFSET,
				"the first certificate has more than %d names; choose "
				"one: --hostname NAME",
				MAX_DOMAINS);
		}
		name = below ? bytes_of(name.data + 2, name.len - 2) : name;
		// "*.com" is for no name (host_match.h), and would pin all of them.
		if (wanted_host_read(name, &host, &none) && !host.address_len &&
			(!below || strchr(host.name, '.'))) {
			add_domain(w, &host, below);
		}
	}
	return need_one(w, err);
}

// XML.

// Two hyphens would end the comment (XML 1.0 2.5).
static void put_comment_text(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool hyphens = text.data[i] == '-' &&
			(i + 1 == text.len || text.data[i + 1] == '-');
		buffer_put_char(out, (char)text.data[i]);
		buffer_put_text(out, hyphens ? " " : "");
	}
}

static void put_indent(struct buffer *out, size_t depth)
{
	for (size_t i = 0; i < depth; i++) {
		buffer_put_char(out, '\t');
	}
}

static void put_line(struct buffer *out, size_t depth, const char *text)
{
	put_indent(out, depth);
	buffer_put_text(out, text);
	buffer_put_char(out, '\n');
}

static void put_key(struct buffer *out, size_t depth, const char *key)
{
	put_indent(out, depth);
	buffer_put_text(out, "<key>");
	html_put_text(out, key);
	buffer_put_text(out, "</key>\n");
}

// "<!-- leaf: CN=www.example.org -->"
static void put_whose(struct buffer *out, size_t depth, const struct chain_cert *one)
{
	struct buffer name;
	buffer_init(&name, REPORT_PINS_MAX);
	name_put_text(&name, one->cert->subject);
	put_indent(out, depth);
	buffer_printf(out, "<!-- %s: ", chain_place_name(one->place));
	put_comment_text(out, buffer_bytes(&name));
	buffer_put_text(out, " -->\n");
	out->failed = out->failed || name.failed;
	buffer_clear(&name);
}

static void put_spare_whose(struct buffer *out, size_t depth, const struct pin_spare *one)
{
	put_indent(out, depth);
	buffer_printf(out, "<!-- spare: %s -->\n", spare_kind(one));
}

// No form can pin what is below a name and not the name.
static void put_wildcard(struct buffer *out, size_t depth, const struct domain *domain)
{
	if (domain->itself) {
		return;
	}
	put_indent(out, depth);
	buffer_put_text(out, "<!-- The certificate is for *.");
	put_comment_text(out, bytes_of_text(domain->host.name));
	buffer_put_text(out, " alone: this pins ");
	put_comment_text(out, bytes_of_text(domain->host.name));
	buffer_put_text(out, " itself too, where another one may serve. -->\n");
}

// Keys that clients see: not of what is no part of the chain, and each once.
static bool is_shown(const struct chain *chain, size_t index)
{
	const struct chain_cert *one = &chain->certs[index];
	for (size_t i = 0; i < index; i++) {
		const struct chain_cert *before = &chain->certs[i];
		if (before->place != CHAIN_OTHER &&
			chain_is_authority(before) == chain_is_authority(one) &&
			memcmp(before->spki_sha256, one->spki_sha256, PIN_LEN) == 0) {
			return false;
		}
	}
	return one->place != CHAIN_OTHER;
}

// iOS.

static void put_identity(struct buffer *out, const char *pin)
{
	put_line(out, 4, "<dict>");
	put_key(out, 5, "SPKI-SHA256-BASE64");
	put_indent(out, 5);
	buffer_printf(out, "<string>%s</string>\n", pin);
	put_line(out, 4, "</dict>");
}

// A spare takes the first certificate's place, or a leaf's where there is none.
static bool takes_spares(const struct form_writer *w, bool authorities)
{
	const struct chain *chain = &w->report->pins->chain;
	return w->report->num_spares > 0 &&
		(chain->num > 0 && chain_is_authority(&chain->certs[0])) == authorities;
}

static void put_spare_identities(struct form_writer *w)
{
	char pin[BASE64_ROOM];
	for (size_t i = 0; i < w->report->num_spares; i++) {
		spare_text(&w->report->spares[i], pin);
		put_spare_whose(w->out, 4, &w->report->spares[i]);
		put_identity(w->out, pin);
	}
}

static void put_identities(struct form_writer *w, const char *key, bool authorities)
{
	const struct chain *chain = &w->report->pins->chain;
	char pin[BASE64_ROOM];
	bool any = takes_spares(w, authorities);
	if (any) {
		put_key(w->out, 3, key);
		put_line(w->out, 3, "<array>");
		put_spare_identities(w);
	}
	for (size_t i = 0; i < chain->num; i++) {
		const struct chain_cert *one = &chain->certs[i];
		if (!is_shown(chain, i) || chain_is_authority(one) != authorities) {
			continue;
		}
		if (!any) {
			put_key(w->out, 3, key);
			put_line(w->out, 3, "<array>");
		}
		any = true;
		pin_text(one, pin);
		put_whose(w->out, 4, one);
		put_identity(w->out, pin);
	}
	if (any) {
		put_line(w->out, 3, "</array>");
	}
}

static void put_ios(struct form_writer *w)
{
	put_key(w->out, 0, "NSAppTransportSecurity");
	put_line(w->out, 0, "<dict>");
	put_key(w->out, 1, "NSPinnedDomains");
	put_line(w->out, 1, "<dict>");
	put_line(w->out, 2,
		"<!-- Of both arrays iOS asks for a match in each: with the leaf's, every new "
		"key needs a new app. -->");
	for (size_t i = 0; i < w->num_domains; i++) {
		put_wildcard(w->out, 2, &w->domains[i]);
		put_key(w->out, 2, w->domains[i].host.name);
		put_line(w->out, 2, "<dict>");
		put_key(w->out, 3, "NSIncludesSubdomains");
		put_line(w->out, 3, w->domains[i].below ? "<true/>" : "<false/>");
		put_identities(w, "NSPinnedLeafIdentities", false);
		put_identities(w, "NSPinnedCAIdentities", true);
		put_line(w->out, 2, "</dict>");
	}
	put_line(w->out, 1, "</dict>");
	put_line(w->out, 0, "</dict>");
}

// Android.

static void put_android(struct form_writer *w)
{
	const struct chain *chain = &w->report->pins->chain;
	char pin[BASE64_ROOM];
	char end[DATETIME_ROOM];
	put_line(w->out, 0, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
	put_line(w->out, 0, "<network-security-config>");
	put_line(w->out, 1, "<domain-config>");
	for (size_t i = 0; i < w->num_domains; i++) {
		put_wildcard(w->out, 2, &w->domains[i]);
		put_indent(w->out, 2);
		buffer_printf(w->out, "<domain includeSubdomains=\"%s\">",
			w->domains[i].below ? "true" : "false");
		html_put_text(w->out, w->domains[i].host.name);
		buffer_put_text(w->out, "</domain>\n");
	}
	if (chain->num > 0) {
		datetime_format_ms(chain->certs[0].cert->not_after * 1000, end);
		put_line(w->out, 2,
			"<!-- From the day of expiration on nothing is pinned: it is that of "
			"the certificate's end. -->");
		put_indent(w->out, 2);
		buffer_printf(w->out, "<pin-set expiration=\"%.10s\">\n", end);
	} else {
		put_line(w->out, 2, "<pin-set>");
	}
	for (size_t i = 0; i < chain->num; i++) {
		if (is_shown(chain, i)) {
			pin_text(&chain->certs[i], pin);
			put_whose(w->out, 3, &chain->certs[i]);
			put_indent(w->out, 3);
			buffer_printf(w->out, "<pin digest=\"SHA-256\">%s</pin>\n", pin);
		}
	}
	for (size_t i = 0; i < w->report->num_spares; i++) {
		spare_text(&w->report->spares[i], pin);
		put_spare_whose(w->out, 3, &w->report->spares[i]);
		put_indent(w->out, 3);
		buffer_printf(w->out, "<pin digest=\"SHA-256\">%s</pin>\n", pin);
	}
	put_line(w->out, 2, "</pin-set>");
	put_line(w->out, 1, "</domain-config>");
	put_line(w->out, 0, "</network-security-config>");
}

// TrustKit.

static void put_hashes(struct form_writer *w)
{
	const struct chain *chain = &w->report->pins->chain;
	char pin[BASE64_ROOM];
	put_line(w->out, 3, "<array>");
	for (size_t i = 0; i < chain->num; i++) {
		if (is_shown(chain, i)) {
			pin_text(&chain->certs[i], pin);
			put_whose(w->out, 4, &chain->certs[i]);
			put_indent(w->out, 4);
			buffer_printf(w->out, "<string>%s</string>\n", pin);
		}
	}
	for (size_t i = 0; i < w->report->num_spares; i++) {
		spare_text(&w->report->spares[i], pin);
		put_spare_whose(w->out, 4, &w->report->spares[i]);
		put_indent(w->out, 4);
		buffer_printf(w->out, "<string>%s</string>\n", pin);
	}
	put_line(w->out, 3, "</array>");
}

static void put_trustkit(struct form_writer *w)
{
	put_key(w->out, 0, "TSKConfiguration");
	put_line(w->out, 0, "<dict>");
	put_key(w->out, 1, "TSKPinnedDomains");
	put_line(w->out, 1, "<dict>");
	for (size_t i = 0; i < w->num_domains; i++) {
		put_wildcard(w->out, 2, &w->domains[i]);
		put_key(w->out, 2, w->domains[i].host.name);
		put_line(w->out, 2, "<dict>");
		put_key(w->out, 3, "TSKIncludeSubdomains");
		put_line(w->out, 3, w->domains[i].below ? "<true/>" : "<false/>");
		put_line(w->out, 3,
			"<!-- kTSKPublicKeyHashes: two at least, one of them of a spare key. "
			"-->");
		put_key(w->out, 3, "TSKPublicKeyHashes");
		put_hashes(w);
		put_line(w->out, 2, "</dict>");
	}
	put_line(w->out, 1, "</dict>");
	put_line(w->out, 0, "</dict>");
}

// curl.

// curl never looks further up than the leaf.
static void put_curl(struct form_writer *w)
{
	const struct chain *chain = &w->report->pins->chain;
	char pin[BASE64_ROOM];
	if (chain->num > 0) {
		pin_text(&chain->certs[0], pin);
		buffer_printf(w->out, "sha256//%s", pin);
	}
	for (size_t i = 0; i < w->report->num_spares; i++) {
		spare_text(&w->report->spares[i], pin);
		buffer_printf(w->out, "%ssha256//%s", chain->num + i > 0 ? ";" : "", pin);
	}
	buffer_put_char(w->out, '\n');
}

static void put_bare(struct form_writer *w)
{
	const struct chain *chain = &w->report->pins->chain;
	char pin[BASE64_ROOM];
	bool any = false;
	for (size_t i = 0; i < chain->num; i++) {
		if (is_shown(chain, i)) {
			pin_text(&chain->certs[i], pin);
			buffer_printf(w->out, "%s%s", any ? " " : "", pin);
			any = true;
		}
	}
	for (size_t i = 0; i < w->report->num_spares; i++) {
		spare_text(&w->report->spares[i], pin);
		buffer_printf(w->out, "%s%s", any || i > 0 ? " " : "", pin);
	}
	buffer_put_char(w->out, '\n');
}

static void put_json(struct form_writer *w)
{
	report_put_pin_json(w->report, w->out);
}

// Text, for people: the keys, what the pins that were given come to, and every other form.

static void put_check_text(struct form_writer *w)
{
	const struct pins_record *pins = w->report->pins;
	struct buffer text;
	buffer_init(&text, REPORT_PINS_MAX);
	buffer_put_text(&text, pins->matches ? "PASS: " : "FAIL: ");
	report_put_pins_text(&text, pins);
	buffer_put_char(&text, '.');
	report_put_wrapped(w->out, buffer_bytes(&text), 0, 2);
	for (size_t i = 0; i < pins->num_findings; i++) {
		const struct code_info *info = code_info(pins->findings[i].code);
		text.len = 0;
		buffer_printf(&text, "%s: %s [%s]", severity_name(info->severity),
			pins->findings[i].message, info->name);
		text_put_spaces(w->out, 2);
		report_put_wrapped(w->out, buffer_bytes(&text), 2, 4);
	}
	buffer_put_char(w->out, '\n');
	w->out->failed = w->out->failed || text.failed;
	buffer_clear(&text);
}

// "ECDSA P-256", "RSA 2048".
static void put_key_words(struct buffer *out, const struct cert_key *key)
{
	buffer_put_text(out, key_type_name(key->type));
	if (key->curve) {
		buffer_printf(out, " %s", key->curve);
	} else if (key->bits) {
		buffer_printf(out, " %zu", key->bits);
	}
}

static void put_certificate_text(struct buffer *out, const struct chain_cert *one)
{
	static const char *const places[] = {
		[CHAIN_LEAF] = "leaf",
		[CHAIN_INTERMEDIATE] = "intermediate",
		[CHAIN_ROOT] = "root",
		[CHAIN_OTHER] = "not of this chain",
	};
	char pin[BASE64_ROOM];
	char hex[2 * PIN_LEN + 1];
	char end[DATETIME_ROOM];
	struct buffer name;
	pin_text(one, pin);
	text_hex(bytes_of(one->spki_sha256, PIN_LEN), hex);
	datetime_format_ms(one->cert->not_after * 1000, end);
	buffer_init(&name, REPORT_PINS_MAX);
	buffer_printf(&name, "%s: ", places[one->place]);
	name_put_text(&name, one->cert->subject);
	report_put_wrapped(out, buffer_bytes(&name), 0, 2);
	out->failed = out->failed || name.failed;
	buffer_clear(&name);
	buffer_put_text(out, "  key     ");
	put_key_words(out, &one->cert->key);
	buffer_printf(out,
		"; the certificate ends %.10s\n  hex     %s\n  base64  %s\n  curl    "
		"sha256//%s\n\n",
		end, hex, pin, pin);
}

static void put_spare_text(struct buffer *out, const struct pin_spare *one)
{
	char pin[BASE64_ROOM];
	char hex[2 * PIN_LEN + 1];
	spare_text(one, pin);
	text_hex(bytes_of(one->spki_sha256, PIN_LEN), hex);
	buffer_printf(out, "spare: a %s\n  key     ", spare_kind(one));
	put_key_words(out, &one->from.key);
	buffer_printf(out, "\n  hex     %s\n  base64  %s\n  curl    sha256//%s\n\n", hex,
		pin, pin);
}

static void put_forms_text(struct form_writer *w)
{
	buffer_put_text(w->out, PIN_TEXT_HEADING "\n");
	put_bare(w);
	if (w->report->has_pins) {
		buffer_put_text(w->out,
			"\nThe forms for clients are there without --pin and --pins, or by "
			"--format.\n");
		return;
	}
	buffer_put_text(w->out, "\n" PIN_CURL_HEADING "\n");
	put_curl(w);
	if (w->num_domains == 0) {
		buffer_put_text(w->out,
			"\nFor iOS, Android and TrustKit name the domain: --hostname NAME\n");
		return;
	}
	buffer_put_text(w->out, "\niOS, in Info.plist\n");
	put_ios(w);
	buffer_put_text(w->out, "\nAndroid, res/xml/network_security_config.xml\n");
	put_android(w);
	buffer_put_text(w->out, "\nTrustKit, in Info.plist\n");
	put_trustkit(w);
}

static void put_text(struct form_writer *w)
{
	const struct chain *chain = &w->report->pins->chain;
	if (w->report->has_pins) {
		put_check_text(w);
	}
	for (size_t i = 0; i < chain->num; i++) {
		put_certificate_text(w->out, &chain->certs[i]);
	}
	for (size_t i = 0; i < w->report->num_spares; i++) {
		put_spare_text(w->out, &w->report->spares[i]);
	}
	put_forms_text(w);
}

// A row each: its name and put_NAME; does it need a domain?
#define PIN_FORMS(FORM)     \
	FORM(text, false)   \
	FORM(json, false)   \
	FORM(curl, false)   \
	FORM(ios, true)     \
	FORM(android, true) \
	FORM(trustkit, true)

const char *const report_pin_forms[] = {
#define NAME(name, needs_domain) #name,
	PIN_FORMS(NAME)
#undef NAME
		NULL};

static const struct {
	void (*put)(struct form_writer *w);
	bool needs_domain;
} forms[] = {
#define FORM(name, needs_domain) {put_##name, needs_domain},
	PIN_FORMS(FORM)
#undef FORM
};

bool report_pin_form(const char *format, const struct pin_report *report,
	struct buffer *out, struct err *err)
{
	struct form_writer w = {.report = report, .out = out};
	struct err none;
	size_t i = 0;
	err_clear(&none);
	while (strcmp(report_pin_forms[i], format) != 0) {
		i++;
	}
	w.domains = calloc(MAX_DOMAINS, sizeof(*w.domains));
	if (!w.domains) {
		return err_no_memory(err);
	}
	bool found = find_domains(&w, &none);
	if (!found) {
		w.num_domains = 0;
	}
	if (found || !forms[i].needs_domain) {
		forms[i].put(&w);
	} else {
		*err = none;
	}
	free(w.domains);
	return err->code == CODE_NONE;
}
