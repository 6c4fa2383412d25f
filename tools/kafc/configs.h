/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configs, as the commands that show some print them.
 */
#ifndef KAFC_TOOL_CONFIGS_H
#define KAFC_TOOL_CONFIGS_H

#include "tools/kafc/verbs.h"

/* Has somebody set it, and not the broker's server.properties? */
bool configs_is_set(const kafc_config_entry *e);
/* An array of what is set (all: of everything). */
json_t *configs_json(const kafc_described_configs *d, bool all);

#endif
