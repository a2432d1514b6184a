// SPDX-License-Identifier: Apache-2.0
// All commands, in the order of the help page: for the program, and for what is made from
// the same tables when it is built (src/docs).
#ifndef APP_COMMAND_TABLE_H
#define APP_COMMAND_TABLE_H

#include <stddef.h>

struct command;

// A bound on their number, for arrays of their names.
#define COMMANDS_MOST 32

extern const struct command *const command_table[];
extern const size_t num_commands;

#endif
