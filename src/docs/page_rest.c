// SPDX-License-Identifier: Apache-2.0
#include <jansson.h>

#include "docs/docs.h"

// What the page is made from: the description that the service itself gives out.

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

// What `value` is, or what its "$ref": "#/components/KIND/NAME" names.
static const json_t *resolve(const json_t *root, const json_t *value)
{
	static const char prefix[] = "#/components/";
	const char *ref = text_of(value, "$ref");
	if (!ref || strncmp(ref, prefix, strlen(prefix)) != 0) {
		return value;
	}
	const char *kind = ref + strlen(prefix);
	const char *slash = strchr(kind, '/');
	if (!slash) {
		return NULL;
	}
	const json_t *kinds = json_object_getn(
		json_object_get(root, "components"), kind, (size_t)(slash - kind));
	return json_object_get(kinds, slash + 1);
}

static void put_line(struct buffer *out, const char *text)
{
	if (text) {
		roff_put(out, bytes_of_text(text));
		buffer_put_char(out, '\n');
	}
}

static void put_paragraph(struct buffer *out, const char *text)
{
	roff_paragraphs(out, text ? text : "");
}

static void put_parameters(struct buffer *out, const json_t *root, const json_t *list)
{
	size_t i;
	const json_t *item;
	json_array_foreach(list, i, item)
	{
		const json_t *parameter = resolve(root, item);
		const char *name = text_of(parameter, "name");
		const char *in = text_of(parameter, "in");
		if (!name || !in) {
			continue;
		}
		roff_term(out, name, in);
		put_line(out, text_of(parameter, "description"));
	}
}

static void put_body(struct buffer *out, const json_t *operation)
{
	const json_t *content =
		json_object_get(json_object_get(operation, "requestBody"), "content");
	const char *type;
	json_t *unused;
	bool first = true;
	json_object_foreach((json_t *)(uintptr_t)content, type, unused)
	{
		(void)unused;
		if (first) {
			roff_term(out, "Content-Type", NULL);
		}
		buffer_put_text(out, first ? "" : ", ");
		roff_put(out, bytes_of_text(type));
		first = false;
	}
	buffer_put_text(out, first ? "" : "\n");
}

static void put_answers(struct buffer *out, const json_t *root, const json_t *operation)
{
	const char *status;
	json_t *item;
	json_object_foreach(json_object_get(operation, "responses"), status, item)
	{
		const char *description = text_of(resolve(root, item), "description");
		roff_term(out, status, NULL);
		put_line(out, description ? description : "");
	}
}

static void put_call(struct buffer *out, const json_t *root, const char *path,
	const char *method, const json_t *item)
{
	const json_t *operation = json_object_get(item, method);
	char title[256];
	char capitals[16] = "";
	for (size_t i = 0; method[i] && i + 1 < sizeof(capitals); i++) {
		capitals[i] = (char)(method[i] - 'a' + 'A');
	}
	(void)snprintf(title, sizeof(title), "%s %s", capitals, path);
	roff_subsection(out, title);
	put_line(out, text_of(operation, "summary"));
	put_line(out, text_of(operation, "description"));
	put_parameters(out, root, json_object_get(operation, "parameters"));
	put_body(out, operation);
	put_answers(out, root, operation);
}

static void put_calls(struct buffer *out, const json_t *root)
{
	static const char *const methods[] = {"get", "post", "put", "delete", NULL};
	const char *path;
	json_t *item;
	roff_section(out, "CALLS");
	json_object_foreach(json_object_get(root, "paths"), path, item)
	{
		for (size_t i = 0; methods[i]; i++) {
			if (json_object_get(item, methods[i])) {
				put_call(out, root, path, methods[i], item);
			}
		}
	}
}

static void put_tokens(struct buffer *out, const json_t *root)
{
	const json_t *schemes =
		json_object_get(json_object_get(root, "components"), "securitySchemes");
	roff_section(out, "TOKENS");
	put_paragraph(out, text_of(json_object_get(schemes, "token"), "description"));
	roff_literal(out, BYTES_LITERAL("Authorization: Bearer TOKEN\n"));
}

bool docs_rest(struct bytes openapi, const struct roff_release *release,
	struct buffer *out, struct err *err)
{
	json_error_t fault;
	json_t *root = json_loadb((const char *)openapi.data, openapi.len, 0, &fault);
	const json_t *info = json_object_get(root, "info");
	if (!root || !text_of(info, "summary") || !json_object_get(root, "paths")) {
		json_decref(root);
		return err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"no OpenAPI description with info.summary and paths: %s",
			root ? "they are missing" : fault.text);
	}
	roff_begin(out, "ctpolicy-rest", 7, release);
	roff_section(out, "NAME");
	buffer_put_text(out, "ctpolicy\\-rest \\- the calls of the service\n");
	roff_section(out, "DESCRIPTION");
	buffer_put_text(out, "The service that\n");
	roff_reference(out, "ctpolicy-serve", 1, "");
	buffer_put_text(out, "starts. ");
	put_line(out, text_of(info, "summary"));
	put_paragraph(out, text_of(info, "description"));
	put_calls(out, root);
	put_tokens(out, root);
	roff_section(out, "EXAMPLES");
	roff_literal(out,
		BYTES_LITERAL(
			"curl -H 'Content-Type: application/x-pem-file' -H 'Accept: "
			"text/plain' \\\n    --data-binary @chain.pem "
			"http://127.0.0.1:8080/v1/evaluate\n"));
	roff_section(out, "SEE ALSO");
	roff_reference(out, "ctpolicy", 1, ",");
	roff_reference(out, "ctpolicy-serve", 1, ",");
	roff_reference(out, "libctpolicy", 3, "");
	roff_end(out);
	json_decref(root);
	return true;
}
