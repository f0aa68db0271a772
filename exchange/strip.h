/* SPDX-License-Identifier: Apache-2.0 */
/* strip.h: a copy of a picture or document without embedded metadata */
#ifndef EXCHANGE_STRIP_H
#define EXCHANGE_STRIP_H

#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>

/*
 * JPEG, PNG and PDF (docs/adr/0016). No picture is decoded or encoded anew:
 * what is shown stays the same. What is shown also stays told: names in a
 * text, a face, the dots of a printer. The sealed original is not touched.
 *
 * The whole original is held in memory, and its copy too; both are wiped.
 */
enum { STRIP_MAX = 256 * 1024 * 1024 };

enum strip_kind { STRIP_NONE, STRIP_JPEG, STRIP_PNG, STRIP_PDF };

/* By content; 1,024 bytes are enough, the name does not count. */
enum strip_kind strip_kind(const void *head, size_t n);

struct strip_in {
    const void *p; /* the whole original */
    size_t n;
};
struct strip_out {
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
};

/*
 * Told for each kind of thing that is not in the copy: what it was (English,
 * N_(), for tr()) and how many bytes; 0 where that is not known. Parts of
 * something told already may be told again (the place inside of Exif).
 * Other than 0 stops.
 */
typedef int strip_removed(void *ctx, const char *what, uint64_t bytes);

/*
 * Write the copy. It was read again by a second reader that looks for
 * metadata before its first byte is written and before anything is told, so
 * a refusal writes nothing.
 *   VAULT_E_USAGE      no way to take metadata out of this: of another type,
 *                      encrypted, signed, or built in a way that would have
 *                      to be guessed at; the message says which
 *   VAULT_E_LIMIT      beyond STRIP_MAX or another ceiling
 *   VAULT_E_INTERNAL   the second reader still found something
 *   VAULT_E_CANCELLED  `removed` said so
 *   what `write` answered, when not VAULT_OK
 */
VAULT_CHECKED enum vault_status strip_copy(const struct strip_in *in,
    const struct strip_out *out, strip_removed *removed, void *ctx,
    struct vault_error *err);

/*
 * The same with the original of a record: reads all of it, checked to the
 * last byte (vault_record_read), before anything is written. `step`, which
 * may be NULL, is told the bytes as they are read; other than 0 stops.
 */
VAULT_CHECKED enum vault_status strip_record(struct vault_record *r,
    const struct strip_out *out, strip_removed *removed, void *ctx,
    int (*step)(size_t n), struct vault_error *err);

#endif
