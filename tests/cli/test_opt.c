/* SPDX-License-Identifier: Apache-2.0 */
/* test_opt.c: options anywhere, and mistakes told apart */
#include "cmd.h"
#include "opt.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Split a line at blanks into words, in place. */
static int
split(char *line, char **argv)
{
    int n = 0;

    for (char *s = line; *s != 0;) {
        argv[n++] = s;
        while (*s != 0 && *s != ' ')
            s++;
        if (*s == ' ')
            *s++ = 0;
    }
    return n;
}

static enum vault_status
parse(struct cli *c, char *memory, const char *line, struct vault_error *err)
{
    char *argv[32];

    memset(c, 0, sizeof *c);
    memset(err, 0, sizeof *err);
    strcpy(memory, line);
    return cmd_parse(c, split(memory, argv), argv, err);
}

static void
lines_give_these_answers(void **state)
{
    static const struct {
        const char *line;
        enum vault_status st;
        const char *name;    /* of the command */
        const char *message; /* a part of it */
    } rows[] = {
        {"list", VAULT_OK, "list", ""},
        {"-V v list", VAULT_OK, "list", ""},
        {"list -V v", VAULT_OK, "list", ""},
        {"--vault=v --limit 3 list", VAULT_OK, "list", ""},
        {"list --limit=3 --json", VAULT_OK, "list", ""},
        {"-qV v list", VAULT_OK, "list", ""},
        {"-qVv list", VAULT_OK, "list", ""},
        {"key add passphrase", VAULT_OK, "key add", ""},
        {"key -V v add --kdf strong both f", VAULT_OK, "key add", ""},
        {"log checkpoint", VAULT_OK, "log checkpoint", ""},
        {"add -- -x", VAULT_OK, "add", ""},
        {"add -", VAULT_OK, "add", ""},
        {"add -f a=1 -f b=2 x", VAULT_OK, "add", ""},
        {"get ab --help", VAULT_OK, "get", ""},
        {"get --help", VAULT_OK, "get", ""},
        {"", VAULT_E_USAGE, NULL, "no command"},
        {"lst", VAULT_E_USAGE, NULL, "did you mean \"list\""},
        {"frobnicate", VAULT_E_USAGE, NULL, "no command \"frobnicate\""},
        {"key", VAULT_E_USAGE, NULL, "another word"},
        {"list x", VAULT_E_USAGE, "list", "\"x\""},
        {"get", VAULT_E_USAGE, "get", "needs: ID"},
        {"list --nope", VAULT_E_USAGE, NULL, "no option --nope"},
        {"list -Z", VAULT_E_USAGE, NULL, "no option -Z"},
        {"list --force", VAULT_E_USAGE, "list", "no option --force"},
        {"list --limit", VAULT_E_USAGE, NULL, "--limit needs a value"},
        {"list --json=1", VAULT_E_USAGE, NULL, "takes no value"},
        {"list --limit 1 --limit 2", VAULT_E_USAGE, "list", "twice"},
        {"list --sort up", VAULT_E_USAGE, "list", "newest|oldest"},
        {"list --sort new", VAULT_E_USAGE, "list", "newest|oldest"},
        {"list --vault=", VAULT_E_USAGE, "list", "was given nothing"},
        {"list --passphrase=hunter2", VAULT_E_USAGE, NULL,
            "no option --passphrase here"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct cli c;
        struct vault_error err;
        char memory[256];
        enum vault_status st = parse(&c, memory, rows[i].line, &err);

        print_message("%s\n", rows[i].line);
        assert_int_equal(st, rows[i].st);
        if (rows[i].name != NULL)
            assert_string_equal(c.cmd->name, rows[i].name);
        assert_non_null(strstr(err.message, rows[i].message));
        cmd_clear(&c);
    }
}

static void
a_passphrase_given_as_an_option_is_refused_and_not_repeated(void **state)
{
    struct cli c;
    struct vault_error err;
    char memory[256];

    (void)state;
    assert_int_equal(parse(&c, memory, "list --password=hunter2", &err),
        VAULT_E_USAGE);
    assert_null(strstr(err.message, "hunter2"));
    assert_non_null(strstr(err.hint, "process list"));
    cmd_clear(&c);
}

static void
values_reach_the_struct_of_the_command(void **state)
{
    struct cli c;
    struct vault_error err;
    char memory[256];

    (void)state;
    assert_int_equal(parse(&c, memory, "-V a -- list", &err), VAULT_OK);
    assert_string_equal(c.g.vault, "a");
    cmd_clear(&c);
    assert_int_equal(parse(&c, memory, "add one -V v two -- -three --json",
                         &err),
        VAULT_OK);
    assert_int_equal(c.args.n, 4);
    assert_string_equal(c.args.v[0], "one");
    assert_string_equal(c.args.v[2], "-three");
    assert_string_equal(c.args.v[3], "--json");
    assert_false(c.g.json);
    cmd_clear(&c);
}

/* A command is found before its options are known; so an option of one name
 * must take a value everywhere or nowhere. */
static void
an_option_takes_a_value_in_every_command_or_in_none(void **state)
{
    (void)state;
    for (size_t g = 0; g < cmd_groups_len; g++) {
        for (size_t i = 0; i < cmd_groups[g]->n; i++) {
            const struct cmd *a = &cmd_groups[g]->cmds[i];

            for (size_t x = 0; x < a->opts_len; x++) {
                struct cli c;
                struct vault_error err;
                char memory[256] = "--";
                char *argv[2] = {memory, NULL};
                bool flag = a->opts[x].kind == OPT_FLAG ||
                    a->opts[x].kind == OPT_ASK; /* its value may be missing */

                strcat(memory, a->opts[x].name);
                memset(&c, 0, sizeof c);
                assert_int_equal(cmd_parse(&c, 1, argv, &err), VAULT_E_USAGE);
                print_message("%s %s\n", a->name, memory);
                assert_int_equal(strstr(err.message, "no command") != NULL,
                    flag);
                cmd_clear(&c);
            }
        }
    }
}

static void
check_tables(void *ctx, const struct cmd *cmd)
{
    (void)ctx;
    print_message("%s\n", cmd->name);
    assert_true(cmd->summary[0] != 0 && cmd->text[0] != 0);
    assert_true(cmd->examples_len > 0);
    for (size_t i = 0; i < cmd->opts_len; i++) {
        const struct opt *o = &cmd->opts[i];

        assert_int_equal(o->arg == NULL, o->kind == OPT_FLAG);
        assert_true(o->help[0] != 0);
        assert_true(o->offset < cmd->opts_size);
        for (size_t k = 0; k < cmd_globals_len; k++) {
            assert_string_not_equal(o->name, cmd_globals[k].name);
            assert_true(o->letter == 0 || o->letter != cmd_globals[k].letter);
        }
    }
    for (size_t i = 0; i < cmd->examples_len; i++)
        assert_non_null(strstr(cmd->examples[i].line, "sanduq"));
}

static void
every_command_is_complete(void **state)
{
    (void)state;
    cmd_each(check_tables, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_give_these_answers),
        cmocka_unit_test(
            a_passphrase_given_as_an_option_is_refused_and_not_repeated),
        cmocka_unit_test(values_reach_the_struct_of_the_command),
        cmocka_unit_test(an_option_takes_a_value_in_every_command_or_in_none),
        cmocka_unit_test(every_command_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
