/* SPDX-License-Identifier: Apache-2.0 */
/* test_os_posix.c: modes, links, fallbacks, swap and programs on POSIX */
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
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "os_command.h"
#include "os_posix.h"

/* Every test runs in an empty folder of its own. */
static char scratch[] = "/tmp/sanduq-posix-XXXXXX";

static int
enter(void **state)
{
    (void)state;
    (void)memcpy(strrchr(scratch, '-') + 1, "XXXXXX", 6);
    (void)umask(0);
    return mkdtemp(scratch) == NULL || chdir(scratch) != 0;
}

static int
leave(void **state)
{
    char command[128];

    (void)state;
    if (chdir("/") != 0)
        return -1;
    (void)snprintf(command, sizeof command, "rm -r -- '%s'", scratch);
    return system(command);
}

static void
put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
assert_holds(const char *path, const char *want)
{
    char text[256] = "";
    FILE *f = fopen(path, "r");
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    assert_int_equal(n, strlen(want));
    assert_string_equal(text, want);
}

static int
mode_of(const char *path)
{
    struct stat s;

    assert_int_equal(lstat(path, &s), 0);
    return (int)(s.st_mode & 07777);
}

static enum vault_status
count_one(void *ctx, const char *name, bool is_dir)
{
    (void)name;
    (void)is_dir;
    (*(int *)ctx)++;
    return VAULT_OK;
}

static int
entries(void)
{
    int n = 0;

    assert_int_equal(vlt_os_listdir(".", count_one, &n, NULL), VAULT_OK);
    return n;
}

static void
new_files_are_private_whatever_the_umask(void **state)
{
    struct vlt_outfile *f = NULL;

    (void)state;
    assert_int_equal(vlt_os_create_empty("a", NULL), VAULT_OK);
    assert_int_equal(vlt_os_create_small("b", "x", 1, NULL), VAULT_OK);
    assert_int_equal(vlt_os_replace("c", "x", 1, NULL), VAULT_OK);
    put("d", "old");
    assert_int_equal(chmod("d", 0666), 0);
    assert_int_equal(vlt_os_replace("d", "x", 1, NULL), VAULT_OK);
    assert_int_equal(vlt_posix_outfile_begin("e", false, false, &f, NULL),
        VAULT_OK);
    assert_int_equal(vlt_outfile_commit(f, NULL), VAULT_OK);
    assert_int_equal(mode_of("a"), 0600);
    assert_int_equal(mode_of("b"), 0600);
    assert_int_equal(mode_of("c"), 0600);
    assert_int_equal(mode_of("d"), 0600);
    assert_int_equal(mode_of("e"), 0600);
    assert_int_equal(vlt_os_mkdirs("f/g", NULL), VAULT_OK);
    assert_int_equal(mode_of("f"), 0700);
    assert_int_equal(mode_of("f/g"), 0700);
}

static void
planted_links_are_never_followed(void **state)
{
    struct vlt_outfile *f = NULL;
    struct stat s;

    (void)state;
    put("precious", "precious");
    assert_int_equal(symlink("precious", "link"), 0);
    assert_int_equal(symlink("absent", "dangling"), 0);
    assert_int_equal(vlt_outfile_begin("link", false, &f, NULL),
        VAULT_E_EXISTS);
    assert_int_equal(vlt_outfile_begin("dangling", false, &f, NULL),
        VAULT_E_EXISTS);
    assert_int_equal(vlt_os_create_empty("dangling", NULL), VAULT_E_EXISTS);
    assert_int_equal(vlt_os_create_small("dangling", "x", 1, NULL),
        VAULT_E_EXISTS);
    assert_true(vlt_os_exists("dangling"));
    assert_int_equal(vlt_os_destroy("link", NULL), VAULT_E_IO);
    assert_holds("precious", "precious");

    assert_int_equal(vlt_os_replace("link", "new", 3, NULL), VAULT_OK);
    assert_int_equal(lstat("link", &s), 0);
    assert_true(S_ISREG(s.st_mode));
    assert_holds("link", "new");
    assert_holds("precious", "precious");
    assert_int_not_equal(access("absent", F_OK), 0);
}

