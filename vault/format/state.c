/* SPDX-License-Identifier: Apache-2.0 */
/* state.c: the sealed state file of one replica (section 7.4) */
#include "state.h"
#include "bytes.h"
#include "fail.h"
#include "label.h"
#include "seal.h"
#include "text.h"

#include <assert.h>
#include <string.h>

enum { NAME = 8, PLAIN = VLT_STATE_FILE - VLT_SEAL_EXTRA, USED = 144 };

void
vlt_state_clear(struct vlt_state *s)
{
    vlt_logkey_free(s->log);
    memset(s, 0, sizeof *s);
}

static void
name_bytes(uint8_t out[NAME], const struct vlt_vmk *vmk,
    const uint8_t vault[16])
{
    vlt_x(vmk->b, VLT_L_STATE_NAME, vault, 16, out, NAME);
}

void
vlt_state_name(char out[17], const struct vlt_vmk *vmk, const uint8_t vault[16])
{
    uint8_t name[NAME];

    name_bytes(name, vmk, vault);
    vlt_hex(out, name, sizeof name);
}

void
vlt_state_seal(uint8_t out[VLT_STATE_FILE], const struct vlt_state *s,
    const struct vlt_vmk *vmk)
{
    struct vlt_cell key;
    uint8_t name[NAME], p[PLAIN] = {0};

    assert(s->log != NULL);
    memcpy(p, "SQT1", 4);
    memcpy(p + 4, s->vault, 16);
    memcpy(p + 20, s->replica, 8);
    vlt_store_u32(p + 28, s->number);
    memcpy(p + 32, s->log->b, 32);
    vlt_store_u64(p + 64, s->size);
    memcpy(p + 72, s->root, 32);
    memcpy(p + 104, s->card, 32);
    vlt_store_u32(p + 136, s->slots_gen);
    vlt_store_u32(p + 140, s->settings_gen);
    name_bytes(name, vmk, s->vault);
    vlt_x(vmk->b, VLT_L_STATE, s->vault, 16, key.b, sizeof key.b);
    vlt_seal(out, key.b, name, sizeof name, p, sizeof p);
    vlt_wipe(p, sizeof p);
    vlt_wipe(&key, sizeof key);
}

/* s->log is allocated. */
static enum vault_status
decode(struct vlt_state *s, const uint8_t p[PLAIN], const uint8_t vault[16],
    struct vault_error *err)
{
    struct vlt_reader r;
    uint8_t magic[4];

    vlt_reader_init(&r, p, PLAIN);
    vlt_read_fixed(&r, magic, sizeof magic);
    vlt_read_fixed(&r, s->vault, sizeof s->vault);
    vlt_read_fixed(&r, s->replica, sizeof s->replica);
    s->number = vlt_read_u32(&r);
    vlt_read_fixed(&r, s->log->b, sizeof s->log->b);
    s->size = vlt_read_u64(&r);
    vlt_read_fixed(&r, s->root, sizeof s->root);
    vlt_read_fixed(&r, s->card, sizeof s->card);
    s->slots_gen = vlt_read_u32(&r);
    s->settings_gen = vlt_read_u32(&r);
    vlt_read_zero(&r, PLAIN - USED);
    if (memcmp(magic, "SQT1", sizeof magic) != 0 || r.failed)
        return vlt_fail(err, VAULT_E_NEWER,
            "the state file was made by a newer version");
    if (memcmp(s->vault, vault, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the state file belongs to another vault");
    return VAULT_OK;
}

enum vault_status
vlt_state_open(struct vlt_state *out, const void *p, size_t n,
    const struct vlt_vmk *vmk, const uint8_t vault[16], struct vault_error *err)
{
    struct vlt_state s = {0};
    struct vlt_cell key;
    uint8_t name[NAME], plain[PLAIN];
    enum vault_status st;
    bool ok = false;

    s.log = vlt_logkey_new();
    if (s.log == NULL)
        return vlt_fail_memory(err);
    if (n == VLT_STATE_FILE) {
        name_bytes(name, vmk, vault);
        vlt_x(vmk->b, VLT_L_STATE, vault, 16, key.b, sizeof key.b);
        ok = vlt_unseal(plain, key.b, name, sizeof name, p, n);
        vlt_wipe(&key, sizeof key);
    }
    if (ok)
        st = decode(&s, plain, vault, err);
    else
        st = vlt_fail(err, VAULT_E_TAMPERED, "the state file does not open");
    vlt_wipe(plain, sizeof plain);
    if (st != VAULT_OK) {
        vlt_state_clear(&s);
        return st;
    }
    *out = s;
    return VAULT_OK;
}
