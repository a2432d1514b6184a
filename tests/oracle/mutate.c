// SPDX-License-Identifier: Apache-2.0
// Mutations: of single bytes, and of the tree of TLVs with all lengths made right again, so
// that the change gets past the outermost length.
#include "tests/oracle/oracle.h"

#include <stdlib.h>

#include "tests/unit/test.h"

#define MAX_NODES 4096
#define NONE (-1)

// A TLV of the original; `content` lies in it. Children follow in the order of the bytes.
struct node {
	size_t start, content, end;
	uint8_t tag;
	bool bits; // a BIT STRING whose octets are a TLV: one byte stands before it
	int parent, first_child, next;
};

struct mutant {
	struct node nodes[MAX_NODES];
	int num;
	struct bytes der;
	struct out out;
	// The change: what becomes of which node.
	int target, partner;
	unsigned action;
	struct bytes donation;
	uint64_t *seed;
};

enum action {
	DELETE,
	DUPLICATE,
	SWAP, // with `partner`
	RETAG,
	SPLICE, // the donation in its place
	REFILL, // its content changed in one byte
	LENGTHEN,
	SHORTEN,
	NUM_ACTIONS,
};

struct mutant *mutant_new(void)
{
	struct mutant *mutant = calloc(1, sizeof(*mutant));
	derw_need(mutant != NULL, "memory");
	return mutant;
}

void mutant_free(struct mutant *mutant)
{
	derw_clear(&mutant->out);
	free(mutant);
}

static size_t below(uint64_t *seed, size_t limit)
{
	return limit ? (size_t)(test_random(seed) % limit) : 0;
}

// The header at `at`; false where none fits before `end`.
static bool header(
	struct bytes der, size_t at, size_t end, size_t *out_content, size_t *out_end)
{
	if (end - at < 2 || (der.data[at] & 0x1f) == 0x1f) {
		return false;
	}
	size_t len = der.data[at + 1];
	size_t pos = at + 2;
	if (len & 0x80) {
		size_t num = len & 0x7f;
		if (num == 0 || num > 3 || num > end - pos) {
			return false;
		}
		for (len = 0; num > 0; num--) {
			len = len << 8 | der.data[pos++];
		}
	}
	*out_content = pos;
	*out_end = pos + len;
	return len <= end - pos;
}

static bool is_row(struct bytes der, size_t at, size_t end)
{
	size_t content = 0;
	while (at < end) {
		if (!header(der, at, end, &content, &at)) {
			return false;
		}
	}
	return true;
}

// What may hold TLVs: constructed types, OCTET STRING (extension values), BIT STRING (keys).
static bool holds_tlvs(struct bytes der, struct node *node)
{
	size_t len = node->end - node->content;
	node->bits = node->tag == 0x03 && len > 2 && der.data[node->content] == 0;
	bool may = (node->tag & 0x20) || node->tag == 0x04 || node->bits;
	return may && len > 2 && is_row(der, node->content + node->bits, node->end);
}

static void read_row(struct mutant *m, size_t at, size_t end, int parent)
{
	int before = NONE;
	while (at < end && m->num < MAX_NODES) {
		struct node *node = &m->nodes[m->num];
		*node = (struct node){.start = at,
			.parent = parent,
			.first_child = NONE,
			.next = NONE,
			.tag = m->der.data[at]};
		if (!header(m->der, at, end, &node->content, &node->end)) {
			return;
		}
		int index = m->num++;
		if (before != NONE) {
			m->nodes[before].next = index;
		} else if (parent != NONE) {
			m->nodes[parent].first_child = index;
		}
		before = index;
		if (holds_tlvs(m->der, node)) {
			read_row(m, node->content + node->bits, node->end, index);
		}
		at = m->nodes[index].end;
	}
}

static void write_node(struct mutant *m, int index, bool changed);

static void write_content(struct mutant *m, const struct node *node)
{
	if (node->bits) {
		derw_put(&m->out, "", 1);
	}
	for (int child = node->first_child; child != NONE; child = m->nodes[child].next) {
		write_node(m, child, true);
	}
}

static void write_plain(struct mutant *m, int index, uint8_t tag)
{
	const struct node *node = &m->nodes[index];
	size_t start = m->out.len;
	if (node->first_child != NONE) {
		write_content(m, node);
	} else {
		derw_put(&m->out, m->der.data + node->content, node->end - node->content);
	}
	derw_wrap(&m->out, start, tag);
}

static void write_refilled(struct mutant *m, const struct node *node)
{
	size_t start = m->out.len;
	derw_put(&m->out, m->der.data + node->content, node->end - node->content);
	size_t len = m->out.len - start;
	if (m->action == LENGTHEN) {
		derw_put_uint(&m->out, test_random(m->seed), 1);
	} else if (m->action == SHORTEN && len > 0) {
		m->out.len--;
	} else if (len > 0) {
		m->out.data[start + below(m->seed, len)] ^=
			(uint8_t)(1U << below(m->seed, 8));
	}
	derw_wrap(&m->out, start, node->tag);
}

