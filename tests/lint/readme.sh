#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The programs in README.md are the files of examples/ to the letter, behind their heading comment.
set -eu
status=0
for name in write read; do
	awk -v name="$name" '$0 == "<!-- examples/" name ".c -->" { seen = 1; next }
		seen && /^```c$/ { inside = 1; next }
		inside && /^```$/ { exit }
		inside' README.md >"${TMPDIR:-/tmp}/kafc-readme.$$"
	if ! sed '1,/\*\//d' "examples/$name.c" | cmp -s - "${TMPDIR:-/tmp}/kafc-readme.$$"; then
		echo "README.md: its program differs from examples/$name.c"
		status=1
	fi
	rm -f "${TMPDIR:-/tmp}/kafc-readme.$$"
done
exit $status
