/* SPDX-License-Identifier: Apache-2.0 */
/* row_store.h: an empty container in an open transaction, per test */
#ifndef TEST_ROW_STORE_H
#define TEST_ROW_STORE_H

#include "quick_vault.h"
#include "store.h"

static struct temp_dir d;
static char path[TEMP_PATH];
static struct vlt_store *s;

static int
open_rows(void **state)
{
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};

    (void)state;
    temp_dir_make(&d);
    temp_dir_path(&d, "c", path);
    return vlt_store_create(path, VLT_PAGE, &opt, &s, NULL) != VAULT_OK ||
        vlt_store_begin(s, true, NULL) != VAULT_OK;
}

static int
close_rows(void **state)
{
    (void)state;
    vlt_store_close(s);
    temp_dir_remove(&d);
    return 0;
}

#define WITH_ROWS(f) cmocka_unit_test_setup_teardown(f, open_rows, close_rows)

#endif
