/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.c: C2SP tlog-checkpoint text: origin, size, root */
#include "checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "text.h"

static bool
origin_ok(const char *s, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            return false;
    return len >= 1 && len <= VLT_NAME_MAX &&
        vlt_utf8_valid((const uint8_t *)s, len);
}

enum vault_status
vlt_checkpoint_encode(struct vlt_buf *out, const struct vlt_checkpoint *c,
    struct vault_error *err)
{
    if (!origin_ok(c->origin, strlen(c->origin)))
        return vlt_fail(err, VAULT_E_FORMAT, "checkpoint: malformed origin");
    vlt_buf_printf(out, "%s\n%" PRIu64 "\n", c->origin, c->size);
    vlt_lines_put_b64(out, c->root, sizeof c->root);
    vlt_buf_put_str(out, "\n");
    return vlt_buf_end(out, "checkpoint", err);
}

enum vault_status
vlt_checkpoint_decode(struct vlt_checkpoint *out, const char *text, size_t len,
    struct vault_error *err)
{
    const char *lf = len > 0 ? memchr(text, '\n', len) : NULL;
    struct vlt_checkpoint c = {0};
    struct vlt_lines l;
    struct vlt_buf again;
    enum vault_status st;
    size_t n = lf == NULL ? 0 : (size_t)(lf - text);

    if (!origin_ok(text, n))
        return vlt_fail(err, VAULT_E_FORMAT, "checkpoint: malformed origin");
    memcpy(c.origin, text, n);
    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, c.origin);
    vlt_lines_expect(&l, "\n");
    c.size = vlt_lines_u64(&l);
    vlt_lines_expect(&l, "\n");
    vlt_lines_b64(&l, c.root, sizeof c.root);
    vlt_lines_expect(&l, "\n");
    st = vlt_lines_end(&l, "checkpoint", err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&again, 256);
    st = vlt_checkpoint_encode(&again, &c, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "checkpoint", err);
    vlt_buf_clear(&again);
    if (st == VAULT_OK)
        *out = c;
    return st;
}
