// SPDX-License-Identifier: Apache-2.0
// mkdocs DATE OPENAPI HEADER FOLDER: writes manual pages and completions below FOLDER, where
// they are to be below .../share. A program of the build; it is not installed.
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.h"
#include "app/message.h"
#include "base/text.h"
#include "ctpolicy.h"
#include "docs/docs.h"

#define DOCUMENT_MAX ((size_t)1 << 20)

// Of a build: where to, and what every page says.
struct docs {
	const char *folder;
	struct roff_release release;
	struct bytes openapi;
	struct bytes header;
	struct err *err;
};

// Writes and clears the document.
static bool write_document(
	const struct docs *docs, const char *name, struct buffer *document)
{
	char path[512];
	struct output output = {.fd = -1};
	bool done = false;
	(void)snprintf(path, sizeof(path), "%s/%s", docs->folder, name);
	if (document->failed) {
		err_set(docs->err, CODE_OUT_OF_MEMORY, ERR_NO_OFFSET, "out of memory");
	} else if (output_open(path, &output, docs->err)) {
		done = output_write(&output, buffer_bytes(document), docs->err) &&
			output_finish(&output, docs->err);
		output_discard(&output);
	}
	buffer_clear(document);
	return done;
}

static bool write_commands(const struct docs *docs)
{
	bool done = true;
	for (size_t i = 0; done && i < num_commands; i++) {
		struct buffer document;
		char name[DOCS_NAME_ROOM];
		char path[DOCS_NAME_ROOM + 16];
		buffer_init(&document, DOCUMENT_MAX);
		docs_command(command_table[i], &docs->release, &document);
		docs_command_name(command_table[i], name);
		(void)snprintf(path, sizeof(path), "man/man1/%s.1", name);
		done = write_document(docs, path, &document);
	}
	return done;
}

static bool write_groups(const struct docs *docs)
{
	bool done = true;
	for (size_t i = 0; done && i < num_commands; i++) {
		struct bytes group = docs_group(command_table[i]);
		struct buffer document;
		char path[DOCS_NAME_ROOM + 24];
		if (group.len == 0 || !docs_begins_group(i)) {
			continue;
		}
		buffer_init(&document, DOCUMENT_MAX);
		docs_group_page(group, &docs->release, &document);
		(void)snprintf(path, sizeof(path), "man/man1/ctpolicy-%.*s.1",
			(int)group.len, (const char *)group.data);
		done = write_document(docs, path, &document);
	}
	return done;
}

// By each function's name the library's page is found.
static bool link_functions(const struct docs *docs)
{
	size_t at = 0;
	for (struct bytes name = docs_next_function(docs->header, &at); name.len;
		name = docs_next_function(docs->header, &at)) {
		char path[512];
		(void)snprintf(path, sizeof(path), "%s/man/man3/%.*s.3", docs->folder,
			(int)name.len, (const char *)name.data);
		if (symlink("libctpolicy.3", path) != 0) {
			return file_fail(
				docs->err, CODE_OUTPUT_FAILED, "cannot link", path);
		}
	}
	return true;
}

static void program(const struct docs *docs, struct buffer *out)
{
	docs_program(&docs->release, out);
}

static void library(const struct docs *docs, struct buffer *out)
{
	docs_library(docs->header, &docs->release, out);
}

static void rest(const struct docs *docs, struct buffer *out)
{
	out->failed = !docs_rest(docs->openapi, &docs->release, out, docs->err);
}

static void bash(const struct docs *docs, struct buffer *out)
{
	(void)docs;
	docs_bash(out);
}

static void zsh(const struct docs *docs, struct buffer *out)
{
	(void)docs;
	docs_zsh(out);
}

static void fish(const struct docs *docs, struct buffer *out)
{
	(void)docs;
	docs_fish(out);
}

static const struct {
	const char *name;
	void (*put)(const struct docs *docs, struct buffer *out);
} documents[] = {
	{"man/man1/ctpolicy.1", program},
	{"man/man3/libctpolicy.3", library},
	{"man/man7/ctpolicy-rest.7", rest},
	{"bash-completion/completions/ctpolicy", bash},
	{"zsh/site-functions/_ctpolicy", zsh},
	{"fish/vendor_completions.d/ctpolicy.fish", fish},
};

static bool write_documents(const struct docs *docs)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		struct buffer document;
		buffer_init(&document, DOCUMENT_MAX);
		documents[i].put(docs, &document);
		if (!write_document(docs, documents[i].name, &document)) {
			return false;
		}
	}
	return write_commands(docs) && write_groups(docs) && link_functions(docs);
}

// The folders of `documents`, each with those above it.
static void make_folders(const struct docs *docs)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		char path[512];
		(void)snprintf(
			path, sizeof(path), "%s/%s", docs->folder, documents[i].name);
		for (char *c = path + strlen(docs->folder); *c; c++) {
			if (*c != '/') {
				continue;
			}
			*c = '\0';
			(void)mkdir(path, 0777); // what is wrong, the file's opening says
			*c = '/';
		}
	}
}

int main(int argc, char **argv)
{
	struct err err;
	struct buffer openapi;
	struct buffer header;
	err_clear(&err);
	buffer_init(&openapi, DOCUMENT_MAX);
	buffer_init(&header, DOCUMENT_MAX);
	if (argc != 5) {
		message("usage: mkdocs DATE OPENAPI HEADER FOLDER");
		return 2;
	}
	bool done =
		file_read(argv[2], &openapi, &err) && file_read(argv[3], &header, &err);
	struct docs docs = {
		.folder = argv[4],
		.release = {CTP_VERSION, argv[1]},
		.openapi = buffer_bytes(&openapi),
		.header = buffer_bytes(&header),
		.err = &err,
	};
	make_folders(&docs);
	done = done && write_documents(&docs);
	if (!done) {
		message_err("mkdocs", &err);
	}
	buffer_clear(&openapi);
	buffer_clear(&header);
	return done ? 0 : 1;
}
