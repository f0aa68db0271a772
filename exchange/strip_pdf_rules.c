/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf_rules.c: what does not belong to the pages of a PDF */
#include "strip_pdf_work.h"

#include "fail.h"
#include "nmark.h"

#define XMP      N_("XMP: description, programs, history")
#define PROGRAMS N_("other data of programs")
#define ATTACHED N_("attached files")
#define SCRIPT   N_("scripts, and actions that run or send something")
#define TIMES    N_("times, authors and names of programs")
#define MEDIA    N_("embedded sound, films and models")
#define STRUCTURE \
    N_("the structure for screen readers, with descriptions of pictures")

static const struct rule {
    const char *key;
    unsigned in;
    const char *what;
} rules[] = {
    {"Metadata", IN_ANY, XMP},
    {"PieceInfo", IN_ANY, PROGRAMS},
    {"LastModified", IN_ANY, TIMES},
    {"ModDate", IN_ANY, TIMES},
    {"CreationDate", IN_ANY, TIMES},
    {"Author", IN_ANY, TIMES},
    {"Producer", IN_ANY, TIMES},
    {"Creator", IN_ANY, TIMES},
    {"CreatorInfo", IN_ANY, TIMES},
    {"Info", IN_ANY, TIMES},
    {"Thumb", IN_ANY, N_("small pictures of pages")},
    {"AF", IN_ANY, ATTACHED},
    {"EF", IN_ANY, ATTACHED},
    {"EmbeddedFiles", IN_ANY, ATTACHED},
    {"Collection", IN_CATALOG, ATTACHED},
    {"JavaScript", IN_ANY, SCRIPT},
    {"JS", IN_ANY, SCRIPT},
    {"AA", IN_ANY, SCRIPT},
    {"XFA", IN_ANY, N_("a second form in XML, with what was filled in")},
    {"Renditions", IN_ANY, MEDIA},
    {"AlternatePresentations", IN_ANY, MEDIA},
    {"StructTreeRoot", IN_ANY, STRUCTURE},
    {"StructParents", IN_ANY, STRUCTURE},
    {"StructParent", IN_ANY, STRUCTURE},
    {"MarkInfo", IN_CATALOG, STRUCTURE},
    {"Lang", IN_CATALOG, STRUCTURE},
    {"SpiderInfo", IN_ANY, N_("where pages were taken from")},
    {"IDS", IN_ANY, N_("where pages were taken from")},
    {"URLS", IN_ANY, N_("where pages were taken from")},
    {"OPI", IN_ANY, N_("names of files on the author's machine")},
    {"Threads", IN_CATALOG, PROGRAMS},
    {"Legal", IN_CATALOG, PROGRAMS},
    {"Perms", IN_CATALOG, PROGRAMS},
    {"DSS", IN_CATALOG, PROGRAMS},
    {"DPartRoot", IN_CATALOG, PROGRAMS},
    {"Requirements", IN_CATALOG, PROGRAMS},
    {"VP", IN_PAGE, N_("places on the earth (measured maps)")},
    {"LGIDict", IN_ANY, N_("places on the earth (measured maps)")},
    {"Measure", IN_STREAM, N_("places on the earth (measured maps)")},
    {"PtData", IN_STREAM, N_("places on the earth (measured maps)")},
    {"B", IN_PAGE, PROGRAMS},
    {"ID", IN_PAGE, PROGRAMS},
    {"DPart", IN_PAGE, PROGRAMS},
    {"SeparationInfo", IN_PAGE, PROGRAMS},
    {"ID", IN_STREAM, PROGRAMS},
    {"DL", IN_STREAM, PROGRAMS},
    {"T", IN_ANNOTATION, N_("who wrote notes, and when")},
    {"M", IN_ANNOTATION, N_("who wrote notes, and when")},
    {"NM", IN_ANNOTATION, N_("who wrote notes, and when")},
    {"RC", IN_ANNOTATION, N_("notes a second time, with names of programs")},
};

