/* SPDX-License-Identifier: Apache-2.0 */
/* test_examples: the program's own code gives the examples of docs/format.md */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "examples_records.h"

static const struct {
    const char *id;
    void (*fn)(void);
} known[] = {
    {"label-record", do_label},
    {"label-wrap", do_label},
    {"label-state-name", do_label},
    {"seal", do_seal},
    {"identity-sign", do_identity},
    {"keyfile", do_keyfile},
    {"slot-kind-2", do_slot},
    {"slot-set", do_slot_set},
    {"settings-set-empty", do_settings},
    {"fingerprint", do_fingerprint},
    {"epoch-rcpt", do_rcpt},
    {"epoch-keys", do_epoch_keys},
    {"epoch-cache", do_cache},
    {"epoch-set", do_epoch_set},
    {"device-code", do_device_code},
    {"share", do_share},
    {"content", do_content},
    {"record-header", do_header},
    {"metadata", do_metadata},
    {"record-wrap", do_wrap},
    {"statement", do_statement},
    {"body", do_body},
    {"event", do_event},
    {"draft", do_draft},
    {"leaf", do_leaf},
    {"event-sealed", do_event_sealed},
    {"note-key-id", do_key_id},
    {"checkpoint", do_checkpoint},
    {"padme", do_padme},
};

static void
every_example_is_what_the_program_computes(void **unused)
{
    size_t i, j;

    (void)unused;
    for (i = 0; i < examples; i++) {
        now = &all[i];
        for (j = 0; j < ROWS(known); j++) {
            if (strcmp(known[j].id, now->id) == 0)
                break;
        }
        if (j == ROWS(known))
            fail_msg("nothing here computes the example %s", now->id);
        known[j].fn();
        for (j = 0; j < now->n; j++) {
            if (!now->line[j].used)
                fail_msg("%s: %s was not compared", now->id, now->line[j].key);
        }
    }
}

static void
every_example_stands_in_the_text_once(void **unused)
{
    size_t i, j, n;

    (void)unused;
    for (j = 0; j < ROWS(known); j++) {
        for (i = n = 0; i < examples; i++)
            n += strcmp(all[i].id, known[j].id) == 0;
        if (n != 1)
            fail_msg("%s stands there %u times", known[j].id, (unsigned)n);
    }
    assert_int_equal(examples, ROWS(known));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_what_the_program_computes),
        cmocka_unit_test(every_example_stands_in_the_text_once),
    };

    return cmocka_run_group_tests(tests, read_examples, forget_examples);
}
