#include "strip_pdf.h"
#include "fail.h"
enum vault_status strip_pdf(const uint8_t *p, size_t n, struct vlt_buf *out, struct strip_notes *notes, struct vault_error *err){(void)p;(void)n;(void)out;(void)notes;return vlt_fail(err,VAULT_E_USAGE,"pdf");}
enum vault_status strip_check_pdf(const uint8_t *p, size_t n, struct vault_error *err);
enum vault_status strip_check_pdf(const uint8_t *p, size_t n, struct vault_error *err){(void)p;(void)n;(void)err;return VAULT_OK;}
