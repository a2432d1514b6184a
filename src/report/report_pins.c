// SPDX-License-Identifier: Apache-2.0
#include "report/report_pins.h"

#include "base/text.h"
#include "x509/alt_names.h"
#include "x509/name.h"

static void put_matched_by(struct buffer *out, const struct host_record *host)
{
	if (host->host->address_len) {
		alt_names_put_address(out, host->matched_by);
	} else {
		text_put_escaped_ascii(out, host->matched_by);
	}
}

void report_put_hostname(struct json *json, const struct host_record *host)
{
	json_put_open(json, "hostname", '{');
	json_put_text(json, "name", host->host->name);
	json_put_bool(json, "matches", host->matches);
	if (host->matches) {
		json_begin_text(json, "matched_by");
		put_matched_by(json->out, host);
		json_end_text(json);
	} else {
		json_put_null(json, "matched_by");
	}
	json_put_close(json, '}');
}

void report_put_hostname_text(struct buffer *out, const struct host_record *host)
{
	buffer_put_text(out, host->host->name);
	if (host->matches) {
		buffer_put_text(out, ", which the certificate has as ");
		put_matched_by(out, host);
	} else {
		buffer_put_text(out, ", for which the certificate is not");
	}
}

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

void report_put_key_text(struct buffer *out, const struct cert_key *key)
{
	buffer_put_text(out, key_type_name(key->type));
	if (key->curve) {
		buffer_printf(out, " %s", key->curve);
	} else if (key->bits) {
		buffer_printf(out, " %zu", key->bits);
	}
}
