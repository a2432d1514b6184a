// SPDX-License-Identifier: Apache-2.0
// The two validators of HTTP (RFC 9110 8.8): what a server says of its answer, and what is
// sent back to ask whether it is still so. They come from strangers and from files, and go
// into requests and into files: nothing that is not well-formed does.
#ifndef APP_VALIDATOR_H
#define APP_VALIDATOR_H

#include <stdbool.h>

// For one, with its NUL. Longer ones are not well-formed here.
#define VALIDATOR_ROOM 256

// An entity-tag of RFC 9110 8.8.3, without the bytes beyond ASCII that it still allows.
bool validator_is_etag(const char *text);
// "Sun, 06 Nov 1994 08:49:37 GMT", the form of RFC 9110 5.6.7 that servers must send. The
// numbers and names are the server's own business.
bool validator_is_date(const char *text);

#endif
