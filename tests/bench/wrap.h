// SPDX-License-Identifier: Apache-2.0
// Functions of src/ with a probe around them, by the linker's --wrap.
#ifndef TESTS_BENCH_WRAP_H
#define TESTS_BENCH_WRAP_H

// What the linker puts in the place of NAME, and what NAME is then called.
#define WRAPPED(type, name, ...)         \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

// A function that only gets a probe around it. `call`: its arguments in parentheses.
#define PROBED(probe, type, name, call, ...)      \
	WRAPPED(type, name, __VA_ARGS__)          \
	{                                         \
		probe_enter(probe);               \
		type probed = __real_##name call; \
		probe_leave(probe);               \
		return probed;                    \
	}

#endif