static void
a_link_planted_meanwhile_is_kept(void **state)
{
    struct vlt_outfile *f = NULL;
    int nameless;

    (void)state;
    for (nameless = 0; nameless < 2; nameless++) {
        assert_int_equal(vlt_posix_outfile_begin("out", false, nameless, &f,
                             NULL),
            VAULT_OK);
        assert_int_equal(vlt_outfile_write(f, "x", 1, NULL), VAULT_OK);
        assert_int_equal(symlink("absent", "out"), 0);
        assert_int_equal(vlt_outfile_commit(f, NULL), VAULT_E_EXISTS);
        assert_int_not_equal(access("absent", F_OK), 0);
        assert_int_equal(entries(), 1);
        assert_int_equal(unlink("out"), 0);
    }
}

/* With and without O_TMPFILE: the same results, nothing left over. */
static void
both_ways_of_writing_an_output_agree(void **state)
{
    struct vlt_outfile *f = NULL;
    int nameless, replace;

    (void)state;
    for (nameless = 0; nameless < 2; nameless++) {
        for (replace = 0; replace < 2; replace++) {
            assert_int_equal(vlt_posix_outfile_begin("out", replace, nameless,
                                 &f, NULL),
                VAULT_OK);
            assert_int_equal(vlt_outfile_write(f, "text", 4, NULL), VAULT_OK);
            assert_int_equal(entries(), (replace ? 1 : 0) + !nameless);
            assert_int_equal(vlt_outfile_commit(f, NULL), VAULT_OK);
            assert_holds("out", "text");
            assert_int_equal(entries(), 1);
        }
        assert_int_equal(vlt_posix_outfile_begin("out", true, nameless, &f,
                             NULL),
            VAULT_OK);
        vlt_outfile_discard(f);
        assert_int_equal(entries(), 1);
        assert_int_equal(unlink("out"), 0);
    }
}

static void
devices_and_pipes_are_not_replaced(void **state)
{
    struct vlt_outfile *f = NULL;
    uint8_t *p = NULL;
    size_t n;

    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(vlt_outfile_begin("pipe", true, &f, NULL), VAULT_E_IO);
    assert_int_equal(vlt_os_replace("/dev/null", "x", 1, NULL), VAULT_E_IO);
    /* Nobody writes to it: reading must not wait. */
    assert_int_equal(vlt_os_read_small("pipe", 9, &p, &n, NULL), VAULT_E_IO);
    assert_int_equal(vlt_os_destroy("pipe", NULL), VAULT_E_IO);
}

static void
every_rename_refuses_what_exists(void **state)
{
    static int (*const ways[])(int, const char *,
        const char *) = {vlt_posix_rename_new, vlt_posix_rename_by_link,
        vlt_posix_rename_by_look};
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(ways); i++) {
        put("a", "a");
        put("b", "b");
        errno = 0;
        assert_int_equal(ways[i](AT_FDCWD, "a", "b"), -1);
        assert_int_equal(errno, EEXIST);
        assert_holds("b", "b");
        assert_int_equal(unlink("b"), 0);
        assert_int_equal(symlink("absent", "b"), 0);
        assert_int_equal(ways[i](AT_FDCWD, "a", "b"), -1);
        assert_int_equal(errno, EEXIST);
        assert_int_equal(unlink("b"), 0);
        assert_int_equal(ways[i](AT_FDCWD, "a", "b"), 0);
        assert_holds("b", "a");
        assert_int_equal(entries(), 1);
        assert_int_equal(ways[i](AT_FDCWD, "a", "c"), -1);
        assert_int_equal(errno, ENOENT);
    }
}

