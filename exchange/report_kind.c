/* SPDX-License-Identifier: Apache-2.0 */
/* report_kind.c: what a line is about, in the reader's language */
#include "report_inner.h"

#include "fail.h"
#include "nmark.h"

#include <string.h>

/* The words that verify tells (docs/json.md), and those of texts. On the page
 * they are the English words themselves or what the language has for them. */
static const char *const kinds[] = {N_("ack"), N_("before"), N_("body"),
    N_("card"), N_("checkpoint"), N_("compartment"), N_("compartments"),
    N_("conclude"), N_("conflict"), N_("content"), N_("device"),
    N_("disclosure"), N_("entries"), N_("epoch"), N_("event"), N_("extension"),
    N_("field"), N_("foreign"), N_("fork"), N_("inclusion"), N_("keys"),
    N_("known"), N_("leaf"), N_("letter"), N_("lift"), N_("log"),
    N_("log-gone"), N_("missing"), N_("note"), N_("notice"), N_("origin"),
    N_("planted"), N_("policy"), N_("receipt"), N_("recipient"), N_("record"),
    N_("records"), N_("rekey"), N_("replica"), N_("replicas"), N_("revoke"),
    N_("revoked"), N_("rollback"), N_("session"), N_("settings"), N_("signer"),
    N_("since"), N_("slots"), N_("stamp"), N_("statement"), N_("structure"),
    N_("tlog-proof"), N_("unlock"), N_("unlogged"), N_("untrusted"),
    N_("whole"), N_("withdraw"), N_("withdraw-revoked"), N_("withdrawn"),
    N_("witness"), N_("witnessed"), N_("wrap")};

const char *
report_kind_text(const struct report_words *w, const char *kind)
{
    for (size_t i = 0; i < VLT_COUNT(kinds); i++) {
        if (strcmp(kinds[i], kind) == 0)
            return w->tr(kinds[i]);
    }
    return kind;
}
