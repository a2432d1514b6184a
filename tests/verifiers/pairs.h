// SPDX-License-Identifier: Apache-2.0
// Signatures of every kind, by which the fast verifier is held against the reference:
// random ones, which are valid, and near misses, most of which are not.
#ifndef TESTS_VERIFIERS_PAIRS_H
#define TESTS_VERIFIERS_PAIRS_H

#include <stddef.h>
#include <stdint.h>

struct pairs_result {
	size_t num;
	size_t num_valid; // by the reference
	size_t num_differ; // the two do not agree
	size_t num_unsigned; // OpenSSL could not sign: none is expected
};

// `num` signatures with keys of the curve that OpenSSL knows by `group` ("P-256"), each as
// it is and once more as a near miss. Counts into *result.
void pairs_run(const char *group, size_t num, uint64_t seed, struct pairs_result *result);

#endif