static void
destroying_overwrites_before_unlinking(void **state)
{
    (void)state;
    put("key", "0123456789");
    assert_int_equal(link("key", "second"), 0);
    assert_int_equal(chmod("key", 0400), 0);
    assert_int_equal(vlt_os_destroy("key", NULL), VAULT_OK);
    assert_int_not_equal(access("key", F_OK), 0);
    {
        static const char zeros[10];
        uint8_t *p = NULL;
        size_t n = 0;

        assert_int_equal(vlt_os_read_small("second", 99, &p, &n, NULL),
            VAULT_OK);
        assert_int_equal(n, 10);
        assert_memory_equal(p, zeros, 10);
        free(p);
    }
}

static void
a_link_to_a_folder_is_listed_as_no_folder(void **state)
{
    struct vault_error err;
    int n = 0;

    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(symlink("..", "d/up"), 0);
    assert_int_equal(vlt_os_listdir("d", count_one, &n, &err), VAULT_OK);
    assert_int_equal(n, 1);
    assert_true(vlt_os_is_dir("d/up"));
}

static void
state_goes_where_the_xdg_rules_say(void **state)
{
    static const struct {
        const char *xdg, *home, *want;
    } rows[] = {
        {"/x/state", "/h", "/x/state"},
        {"/x/state//", "/h", "/x/state"},
        {NULL, "/h", "/h/.local/state"},
        {NULL, "/h/", "/h/.local/state"},
        {"", "/h", "/h/.local/state"},
        {"relative", "/h", "/h/.local/state"},
        {NULL, NULL, NULL},
        {NULL, "", NULL},
        {NULL, "relative", NULL},
    };
    struct vault_error err;
    char out[64];
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        (void)unsetenv("XDG_STATE_HOME");
        (void)unsetenv("HOME");
        if (rows[i].xdg != NULL)
            (void)setenv("XDG_STATE_HOME", rows[i].xdg, 1);
        if (rows[i].home != NULL)
            (void)setenv("HOME", rows[i].home, 1);
        assert_int_equal(vlt_os_state_home(out, sizeof out, &err),
            rows[i].want != NULL ? VAULT_OK : VAULT_E_NOT_FOUND);
        if (rows[i].want != NULL)
            assert_string_equal(out, rows[i].want);
        else
            assert_non_null(err.hint);
    }
}

static void
swap_counts_unless_compressed_or_encrypted(void **state)
{
    static const struct {
        const char *name;
        const char *lines;
        bool want;
    } rows[] = {
        {"none", "", false},
        {"a partition", "/dev/sda2 partition 1 0 -2\n", true},
        {"a file", "/swapfile file 1 0 -2\n", true},
        {"compressed memory", "/dev/zram0 partition 1 0 100\n", false},
        {"encrypted", "/dev/dm-1 partition 1 0 -2\n", false},
        {"volume on encrypted", "/dev/dm-2 partition 1 0 -2\n", false},
        {"volume on plain", "/dev/dm-3 partition 1 0 -2\n", true},
        {"unknown device", "/dev/dm-9 partition 1 0 -2\n", true},
        {"zram, then a file",
            "/dev/zram0 partition 1 0 100\n/swap\\040file file 1 0 -3\n", true},
        {"encrypted, then plain",
            "/dev/dm-1 partition 1 0 -2\n/dev/sda2 partition 1 0 -3\n", true},
    };
    size_t i;

    (void)state;
    assert_int_equal(vlt_os_mkdirs("sys/dm-1/dm", NULL), VAULT_OK);
    put("sys/dm-1/dm/uuid", "CRYPT-LUKS2-0123-swap\n");
    assert_int_equal(vlt_os_mkdirs("sys/dm-2/dm", NULL), VAULT_OK);
    put("sys/dm-2/dm/uuid", "LVM-0123\n");
    assert_int_equal(vlt_os_mkdirs("sys/dm-2/slaves/dm-1", NULL), VAULT_OK);
    assert_int_equal(vlt_os_mkdirs("sys/dm-3/dm", NULL), VAULT_OK);
    put("sys/dm-3/dm/uuid", "LVM-0123\n");
    assert_int_equal(vlt_os_mkdirs("sys/dm-3/slaves/dm-1", NULL), VAULT_OK);
    assert_int_equal(vlt_os_mkdirs("sys/dm-3/slaves/sda3", NULL), VAULT_OK);
    for (i = 0; i < VLT_COUNT(rows); i++) {
        FILE *f = fopen("swaps", "w");

        print_message("%s\n", rows[i].name);
        assert_non_null(f);
        (void)fprintf(f, "Filename\tType\tSize\tUsed\tPriority\n%s",
            rows[i].lines);
        (void)fclose(f);
        assert_int_equal(vlt_posix_swap_exposed("swaps", "sys"), rows[i].want);
    }
    assert_false(vlt_posix_swap_exposed("absent", "sys"));
}

