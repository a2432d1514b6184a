// SPDX-License-Identifier: Apache-2.0
/* selftest: what the parts of that program share. */
#ifndef TESTS_PKI_SELFTEST_H
#define TESTS_PKI_SELFTEST_H

#include "judge.h"
#include "pki_world.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

struct test {
	struct pki_world *world;
	CTLOG_STORE *logs;
	X509 *ca;
	int num_checks, num_failed;
};

/* Prints a line, and counts. `which` names the case; it may be empty. */
void check(struct test *t, bool ok, const char *what, const char *which);

/* A leaf of the world's CA, 90 days from PKI_WORLD_NOT_BEFORE. The name is borrowed. */
struct pki_cert_spec leaf_spec(const struct test *t, const char *dns_name);

/* SCTs of an RSA and of a static log; returns 2. */
size_t two_scts(const struct test *t, struct pki_sct_spec *scts);

/* The parts: selftest_cert.c, selftest_ct.c, selftest_ocsp.c */
void test_certs(struct test *t);
void test_scts(struct test *t);
void test_ocsp(struct test *t);

#endif
