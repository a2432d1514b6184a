// SPDX-License-Identifier: Apache-2.0
#include "x509/pin.h"

#include "tests/unit/test.h"

void test_pin(void);

// 32 bytes of 0x00, 0x11 and 0xfb.
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ELEVENS "ERERERERERERERERERERERERERERERERERERERERERE="
#define HEX_ELEVENS "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA1_HEX "1111111111111111111111111111111111111111"
#define SHA1_BASE64 "ERERERERERERERERERERERERERE="

#define PLIST_IOS(pin)                                                                  \
	"<key>NSPinnedDomains</key><dict><key>a.example</key><dict>"                    \
	"<key>NSPinnedCAIdentities</key>\n<array><dict><key>SPKI-SHA256-BASE64</key>\n" \
	"<string>" pin "</string></dict></array></dict></dict>"
#define PLIST_TRUSTKIT(a, b)                                                                    \
	"<?xml version=\"1.0\"?><!-- a <comment> --><plist><dict><key>TSKPublicKeyHashes</key>" \
	"<array><string>" a "</string>\n<string> " b                                            \
	" </string></array><key>TSKReportUris"                                                  \
	"</key><array><string>https://a.example/</string></array></dict></plist>"
#define ANDROID(digest, pin)                                                                 \
	"<?xml version=\"1.0\"?>\n<network-security-config><domain-config><domain>a.example" \
	"</domain><pin-set expiration=\"2027-01-01\"><pin digest=" digest ">" pin            \
	"</pin></pin-set></domain-config></network-security-config>"
#define SOURCE(a, b)                                                                             \
	"kTSKPinnedDomains: [\"a.example\": [ // one\nkTSKPublicKeyHashes : @[ // \"no\"\n@\"" a \
	"\", @\"" b "\" ], kTSKReportUris: @[@\"https://a.example\"]]]"

