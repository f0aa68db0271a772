/* SPDX-License-Identifier: Apache-2.0 */
/* versions.c: the versions of a record, and how a new one is made */
#include "versions.h"

#include "ask.h"
#include "clocks.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_SHORT = 6, PREFIX_LEAST = 6 };

/* ---- what they come to ---- */

struct reading {
    struct versions *v;
    bool failed; /* no memory */
};

static int
take(void *ctx, const struct vault_record_version *x)
{
    struct reading *r = ctx;
    struct versions *v = r->v;
    void *more;

    v->n++;
    v->withdrawn += x->withdrawn;
    v->conflict = v->conflict || x->conflict;
    v->leftover = v->leftover || x->leftover;
    v->foreign = v->foreign || x->foreign;
    if (x->withdrawn && x->withdrawn_at > v->withdrawn_at)
        v->withdrawn_at = x->withdrawn_at;
    if (!x->current && !x->conflict)
        return 0;
    more = realloc(v->shown, (v->shown_len + 1) * sizeof *v->shown);
    r->failed = more == NULL;
    if (r->failed)
        return 1;
    v->shown = more;
    memcpy(v->shown[v->shown_len++], x->statement, VAULT_HASH);
    return 0;
}

enum vault_status
versions_read(struct cli *c, const uint8_t id[VAULT_ID], struct versions *out,
    struct vault_error *err)
{
    struct versions v = {.withdrawn_at = -1};
    struct reading r = {&v, false};
    enum vault_status st;

    st = vault_record_history(c->vault, id, take, &r, err);
    if (r.failed)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        *out = v;
    else
        versions_clear(&v);
    return st;
}

void
versions_clear(struct versions *v)
{
    free(v->shown);
    v->shown = NULL;
    v->shown_len = 0;
}

/* ---- showing them ---- */

static void
print_json(const uint8_t id[VAULT_ID], const struct vault_record_version *x)
{
    struct jline j;

    jline_begin(&j, "version");
    jline_hex(&j, "id", id, VAULT_ID);
    jline_u64(&j, "version", x->version);
    jline_hex(&j, "statement", x->statement, VAULT_HASH);
    if (x->version > 1)
        jline_hex(&j, "prev", x->prev, VAULT_HASH);
    jline_u64(&j, "body_version", x->body_version);
    jline_bool(&j, "current", x->current);
    jline_bool(&j, "conflict", x->conflict);
    jline_bool(&j, "withdrawn", x->withdrawn);
    jline_bool(&j, "leftover", x->leftover);
    jline_bool(&j, "logged", x->logged);
    jline_bool(&j, "foreign", x->foreign);
    if (x->foreign) {
        jline_bool(&j, "partial", x->partial);
        jline_bool(&j, "head_only", x->head_only);
        jline_bool(&j, "waits", x->waits);
        jline_time(&j, "received", x->received);
    }
    jline_time(&j, "sealed", x->sealed);
    jline_text(&j, "actor", x->actor);
    jline_text(&j, "reason", x->reason);
    if (x->withdrawn) {
        jline_time(&j, "withdrawn_at", x->withdrawn_at);
        jline_text(&j, "withdrawn_reason", x->withdrawn_reason);
    }
    jline_end(&j);
}

/* Of somebody else's record. */
static const char *
standing_foreign(const struct vault_record_version *x)
{
    if (x->withdrawn)
        return tr("destroyed here");
    if (x->waits)
        return tr("waits for the version it follows");
    if (!x->logged)
        return tr("its proof does not fit it");
    if (x->head_only)
        return tr("only its head is here");
    if (x->conflict)
        return tr("in conflict");
    return x->current ? tr("current") : "";
}

static const char *
standing(const struct vault_record_version *x)
{
    if (x->foreign)
        return standing_foreign(x);
    if (!x->logged)
        return tr("planted: no line of the log names it");
    if (x->withdrawn)
        return tr("declared withdrawn");
    if (x->conflict)
        return tr("in conflict");
    return x->current ? tr("current") : "";
}

static void
print_because(const char *reason)
{
    if (reason[0] == 0)
        return;
    out_printf("  %s ", tr("because"));
    out_safe(reason, strlen(reason), 0);
}

static void
print_text(const struct vault_record_version *x)
{
    char when[WHEN_SIZE], stmt[2 * STATEMENT_SHORT + 1];

    when_local(when, x->foreign ? x->received : x->sealed);
    vlt_hex(stmt, x->statement, STATEMENT_SHORT);
    out_printf("  %-5" PRIu32 " ", x->version);
    out_column(when, 23, false);
    out_printf("  %s  %s", stmt, standing(x));
    print_because(x->reason);
    if (x->withdrawn) {
        when_local(when, x->withdrawn_at);
        out_printf("  %s", when);
        print_because(x->withdrawn_reason);
    }
    if (x->leftover)
        out_printf("  %s", tr("(sealed bytes of it are still here)"));
    out_text("\n");
}

struct printing {
    const struct cli *c;
    const uint8_t *id;
};

static int
print_one(void *ctx, const struct vault_record_version *x)
{
    const struct printing *p = ctx;

    if (p->c->g.json)
        print_json(p->id, x);
    else
        print_text(x);
    return 0;
}

enum vault_status
versions_print(struct cli *c, const uint8_t id[VAULT_ID], bool all,
    struct vault_error *err)
{
    struct printing p = {c, id};
    struct versions v;
    enum vault_status st = versions_read(c, id, &v, err);

