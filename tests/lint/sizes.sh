#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A file has at most 800 lines, a header 400, a function 100. Tables of protocol/api are one initialiser and no function.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
while read -r n f; do
    max=800
    case $f in *.h) max=400 ;; total) continue ;; esac
    [ "$n" -le $max ] || { echo "$f: $n lines, at most $max"; bad=1; }
done < <(git ls-files '*.c' '*.h' | xargs wc -l)
git ls-files '*.c' '*.h' | xargs ctags -x --languages=C --langmap=C:.c.h --kinds-C=f --_xformat='%F %n %{end} %N' 2> /dev/null |
    awk '{ n = $3 - $2 + 1; if (n > 100) { print $1 ":" $2 ": " $4 " has " n " lines, at most 100"; bad = 1 } } END { exit bad }' || bad=1
exit $bad