// Pins are written by their first byte: 0, 17.
static const struct {
	const char *what, *text;
	const char *want; // NULL: it is refused
	const char *why; // a part of the message
} cases[] = {
	{"base64", ZEROS, "0 ", ""},
	{"without padding", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "0 ", ""},
	{"hex", HEX_ELEVENS, "17 ", ""},
	{"curl", "sha256//" ELEVENS, "17 ", ""},
	{"several of curl", "sha256//" ELEVENS ";sha256//" ZEROS, "17 0 ", ""},
	{"OkHttp", "sha256/" ELEVENS, "17 ", ""},
	{"quoted", "\"sha256/" ELEVENS "\"", "17 ", ""},
	{"RFC 7469", "pin-sha256=\"" ELEVENS "\"; pin-sha256=\"" ZEROS "\"", "17 0 ", ""},
	{"twice is once", ZEROS "\n" ZEROS "\n", "0 ", ""},
	{"two forms of one", ELEVENS "\n" HEX_ELEVENS, "17 ", ""},
	{"comments",
		"\xef\xbb\xbf# of the leaf\r\n" ZEROS " # old\r\n\r\n#" ELEVENS
		"\n" HEX_ELEVENS,
		"0 17 ", ""},
	{"iOS", PLIST_IOS(ELEVENS), "17 ", ""},
	{"TrustKit's property list", PLIST_TRUSTKIT(ELEVENS, ZEROS), "17 0 ", ""},
	{"Android", ANDROID("\"SHA-256\"", ELEVENS), "17 ", ""},
	{"Android, other quotes", ANDROID("'SHA-256'", "\n" ZEROS "\n"), "0 ", ""},
	{"a pin alone", "<pin digest = \"SHA-256\" >" ZEROS "</pin>", "0 ", ""},
	{"TrustKit in source", SOURCE(ELEVENS, ZEROS), "17 0 ", ""},
	{"TrustKit in source, brackets within",
		"kTSKPublicKeyHashes: [(\"" ELEVENS "\"), \"" ZEROS "\"]", "17 0 ", ""},
	{"TrustKit in source, a quote that ends with its line",
		"// \n let q = \"\n kTSKPublicKeyHashes: [\"" ELEVENS "\"]", "17 ", ""},
	{"TrustKit in source, an escaped quote",
		"let q = \"\\\"\"; kTSKPublicKeyHashes: [\"" ELEVENS "\"]", "17 ", ""},
	{"TrustKit in source, a word among the hashes",
		"kTSKPublicKeyHashes: [spare, kTSKPublicKeyHashes, \"" ELEVENS "\"]",
		"17 ", ""},
	{"TrustKit in source, an end too much",
		"} kTSKPublicKeyHashes: [\"" ELEVENS "\"]", "17 ", ""},
	{"base64 that begins like another form",
		"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"178 178 ", ""},
	{"commas, and a comment at once", ZEROS "," ELEVENS "#old", "0 17 ", ""},
	{"... without its end", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "178 ",
		""},
	{"base64 that begins like a binary property list",
		"bplist00AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "110 ", ""},
	{"base64 with a word of source in it",
		"TSKPublicKeyHashesERERERERERERERERERERERERE=", "77 ", ""},
	{"empty", "", NULL, "empty"},
	{"blank", " \n\t", NULL, "empty"},
	{"comments alone", "# nothing\n", NULL, "no pin in it"},
	{"a short one", "AAAA", NULL, "wrong length"},
	{"a long one", ZEROS "AAAA", NULL, "decodes"},
	{"30 bytes, as long as SHA-1 in hex", "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ",
		NULL, "wrong length"},
	{"33 bytes", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL,
		"wrong length"},
	{"31 bytes", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", NULL,
		"wrong length"},
	{"63 hex digits",
		"111111111111111111111111111111111111111111111111111111111111111", NULL,
		"wrong number of hex digits"},
	{"bits that are left over", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=", NULL,
		"decodes"},
	{"another alphabet", "AAAAAAAAAAAAAAAAAAAAAA!AAAAAAAAAAAAAAAAAAAA=", NULL,
		"neither hex nor base64"},
	{"two alphabets", "-+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL,
		"decodes"},
	{"SHA-1 in hex", SHA1_HEX, NULL, "SHA-1"},
	{"SHA-1 in base64", SHA1_BASE64, NULL, "SHA-1"},
	{"SHA-1 of curl", "sha1//" SHA1_BASE64, NULL, "SHA-1"},
	{"SHA-1 of RFC 7469", "pin-sha1=" SHA1_BASE64, NULL, "SHA-1"},
	{"a fingerprint", "11:22:33", NULL, "fingerprint"},
	{"a quote alone", "\"", NULL, "neither"},
	{"rubbish", "hello", NULL, "\"hello\": "},
	{"which line", ZEROS "\n\nhello\n", NULL, "line 3: \"hello\""},
	{"nothing behind it", "sha256//", NULL, "empty"},
	{"an empty one", "sha256//;sha256//" ZEROS, NULL, "empty"},
	{"TrustKit, a dictionary for an array",
		"<key>TSKPublicKeyHashes</key><dict><key>a</key><string>" ZEROS
		"</string></dict>",
		NULL, "no pin in it"},
	{"XML without pins", "<plist><dict></dict></plist>", NULL, "no pin in it"},
	{"XML that is cut", "<plist><dict", NULL, "ends within a tag"},
	{"an element that is not closed",
		"<pin-set><pin digest=\"SHA-256\">" ZEROS "</pin>", NULL,
		"\"pin-set\": an element without an end"},
	{"another element's end", "<a>\n<pin digest=\"SHA-256\">" ZEROS "</pin></b></a>",
		NULL, "line 2: \"b\": another element is open"},
	{"an end too much", "<pin digest=\"SHA-256\">" ZEROS "</pin></a>", NULL,
		"never began"},
	{"an attribute that ends like it",
		"<pin x-digest=\"SHA-1\" digest=\"SHA-256\">" ZEROS "</pin>", "0 ", ""},
	{"an attribute without quotes", "<pin digest=xSHA-256x>" ZEROS "</pin>", NULL,
		"SHA-256"},
	{"a quoted >", "<a b='>'/><pin c=\"'>\" digest=\"SHA-256\">" ZEROS "</pin>", "0 ",
		""},
	{"an expiration that is none",
		"<pin-set expiration=\"soon\"><pin digest=\"SHA-256\">" ZEROS
		"</pin></pin-set>",
		NULL, "\"soon\": no day"},
	{"an expiration with a time",
		"<pin-set expiration=\"2027-01-01T00:00:00Z\"><pin digest=\"SHA-256\">" ZEROS
		"</pin></pin-set>",
		NULL, "no day"},
	{"TrustKit's expiration, a text with a time",
		"<dict><key>TSKExpirationDate</key><string>2027-01-01T00:00:00Z</string></dict>",
		NULL, "no day"},
	{"TrustKit's expiration, a date",
		"<dict><key>TSKExpirationDate</key><date>2027-01-01T00:00:00Z</date>"
		"<key>TSKPublicKeyHashes</key><array><string>" ZEROS
		"</string></array></dict>",
		"0 ", ""},
	{"a domain that is none",
		"<domain-config><domain>*.a.example</domain><pin-set><pin "
		"digest=\"SHA-256\">" ZEROS "</pin></pin-set></domain-config>",
		NULL, "\"*.a.example\": no domain"},
	{"a domain that is none, and has no pins",
		"<domain-config><domain>@a</domain></domain-config><pin digest=\"SHA-256\">" ZEROS
		"</pin>",
		"0 ", ""},
	{"colon", "sha256:" ELEVENS, "17 ", ""},
	{"our text",
		"leaf: CN=x\n  hex  1\n\n" PIN_TEXT_HEADING "\nsha256//" ELEVENS
		";sha256//" ZEROS "\n\niOS\n<key>TSKPublicKeyHashes</key>\n",
		"17 0 ", ""},
	{"our text that is cut", PIN_TEXT_HEADING "\n", NULL, "no pin in it"},
	{"our JSON",
		"{\"schema\":\"ctpolicy.pins.v1\",\"certificates\":[{\"place\":\"leaf\","
		"\"subject\":\"}]\\\"\",\"key\":{\"place\":\"other\",\"spki_sha256\":\"" ZEROS
		"\"},\"spki_sha256\":\"" HEX_ELEVENS
		"\"},{\"place\":\"other\",\"spki_sha256\":\"" ZEROS "\"}]}",
		"17 ", ""},
	{"other JSON", "{\"spki_sha256\":\"" HEX_ELEVENS "\"}", NULL, "not what"},
	{"our JSON, arrays for objects",
		"{\"schema\":\"ctpolicy.pins.v1\",\"certificates\":[[{\"spki_sha256\":1},\"" ZEROS
		"\"]]}",
		NULL, "no pin in it"},
	{"our JSON, certificates that lack a place or a pin",
		"{\"schema\":\"ctpolicy.pins.v1\",\"certificates\":[{\"place\":\"other\","
		"\"spki_sha256\":\"" ZEROS
		"\"},{\"place\":\"leaf\"},{\"place\":\"other\"},"
		"{\"spki_sha256\":\"" HEX_ELEVENS "\"}]}",
		"17 ", ""},
	{"JSON with our schema further in",
		"{\"a\":{\"schema\":\"ctpolicy.pins.v1\"},\"certificates\":[{\"spki_sha256\":\"" ZEROS
		"\"}]}",
		NULL, "not what"},
	{"our JSON, as deep as may be",
		"{\"schema\":\"ctpolicy.pins.v1\",\"x\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]],"
		"\"spares\":[{\"spki_sha256\":\"" ZEROS "\"}]}",
		"0 ", ""},
	{"our JSON, too deep",
		"{\"schema\":\"ctpolicy.pins.v1\",\"x\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}",
		NULL, "too deeply"},
	{"JSON that is cut", "{\"schema\":\"ctpolicy.pins.v1\",\"certificates\":[", NULL,
		"not closed"},
	{"JSON, a string that is cut", "{\"schema", NULL, "not closed"},
	{"JSON with more behind it", "{\"schema\":\"ctpolicy.pins.v1\"}}", NULL,
		"behind its end"},
	{"a comment that is cut", "<!-- <plist>", NULL, "ends within a tag"},
	{"Android's SHA-1", ANDROID("\"SHA-1\"", SHA1_BASE64), NULL, "SHA-256"},
	{"Android without a digest", "<pin>" ZEROS "</pin>", NULL, "SHA-256"},
	{"rubbish in XML", PLIST_IOS("hello"), NULL, "line 3: \"hello\""},
	{"nothing in XML", PLIST_IOS(""), NULL, "empty"},
	{"UTF-16", "\xff\xfe<\x01", NULL, "UTF-16 text; save it"},
	{"UTF-16 of the other order", "\xfe\xff\x01<", NULL, "UTF-16 text; save it"},
	{"a binary property list", "bplist00\xd1\x01", NULL, "plutil"},
	{"source without an array", "kTSKPublicKeyHashes", NULL, "no array"},
	{"source that is cut", "kTSKPublicKeyHashes: [\"" ZEROS "\"", NULL, "not closed"},
	{"a string that is cut", "kTSKPublicKeyHashes: [\"AAAA", NULL, "not closed"},
	{"an escape", "\033[31m", NULL, "neither"},
};

static void put_set(const struct pin_set *set, char *out, size_t room)
{
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < set->num && len < room; i++) {
		len += (size_t)snprintf(out + len, room - len, "%u ", set->pins[i][0]);
	}
}

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pin_set set = {.num = 0};
		struct err err;
		char got[256];
		err_clear(&err);
		bool read = pin_set_read(bytes_of_text(cases[i].text), &set, &err);
		put_set(&set, got, sizeof(got));
		CHECK_INT(read, cases[i].want != NULL, "%s: %s", cases[i].what, err.text);
		CHECK_CODE(&err, cases[i].want ? CODE_NONE : CODE_BAD_PIN, "%s",
			cases[i].what);
		CHECK_TEXT(got, cases[i].want ? cases[i].want : "", "%s", cases[i].what);
		CHECK(strstr(err.text, cases[i].why) != NULL, "%s: \"%s\" is not in: %s",
			cases[i].what, cases[i].why, err.text);
	}
}

