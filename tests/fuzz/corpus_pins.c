// SPDX-License-Identifier: Apache-2.0
// The made corpora of pins and hostname.
#include <string.h>

#include "tests/fuzz/mkcorpus.h"
#include "x509/pin.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ELEVENS "ERERERERERERERERERERERERERERERERERERERERERE="
#define HEX "1111111111111111111111111111111111111111111111111111111111111111"

static const struct {
	const char *name, *text;
} pins[] = {
	{"hex", HEX},
	{"base64", ZEROS "\n" ELEVENS "\n"},
	{"curl", "sha256//" ZEROS ";sha256//" ELEVENS},
	{"okhttp", "\"sha256/" ZEROS "\""},
	{"rfc7469", "pin-sha256=\"" ZEROS "\"; pin-sha256=\"" ELEVENS "\""},
	{"comments", "\xef\xbb\xbf# leaf\r\n" ZEROS " # old\r\n\n" HEX "\n"},
	{"ios",
		"<key>NSPinnedDomains</key><dict><key>a.example</key><dict><key>"
		"NSPinnedLeafIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>"
		"<string>" ZEROS "</string></dict></array></dict></dict>"},
	{"trustkit",
		"<!-- a --><key>TSKPublicKeyHashes</key><array><string>" ZEROS
		"</string><string> " ELEVENS " </string></array>"},
	{"android",
		"<?xml version=\"1.0\"?><pin-set expiration=\"2027-01-01\"><pin "
		"digest=\"SHA-256\">" ZEROS "</pin></pin-set>"},
	{"ios-both",
		"<dict><key>NSAppTransportSecurity</key><dict><key>NSPinnedDomains</key>"
		"<dict><key>a.example</key><dict><key>NSIncludesSubdomains</key><true/><key>"
		"NSPinnedLeafIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>"
		"<string>" ZEROS "</string></dict></array><key>NSPinnedCAIdentities</key>"
		"<array><dict><key>SPKI-SHA256-BASE64</key><string>" ELEVENS
		"</string></dict></array></dict></dict></dict></dict>"},
	{"trustkit-domain",
		"<dict><key>TSKPinnedDomains</key><dict><key>a.example</key><dict>"
		"<key>TSKExpirationDate</key><string>2027-01-01</string>"
		"<key>TSKIncludeSubdomains</key><true/><key>TSKPublicKeyHashes</key><array>"
		"<string>" ZEROS "</string></array></dict><key>b.a.example</key><dict>"
		"<key>TSKExcludeSubdomainFromParentPolicy</key><true/></dict></dict></dict>"},
	{"android-nested",
		"<network-security-config><domain-config><domain "
		"includeSubdomains='true'>a.example</domain><pin-set "
		"expiration='2027-01-01'><pin digest='SHA-256'>" ZEROS
		"</pin></pin-set><domain-config><domain>c.a.example</domain>"
		"</domain-config></domain-config><domain-config><domain>d.example</domain>"
		"<pin-set><pin digest='SHA-256'>" ELEVENS
		"</pin></pin-set></domain-config></network-security-config>"},
	{"android-open", "<pin-set><pin digest=\"SHA-256\">" ZEROS "</pin>"},
	{"swift",
		"[kTSKPinnedDomains: [\"a.example\": [kTSKExpirationDate: \"2027-01-01\", /* "
		"*/ kTSKPublicKeyHashes: [\"" ZEROS
		"\"], kTSKIncludeSubdomains: true]]]"},
	{"objective-c",
		"@{kTSKPinnedDomains:@{@\"a.example\":@{kTSKPublicKeyHashes:@[@\"" ZEROS
		"\"],kTSKIncludeSubdomains:@YES}}};"},
	{"our-text", PIN_CURL_HEADING "\nsha256//" ZEROS ";sha256//" ELEVENS "\n\niOS\n"},
	{"our-json",
		"{\"schema\":\"ctpolicy.pins.v1\",\"certificates\":[{\"place\":\"leaf\","
		"\"subject\":\"\\\"\",\"spki_sha256\":\"" HEX "\"}]}"},
	{"json-cut", "{\"schema\":\"ctpolicy.pins.v1\",\"certificates\":["},
	{"colon", "sha256:" ZEROS},
	{"android-empty",
		"<domain-config><domain/><pin-set><pin digest=\"SHA-256\">" ZEROS
		"</pin></pin-set></domain-config>"},
	{"source", "kTSKPublicKeyHashes : @[ // one\n@\"" ZEROS "\", @\"" ELEVENS "\"]"},
	{"empty", " \n"},
	{"short", "AAAA"},
	{"sha1", "sha1//ERERERERERERERERERERERERERE="},
	{"sha1-hex", "1111111111111111111111111111111111111111"},
	{"fingerprint", "11:22:33"},
	{"rubbish", ZEROS "\nhello\n"},
	{"xml-cut", "<plist><dict"},
	{"xml-none", "<plist></plist>"},
	{"android-sha1", "<pin digest=\"SHA-1\">AAAA</pin>"},
	{"source-cut", "kTSKPublicKeyHashes: [\"" ZEROS},
	{"bplist", "bplist00\xd1"},
	{"bplist-in-base64", "bplist00AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
	{"key-in-base64", "TSKPublicKeyHashesERERERERERERERERERERERERE="},
	{"prefix-in-base64", "sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
	{"control", "\033[31m\xe2\x80\xae"},
};

static void put_pins(struct corpus *c)
{
	for (size_t i = 0; i < NUM(pins); i++) {
		corpus_put_text(c, "pins", pins[i].name, pins[i].text);
	}
}

// a.example, *.b.example, 192.0.2.7 and 2001:db8::7.
static const char names[] = "\x30\x30\x82\x09"
			    "a.example\x82\x0b*.b.example\x87\x04\xc0\x00\x02\x07\x87\x10"
			    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07";

static void put_host(struct corpus *c, const char *name, const char *host)
{
	struct out file = {0};
	derw_put(&file, host, strlen(host));
	derw_put(&file, "\n", 1);
	derw_put(&file, names, sizeof(names) - 1);
	corpus_put(c, "hostname", name, &file);
	derw_clear(&file);
}

static void put_hosts(struct corpus *c)
{
	static const struct {
		const char *name, *host;
	} rows[] = {
		{"exact", "A.example."},
		{"wildcard", "x.b.example"},
		{"two-labels", "x.y.b.example"},
		{"other", "b.example"},
		{"ipv4", "192.0.2.7"},
		{"ipv6", "2001:DB8::7"},
		{"ipv6-mapped", "::ffff:192.0.2.7"},
		{"ipv6-odd", "1::2::3"},
		{"a-label", "xn--bcher-kva.example"},
		{"u-label",
			"b\xc3\xbc"
			"cher.example"},
		{"star", "*.b.example"},
		{"port", "a.example:443"},
		{"brackets", "[::1]:443"},
		{"url", "https://a.example/"},
		{"space", "a b"},
		{"empty", ""},
		{"empty-label", "a..b"},
		{"number", "192.0.2"},
		{"control", "a\033[31m"},
		{"long",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
			"example"},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		put_host(c, rows[i].name, rows[i].host);
	}
	corpus_put_text(c, "hostname", "alone", "a.example");
}

void corpus_pins(struct corpus *c)
{
	put_pins(c);
	put_hosts(c);
}
