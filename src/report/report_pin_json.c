// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "report/report_pin_forms.h"
#include "report/report_pins.h"
#include "x509/name.h"

static void put_key_members(struct json *json, const struct cert_key *key,
	const uint8_t sha256[PIN_LEN], const char *pin)
{
	json_put_open(json, "key", '{');
	json_put_word(json, "type", key_type_name(key->type));
	json_put_unsigned(json, "bits", key->bits);
	json_put_word(json, "curve", key->curve);
	json_put_close(json, '}');
	json_put_hex(json, "spki_sha256", bytes_of(sha256, PIN_LEN));
	json_put_text(json, "spki_sha256_base64", pin);
}

static void put_spares(struct json *json, const struct pin_report *report)
{
	char pin[TEXT_BASE64_ROOM(PIN_LEN)];
	json_put_open(json, "spares", '[');
	for (size_t i = 0; i < report->num_spares; i++) {
		const struct pin_spare *one = &report->spares[i];
		text_base64(bytes_of(one->spki_sha256, PIN_LEN), pin);
		json_put_open(json, NULL, '{');
		json_put_word(
			json, "kind", one->from.is_request ? "request" : "public_key");
		put_key_members(json, &one->from.key, one->spki_sha256, pin);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

static void put_certificate(struct json *json, const struct chain *chain, size_t index)
{
	const struct chain_cert *one = &chain->certs[index];
	char pin[TEXT_BASE64_ROOM(PIN_LEN)];
	text_base64(bytes_of(one->spki_sha256, PIN_LEN), pin);
	json_put_open(json, NULL, '{');
	json_put_unsigned(json, "index", index);
	json_put_word(json, "place", chain_place_name(one->place));
	json_begin_text(json, "subject");
	name_put_text(json->out, one->cert->subject);
	json_end_text(json);
	json_put_time(json, "not_after", one->cert->not_after * 1000);
	put_key_members(json, &one->cert->key, one->spki_sha256, pin);
	json_put_close(json, '}');
}

static void put_findings(struct json *json, const struct pins_record *pins)
{
	json_put_open(json, "findings", '[');
	for (size_t i = 0; i < pins->num_findings; i++) {
		const struct code_info *info = code_info(pins->findings[i].code);
		json_put_open(json, NULL, '{');
		json_put_word(json, "code", info->name);
		json_put_word(json, "severity", severity_name(info->severity));
		json_put_text(json, "message", pins->findings[i].message);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

void report_put_pin_json(const struct pin_report *report, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", "ctpolicy.pins.v1");
	json_put_open(&json, "certificates", '[');
	for (size_t i = 0; i < report->pins->chain.num; i++) {
		put_certificate(&json, &report->pins->chain, i);
	}
	json_put_close(&json, ']');
	if (report->num_spares > 0) {
		put_spares(&json, report);
	}
	if (report->has_pins) {
		report_put_pins(&json, report->pins);
		put_findings(&json, report->pins);
	}
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}
