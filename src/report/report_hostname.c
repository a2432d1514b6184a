// SPDX-License-Identifier: Apache-2.0
#include "report/report_hostname.h"

#include "base/text.h"
#include "x509/alt_names.h"

static void put_matched_by(struct buffer *out, const struct host_record *host)
{
	if (host->host->address_len) {
		alt_names_put_address(out, host->matched_by);
	} else {
		text_put_escaped_ascii(out, host->matched_by);
	}
}

void report_put_hostname(struct json *json, const struct host_record *host)
{
	json_put_open(json, "hostname", '{');
	json_put_text(json, "name", host->host->name);
	json_put_bool(json, "matches", host->matches);
	if (host->matches) {
		json_begin_text(json, "matched_by");
		put_matched_by(json->out, host);
		json_end_text(json);
	} else {
		json_put_null(json, "matched_by");
	}
	json_put_close(json, '}');
}

void report_put_hostname_text(struct buffer *out, const struct host_record *host)
{
	buffer_put_text(out, host->host->name);
	if (host->matches) {
		buffer_put_text(out, ", which the certificate has as ");
		put_matched_by(out, host);
	} else {
		buffer_put_text(out, ", for which the certificate is not");
	}
}
