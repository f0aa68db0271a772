/* SPDX-License-Identifier: Apache-2.0 */
/* test_tty.c: questions on a terminal, seen from its other end */
#if !defined(_WIN32)
#define _GNU_SOURCE 1
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if defined(_WIN32)
int
main(void)
{
    (void)puts("skipped");
    return 0;
}
#else
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "os.h"

enum { WAIT_MS = 10000 };

/* A child on a terminal of its own, whose other end is `master`. */
struct session {
    int master;
    pid_t pid;
    char shown[512];
    size_t n;
};

/* What a child did is told by its exit status, and its answer on `report`. */
static int report[2];

static void
become_session(const char *slave)
{
    int fd;

    if (setsid() < 0)
        _exit(90);
    fd = open(slave, O_RDWR);
    if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
        _exit(91);
    /* stdin and stdout are not the terminal: the question must find it. */
    fd = open("/dev/null", O_RDWR);
    (void)dup2(fd, 0);
    (void)dup2(fd, 1);
}

static struct session
begin(void (*child)(void))
{
    struct session s = {.master = posix_openpt(O_RDWR | O_NOCTTY)};
    char slave[64];

    assert_true(s.master >= 0);
    assert_int_equal(grantpt(s.master), 0);
    assert_int_equal(unlockpt(s.master), 0);
    assert_int_equal(ptsname_r(s.master, slave, sizeof slave), 0);
    assert_int_equal(pipe(report), 0);
    s.pid = fork();
    if (s.pid == 0) {
        (void)signal(SIGINT, SIG_DFL); /* ignored in a shell's background */
        (void)signal(SIGQUIT, SIG_DFL);
        become_session(slave);
        child();
        _exit(0);
    }
    assert_true(s.pid > 0);
    (void)close(report[1]);
    return s;
}

/* Read what the terminal shows until it has `text`. */
static void
expect(struct session *s, const char *text)
{
    struct pollfd p = {.fd = s->master, .events = POLLIN};

    while (strstr(s->shown, text) == NULL) {
        ssize_t got;

        assert_int_equal(poll(&p, 1, WAIT_MS), 1);
        got = read(s->master, s->shown + s->n, sizeof s->shown - 1 - s->n);
        assert_true(got > 0);
        s->n += (size_t)got;
        s->shown[s->n] = 0;
    }
}

static void
type(struct session *s, const char *keys)
{
    assert_int_equal(write(s->master, keys, strlen(keys)), strlen(keys));
}

static bool
has_echo(const struct session *s)
{
    struct termios t;

    assert_int_equal(tcgetattr(s->master, &t), 0);
    return (t.c_lflag & ECHO) != 0;
}

static int
end(struct session *s, char *answer, size_t size)
{
    ssize_t n = read(report[0], answer, size - 1);
    int status = 0;

    assert_true(n >= 0);
    answer[n] = 0;
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    (void)close(report[0]);
    (void)close(s->master);
    return status;
}

static void
ask(bool echo)
{
    struct vault_error err;
    char buf[33];
    size_t len = 0;
    enum vault_status st;

    vlt_os_harden(); /* no core file */
    st = vlt_tty_ask("Passphrase: ", echo, buf, sizeof buf, &len, &err);
    if (st == VAULT_OK && write(report[1], buf, len) < 0)
        _exit(92);
    _exit((int)st);
}

static void
ask_silently(void)
{
    ask(false);
}

static void
ask_openly(void)
{
    ask(true);
}

static void
ask_with_noted_interrupts(void)
{
    vlt_os_catch_interrupt();
    ask(false);
}

static void
a_passphrase_is_read_and_not_shown(void **state)
{
    struct session s = begin(ask_silently);
    char answer[64];
    int status;

    (void)state;
    expect(&s, "Passphrase: ");
    assert_false(has_echo(&s));
    type(&s, "құпия 证据\n");
    expect(&s, "\n");
    status = end(&s, answer, sizeof answer);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), VAULT_OK);
    assert_string_equal(answer, "құпия 证据");
    assert_null(strstr(s.shown, "证"));
}

static void
an_open_question_shows_the_answer(void **state)
{
    struct session s = begin(ask_openly);
    char answer[64];
    int status;

    (void)state;
    expect(&s, "Passphrase: ");
    assert_true(has_echo(&s));
    type(&s, "yes\n");
    expect(&s, "yes");
    status = end(&s, answer, sizeof answer);
    assert_int_equal(WEXITSTATUS(status), VAULT_OK);
    assert_string_equal(answer, "yes");
}

static void
lengths_at_the_edge_of_the_buffer(void **state)
{
    static const struct {
        const char *name;
        size_t n;
        enum vault_status want;
    } rows[] = {
        {"empty", 0, VAULT_OK},
        {"one byte short", 31, VAULT_OK},
        {"exact", 32, VAULT_OK},
        {"one byte long", 33, VAULT_E_LIMIT},
        {"much too long", 1000, VAULT_E_LIMIT},
    };
    char keys[1002], answer[64];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session s = begin(ask_silently);
        int status;

        print_message("%s\n", rows[i].name);
        memset(keys, 'k', rows[i].n);
        memcpy(keys + rows[i].n, "\n", 2);
        expect(&s, "Passphrase: ");
        type(&s, keys);
        status = end(&s, answer, sizeof answer);
        assert_int_equal(WEXITSTATUS(status), rows[i].want);
        assert_int_equal(strlen(answer),
            rows[i].want == VAULT_OK ? rows[i].n : 0);
    }
}

