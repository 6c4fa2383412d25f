#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# html.sh BUILD: every public function has a contract above it, and the links of the documents lead somewhere, from
# pages of HTML to declarations, too.
exec "$(dirname "$0")/../../scripts/html" "${1:-build/plain}/html"
