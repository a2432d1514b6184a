// SPDX-License-Identifier: Apache-2.0
// The name that was asked about, against the certificate's names: data first, for policies to
// use, then the sentence.
#include "eval/evaluation.h"

// Names that a mismatch tells; certificates have up to hundreds.
#define MAX_TOLD 5

bool hold_host(struct evaluation *e)
{
	if (!e->request->host) {
		return true;
	}
	struct host_record *out = arena_take(&e->context->arena, sizeof(*out));
	if (!out) {
		return err_no_memory(e->err);
	}
	out->host = e->request->host;
	out->matches = host_match(out->host, e->inputs.leaf, &out->matched_by);
	e->record->host = out;
	return true;
}

// Appends entries of one kind, as long as there is room for more; counts them all.
static void put_names(struct buffer *out, const struct cert *cert, unsigned tag,
	void (*put)(struct buffer *out, struct bytes name), size_t *num)
{
	struct err ignored;
	struct bytes name;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	while (cert_next_alt_name(&names, tag, &name)) {
		if (*num < MAX_TOLD) {
			buffer_put_text(out, *num ? ", " : "");
			put(out, name);
		}
		++*num;
	}
}

bool explain_host(struct evaluation *e)
{
	const struct host_record *host = e->record->host;
	struct buffer *out = &e->context->text;
	size_t num = 0;
	if (!host || host->matches) {
		return true;
	}
	buffer_printf(out,
		"The certificate is not for %s, and clients that look for it there refuse "
		"it. It is for ",
		host->host->name);
	put_names(out, e->record->cert, DER_CONTEXT(2), host_match_put_name, &num);
	put_names(out, e->record->cert, DER_CONTEXT(7), host_match_put_address, &num);
	if (num > MAX_TOLD) {
		buffer_printf(out, " and %zu more", num - MAX_TOLD);
	}
	buffer_printf(out,
		"%s. Issue it with this %s in the subjectAltName (the common name does not "
		"count), or ask about one that it has.",
		num == 0 ? "no name at all" : "",
		host->host->address_len ? "address as an iPAddress" : "name");
	return add_finding(e, &e->record->findings, CODE_HOSTNAME_MISMATCH, "hostname",
		ERR_NO_OFFSET);
}