// What pins belong to: each group as "name<+ ANY|LEAF|CA @expiration", with the first bytes.
static const struct {
	const char *what, *text, *want;
} groups[] = {
	{"bare", ZEROS " " ELEVENS, "any 0 17; "},
	{"curl", "sha256//" ZEROS ";sha256//" ELEVENS "\n", "leaf 0 17; "},
	{"curl, quoted, and a comment", "'sha256//" ZEROS "' # the old one", "leaf 0; "},
	{"curl's form and another", "sha256//" ZEROS "\n" ELEVENS, "any 0 17; "},
	{"our text",
		PIN_TEXT_HEADING "\n" ZEROS " " ELEVENS "\n\n" PIN_CURL_HEADING
				 "\nsha256//" ZEROS "\n",
		"any 0 17; "},
	{"our text, as it was",
		PIN_CURL_HEADING "\nsha256//" ZEROS ";sha256//" ELEVENS "\n",
		"any 0 17; "},
	{"iOS, both arrays",
		"<key>NSPinnedDomains</key><dict><key>a.example</key><dict>"
		"<key>NSPinnedLeafIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>"
		"<string>" ZEROS
		"</string></dict></array><key>NSIncludesSubdomains</key><true/>"
		"<key>NSPinnedCAIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>"
		"<string>" ELEVENS
		"</string></dict></array></dict><key>b.example</key><dict>"
		"<key>NSPinnedCAIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>"
		"<string>" ZEROS "</string></dict></array></dict></dict>",
		"a.example(1) leaf 0 ca 17; b.example ca 0; "},
	{"iOS, an array alone",
		"<key>NSPinnedLeafIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>"
		"<string>" ZEROS "</string></dict></array>",
		"leaf 0; "},
	{"TrustKit",
		"<dict><key>TSKConfiguration</key><dict><key>TSKPinnedDomains</key><dict>"
		"<key>a.example</key><dict><key>TSKExpirationDate</key>"
		"<string>2027-01-01</string><key>TSKIncludeSubdomains</key><true/>"
		"<key>TSKPublicKeyHashes</key><array><string>" ZEROS
		"</string><string>" ELEVENS
		"</string></array></dict><key>c.a.example</key><dict>"
		"<key>TSKExcludeSubdomainFromParentPolicy</key><true/></dict></dict></dict>"
		"</dict>",
		"a.example(2) any 0 17 @1798761600000; c.a.example; "},
	{"property lists without a domain",
		"<key>kTSKPinnedDomains</key><dict><key>TSKPublicKeyHashes</key><array>"
		"<string>" ZEROS "</string></array></dict>"
		"<key>TSKConfiguration</key><dict><key>TSKPublicKeyHashes</key><array>"
		"<string>" ELEVENS "</string></array></dict>"
		"<key>NSAppTransportSecurity</key><dict><key>NSPinnedLeafIdentities</key><array>"
		"<dict><key>SPKI-SHA256-BASE64</key><string>" ZEROS
		"</string></dict></array></dict>",
		"any 0; any 17; leaf 0; "},
	{"Android, nested, and one that is set free",
		"<domain-config><domain includeSubdomains=\"true\">a.example</domain>"
		"<domain-config><domain>c.a.example</domain></domain-config>"
		"<pin-set expiration='2027-01-01'><pin digest='SHA-256'>" ZEROS
		"</pin></pin-set><domain>b.example</domain></domain-config>"
		"<domain-config><domain>d.example</domain></domain-config>",
		"a.example(2) c.a.example b.example any 0 @1798761600000; ; d.example; "},
	{"Android, nested, with its own",
		"<domain-config><domain>a.example</domain><domain-config>"
		"<domain>c.a.example</domain><pin-set><pin digest='SHA-256'>" ELEVENS
		"</pin></pin-set></domain-config><pin-set><pin digest='SHA-256'>" ZEROS
		"</pin></pin-set></domain-config>",
		"a.example any 0; c.a.example any 17; "},
	{"Android, a domain of no configuration",
		"<domain>a.example</domain><pin digest='SHA-256'>" ZEROS "</pin>",
		"any 0; "},
	{"Swift",
		"let c = [kTSKSwizzleNetworkDelegates: false, kTSKPinnedDomains: [\"a.example\": "
		"[ /* \" */ kTSKExpirationDate: \"2027-01-01\", kTSKPublicKeyHashes: [\"" ZEROS
		"\"], kTSKIncludeSubdomains: true], \"b.example\": [kTSKIncludeSubdomains: false, "
		"kTSKPublicKeyHashes: [\"" ELEVENS "\"]]]]",
		"a.example(2) any 0 @1798761600000; b.example any 17; "},
	{"Objective-C",
		"@{ kTSKPinnedDomains : @{ @\"a.example\" : @{ kTSKPublicKeyHashes : @[ @\"" ZEROS
		"\" ], kTSKIncludeSubdomains : @YES } } };",
		"a.example(2) any 0; "},
	{"source, under a text that is no name",
		"[\"pins of it\": [kTSKPublicKeyHashes: [\"" ZEROS "\"]]]", "any 0; "},
	{"source, an expiration by a word",
		"[\"a.example\": [kTSKExpirationDate: day, kTSKPublicKeyHashes: [\"" ZEROS
		"\"]]]",
		"a.example any 0; "},
	{"source, under a word", "c: [kTSKPublicKeyHashes: [\"" ZEROS "\"]]", "any 0; "},
	{"source without a domain", "c[kTSKPublicKeyHashes] = @[@\"" ZEROS "\"]",
		"any 0; "},
};

