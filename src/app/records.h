// SPDX-License-Identifier: Apache-2.0
// The records of one input of an audit: PEM blocks, DER certificates one after another,
// requests in NDJSON, rows of CSV; plain or compressed, in bounded memory.
//
// In PEM and DER, CA certificates that stand behind another kind of certificate are its
// chain, keys between them or not; every other certificate is a record of its own.
#ifndef APP_RECORDS_H
#define APP_RECORDS_H

#include "app/stream.h"
#include "base/arena.h"
#include "base/bytes.h"

// A request with a chain, SCTs and an OCSP response takes some 20 KB, the largest real
// certificates some 200 KB. What is longer is one bad record, and is skipped.
#define RECORDS_MAX_LEN ((size_t)1024 * 1024)

// How the bytes are divided: found from the bytes, or --input-format.
enum records_format {
	RECORDS_AUTO,
	RECORDS_PEM,
	RECORDS_DER,
	RECORDS_NDJSON,
	RECORDS_CSV,
};
// NULL-terminated, in the order of the enum: "auto", "pem", ...
extern const char *const records_format_names[];

struct records_options {
	enum records_format format;
	const char
		*column; // of CSV: a name, or a number from 1; NULL: found from the rows
};

struct found {
	bool is_request; // a JSON request; else the bytes of its certificate field
	struct bytes data;
	struct bytes issuer; // DER only: the CA certificate behind it; else BYTES_NONE
	bool is_ca; // PEM and DER: of the certificate itself
	bool beside_key; // PEM: a private key stands before or behind it
	bool has_chain; // PEM: CA certificates stand behind it, in `data`
	uint64_t number; // of the record in its input, from 1
	uint64_t line; // where it begins, from 1; 0 in DER
	uint64_t offset; // where it begins, in decompressed bytes
};

struct records;

enum records_result {
	RECORDS_FOUND,
	RECORDS_BAD, // out->number and the place are set, `err` says what is wrong; go on
	RECORDS_END,
};

// "-" is standard input. NULL with `err` set.
struct records *records_open(
	const char *path, const struct records_options *options, struct err *err);
// The same of a stream, which it closes in the end, and where it fails as well.
struct records *records_of_stream(
	struct stream *stream, const struct records_options *options, struct err *err);
// True where CA certificates can stand in it: in PEM and DER.
bool records_have_chains(const struct records *records);
// False where the next record may have to be waited for.
bool records_are_ready(const struct records *records);
// At the end, of an input without any record: true with `err` where that is a fault of its
// own (nothing is in it, or PEM without a certificate); false where it may be so, as a table
// without rows.
bool records_tell_absence(const struct records *records, struct err *err) MUST_CHECK;
// Bytes of the file, as it is stored, that have been read so far.
uint64_t records_consumed(const struct records *records);
void records_close(struct records *records);
// The next record, lent until the next call.
enum records_result records_next(
	struct records *records, struct found *out, struct err *err);

#endif
