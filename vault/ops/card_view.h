/* SPDX-License-Identifier: Apache-2.0 */
/* card_view.h: cards as the public interface shows them */
#ifndef VLT_CARD_VIEW_H
#define VLT_CARD_VIEW_H

#include <vault/cards.h>
#include "settings.h"

/* Everything borrows from what is given. */
void vlt_card_view(struct vault_card *out, const struct vlt_card *card,
    const char *note, size_t len, enum vault_card_state state);
void vlt_pin_view(struct vault_card *out, const struct vlt_pin *p);

#endif
