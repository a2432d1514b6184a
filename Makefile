# SPDX-License-Identifier: Apache-2.0
# Targets: all check asan tsan fuzz check-cluster nightly bench coverage lint docs dist deb install clean (README.md
# says what they do).

VERSION = 0.1.0
# The day of that version: manual pages bear it, so that every build gives the same ones.
RELEASED = 2026-11-22
SONAME = libctpolicy.so.1

ifeq ($(origin CC),default)
CC = gcc
endif
OTHER_CC ?= $(if $(findstring clang,$(CC)),gcc,clang)
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
PYTHON ?= /usr/bin/python3
DESTDIR ?=
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DOCDIR ?= $(PREFIX)/share/doc/ctpolicy
SHAREDIR ?= $(PREFIX)/share/ctpolicy
SCHEMADIR ?= $(SHAREDIR)/schemas

BUILD ?= build
OPTIMIZE ?= -O2 -g
SANITIZE ?=
WARN = -Wall -Wextra -Werror -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
	-Wcast-qual -Wpointer-arith -Wwrite-strings -Wswitch-enum -Wundef -Wvla -Wformat=2 \
	-Wno-format-nonliteral
BASE_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 $(OPTIMIZE) $(SANITIZE) $(WARN) -fPIC \
	-fvisibility=hidden -fstack-protector-strong -fdebug-prefix-map=$(CURDIR)=.
SRC_CFLAGS = $(BASE_CFLAGS) -Isrc -Iinclude -include base/banned.h
TEST_CFLAGS = $(BASE_CFLAGS) -Isrc -Iinclude -I.
LIBS := $(shell $(PKG_CONFIG) --libs jansson libcrypto) -lpthread
# What the program needs beside, and the library does not; libcurl is loaded when it fetches
# (src/app/libcurl.c), and asked for at build time for its headers alone.
APP_LIBS := $(shell $(PKG_CONFIG) --libs libssl zlib libzstd)
# `make V=1` shows the command lines.
ifndef V
.SILENT:
endif
LINK = $(CC) $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

LIB_SRC = \
	src/base/arena.c \
	src/base/bytes.c \
	src/base/datetime.c \
	src/base/err.c \
	src/base/text.c \
	src/crypto/curve.c \
	src/crypto/digest.c \
	src/crypto/ecdsa.c \
	src/crypto/fast.c \
	src/crypto/fast_answers.c \
	src/crypto/keycache.c \
	src/crypto/pubkey.c \
	src/crypto/sigalg.c \
	src/crypto/verifier.c \
	src/x509/algorithm.c \
	src/x509/alt_names.c \
	src/x509/cert.c \
	src/x509/der.c \
	src/x509/key_purpose.c \
	src/x509/host_match.c \
	src/x509/name.c \
	src/x509/ocsp.c \
	src/x509/oid.c \
	src/x509/pem.c \
	src/x509/pin.c \
	src/x509/pin_json.c \
	src/x509/pin_source.c \
	src/x509/pin_xml.c \
	src/x509/private_key.c \
	src/x509/recognize.c \
	src/x509/spare_key.c \
	src/x509/tbs.c \
	src/x509/tbs_diff.c \
	src/sct/sct.c \
	src/sct/sct_json.c \
	src/sct/signed_entry.c \
	src/sct/verify.c \
	src/loglist/archive.c \
	src/loglist/bundled.c \
	src/loglist/history.c \
	src/loglist/history_facts.c \
	src/loglist/json_load.c \
	src/loglist/json_place.c \
	src/loglist/lines.c \
	src/loglist/list_guard.c \
	src/loglist/list_diff.c \
	src/loglist/list_signature.c \
	src/loglist/lists.c \
	src/loglist/log_history.c \
	src/loglist/source.c \
	src/loglist/loglist.c \
	src/loglist/loglist_json.c \
	src/loglist/loglist_json_write.c \
	src/policy/exempt.c \
	src/policy/facts.c \
	src/policy/policy.c \
	src/policy/tables.c \
	src/eval/advice.c \
	src/eval/certcache.c \
	src/eval/collect.c \
	src/eval/connection.c \
	src/eval/context.c \
	src/eval/evaluate.c \
	src/eval/explain.c \
	src/eval/explain_lists.c \
	src/eval/explain_certificate.c \
	src/eval/explain_given.c \
	src/eval/findings.c \
	src/eval/hostname.c \
	src/eval/inputs.c \
	src/eval/issuers.c \
	src/eval/judge.c \
	src/eval/later.c \
	src/eval/lacks.c \
	src/eval/minimum.c \
	src/eval/older.c \
	src/eval/pins.c \
	src/eval/pins_words.c \
	src/eval/plan.c \
	src/eval/plan_judge.c \
	src/eval/plan_nearest.c \
	src/eval/plan_union.c \
	src/eval/plan_union_sets.c \
	src/eval/plan_patterns.c \
	src/eval/plan_sets.c \
	src/eval/precert.c \
	src/eval/record.c \
	src/eval/repair.c \
	src/eval/repair_command.c \
	src/eval/repair_measures.c \
	src/eval/repair_words.c \
	src/eval/request.c \
	src/eval/roots.c \
	src/eval/revocation.c \
	src/eval/selection.c \
	src/eval/shorter.c \
	src/eval/signatures.c \
	src/eval/sources.c \
	src/eval/verify_scts.c \
	src/report/exemption_words.c \
	src/report/ctpolicy.c \
	src/report/json_fields.c \
	src/report/page_answer.c \
	src/report/page_diff.c \
	src/report/page_entry.c \
	src/report/page_lists.c \
	src/report/page_models.c \
	src/report/page_plan.c \
	src/report/page_plan_logs.c \
	src/report/page_plan_sets.c \
	src/report/page_scts.c \
	src/report/page_timeline.c \
	src/report/page_write.c \
	src/report/json_write.c \
	src/report/report.c \
	src/report/report_connection.c \
	src/report/report_csv.c \
	src/report/report_diff.c \
	src/report/report_diff_text.c \
	src/report/html_write.c \
	src/report/report_html.c \
	src/report/report_html_charts.c \
	src/report/report_html_lists.c \
	src/report/report_html_scts.c \
	src/report/report_html_style.c \
	src/report/report_json.c \
	src/report/report_line.c \
	src/report/report_lists.c \
	src/report/report_log_history.c \
	src/report/report_plan.c \
	src/report/report_plan_text.c \
	src/report/report_plan_words.c \
	src/report/report_hostname.c \
	src/report/report_pin_forms.c \
	src/report/report_pin_json.c \
	src/report/report_pins.c \
	src/report/report_repair.c \
	src/report/report_policies.c \
	src/report/report_table.c \
	src/report/report_text.c \
	src/report/report_text_scts.c \
	src/report/report_text_words.c \
	src/report/report_verdict.c \
	src/report/summary.c \
	src/report/summary_json.c \
	src/report/summary_json_items.c \
	src/report/summary_row.c \
	src/report/summary_shards.c \
	src/report/summary_text.c \
	src/report/summary_words.c \
	src/report/tally.c

