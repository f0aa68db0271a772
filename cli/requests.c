/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c: being asked to withdraw, and what a person decides */
#include "withdraw_more.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <vault/notice.h>

enum { HASH_SHORT = 12, DIGITS_ASKED = 6 };

/* ---- showing them ---- */

static const char *
state_word(enum vault_request_state s)
{
    switch (s) {
    case VAULT_REQUEST_DESTROYED:
        return tr("destroyed here");
    case VAULT_REQUEST_REFUSED:
        return tr("refused; shown again");
    case VAULT_REQUEST_LIFTED:
        return tr("taken back by its signer; shown again");
    default:
        return tr("hidden, to be decided");
    }
}

static const char *
state_json(enum vault_request_state s)
{
    static const char *const words[] = {"pending", "destroyed", "refused",
        "lifted"};

    return words[s];
}

static const char *
answer_json(enum vault_answer a)
{
    static const char *const words[] = {"none", "destroyed", "hidden",
        "refused"};

    return words[a];
}

static void
records_json(struct jline *j, const struct vault_request *r)
{
    size_t i;

    jline_array(j, "records");
    for (i = 0; i < r->records; i++) {
        jline_object(j, NULL);
        jline_hex(j, "id", r->record[i].id, VAULT_ID);
        jline_u64(j, "version", r->record[i].version);
        jline_hex(j, "statement", r->record[i].statement, VAULT_HASH);
        jline_bool(j, "destroyed", r->record[i].destroyed);
        jline_bool(j, "hold", r->record[i].hold);
        jline_object_end(j);
    }
    jline_array_end(j);
}

static void
request_json(const struct vault_request *r)
{
    struct jline j;

    jline_begin(&j, "request");
    jline_hex(&j, "request", r->hash, VAULT_HASH);
    jline_text(&j, "fingerprint", r->fingerprint);
    jline_text(&j, "name", r->name);
    jline_time(&j, "date", r->date);
    jline_time(&j, "received", r->received);
    jline_time(&j, "due", r->due);
    jline_text(&j, "reason", r->reason);
    jline_text(&j, "state", state_json(r->state));
    jline_text(&j, "answer", answer_json(r->answer));
    jline_time(&j, "answered",
        r->answer != VAULT_ANSWER_NONE ? r->answered : -1);
    jline_bool(&j, "unusual", r->unusual);
    jline_u64(&j, "later", r->later);
    records_json(&j, r);
    jline_end(&j);
}

static void
record_text(const struct vault_request_record *x)
{
    char hex[HEX_ID];

    hex_id(hex, x->id);
    out_printf("    %s  %-4" PRIu32, hex, x->version);
    if (x->destroyed)
        out_printf("  %s", tr("destroyed here"));
    if (x->hold)
        out_printf("  %s", tr("under a hold"));
    out_text("\n");
}

static void
head_text(const struct vault_request *r)
{
    char hex[HEX_HASH], when[WHEN_SIZE];

    hex_hash(hex, r->hash);
    out_printf(tr("Request %.*s: %s\n"), (int)HASH_SHORT, hex,
        state_word(r->state));
    out_printf("  %s ", tr("signed by"));
    if (r->name[0] != 0)
        out_safe(r->name, strlen(r->name), 0);
    out_printf("  %s\n", r->fingerprint);
    when_local(when, r->date);
    out_printf("  %s %s", tr("a withdrawal was declared"), when);
    if (r->reason[0] != 0) {
        out_printf("  %s ", tr("because"));
        out_safe(r->reason, strlen(r->reason), 0);
    }
    out_text("\n");
}

static void
request_text(const struct vault_request *r)
{
    char when[WHEN_SIZE];
    size_t i;

    head_text(r);
    when_local(when, r->received);
    out_printf("  %s %s", tr("received"), when);
    when_local(when, r->due);
    if (r->state == VAULT_REQUEST_PENDING)
        out_printf("; %s %s", tr("may be destroyed from"), when);
    out_text("\n");
    if (r->answer != VAULT_ANSWER_NONE) {
        when_local(when, r->answered);
        out_printf("  %s %s: %s\n", tr("answered"), when,
            answer_json(r->answer));
    }
    for (i = 0; i < r->records; i++)
        record_text(&r->record[i]);
    if (r->later > 0)
        out_printf(tr("    not here yet: %" PRIu64 "\n"), r->later);
}