static void
streams_pass_pipes_and_standard_ends(void **state)
{
    struct vlt_file *in = NULL, *out = NULL;
    char text[8] = "";
    size_t got = 0;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(vlt_file_fd(ends[1], &out, NULL), VAULT_OK);
    assert_int_equal(vlt_file_fd(ends[0], &in, NULL), VAULT_OK);
    assert_true(vlt_file_size(in) == -1);
    assert_true(vlt_file_mtime(in) == 0);
    assert_int_equal(vlt_file_write(out, "hello", 5, NULL), VAULT_OK);
    assert_int_equal(vlt_file_read(in, text, sizeof text, &got, NULL),
        VAULT_OK);
    assert_int_equal(got, 5);
    assert_string_equal(text, "hello");
    vlt_file_close(out);
    assert_int_equal(close(ends[1]), 0); /* it was ours, not the stream's */
    assert_int_equal(vlt_file_read(in, text, sizeof text, &got, NULL),
        VAULT_OK);
    assert_int_equal(got, 0);
    vlt_file_close(in);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(vlt_file_stdin(&in, NULL), VAULT_OK);
    vlt_file_close(in);
    assert_int_equal(vlt_file_stdout(&out, NULL), VAULT_OK);
    vlt_file_close(out);
}

static void
a_full_disk_is_a_status(void **state)
{
    struct vault_error err;
    struct vlt_file *f = NULL;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    if (fd < 0)
        return; /* not on this system */
    assert_int_equal(vlt_file_fd(fd, &f, NULL), VAULT_OK);
    assert_int_equal(vlt_file_write(f, "x", 1, &err), VAULT_E_IO);
    vlt_file_close(f);
    (void)close(fd);
}

static void
a_command_is_split_without_a_shell(void **state)
{
    static const struct {
        const char *command;
        const char *words[5];
    } rows[] = {
        {"a", {"a"}},
        {"  a  b\tc\n", {"a", "b", "c"}},
        {"a 'b c' \"d e\"", {"a", "b c", "d e"}},
        {"a'b c'd", {"ab cd"}},
        {"a '' \"\"", {"a", "", ""}},
        {"\"it's\" '\"'", {"it's", "\""}},
        {"a\\ b $HOME *", {"a\\", "b", "$HOME", "*"}},
        {"a b c d e", {"a", "b", "c", "d", "e"}},
    };
    char **argv = NULL;
    size_t i, k;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        assert_int_equal(vlt_command_split(rows[i].command, &argv, NULL),
            VAULT_OK);
        for (k = 0; k < 5 && rows[i].words[k] != NULL; k++)
            assert_string_equal(argv[k], rows[i].words[k]);
        assert_null(argv[k]);
        free(argv);
    }
    assert_int_equal(vlt_command_split(" \t", &argv, NULL), VAULT_E_USAGE);
    assert_int_equal(vlt_command_split("a 'b", &argv, NULL), VAULT_E_USAGE);
}

