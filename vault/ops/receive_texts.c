/* SPDX-License-Identifier: Apache-2.0 */
/* receive_texts.c: notices, answers and receipts that came with the rest */
#include <string.h>
#include "fail.h"
#include "receiving.h"

enum vault_status
vlt_rfile_text(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    (void)r;
    (void)f;
    (void)err;
    return VAULT_OK;
}

enum vault_status
vlt_receive_notices(struct vault_receive *r, struct vault_error *err)
{
    (void)r;
    (void)err;
    return VAULT_OK;
}
