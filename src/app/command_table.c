// SPDX-License-Identifier: Apache-2.0
#include "app/command_table.h"

#include "app/commands.h"

const struct command *const command_table[] = {
	&command_check,
	&command_audit,
	&command_audit_merge,
	&command_serve,
	&command_plan,
	&command_log_list_refresh,
	&command_log_list_show,
	&command_log_list_diff,
	&command_log_list_history,
	&command_log_list_verify,
	&command_log_list_import,
	&command_log_list_export,
	&command_log_list_prune,
	&command_policies,
	&command_pins,
};

const size_t num_commands = sizeof(command_table) / sizeof(command_table[0]);

_Static_assert(sizeof(command_table) / sizeof(command_table[0]) <= COMMANDS_MOST,
	"raise COMMANDS_MOST");
