/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h: how far long work has come, and whether to stop it */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <vault/vault.h>

/*
 * Nothing is shown for the first second. Then, on a terminal (or always):
 * one line on standard error that is drawn over; with --json: `progress`
 * lines on standard output. One work at a time.
 */
enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };
void progress_setup(enum progress_mode mode, bool json);

/* `total` may be 0 for unknown. Counted by progress_add, unless `library`:
 * then by what the library reports. */
void progress_begin(uint64_t total, bool library);
/* What is worked on now: a name others may have chosen. */
void progress_name(const char *name);
void progress_add(uint64_t n);
void progress_total(uint64_t total);
/* For struct vault_options: shows, and answers 1 after Ctrl-C. */
int progress_callback(void *ctx, const struct vault_progress *p);
/* Take the line away, for other output; it comes back by itself. */
void progress_hide(void);
void progress_end(void);

#endif
