/* SPDX-License-Identifier: Apache-2.0 */
/* known_notices.h: notes computed by gen_notices.py; do not edit */
#ifndef KNOWN_NOTICES_H
#define KNOWN_NOTICES_H

/* clang-format off */
static const char known_note_withdraw[] =
    "sanduq.v1/withdraw\n"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
    "id 707172737475767778797a7b7c7d7e7f\n"
    "date 1795000000\n"
    "reason 0YHQvtCz0LvQsNGB0LjQtSDQvtGC0L7Qt9Cy0LDQvdC+Cg==\n"
    "stmt +/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=\n"
    "stmt //////////////////////////////////////////8=\n"
    "stmt AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "stmt AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n"
    "stmt a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n"
    "bundle 11111111111111111111111111111111\n"
    "bundle 9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a\n"
    "\n"
    "— sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign X2oQ3Gv8i5kbdTx3yEz7PvvBp2PVMmIZJPSG1fNvber9IwRMSb3yvEA2dHYbmy8AStQ/bjyvuUwBIRiSJij4OipulA4=\n";
static const char known_note_plain[] =
    "sanduq.v1/withdraw\n"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
    "id 7172737475767778797a7b7c7d7e7f80\n"
    "date 0\n"
    "reason -\n"
    "stmt a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n"
    "\n"
    "— sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign X2oQ3Elut8jJBRgNRsXXEsQwzz88IIXbZwDgiP8m+GDTnrFSvqDc1GsD8XAKj6HH2yN68gLm4IzR8CbtoGU0mQTpAAc=\n";
static const char known_note_revoked[] =
    "sanduq.v1/withdraw-revoked\n"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
    "withdraw kFBRJ72t2KrXUL9guB68ec7AzpuujDTXQJTid7hBtaM=\n"
    "date 1795000001\n"
    "\n"
    "— sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign X2oQ3FyA8UUISh95I62TaczRubVTK2erdzUCw7EVx0R1NsIHmZPBmh4IRE8R+BBJCB5k4Mnq+I8umrl5lK2wky8wGwo=\n";
static const char known_note_ack[] =
    "sanduq.v1/ack\n"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
    "withdraw kFBRJ72t2KrXUL9guB68ec7AzpuujDTXQJTid7hBtaM=\n"
    "date 1795000002\n"
    "answer destroyed\n"
    "stmt AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "stmt a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n"
    "\n"
    "— sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign X2oQ3EXwrOxKEvLXTPFiHAOvUIvnaJelrS6OOSlqzRJxDpJf5E0JtGAZ+e0nHtH5lYWfzDgVpRQ3OAP9hAmDJQ37QQg=\n";
static const char known_note_receipt[] =
    "sanduq.v1/receipt\n"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
    "bundle ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n"
    "date 1795000003\n"
    "records 12\n"
    "\n"
    "— sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign X2oQ3Dq0WXF3fCKDKxbIFJaO3ZT85eIleBeKo/bB81G9hJQHVZQRmBvLbzE1lAkTkn7XLct8ohBRmSHvtknrJebyLgU=\n";
static const char known_notices_public[] =
    "c15e8a055d9e363a4e9eb1029ef57d701addb4641a7ea03d9f0739fa19f0a36c";
/* clang-format on */

#endif
