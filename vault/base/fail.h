/* SPDX-License-Identifier: Apache-2.0 */
/* fail.h: reporting a failure, once, where it is noticed */
#ifndef VLT_FAIL_H
#define VLT_FAIL_H

#include <stdarg.h>
#include <vault/error.h>

/*
 * Fill `err` (may be NULL) and return `st`, so that a caller can write
 * `return vlt_fail(err, VAULT_E_FORMAT, "slot of %zu bytes", n)`. The format
 * is a literal with at most VAULT_ERROR_ARGS conversions out of
 * %s %d %i %u %c %x %zu %ld %lu %lld %llu (so PRIu64 etc. too), with
 * optional flags and width. Overlong text is cut at a UTF-8 boundary.
 */
enum vault_status vlt_fail(struct vault_error *err, enum vault_status st,
    const char *format, ...) VAULT_PRINTF(3, 4);

/* As vlt_fail, with a hint: a static English sentence, what to do next. */
enum vault_status vlt_fail_hint(struct vault_error *err, enum vault_status st,
    const char *hint, const char *format, ...) VAULT_PRINTF(4, 5);

enum vault_status vlt_fail_memory(struct vault_error *err);

/* The same for a message that is no failure too: st may be VAULT_OK; err is
 * not NULL. For the lines of a report. */
void vlt_message(struct vault_error *err, enum vault_status st,
    const char *format, va_list ap) VAULT_PRINTF(3, 0);

#if defined(__clang_analyzer__) && !defined(VLT_FAIL_DEFINED_HERE)
/* Tell the analyzer what it cannot see across files: st comes back. */
#define vlt_fail(err, st, ...) ((void)vlt_fail((err), (st), __VA_ARGS__), (st))
#define vlt_fail_hint(err, st, ...) \
    ((void)vlt_fail_hint((err), (st), __VA_ARGS__), (st))
#define vlt_fail_memory(err) ((void)vlt_fail_memory(err), VAULT_E_MEMORY)
#endif

void vlt_error_clear(struct vault_error *err);

#define VLT_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
