// SPDX-License-Identifier: Apache-2.0
// --hostname, --pin and --pins, for the commands that have them.
#include "app/commands.h"
#include "app/files.h"

#define PINS_FILE_MAX ((size_t)1024 * 1024)

// An error about the value of an option, which it names.
static bool fail(struct err *err, enum option option, const struct err *why)
{
	return err_set(
		err, why->code, ERR_NO_OFFSET, "--%s %s", option_name(option), why->text);
}

bool read_hostname(const struct options *options, struct arena *arena,
	struct ctp_request *out, struct err *err)
{
	const char *text = options->values[OPTION_HOSTNAME];
	struct err why;
	err_clear(&why);
	return !text || request_set_host(out, bytes_of_text(text), arena, &why) ||
		fail(err, OPTION_HOSTNAME, &why);
}

bool read_pins(const struct options *options, struct arena *arena,
	struct ctp_request *out, struct err *err)
{
	struct err why;
	err_clear(&why);
	for (size_t i = 0; i < options->pins.num; i++) {
		struct bytes text = bytes_of_text(options->pins.values[i]);
		if (!request_add_pins(out, text, i, arena, &why)) {
			return fail(err, OPTION_PIN, &why);
		}
	}
	return true;
}

bool read_pins_file(const struct options *options, struct arena *arena,
	struct ctp_request *out, struct err *err)
{
	const char *path = options->values[OPTION_PINS];
	struct buffer file;
	struct err why;
	if (!path) {
		return true;
	}
	err_clear(&why);
	buffer_init(&file, PINS_FILE_MAX);
	bool done = file_read(path, &file, err);
	if (done && !request_add_pins_text(out, buffer_bytes(&file), arena, &why)) {
		done = err_set(err, why.code, why.offset, "%s", why.text);
		(void)err_in_file(err, path);
	}
	buffer_clear(&file);
	return done;
}