APP_SRC = \
	src/app/audit_judge.c \
	src/app/audit_options.c \
	src/app/audit_pool.c \
	src/app/audit_reader.c \
	src/app/audit_resume.c \
	src/app/audit_writer.c \
	src/app/batch.c \
	src/app/check.c \
	src/app/checkpoint.c \
	src/app/clock.c \
	src/app/cmd_audit.c \
	src/app/cmd_audit_merge.c \
	src/app/cmd_check.c \
	src/app/cmd_log_list.c \
	src/app/cmd_log_list_diff.c \
	src/app/cmd_log_list_refresh.c \
	src/app/cmd_log_list_state.c \
	src/app/cmd_plan.c \
	src/app/cmd_pins.c \
	src/app/cmd_policies.c \
	src/app/command_table.c \
	src/app/common.c \
	src/app/dedupe.c \
	src/app/fetch.c \
	src/app/fetch_faults.c \
	src/app/files.c \
	src/app/hook.c \
	src/app/input.c \
	src/app/issuer_files.c \
	src/app/kept_lists.c \
	src/app/libcurl.c \
	src/app/library.c \
	src/app/loopback.c \
	src/app/main.c \
	src/app/message.c \
	src/app/open_lists.c \
	src/app/options.c \
	src/app/pause.c \
	src/app/pin_options.c \
	src/app/plan_request.c \
	src/app/progress.c \
	src/app/record_walk.c \
	src/app/records.c \
	src/app/records_csv.c \
	src/app/records_der.c \
	src/app/refresh.c \
	src/app/refresh_sources.c \
	src/app/request_json.c \
	src/app/short_request.c \
	src/app/sink.c \
	src/app/sizes.c \
	src/app/spool.c \
	src/app/state.c \
	src/app/state_write.c \
	src/app/stop.c \
	src/app/stream.c \
	src/app/summary_files.c \
	src/app/validator.c \
	src/app/walk.c \
	src/app/window.c

# What asks live servers (check --connect).
LIVE_SRC = \
	src/live/check_live.c \
	src/live/deadline.c \
	src/live/dial.c \
	src/live/examine.c \
	src/live/host_name.c \
	src/live/hosts.c \
	src/live/hosts_run.c \
	src/live/resolve.c \
	src/live/starttls.c \
	src/live/tls_client.c \
	src/live/tls_message.c

# Those of the service's that have unit tests.
SERVE_UNIT_SRC = $(filter-out $(wildcard src/serve/http_*.c src/serve/call_*.c) %/cmd_serve.c %/serve.c %/worker.c %/exchange.c \
	%/microhttpd.c %/listener.c %/page_frame.c %/page_plan_form.c %/page_request.c,$(SERVE_SRC))

SERVE_SRC = \
	src/serve/access_log.c \
	src/serve/activation.c \
	src/serve/addresses.c \
	src/serve/call_batch.c \
	src/serve/call_evaluate.c \
	src/serve/call_lists.c \
	src/serve/call_operations.c \
	src/serve/call_page.c \
	src/serve/call_page_lists.c \
	src/serve/call_page_plan.c \
	src/serve/call_plan.c \
	src/serve/calls.c \
	src/serve/cmd_serve.c \
	src/serve/environment.c \
	src/serve/exchange.c \
	src/serve/form.c \
	src/serve/given.c \
	src/serve/gzip.c \
	src/serve/key_refusal.c \
	src/serve/http_answer.c \
	src/serve/http_client.c \
	src/serve/http_end.c \
	src/serve/http_head.c \
	src/serve/http_judge.c \
	src/serve/http_library.c \
	src/serve/http_limits.c \
	src/serve/http_loop.c \
	src/serve/http_request.c \
	src/serve/http_server.c \
	src/serve/http_stream.c \
	src/serve/listener.c \
	src/serve/media.c \
	src/serve/metrics.c \
	src/serve/metrics_put.c \
	src/serve/microhttpd.c \
	src/serve/notify.c \
	src/serve/page_frame.c \
	src/serve/page_plan_form.c \
	src/serve/page_request.c \
	src/serve/problem.c \
	src/serve/process.c \
	src/serve/query.c \
	src/serve/request_stream.c \
	src/serve/endpoints.c \
	src/serve/serve.c \
	src/serve/settings.c \
	src/serve/source.c \
	src/serve/store.c \
	src/serve/tokens.c \
	src/serve/trace.c \
	src/serve/watch.c \
	src/serve/worker.c

# What makes the manual pages and completions, beside the program's own objects.
DOCS_SRC = \
	src/docs/complete_bash.c \
	src/docs/complete_fish.c \
	src/docs/complete_zsh.c \
	src/docs/mkdocs.c \
	src/docs/page_command.c \
	src/docs/page_library.c \
	src/docs/page_rest.c \
	src/docs/roff.c \
	src/docs/value.c

# What reads requests, for the programs of the tests that have no main.c of ours.
INPUT_SRC = \
	src/app/input.c \
	src/app/request_json.c \
	src/app/short_request.c

PKI_SRC = \
	tests/pki/der_write.c \
	tests/pki/pki_cert.c \
	tests/pki/pki_ct.c \
	tests/pki/pki_key.c \
	tests/pki/pki_list.c \
	tests/pki/pki_ocsp.c \
	tests/pki/pki_sign.c \
	tests/pki/pki_text.c \
	tests/pki/pki_world.c

