/* SPDX-License-Identifier: Apache-2.0 */
/* out.h: results on standard output, everything else on standard error */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <vault/error.h>

/*
 * Standard output is collected and written in pieces, byte for byte on every
 * system. A failure to write (disk full, reader gone) is remembered and told
 * once by out_end.
 */
void out_bytes(const void *p, size_t n);
void out_text(const char *s);
void out_printf(const char *format, ...) VAULT_PRINTF(1, 2);
/* A text that others wrote, made harmless; SAFE_ flags as in safe.h. */
void out_safe(const char *s, size_t n, unsigned flags);
/* `s`, then blanks up to `columns`; what is longer is cut with an ellipsis
 * when `cut`. Others may have written it. */
void out_column(const char *s, int columns, bool cut);
/* Hand on what was collected; a reader sees whole lines. */
void out_flush(void);
/* Something could not be put together: out_end will say so. */
void out_fail(void);
/*   VAULT_E_IO  not everything could be written */
VAULT_CHECKED enum vault_status out_end(struct vault_error *err);

/*
 * Lines on standard error, "sanduq: " in front, whatever stands in their
 * arguments made harmless. Formats are translated by the caller.
 */
void say_quiet(bool quiet);
void say_info(const char *format, ...) VAULT_PRINTF(1, 2); /* not with -q */
void say_warn(const char *format, ...) VAULT_PRINTF(1, 2);
void say_hint(const char *hint); /* "hint: " in front; NULL is nothing */
/* "sanduq: what happened", then its hint, in the user's language. */
void say_error(const struct vault_error *err);
/* The message of err in the user's language. */
void say_message(const struct vault_error *err, char *out, size_t size);

/* Bytes for people: 812 B, 4.0 KiB, 1.2 GiB. */
enum { SIZE_TEXT = 24 };
void size_text(char out[SIZE_TEXT], unsigned long long bytes);

#endif