static void write_changed(struct mutant *m, int index)
{
	static const uint8_t tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c,
		0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1c, 0x1e, 0x30, 0x31, 0x80,
		0x81, 0x82, 0xa0, 0xa1, 0xa2, 0xa3, 0x24, 0x1f};
	const struct node *node = &m->nodes[index];
	switch ((enum action)m->action) {
	case DELETE:
	case NUM_ACTIONS:
		return;
	case DUPLICATE:
		write_plain(m, index, node->tag);
		write_plain(m, index, node->tag);
		return;
	case SWAP:
		write_node(m, m->partner, false);
		return;
	case RETAG:
		write_plain(m, index, tags[below(m->seed, sizeof(tags))]);
		return;
	case SPLICE:
		derw_put(&m->out, m->donation.data, m->donation.len);
		return;
	case REFILL:
	case LENGTHEN:
	case SHORTEN:
		write_refilled(m, node);
		return;
	}
}

static void write_node(struct mutant *m, int index, bool changed)
{
	if (changed && index == m->target) {
		write_changed(m, index);
	} else if (changed && m->action == SWAP && index == m->partner) {
		write_node(m, m->target, false);
	} else {
		write_plain(m, index, m->nodes[index].tag);
	}
}

// A sibling of the target, so that neither lies in the other.
static int sibling(struct mutant *m)
{
	int parent = m->nodes[m->target].parent;
	int found = m->target;
	size_t seen = 0;
	int at = parent == NONE ? m->target : m->nodes[parent].first_child;
	for (; at != NONE; at = m->nodes[at].next) {
		found = below(m->seed, ++seen) == 0 && at != m->target ? at : found;
	}
	return found;
}

// Any TLV of the donor.
static struct bytes donated(struct mutant *m, struct bytes donor)
{
	size_t at = 0;
	size_t end = donor.len;
	size_t content = 0;
	size_t stop = 0;
	struct bytes found = donor;
	while (header(donor, at, end, &content, &stop)) {
		found = bytes_of(donor.data + at, stop - at);
		size_t way = below(m->seed, 4);
		if (way == 0) {
			break;
		}
		at = way == 1 && stop < end ? stop : content;
		end = at == content ? stop : end;
	}
	return found;
}

static void change_tree(struct mutant *m, struct bytes donor)
{
	m->num = 0;
	read_row(m, 0, m->der.len, NONE);
	if (m->num < 2) {
		return;
	}
	m->target = 1 + (int)below(m->seed, (size_t)m->num - 1);
	m->action = (unsigned)below(m->seed, NUM_ACTIONS);
	m->partner = m->action == SWAP ? sibling(m) : NONE;
	m->donation = m->action == SPLICE ? donated(m, donor) : BYTES_NONE;
	write_node(m, 0, true);
}

// A header's length byte, wherever a TLV stands.
static void change_length(struct mutant *m)
{
	m->num = 0;
	read_row(m, 0, m->der.len, NONE);
	derw_put(&m->out, m->der.data, m->der.len);
	if (m->num > 0) {
		const struct node *node = &m->nodes[below(m->seed, (size_t)m->num)];
		static const int steps[] = {1, -1, 2, -2, 0x80, 16, 64, -16};
		size_t len_bytes = node->content - node->start - 1;
		uint8_t *at = &m->out.data[node->start + 1 + below(m->seed, len_bytes)];
		*at = (uint8_t)(*at + steps[below(m->seed, 8)]);
	}
}

static void change_bytes(struct mutant *m, unsigned kind)
{
	derw_put(&m->out, m->der.data, m->der.len);
	size_t at = below(m->seed, m->out.len);
	if (kind == 0) {
		m->out.data[at] ^= (uint8_t)(1U << below(m->seed, 8));
	} else if (kind == 1) {
		m->out.data[at] = (uint8_t)test_random(m->seed);
	} else if (kind == 2) {
		m->out.len = at;
	} else {
		derw_put_uint(&m->out, test_random(m->seed), 1 + below(m->seed, 8));
	}
}

struct bytes mutant_make(
	struct mutant *mutant, struct bytes der, struct bytes donor, uint64_t *seed)
{
	mutant->der = der;
	mutant->seed = seed;
	mutant->out.len = 0;
	size_t kind = below(seed, 100);
	if (kind < 60) {
		change_tree(mutant, donor);
	} else if (kind < 72) {
		change_length(mutant);
	} else {
		// Flips and new bytes mostly, truncations and appended bytes now and then.
		change_bytes(mutant, kind < 84 ? 0 : kind < 94 ? 1 : kind < 98 ? 2 : 3);
	}
	return bytes_of(mutant->out.data, mutant->out.len);
}
