// SPDX-License-Identifier: Apache-2.0
// pin_set_read.
//
// Property: what is read is a set without doubles, which, written in each form of a single pin, is
// read as the same set again; read behind another set it adds to that, and where it fails that is
// as it was. An error is printable and names a place in the input.
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "x509/pin.h"

#define MAX_TEXT ((size_t)1 << 16)

static void need_set(const struct pin_set *set)
{
	fuzz_need(set->num >= 1 && set->num <= PIN_SET_MAX, "%zu pins", set->num);
	for (size_t i = 0; i < set->num; i++) {
		fuzz_need(pin_set_find(set, set->pins[i]) == i, "pin %zu twice", i);
	}
}

// Each pin belongs to a group, and to no pin that is not there; domains lie in the text.
static void need_groups(const struct pin_set *set, struct bytes in)
{
	uint64_t all = 0;
	uint64_t known = set->num == 64 ? UINT64_MAX : ((uint64_t)1 << set->num) - 1;
	fuzz_need(
		set->num_groups <= PIN_DOMAINS_MAX && set->num_domains <= PIN_DOMAINS_MAX,
		"too many groups");
	for (size_t i = 0; i < set->num_groups; i++) {
		all |= pin_group_all(&set->groups[i]);
	}
	fuzz_need(all == known, "pins of no group");
	for (size_t i = 0; i < set->num_domains; i++) {
		struct bytes name = set->domains[i].name;
		fuzz_need(
			set->domains[i].group < set->num_groups, "a domain of no group");
		fuzz_need(name.len == 0 ||
				(name.data >= in.data &&
					name.data + name.len <= in.data + in.len),
			"a domain beside the text");
		if (name.len > 0) {
			(void)pin_domain_covers(&set->domains[i], name);
		}
	}
}

static void put_pin(struct buffer *out, const uint8_t pin[PIN_LEN], size_t form)
{
	char text[2 * PIN_LEN + 1];
	if (form == 0) {
		text_hex(bytes_of(pin, PIN_LEN), text);
	} else {
		text_base64(bytes_of(pin, PIN_LEN), text);
	}
	static const char *const forms[] = {"%s # hex\n", "%s\n", "sha256//%s;",
		"pin-sha256=\"%s\" ", "<pin digest=\"SHA-256\">%s</pin>",
		"<key>SPKI-SHA256-BASE64</key><string>%s</string>"};
	for (const char *c = forms[form]; *c; c++) {
		if (*c == '%') {
			buffer_put_text(out, text);
			c++;
		} else {
			buffer_put_char(out, *c);
		}
	}
}

// Written in each form, and read again.
static void need_same(const struct pin_set *set)
{
	for (size_t form = 0; form < 6; form++) {
		struct pin_set again = {.num = 0};
		struct buffer text;
		struct err err;
		err_clear(&err);
		buffer_init(&text, MAX_TEXT);
		for (size_t i = 0; i < set->num; i++) {
			put_pin(&text, set->pins[i], form);
		}
		fuzz_need_done(pin_set_read(buffer_bytes(&text), &again, &err), &err,
			"what we write");
		fuzz_need(again.num == set->num &&
				memcmp(again.pins, set->pins, set->num * PIN_LEN) == 0,
			"form %zu is read as another set", form);
		buffer_clear(&text);
	}
}

// Behind a set of one pin.
static void need_added(struct bytes in, const struct pin_set *alone, bool read)
{
	struct pin_set set = {.num = 1,
		.pins = {{0xa5}},
		.num_groups = 1,
		.groups = {{.pins = {1}, .bare = true}}};
	struct err err;
	err_clear(&err);
	size_t known = pin_set_find(alone, set.pins[0]);
	bool added = pin_set_read(in, &set, &err);
	bool has_bare = false;
	for (size_t i = 0; i < alone->num_groups; i++) {
		has_bare = has_bare || alone->groups[i].bare;
	}
	bool full = read &&
		((known == alone->num && alone->num == PIN_SET_MAX) ||
			(!has_bare && alone->num_groups == PIN_DOMAINS_MAX));
	fuzz_need(added == (read && !full), "another answer behind a set");
	fuzz_need(set.pins[0][0] == 0xa5, "the pin before is gone");
	size_t want = 1 + (added ? alone->num - (known < alone->num) : 0);
	fuzz_need(set.num == want, "%zu pins, not %zu", set.num, want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len < MAX_TEXT ? len : MAX_TEXT);
	struct pin_set set = {.num = 0};
	struct err err;
	err_clear(&err);
	bool read = pin_set_read(in, &set, &err);
	if (read) {
		fuzz_need(err.code == CODE_NONE, "read, and yet an error");
		need_set(&set);
		need_groups(&set, in);
		need_same(&set);
	} else {
		fuzz_need(set.num == 0, "%zu pins of a failure", set.num);
		fuzz_need_error(&err, in.len, "pins");
		fuzz_need(err.code == CODE_BAD_PIN, "%s", code_info(err.code)->name);
		fuzz_need_printable(bytes_of_text(err.text), false, "an error");
	}
	need_added(in, &set, read);
	return 0;
}
