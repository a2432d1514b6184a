// SPDX-License-Identifier: Apache-2.0
// The name that was asked about, against the certificate's names: data first, for policies to
// use, then the sentence.
#include "eval/evaluation.h"

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

bool explain_host(struct evaluation *e)
{
	const struct host_record *host = e->record->host;
	struct buffer *out = &e->context->text;
	if (!host || host->matches) {
		return true;
	}
	buffer_printf(out,
		"The certificate is not for %s, and clients that look for it refuse it: ",
		host->host->name);
	explain_names(out, e->record->cert);
	if (host->host->address_len) {
		explain_not_address(out, e->record->cert, host->host->name);
	}
	buffer_printf(out,
		". Issue it with this %s in the subjectAltName, or ask about one that it has.",
		host->host->address_len ? "address as an iPAddress" : "name");
	return add_finding(e, &e->record->findings, CODE_HOSTNAME_MISMATCH, "hostname",
		ERR_NO_OFFSET);
}
