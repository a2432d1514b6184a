// SPDX-License-Identifier: Apache-2.0
#include "pki.h"

#include <string.h>

/* Writes members and elements with the comma and the indent that they need. */
struct json {
	struct out *o;
	int depth;
	bool first;
};

static void json_next(struct json *j, const char *name)
{
	derw_printf(j->o, "%s\n%*s", j->first ? "" : ",", 4 * j->depth, "");
	if (name != NULL) {
		derw_printf(j->o, "\"%s\": ", name);
	}
	j->first = false;
}

static void json_open(struct json *j, const char *name, char bracket)
{
	json_next(j, name);
	derw_put(j->o, &bracket, 1);
	j->depth++;
	j->first = true;
}

static void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (!j->first) {
		derw_printf(j->o, "\n%*s", 4 * j->depth, "");
	}
	derw_put(j->o, &bracket, 1);
	j->first = false;
}

static void json_text(struct json *j, const char *name, const char *text)
{
	json_next(j, name);
	pki_json_string(j->o, text, strlen(text));
}

static void json_number(struct json *j, const char *name, uint64_t number)
{
	json_next(j, name);
	derw_printf(j->o, "%llu", (unsigned long long)number);
}

static void json_base64(struct json *j, const char *name, const void *data, size_t len)
{
	json_next(j, name);
	derw_put(j->o, "\"", 1);
	pki_base64(j->o, data, len);
	derw_put(j->o, "\"", 1);
}

static void json_time(struct json *j, const char *name, int64_t seconds)
{
	json_next(j, name);
	derw_put(j->o, "\"", 1);
	pki_rfc3339(j->o, seconds);
	derw_put(j->o, "\"", 1);
}

static void put_url(
	struct json *j, const char *name, const char *prefix, const struct pki_log *log)
{
	struct out url = {0};

	derw_printf(&url, "https://%s%s/", prefix, log->host);
	json_text(j, name, derw_str(&url));
	derw_clear(&url);
}

/* The root hash has no tree behind it: nothing that reads a list can look. */
static void put_final_tree_head(struct json *j, const struct pki_log *log)
{
	uint8_t root[PKI_HASH_MAX];
	size_t len = pki_digest(PKI_SHA256, pki_log_id(log), PKI_SHA256_LEN, root);

	json_open(j, "final_tree_head", '{');
	json_base64(j, "sha256_root_hash", root, len);
	json_number(j, "tree_size", log->tree_size);
	json_close(j, '}');
}

static void put_state(struct json *j, const struct pki_log *log)
{
	if (log->state == NULL) {
		return;
	}
	json_open(j, "state", '{');
	json_open(j, log->state, '{');
	if (strcmp(log->state, "readonly") == 0) {
		put_final_tree_head(j, log);
	}
	json_time(j, "timestamp", log->state_since);
	json_text(j, "version", log->state_version != NULL ? log->state_version : "1");
	json_close(j, '}');
	json_close(j, '}');
}

static void put_interval(struct json *j, const struct pki_log *log)
{
	if (log->start == 0 && log->end == 0) {
		return;
	}
	json_open(j, "temporal_interval", '{');
	json_time(j, "end_exclusive", log->end);
	json_time(j, "start_inclusive", log->start);
	json_close(j, '}');
}

static void put_log(struct json *j, const struct pki_log *log)
{
	const struct out *spki = pki_key_spki(log->key);

	json_open(j, NULL, '{');
	json_text(j, "description", log->description);
	json_base64(j, "key", spki->data, spki->len);
	json_base64(j, "log_id", pki_log_id(log), PKI_SHA256_LEN);
	json_number(j, "mmd", log->mmd);
	if (log->tiled) {
		put_url(j, "monitoring_url", "mon.", log);
	}
	put_state(j, log);
	if (log->tiled) {
		put_url(j, "submission_url", "log.", log);
	}
	put_interval(j, log);
	if (log->tiled) {
		json_next(j, "tls_only");
		derw_printf(j->o, "true");
	} else {
		put_url(j, "url", "", log);
	}
	json_close(j, '}');
}

static bool same_operator(const struct pki_log *a, const struct pki_log *b)
{
	return strcmp(a->operator_name, b->operator_name) == 0;
}

static void put_logs(struct json *j, const struct pki_list *list,
	const struct pki_log *first, bool tiled)
{
	json_open(j, tiled ? "tiled_logs" : "logs", '[');
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct pki_log *log = &list->logs[i];
		if (log->tiled == tiled && same_operator(log, first)) {
			put_log(j, log);
		}
	}
	json_close(j, ']');
}

static void put_operator(
	struct json *j, const struct pki_list *list, const struct pki_log *first)
{
	struct out mail = {0};

	json_open(j, NULL, '{');
	json_open(j, "email", '[');
	derw_printf(&mail, "ct-logs@");
	for (const char *c = first->operator_name; *c != 0; c++) {
		/* a name such as "Alder Logs" makes ct-logs@alder-logs.example */
		derw_printf(&mail, "%c", *c == ' ' ? '-' : *c | 0x20);
	}
	derw_printf(&mail, ".example");
	json_text(j, NULL, derw_str(&mail));
	json_close(j, ']');
	put_logs(j, list, first, false);
	json_text(j, "name", first->operator_name);
	put_logs(j, list, first, true);
	json_close(j, '}');
	derw_clear(&mail);
}

void pki_list_json(const struct pki_list *list, struct out *o)
{
	struct json j = {.o = o, .depth = 1, .first = true};

	derw_printf(o, "{");
	json_text(&j, "$schema",
		"https://valid.apple.com/ct/log_list/schema_versions/"
		"log_list_schema_v5.json");
	json_number(&j, "assetVersion", (uint64_t)list->asset_version);
	if (list->asset_version_v2 != 0) {
		json_number(&j, "assetVersionV2", (uint64_t)list->asset_version_v2);
	}
	json_open(&j, "operators", '[');
	for (size_t i = 0; i < list->num_logs; i++) {
		size_t before = 0;
		while (!same_operator(&list->logs[before], &list->logs[i])) {
			before++;
		}
		if (before == i) {
			put_operator(&j, list, &list->logs[i]);
		}
	}
	json_close(&j, ']');
	json_text(&j, "version", list->version);
	json_close(&j, '}');
	derw_printf(o, "\n");
}