UNIT_SRC = \
	tests/unit/harness.c \
	tests/unit/support.c \
	tests/unit/test_verifier.c \
	tests/unit/test_signed_entry.c \
	tests/unit/test_keycache.c \
	tests/unit/test_digest.c \
	tests/unit/test_ocsp.c \
	tests/unit/test_sct_json.c \
	tests/unit/test_sct.c \
	tests/unit/test_tbs.c \
	tests/unit/test_tbs_diff.c \
	tests/unit/test_cert.c \
	tests/unit/test_pem.c \
	tests/unit/test_pin.c \
	tests/unit/test_alt_names.c \
	tests/unit/test_name.c \
	tests/unit/test_oid.c \
	tests/unit/test_recognize.c \
	tests/unit/test_der.c \
	tests/unit/test_arena.c \
	tests/unit/test_bytes.c \
	tests/unit/test_facts.c \
	tests/unit/test_policy.c \
	tests/unit/test_situations.c \
	tests/unit/test_exempt.c \
	tests/unit/test_rows.c \
	tests/unit/test_views.c \
	tests/unit/policy_model.c \
	tests/unit/test_property.c \
	tests/unit/test_json_load.c \
	tests/unit/test_archive.c \
	tests/unit/test_list_guard.c \
	tests/unit/test_lists.c \
	tests/unit/test_list_forms.c \
	tests/unit/test_list_sources.c \
	tests/unit/test_source.c \
	tests/unit/test_list_diff.c \
	tests/unit/test_log_history.c \
	tests/unit/eval_build.c \
	tests/unit/test_evaluate.c \
	tests/unit/test_inputs.c \
	tests/unit/test_random_request.c \
	tests/unit/test_judge.c \
	tests/unit/test_older.c \
	tests/unit/test_plan.c \
	tests/unit/test_precert.c \
	tests/unit/test_sources.c \
	tests/unit/test_ocsp_scts.c \
	tests/unit/test_certcache.c \
	tests/unit/test_ctpolicy.c \
	tests/unit/test_curve.c \
	tests/unit/test_curve_portable.c \
	tests/unit/test_fast.c \
	tests/unit/summary_build.c \
	tests/unit/test_summary.c \
	tests/unit/test_summary_json.c \
	tests/unit/test_summary_text.c \
	tests/unit/test_report_html.c \
	tests/unit/test_report_policies.c \
	tests/unit/test_sink.c \
	tests/unit/test_stream.c \
	tests/unit/test_record_walk.c \
	tests/unit/test_records.c \
	tests/unit/test_records_csv.c \
	tests/unit/test_dedupe.c \
	tests/unit/test_walk.c \
	tests/unit/test_sizes.c \
	tests/unit/test_progress.c \
	tests/unit/test_window.c \
	tests/unit/test_fetch_faults.c \
	tests/unit/test_validator.c \
	tests/unit/test_loopback.c \
	tests/unit/test_pause.c \
	tests/unit/test_host_match.c \
	tests/unit/test_host_name.c \
	tests/unit/test_starttls.c \
	tests/unit/test_tls_message.c \
	tests/unit/test_access_log.c \
	tests/unit/test_activation.c \
	tests/unit/test_addresses.c \
	tests/unit/test_endpoints.c \
	tests/unit/test_form.c \
	tests/unit/test_given.c \
	tests/unit/test_gzip.c \
	tests/unit/test_http_judge.c \
	tests/unit/test_media.c \
	tests/unit/test_metrics.c \
	tests/unit/test_notify.c \
	tests/unit/test_process.c \
	tests/unit/test_query.c \
	tests/unit/test_request_stream.c \
	tests/unit/test_settings.c \
	tests/unit/test_store.c \
	tests/unit/test_tokens.c \
	tests/unit/test_trace.c \
	tests/verifiers/pairs.c \
	tests/unit/test_issuers.c \
	tests/unit/test_request.c \
	tests/unit/test_short_request.c \
	tests/fuzz/same_request.c \
	tests/unit/test_tables.c \
	tests/unit/test_datetime.c \
	tests/unit/test_text.c

SELFTEST_SRC = \
	tests/pki/judge.c \
	tests/pki/selftest.c \
	tests/pki/selftest_cert.c \
	tests/pki/selftest_ct.c \
	tests/pki/selftest_ocsp.c

comma := ,
# Fuzz targets: tests/fuzz/fuzz_<name>.c, with a corpus and perhaps a dictionary of that name.
FUZZ_NAMES = \
	archive \
	batch \
	certificate \
	evaluate \
	form \
	gzip \
	history \
	hostname \
	list_diff \
	log_list \
	media \
	ocsp \
	pem \
	pins \
	plan \
	query \
	records \
	request \
	sct_list \
	short_request \
	spare_key \
	starttls \
	stream \
	summary \
	tbs_diff \
	tls_message \
	tokens \
	trace \
	verifiers

MKCORPUS_SRC = \
	tests/fuzz/corpus_json.c \
	tests/fuzz/corpus_pins.c \
	tests/fuzz/corpus_plan.c \
	tests/fuzz/corpus_records.c \
	tests/fuzz/corpus_serve.c \
	tests/fuzz/corpus_x509.c \
	tests/fuzz/mkcorpus.c

ORACLE_SRC = \
	tests/oracle/compare.c \
	tests/oracle/compare_name.c \
	tests/oracle/compare_scts.c \
	tests/oracle/evaluations.c \
	tests/oracle/generated.c \
	tests/oracle/mutate.c \
	tests/oracle/oracle.c

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB_OBJ = $(call obj,$(LIB_SRC)) $(BUILD)/obj/bundled_history.o
APP_OBJ = $(call obj,$(APP_SRC) $(LIVE_SRC) $(SERVE_SRC)) $(BUILD)/obj/resources.o
DOCS_OBJ = $(call obj,$(DOCS_SRC))
# Manual pages and completions, as they are below $(PREFIX)/share; the stamp is as new as they.
DOCS = $(BUILD)/docs/made
# Those of the program's objects that have unit tests.
UNIT_APP_OBJ = $(call obj,$(INPUT_SRC) src/app/kept_lists.c src/app/audit_pool.c src/app/audit_reader.c src/app/batch.c \
	src/app/clock.c src/app/common.c src/app/dedupe.c src/app/fetch_faults.c src/app/files.c src/app/loopback.c src/app/message.c \
	src/app/options.c src/app/pause.c src/app/progress.c \
	src/app/record_walk.c src/app/records.c src/app/records_csv.c src/app/records_der.c src/app/sink.c \
	src/app/sizes.c src/app/spool.c src/app/state.c src/app/stop.c src/app/stream.c src/app/validator.c src/app/walk.c \
	src/app/window.c src/live/host_name.c src/live/starttls.c src/live/tls_message.c $(SERVE_UNIT_SRC) src/serve/http_client.c src/serve/http_judge.c)
