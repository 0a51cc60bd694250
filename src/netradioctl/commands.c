/* SPDX-License-Identifier: ISC */
#include "commands.h"

#include <stddef.h>

#include "options.h"

#define JSON		(1U << OPTIONS_JSON)
#define PROMETHEUS	(1U << OPTIONS_PROMETHEUS)

const struct command_row command_rows[] = {
	{ "status", "", "the daemon and its channels on one screen", 0, 0,
	    JSON | PROMETHEUS, 0, status_run },
	{ "channels", "", "the channels, a line each", 0, 0, JSON, 0,
	    channels_run },
	{ NULL, NULL, NULL, 0, 0, 0, 0, NULL }
};
