// SPDX-License-Identifier: Apache-2.0
#include "app/validator.h"

#include <string.h>

#include "base/text.h"

bool validator_is_etag(const char *text)
{
	size_t len = strlen(text);
	size_t from = strncmp(text, "W/", 2) == 0 ? 2 : 0;
	if (len >= VALIDATOR_ROOM || len < from + 2 || text[from] != '"' ||
		text[len - 1] != '"') {
		return false;
	}
	for (size_t i = from + 1; i < len - 1; i++) {
		if (text[i] <= ' ' || text[i] >= 0x7f || text[i] == '"') {
			return false;
		}
	}
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool validator_is_date(const char *text)
{
	static const char form[] = "aaa, 00 aaa 0000 00:00:00 GMT";
	if (strlen(text) != sizeof(form) - 1) {
		return false;
	}
	for (size_t i = 0; form[i]; i++) {
		bool good = form[i] == 'a' ? is_letter(text[i])
			: form[i] == '0'   ? text_is_digit((uint8_t)text[i])
					   : text[i] == form[i];
		if (!good) {
			return false;
		}
	}
	return true;
}
