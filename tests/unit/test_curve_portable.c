// SPDX-License-Identifier: Apache-2.0
// The arithmetic of test_curve.c once more, by the C that is for machines other than x86-64.
#define CTPOLICY_PORTABLE_LIMBS
#define test_curve test_curve_portable
#include "tests/unit/test_curve.c" // NOLINT: on purpose, with another name
