// SPDX-License-Identifier: Apache-2.0
// The calls of the service (INTERFACE.md, "REST"), a row each.
#ifndef SERVE_ENDPOINTS_H
#define SERVE_ENDPOINTS_H

#include "base/bytes.h"
#include "serve/calls.h"

struct exchange;
struct evaluated;

enum access {
	ACCESS_OPEN, // to everybody
	ACCESS_TOKEN, // where there are tokens, to those who have one
	ACCESS_FORM, // the same, and a form may bring the token: seen when it is read
	ACCESS_ADMIN, // to those who have an admin's token
};

struct endpoint {
	enum call call;
	const char *path; // one that ends with "/" is followed by a name
	const char *allow; // its methods, as the header Allow has them
	enum access access;
	bool is_page; // for people: errors are pages too, with the headers that browsers want
	const char *const *parameters; // of the query, NULL-terminated
	const char *const *body_types; // media types of a body; NULL: it takes none
	// At the end of the body, one of two. Answers:
	void (*answer)(struct exchange *x);
	// Or fills x->request, false where it has answered; the HTTP side evaluates it, with
	// others in one batch, and `finish` answers. One that always answers needs none.
	bool (*prepare)(struct exchange *x);
	void (*finish)(struct exchange *x, const struct evaluated *item);
	// Or, when the head is there, x->stream, which takes the body piece by piece; false
	// where it has answered.
	bool (*begin)(struct exchange *x);
};

// The call of that path: where there are several, that of the method, else the first one. NULL
// where no call has that path. `method` may be NULL.
const struct endpoint *endpoints_find(struct bytes path, const char *method);
// Does the call answer to this method?
bool endpoint_allows(const struct endpoint *endpoint, const char *method);

// The methods of all calls of its path, as the header Allow has them.
const char *endpoint_methods(const struct endpoint *endpoint);

// The handlers, for the table.
bool evaluate_prepare(struct exchange *x);
void evaluate_finish(struct exchange *x, const struct evaluated *item);
bool batch_begin(struct exchange *x);
bool plan_prepare(struct exchange *x);
void answer_log_list(struct exchange *x);
void answer_logs(struct exchange *x);
void answer_log(struct exchange *x);
void answer_refresh(struct exchange *x);
void answer_livez(struct exchange *x);
void answer_readyz(struct exchange *x);
void answer_metrics(struct exchange *x);
void answer_version(struct exchange *x);
void answer_openapi(struct exchange *x);
void answer_schema(struct exchange *x);
void page_form(struct exchange *x);
bool page_prepare(struct exchange *x);
bool page_plan_prepare(struct exchange *x);
void page_lists(struct exchange *x);
bool page_lists_prepare(struct exchange *x);
void page_file(struct exchange *x);

extern const char *const evaluate_parameters[];

#endif
