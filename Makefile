# SPDX-License-Identifier: Apache-2.0
# Targets: all check asan tsan fuzz bench coverage lint install clean (README.md says what they do).

VERSION = 0.1.0
SONAME = libctpolicy.so.0

CC ?= gcc
AR ?= ar
LD ?= ld
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
PYTHON ?= /usr/bin/python3
DESTDIR ?=
PREFIX ?= /usr/local

BUILD ?= build
OPTIMIZE ?= -O2 -g
SANITIZE ?=
WARN = -Wall -Wextra -Werror -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
	-Wcast-qual -Wpointer-arith -Wwrite-strings -Wswitch-enum -Wundef -Wvla -Wformat=2 \
	-Wno-format-nonliteral
BASE_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L $(OPTIMIZE) $(SANITIZE) $(WARN) -fPIC \
	-fvisibility=hidden -fstack-protector-strong
SRC_CFLAGS = $(BASE_CFLAGS) -Isrc -Iinclude -include base/banned.h
TEST_CFLAGS = $(BASE_CFLAGS) -Isrc -Iinclude -I.
LIBS = $(shell $(PKG_CONFIG) --libs jansson libcrypto) -lpthread

LIB_SRC = \
	src/base/arena.c \
	src/base/bytes.c \
	src/base/datetime.c \
	src/base/err.c \
	src/base/text.c \
	src/crypto/digest.c \
	src/crypto/keycache.c \
	src/crypto/pubkey.c \
	src/crypto/sigalg.c \
	src/crypto/verifier.c \
	src/x509/algorithm.c \
	src/x509/cert.c \
	src/x509/der.c \
	src/x509/name.c \
	src/x509/ocsp.c \
	src/x509/oid.c \
	src/x509/pem.c \
	src/x509/tbs.c \
	src/sct/sct.c \
	src/sct/sct_json.c \
	src/sct/signed_entry.c \
	src/sct/verify.c \
	src/loglist/bundled.c \
	src/loglist/history.c \
	src/loglist/json_place.c \
	src/loglist/lists.c \
	src/loglist/loglist.c \
	src/loglist/loglist_json.c \
	src/policy/facts.c \
	src/policy/policy.c \
	src/policy/tables.c \
	src/eval/collect.c \
	src/eval/context.c \
	src/eval/evaluate.c \
	src/eval/explain.c \
	src/eval/inputs.c \
	src/eval/issuers.c \
	src/eval/judge.c \
	src/eval/record.c \
	src/eval/request.c \
	src/eval/signatures.c \
	src/eval/verify_scts.c \
	src/report/ctpolicy.c \
	src/report/json_write.c \
	src/report/report.c \
	src/report/report_csv.c \
	src/report/report_json.c \
	src/report/report_lists.c \
	src/report/report_policies.c \
	src/report/report_text.c

APP_SRC = \
	src/app/clock.c \
	src/app/cmd_check.c \
	src/app/cmd_log_list.c \
	src/app/cmd_policies.c \
	src/app/common.c \
	src/app/files.c \
	src/app/input.c \
	src/app/main.c \
	src/app/options.c

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
	tests/unit/test_datetime.c \
	tests/unit/test_text.c

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB_OBJ = $(call obj,$(LIB_SRC)) $(BUILD)/obj/bundled_history.o
APP_OBJ = $(call obj,$(APP_SRC))
PKI_OBJ = $(call obj,$(PKI_SRC))

all: ctpolicy $(BUILD)/libctpolicy.a $(BUILD)/$(SONAME) tests/samples/compliant.pem

ctpolicy: $(BUILD)/ctpolicy
	cp $(BUILD)/ctpolicy $@

$(BUILD)/ctpolicy: $(APP_OBJ) $(LIB_OBJ)
	$(CC) $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

# One object whose hidden symbols are local: the archive shows what the header shows.
$(BUILD)/libctpolicy.a: $(LIB_OBJ)
	$(LD) -r -o $(BUILD)/libctpolicy.o $^
	$(OBJCOPY) --localize-hidden $(BUILD)/libctpolicy.o
	rm -f $@
	$(AR) rcs $@ $(BUILD)/libctpolicy.o

$(BUILD)/$(SONAME): $(LIB_OBJ)
	$(CC) -shared $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) -Wl,-soname,$(SONAME) -Wl,-z,defs -o $@ $^ $(LIBS)

$(BUILD)/obj/src/app/clock.o: SRC_CFLAGS += -DCTP_MAY_READ_CLOCK

$(BUILD)/obj/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(SRC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The bundled history as an array: od prints its bytes, sed makes a C list of them.
$(BUILD)/bundled_history.c: loglists/apple.history Makefile
	@mkdir -p $(@D)
	{ echo '#include <stddef.h>'; echo '#include <stdint.h>'; \
	  echo 'extern const uint8_t bundled_history[];'; \
	  echo 'extern const size_t bundled_history_len;'; \
	  echo 'const uint8_t bundled_history[] = {'; \
	  od -An -v -tu1 loglists/apple.history | sed 's/  */,/g; s/^,//; s/$$/,/'; \
	  echo '};'; \
	  echo 'const size_t bundled_history_len = sizeof(bundled_history);'; } > $@

$(BUILD)/obj/bundled_history.o: $(BUILD)/bundled_history.c
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/mksamples: $(call obj,tests/pki/mksamples.c) $(PKI_OBJ)
	$(CC) $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

tests/samples/compliant.pem: $(BUILD)/mksamples
	$(BUILD)/mksamples tests/samples

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

$(BUILD)/unit: $(call obj,$(UNIT_SRC)) $(PKI_OBJ) $(call obj,src/app/input.c) $(LIB_OBJ)
	$(CC) $(OPTIMIZE) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

clean:
	rm -rf build ctpolicy tests/samples

.PHONY: all clean
.DELETE_ON_ERROR:
