/* SPDX-License-Identifier: Apache-2.0 */
/* verify_keep.c: the file in which an auditor keeps what was checked */
#include "verify_keep.h"

#include "fail.h"
#include "os.h"
#include "out.h"
#include "tr.h"

#include <stdlib.h>
#include <string.h>

#define FIRST "sanduq.v1/verify-state\n"
enum { STATE_MAX = 32 * 1024 * 1024 };

bool
verify_keep_is(const char *text, size_t len)
{
    return len >= strlen(FIRST) && memcmp(text, FIRST, strlen(FIRST)) == 0;
}

enum vault_status
verify_keep_begin(const char *path, struct verify_keep *out,
    struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    bool ours;
    enum vault_status st = VAULT_OK;

    *out = (struct verify_keep){.path = path};
    if (path == NULL || !vlt_os_exists(path))
        return VAULT_OK;
    st = vlt_os_read_small(path, STATE_MAX, &p, &n, NULL);
    ours = st == VAULT_OK && verify_keep_is((const char *)p, n);
    free(p);
    if (ours)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_EXISTS, N_("name another file"),
        "%s is there already and is no saved state; nothing was written over",
        path);
}

int
verify_keep_save(struct verify_keep *s, const char *state, size_t len)
{
    s->saved = vlt_os_replace(s->path, state, len, &s->why) == VAULT_OK;
    return s->saved ? 0 : 1;
}

enum vault_status
verify_keep_tell(const struct cli *c, const struct verify_keep *s,
    struct vault_error *err)
{
    if (s->path == NULL)
        return VAULT_OK;
    if (!s->saved && s->why.code != VAULT_OK) {
        *err = s->why;
        return s->why.code;
    }
    if (!s->saved)
        say_warn(tr("no state was saved: %s was left as it was"), s->path);
    else if (!c->g.json && !c->g.quiet)
        say_hint(N_("keep the saved state where whoever has the file cannot "
                    "change it: the next check believes it"));
    return VAULT_OK;
}
