/* SPDX-License-Identifier: Apache-2.0 */
/* error.h: what a call can answer, and how it says why */
#ifndef VAULT_ERROR_H
#define VAULT_ERROR_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define VAULT_API
#else
#define VAULT_API __attribute__((visibility("default")))
#endif
#define VAULT_CHECKED __attribute__((warn_unused_result))
#if defined(__MINGW32__) && !defined(__clang__)
#define VAULT_PRINTF(f, a) __attribute__((format(gnu_printf, f, a)))
#else
#define VAULT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#endif

/*
 * One idiom for the whole library: a function that can fail returns a
 * status and takes a `struct vault_error *err` last. `err` may be NULL.
 * Outputs change on success only.
 */
enum vault_status {
    VAULT_OK = 0,
    VAULT_E_IO,        /* reading or writing failed; the disk is full */
    VAULT_E_MEMORY,    /* no memory */
    VAULT_E_INTERNAL,  /* a fault in this program */
    VAULT_E_NEWER,     /* made by a newer program; understood no further */
    VAULT_E_USAGE,     /* asked for something that cannot be */
    VAULT_E_LIMIT,     /* beyond a bound that the caller must keep */
    VAULT_E_EXISTS,    /* would overwrite something */
    VAULT_E_AMBIGUOUS, /* more than one thing fits */
    VAULT_E_FORMAT,    /* not this kind of file, or bytes malformed */
    VAULT_E_TAMPERED,  /* the evidence does not match */
    VAULT_E_LOCKED,    /* needs unlocking first */
    VAULT_E_SECRET,    /* wrong passphrase or key file */
    VAULT_E_SLOT,      /* a slot is damaged or its parameters are refused */
    VAULT_E_NO_KEY,    /* no key here opens this */
    VAULT_E_BUSY,      /* another writer holds the vault */
    VAULT_E_POLICY,    /* sound, but not what was asked for */
    VAULT_E_NOT_FOUND, /* nothing of that name */
    VAULT_E_CANCELLED, /* a callback asked to stop */
    VAULT_STATUS_COUNT
};

enum { VAULT_ERROR_ARGS = 4, VAULT_ERROR_ARG_SIZE = 192 };

/*
 * Why. `message` is English, one line, no full stop, never a secret.
 * `key` is the untranslated format (a static string) and `arg` its rendered
 * arguments in order, so that a caller can print the same in another
 * language (vault_error_render). An argument written %-s is a text of the
 * library itself, a word or a sentence, and can be translated as well; one
 * written %s came from elsewhere. `hint` is a static English sentence that
 * says what to do next, or NULL.
 */
struct vault_error {
    enum vault_status code;
    const char *key;
    const char *hint;
    int args;
    char arg[VAULT_ERROR_ARGS][VAULT_ERROR_ARG_SIZE];
    char message[512];
};

/* A word for the status, for scripts: "ok", "io", "tampered" ... */
VAULT_API const char *vault_status_name(enum vault_status st);

/* The exit status that docs and scripts agree on (0 to 7, 130). */
VAULT_API int vault_status_exit(enum vault_status st);

/*
 * Render err's arguments into a translated `format` that has the same
 * conversions as err->key, in the same order or numbered (%2$s). Writes at
 * most `size` bytes with the closing zero.
 */
VAULT_API void vault_error_render(const struct vault_error *err,
    const char *format, char *out, size_t size);

#endif
