// SPDX-License-Identifier: Apache-2.0
// archive_read, archive_write.
//
// The input is what stands between the first and the last line of an index; the target puts
// those around it, so that the hash at the end is right. Properties: what is written of what
// was read is read again as the same facts and written as the same bytes, plain text in
// UTF-8; every other byte of an index makes it damaged.
#include "loglist/archive.h"
#include "tests/fuzz/fuzz.h"

// A wrong byte at every place costs its square.
#define MAX_FLIPPED 2000

static void put_end(struct buffer *text, struct digest *digest)
{
	uint8_t hash[DIGEST_SHA256_LEN];
	struct bytes hashed = buffer_bytes(text);
	fuzz_need(digest_sha256(digest, &hashed, 1, hash), "no hash");
	buffer_put_text(text, "end ");
	for (size_t i = 0; i < sizeof(hash); i++) {
		buffer_printf(text, "%02x", hash[i]);
	}
	buffer_put_char(text, '\n');
}

static void write_archive(
	const struct archive *archive, struct digest *digest, struct buffer *out)
{
	struct err err;
	err_clear(&err);
	buffer_init(out, 4 * ARCHIVE_MAX_FILE);
	fuzz_need_done(archive_write(archive, digest, out, &err), &err, "archive_write");
	fuzz_need_printable(buffer_bytes(out), true, "the index");
}

// The first facts, and again.
static void check_again(const struct archive *archive, struct digest *digest)
{
	struct archive again;
	struct buffer text;
	struct buffer text_again;
	struct err err;
	err_clear(&err);
	write_archive(archive, digest, &text);
	fuzz_need_done(archive_read(buffer_bytes(&text), digest, &again, &err), &err,
		"what was written");
	fuzz_need(again.num_entries == archive->num_entries, "%zu lists, %zu again",
		archive->num_entries, again.num_entries);
	write_archive(&again, digest, &text_again);
	fuzz_need(bytes_equal(buffer_bytes(&text), buffer_bytes(&text_again)),
		"an index, read and written, is another one");
	if (text.len > 0 && text.len < MAX_FLIPPED) {
		size_t at = text.len / 3;
		struct archive broken;
		text.data[at] ^= 1;
		err_clear(&err);
		fuzz_need(!archive_read(buffer_bytes(&text), digest, &broken, &err),
			"a wrong byte at %zu went unseen", at);
		archive_clear(&broken);
	}
	archive_clear(&again);
	buffer_clear(&text);
	buffer_clear(&text_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buffer text;
	struct archive archive;
	struct err err;
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	fuzz_need_done(digest != NULL, &err, "a digest");
	buffer_init(&text, ARCHIVE_MAX_FILE);
	buffer_put_text(&text, "ctpolicy log list archive 1\n");
	buffer_put(&text, bytes_of(data, len));
	put_end(&text, digest);
	if (archive_read(buffer_bytes(&text), digest, &archive, &err)) {
		check_again(&archive, digest);
	} else {
		fuzz_need_error(&err, text.len, "archive_read");
		fuzz_need_printable(bytes_of_text(err.text), false, "the error's text");
	}
	archive_clear(&archive);
	buffer_clear(&text);
	digest_free(digest);
	return 0;
}