static void put_groups(const struct pin_set *set, struct buffer *out)
{
	static const char *const roles[] = {"any", "leaf", "ca"};
	for (size_t g = 0; g < set->num_groups; g++) {
		const char *space = "";
		for (size_t i = 0; i < set->num_domains; i++) {
			const struct pin_domain *domain = &set->domains[i];
			if (domain->group == g) {
				buffer_printf(out, "%s%.*s", space, (int)domain->name.len,
					(const char *)domain->name.data);
				if (domain->below) {
					buffer_printf(out, "(%d)", (int)domain->below);
				}
				space = " ";
			}
		}
		for (size_t role = 0; role < NUM_PIN_ROLES; role++) {
			uint64_t pins = set->groups[g].pins[role];
			buffer_printf(
				out, "%s%s", pins ? space : "", pins ? roles[role] : "");
			for (size_t i = 0; i < set->num; i++) {
				if (pins >> i & 1) {
					buffer_printf(out, " %u", set->pins[i][0]);
				}
			}
			space = pins ? " " : space;
		}
		if (set->groups[g].expires) {
			buffer_printf(
				out, " @%lld", (long long)set->groups[g].expires_ms);
		}
		buffer_put_text(out, "; ");
	}
	buffer_put_char(out, '\0');
}

static void test_groups(void)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct pin_set set = {.num = 0};
		struct buffer got;
		struct err err;
		err_clear(&err);
		buffer_init(&got, 4096);
		CHECK(pin_set_read(bytes_of_text(groups[i].text), &set, &err), "%s: %s",
			groups[i].what, err.text);
		put_groups(&set, &got);
		CHECK_TEXT((const char *)got.data, groups[i].want, "%s", groups[i].what);
		buffer_clear(&got);
	}
}

