/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_note.c: a note that is read consists of what was read */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "note.h"

static void
require(int holds)
{
    if (!holds)
        abort();
}

static void
check_line(const struct vlt_note_line *l)
{
    size_t n = 0;

    require(l->name_len > 0 && memchr(l->name, 0x20, l->name_len) == NULL);
    require(vlt_lines_b64_ok(l->b64, l->b64_len, &n));
    require(n == l->sig_len + 4 && l->sig_len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {1};
    static const uint8_t pk[32] = {2};
    struct vlt_buf again;
    struct vlt_note n;
    size_t i;

    if (vlt_note_parse(&n, (const char *)data, size, NULL) != VAULT_OK)
        return 0;
    vlt_buf_init(&again, VLT_NOTE_MAX);
    vlt_buf_put(&again, n.text, n.text_len);
    vlt_buf_put_str(&again, "\n");
    for (i = 0; i < n.lines; i++) {
        check_line(&n.line[i]);
        vlt_buf_put_str(&again, "\xe2\x80\x94 ");
        vlt_buf_put(&again, n.line[i].name, n.line[i].name_len);
        vlt_buf_put_str(&again, " ");
        vlt_buf_put(&again, n.line[i].b64, n.line[i].b64_len);
        vlt_buf_put_str(&again, "\n");
    }
    require(vlt_lines_same(&again, (const char *)data, size, "note", NULL) ==
        VAULT_OK);
    /* No signature holds by a key nobody has; a line added is read again. */
    require(vlt_note_check(&n, "example.com/foo", pk, NULL) != VAULT_OK);
    i = n.lines;
    if (vlt_note_cosign(&again, "a", seed, NULL) == VAULT_OK) {
        require(vlt_note_parse(&n, (const char *)again.p, again.len, NULL) ==
            VAULT_OK);
        require(n.lines == i + 1);
    }
    vlt_buf_clear(&again);
    return 0;
}
