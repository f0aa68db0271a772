/* SPDX-License-Identifier: Apache-2.0 */
/* tlogproof.c: C2SP tlog-proof: a leaf's place in a signed tree, as text */
#include "tlogproof.h"

#include <inttypes.h>

#include "fail.h"
#include "lines.h"

static enum vault_status
check(const struct vlt_tlogproof *p, struct vault_error *err)
{
    struct vlt_note n;

    if (p->n > VLT_TLOGPROOF_MAX)
        return vlt_fail(err, VAULT_E_FORMAT,
            "tlog-proof: a path of more than %d hashes", VLT_TLOGPROOF_MAX);
    return vlt_note_parse(&n, p->checkpoint, p->checkpoint_len, err);
}

enum vault_status
vlt_tlogproof_encode(struct vlt_buf *out, const struct vlt_tlogproof *p,
    struct vault_error *err)
{
    enum vault_status st = check(p, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    vlt_buf_printf(out,
        "c2sp.org/tlog-proof@v1\n"
        "index %" PRIu64 "\n",
        p->index);
    for (i = 0; i < p->n; i++) {
        vlt_lines_put_b64(out, p->path[i].b, sizeof p->path[i].b);
        vlt_buf_put_str(out, "\n");
    }
    vlt_buf_put_str(out, "\n");
    vlt_buf_put(out, p->checkpoint, p->checkpoint_len);
    return vlt_buf_end(out, "tlog-proof", err);
}

static void
read_path(struct vlt_tlogproof *p, struct vlt_lines *l)
{
    while (vlt_lines_more(l) && !vlt_lines_at(l, "\n")) {
        if (p->n == VLT_TLOGPROOF_MAX) {
            vlt_lines_fail(l);
            return;
        }
        vlt_lines_b64(l, p->path[p->n].b, sizeof p->path[p->n].b);
        vlt_lines_expect(l, "\n");
        p->n++;
    }
}

enum vault_status
vlt_tlogproof_decode(struct vlt_tlogproof *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_tlogproof p = {0};
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, "c2sp.org/tlog-proof@v1\nindex ");
    p.index = vlt_lines_u64(&l);
    vlt_lines_expect(&l, "\n");
    read_path(&p, &l);
    vlt_lines_expect(&l, "\n");
    if (l.failed)
        return vlt_lines_end(&l, "tlog-proof", err);
    p.checkpoint = text + l.pos;
    p.checkpoint_len = len - l.pos;
    vlt_buf_init(&again, VLT_TLOGPROOF_TEXT);
    st = vlt_tlogproof_encode(&again, &p, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "tlog-proof", err);
    vlt_buf_clear(&again);
    if (st == VAULT_OK)
        *out = p;
    return st;
}
