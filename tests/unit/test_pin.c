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
	{"base64 that begins like another form",
		"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"178 178 ", ""},
	{"base64 that begins like a binary property list",
		"bplist00AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "110 ", ""},
	{"base64 with a word of source in it",
		"TSKPublicKeyHashesERERERERERERERERERERERERE=", "77 ", ""},
	{"empty", "", NULL, "empty"},
	{"blank", " \n\t", NULL, "empty"},
	{"comments alone", "# nothing\n", NULL, "no pin in it"},
	{"a short one", "AAAA", NULL, "wrong length"},
	{"a long one", ZEROS "AAAA", NULL, "decodes"},
	{"33 bytes", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL,
		"wrong length"},
	{"31 bytes", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", NULL,
		"wrong length"},
	{"63 hex digits",
		"111111111111111111111111111111111111111111111111111111111111111", NULL,
		"hex digits"},
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
	{"rubbish", "hello", NULL, "\"hello\": "},
	{"which line", ZEROS "\n\nhello\n", NULL, "line 3: \"hello\""},
	{"nothing behind it", "sha256//", NULL, "empty"},
	{"an empty one", "sha256//;sha256//" ZEROS, NULL, "empty"},
	{"XML without pins", "<plist><dict></dict></plist>", NULL, "no pin in it"},
	{"XML that is cut", "<plist><dict", NULL, "ends within a tag"},
	{"a comment that is cut", "<!-- <plist>", NULL, "ends within a tag"},
	{"Android's SHA-1", ANDROID("\"SHA-1\"", SHA1_BASE64), NULL, "SHA-256"},
	{"Android without a digest", "<pin>" ZEROS "</pin>", NULL, "SHA-256"},
	{"rubbish in XML", PLIST_IOS("hello"), NULL, "line 3: \"hello\""},
	{"nothing in XML", PLIST_IOS(""), NULL, "empty"},
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

void test_pin(void)
{
	test_cases();
	test_room();
}
