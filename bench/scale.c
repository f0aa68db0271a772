/* SPDX-License-Identifier: Apache-2.0 */
/* scale.c: what giving and receiving cost with many records, bytes, origins */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vault/receive.h>
#include <vault/share.h>

#include "bench_clock.h"
#include "bench_vault.h"

/*
 * One step each, in a process of its own, so that its memory is its own:
 *
 *     scale make FOLDER                       a vault
 *     scale meet FOLDER NAME FOLDER NAME      they compared their cards
 *     scale fill FOLDER FROM N BYTES          N records with originals
 *     scale share FOLDER NAME DEST N BUNDLES  DEST0, DEST1 ... of N records
 *     scale receive FOLDER FILE...            all at once
 *     scale list|find FOLDER                  as a person would ask
 *     scale verify FOLDER [key]               without a secret, or with
 *     scale run WHAT COMMAND...               another program
 *
 * Prints: what, seconds by the wall, processor seconds, peak MiB; scripts/bench
 * puts the steps together. Copying is what a disk and a processor cannot beat.
 */
static void
report(const char *what, double ms, double cpu_ms, double mib)
{
    printf("%-44s %9.2f s   cpu %9.2f s   peak %7.1f MiB\n", what, ms / 1e3,
        cpu_ms / 1e3, mib);
    (void)fflush(stdout);
}

/* From here to the end of the process is what counts. */
struct step {
    const char *what;
    double ms, cpu;
};

static struct step
begin(const char *what)
{
    bench_peak_again();
    return (struct step){what, bench_now_ms(), bench_cpu_ms()};
}

static void
end(const struct step *s)
{
    report(s->what, bench_now_ms() - s->ms, bench_cpu_ms() - s->cpu,
        bench_peak_mib());
}

static uint64_t
number(const char *s)
{
    return strtoull(s, NULL, 10);
}

/* ---- making ---- */

static int
do_meet(char **arg)
{
    struct vault *a = bench_open(arg[0]);
    struct vault *b = bench_open(arg[2]);

    bench_meet(a, arg[1], b, arg[3]);
    vault_close(a);
    vault_close(b);
    return 0;
}

static int
do_fill(char **arg)
{
    struct vault *v = bench_open(arg[0]);
    struct step s = begin("sealed");

    bench_fill(v, number(arg[1]), number(arg[2]), (size_t)number(arg[3]));
    end(&s);
    vault_close(v);
    return 0;
}

/* ---- giving ---- */

struct ids {
    size_t n;
    size_t most;
    uint8_t (*id)[VAULT_ID];
};

static int
take_id(void *ctx, const struct vault_entry *e)
{
    struct ids *all = ctx;

    memcpy(all->id[all->n++], e->id, VAULT_ID);
    return all->n == all->most;
}

static void
share(struct vault *v, const char *name, const char *dest,
    const uint8_t (*id)[VAULT_ID], size_t n)
{
    struct vault_share_options opt = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault_error err;
    size_t i;

    if (vault_share_begin(v, &opt, &s, &err) != VAULT_OK ||
        vault_share_to(s, name, &err) != VAULT_OK)
        bench_fatal("sharing", &err);
    for (i = 0; i < n; i++) {
        if (vault_share_add(s, id[i], 0, &err) != VAULT_OK)
            bench_fatal("a record", &err);
    }
    if (vault_share_commit(s, dest, &done, &err) != VAULT_OK)
        bench_fatal("sharing", &err);
    free(done.path);
    free(done.minisig);
}

static int
do_share(char **arg)
{
    struct vault *v = bench_open(arg[0]);
    struct vault_list_options list = {.until = INT64_MAX, .since = INT64_MIN};
    size_t n = (size_t)number(arg[3]), bundles = (size_t)number(arg[4]), i;
    struct ids all = {0, n * bundles, NULL};
    struct vault_error err;
    char dest[BENCH_PATH];
    struct step s;
    enum vault_status st;

    all.id = calloc(all.most, sizeof *all.id);
    if (all.id == NULL)
        return 1;
    st = vault_list(v, &list, take_id, NULL, &all, &err);
    if ((st != VAULT_OK && st != VAULT_E_CANCELLED) || all.n != all.most)
        bench_fatal("choosing", &err);
    s = begin(bundles == 1 ? "bundle made" : "bundles made");
    for (i = 0; i < bundles; i++) {
        (void)snprintf(dest, sizeof dest, "%s%zu", arg[2], i);
        share(v, arg[1], dest, (const uint8_t(*)[VAULT_ID])all.id + i * n, n);
    }
    end(&s);
    free(all.id);
    vault_close(v);
    return 0;
}