/* What a mass of requests may mean is said beside them, each time. */
static void
say_unusual(void)
{
    say_warn("%s",
        tr("this is unusually much: more than 20 records, or half of what is "
           "held of that origin, within a week; whoever signed may have been "
           "forced to"));
    say_hint(N_("reach the person by another way before anything is "
                "destroyed; hidden it harms nobody"));
}

struct telling {
    const struct cli *c;
    size_t n;
    bool unusual;
};

static int
tell_request(void *ctx, const struct vault_request *r)
{
    struct telling *t = ctx;

    t->n++;
    t->unusual =
        t->unusual || (r->unusual && r->state == VAULT_REQUEST_PENDING);
    if (t->c->g.json)
        request_json(r);
    else
        request_text(r);
    return 0;
}

enum vault_status
requests_print(struct cli *c, struct vault_error *err)
{
    struct telling t = {c, 0, false};
    enum vault_status st = vault_request_list(c->vault, tell_request, &t, err);

    if (st != VAULT_OK)
        return st;
    if (t.n == 0 && !c->g.json)
        say_info("%s", tr("nobody has asked this vault to withdraw anything"));
    if (t.unusual)
        say_unusual();
    return VAULT_OK;
}

/* ---- deciding ---- */

struct seen {
    const uint8_t *hash;
    bool found;
    bool early; /* before its waiting time is over */
    bool unusual;
    size_t here;
    int64_t due;
    int64_t now;
};

static int
look(void *ctx, const struct vault_request *r)
{
    struct seen *s = ctx;
    size_t i;

    if (memcmp(r->hash, s->hash, VAULT_HASH) != 0)
        return 0;
    s->found = true;
    s->unusual = r->unusual;
    s->due = r->due;
    s->early = s->now < r->due;
    for (i = 0; i < r->records; i++)
        s->here += !r->record[i].destroyed;
    return 0;
}

/* What cannot be undone is confirmed by typing its name. */
VAULT_CHECKED static enum vault_status
ask_digits(const struct cli *c, const uint8_t hash[VAULT_HASH],
    struct vault_error *err)
{
    char hex[HEX_HASH], prompt[256];
    struct vlt_buf answer;
    bool same;
    enum vault_status st;

    if (c->g.yes)
        return VAULT_OK;
    hex_hash(hex, hash);
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("Type the first %d digits of the request to destroy: "),
        (int)DIGITS_ASKED);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    same = st == VAULT_OK && answer.len >= DIGITS_ASKED &&
        answer.len < sizeof hex && memcmp(answer.p, hex, answer.len) == 0;
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        return vlt_fail(err, VAULT_E_CANCELLED,
            "these are not the digits of the request");
    return st;
}

VAULT_CHECKED static enum vault_status
confirm(const struct cli *c, const struct withdraw_opts *o,
    const uint8_t hash[VAULT_HASH], struct vault_error *err)
{
    struct seen s = {.hash = hash, .now = vlt_os_time()};
    char when[WHEN_SIZE];
    enum vault_status st = vault_request_list(c->vault, look, &s, err);

    if (st != VAULT_OK || !s.found || s.here == 0)
        return st;
    say_info(tr("this destroys here, for good, the copies of what others "
                "sealed, record versions: %zu; their statements and proofs "
                "stay"),
        s.here);
    if (s.unusual)
        say_unusual();
    if (s.early && o->now) {
        when_local(when, s.due);
        say_warn(tr("the waiting time ends %s; it protects from requests that "
                    "were forced: while it lasts they can be taken back, and "
                    "until then the records stay hidden"),
            when);
    }
    if (s.early && !o->now) /* it will be refused */
        return VAULT_OK;
    return ask_digits(c, hash, err);
}