static void
the_end_of_input_is_no_answer(void **state)
{
    struct session s = begin(ask_silently);
    char answer[64];

    (void)state;
    expect(&s, "Passphrase: ");
    type(&s, "half\x04\x04");
    assert_int_equal(WEXITSTATUS(end(&s, answer, sizeof answer)),
        VAULT_E_CANCELLED);
    assert_string_equal(answer, "");
}

static void
a_noted_interrupt_is_an_answer_too(void **state)
{
    struct session s = begin(ask_with_noted_interrupts);
    char answer[64];
    int status;

    (void)state;
    expect(&s, "Passphrase: ");
    type(&s, "half\x03");
    status = end(&s, answer, sizeof answer);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), VAULT_E_CANCELLED);
}

static void
leave_without_echo(int status)
{
    struct termios t;
    int fd = open("/dev/tty", O_RDWR);

    if (fd < 0 || tcgetattr(fd, &t) != 0 || (t.c_lflag & ECHO) == 0)
        _exit(status);
    (void)close(fd);
}

/* Only a job of a session can be stopped, and the terminal looked at after
 * the end of it: the leader's own end would hang it up. */
static void
ask_from_a_job(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        (void)setpgid(0, 0);
        (void)signal(SIGTTOU, SIG_IGN);
        (void)tcsetpgrp(open("/dev/tty", O_RDWR), getpid());
        (void)signal(SIGTTOU, SIG_DFL);
        ask(false);
    }
    while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
        leave_without_echo(93);
        (void)kill(pid, SIGCONT);
    }
    leave_without_echo(94);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 64 + WTERMSIG(status));
}

static void
an_interrupt_restores_the_terminal_and_ends_the_process(void **state)
{
    static const struct {
        const char *keys;
        int signo;
    } rows[] = {{"half\x03", SIGINT}, {"half\x1c", SIGQUIT}};
    char answer[64];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session s = begin(ask_from_a_job);

        expect(&s, "Passphrase: ");
        type(&s, rows[i].keys);
        assert_int_equal(WEXITSTATUS(end(&s, answer, sizeof answer)),
            64 + rows[i].signo);
    }
}

static void
a_stopped_process_restores_the_terminal_and_asks_again(void **state)
{
    struct session s = begin(ask_from_a_job);
    char answer[64];

    (void)state;
    expect(&s, "Passphrase: ");
    type(&s, "half\x1a");
    expect(&s, "\nPassphrase: ");
    type(&s, "whole\n");
    assert_int_equal(WEXITSTATUS(end(&s, answer, sizeof answer)), VAULT_OK);
    assert_string_equal(answer, "whole");
}

static void
ask_without_terminal(void)
{
    struct vault_error err;
    char buf[8];
    size_t len;

    (void)signal(SIGHUP, SIG_IGN); /* comes with giving it away */
    if (ioctl(open("/dev/tty", O_RDWR), TIOCNOTTY) != 0)
        _exit(95);
    _exit((int)vlt_tty_ask("?", true, buf, sizeof buf, &len, &err));
}

static void
without_a_terminal_there_is_no_question(void **state)
{
    struct session s = begin(ask_without_terminal);
    char answer[64];

    (void)state;
    assert_int_equal(WEXITSTATUS(end(&s, answer, sizeof answer)),
        VAULT_E_NOT_FOUND);
}

static void
terminals_and_their_width_are_known(void **state)
{
    struct winsize w = {.ws_col = 123, .ws_row = 20};
    struct session s = {.master = posix_openpt(O_RDWR | O_NOCTTY)};
    int ends[2];

    (void)state;
    assert_true(s.master >= 0);
    assert_int_equal(ioctl(s.master, TIOCSWINSZ, &w), 0);
    assert_int_equal(vlt_tty_columns(s.master), 123);
    assert_true(vlt_tty_is(s.master));
    w.ws_col = 0;
    assert_int_equal(ioctl(s.master, TIOCSWINSZ, &w), 0);
    assert_int_equal(vlt_tty_columns(s.master), 80);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(vlt_tty_columns(ends[0]), 80);
    assert_false(vlt_tty_is(ends[0]));
    assert_false(vlt_tty_is(987));
    (void)close(ends[0]);
    (void)close(ends[1]);
    (void)close(s.master);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passphrase_is_read_and_not_shown),
        cmocka_unit_test(an_open_question_shows_the_answer),
        cmocka_unit_test(lengths_at_the_edge_of_the_buffer),
        cmocka_unit_test(the_end_of_input_is_no_answer),
        cmocka_unit_test(
            an_interrupt_restores_the_terminal_and_ends_the_process),
        cmocka_unit_test(a_noted_interrupt_is_an_answer_too),
        cmocka_unit_test(
            a_stopped_process_restores_the_terminal_and_asks_again),
        cmocka_unit_test(without_a_terminal_there_is_no_question),
        cmocka_unit_test(terminals_and_their_width_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
