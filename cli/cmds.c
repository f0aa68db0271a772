/* SPDX-License-Identifier: Apache-2.0 */
/* cmds.c: all commands, in the order of the help */
#include "cmd.h"

const struct cmd_group *const cmd_groups[] = {
    &init_group,
    &add_group,
    &import_group,
    &capture_group,
    &device_group,
    &form_group,
    &draft_group,
    &list_group,
    &show_group,
    &get_group,
    &export_group,
    &share_group,
    &share_check_group,
    &receive_group,
    &amend_group,
    &link_group,
    &disclose_group,
    &withdraw_group,
    &rekey_group,
    &verify_group,
    &info_group,
    &log_group,
    &key_group,
    &recover_group,
    &travel_group,
    &compartment_group,
    &card_group,
    &backup_group,
    &upgrade_group,
    &panic_group,
    &doctor_group,
    &help_group,
};
const size_t cmd_groups_len = sizeof cmd_groups / sizeof cmd_groups[0];
