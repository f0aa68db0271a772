/* SPDX-License-Identifier: Apache-2.0 */
/* clocks.h: what is known of the clock that a record was sealed by */
#ifndef CLI_CLOCKS_H
#define CLI_CLOCKS_H

#include "cmd.h"
#include "jline.h"

enum { CLOCK_TEXT = 512 };

/* Why a time is in doubt, for people; word and known as in vault_sealed. */
void clock_text(char out[CLOCK_TEXT], const char *doubt, int64_t known);
/* The same of a record, from its fields: *known is -1 where there is none.
 * False without doubt. */
bool clock_of_record(const struct vault_record *r, char doubt[32],
    int64_t *known);
/* After sealing, on standard error; nothing without doubt. */
void clock_warn(const struct vault_sealed *s);
/* Members clock_doubt and clock_known. */
void clock_json(struct jline *j, const char *doubt, int64_t known);

/* Whether a field is a time of a clock, set by the program: not what people
 * say of times. */
bool clock_is_field(const char *name);
/* These of a record, apart from the others. */
void clock_print(const struct vault_record *r);

#endif