PKI_OBJ = $(call obj,$(PKI_SRC))
SELFTEST_OBJ = $(call obj,$(SELFTEST_SRC))
FUZZ_OBJ = $(call obj,tests/fuzz/same_list.c tests/fuzz/same_request.c $(INPUT_SRC)) $(PKI_OBJ) $(LIB_OBJ)
# All there is to compile, programs and tests, for the other compiler.
EVERY_OBJ = $(LIB_OBJ) $(APP_OBJ) $(DOCS_OBJ) $(call obj,$(sort $(wildcard tests/*/*.c)))

# Suites of tests: command lines in quotes, which tests/run.py runs, some at a time, and adds up. What
# PROGRAM_CHECKS names runs under the sanitizers and for coverage too; it takes programs
# and writes files in $(BUILD) only. A suite that produces reason codes writes them, a line
# each, into a file of its own in $(PRODUCED).
PRODUCED = $(BUILD)/produced
AUDIT_THREADS = env CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/threads/audit.py
UNIT_CHECKS = "env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/unit $(BUILD)/unit" \
	"$(BUILD)/pki-selftest" "$(BUILD)/threads tests/samples" "$(AUDIT_THREADS)"
CLI_SUITES = schemas check plan advice preissue verifiers formats options output requests bad_input log_list list_diff history \
	client_age policies audit audit_faults audit_merge without_libcurl refresh refresh_faults refresh_disk \
	state import sources pins pin_spares auditor log_gap kinds repair
CLI_CHECKS = $(foreach name,$(CLI_SUITES),"env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/cli-$(name) \
	$(if $(SANITIZE),CTPOLICY_TEST_ORDERS=3) \
	CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/cli/test_$(name).py") $(OOM_CHECK)
# The state folder through ninety nights of another clock; beside readers; under every fault, killed, and
# cut off: where a sanitizer makes each run slow, under some; where coverage is counted, whose files would
# meet the faults as well, under none.
STATE = env CTPOLICY=$(BUILD)/ctpolicy CTPOLICY_FAULTS=$(BUILD)/faults.so
STATE_CHECKS = "$(STATE) CTPOLICY_TEST_PRODUCED=$(PRODUCED)/nights $(PYTHON) tests/state/test_nights.py \
		$(BUILD)/clock.so" "$(READERS)" $(if $(findstring coverage,$(SANITIZE)),,$(FAULT_CHECKS))
FAULT_CHECKS = "$(STATE) CTPOLICY_TEST_PRODUCED=$(PRODUCED)/faults $(PYTHON) tests/state/test_faults.py \
		$(if $(SANITIZE),23,1)" \
	"$(STATE) $(PYTHON) tests/state/test_kill.py $(if $(SANITIZE),12,60) 1" \
	"$(STATE) $(PYTHON) tests/state/test_cuts.py $(if $(SANITIZE),40,200) 1"
# Readers while the state folder is refreshed; `make nightly` has 1,000 refreshes.
READERS = env CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/state/test_readers.py $(BUILD)/readers
# Every allocation made to fail; under the address sanitizer some, and leaks are found.
OOM_RUN = env BUILD=$(BUILD) CTPOLICY_TEST_PRODUCED=$(PRODUCED)/oom $(PYTHON) tests/oom/run.py \
	--preload $(BUILD)/failmalloc.so
OOM_CHECK = $(if $(findstring address,$(SANITIZE)),"$(OOM_RUN) --only-asan --asan $(BUILD)/ctpolicy",\
	$(if $(SANITIZE),,"$(OOM_RUN) --program $(BUILD)/ctpolicy"))
# The service, by HTTP and by raw bytes; a million mixed requests are the nightly's, and a sanitizer's are
# few: `make asan MIXED_SANITIZED=100000`.
SERVE_SUITES = same openapi hostile limits drain tokens roots keys page page_plan
SERVE = env $(if $(SANITIZE),CTPOLICY_TEST_SLOW=1) CTPOLICY=$(BUILD)/ctpolicy
MIXED_SANITIZED ?= 3000
MIXED_RUN = $(SERVE) $(PYTHON) tests/serve/mixed.py
FUZZ_OPENAPI = $(SERVE) $(PYTHON) tests/serve/fuzz_openapi.py
SERVE_CHECKS = $(foreach name,$(SERVE_SUITES),"$(SERVE) CTPOLICY_TEST_PRODUCED=$(PRODUCED)/serve-$(name) \
	$(PYTHON) tests/serve/test_$(name).py") "$(MIXED_RUN) $(if $(SANITIZE),$(MIXED_SANITIZED),20000)" \
	"$(FUZZ_OPENAPI) 20 1 3000"
# Live servers, by TLS and STARTTLS (check --connect, --hosts).
CONNECT_SUITES = connect connect_shown connect_mail connect_faults hosts
CONNECT_RUN = env CTPOLICY=$(BUILD)/ctpolicy BUILD=$(BUILD) $(if $(SANITIZE),CTPOLICY_TEST_SLOW=1) \
	$(PYTHON) tests/connect
CONNECT_CHECKS = $(foreach name,$(CONNECT_SUITES),"env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/$(name) \
	$(CONNECT_RUN)/test_$(name).py")
# The page in a real Chromium; without one it says "skipped".
PAGE_CHECK = "env CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/page/test_browser.py"
FETCH_RUN = env FETCH_PROBE=$(BUILD)/fetch-probe $(PYTHON) tests/fetch/test_fetch.py
FETCH_CHECK = "env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/fetch $(FETCH_RUN)"
# 100,000 mutations; a tenth where a sanitizer makes each of them slow.
ORACLE_CHECKS = "$(BUILD)/oracle $(if $(SANITIZE),10000)" "$(PYTHON) tests/oracle/agree.py $(BUILD)/ctpolicy" \
	"$(PYTHON) tests/oracle/agree.py $(BUILD)/ctpolicy state" \
	"$(PYTHON) tests/oracle/agree.py $(BUILD)/ctpolicy both" \
	"$(PYTHON) tests/oracle/agree_audit.py $(BUILD)/ctpolicy"
# The corpora, without a fuzzer (tests/fuzz/replay.c).
FUZZ_CHECKS = $(foreach name,$(FUZZ_NAMES),"$(BUILD)/replay_$(name) tests/fuzz/corpus/$(name)")
# Plans against a search over all sets of logs, and each set that they name judged.
PLAN_DATES ?= $(if $(SANITIZE),60,1000)
PLAN_JUDGED ?= $(if $(SANITIZE),10,100)
PLAN_CHECKS = "env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/plan CTPOLICY=$(BUILD)/ctpolicy \
	$(PYTHON) tests/plan/test_lists.py $(BUILD)/plan-brute $(PLAN_DATES)" \
	"env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/plan CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/plan/test_union.py" \
	"$(BUILD)/plan-engine $(PLAN_JUDGED)" "$(BUILD)/repair-engine 2000"
# Metrics as Prometheus's parsers read them.
METRICS_CHECK = "env BUILD=$(BUILD) $(PYTHON) tests/serve/test_metrics_text.py" \
	"env CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/serve/test_observe.py" \
	"env CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/serve/test_sources.py"
PROGRAM_CHECKS = $(UNIT_CHECKS) $(CLI_CHECKS) $(CONNECT_CHECKS) $(FETCH_CHECK) $(SERVE_CHECKS) $(METRICS_CHECK) \
	$(STATE_CHECKS) $(ORACLE_CHECKS) $(FUZZ_CHECKS) $(PLAN_CHECKS)
LINT_CHECKS = "tests/layers.sh $(BUILD)" "tests/lint.sh $(BUILD) $(CC) $(OTHER_CC)"
DEPLOY_SUITES = container debian deploy dist issuance nginx pages service
DEPLOY_CHECK = $(foreach name,$(DEPLOY_SUITES),"env CTPOLICY_TEST_PRODUCED=$(PRODUCED)/$(name) CC=$(CC) \
	CTPOLICY=$(BUILD)/ctpolicy CTPOLICY_DOCS=$(BUILD)/docs/share $(PYTHON) tests/deploy/test_$(name).py") \
	"env BUILD=$(BUILD) $(PYTHON) tests/deploy/test_prometheus.py"
HOUSE_CHECKS = $(LINT_CHECKS) "tests/layers_test.sh" "tests/embed/embed.sh $(BUILD)" $(DEPLOY_CHECK) $(PAGE_CHECK)
CODES_CHECK = "$(PYTHON) tests/codes.py $(PRODUCED)"

# What the program checks run; add yours.
CHECK_PROGRAMS = $(BUILD)/ctpolicy $(BUILD)/ctpolicy-spoiled $(BUILD)/unit $(BUILD)/pki-selftest $(BUILD)/threads $(BUILD)/readers \
	$(BUILD)/tls-server $(BUILD)/resolver.so $(BUILD)/mksamples \
	$(BUILD)/failmalloc.so $(BUILD)/fetch-probe $(BUILD)/clock.so $(BUILD)/faults.so \
	$(BUILD)/oracle $(BUILD)/metrics-text $(BUILD)/plan-brute $(BUILD)/plan-engine \
	$(BUILD)/repair-engine \
	$(FUZZ_NAMES:%=$(BUILD)/replay_%)

all: ctpolicy $(BUILD)/libctpolicy.a $(BUILD)/$(SONAME) $(BUILD)/ctpolicy.pc \
	$(DOCS) tests/samples/compliant.pem

ctpolicy: $(BUILD)/ctpolicy
	cp $(BUILD)/ctpolicy $@.new && mv -f $@.new $@

$(BUILD)/ctpolicy $(BUILD)/ctpolicy-spoiled $(BUILD)/ctpolicy-probed $(BUILD)/unit $(BUILD)/fetch-probe \
	$(BUILD)/fuzz_stream $(BUILD)/fuzz_gzip $(BUILD)/replay_gzip $(BUILD)/fuzz_batch $(BUILD)/replay_batch \
	$(BUILD)/replay_stream $(BUILD)/fuzz_records $(BUILD)/replay_records: LIBS += $(APP_LIBS)

$(BUILD)/fuzz_stream $(BUILD)/replay_stream $(BUILD)/fuzz_records $(BUILD)/replay_records: \
	$(call obj,src/app/files.c src/app/stop.c src/app/stream.c)
$(BUILD)/fuzz_records $(BUILD)/replay_records: \
	$(call obj,src/app/records.c src/app/records_csv.c src/app/records_der.c src/app/window.c)

# The program's own MHD_queue_response is found by libmicrohttpd (src/serve/http_answer.c).
$(BUILD)/ctpolicy $(BUILD)/ctpolicy-spoiled $(BUILD)/ctpolicy-probed: \
	LDFLAGS += -Wl,--export-dynamic-symbol=MHD_queue_response

$(BUILD)/fuzz_tokens $(BUILD)/replay_tokens: \
	$(call obj,src/app/files.c src/app/message.c src/serve/tokens.c)
$(BUILD)/fuzz_plan $(BUILD)/replay_plan: $(call obj,src/app/plan_request.c)
$(BUILD)/fuzz_query $(BUILD)/replay_query: $(call obj,src/serve/query.c)
$(BUILD)/fuzz_form $(BUILD)/replay_form: $(call obj,src/serve/form.c src/serve/given.c src/serve/media.c)
$(BUILD)/fuzz_media $(BUILD)/replay_media: $(call obj,src/serve/media.c)
$(BUILD)/fuzz_gzip $(BUILD)/replay_gzip: $(call obj,src/serve/gzip.c)
$(BUILD)/fuzz_batch $(BUILD)/replay_batch: \
	$(call obj,src/serve/calls.c src/serve/gzip.c src/serve/key_refusal.c src/serve/metrics.c src/serve/request_stream.c)
$(BUILD)/fuzz_starttls $(BUILD)/replay_starttls: $(call obj,src/live/starttls.c)
$(BUILD)/fuzz_tls_message $(BUILD)/replay_tls_message: $(call obj,src/live/tls_message.c)
$(BUILD)/fuzz_trace $(BUILD)/replay_trace: $(call obj,src/app/clock.c src/serve/trace.c)

$(BUILD)/ctpolicy: $(APP_OBJ) $(LIB_OBJ)
	$(LINK)

# Its fast verifier fails its own test.
$(BUILD)/ctpolicy-spoiled: $(APP_OBJ) $(filter-out %/fast_answers.o,$(LIB_OBJ)) \
		$(call obj,tests/verifiers/spoiled_answers.c)
	$(LINK)

docs: $(DOCS)
$(BUILD)/mkdocs: LIBS += $(APP_LIBS)
$(BUILD)/mkdocs: $(DOCS_OBJ) $(filter-out %/main.o,$(APP_OBJ)) $(LIB_OBJ)
	$(LINK)

$(DOCS): $(BUILD)/mkdocs src/serve/openapi.json include/ctpolicy.h Makefile
	rm -rf $(@D) && mkdir -p $(@D)
	$(BUILD)/mkdocs $(RELEASED) src/serve/openapi.json include/ctpolicy.h $(@D)/share
	touch $@

# One object whose hidden symbols are local: the archive shows what the header shows.
$(BUILD)/libctpolicy.a: $(LIB_OBJ)
	$(LD) -r -o $(BUILD)/libctpolicy.o $^
	$(OBJCOPY) --localize-hidden $(BUILD)/libctpolicy.o
	rm -f $@
	$(AR) rcs $@ $(BUILD)/libctpolicy.o

$(BUILD)/$(SONAME): $(LIB_OBJ)
	$(LINK) -shared -Wl,-soname,$(SONAME) -Wl,-z,defs

# Always looked at, because PREFIX may be another one than last time.
$(BUILD)/ctpolicy.pc: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$${prefix}/include' '' \
		'Name: ctpolicy' 'Version: $(VERSION)' \
		'Description: Certificate Transparency policy evaluation' \
		'Requires.private: jansson libcrypto >= 3.0' 'Libs: -L$${libdir} -lctpolicy' \
		'Libs.private: -lpthread' 'Cflags: -I$${includedir}' > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# zlib.h has a field called time: it is read before that name is banned.
$(BUILD)/obj/src/app/sink.o $(BUILD)/obj/src/app/stream.o $(BUILD)/obj/src/serve/gzip.o: \
	SRC_CFLAGS := -DZLIB_CONST -include zlib.h $(SRC_CFLAGS)

# The same field in curl.h.
$(BUILD)/obj/src/app/fetch.o $(BUILD)/obj/src/app/libcurl.o: \
	SRC_CFLAGS := -include curl/curl.h $(SRC_CFLAGS)

# The same field of gettimeofday in its headers.
$(call obj,$(filter src/serve/http_%.c src/serve/microhttpd.c,$(SERVE_SRC)) tests/unit/test_http_judge.c): \
	SRC_CFLAGS := -include microhttpd.h $(SRC_CFLAGS)

# The same in OpenSSL's, from 3.5 on.
$(call obj,$(LIVE_SRC)): SRC_CFLAGS := -include openssl/ssl.h -include openssl/x509v3.h $(SRC_CFLAGS)

# Arithmetic on limbs: every loop unrolled, and no vectors of what was just written.
$(BUILD)/obj/src/crypto/curve.o: OPTIMIZE := $(OPTIMIZE:-O2=-O3 -fno-tree-vectorize)

$(BUILD)/obj/src/app/clock.o: SRC_CFLAGS += -DCTP_MAY_READ_CLOCK

$(BUILD)/obj/src/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	$(CC) $(SRC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	$(CC) $(TEST_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The bundled histories as arrays: od prints their bytes, sed makes C lists of them.
BUNDLED = apple chrome mozilla
$(BUILD)/bundled_history.c: $(BUNDLED:%=loglists/%.history) Makefile
	@mkdir -p $(@D)
	{ echo '#include <stddef.h>'; echo '#include <stdint.h>'; \
	  for name in $(BUNDLED); do \
	  echo "extern const uint8_t bundled_$$name[];"; \
	  echo "extern const size_t bundled_$${name}_len;"; \
	  echo "const uint8_t bundled_$$name[] = {"; \
	  od -An -v -tu1 loglists/$$name.history | sed 's/  */,/g; s/^,//; s/$$/,/'; \
	  echo '};'; \
	  echo "const size_t bundled_$${name}_len = sizeof(bundled_$$name);"; done; } > $@

$(BUILD)/obj/bundled_history.o: $(BUILD)/bundled_history.c
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -c -o $@ $<

# The files that the service hands out, as arrays, plain and in gzip, each with its SHA-256 for
# an ETag.
RESOURCES = $(sort $(wildcard src/report/schemas/*.json)) src/serve/openapi.json \
	src/serve/page/page.css src/serve/page/page.js src/serve/page/icon.svg
$(BUILD)/resources.c: $(RESOURCES) Makefile
	@mkdir -p $(@D)
	{ echo '#include "serve/resources.h"'; \
	  n=0; for f in $(RESOURCES); do \
	    echo "static const uint8_t data_$$n[] = {"; \
	    od -An -v -tu1 $$f | sed 's/  */,/g; s/^,//; s/$$/,/'; echo '};'; \
	    echo "static const uint8_t packed_$$n[] = {"; \
	    gzip -9n < $$f | od -An -v -tu1 | sed 's/  */,/g; s/^,//; s/$$/,/'; echo '};'; \
	    n=$$((n + 1)); done; \
	  echo 'const struct resource resources[] = {'; \
	  n=0; for f in $(RESOURCES); do \
	    echo "{\"$${f##*/}\", \"$$(sha256sum < $$f | cut -c1-32)\", data_$$n, sizeof(data_$$n), packed_$$n, sizeof(packed_$$n)},"; \
	    n=$$((n + 1)); done; \
	  echo '};'; \
	  echo 'const size_t num_resources = sizeof(resources) / sizeof(resources[0]);'; } > $@

$(BUILD)/obj/resources.o: $(BUILD)/resources.c src/serve/resources.h
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -Isrc $(CFLAGS) -c -o $@ $<

$(BUILD)/mksamples: $(call obj,tests/pki/mksamples.c) $(PKI_OBJ)
	$(LINK)

# Certificates by the thousand, for the nightly tests.
$(BUILD)/mkbatch: $(call obj,tests/pki/mkbatch.c) $(PKI_OBJ)
	$(LINK)

tests/samples/compliant.pem: $(BUILD)/mksamples
	$(BUILD)/mksamples tests/samples

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# Reading a folder can be made to fail (test_walk.c).
$(BUILD)/unit: LDFLAGS += -Wl,--wrap=readdir
$(BUILD)/unit: $(call obj,$(UNIT_SRC)) $(PKI_OBJ) $(UNIT_APP_OBJ) $(LIB_OBJ)
	$(LINK)

# One fetch from the command line (tests/fetch).
FETCH_OBJ = $(call obj,src/app/clock.c src/app/fetch.c src/app/fetch_faults.c src/app/libcurl.c src/app/library.c \
	src/app/loopback.c src/app/pause.c src/app/stop.c src/app/validator.c)

$(BUILD)/fetch-probe: $(call obj,tests/fetch/fetch.c) $(FETCH_OBJ) $(LIB_OBJ)
	$(LINK)

# What the service counts, as Prometheus reads it (tests/serve).
$(BUILD)/metrics-text: $(call obj,tests/serve/metrics_text.c src/app/clock.c src/serve/calls.c \
		src/serve/metrics.c src/serve/metrics_put.c src/serve/process.c) $(LIB_OBJ)
	$(LINK)

$(BUILD)/pki-selftest: $(SELFTEST_OBJ) $(PKI_OBJ)
	$(LINK)

$(BUILD)/plan-brute: $(call obj,tests/plan/brute.c)
	$(LINK)

$(BUILD)/plan-engine: $(call obj,tests/plan/engine.c) $(PKI_OBJ) $(LIB_OBJ)
	$(LINK)

$(BUILD)/repair-engine: $(call obj,tests/plan/repair.c) $(PKI_OBJ) $(LIB_OBJ)
	$(LINK)

$(BUILD)/threads: $(call obj,tests/threads/threads.c) $(LIB_OBJ)
	$(LINK)

$(BUILD)/readers: LIBS += $(APP_LIBS)
$(BUILD)/readers: $(call obj,tests/threads/readers.c) $(filter-out %/main.o,$(APP_OBJ)) $(LIB_OBJ)
	$(LINK)

$(BUILD)/replay_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o $(FUZZ_OBJ)
	$(LINK)

$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJ)
	$(LINK) -fsanitize=fuzzer

$(BUILD)/fuzz_certificate $(BUILD)/fuzz_ocsp $(BUILD)/fuzz_evaluate $(BUILD)/fuzz_tbs_diff: \
	$(BUILD)/obj/tests/fuzz/der_mutate.o
$(BUILD)/fuzz_evaluate: $(BUILD)/obj/tests/fuzz/evaluate_mutate.o

# Writes the made part of the corpora again: $(BUILD)/mkcorpus tests/fuzz/corpus.
$(BUILD)/mkcorpus: $(call obj,$(MKCORPUS_SRC)) $(PKI_OBJ)
	$(LINK)

# What tests of live servers talk to (tests/connect).
$(BUILD)/tls-server: LIBS += $(shell $(PKG_CONFIG) --libs libssl)
$(BUILD)/tls-server: $(call obj,tests/connect/tls_server.c)
	$(LINK)

$(BUILD)/resolver.so: tests/connect/resolver.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_XOPEN_SOURCE=700 -O2 -g $(WARN) -fPIC -fno-builtin -shared -o $@ $< -ldl

# For LD_PRELOAD: never sanitized themselves, and malloc must stay one.
$(BUILD)/failmalloc.so: tests/oom/failmalloc.c
$(BUILD)/clock.so: tests/state/clock.c
$(BUILD)/failmalloc.so $(BUILD)/clock.so:
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_XOPEN_SOURCE=700 -O2 -g $(WARN) -fPIC -fno-builtin -shared -o $@ $<

# The same: it stands before a sanitizer's library.
$(BUILD)/faults.so: tests/state/faults.c tests/state/record.c tests/state/faults.h
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_XOPEN_SOURCE=700 -O2 -g $(WARN) -fPIC -fvisibility=hidden -fno-builtin -shared \
		-I. -o $@ $(filter %.c,$^)

check: all check-programs
	@rm -rf $(PRODUCED); mkdir -p $(PRODUCED)
	@$(PYTHON) tests/run.py $(PROGRAM_CHECKS) --one-by-one $(HOUSE_CHECKS) --last $(CODES_CHECK)

check-programs: $(CHECK_PROGRAMS) tests/samples/compliant.pem

# The program checks alone, for the targets below.
suites: check-programs
	@rm -rf $(PRODUCED); mkdir -p $(PRODUCED)
	@$(PYTHON) tests/run.py $(PROGRAM_CHECKS)

asan:
	@UBSAN_OPTIONS=print_stacktrace=1 $(MAKE) --no-print-directory BUILD=$(BUILD)/asan OPTIMIZE='-O1 -g' \
		SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' suites

# Without address randomisation: the thread sanitizer of older compilers needs that on
# newer kernels.
tsan:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan OPTIMIZE='-O1 -g' SANITIZE=-fsanitize=thread tsan-run

tsan-run: $(BUILD)/tls-server $(BUILD)/resolver.so $(BUILD)/mksamples $(BUILD)/threads $(BUILD)/readers $(BUILD)/unit $(BUILD)/ctpolicy $(BUILD)/fetch-probe tests/samples/compliant.pem
	@fixed=$$(setarch -R echo setarch -R 2>/dev/null); \
		$(PYTHON) tests/run.py "$$fixed $(BUILD)/threads tests/samples" "$$fixed $(AUDIT_THREADS)" \
		"$$fixed env TSAN_OPTIONS=suppressions=$(CURDIR)/tests/connect/tsan.supp $(CONNECT_RUN)/test_hosts.py" \
		"$$fixed $(FETCH_RUN)" "$$fixed $(READERS) 20 1000" "$$fixed $(BUILD)/unit store" \
		"$$fixed $(SERVE) $(PYTHON) tests/serve/test_drain.py" "$$fixed $(MIXED_RUN) $(MIXED_SANITIZED)"

# What takes minutes and need not run at every change.
NIGHTLY_SIGNATURES ?= 1000000
NIGHTLY_KILLS ?= 100
NIGHTLY_CERTIFICATES ?= 50000
NIGHTLY_REFRESHES ?= 1000
NIGHTLY_EVALUATIONS ?= 100000
NIGHTLY_REFRESH_KILLS ?= 200
NIGHTLY_CUTS ?= 5000
NIGHTLY_MIXED ?= 1000000
NIGHTLY_FUZZ_SECONDS ?= 600
NIGHTLY_PLANS ?= 1000
NIGHTLY_AUDIT = env CTPOLICY=$(BUILD)/ctpolicy $(PYTHON) tests/nightly

nightly: $(BUILD)/verifiers $(BUILD)/ctpolicy $(BUILD)/readers $(BUILD)/faults.so $(BUILD)/mkbatch $(BUILD)/plan-engine \
		tests/samples/compliant.pem
	@$(PYTHON) tests/run.py --one-by-one "$(BUILD)/verifiers $(NIGHTLY_SIGNATURES)" \
		"$(NIGHTLY_AUDIT)/kill.py $(BUILD)/mkbatch $(NIGHTLY_KILLS) $(NIGHTLY_CERTIFICATES)" \
		"$(NIGHTLY_AUDIT)/disk.py $(BUILD)/mkbatch $(NIGHTLY_CERTIFICATES)" \
		"$(READERS) $(NIGHTLY_REFRESHES) $(NIGHTLY_EVALUATIONS)" \
		"$(STATE) $(PYTHON) tests/state/test_kill.py $(NIGHTLY_REFRESH_KILLS)" \
		"$(STATE) $(PYTHON) tests/state/test_cuts.py $(NIGHTLY_CUTS)" \
		"$(MIXED_RUN) $(NIGHTLY_MIXED)" "$(FUZZ_OPENAPI) $(NIGHTLY_FUZZ_SECONDS)" \
		"$(BUILD)/plan-engine $(NIGHTLY_PLANS)" \
		$(call cluster_checks,--optional) "$(NIGHTLY_AUDIT)/packages.py" "$(NIGHTLY_AUDIT)/container.py"

# deploy/cluster, on a Slurm of its own and with GNU parallel. Debian packages: slurmctld slurmd
# slurm-client munge parallel zstd. Without them it fails; in `make nightly` it says "skipped".
CLUSTER_SUITES = parts pipe parallel slurm
cluster_checks = $(foreach name,$(CLUSTER_SUITES),"env CTPOLICY=$(BUILD)/ctpolicy \
	$(PYTHON) tests/cluster/test_$(name).py $(1)")

check-cluster: $(BUILD)/ctpolicy tests/samples/compliant.pem
	@$(PYTHON) tests/run.py --one-by-one $(call cluster_checks)

$(BUILD)/verifiers: $(call obj,tests/verifiers/verifiers.c tests/verifiers/pairs.c) $(LIB_OBJ)
	$(LINK)

# Every target for FUZZ_SECONDS, each on a copy of its corpus, logs beside the programs.
FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang

fuzz:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=$(FUZZ_CC) OPTIMIZE='-O1 -g' \
		SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		fuzz-run

fuzz-run: $(FUZZ_NAMES:%=$(BUILD)/fuzz_%)
	@tests/fuzz/run.sh $(BUILD) $(FUZZ_SECONDS) $(FUZZ_NAMES)

coverage:
	@rm -rf $(BUILD)/coverage/obj
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage OPTIMIZE='-O0 -g' SANITIZE=--coverage suites
	@$(PYTHON) tests/coverage.py $(BUILD)/coverage/obj

lint: $(BUILD)/libctpolicy.a $(BUILD)/$(SONAME)
	@$(PYTHON) tests/run.py --one-by-one $(LINT_CHECKS)

# Compiles everything and links nothing (tests/lint.sh, with the other compiler).
objects: $(EVERY_OBJ)

install: $(BUILD)/ctpolicy $(BUILD)/libctpolicy.a $(BUILD)/$(SONAME) $(BUILD)/ctpolicy.pc $(DOCS)
	echo "installing into $(DESTDIR)$(PREFIX)"
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include \
		$(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(DOCDIR) $(DESTDIR)$(SCHEMADIR)
	install -m 755 $(BUILD)/ctpolicy $(DESTDIR)$(PREFIX)/bin/
	install -m 644 include/ctpolicy.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 $(BUILD)/libctpolicy.a $(DESTDIR)$(LIBDIR)/
	install -m 644 $(BUILD)/$(SONAME) $(DESTDIR)$(LIBDIR)/$(SONAME).$(VERSION)
	ln -sf $(SONAME).$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libctpolicy.so
	install -m 644 $(BUILD)/ctpolicy.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	cd $(dir $(DOCS))share && for file in $$(find * -type f); do \
		install -D -m 644 $$file $(DESTDIR)$(PREFIX)/share/$$file || exit 1; done
	cp -Pf $(dir $(DOCS))share/man/man3/ctp_*.3 $(DESTDIR)$(PREFIX)/share/man/man3/
	install -m 644 LICENSE $(wildcard README.md) $(DESTDIR)$(DOCDIR)/
	install -m 644 $(wildcard src/report/schemas/*.json) $(DESTDIR)$(SCHEMADIR)/
	cd deploy && install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/cron cron/ctpolicy cron/README.md
	cd deploy && install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/systemd systemd/*
	sed -i 's|/usr/local/bin/|$(PREFIX)/bin/|' $(DESTDIR)$(SHAREDIR)/systemd/*.service
	for name in issuance ejbca nginx; do \
		install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/$$name deploy/$$name/*; done
	chmod 755 $(DESTDIR)$(SHAREDIR)/issuance/ctpolicy-preissue $(DESTDIR)$(SHAREDIR)/ejbca/ctpolicy-ejbca
	cd deploy && install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/monitoring monitoring/README.md
	install -m 755 deploy/monitoring/check_ct_log_list $(DESTDIR)$(SHAREDIR)/monitoring/
	cd deploy && install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/prometheus prometheus/ctpolicy.rules.yml \
		prometheus/ctpolicy.rules.test.yml prometheus/README.md
	cd deploy && install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/grafana grafana/ctpolicy.json grafana/README.md

# The source as a tarball, the same bytes of the same commit wherever it is made.
dist:
	@mkdir -p $(BUILD)
	deploy/dist.sh ctpolicy-$(VERSION) $(abspath $(BUILD))/ctpolicy-$(VERSION).tar.gz
	echo "$(BUILD)/ctpolicy-$(VERSION).tar.gz"

# Debian packages, into $(BUILD)/deb (deploy/debian/README.md).
deb: dist
	deploy/debian/build.sh $(VERSION) $(abspath $(BUILD))/ctpolicy-$(VERSION).tar.gz $(abspath $(BUILD))/deb
	ls $(BUILD)/deb/*.deb

# The benchmark looks into src/ by --wrap: it tells hashing and verifying from the rest and
# counts our allocations, OpenSSL's not.
BENCH_SRC = \
	tests/bench/bench.c \
	tests/bench/clocks.c \
	tests/bench/data.c \
	tests/bench/openssl_way.c \
	tests/bench/probe.c \
	tests/bench/verifications.c
BENCH_WRAPPED = malloc calloc realloc digest_sha256 digest_named verifier_run begin_issuer \
	pem_find_chain pem_chain_der cert_read inputs_read collect_scts begin_scts tbs_cut loglist_find \
	lists_in_force judge_policies explain_policy explain_inputs

$(BUILD)/benchmark: $(call obj,$(BENCH_SRC)) $(PKI_OBJ) $(LIB_OBJ)
	$(CC) $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) $(patsubst %,-Wl$(comma)--wrap=%,$(BENCH_WRAPPED)) \
		-o $@ $^ $(LIBS)

# ctpolicy that says where the time of an audit goes.
AUDIT_WRAPPED = $(BENCH_WRAPPED) audit_reader_fill audit_writer_take input_read_request report_json \
	curve_table_new curve_table_of_generator

$(BUILD)/ctpolicy-probed: $(APP_OBJ) $(LIB_OBJ) \
		$(call obj,tests/bench/clocks.c tests/bench/probe.c tests/bench/probe_audit.c)
	$(CC) $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) $(patsubst %,-Wl$(comma)--wrap=%,$(AUDIT_WRAPPED)) \
		-o $@ $^ $(LIBS)

# The service's client, and what the service is held against.
$(BUILD)/load: $(call obj,tests/bench/load.c)
	$(LINK)

$(BUILD)/obj/tests/bench/load.o: TEST_CFLAGS += -D_GNU_SOURCE

$(BUILD)/ordinary: $(call obj,tests/bench/ordinary.c tests/bench/openssl_way.c tests/bench/clocks.c \
		tests/bench/data.c) $(PKI_OBJ) $(LIB_OBJ)
	$(LINK) $(shell $(PKG_CONFIG) --libs libmicrohttpd)

bench: $(BUILD)/benchmark $(BUILD)/ctpolicy $(BUILD)/ctpolicy-probed $(BUILD)/load $(BUILD)/ordinary tests/samples/compliant.pem
	$(PYTHON) tests/bench/run.py $(BUILD)

$(BUILD)/oracle: $(call obj,$(ORACLE_SRC)) $(call obj,tests/unit/support.c) $(PKI_OBJ) $(LIB_OBJ)
	$(LINK)

clean:
	rm -rf $(BUILD) ctpolicy tests/samples

.PHONY: all bench nightly check check-cluster check-programs suites asan tsan tsan-run fuzz fuzz-run coverage lint objects install clean FORCE
.DELETE_ON_ERROR:
