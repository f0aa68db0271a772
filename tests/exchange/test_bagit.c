/* SPDX-License-Identifier: Apache-2.0 */
/* test_bagit.c: what a bag must be (RFC 8493), and every way not to be one */
#include "bagit.h"

#include "bagit_text.h"
#include "fail.h"
#include "temp_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* By sha256sum and sha512sum. */
#define A256 "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
#define A512                                                             \
    "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302" \
    "860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75"
#define B256        "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
#define DECLARATION "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

struct bag {
    struct temp_dir dir;
};

static void
put(const struct bag *b, const char *name, const char *text)
{
    char path[TEMP_PATH];
    char *slash;

    temp_dir_path(&b->dir, name, path);
    for (slash = strchr(path + strlen(b->dir.path) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    temp_write(path, text, strlen(text));
}

static void
drop(const struct bag *b, const char *name)
{
    char path[TEMP_PATH];

    temp_dir_path(&b->dir, name, path);
    assert_int_equal(unlink(path), 0);
}

/* A good bag: data/a holds "a", data/d/b holds "b". */
static void
make(struct bag *b)
{
    temp_dir_make(&b->dir);
    put(b, "bagit.txt", DECLARATION);
    put(b, "data/a", "a");
    put(b, "data/d/b", "b");
    put(b, "manifest-sha256.txt", A256 "  data/a\n" B256 "  data/d/b\n");
    put(b, "bag-info.txt", "Payload-Oxum: 2.2\n");
}

struct seen {
    unsigned faults[16];
    unsigned said;
};

static int
take(void *ctx, const struct bagit_finding *f)
{
    struct seen *s = ctx;

    assert_non_null(f->text);
    print_message("    %s %s\n", f->path, f->text);
    if (f->only_said)
        s->said++;
    else
        s->faults[f->fault]++;
    return 0;
}

static enum vault_status
check(const struct bag *b, struct seen *s)
{
    struct bagit_result r;

    memset(s, 0, sizeof *s);
    return bagit_check(b->dir.path, take, s, &r, NULL);
}

static void
a_good_bag_is_good(void **state)
{
    struct bag b;
    struct seen s;
    struct bagit_result r;

    (void)state;
    make(&b);
    assert_int_equal(bagit_check(b.dir.path, take, &s, &r, NULL), VAULT_OK);
    assert_int_equal(r.files, 2);
    assert_int_equal(r.bytes, 2);
    assert_true(r.sha256);
    assert_false(r.sha512);
    put(&b, "manifest-sha512.txt", A512 "  data/a\n");
    assert_int_equal(check(&b, &s), VAULT_E_TAMPERED); /* b is not in it */
    assert_int_equal(s.faults[BAGIT_EXTRA], 1);
    temp_dir_remove(&b.dir);
}

static void
what_writers_may_do_is_accepted(void **state)
{
    static const struct {
        const char *name, *file, *text;
    } rows[] = {
        {"CR LF", "manifest-sha256.txt",
            A256 " data/a\r\n" B256 "\tdata/d/b\r\n"},
        {"CR", "manifest-sha256.txt", A256 " data/a\r" B256 " data/d/b\r"},
        {"no end of line", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b"},
        {"upper case sums", "manifest-sha256.txt",
            "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB"
            "  data/a\n" B256 " *data/d/b\n"},
        {"version 0.97", "bagit.txt",
            "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"},
        {"CR LF there", "bagit.txt",
            "BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n"},
        {"a continued line", "bag-info.txt",
            "External-Description: one\n  two\npayload-oxum:  2.2\n"},
        {"no oxum", "bag-info.txt", "Contact-Name: X\n"},
        {"a manifest of another kind", "manifest-md5.txt", "nonsense\n"},
        {"a tag file nobody knows", "notes/readme.txt", "hello\n"},
        {"a tag manifest", "tagmanifest-sha256.txt", ""},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct bag b;
        struct seen s;

        print_message("%s\n", rows[i].name);
        make(&b);
        put(&b, rows[i].file, rows[i].text);
        assert_int_equal(check(&b, &s), VAULT_OK);
        assert_int_equal(s.said, strstr(rows[i].file, "md5") != NULL);
        temp_dir_remove(&b.dir);
    }
}

static void
what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *name, *file, *text;
        enum bagit_fault fault;
        enum vault_status st;
    } rows[] = {
        {"another sum", "data/a", "b", BAGIT_SUM, VAULT_E_TAMPERED},
        {"a file more", "data/c", "c", BAGIT_EXTRA, VAULT_E_TAMPERED},
        {"a file less", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" B256 "  data/gone\n",
            BAGIT_MISSING, VAULT_E_TAMPERED},
        {"twice", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" A256 "  data/a\n",
            BAGIT_DUPLICATE, VAULT_E_TAMPERED},
        {"up", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" A256 "  data/../x\n",
            BAGIT_OUTSIDE, VAULT_E_TAMPERED},
        {"absolute", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" A256 "  /etc/passwd\n",
            BAGIT_OUTSIDE, VAULT_E_TAMPERED},
        {"a drive", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" A256 "  C:x\n", BAGIT_OUTSIDE,
            VAULT_E_TAMPERED},
        {"backslashes", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" A256 "  data\\..\\x\n",
            BAGIT_OUTSIDE, VAULT_E_TAMPERED},
        {"not in data", "manifest-sha256.txt",
            A256 "  data/a\n" B256 "  data/d/b\n" A256 "  bagit.txt\n",
            BAGIT_OUTSIDE, VAULT_E_TAMPERED},
        {"a short sum", "manifest-sha256.txt",
            "ca97  data/a\n" B256 "  data/d/b\n", BAGIT_LINE, VAULT_E_TAMPERED},
        {"an empty line", "manifest-sha256.txt",
            A256 "  data/a\n\n" B256 "  data/d/b\n", BAGIT_LINE,
            VAULT_E_TAMPERED},
        {"a sum alone", "manifest-sha256.txt", A256 "\n" B256 "  data/d/b\n",
            BAGIT_LINE, VAULT_E_TAMPERED},
        {"another oxum", "bag-info.txt", "Payload-Oxum: 3.2\n", BAGIT_OXUM,
            VAULT_E_TAMPERED},
        {"an oxum that is none", "bag-info.txt", "Payload-Oxum: many\n",
            BAGIT_INFO, VAULT_E_TAMPERED},
        {"two of them", "bag-info.txt",
            "Payload-Oxum: 2.2\nPayload-Oxum: 2.2\n", BAGIT_INFO,
            VAULT_E_TAMPERED},
        {"a line without a label", "bag-info.txt", "hello\n", BAGIT_INFO,
            VAULT_E_TAMPERED},
        {"no UTF-8", "bag-info.txt", "Contact-Name: \xff\n", BAGIT_ENCODING,
            VAULT_E_TAMPERED},
        {"a changed tag", "tagmanifest-sha256.txt", A256 "  bagit.txt\n",
            BAGIT_SUM, VAULT_E_TAMPERED},
        {"payload among the tags", "tagmanifest-sha256.txt", A256 "  data/a\n",
            BAGIT_OUTSIDE, VAULT_E_TAMPERED},
        {"parts elsewhere", "fetch.txt", "http://x - data/y\n", BAGIT_FETCH,
            VAULT_E_FORMAT},
        {"another version", "bagit.txt",
            "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n",
            BAGIT_VERSION, VAULT_E_FORMAT},
        {"another encoding", "bagit.txt",
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n",
            BAGIT_ENCODING, VAULT_E_FORMAT},
        {"a mark in front", "bagit.txt", "\xef\xbb\xbf" DECLARATION,
            BAGIT_DECLARATION, VAULT_E_FORMAT},
        {"a line more", "bagit.txt", DECLARATION "More: x\n", BAGIT_DECLARATION,
            VAULT_E_FORMAT},
        {"an empty declaration", "bagit.txt", "", BAGIT_DECLARATION,
            VAULT_E_FORMAT},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct bag b;
        struct seen s;

        print_message("%s\n", rows[i].name);
        make(&b);
        put(&b, rows[i].file, rows[i].text);
        assert_int_equal(check(&b, &s), rows[i].st);
        assert_true(s.faults[rows[i].fault] > 0);
        temp_dir_remove(&b.dir);
    }
}

static void
what_is_missing_is_named(void **state)
{
    struct bag b;
    struct seen s;

    (void)state;
    make(&b);
    drop(&b, "bagit.txt");
    assert_int_equal(check(&b, &s), VAULT_E_FORMAT);
    assert_int_equal(s.faults[BAGIT_DECLARATION], 1);
    temp_dir_remove(&b.dir);

    make(&b);
    drop(&b, "manifest-sha256.txt");
    put(&b, "manifest-md5.txt", "x  data/a\n");
    assert_int_equal(check(&b, &s), VAULT_E_FORMAT);
    assert_int_equal(s.faults[BAGIT_NO_MANIFEST], 1);
    temp_dir_remove(&b.dir);

    make(&b);
    drop(&b, "data/a");
    assert_int_equal(check(&b, &s), VAULT_E_TAMPERED);
    assert_int_equal(s.faults[BAGIT_MISSING], 1);
    temp_dir_remove(&b.dir);
}

/* A link out of the bag to a file with the right sum. */
static void
a_link_is_no_part_of_a_bag(void **state)
{
    struct bag b;
    struct seen s;
    struct temp_dir outside;
    char target[TEMP_PATH], path[TEMP_PATH];

    (void)state;
    make(&b);
    temp_dir_make(&outside);
    temp_dir_path(&outside, "a", target);
    temp_write(target, "a", 1);
    drop(&b, "data/a");
    temp_dir_path(&b.dir, "data/a", path);
    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(check(&b, &s), VAULT_E_TAMPERED);
    assert_int_equal(s.faults[BAGIT_NO_FILE], 1);

    drop(&b, "data/a");
    put(&b, "data/a", "a");
    drop(&b, "manifest-sha256.txt");
    temp_dir_path(&b.dir, "manifest-sha256.txt", path);
    temp_write(target, A256 "  data/a\n" B256 "  data/d/b\n",
        strlen(A256 "  data/a\n" B256 "  data/d/b\n"));
    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(check(&b, &s), VAULT_E_FORMAT);
    temp_dir_remove(&outside);
    temp_dir_remove(&b.dir);
}

static void
names_are_encoded_and_decoded(void **state)
{
    static const struct {
        const char *name, *encoded;
    } rows[] = {{"data/a b", "data/a b"}, {"data/a\nb", "data/a%0Ab"},
        {"data/a\rb", "data/a%0Db"}, {"data/100%", "data/100%25"},
        {"data/%0A", "data/%250A"}, {"data/құжат", "data/құжат"}};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        char line[256], path[BAGIT_PATH];
        uint8_t sum[BAGIT_SUM_MAX];
        struct vlt_buf b;

        vlt_buf_init(&b, 256);
        bagit_put_name(&b, rows[i].name);
        assert_string_equal(vlt_buf_cstr(&b), rows[i].encoded);
        vlt_buf_clear(&b);
        (void)snprintf(line, sizeof line, "%s  %s", A256, rows[i].encoded);
        assert_int_equal(bagit_read_line(line, strlen(line), 32, sum, path),
            BAGIT_LINE_OK);
        assert_string_equal(path, rows[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_bag_is_good),
        cmocka_unit_test(what_writers_may_do_is_accepted),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(a_link_is_no_part_of_a_bag),
        cmocka_unit_test(names_are_encoded_and_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