static enum vault_answer
answer_of(const char *word)
{
    if (strcmp(word, "destroy") == 0)
        return VAULT_ANSWER_DESTROYED;
    return strcmp(word, "hide") == 0 ? VAULT_ANSWER_HIDDEN
                                     : VAULT_ANSWER_REFUSED;
}

static void
tell_decision(const struct cli *c, const struct withdraw_opts *o,
    const uint8_t hash[VAULT_HASH], const struct vault_decision *d)
{
    struct jline j;

    if (c->g.json) {
        jline_begin(&j, "decided");
        jline_hex(&j, "request", hash, VAULT_HASH);
        jline_text(&j, "answer", answer_json(answer_of(o->answer)));
        jline_u64(&j, "destroyed", d->destroyed);
        jline_u64(&j, "statements", d->statements);
        jline_end(&j);
        return;
    }
    switch (answer_of(o->answer)) {
    case VAULT_ANSWER_DESTROYED:
        say_info(
            tr("keys and rows are destroyed here, record versions: %" PRIu64
               "; old pages may survive on flash, in backups and in "
               "copies"),
            d->destroyed);
        break;
    case VAULT_ANSWER_HIDDEN:
        say_info("%s", tr("it stays hidden; it can still be decided"));
        break;
    default:
        say_info("%s", tr("refused: the records are shown again"));
    }
    say_info("%s",
        tr("the signed answer is written; give it back, or the next bundle to "
           "the signer takes it along"));
}

VAULT_CHECKED static enum vault_status
decide(struct cli *c, const struct withdraw_opts *o,
    const uint8_t hash[VAULT_HASH], struct note_file *f,
    struct vault_error *err)
{
    struct vault_decision d;
    enum vault_status st = VAULT_OK;

    if (answer_of(o->answer) == VAULT_ANSWER_DESTROYED)
        st = confirm(c, o, hash, err);
    if (st == VAULT_OK)
        st = vault_request_decide(c->vault, hash, answer_of(o->answer), o->now,
            &d, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    st = note_file_end(f, "answer", d.answer, d.answer_len, err);
    vault_text_free(d.answer);
    if (st == VAULT_OK)
        tell_decision(c, o, hash, &d);
    return st;
}

enum vault_status
requests_decide(struct cli *c, const struct withdraw_opts *o,
    struct vault_error *err)
{
    uint8_t hash[VAULT_HASH];
    struct note_file f;
    enum vault_status st;

    if (o->answer == NULL || o->output == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "--decide needs --answer destroy, refuse or hide, and -o FILE for "
            "the signed answer");
    st = vault_request_resolve(c->vault, o->decide, hash, err);
    if (st == VAULT_E_NOT_FOUND && err != NULL)
        err->hint = N_("sanduq withdraw --requests lists them");
    if (st == VAULT_OK)
        st = note_file_begin(c, o->output, &f, err);
    if (st != VAULT_OK)
        return st;
    st = decide(c, o, hash, &f, err);
    note_file_discard(&f);
    return st;
}

/* ---- holds, waiting ---- */

enum vault_status
requests_hold(struct cli *c, const uint8_t id[VAULT_ID], bool hold,
    struct vault_error *err)
{
    enum vault_status st = hold ? vault_hold_set(c->vault, id, err)
                                : vault_hold_clear(c->vault, id, err);

    if (st != VAULT_OK)
        return st;
    c->changed = true;
    if (c->g.json)
        return VAULT_OK;
    if (hold)
        say_info("%s",
            tr("under a hold: a request may hide it, and does not destroy it"));
    else
        say_info("%s", tr("no longer under a hold"));
    return VAULT_OK;
}

enum vault_status
requests_waiting(struct cli *c, const char *days, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st;

    if (!vlt_parse_u64(&n, days, strlen(days)) || n > UINT32_MAX)
        return vlt_fail(err, VAULT_E_USAGE,
            "--waiting takes a number of days, not \"%s\"", days);
    st = vault_waiting_days_set(c->vault, (uint32_t)n, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    if (!c->g.json)
        say_info(tr("a request to withdraw waits %" PRIu64
                    " days before it can be granted by destroying"),
            n);
    return VAULT_OK;
}
