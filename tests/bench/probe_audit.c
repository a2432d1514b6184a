// SPDX-License-Identifier: Apache-2.0
// Makes ctpolicy, linked with it, say where the time of an audit by one thread goes: lines
// "probe NAME seconds" on standard error when it ends.
#include <stdio.h>
#include <stdlib.h>

#include "app/audit_reader.h"
#include "app/audit_writer.h"
#include "app/input.h"
#include "crypto/curve.h"
#include "tests/bench/bench.h"
#include "tests/bench/wrap.h"

void must(bool good, const char *what)
{
	if (!good) {
		(void)fprintf(stderr, "ctpolicy-probed: %s\n", what);
		abort();
	}
}

static void say_all(void)
{
	int64_t self_ns[NUM_PROBES];
	(void)probe_end(self_ns);
	for (size_t i = 0; i < NUM_PROBES; i++) {
		(void)fprintf(stderr, "probe %s %.9f\n", probe_names[i],
			(double)self_ns[i] / 1e9);
	}
}

__attribute__((constructor)) static void begin(void)
{
	probe_set_mode(PROBES_ALL);
	probe_begin();
	must(atexit(say_all) == 0, "no room for one more exit handler");
}

PROBED(PROBE_READ, bool, audit_reader_fill, (reader, batch), struct audit_reader *reader,
	struct batch *batch)
PROBED(PROBE_REQUEST, bool, input_read_request, (line, arena, request, err),
	struct bytes line, struct arena *arena, struct ctp_request *request,
	struct err *err)
PROBED(PROBE_TABLES, struct curve_table *, curve_table_new, (curve, x, y, sums),
	const struct curve *curve, const uint64_t *x, const uint64_t *y,
	struct curve_sums *sums)
PROBED(PROBE_TABLES, struct curve_table *, curve_table_of_generator, (curve, sums),
	const struct curve *curve, struct curve_sums *sums)

WRAPPED(void, report_json, const struct record *record, struct buffer *out)
{
	probe_enter(PROBE_WRITE);
	__real_report_json(record, out);
	probe_leave(PROBE_WRITE);
}

WRAPPED(void, audit_writer_take, struct audit_writer *writer, struct batch *batch)
{
	probe_enter(PROBE_OUTPUT);
	__real_audit_writer_take(writer, batch);
	probe_leave(PROBE_OUTPUT);
}
