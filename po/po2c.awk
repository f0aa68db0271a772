# SPDX-License-Identifier: Apache-2.0
# po2c.awk: message catalogues as C tables, for cli/tr.h. Reads any number of
# .po files named CODE.po; of a .pot file it makes the language x-pseudo, in
# which every message stands in brackets, to find what is not translatable.
# Fuzzy and empty translations are left out: the English text stands then.
# Any POSIX awk does.

function content(line) {
    sub(/^[^"]*"/, "", line)
    sub(/"[ \t\r]*$/, "", line)
    return line
}

# A C literal. %<PRIu64> is what xgettext makes of "%" PRIu64.
function literal(s) {
    gsub(/%<[A-Za-z0-9]+>/, "%\" & \"", s)
    gsub(/" %</, "\" ", s)
    gsub(/> "/, " \"", s)
    gsub(/\?\?/, "?\\?", s)
    return "\"" s "\""
}

function reset() {
    id = ""; many = ""; has_many = 0; fuzzy = 0; state = ""
    for (k = 0; k < 4; k++) form[k] = ""
    seen = 0
}

function header(s,   lines, n, i) {
    n = split(s, lines, /\\n/)
    for (i = 1; i <= n; i++) {
        if (lines[i] ~ /^Plural-Forms:/) {
            nplurals[langs] = lines[i]
            sub(/.*nplurals *= */, "", nplurals[langs])
            sub(/;.*/, "", nplurals[langs])
            expr[langs] = lines[i]
            sub(/.*plural *= */, "", expr[langs])
            sub(/; *$/, "", expr[langs])
        }
        if (lines[i] ~ /^X-Name: /) {
            own[langs] = lines[i]
            sub(/^X-Name: /, "", own[langs])
        }
    }
}

function flush(   k, n, list) {
    if (!seen) return
    if (id == "") {
        if (!pseudo) header(form[0])
        reset()
        return
    }
    if (pseudo) {
        form[0] = "⟦" id "⟧"
        form[1] = has_many ? "⟦" many "⟧" : ""
    }
    if (!fuzzy && form[0] != "") {
        n = has_many ? nplurals[langs] : 1
        list = ""
        for (k = 0; k < n; k++)
            list = list (k ? ", " : "") \
                (form[k] == "" ? "NULL" : literal(form[k]))
        rows[langs] = rows[langs] sprintf("    {%s, %s,\n        {%s}},\n",
            literal(id), has_many ? literal(many) : "NULL", list)
        count[langs]++
    }
    reset()
}

function start_file(   name) {
    name = FILENAME
    sub(/.*[\/\\]/, "", name)
    langs++
    pseudo = name ~ /\.pot$/
    code[langs] = pseudo ? "x-pseudo" : substr(name, 1, length(name) - 3)
    own[langs] = code[langs]
    nplurals[langs] = pseudo ? 2 : 1
    expr[langs] = pseudo ? "n != 1" : "0"
    rows[langs] = ""
    count[langs] = 0
    reset()
}

FNR == 1 { if (langs) flush(); start_file() }
/^#,.*fuzzy/ { fuzzy = 1 }
/^#~/ { next }
/^[ \t\r]*$/ { flush(); next }
/^#/ { next }
/^msgid_plural / { many = content($0); has_many = 1; state = "many"; next }
/^msgid / {
    keep = fuzzy
    if (seen) { flush() }
    fuzzy = keep
    id = content($0); state = "id"; seen = 1; next
}
/^msgstr\[[0-3]\]/ {
    which = substr($0, 8, 1) + 0
    form[which] = content($0); state = "str"; next
}
/^msgstr / { which = 0; form[0] = content($0); state = "str"; next }
/^"/ {
    if (state == "id") id = id content($0)
    else if (state == "many") many = many content($0)
    else if (state == "str") form[which] = form[which] content($0)
}
END {
    if (langs) flush()
    print "/* SPDX-License-Identifier: Apache-2.0 */"
    print "/* po_tables.c: made from the .po files by po2c.awk; do not edit */"
    print "#include \"tr.h\"\n"
    print "#include <inttypes.h>"
    print "#include <stddef.h>\n"
    for (i = 1; i <= langs; i++) {
        if (!count[i]) continue
        printf "static unsigned\nplural_%d(unsigned long n)\n{\n", i
        printf "    (void)n;\n    return (unsigned)(%s);\n}\n\n", expr[i]
        printf "static const struct tr_text texts_%d[] = {\n%s};\n\n", i, rows[i]
    }
    print "const struct tr_catalog tr_catalogs[] = {"
    total = 0
    for (i = 1; i <= langs; i++) {
        if (!count[i]) continue
        total++
        printf "    {\"%s\", \"%s\", plural_%d, %d, texts_%d, %d},\n",
            code[i], own[i], i, nplurals[i], i, count[i]
    }
    if (!total) print "    {0},"
    print "};"
    printf "const size_t tr_catalogs_len = %d;\n", total
}