// What was typed is bare, in curl's form too.
static void test_typed(void)
{
	struct pin_set set = {.num = 0};
	struct err err;
	err_clear(&err);
	CHECK(pin_set_read_typed(BYTES_LITERAL("sha256//" ZEROS), &set, &err), "%s",
		err.text);
	CHECK_INT(set.groups[0].bare, true, "bare");
	CHECK_INT(set.groups[0].pins[PIN_ANY], 1, "of any key");
}

static void test_covers(void)
{
	static const struct {
		const char *domain;
		enum pin_below below;
		const char *name;
		bool want;
	} rows[] = {
		{"a.example", PIN_DOMAIN_ALONE, "a.example", true},
		{"A.Example.", PIN_DOMAIN_ALONE, "a.example", true},
		{"a.example", PIN_DOMAIN_ALONE, "A.example.", true},
		{"a.example", PIN_DOMAIN_ALONE, "b.a.example", false},
		{"a.example", PIN_ONE_LABEL, "b.a.example", true},
		{"a.example", PIN_ONE_LABEL, "c.b.a.example", false},
		{"a.example", PIN_ALL_BELOW, "c.b.a.example", true},
		{"a.example", PIN_ALL_BELOW, "ba.example", false},
		{"a.example", PIN_ALL_BELOW, "example", false},
		{"a.example", PIN_ALL_BELOW, ".a.example", false},
		{"", PIN_ALL_BELOW, "a.example", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pin_domain domain = {
			bytes_of_text(rows[i].domain), rows[i].below, 0};
		CHECK_INT(pin_domain_covers(&domain, bytes_of_text(rows[i].name)),
			rows[i].want, "%s (%d): %s", rows[i].domain, (int)rows[i].below,
			rows[i].name);
	}
}

// More pins than there is room for, and what a failure leaves of the set.
static void test_room(void)
{
	struct pin_set set = {.num = 0};
	struct err err;
	char text[3 * PIN_LEN];
	err_clear(&err);
	for (unsigned i = 0; i < PIN_SET_MAX; i++) {
		(void)snprintf(text, sizeof(text), "%064x", i);
		CHECK(pin_set_read(bytes_of_text(text), &set, &err), "%u: %s", i,
			err.text);
	}
	CHECK_INT(set.num, PIN_SET_MAX, "all of them");
	CHECK(pin_set_read(bytes_of_text(text), &set, &err), "one that is there already");
	CHECK(!pin_set_read(BYTES_LITERAL(ELEVENS), &set, &err), "one more");
	CHECK_CODE(&err, CODE_BAD_PIN, "one more");
	set.num = 1;
	err_clear(&err);
	CHECK(!pin_set_read(BYTES_LITERAL(ELEVENS "\n" ELEVENS "\nx"), &set, &err),
		"rubbish");
	CHECK_INT(set.num, 1, "the set is as it was");
	CHECK_INT(pin_set_find(&set, set.pins[0]), 0, "the one that is there");
	CHECK_INT(pin_set_find(&set, set.pins[1]), 1, "one that is not");
	CHECK_INT(err.offset, 2 * strlen(ELEVENS "\n"), "where it stands");
}

// As many sets of pins and domains as there may be, and one more.
static void test_many(void)
{
	static const struct {
		const char *what, *begin, *each, *end;
		unsigned most;
	} rows[] = {
		{"sets", "", "<domain-config/>",
			"<pin digest=\"SHA-256\">" ZEROS "</pin>", PIN_DOMAINS_MAX - 1},
		{"domains", "<domain-config>", "<domain>a.example</domain>",
			"<pin digest=\"SHA-256\">" ZEROS "</pin></domain-config>",
			PIN_DOMAINS_MAX},
	};
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned more = i % 2;
		struct pin_set set = {.num = 0};
		struct buffer text;
		struct err err;
		err_clear(&err);
		buffer_init(&text, 65536);
		buffer_put_text(&text, rows[i / 2].begin);
		for (unsigned k = 0; k < rows[i / 2].most + more; k++) {
			buffer_put_text(&text, rows[i / 2].each);
		}
		buffer_put_text(&text, rows[i / 2].end);
		CHECK_INT(pin_set_read(buffer_bytes(&text), &set, &err), !more, "%s: %u",
			rows[i / 2].what, more);
		CHECK(!more || strstr(err.text, "more than 256") != NULL, "%s: %s",
			rows[i / 2].what, err.text);
		buffer_clear(&text);
	}
}

void test_pin(void)
{
	test_many();
	test_cases();
	test_groups();
	test_typed();
	test_covers();
	test_room();
}
