// SPDX-License-Identifier: Apache-2.0
#include "live/hosts.h"

#include "app/input.h"
#include "base/text.h"

static bool add_line(
	struct hosts *hosts, size_t *room, struct host_line line, struct err *err)
{
	if (hosts->num == HOSTS_MAX) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"%.120s: more than 100,000 servers; divide it", hosts->path);
	}
	if (hosts->num == *room) {
		size_t more = *room ? 2 * *room : 256;
		struct host_line *grown = realloc(hosts->lines, more * sizeof(*grown));
		if (!grown) {
			return err_no_memory(err);
		}
		hosts->lines = grown;
		*room = more;
	}
	hosts->lines[hosts->num++] = line;
	return true;
}

// What stands before a comment: a '#' that begins the line or stands behind a space.
static struct bytes without_comment(struct bytes line)
{
	size_t len = 0;
	while (len < line.len &&
		!(line.data[len] == '#' &&
			(len == 0 || text_is_space(line.data[len - 1])))) {
		len++;
	}
	return text_trim(bytes_of(line.data, len));
}

static bool divide(struct hosts *hosts, struct err *err)
{
	struct bytes rest = text_without_mark(buffer_bytes(&hosts->file));
	size_t room = 0;
	for (size_t number = 1; rest.len > 0; number++) {
		size_t end = bytes_find(rest, 0, BYTES_LITERAL("\n"));
		struct bytes text = without_comment(bytes_of(rest.data, end));
		size_t used = end < rest.len ? end + 1 : end;
		struct host_line line = {.text = text, .number = number};
		if (text.len > 0 && !add_line(hosts, &room, line, err)) {
			return false;
		}
		rest = bytes_of(rest.data + used, rest.len - used);
	}
	return hosts->num > 0 ||
		err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"%.120s: no server is in it; write HOST[:PORT] a line",
			hosts->path);
}

// UTF-16, as some editors and shells of Windows write it, is said by one error, not one a line.
static bool check_text(const struct hosts *hosts, struct err *err)
{
	struct bytes text = buffer_bytes(&hosts->file);
	size_t at = bytes_find(text, 0, BYTES_LITERAL("\0"));
	return at == text.len ||
		err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"%.120s: no text, a NUL stands in it at byte %zu (UTF-16?); save "
			"it as plain ASCII or UTF-8",
			hosts->path, at);
}

bool hosts_read(const char *path, struct hosts *out, struct err *err)
{
	*out = (struct hosts){.path = strcmp(path, "-") == 0 ? "standard input" : path};
	buffer_init(&out->file, INPUT_MAX);
	return file_read(path, &out->file, err) && check_text(out, err) &&
		divide(out, err);
}

void hosts_clear(struct hosts *hosts)
{
	buffer_clear(&hosts->file);
	free(hosts->lines);
	hosts->lines = NULL;
}

struct bytes hosts_word(struct bytes text, size_t index)
{
	size_t len = 0;
	while (len < text.len && !text_is_space(text.data[len])) {
		len++;
	}
	return index == 0 ? bytes_of(text.data, len)
			  : text_trim(bytes_of(text.data + len, text.len - len));
}

void hosts_name_line(const struct host_line *line, char *out, size_t room)
{
	struct bytes host = hosts_word(line->text, 0);
	struct bytes more = hosts_word(line->text, 1);
	(void)snprintf(out, room, "%.*s%s%.*s", (int)host.len, (const char *)host.data,
		more.len ? " " : "", (int)more.len, (const char *)more.data);
}

static bool in_line(const struct hosts *hosts, const struct host_line *line,
	const struct err *why, struct err *err)
{
	return err_set(err, why->code, ERR_NO_OFFSET, "%.80s, line %zu: %s", hosts->path,
		line->number, why->text);
}

bool hosts_read_line(const struct hosts *hosts, const struct host_line *line,
	const struct starttls_protocol *starttls, struct server *out, struct err *err)
{
	struct err why;
	err_clear(&why);
	struct bytes word = hosts_word(line->text, 1);
	out->starttls = word.len ? starttls_find(word) : starttls;
	if (word.len && !out->starttls) {
		char name[24];
		(void)snprintf(name, sizeof(name), "%.*s",
			(int)(word.len < sizeof(name) ? word.len : sizeof(name) - 1),
			(const char *)word.data);
		err_set(&why, CODE_BAD_HOST, ERR_NO_OFFSET,
			"\"%s\" behind the server is no protocol of --starttls", name);
		err_add_choice(&why, name, starttls_names);
		return in_line(hosts, line, &why, err);
	}
	return host_name_read(hosts_word(line->text, 0), &out->host, &why) ||
		in_line(hosts, line, &why, err);
}
