// SPDX-License-Identifier: Apache-2.0
#include "report/report_pins.h"

#include "x509/name.h"

// Which certificates have the key of one pin.
static void put_pin(struct json *json, const struct pins_record *pins, size_t pin)
{
	json_put_open(json, NULL, '{');
	json_put_hex(json, "spki_sha256", bytes_of(pins->set->pins[pin], PIN_LEN));
	json_put_open(json, "certificates", '[');
	for (size_t i = 0; i < pins->chain.num; i++) {
		if (pins->chain.certs[i].pin == pin) {
			json_put_unsigned(json, NULL, i);
		}
	}
	json_put_close(json, ']');
	json_put_close(json, '}');
}

static void put_member(struct json *json, const struct pins_record *pins, size_t index)
{
	const struct chain_cert *one = &pins->chain.certs[index];
	json_put_open(json, NULL, '{');
	json_put_unsigned(json, "index", index);
	json_put_word(json, "place", chain_place_name(one->place));
	json_begin_text(json, "subject");
	name_put_text(json->out, one->cert->subject);
	json_end_text(json);
	json_put_hex(json, "spki_sha256", bytes_of(one->spki_sha256, PIN_LEN));
	json_put_bool(json, "pinned", one->pin < pins->set->num);
	json_put_close(json, '}');
}

void report_put_pins(struct json *json, const struct pins_record *pins)
{
	json_put_open(json, "pins", '{');
	json_put_bool(json, "matches", pins->matches);
	json_put_bool(json, "leaf_only", pins->leaf_only);
	json_put_bool(json, "has_backup", pins->has_backup);
	json_put_open(json, "pins", '[');
	for (size_t i = 0; i < pins->set->num; i++) {
		put_pin(json, pins, i);
	}
	json_put_close(json, ']');
	json_put_open(json, "chain", '[');
	for (size_t i = 0; i < pins->chain.num; i++) {
		put_member(json, pins, i);
	}
	json_put_close(json, ']');
	json_put_close(json, '}');
}

static size_t num_matching(const struct pins_record *pins)
{
	size_t num = 0;
	for (size_t i = 0; i < pins->set->num; i++) {
		for (size_t k = 0; k < pins->chain.num; k++) {
			if (pins->chain.certs[k].pin == i) {
				num++;
				break;
			}
		}
	}
	return num;
}

void report_put_pins_text(struct buffer *out, const struct pins_record *pins)
{
	size_t matching = num_matching(pins);
	size_t others = pins->set->num - matching;
	bool first = true;
	buffer_printf(out, "%zu given; ", pins->set->num);
	for (size_t i = 0; i < pins->chain.num; i++) {
		const struct chain_cert *one = &pins->chain.certs[i];
		if (one->pin < pins->set->num) {
			buffer_printf(out, "%s%s (", first ? "" : ", ",
				chain_place_name(one->place));
			name_put_text(out, one->cert->subject);
			buffer_printf(out, ") by number %zu", one->pin + 1);
			first = false;
		}
	}
	if (others) {
		buffer_printf(out, "%s%zu of no key here", first ? "" : "; ", others);
	}
}