static void
what_a_program_prints_is_captured(void **state)
{
    static const struct {
        const char *name;
        const char *command;
        size_t max;
        const char *want; /* NULL: VAULT_E_IO */
    } rows[] = {
        {"text", "printf 'a b'", 99, "a b"},
        {"nothing", "true", 99, ""},
        {"exact", "printf 12345", 5, "12345"},
        {"one byte long", "printf 123456", 5, NULL},
        {"endless", "yes", 5000, NULL},
        {"another status", "false", 99, NULL},
        {"a signal", "sh -c 'kill -9 $$'", 99, NULL},
        {"no such program", "sanduq-no-such-program", 99, NULL},
        {"a folder", "/", 99, NULL},
        {"no shell", "printf $HOME", 99, "$HOME"},
    };
    struct vault_error err;
    uint8_t *p = NULL;
    size_t i, n = 0;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        p = NULL;
        if (rows[i].want == NULL) {
            assert_int_equal(vlt_os_run_capture(rows[i].command, rows[i].max,
                                 &p, &n, &err),
                VAULT_E_IO);
            print_message("  %s\n", err.message);
            assert_null(p);
            continue;
        }
        assert_int_equal(vlt_os_run_capture(rows[i].command, rows[i].max, &p,
                             &n, &err),
            VAULT_OK);
        assert_int_equal(n, strlen(rows[i].want));
        assert_memory_equal(p, rows[i].want, n);
        free(p);
    }
    assert_int_equal(vlt_os_run_capture("", 9, &p, &n, &err), VAULT_E_USAGE);
}

static void
a_program_gets_a_small_environment_and_no_files(void **state)
{
    uint8_t *p = NULL;
    size_t n = 0;
    int fd;

    (void)state;
    (void)setenv("SANDUQ_SECRET", "s3cret", 1);
    (void)setenv("LANG", "kk_KZ.UTF-8", 1);
    assert_int_equal(vlt_os_run_capture("env", 65536, &p, &n, NULL), VAULT_OK);
    assert_null(memmem(p, n, "s3cret", 6));
    assert_non_null(memmem(p, n, "LANG=kk_KZ.UTF-8\n", 17));
    assert_non_null(memmem(p, n, "PATH=", 5));
    free(p);
    put("open", "s3cret");
    fd = open("open", O_RDONLY); /* no O_CLOEXEC, as a caller's might be */
    assert_int_equal(dup2(fd, 9), 9);
    assert_int_equal(vlt_os_run_capture("sh -c '(cat <&9) 2>/dev/null; true'",
                         65536, &p, &n, NULL),
        VAULT_OK);
    assert_int_equal(n, 0);
    free(p);
    (void)close(9);
    (void)close(fd);
}

