// SPDX-License-Identifier: Apache-2.0
#include "report/report_pins.h"

#include "base/text.h"
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

static void put_domains(struct json *json, const struct pin_set *set, size_t group)
{
	static const char *const below[] = {
		[PIN_DOMAIN_ALONE] = "none",
		[PIN_ONE_LABEL] = "one_label",
		[PIN_ALL_BELOW] = "all",
	};
	json_put_open(json, "domains", '[');
	for (size_t i = 0; i < set->num_domains; i++) {
		if (set->domains[i].group == group) {
			json_put_open(json, NULL, '{');
			json_begin_text(json, "name");
			text_put_escaped_ascii(json->out, set->domains[i].name);
			json_end_text(json);
			json_put_word(json, "subdomains", below[set->domains[i].below]);
			json_put_close(json, '}');
		}
	}
	json_put_close(json, ']');
}

static void put_role(struct json *json, const struct pins_record *pins, size_t group,
	enum pin_role role)
{
	static const char *const keys[] = {
		[PIN_ANY] = "any", [PIN_LEAF] = "leaf", [PIN_CA] = "ca"};
	json_put_open(json, keys[role], '[');
	for (size_t i = 0; i < pins->set->num; i++) {
		if (pins->set->groups[group].pins[role] >> i & 1) {
			json_put_unsigned(json, NULL, i);
		}
	}
	json_put_close(json, ']');
}

static void put_set(struct json *json, const struct pins_record *pins, size_t index)
{
	const struct pin_group *group = &pins->set->groups[index];
	json_put_open(json, NULL, '{');
	put_domains(json, pins->set, index);
	if (group->expires) {
		json_put_time(json, "expires_at", group->expires_ms);
	} else {
		json_put_null(json, "expires_at");
	}
	for (unsigned role = 0; role < NUM_PIN_ROLES; role++) {
		put_role(json, pins, index, (enum pin_role)role);
	}
	json_put_word(json, "standing", pin_standing_name(pins->standings[index]));
	if (pins->standings[index] == PINS_HELD) {
		json_put_bool(json, "matches", pins_group_matches(pins, index));
	} else {
		json_put_null(json, "matches");
	}
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
	json_put_open(json, "sets", '[');
	for (size_t i = 0; i < pins->set->num_groups; i++) {
		put_set(json, pins, i);
	}
	json_put_close(json, ']');
	json_put_open(json, "chain", '[');
	for (size_t i = 0; i < pins->chain.num; i++) {
		put_member(json, pins, i);
	}
	json_put_close(json, ']');
	json_put_close(json, '}');
}

static bool is_matched(const struct pins_record *pins, size_t pin)
{
	for (size_t i = 0; i < pins->chain.num; i++) {
		if (pins->chain.certs[i].pin == pin) {
			return true;
		}
	}
	return false;
}

static void put_count(struct buffer *out, size_t num, const char *what)
{
	if (num) {
		buffer_printf(out, "; %zu %s", num, what);
	}
}

// Those that match nothing: held, or not.
static void put_others(struct buffer *out, const struct pins_record *pins)
{
	const struct pin_set *set = pins->set;
	uint64_t expired = 0;
	size_t num_here = 0;
	size_t num_expired = 0;
	size_t num_other = 0;
	for (size_t i = 0; i < set->num_groups; i++) {
		expired |= pins->standings[i] == PINS_EXPIRED
			? pin_group_all(&set->groups[i])
			: 0;
	}
	for (size_t i = 0; i < set->num; i++) {
		uint64_t bit = (uint64_t)1 << i;
		if (pins->held & bit) {
			num_here += !is_matched(pins, i);
		} else if (expired & bit) {
			num_expired++;
		} else {
			num_other++;
		}
	}
	put_count(out, num_here,
		pins_of_curl(pins) ? "not of the leaf's key" : "of no key here");
	put_count(out, num_expired, "expired");
	put_count(out, num_other, "of another domain");
}

void report_put_pins_text(struct buffer *out, const struct pins_record *pins)
{
	bool first = true;
	buffer_printf(
		out, "%zu %s", pins->set->num, pins->set->num == 1 ? "pin" : "pins");
	for (size_t i = 0; i < pins->chain.num; i++) {
		const struct chain_cert *one = &pins->chain.certs[i];
		if (one->pin < pins->set->num) {
			buffer_printf(out, "%s%s (", first ? "; " : ", ",
				chain_place_name(one->place));
			name_put_text(out, one->cert->subject);
			buffer_printf(out, ") by number %zu", one->pin + 1);
			first = false;
		}
	}
	put_others(out, pins);
}
