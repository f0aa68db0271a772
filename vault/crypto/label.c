/* SPDX-License-Identifier: Apache-2.0 */
/* label.c: the table of labels */
#include <assert.h>
#include <string.h>

#include "fail.h"
#include "kdf.h"
#include "label.h"
#include "misuse.h"

static const struct vlt_label_row table[] = {
    [VLT_L_SEED] = {"seed", 16, 32},
    [VLT_L_EPOCH_CACHE] = {"epoch-cache", 16, 32},
    [VLT_L_LOCAL] = {"local", 16, 32},
    [VLT_L_FOREIGN] = {"foreign", 16, 32},
    [VLT_L_CATALOGUE] = {"catalogue", 16, 32},
    [VLT_L_SLOTS_MAC] = {"slots-mac", 16, 32},
    [VLT_L_STATE] = {"state", 16, 32},
    [VLT_L_STATE_NAME] = {"state-name", 16, 8},
    [VLT_L_ID_KEM] = {"id-kem", 16, 32},
    [VLT_L_ID_SIGN] = {"id-sign", 16, 32},
    [VLT_L_ID_MINI] = {"id-mini", 16, 32},
    [VLT_L_ID_WIT] = {"id-wit", 16, 32},
    [VLT_L_SLOT] = {"slot", 16, 64},
    [VLT_L_EPOCH_COMMIT] = {"epoch-commit", 80, 32},
    [VLT_L_MANIFEST] = {"manifest", 16, 32},
    [VLT_L_WRAP] = {"wrap", 20, 32},
    [VLT_L_EVENT_KEY] = {"event-key", 20, 32},
    [VLT_L_NEXT] = {"next", 20, 32},
    [VLT_L_RECORD] = {"record", 32, 64},
    [VLT_L_EXTRACT] = {"extract", 32, 32},
    [VLT_L_FIELD_SALT] = {"field-salt", 22, 32},
    [VLT_L_EVENT_SALT] = {"event-salt", 2, 32},
    [VLT_L_EPOCH] = {"epoch", 144, 0},
    [VLT_L_SLOT5] = {"slot5", 96, 0},
    [VLT_L_CHALLENGE] = {"challenge", 64, 0},
    [VLT_L_UNLOCK] = {"unlock", 32, 0},
    [VLT_L_DRAFT] = {"draft", 40, 0},
    [VLT_L_KEYFILE] = {"keyfile", 32, 0},
    [VLT_L_RCPT] = {"rcpt", 80, 0},
    [VLT_L_RCPTS] = {"rcpts", -32, 0},
    [VLT_L_SEGMENTS] = {"segments", -32, 0},
    [VLT_L_CIPHER] = {"cipher", 192, 0},
    [VLT_L_SALTED] = {"salted", 64, 0},
    [VLT_L_STMTS] = {"stmts", -32, 0},
    [VLT_L_NOTED] = {"noted", -32, 0},
    [VLT_L_SLOTS] = {"slots", -1, 0},
    [VLT_L_SETTINGS] = {"settings", -1, 0},
    [VLT_L_EPOCHS] = {"epochs", -1, 0},
    [VLT_L_ANSWER] = {"answer", 32, 0},
    [VLT_L_FIELD] = {"field", -1, 0},
    [VLT_L_EVENT_FIELD] = {"event-field", -1, 0},
    [VLT_L_PAD] = {"pad", -1, 0},
    [VLT_L_ENTRY] = {"entry", -1, 0},
    [VLT_L_ACT] = {"act", -1, 0},
};
static_assert(VLT_COUNT(table) == VLT_LABEL_COUNT, "every label has a row");

static const char prefix[] = "sanduq.v1/";

const struct vlt_label_row *
vlt_label_row(enum vlt_label l)
{
    VLT_MUST((unsigned)l < VLT_LABEL_COUNT);
    return &table[l];
}

size_t
vlt_label(enum vlt_label l, uint8_t out[VLT_LABEL_MAX])
{
    const char *name = vlt_label_row(l)->name;
    size_t n = strlen(name) + 1; /* the closing 00 belongs to it */

    VLT_MUST(sizeof prefix - 1 + n <= VLT_LABEL_MAX);
    memcpy(out, prefix, sizeof prefix - 1);
    memcpy(out + sizeof prefix - 1, name, n);
    return sizeof prefix - 1 + n;
}

static bool
context_fits(const struct vlt_label_row *row, size_t n)
{
    if (row->ctx == -1)
        return true;
    if (row->ctx == -32)
        return n % 32 == 0;
    return n == (size_t)row->ctx;
}

void
vlt_x(const uint8_t key[32], enum vlt_label l, const void *ctx, size_t ctx_len,
    uint8_t *out, size_t n)
{
    const struct vlt_label_row *row = vlt_label_row(l);
    uint8_t info[VLT_LABEL_MAX + 80];
    size_t len = vlt_label(l, info);

    VLT_MUST(row->out != 0 && n == (size_t)row->out);
    VLT_MUST(context_fits(row, ctx_len));
    VLT_MUST(ctx_len <= sizeof info - len);
    memcpy(info + len, ctx, ctx_len);
    vlt_hkdf_expand(out, n, key, info, len + ctx_len);
}

void
vlt_label_hash_init(struct vlt_sha256 *h, enum vlt_label l)
{
    uint8_t label[VLT_LABEL_MAX];
    size_t n = vlt_label(l, label);

    vlt_sha256_init(h);
    vlt_sha256_update(h, label, n);
}

void
vlt_label_hash(uint8_t out[32], enum vlt_label l, const struct vlt_part *part,
    size_t parts)
{
    struct vlt_sha256 h;
    size_t total = 0;

    VLT_MUST(vlt_label_row(l)->out == 0);
    vlt_label_hash_init(&h, l);
    for (size_t i = 0; i < parts; i++) {
        vlt_sha256_update(&h, part[i].p, part[i].n);
        total += part[i].n;
    }
    VLT_MUST(context_fits(vlt_label_row(l), total));
    vlt_sha256_final(&h, out);
}
