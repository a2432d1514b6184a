// SPDX-License-Identifier: Apache-2.0
#include "report/summary_json.h"

static void add_part(struct summary_shards *shards, unsigned part)
{
	shards->parts[(part - 1) / 8] |= (uint8_t)(1U << (part - 1) % 8);
}

struct summary_shards summary_shards_one(uint64_t part, uint64_t of)
{
	struct summary_shards shards = {0};
	if (of > 1 && of <= SUMMARY_MAX_SHARDS && part >= 1 && part <= of) {
		shards.of = (unsigned)of;
		add_part(&shards, (unsigned)part);
	}
	return shards;
}

bool summary_shards_has(const struct summary_shards *shards, unsigned part)
{
	return shards->parts[(part - 1) / 8] >> (part - 1) % 8 & 1;
}

unsigned summary_shards_common(
	const struct summary_shards *a, const struct summary_shards *b)
{
	for (unsigned part = 1; a->of == b->of && part <= a->of; part++) {
		if (summary_shards_has(a, part) && summary_shards_has(b, part)) {
			return part;
		}
	}
	return 0;
}

static bool is_complete(const struct summary_shards *shards)
{
	for (unsigned part = 1; part <= shards->of; part++) {
		if (!summary_shards_has(shards, part)) {
			return false;
		}
	}
	return true;
}

void summary_shards_add(struct summary_shards *into, const struct summary_shards *from)
{
	for (size_t i = 0; i < sizeof(into->parts); i++) {
		into->parts[i] |= from->parts[i];
	}
	if (into->of != from->of || is_complete(into)) {
		*into = (struct summary_shards){0};
	}
}

static void read_parts(struct json_fields *f, struct summary_shards *shards)
{
	size_t num = json_fields_open_array(f, "parts");
	const json_t *array = f->levels[f->depth].value;
	json_int_t before = 0;
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		json_int_t part = json_integer_value(json_array_get(array, i));
		if (part <= before || part > shards->of) {
			json_fields_fail(f, NULL, "not parts in their order, each once");
		} else {
			add_part(shards, (unsigned)part);
		}
		before = part;
	}
	if (num == 0 || is_complete(shards)) {
		json_fields_fail(f, NULL, "none or all of the parts");
	}
	json_fields_close_array(f);
}

static void read_shards(struct json_fields *f, struct summary_shards *shards)
{
	uint64_t of = 0;
	const json_t *value = json_object_get(f->levels[f->depth].value, "shards");
	if (!value || json_is_null(value)) {
		if (value) {
			(void)json_fields_peek(f, "shards");
		}
		return;
	}
	json_fields_open(f, "shards", 0);
	json_fields_count(f, "of", &of);
	if (of < 2 || of > SUMMARY_MAX_SHARDS) {
		json_fields_fail(f, "of", "not from 2 to %d", SUMMARY_MAX_SHARDS);
	} else {
		shards->of = (unsigned)of;
		read_parts(f, shards);
	}
	json_fields_close(f);
}

void summary_put_shards(struct json_fields *f, struct summary_shards *shards)
{
	uint64_t of = shards->of;
	if (json_fields_reading(f)) {
		read_shards(f, shards);
	} else if (of == 0) {
		json_put_null(&f->json, "shards");
	} else {
		json_fields_open(f, "shards", 0);
		json_fields_count(f, "of", &of);
		(void)json_fields_open_array(f, "parts");
		for (unsigned part = 1; part <= of; part++) {
			if (summary_shards_has(shards, part)) {
				json_put_unsigned(&f->json, NULL, part);
			}
		}
		json_fields_close_array(f);
		json_fields_close(f);
	}
}
