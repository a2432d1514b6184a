// SPDX-License-Identifier: Apache-2.0
#include "app/issuer_files.h"

#include <sys/stat.h>

#include "app/commands.h"
#include "app/files.h"
#include "app/walk.h"
#include "x509/pem.h"

// Of one file; how many more there are is said.
#define MAX_NAMED 20
#define BEGIN BYTES_LITERAL("-----BEGIN ")

// One file under way.
struct adding {
	struct issuers *issuers;
	const char *path;
	const char *what; // they are to be, for what is said
	struct bytes text;
	struct arena arena;
	size_t num_good;
	size_t num_bad;
	size_t line; // at `counted`
	size_t counted;
};

static size_t line_at(struct adding *a, size_t offset)
{
	for (; a->counted < offset; a->counted++) {
		a->line += a->text.data[a->counted] == '\n';
	}
	return a->line;
}

static void leave_out(struct adding *a, size_t offset, const struct err *reason)
{
	size_t line = line_at(a, offset);
	if (++a->num_bad <= MAX_NAMED) {
		message("not among the %s: %.400s, line %zu: %s [%s]", a->what, a->path,
			line, reason->text, code_info(reason->code)->name);
	}
}

// What is in the block, which ends before the next BEGIN line. False: nothing more can be
// added, and `err` says why.
static bool add_block(struct adding *a, struct bytes text, size_t begin, struct err *err)
{
	struct pem_block block;
	struct bytes der;
	struct err reason;
	size_t at = begin;
	err_clear(&reason);
	arena_reset(&a->arena);
	if (pem_next(text, &at, CODE_BAD_CERTIFICATE, &block, &reason)) {
		if (!pem_is_certificate(&block)) {
			return true;
		}
		if (pem_decode(&block, text, CODE_BAD_CERTIFICATE, &a->arena, &der,
			    &reason) &&
			issuers_add(
				a->issuers, pem_without_trust(der, &block), &reason)) {
			a->num_good++;
			return true;
		}
	}
	if (reason.code == CODE_OUT_OF_MEMORY || issuers_num(a->issuers) == ISSUERS_MAX) {
		*err = reason;
		return false;
	}
	leave_out(a, begin, &reason);
	return true;
}

static bool add_blocks(struct adding *a, struct err *err)
{
	size_t begin = bytes_find(a->text, 0, BEGIN);
	while (begin < a->text.len) {
		size_t next = bytes_find(a->text, begin + BEGIN.len, BEGIN);
		if (!add_block(a, bytes_of(a->text.data, next), begin, err)) {
			return false;
		}
		begin = next;
	}
	if (a->num_bad > MAX_NAMED) {
		message("not among the %s: %.400s: %zu more that cannot be read", a->what,
			a->path, a->num_bad - MAX_NAMED);
	}
	return true;
}

// DER, and PEM with certificates in it, is meant to be some.
static bool is_meant(const struct adding *a)
{
	return a->num_bad > 0 ||
		(a->text.len > 1 && a->text.data[0] == 0x30 && a->text.data[1] >= 0x80);
}

// What is bad in it may have been named already: then it is an error if it must serve.
static bool add_file(struct issuers *issuers, const char *path, const char *what,
	bool must_serve, bool *out_broken, struct err *err)
{
	struct buffer file;
	buffer_init(&file, ISSUERS_MAX_FILE);
	if (!file_read(path, &file, err)) {
		*out_broken = true;
		buffer_clear(&file);
		return false;
	}
	struct adding a = {.issuers = issuers,
		.path = path,
		.what = what,
		.text = buffer_bytes(&file),
		.line = 1};
	bool done = add_blocks(&a, err);
	if (done && a.num_good == 0 && a.num_bad == 0) {
		// One in DER or base64, or the reason why it is neither.
		done = issuers_add(issuers, a.text, err);
	} else if (done && a.num_good == 0 && must_serve) {
		done = err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"none of its certificates can be read");
	}
	*out_broken = *out_broken || a.num_bad > 0 || (!done && is_meant(&a));
	arena_clear(&a.arena);
	buffer_clear(&file);
	return done || err_in_file(err, path);
}

static void leave_file_out(const char *what, const struct err *reason)
{
	char text[48];
	(void)snprintf(text, sizeof(text), "not among the %s", what);
	message_err(text, reason);
}

// A folder may hold other things than certificates: they are named and left out.
static bool add_folder(struct issuers *issuers, const char *path, const char *what,
	bool *out_broken, struct err *err)
{
	char *paths[] = {(char *)(uintptr_t)path};
	struct walk *walk = walk_new(paths, 1, err);
	bool done = walk != NULL;
	while (done) {
		const char *file = NULL;
		struct err reason;
		err_clear(&reason);
		enum walk_result result = walk_next(walk, &file, &reason);
		if (result == WALK_END) {
			break;
		}
		if (result == WALK_NO_MEMORY) {
			done = err_no_memory(err);
		} else if (result == WALK_BAD) {
			*out_broken = true;
			leave_file_out(what, &reason);
		} else if (!add_file(issuers, file, what, false, out_broken, &reason)) {
			done = reason.code != CODE_OUT_OF_MEMORY || err_no_memory(err);
			leave_file_out(what, &reason);
		}
	}
	walk_free(walk);
	return done;
}

bool issuer_files_add(struct issuers *issuers, const char *path, const char *what,
	bool *out_broken, struct err *err)
{
	struct stat info;
	bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	return is_folder ? add_folder(issuers, path, what, out_broken, err)
			 : add_file(issuers, path, what, true, out_broken, err);
}

// Whose file it was; always false.
static bool name_option(struct err *err, const char *path)
{
	struct err bare = *err;
	char place[32] = "";
	if (err->code == CODE_OUT_OF_MEMORY || !err->field[0]) {
		return err_in_field(err, "--roots");
	}
	if (bare.offset != ERR_NO_OFFSET) {
		(void)snprintf(place, sizeof(place), ", byte %zu", bare.offset);
	}
	err_clear(err);
	return err_set(err, bare.code, ERR_NO_OFFSET, "--roots %.400s%s: %s", path, place,
		bare.text);
}

static bool read_roots(const char *path, struct issuers *roots, struct err *err)
{
	bool broken = false;
	if (!issuer_files_add(roots, path, "roots", &broken, err)) {
		return name_option(err, path);
	}
	if (broken) {
		return err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"--roots %.400s: not all of it can be read, and what is missing "
			"would count as private; the first that cannot was named above",
			path);
	}
	if (issuers_num(roots) == 0) {
		return err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"--roots %.400s: no certificate in it, and every root would count as "
			"private; name the file or folder of the system's roots, such as "
			"/etc/ssl/certs",
			path);
	}
	issuers_freeze(roots);
	return true;
}

bool issuer_files_read_roots(
	const struct options *options, struct issuers **out, struct err *err)
{
	const char *path = options->values[OPTION_ROOTS];
	if (path && options->values[OPTION_PRIVATE_ROOT]) {
		*out = NULL;
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--roots beside --private-root: give one of them; --roots finds out "
			"which roots are private, --private-root says that all are");
	}
	struct issuers *roots = path ? issuers_new(err) : NULL;
	if (path && (!roots || !read_roots(path, roots, err))) {
		issuers_unref(roots);
		return false;
	}
	*out = roots;
	return true;
}

bool issuer_files_set_roots(const struct options *options, struct ctp_request *request,
	struct issuers **out, struct err *err)
{
	request->private_root = options->values[OPTION_PRIVATE_ROOT] != NULL;
	if (!issuer_files_read_roots(options, out, err)) {
		return false;
	}
	request->roots = *out;
	return true;
}
