/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_write.c: a stand-in: the least that is a card, without channels */
#include "vcard.h"

#include <string.h>

enum vault_status
vcard_write(struct vlt_buf *out, const struct vault_field *fields, size_t n,
    bool all_channels, struct vault_error *err)
{
    (void)all_channels;
    vlt_buf_put_str(out, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:");
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].name, "name.1") == 0 &&
            fields[i].type == VAULT_TEXT && fields[i].state == VAULT_VALUE)
            vlt_buf_put(out, fields[i].value, fields[i].value_len);
    }
    vlt_buf_put_str(out, "\r\nEND:VCARD\r\n");
    return vlt_buf_end(out, "card", err);
}
