/* SPDX-License-Identifier: Apache-2.0 */
/* bagit_write.c: what makes a folder a bag */
#include "bagit.h"

#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
bagit_put_name(struct vlt_buf *out, const char *name)
{
    for (; *name != 0; name++) {
        if (*name == '\n')
            vlt_buf_put_str(out, "%0A");
        else if (*name == '\r')
            vlt_buf_put_str(out, "%0D");
        else if (*name == '%')
            vlt_buf_put_str(out, "%25");
        else
            vlt_buf_put_u8(out, (uint8_t)*name);
    }
}

/* Label, colon, value; what could begin another line becomes a space. */
static void
put_info(struct vlt_buf *b, const char *label, const char *value)
{
    vlt_buf_printf(b, "%s: ", label);
    for (; *value != 0; value++)
        vlt_buf_put_u8(b, (uint8_t)*value < 0x20 ? ' ' : (uint8_t)*value);
    vlt_buf_put_u8(b, '\n');
}

static void
put_all_info(struct vlt_buf *b, const struct tree *t,
    const struct bagit_info *info)
{
    char date[WHEN_SIZE], id[2 * VAULT_ID + 1];
    struct vlt_buf oxum;

    when_utc(date, info->date);
    date[strcspn(date, "T")] = 0;
    vlt_hex(id, info->vault, VAULT_ID);
    put_info(b, "Bag-Software-Agent", info->agent);
    put_info(b, "Bagging-Date", date);
    put_info(b, "External-Identifier", id);
    vlt_buf_init(&oxum, 64);
    vlt_buf_printf(&oxum, "%" PRIu64 ".%" PRIu64, tree_bytes(t), tree_files(t));
    put_info(b, "Payload-Oxum", vlt_buf_cstr(&oxum));
    vlt_buf_clear(&oxum);
    put_info(b, "Internal-Sender-Description", info->purpose);
}

enum vault_status
bagit_finish(struct tree *t, const struct bagit_info *info,
    struct vault_error *err)
{
    static const char declaration[] = "BagIt-Version: 1.0\n"
                                      "Tag-File-Character-Encoding: UTF-8\n";
    struct vlt_buf b;
    enum vault_status st;

    vlt_buf_init(&b, 4096);
    put_all_info(&b, t, info);
    st = vlt_buf_end(&b, "bag-info.txt", err);
    if (st == VAULT_OK)
        st = tree_tag(t, "bag-info.txt", b.p, b.len, err);
    vlt_buf_clear(&b);
    if (st == VAULT_OK)
        st = tree_end_payload(t, err);
    if (st == VAULT_OK)
        st = tree_tag(t, "bagit.txt", declaration, sizeof declaration - 1, err);
    return st == VAULT_OK ? tree_tag_sums(t, err) : st;
}
