// SPDX-License-Identifier: Apache-2.0
// The index of the lists that are kept: read and written, and what is no index.
#include "loglist/archive.h"
#include "tests/unit/test.h"

void test_archive(void);

#define DAY INT64_C(86400000)

static struct archive_entry make_entry(uint8_t first, int64_t published_ms)
{
	return (struct archive_entry){.sha256 = {first},
		.published_ms = published_ms,
		.name = "apple",
		.version = "511",
		.asset_version = 32,
		.asset_version_v2 = -1,
		.fetched_first_ms = published_ms + DAY,
		.fetched_last_ms = published_ms + 2 * DAY,
		.taken = TAKEN_FETCHED,
		.source = "https://list.example/a list\\.json",
		.etag = "\"a b\"",
		.last_modified = "Mon, 30 Mar 2026 16:38:00 GMT"};
}

static void put(struct archive *archive, const struct archive_entry *entry)
{
	struct err err;
	err_clear(&err);
	CHECK(archive_put(archive, entry, &err), "an entry is put");
}

static void fill(struct archive *archive)
{
	struct archive_entry first = make_entry(1, 10 * DAY);
	struct archive_entry second = make_entry(2, 5 * DAY);
	second.fetched_first_ms = 0;
	second.fetched_last_ms = 0;
	second.taken = TAKEN_IMPORTED;
	second.source = "";
	second.etag = "";
	second.last_modified = "";
	archive_init(archive);
	put(archive, &first);
	put(archive, &second);
	archive->has_in_hand = true;
	archive->in_hand[0] = 1;
	archive->pinned_ms = 20 * DAY;
	archive->has_history = true;
	archive->history[0] = 3;
	archive->refreshed_ms = 21 * DAY;
	archive->failed_ms = 23 * DAY;
	archive->num_failed = 2;
	archive->failing_since_ms = 22 * DAY;
	archive->failed_code = "fetch_status";
	archive->failed_text = "it said: no";
}

static struct buffer written(const struct archive *archive, struct digest *digest)
{
	struct buffer text;
	struct err err;
	err_clear(&err);
	buffer_init(&text, ARCHIVE_MAX_FILE);
	CHECK(archive_write(archive, digest, &text, &err), "an index is written");
	return text;
}

static void check_same_entry(
	const struct archive_entry *got, const struct archive_entry *want)
{
	CHECK(memcmp(got->sha256, want->sha256, 32) == 0, "sha256");
	CHECK_INT(got->published_ms, want->published_ms, "published");
	CHECK_INT(got->fetched_first_ms, want->fetched_first_ms, "first");
	CHECK_INT(got->fetched_last_ms, want->fetched_last_ms, "last");
	CHECK_INT(got->taken, want->taken, "taken");
	CHECK_TEXT(got->name, want->name, "name");
	CHECK_TEXT(got->version, want->version, "version");
	CHECK_INT(got->asset_version, want->asset_version, "asset version");
	CHECK_INT(got->asset_version_v2, want->asset_version_v2, "there is none");
	CHECK_TEXT(got->source, want->source, "source");
	CHECK_TEXT(got->etag, want->etag, "etag");
	CHECK_TEXT(got->last_modified, want->last_modified, "last_modified");
}

static void test_round_trip(struct digest *digest)
{
	struct archive archive;
	struct archive again;
	struct err err;
	err_clear(&err);
	fill(&archive);
	struct buffer text = written(&archive, digest);
	CHECK(archive_read(buffer_bytes(&text), digest, &again, &err), "it is read");
	CHECK_CODE(&err, CODE_NONE, "it is read");
	CHECK_INT(again.num_entries, 2, "two lists");
	CHECK_INT(again.entries[0].sha256[0], 2, "the older one first");
	for (size_t i = 0; i < again.num_entries; i++) {
		check_same_entry(&again.entries[i], &archive.entries[i]);
	}
	CHECK(archive_in_hand(&again) == &again.entries[1], "in hand");
	CHECK_INT(again.pinned_ms, archive.pinned_ms, "pinned");
	CHECK(again.has_history && again.history[0] == 3, "history");
	CHECK_INT(again.refreshed_ms, archive.refreshed_ms, "refreshed");
	CHECK_INT(again.failed_ms, archive.failed_ms, "failed");
	CHECK_INT(again.num_failed, 2, "how many");
	CHECK_INT(again.failing_since_ms, archive.failing_since_ms, "since when");
	CHECK_TEXT(again.failed_code, "fetch_status", "code");
	CHECK_TEXT(again.failed_text, "it said: no", "text");
	struct buffer second = written(&again, digest);
	CHECK(bytes_equal(buffer_bytes(&text), buffer_bytes(&second)), "the same bytes");
	buffer_clear(&text);
	buffer_clear(&second);
	archive_clear(&archive);
	archive_clear(&again);
}

