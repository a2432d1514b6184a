// SPDX-License-Identifier: Apache-2.0
#include "app/kept_lists.h"

void kept_lists_init(struct kept_lists *kept)
{
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		archive_init(&kept->archives[i]);
		kept->paths[i] = NULL;
	}
}

void kept_lists_clear(struct kept_lists *kept)
{
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		archive_clear(&kept->archives[i]);
		kept->paths[i] = NULL;
	}
}

const struct archive *kept_archive(const struct kept_lists *kept, const char *source)
{
	return &kept->archives[source_index(source)];
}

const char *kept_place(const struct kept_lists *kept, const struct loglist *list)
{
	size_t i = source_index(loglist_source(list));
	const struct archive_entry *entry =
		archive_find(&kept->archives[i], list->sha256);
	return entry && entry->source[0] ? entry->source
		: entry                  ? archive_taken_name(entry->taken)
		: kept->paths[i]         ? kept->paths[i]
					 : "bundled";
}