static void
hardening_holds_and_leaves_outputs_working(void **state)
{
    struct rlimit core;
    int status = 0;
    pid_t pid;

    (void)state;
    assert_int_equal(chmod(".", 0777), 0);
    pid = fork();
    if (pid == 0) {
        /* As somebody without rights, where that can be had. */
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(10);
        if (getrlimit(RLIMIT_CORE, &core) != 0)
            _exit(13);
        core.rlim_cur = core.rlim_max;
        (void)setrlimit(RLIMIT_CORE, &core);
#if defined(__linux__)
        (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
        vlt_os_harden();
        if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
            _exit(14);
#if defined(__linux__)
        if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
            _exit(15);
#endif
        if (umask(0) != 077)
            _exit(16);
        if (vlt_os_create_small("a", "x", 1, NULL) != VAULT_OK)
            _exit(11);
        if (vlt_os_replace("a", "yz", 2, NULL) != VAULT_OK)
            _exit(12);
        abort();
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_false(WCOREDUMP(status));
    assert_holds("a", "yz");
    assert_int_equal(entries(), 1); /* and no core */
}

static void
an_interrupt_is_noted_and_ends_a_wait(void **state)
{
    int status = 0;
    pid_t pid;

    (void)state;
    pid = fork();
    if (pid == 0) {
        struct vlt_file *f = NULL;
        size_t got;
        char c;
        int ends[2];

        if (pipe(ends) != 0 || vlt_file_fd(ends[0], &f, NULL) != VAULT_OK)
            _exit(10);
        vlt_os_catch_interrupt();
        if (vlt_os_interrupted())
            _exit(11);
        (void)signal(SIGALRM, SIG_DFL);
        if (fork() == 0) {
            (void)usleep(200000);
            (void)kill(getppid(), SIGINT);
            _exit(0);
        }
        (void)alarm(20);
        if (vlt_file_read(f, &c, 1, &got, NULL) != VAULT_E_CANCELLED)
            _exit(12);
        if (!vlt_os_interrupted())
            _exit(13);
        (void)raise(SIGINT); /* the second one ends the process */
        _exit(14);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGINT);
}

static enum vault_status
open_below(const char *path)
{
    struct vlt_file *f = NULL;
    enum vault_status st = vlt_file_open_below("in", path, &f, NULL);

    assert_true((st == VAULT_OK) == (f != NULL));
    vlt_file_close(f);
    return st;
}

static void
nothing_outside_a_folder_is_opened_below_it(void **state)
{
    static const char *const outside[] = {"", "/etc/passwd", "../secret", "..",
        ".", "./a", "a/", "//a", "a//b", "sub/../../secret", "sub/./a", "link",
        "up/secret", "sub/link", "sub", "pipe", "a/b"};
    struct vlt_file *f = NULL;
    char c = 0;
    size_t got = 0;

    (void)state;
    assert_int_equal(mkdir("in", 0700), 0);
    assert_int_equal(mkdir("in/sub", 0700), 0);
    assert_int_equal(vlt_os_create_small("secret", "s", 1, NULL), VAULT_OK);
    assert_int_equal(vlt_os_create_small("in/a", "a", 1, NULL), VAULT_OK);
    assert_int_equal(vlt_os_create_small("in/sub/a", "b", 1, NULL), VAULT_OK);
    assert_int_equal(symlink("../secret", "in/link"), 0);
    assert_int_equal(symlink("..", "in/up"), 0);
    assert_int_equal(symlink("a", "in/sub/link"), 0);
    assert_int_equal(symlink("in", "also"), 0);
    assert_int_equal(mkfifo("in/pipe", 0600), 0);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        if (open_below(outside[i]) != VAULT_E_USAGE)
            fail_msg("\"%s\" is not refused", outside[i]);
    }
    assert_int_equal(open_below("a"), VAULT_OK);
    assert_int_equal(open_below("none"), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_file_open_below("also", "sub/a", &f, NULL), VAULT_OK);
    assert_int_equal(vlt_file_read(f, &c, 1, &got, NULL), VAULT_OK);
    assert_int_equal(c, 'b');
    vlt_file_close(f);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, enter, leave)
    const struct CMUnitTest tests[] = {
        T(new_files_are_private_whatever_the_umask),
        T(planted_links_are_never_followed),
        T(a_link_planted_meanwhile_is_kept),
        T(both_ways_of_writing_an_output_agree),
        T(devices_and_pipes_are_not_replaced),
        T(every_rename_refuses_what_exists),
        T(destroying_overwrites_before_unlinking),
        T(a_link_to_a_folder_is_listed_as_no_folder),
        T(nothing_outside_a_folder_is_opened_below_it),
        T(state_goes_where_the_xdg_rules_say),
        T(swap_counts_unless_compressed_or_encrypted),
        T(streams_pass_pipes_and_standard_ends),
        T(a_full_disk_is_a_status),
        T(a_command_is_split_without_a_shell),
        T(what_a_program_prints_is_captured),
        T(a_program_gets_a_small_environment_and_no_files),
        T(hardening_holds_and_leaves_outputs_working),
        T(an_interrupt_is_noted_and_ends_a_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
