// SPDX-License-Identifier: Apache-2.0
// Signed certificate timestamps: a list into its items, an item into its fields
// (RFC 6962 3.2 and 3.3). A bad item is an item, not a failure.
#ifndef SCT_SCT_H
#define SCT_SCT_H

#include "base/bytes.h"

#define SCT_LOG_ID_LEN 32
// SCTs that one certificate may bring along, all sources together. Real ones have up to
// 10.
#define SCT_MAX 1000

enum sct_parse { SCT_PARSED, SCT_UNSUPPORTED_VERSION, SCT_MALFORMED };

struct sct {
	enum sct_parse parse;
	struct err
		malformed; // why, with the offset in the SCT, where it is SCT_MALFORMED
	struct bytes bytes; // the whole serialized SCT
	uint8_t version; // as on the wire: 0 is v1
	struct bytes log_id; // SCT_LOG_ID_LEN bytes, empty where unread
	uint64_t timestamp; // ms since 1970
	struct bytes extensions;
	uint8_t hash; // RFC 5246 7.4.1.4.1
	uint8_t algorithm;
	struct bytes signature;
	bool has_leaf_index;
	uint64_t leaf_index; // static-ct-api: 40 bits
};

// RFC 6962 3.2: the contents of one SerializedSCT.
void sct_read(struct bytes in, struct sct *out);

// RFC 6962 3.3: a SignedCertificateTimestampList into its items, not yet read. False with
// `err` (sct_list_malformed and the offset in `list`, or too_many_scts) where the list is
// broken or has more than `max` items; then nothing counts from it.
bool sct_list_split(struct bytes list, struct bytes *out_items, size_t max,
	size_t *out_num, struct err *err) MUST_CHECK;
// The number of items that a sound list has at most, for making room: every item takes at
// least three bytes.
size_t sct_list_room(struct bytes list);

#endif