    if (st != VAULT_OK)
        return st;
    all = all || v.n != 1 || v.withdrawn > 0 || c->g.json;
    versions_clear(&v);
    if (!all)
        return VAULT_OK;
    if (!c->g.json)
        out_printf("%s\n", tr("Versions"));
    return vault_record_history(c->vault, id, print_one, &p, err);
}

/* ---- naming one ---- */

enum vault_status
version_number(const char *s, uint32_t *out, struct vault_error *err)
{
    uint64_t n = 0;
    size_t len = strlen(s);

    if (len == 0 || len > 10 || strspn(s, "0123456789") != len)
        return vlt_fail(err, VAULT_E_USAGE,
            "--revision takes a number from 1, not \"%s\"", s);
    for (; *s != 0; s++)
        n = 10 * n + (uint64_t)(*s - '0');
    if (n == 0 || n > UINT32_MAX)
        return vlt_fail(err, VAULT_E_USAGE,
            "--revision takes a number from 1, not \"%s\"", "0");
    *out = (uint32_t)n;
    return VAULT_OK;
}

struct search {
    const char *prefix;
    uint8_t *out;
    size_t found;
};

static int
match(void *ctx, const struct vault_record_version *x)
{
    struct search *q = ctx;
    char hex[HEX_HASH];

    hex_hash(hex, x->statement);
    if (strncmp(hex, q->prefix, strlen(q->prefix)) == 0) {
        memcpy(q->out, x->statement, VAULT_HASH);
        q->found++;
    }
    return 0;
}

enum vault_status
version_statement(struct cli *c, const uint8_t id[VAULT_ID], const char *prefix,
    uint8_t out[VAULT_HASH], struct vault_error *err)
{
    struct search q = {prefix, out, 0};
    size_t n = strlen(prefix);
    enum vault_status st;

    if (n < PREFIX_LEAST || n >= HEX_HASH ||
        strspn(prefix, "0123456789abcdef") != n)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq show ID lists the versions with their statements"),
            "a statement is given by 6 to 64 digits of lower-case hex");
    st = vault_record_history(c->vault, id, match, &q, err);
    if (st == VAULT_OK && q.found == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "this record has no version with that statement");
    if (st == VAULT_OK && q.found > 1)
        st = vlt_fail(err, VAULT_E_AMBIGUOUS,
            "more than one statement begins with %s", prefix);
    return st;
}

enum vault_status
version_open(struct cli *c, const uint8_t id[VAULT_ID], const char *number,
    const char *statement, struct vault_record **out, struct vault_error *err)
{
    uint8_t stmt[VAULT_HASH];
    uint32_t n = 0;
    enum vault_status st = VAULT_OK;

    if (statement != NULL) {
        st = version_statement(c, id, statement, stmt, err);
        return st != VAULT_OK
            ? st
            : vault_record_open_statement(c->vault, id, stmt, out, err);
    }
    if (number != NULL)
        st = version_number(number, &n, err);
    if (st == VAULT_OK)
        st = vault_record_open(c->vault, id, n, out, err);
    if (st == VAULT_E_AMBIGUOUS && err != NULL)
        err->hint = N_("sanduq show ID shows both; --statement names one");
    return st;
}

/* ---- a new one ---- */

enum vault_status
version_reason(const char *given, const char *question, struct vlt_buf *out,
    struct vault_error *err)
{
    vlt_buf_init(out, ASK_MAX + 1);
    if (given == NULL)
        return VAULT_OK;
    if (given[0] == 0)
        return ask_line(question, true, N_("--reason TEXT says why"), out, err);
    vlt_buf_put_str(out, given);
    return vlt_buf_end(out, "reason", err);
}

enum vault_status
version_fields_allowed(const char *type, const struct opt_list *fields,
    struct vault_error *err)
{
    if (fields->n == 0 ||
        (strcmp(type, "contact") != 0 && strcmp(type, "consent") != 0))
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("the shell keeps what is typed, and others see it in the "
           "process list; give it with --fields - or --fields FILE"),
        "-f is refused for %s: it would leave names and addresses behind",
        type);
}

static void
tell(const struct cli *c, const struct vault_sealed *sealed)
{
    struct jline j;
    char id[HEX_ID];

    hex_id(id, sealed->id);
    if (!c->g.json) {
        out_printf("%s\n", id);
        say_info(tr("version %" PRIu32 " is sealed; the earlier ones stay"),
            sealed->version);
        return;
    }
    jline_begin(&j, "record");
    jline_text(&j, "id", id);
    jline_u64(&j, "version", sealed->version);
    if (sealed->has_body)
        jline_hex(&j, "sha256", sealed->sha256, VAULT_HASH);
    jline_u64(&j, "bytes", sealed->bytes);
    jline_u64(&j, "stored", sealed->stored);
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

enum vault_status
version_seal(struct cli *c, struct vault_sealer *s, const char *reason,
    struct vault_error *err)
{
    struct vault_sealed sealed;
    struct vlt_buf text;
    enum vault_status st;

    st = version_reason(reason, tr("Why is it changed? "), &text, err);
    if (st == VAULT_OK && text.len > 0)
        st = vault_seal_reason(s, vlt_buf_cstr(&text), err);
    vlt_buf_clear(&text);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    st = vault_seal_commit(s, &sealed, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    tell(c, &sealed);
    clock_warn(&sealed);
    return VAULT_OK;
}