/* ---- receiving ---- */

static int
do_receive(char **arg)
{
    struct vault *v = bench_open(arg[0]);
    struct vault_receive *r;
    struct vault_receive_result got;
    struct vault_error err;
    struct step s = begin("received");

    if (vault_receive_begin(v, NULL, &r, &err) != VAULT_OK)
        bench_fatal("receiving", &err);
    for (arg++; *arg != NULL; arg++) {
        if (vault_receive_add(r, *arg, &err) != VAULT_OK)
            bench_fatal(*arg, &err);
    }
    if (vault_receive_commit(r, &got, &err) != VAULT_OK)
        bench_fatal("receiving", &err);
    end(&s);
    if (got.count.bad > 0 || got.count.records != got.count.fresh) {
        fprintf(stderr, "bench: %" PRIu64 " of %" PRIu64 " records came in\n",
            got.count.fresh, got.count.records);
        return 1;
    }
    vault_receive_close(r);
    vault_close(v);
    return 0;
}

/* ---- asking ---- */

static int
count(void *ctx, const struct vault_entry *e)
{
    (void)e;
    ++*(uint64_t *)ctx;
    return 0;
}

static void
ask(struct vault *v, const char *what, const struct vault_list_options *opt)
{
    struct vault_error err;
    uint64_t n = 0;
    struct step s = begin(what);

    if (vault_list(v, opt, count, NULL, &n, &err) != VAULT_OK)
        bench_fatal(what, &err);
    end(&s);
    printf("%-44s %9" PRIu64 "\n", "  records shown", n);
}

static int
do_list(char **arg)
{
    struct vault_list_options opt = {.until = INT64_MAX,
        .since = INT64_MIN,
        .limit = 50,
        .newest_first = true};
    struct step s = begin("opened and unlocked");
    struct vault *v = bench_open(arg[0]);

    end(&s);
    ask(v, "list: the first 50 asked for", &opt);
    ask(v, "list: 50 newest", &opt);
    vault_close(v);
    return 0;
}

static int
do_find(char **arg)
{
    const char *one[] = {"case7"}, *many[] = {"group7"};
    struct vault_list_options opt = {.until = INT64_MAX,
        .since = INT64_MIN,
        .words = one,
        .words_len = 1};
    struct vault *v = bench_open(arg[0]);

    ask(v, "find: a word that one record has", &opt);
    opt.words = many;
    ask(v, "find: a word that one in a thousand has", &opt);
    vault_close(v);
    return 0;
}

static int
do_verify(char **arg)
{
    struct vault_verify_options opt = {0};
    struct vault_verdict verdict;
    struct vault_error err;
    struct vault_key *key = NULL;
    char path[BENCH_PATH];
    struct step s;

    if (arg[1] != NULL) {
        key = vault_key_new();
        bench_path(path, arg[0], "key");
        if (key == NULL || vault_key_file(key, path, &err) != VAULT_OK)
            bench_fatal(path, &err);
        opt.key = key;
    }
    bench_path(path, arg[0], "v.sanduq");
    s = begin(key != NULL ? "verified, unlocked" : "verified, locked");
    if (vault_verify(path, &opt, NULL, NULL, &verdict, &err) != VAULT_OK)
        bench_fatal(path, &err);
    end(&s);
    vault_key_free(key);
    return 0;
}

/* ---- other programs ---- */

static int
do_run(char **arg)
{
    double ms = bench_now_ms();
    struct rusage used;
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(126);
        execvp(arg[1], arg + 1);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench: %s failed\n", arg[1]);
        return 1;
    }
    report(arg[0], bench_now_ms() - ms,
        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
            (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3,
        (double)used.ru_maxrss / 1024);
    return 0;
}

static int
do_make(char **arg)
{
    bench_make(arg[0]);
    return 0;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int least;
        int (*run)(char **arg);
    } steps[] = {
        {"make", 1, do_make},
        {"meet", 4, do_meet},
        {"fill", 4, do_fill},
        {"share", 5, do_share},
        {"receive", 2, do_receive},
        {"list", 1, do_list},
        {"find", 1, do_find},
        {"verify", 1, do_verify},
        {"run", 2, do_run},
    };

    for (size_t i = 0; argc > 2 && i < sizeof steps / sizeof steps[0]; i++) {
        if (strcmp(argv[1], steps[i].name) == 0 && argc - 2 >= steps[i].least)
            return steps[i].run(argv + 2);
    }
    fprintf(stderr, "usage: see bench/scale.c\n");
    return 2;
}
