// SPDX-License-Identifier: Apache-2.0
// Media types and content codings, as headers name them (RFC 9110 8.3, 12.5).
#ifndef SERVE_MEDIA_H
#define SERVE_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

// Is the type in a Content-Type header `type` ("application/json"), whatever its parameters
// and the case of its letters?
bool media_is(const char *header, const char *type);
// The one of `types` (NULL-terminated, the preferred one first) that an Accept header likes
// best; NULL where it takes none of them. NULL for the header is any.
const char *media_choose(const char *accept, const char *const *types);
// Does an Accept-Encoding header, which may be NULL, take gzip?
bool media_takes_gzip(const char *accept_encoding);
// Is `etag` among those of an If-None-Match header, compared weakly (RFC 9110 13.1.2)?
bool media_matches_etag(const char *if_none_match, const char *etag);

#endif
