/* SPDX-License-Identifier: Apache-2.0 */
/* clocks.c: what is known of the clock that a record was sealed by */
#include "clocks.h"

#include "bytes.h"
#include "fail.h"
#include "out.h"
#include "tr.h"
#include "value.h"
#include "when.h"

#include <stdio.h>
#include <string.h>

static const char *const fields[] = {"time.sealed", "file.modified",
    "time.doubt", "time.known"};

bool
clock_is_field(const char *name)
{
    for (size_t i = 0; i < VLT_COUNT(fields); i++) {
        if (strcmp(fields[i], name) == 0)
            return true;
    }
    return false;
}

void
clock_text(char out[CLOCK_TEXT], const char *doubt, int64_t known)
{
    char when[WHEN_SIZE];

    when_local(when, known);
    if (strcmp(doubt, "behind") == 0 && known >= 0)
        (void)snprintf(out, CLOCK_TEXT,
            tr("the clock is in doubt: it stood before %s, which was known "
               "already"),
            when);
    else if (strcmp(doubt, "behind") == 0)
        (void)snprintf(out, CLOCK_TEXT, "%s",
            tr("the clock is in doubt: it stood before a time that was known "
               "already"));
    else if (strcmp(doubt, "implausible") == 0)
        (void)snprintf(out, CLOCK_TEXT, "%s",
            tr("the clock is in doubt: it stood before 2026 or after 2099"));
    else if (strcmp(doubt, "said") == 0)
        (void)snprintf(out, CLOCK_TEXT, "%s",
            tr("the clock is in doubt: a person said so when it was sealed"));
    else
        (void)snprintf(out, CLOCK_TEXT, "%s",
            tr("the clock is in doubt, for a reason this version does not "
               "know"));
}

bool
clock_of_record(const struct vault_record *r, char doubt[32], int64_t *known)
{
    bool found = false;

    *known = -1;
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (f.state != VAULT_VALUE)
            continue;
        if (strcmp(f.name, "time.known") == 0 && f.type == VAULT_TIME &&
            f.value_len == 8)
            *known = (int64_t)vlt_load_u64(f.value);
        if (strcmp(f.name, "time.doubt") == 0 && f.type == VAULT_TEXT) {
            found = true;
            (void)snprintf(doubt, 32, "%.*s",
                (int)(f.value_len < 31 ? f.value_len : 31),
                (const char *)f.value);
        }
    }
    return found;
}

void
clock_json(struct jline *j, const char *doubt, int64_t known)
{
    jline_text(j, "clock_doubt", doubt);
    if (known >= 0)
        jline_time(j, "clock_known", known);
}

void
clock_warn(const struct vault_sealed *s)
{
    char text[CLOCK_TEXT];

    if (s->clock_doubt == NULL)
        return;
    clock_text(text, s->clock_doubt, s->clock_known);
    say_warn("%s", text);
    if (strcmp(s->clock_doubt, "said") != 0)
        say_hint(N_("what is sealed is marked so; set the clock, or say "
                    "--clock right when you compared it with another"));
}

void
clock_print(const struct vault_record *r)
{
    char doubt[32], text[CLOCK_TEXT];
    int64_t known;

    out_printf("%s\n", tr("Times by a clock, for which nobody vouches"));
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (clock_is_field(f.name))
            value_print(&f);
    }
    if (!clock_of_record(r, doubt, &known))
        return;
    clock_text(text, doubt, known);
    out_printf("  %s\n", text);
}
