// SPDX-License-Identifier: Apache-2.0
// From a form of the page to requests: one for each leaf certificate, whoever else came along.
#ifndef SERVE_PAGE_REQUEST_H
#define SERVE_PAGE_REQUEST_H

#include "eval/request.h"
#include "serve/form.h"
#include "serve/given.h"
#include "serve/page_frame.h"

struct page_request {
	struct form form;
	struct given given;
	const struct cert *leaves[GIVEN_MAX_CERTS];
	size_t num_leaves;
	struct ctp_request base; // what holds for each of them
	struct page_fields fields; // what the form shows again
	struct arena *arena;
};

// Sorts what the form has. The time of check and the policies are in base already. False with
// `err`, where the form itself is wrong or memory ran out; what is no certificate is in `given`.
bool page_request_read(struct page_request *out, struct err *err) MUST_CHECK;
// The request about one of the leaves.
bool page_request_of(struct page_request *page, size_t leaf, struct ctp_request *out,
	struct err *err) MUST_CHECK;
// Text that can be sent again, and holds all certificates that came: into page->fields. Without
// memory the fields stay empty.
void page_request_refill(struct page_request *page);
// A curl command that asks for the same report; NULL where it would be too long, or without
// memory.
const char *page_request_curl(struct page_request *page,
	const struct ctp_request *request, const char *origin, bool has_tokens);
// "/?at=...&policies=..." of that time of check.
const char *page_request_link(
	struct page_request *page, const struct ctp_request *request, int64_t at_ms);

// What came and is something else, an item each; the same under a heading, beside what was used.
void page_put_faults(const struct given *given, struct buffer *out);
void page_put_unused(const struct given *given, struct buffer *out);

#endif
