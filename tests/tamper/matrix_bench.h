/* SPDX-License-Identifier: Apache-2.0 */
/* matrix_bench.h: a vault, what auditors and a witness kept of it, and judges */
#ifndef TEST_MATRIX_BENCH_H
#define TEST_MATRIX_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "cosignature.h"
#include "insider.h"
#include "sign.h"
#include "state_bench.h"

/*
 * Five records, rows 1 to 5, all with bodies; lines 0 to 3 of the making, 4 to
 * 8 their sealings. `older` is a checkpoint that an auditor was given after
 * the third, `state` what another kept then, `newest` a checkpoint of the end.
 * A witness countersigned the third and the last state (`policy` asks for it).
 */
enum { T1 = 1768000000, T2 = 1768003600 };
struct matrix {
    struct quick_vault q;
    char older[4096], newest[4096];
    char *state;
    char policy[512];
    uint8_t witness[32]; /* its key */
    char witness_name[32];
    uint8_t secret[32]; /* of the log */
    char good[TEMP_PATH];
};

enum how { PLAIN, SINCE, STATE, WITNESS, KEY };

static inline int
matrix_take(void *ctx, const char *note, size_t len)
{
    assert_true(len < 4096);
    memcpy(ctx, note, len + 1);
    return 0;
}

static inline void
matrix_add(struct vault *v, unsigned n)
{
    static uint8_t p[40000];
    static unsigned seed;

    for (; n > 0; n--) {
        quick_noise(p, sizeof p, ++seed);
        quick_add(v, "said", p, sizeof p, NULL);
    }
}

/* As the witness: below the newest stored checkpoint of log 1. */
static inline void
matrix_countersign(const struct matrix *m, const char *path, const char *given,
    uint64_t time)
{
    struct vlt_note n;
    struct vlt_buf b;
    char *sql;

    assert_int_equal(vlt_note_parse(&n, given, strlen(given), NULL), 0);
    vlt_buf_init(&b, VLT_NOTE_MAX);
    assert_int_equal(vlt_cosignature_sign(&b, n.text, n.text_len,
                         m->witness_name, m->witness, time, NULL),
        0);
    sql = sqlite3_mprintf("UPDATE checkpoint SET keep = 1, note = note || %Q "
                          "WHERE log = 1 AND size = (SELECT max(size) FROM "
                          "checkpoint WHERE log = 1)",
        vlt_buf_cstr(&b));
    quick_sql(path, sql);
    sqlite3_free(sql);
    vlt_buf_clear(&b);
}

static inline void
matrix_witness(struct matrix *m)
{
    struct vlt_vkey key;
    char text[VLT_VKEY_TEXT];
    uint8_t pk[32];

    memset(m->witness, 0x5a, 32);
    vlt_sign_public(pk, m->witness);
    (void)snprintf(m->witness_name, sizeof m->witness_name, "w.example");
    assert_int_equal(vlt_vkey_make(&key, m->witness_name, VLT_VKEY_COSIGNATURE,
                         pk, NULL),
        0);
    vlt_vkey_text(text, &key);
    (void)snprintf(m->policy, sizeof m->policy, "witness w %s\nquorum w\n",
        text);
}

static inline void
matrix_make(struct matrix *m)
{
    memset(m, 0, sizeof *m);
    quick_make(&m->q);
    matrix_witness(m);
    matrix_add(m->q.v, 3);
    assert_int_equal(vault_log_checkpoints(m->q.v, matrix_take, m->older, NULL),
        0);
    insider_key(m->q.v, m->secret);
    quick_close(&m->q);
    matrix_countersign(m, m->q.path, m->older, T1);
    m->state = state_of(m->q.path);
    quick_again(&m->q);
    matrix_add(m->q.v, 2);
    assert_int_equal(vault_log_checkpoints(m->q.v, matrix_take, m->newest,
                         NULL),
        0);
    quick_close(&m->q);
    matrix_countersign(m, m->q.path, m->newest, T2);
    temp_dir_path(&m->q.dir, "good", m->good);
    temp_copy(m->q.path, m->good);
}

static inline void
matrix_end(struct matrix *m)
{
    free(m->state);
    quick_end(&m->q);
}

/* Verify a file so, and expect the status and (a part of) a line. */
static inline void
matrix_expect_of(const struct matrix *m, const char *path, enum how how,
    const char *since, enum vault_status st, const char *line)
{
    struct vault_verify_options opt = {0};
    static struct quick_verdict said;

    opt.key = how == KEY ? m->q.key : NULL;
    opt.policy = how == WITNESS ? m->policy : NULL;
    opt.since = &since;
    opt.since_len = since != NULL;
    opt.state = how == STATE ? m->state : NULL;
    opt.state_len = how == STATE ? strlen(m->state) : 0;
    quick_verify_with(path, &opt, &said);
    if (said.st != st || strstr(said.lines, line) == NULL)
        fail_msg("how %d: %s, wanted %s with \"%s\":\n%s", (int)how,
            vault_status_name(said.st), vault_status_name(st), line,
            said.lines);
}

static inline void
matrix_expect(const struct matrix *m, enum how how, enum vault_status st,
    const char *line)
{
    matrix_expect_of(m, m->q.path, how, how == SINCE ? m->older : NULL, st,
        line);
}

/* The same for all ways at once: what the good vault gives. */
static inline void
matrix_good(const struct matrix *m)
{
    matrix_expect(m, PLAIN, VAULT_OK, "HELD record: 5");
    matrix_expect(m, SINCE, VAULT_OK, "HELD since: ");
    matrix_expect(m, STATE, VAULT_OK, "HELD record: 2 new");
    matrix_expect(m, WITNESS, VAULT_OK, "HELD policy: ");
    matrix_expect(m, KEY, VAULT_OK, "HELD content: 5");
}

#define SEEN(m, how, line)  matrix_expect(m, how, VAULT_E_TAMPERED, line)
#define ASKED(m, how, line) matrix_expect(m, how, VAULT_E_POLICY, line)
/* Not detected: it must be said as loudly as what is. */
#define UNSEEN(m, how)      matrix_expect(m, how, VAULT_OK, "")

#endif