// Every bit counts: the last line is a hash of all before it.
static void test_damage(struct digest *digest)
{
	struct archive archive;
	fill(&archive);
	struct buffer text = written(&archive, digest);
	for (size_t i = 0; i < text.len; i++) {
		struct archive out;
		struct err err;
		err_clear(&err);
		text.data[i] ^= 0x20; // of the case of letters, too
		bool is_case = i > text.len - 65 && i != text.len - 1;
		bool done = archive_read(buffer_bytes(&text), digest, &out, &err);
		// Hex digits of the last line may be of either case.
		CHECK(!done || is_case, "byte %zu", i);
		CHECK(done || err.code == CODE_STATE_DAMAGED, "byte %zu", i);
		archive_clear(&out);
		text.data[i] ^= 0x20;
	}
	for (size_t len = 0; len < text.len; len++) {
		struct archive out;
		struct err err;
		err_clear(&err);
		CHECK(!archive_read(bytes_of(text.data, len), digest, &out, &err),
			"cut to %zu bytes", len);
		CHECK_CODE(&err, CODE_STATE_DAMAGED, "cut to %zu bytes", len);
		archive_clear(&out);
	}
	buffer_clear(&text);
	archive_clear(&archive);
}

// With its hash made right.
static void check_line(struct digest *digest, const char *lines, const char *want)
{
	struct archive out;
	struct buffer text;
	struct err err;
	uint8_t hash[32];
	err_clear(&err);
	buffer_init(&text, 4096);
	buffer_put_text(&text, "ctpolicy log list archive 1\n");
	buffer_put_text(&text, lines);
	struct bytes hashed = buffer_bytes(&text);
	CHECK(digest_sha256(digest, &hashed, 1, hash), "hashed");
	buffer_put_text(&text, "end ");
	for (size_t i = 0; i < sizeof(hash); i++) {
		buffer_printf(&text, "%02x", hash[i]);
	}
	buffer_put_char(&text, '\n');
	bool done = archive_read(buffer_bytes(&text), digest, &out, &err);
	CHECK_INT(done, want == NULL, "%s", lines);
	if (want) {
		CHECK_CODE(&err, CODE_STATE_DAMAGED, "%s", lines);
		CHECK(strstr(err.text, want) != NULL, "%s: %s", lines, err.text);
	}
	archive_clear(&out);
	buffer_clear(&text);
}

#define HASH "0000000000000000000000000000000000000000000000000000000000000001"

static void test_lines(struct digest *digest)
{
	static const struct {
		const char *lines;
		const char *want; // NULL: it is read
	} cases[] = {
		{"", NULL},
		{"list " HASH "\n", NULL},
		{"list " HASH "\n  taken forced\n", NULL},
		{"in_hand " HASH "\nlist " HASH "\n", NULL},
		{"failed 2026-01-01T00:00:00Z 3 code \n", NULL},
		{"in_hand " HASH "\n", "no entry"},
		{"in_hand 12\n", "line 2: 64 hex digits"},
		{"list 12\n", "line 2: 64 hex digits"},
		{"list " HASH "\nlist " HASH "\n", "twice"},
		{"list " HASH "\n  taken stolen\n", "line 3: no way"},
		{"list " HASH "\n  published soon\n", "line 3: a time"},
		{"list " HASH "\n  name \\FF\n", "UTF-8"},
		{"list " HASH "\n  name a\\00b\n", "UTF-8"},
		{"list " HASH "\n  colour red\n", "line 3: not a fact"},
		{"list " HASH "\nrefreshed 2026-01-01T00:00:00Z\n", "line 3: a fact in"},
		{"  name apple\n", "line 2: a fact in"},
		{"colour red\n", "not a fact"},
		{"refreshed yesterday\n", "a time"},
		{"failed 2026-01-01T00:00:00Z many code text\n", "a time, a number"},
		{"failed 2026-01-01T00:00:00Z 1 a\\0Ab text\n", "and a code"},
		{"failed often\n", "a time, a number"},
		{"\n", "not a fact"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_line(digest, cases[i].lines, cases[i].want);
	}
}

static void test_entries(void)
{
	struct archive archive;
	struct archive_entry entry = make_entry(7, DAY);
	fill(&archive);
	put(&archive, &entry);
	CHECK_INT(archive.num_entries, 3, "a third");
	CHECK_INT(archive.entries[0].sha256[0], 7, "the oldest first");
	entry.version = "512";
	put(&archive, &entry);
	CHECK_INT(archive.num_entries, 3, "replaced");
	CHECK_TEXT(archive_find(&archive, entry.sha256)->version, "512", "replaced");
	archive_remove(&archive, entry.sha256);
	archive_remove(&archive, entry.sha256);
	CHECK_INT(archive.num_entries, 2, "removed");
	CHECK(!archive_find(&archive, entry.sha256), "removed");
	archive_clear(&archive);
	CHECK(!archive_in_hand(&archive), "nothing in hand");
}

static void test_limit(void)
{
	struct archive archive;
	struct archive_entry entry = make_entry(0, DAY);
	struct err err;
	err_clear(&err);
	archive_init(&archive);
	archive.entries = calloc(LISTS_MAX, sizeof(*archive.entries));
	archive.num_entries = LISTS_MAX;
	archive.cap_entries = LISTS_MAX;
	entry.sha256[1] = 9;
	CHECK(!archive.entries || !archive_put(&archive, &entry, &err), "too many");
	CHECK_CODE(&err, CODE_TOO_LARGE, "too many");
	archive_clear(&archive);
}

void test_archive(void)
{
	struct err err;
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	test_round_trip(digest);
	test_damage(digest);
	test_lines(digest);
	test_entries();
	test_limit();
	for (size_t i = 0; i < NUM_ARCHIVE_TAKEN; i++) {
		CHECK(archive_taken_name((enum archive_taken)i)[0], "a name");
	}
	digest_free(digest);
}