/* A dict with /Type, /S or /Subtype like this. */
static const struct kind {
    const char *key, *name;
    bool drawn; /* only with a rectangle: an annotation */
    const char *what;
} kinds[] = {
    {"Type", "Metadata", false, XMP},
    {"Type", "EmbeddedFile", false, ATTACHED},
    {"Type", "Filespec", false, N_("names of files on the author's machine")},
    {"Type", "F", false, N_("names of files on the author's machine")},
    {"Type", "ObjStm", false, PROGRAMS},
    {"Type", "XRef", false, PROGRAMS},
    {"S", "JavaScript", false, SCRIPT},
    {"S", "Launch", false, SCRIPT},
    {"S", "SubmitForm", false, SCRIPT},
    {"S", "ImportData", false, SCRIPT},
    {"S", "GoToR", false, N_("names of files on the author's machine")},
    {"S", "GoToE", false, ATTACHED},
    {"S", "Rendition", false, MEDIA},
    {"S", "Sound", false, MEDIA},
    {"S", "Movie", false, MEDIA},
    {"S", "RichMediaExecute", false, MEDIA},
    {"S", "GoTo3DView", false, MEDIA},
    {"Subtype", "FileAttachment", false, ATTACHED},
    {"Subtype", "Sound", true, MEDIA},
    {"Subtype", "Movie", true, MEDIA},
    {"Subtype", "Screen", true, MEDIA},
    {"Subtype", "RichMedia", false, MEDIA},
    {"Subtype", "3D", true, MEDIA},
};

const char *
strip_pdf_key(const struct pdf *f, uint32_t name, unsigned in)
{
    for (size_t i = 0; i < VLT_COUNT(rules); i++) {
        if ((rules[i].in & in) != 0 && pdf_is_name(f, name, rules[i].key))
            return rules[i].what;
    }
    return NULL;
}

bool
strip_pdf_free_names(const struct pdf *f, uint32_t name)
{
    static const char *const keys[] = {"Font", "XObject", "ExtGState",
        "ColorSpace", "Pattern", "Shading", "Properties", "CharProcs", "Dests",
        "RoleMap", "ClassMap", "Colorants", "Process", "N", "D", "R", "DR"};

    for (size_t i = 0; i < VLT_COUNT(keys); i++) {
        if (pdf_is_name(f, name, keys[i]))
            return true;
    }
    return false;
}

VAULT_CHECKED static enum vault_status
judge_kind(struct pdf *f, uint32_t dict, const char **what,
    struct vault_error *err)
{
    bool drawn = pdf_get(f, dict, "Rect") != 0;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < VLT_COUNT(kinds) && *what == NULL; i++) {
        uint32_t value = 0;

        if (pdf_get(f, dict, kinds[i].key) == 0 || (kinds[i].drawn && !drawn))
            continue;
        st = pdf_want(f, dict, kinds[i].key, &value, err);
        if (st != VAULT_OK)
            return st;
        if (pdf_is_name(f, value, kinds[i].name))
            *what = kinds[i].what;
    }
    return st;
}

/* A page, or what could be taken for one. */
VAULT_CHECKED static enum vault_status
is_page(struct pdf *f, uint32_t dict, bool *out, struct vault_error *err)
{
    uint32_t type = 0;
    enum vault_status st = pdf_want(f, dict, "Type", &type, err);

    *out = pdf_is_name(f, type, "Page") || pdf_is_name(f, type, "Pages") ||
        (pdf_get(f, dict, "MediaBox") != 0 && pdf_get(f, dict, "BBox") == 0);
    return st;
}

enum vault_status
strip_pdf_judge(struct pdf *f, uint32_t value, const char **what,
    struct vault_error *err)
{
    struct pdf_object *o = NULL;
    uint32_t dict = value;
    bool page = false;
    enum vault_status st = VAULT_OK;

    *what = NULL;
    if (pdf_is_type(f, value, PDF_REF)) {
        st = pdf_load(f, f->node[value].child, &o, err);
        dict = o != NULL ? o->node : 0;
    }
    if (st != VAULT_OK || !pdf_is_type(f, dict, PDF_DICT))
        return st;
    if (pdf_get(f, dict, "ByteRange") != 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("without --strip the original comes out as it is, with its "
               "signature"),
            "the document carries a digital signature, which names who signed "
            "and would no longer hold in a copy");
    if (pdf_get(f, dict, "EF") != 0)
        *what = ATTACHED;
    else
        st = judge_kind(f, dict, what, err);
    if (st == VAULT_OK && *what != NULL && o != NULL && o->page) {
        *what = NULL;
        return vlt_fail(err, VAULT_E_USAGE,
            "the document has a page that says it is something else");
    }
    if (st == VAULT_OK && *what == NULL && (o == NULL || !o->page))
        st = is_page(f, dict, &page, err);
    if (page)
        *what = N_("pages that were taken out of the document");
    return st;
}
