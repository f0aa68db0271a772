/* SPDX-License-Identifier: Apache-2.0 */
/* seized.c: folders, processes and hunts of a seized machine */
#include "seized.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "effort.h"
#include "quick_vault.h"

void
seized_begin(struct seized *s)
{
    memset(s, 0, sizeof *s);
    temp_dir_make(&s->home);
    temp_dir_make(&s->safe);
    temp_dir_path(&s->home, "v.sanduq", s->vault);
    temp_dir_path(&s->home, "v.capture", s->capture);
    temp_dir_path(&s->home, "state", s->state);
    temp_dir_path(&s->safe, "key", s->key);
    temp_dir_path(&s->safe, "during", s->during);
    temp_dir_path(&s->safe, "after", s->after);
    s->opt.state_dir = s->state;
}

void
seized_end(struct seized *s)
{
    temp_dir_remove(&s->home);
    temp_dir_remove(&s->safe);
}

void
seized_safe(const struct seized *s, const char *name, char out[TEMP_PATH])
{
    temp_dir_path(&s->safe, name, out);
}

void
seized_home(const struct seized *s, const char *name, char out[TEMP_PATH])
{
    temp_dir_path(&s->home, name, out);
}

struct work {
    void (*fn)(struct seized *s);
    struct seized *s;
};

static void
work(void *ctx)
{
    struct work *w = ctx;

    if (setenv("TMPDIR", w->s->home.path, 1) != 0)
        temp_die("setenv", "TMPDIR");
    w->fn(w->s);
}

void
seized_do(void (*fn)(struct seized *s), struct seized *s)
{
    struct work w = {fn, s};
    int st = quick_child(work, &w);

    if (st != 0)
        temp_die("a process failed", "see above");
}

void
seized_must(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        temp_die(err->message, vault_status_name(st));
}

static struct vault_key *
key_of(struct seized *s)
{
    struct vault_key *key = vault_key_new();
    struct vault_error err;

    if (!temp_exists(s->key))
        seized_must(vault_keyfile_create(s->key, &err), &err);
    if (key == NULL)
        temp_die("no memory", "key");
    seized_must(vault_key_file(key, s->key, &err), &err);
    return key;
}

struct vault *
seized_unlock_file(struct seized *s, const char *path)
{
    struct vault_key *key = key_of(s);
    struct vault *v = NULL;
    struct vault_error err;

    if (!temp_exists(path)) {
        seized_must(vault_create(path, key, &(struct vault_cost){0, 0}, &s->opt,
                        &v, &err),
            &err);
    } else {
        seized_must(vault_open(path, &s->opt, &v, &err), &err);
        seized_must(vault_unlock(v, key, NULL, &err), &err);
    }
    vault_key_free(key);
    return v;
}

struct vault *
seized_unlock(struct seized *s)
{
    return seized_unlock_file(s, s->vault);
}

struct vault *
seized_capture(struct seized *s)
{
    struct vault *c = NULL;
    struct vault_error err;

    seized_must(vault_capture_open(s->capture, &s->opt, &c, &err), &err);
    return c;
}

/* Letters of which 32 are no key (hunt.h), so that a body in memory costs
 * nothing; they shrink by half. */
void
seized_add(struct vault *v, const char *title, size_t n, uint64_t seed,
    struct vault_sealed *out)
{
    uint8_t *p = malloc(n + 1);

    quick_noise(p, n, seed);
    for (size_t i = 0; i < n; i++)
        p[i] = i % 30 == 29 ? ' ' : (uint8_t)('a' + p[i] % 16);
    quick_add(v, title, n == 0 ? NULL : p, n, out);
    free(p);
}

size_t
seized_step(void)
{
    const char *e = getenv("SANDUQ_EFFORT");

    return e != NULL && strcmp(e, "full") == 0 ? 1 : effort_step(97, 997);
}

void
seized_hunt(struct seized *s, struct hunt *h)
{
    if (seized_step() != 1) {
        if (temp_exists(s->vault))
            hunt_pass_over(h, s->vault);
        if (temp_exists(s->capture))
            hunt_pass_over(h, s->capture);
    }
    /* it holds one key in clear, which is to be seen: every offset */
    if (temp_exists(s->capture))
        hunt_file(h, s->capture, 1);
    hunt_folder(h, s->home.path, seized_step());
    if (temp_exists(s->during))
        hunt_file(h, s->during, seized_step());
    if (temp_exists(s->after))
        hunt_file(h, s->after, seized_step());
    printf("%zu keys tried on %zu sealed things\n", hunt_tried(h),
        hunt_things(h));
}
