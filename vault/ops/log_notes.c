/* SPDX-License-Identifier: Apache-2.0 */
/* log_notes.c: whose log it is, from the notes that go with a proof */
#include "log_notes.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "replica.h"
#include "session.h"

static enum vault_status
from_replica(struct vlt_noted_log *out, const struct vlt_text_part *note,
    const struct vlt_card *card, struct vault_error *err)
{
    struct vlt_replica r = {0};
    enum vault_status st;

    st = vlt_replica_check(note->p, note->len, card, err);
    if (st == VAULT_OK)
        st = vlt_replica_parse(&r, note->p, note->len, err);
    if (st != VAULT_OK)
        return st;
    memset(out, 0, sizeof *out);
    vlt_name_origin(out->origin, r.vault, r.replica);
    memcpy(out->key, r.log_key, sizeof out->key);
    memcpy(out->text_hash, r.text_hash, sizeof out->text_hash);
    out->number = r.number;
    vlt_replica_clear(&r);
    return VAULT_OK;
}

/* The one that the device note begins with: its hash speaks for it, and where
 * it is the first of all it signs itself. */
static enum vault_status
check_first(const struct vlt_session *s, const struct vlt_text_part *note,
    const struct vlt_device *d, struct vault_error *err)
{
    if (memcmp(s->vault, d->vault, sizeof s->vault) != 0 ||
        memcmp(s->device, d->device, sizeof s->device) != 0 ||
        memcmp(s->text_hash, d->first, sizeof d->first) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the device note does not begin with session %" PRIu32, s->number);
    return s->has_base ? VAULT_OK
                       : vlt_session_check_as(s, note->p, note->len, NULL, err);
}

static enum vault_status
check_next(const struct vlt_session *s, const struct vlt_text_part *note,
    const struct vlt_session *before, struct vault_error *err)
{
    if (memcmp(s->vault, before->vault, sizeof s->vault) != 0 ||
        memcmp(s->device, before->device, sizeof s->device) != 0 ||
        !s->has_base || s->number - 1 != before->number ||
        memcmp(s->base.replica, before->session, sizeof before->session) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "session %" PRIu32 " does not follow the one before it", s->number);
    return vlt_session_check_as(s, note->p, note->len, before->log_key, err);
}

static enum vault_status
walk_sessions(struct vlt_session *last, const struct vlt_text_part *note,
    size_t n, const struct vlt_device *d, struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st;
    size_t i;

    for (i = 0; i < n; i++) {
        st = vlt_session_parse(&s, note[i].p, note[i].len, err);
        if (st == VAULT_OK)
            st = i == 0 ? check_first(&s, &note[i], d, err)
                        : check_next(&s, &note[i], last, err);
        if (st != VAULT_OK)
            return st;
        *last = s;
    }
    return VAULT_OK;
}

static enum vault_status
from_sessions(struct vlt_noted_log *out, const struct vlt_text_part *note,
    size_t n, const struct vlt_card *card, struct vault_error *err)
{
    const struct vlt_text_part *device = &note[n - 1];
    struct vlt_device d;
    struct vlt_session s = {0};
    enum vault_status st;

    if (n < 2)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the note of the device is missing");
    st = vlt_device_check(device->p, device->len, card, err);
    if (st == VAULT_OK)
        st = vlt_device_parse(&d, device->p, device->len, err);
    if (st == VAULT_OK)
        st = walk_sessions(&s, note, n - 1, &d, err);
    if (st != VAULT_OK)
        return st;
    memset(out, 0, sizeof *out);
    vlt_name_origin(out->origin, s.vault, s.session);
    memcpy(out->key, s.log_key, sizeof out->key);
    memcpy(out->text_hash, s.text_hash, sizeof out->text_hash);
    out->session = true;
    out->number = s.number;
    return VAULT_OK;
}

enum vault_status
vlt_log_notes_check(struct vlt_noted_log *out, const struct vlt_text_part *note,
    size_t n, const struct vlt_card *card, struct vault_error *err)
{
    if (n == 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the note of the log is missing");
    if (vlt_session_is(note[0].p, note[0].len))
        return from_sessions(out, note, n, card, err);
    if (n != 1)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a replica's log has one note, not %zu", n);
    return from_replica(out, note, card, err);
}
