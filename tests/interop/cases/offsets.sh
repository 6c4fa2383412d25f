# SPDX-License-Identifier: BSD-2-Clause
# Where reading starts and where it ends.
. "$(dirname "$0")/../lib.sh"

topic=$CASE
peer create "$topic" 2 1
# Those of partition 1 are one compressed batch, in which a reader has to skip.
seq -f 0-%g 0 99 | kafc produce -b "$BROKERS" -t "$topic" -p 0
seq -f 1-%g 0 99 | kafc produce -b "$BROKERS" -t "$topic" -p 1 -z gzip -X linger.ms=10000

# span P FIRST LAST: what `%o %s` prints of partition P
span()
{
    local i
    for ((i = $2; i <= $3; i++)); do echo "$i $1-$i"; done
}

# reads WHAT EXPECTED OPTION...
reads()
{
    kafc consume -b "$BROKERS" -t "$topic" -f '%o %s\n' "${@:3}" > got || fail "$1: exit status $?"
    printf '%s' "$2" > wanted
    same wanted got "$1"
}

reads "an offset" "$(span 1 90 99)
" -p 1 -o 90 -e
reads "an offset and a count" '42 0-42
43 0-43
' -p 0 -o 42 -c 2
reads "the last three" '97 0-97
98 0-98
99 0-99
' -p 0 -o -3 -e
reads "more than there are" "$(span 1 0 99)
" -p 1 -o -1000 -e
reads "the end" '' -p 0 -o end -e
reads "the offset at the end" '' -p 0 -o 100 -e
reads "the beginning of all" '0 1-0
' -p 1 -o beginning -c 1

kafc consume -b "$BROKERS" -t "$topic" -o -5 -e -f '%p %o\n' | sort > got
for p in 0 1; do seq -f "$p %g" 95 99; done > wanted
same wanted got "the last five of each partition"

# An offset beyond the end is no place to wait silently at, and no crash: an error, or what
# auto.offset.reset says.
timeout 30 "$KAFC" consume -b "$BROKERS" -t "$topic" -p 0 -o 5000 -e -f '%o\n' > got 2> said || status=$?
[ "${status:-0}" != 124 ] || fail "-o 5000 hangs"
[ "${status:-0}" -lt 126 ] || fail "-o 5000 crashes"

# From the end on: only what is written after. It is written until the reader has some.
kafc consume -b "$BROKERS" -t "$topic" -p 0 -o end -c 3 -u -f '%o %s\n' > tail &
reader=$!
trap 'kill $reader 2> /dev/null || true' EXIT
more()
{
    echo new | kafc produce -b "$BROKERS" -t "$topic" -p 0
    ! kill -0 $reader 2> /dev/null
}
until_true 30 more || fail "-o end -c 3 does not end"
wait $reader || fail "-o end -c 3 failed"
[ "$(cut -d ' ' -f 2 tail)" = "$(printf 'new\nnew\nnew')" ] || fail "-o end reads old records"
