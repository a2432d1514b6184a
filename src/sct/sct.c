// SPDX-License-Identifier: Apache-2.0
#include "sct/sct.h"

// static-ct-api "SCT extension": ExtensionType leaf_index(0), a 40-bit number. Extensions
// that do not parse are left alone: they are signed, and RFC 6962 gives them no meaning.
static void read_leaf_index(struct sct *sct)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(sct->extensions, CODE_SCT_MALFORMED, &err);
	while (!reader_done(&r)) {
		uint8_t type = reader_u8(&r, "extension type");
		struct bytes data = reader_vector16(&r, "extension");
		if (type == 0 && data.len == 5 && !reader_failed(&r)) {
			sct->leaf_index = 0;
			for (size_t i = 0; i < data.len; i++) {
				sct->leaf_index = sct->leaf_index << 8 | data.data[i];
			}
			sct->has_leaf_index = true;
		}
	}
	sct->has_leaf_index = sct->has_leaf_index && !reader_failed(&r);
}

void sct_read(struct bytes in, struct sct *out)
{
	*out = (struct sct){.bytes = in};
	err_clear(&out->malformed);
	struct reader r = reader_init(in, CODE_SCT_MALFORMED, &out->malformed);
	out->version = reader_u8(&r, "version");
	if (!reader_failed(&r) && out->version != 0) {
		out->parse = SCT_UNSUPPORTED_VERSION;
		return;
	}
	out->log_id = reader_take(&r, SCT_LOG_ID_LEN, "log id");
	out->timestamp = reader_u64(&r, "timestamp");
	out->extensions = reader_vector16(&r, "extensions");
	out->hash = reader_u8(&r, "hash algorithm");
	out->algorithm = reader_u8(&r, "signature algorithm");
	out->signature = reader_vector16(&r, "signature");
	if (!reader_finish(&r, "SCT")) {
		out->parse = SCT_MALFORMED;
		return;
	}
	out->parse = SCT_PARSED;
	read_leaf_index(out);
}

bool sct_list_split(struct bytes list, struct bytes *out_items, size_t max,
	size_t *out_num, struct err *err)
{
	struct reader r = reader_init(list, CODE_SCT_LIST_MALFORMED, err);
	struct bytes items = reader_vector16(&r, "SCT list");
	(void)reader_finish(&r, "SCT list");
	struct reader in = reader_nested(&r, items);
	if (!reader_failed(&r) && items.len == 0) {
		reader_fail(&in, "an empty SCT list");
	}
	size_t num = 0;
	while (!reader_done(&in)) {
		size_t at = reader_offset(&in);
		struct bytes item = reader_vector16(&in, "SCT");
		if (!reader_failed(&in) && item.len == 0) {
			reader_fail_at(&in, at, "SCT %zu of the list is empty", num);
		}
		if (num == max) {
			return err_set(err, CODE_TOO_MANY_SCTS, at, "more than %d SCTs",
				SCT_MAX);
		}
		out_items[num++] = item;
	}
	*out_num = num;
	return !reader_failed(&in);
}

size_t sct_list_room(struct bytes list)
{
	return list.len / 3 + 1;
}
