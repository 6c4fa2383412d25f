#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# footprint.sh BUILD: what a program pays for that only writes through a kafc_conn, stripped and with sections that
# nobody needs left out: under 290 kB more than one that does nothing (80 of them are for TLS and logins), and no table of
# an API that it does not use.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:-build/plain}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
value() { sed -n "s/^$1 *= *//p" config.mk; }
link() { # the words of CC and of the libraries are split
    # shellcheck disable=SC2046
    $(value CC) -O2 -Iinclude -Wl,--gc-sections -o "$tmp/$1" "$2" "$build/libkafc.a" $(value KAFC_LIBS)
}
echo 'int main(void) { return 0; }' > "$tmp/nothing.c"
link nothing "$tmp/nothing.c" && link conn tests/lint/footprint.c || exit 1
bad=0
have=$(nm "$tmp/conn" | awk '$3 ~ /_api$/ { sub(/^kafc_/, "", $3); sub(/_api$/, "", $3); print $3 }' | sort | xargs)
for api in $have; do
    case $api in
    api_versions | metadata | produce | fetch | list_offsets | sasl_handshake | sasl_authenticate) ;;
    *) echo "a program that writes through a kafc_conn links the tables of $api"; bad=1 ;;
    esac
done
strip "$tmp/nothing" "$tmp/conn"
grown=$(($(stat -c %s "$tmp/conn") - $(stat -c %s "$tmp/nothing")))
[ "$grown" -lt 290000 ] || { echo "a program that writes through a kafc_conn grows by $grown bytes, not under 290000"; bad=1; }
[ $bad -ne 0 ] || echo "$grown bytes for a program with a kafc_conn; tables: $have"
exit $bad
