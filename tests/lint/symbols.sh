#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# symbols.sh BUILD: what libkafc.so exports is what the public headers declare, no more and no less; and it is small.
set -u
cd "$(dirname "$0")/../.." || exit 2
so=${1:-build/plain}/libkafc.so.0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nm -D --defined-only "$so" | awk '{ print $NF }' | sort -u > "$tmp/exported"
declared() { ctags -x --languages=C --langmap=C:.h --kinds-C=pf -I KAFC_API,KAFC_NODISCARD,KAFC_PRINTF+ --_xformat='%N %C' "$@" 2> /dev/null |
    awk '/KAFC_API/ { print $1 }' | sort -u; }
headers=$(git ls-files 'include/kafc/*.h')
# shellcheck disable=SC2086
declared $(echo "$headers" | grep -v '/mock\.h$') > "$tmp/declared"
bad=0
out=$(grep -vE '^kafc_[^_]' "$tmp/exported") && { echo "exported under a foreign name:" $out; bad=1; }
out=$(comm -23 "$tmp/exported" "$tmp/declared"); [ -z "$out" ] || { echo "exported, but in no public header:" $out; bad=1; }
out=$(comm -13 "$tmp/exported" "$tmp/declared"); [ -z "$out" ] || { echo "declared with KAFC_API, but not exported:" $out; bad=1; }
strip -o "$tmp/so" "$so"
size=$(stat -c %s "$tmp/so")
[ "$size" -le $((1024 * 1024)) ] || { echo "libkafc.so stripped has $size bytes, at most 1048576"; bad=1; }
[ $bad -ne 0 ] || echo "$(wc -l < "$tmp/exported") functions, $size bytes"
exit $bad
