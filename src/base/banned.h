// SPDX-License-Identifier: Apache-2.0
// Force-included into every file of src/ (Makefile: -include base/banned.h).
// What is named here does not compile: unbounded string functions, and whatever reads
// the clock or keeps hidden state. app/clock.c, the one room with a clock, says so
// by defining CTP_MAY_READ_CLOCK on its own line of the Makefile.
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll atof sscanf alloca
#pragma GCC poison gmtime localtime mktime ctime asctime setlocale
#ifndef CTP_MAY_READ_CLOCK
#pragma GCC poison time clock_gettime gettimeofday
#endif

#endif
