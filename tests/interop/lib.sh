# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the cases share; each case sources it first. Given by tests/interop/run: BROKERS, CLUSTER_DIR,
# KAFKA_VERSION, KAFC (the command under test), WORK (a folder of the case's own, the current one),
# CASE (its name, which begins the names of its topics), PEER (a folder with the Java peer's pipes),
# TOOLS (what run has compiled).
set -euo pipefail

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What all three readers print of a record; the Java peer adds the kind of the timestamp.
format='%p\t%o\t%T\t%K\t%k\t%S\t%s\t%h\n'

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

# same FILE FILE WHAT
same()
{
    cmp -s "$1" "$2" && return
    diff -a --label "$1" --label "$2" -u "$1" "$2" | head -n 30 | cat -v | cut -c 1-200 >&2 || true
    fail "$3"
}

kafc() { "$KAFC" "$@"; }

# until_true SECONDS COMMAND...: waits for a condition, not for a time.
until_true()
{
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# One command for the Java peer (see Peer.java), one answer.
peer()
{
    local answer number=$BASHPID$RANDOM
    printf '%s %s\n' "$number" "$*" > "$PEER/in"
    while :; do
        IFS= read -r -t 90 answer < "$PEER/out" || fail "Java peer: $*: no answer"
        # One that came too late for whom it was meant is not for us.
        [ "${answer%% *}" = "$number" ] && break
    done
    [ "${answer#* }" = ok ] || fail "Java peer: $*: ${answer#* }"
}

# ours_write FILE [property=value]...: records in Java's peer's format through the library's synchronous
# write (see records.c); prints where each landed.
ours_write() { "$TOOLS/records" write "$BROKERS" "${@:2}" < "$1"; }

# conn WHAT TOPIC ARG...: kafc_conn's calls, see records.c
conn() { "$TOOLS/records" "$1" "$BROKERS" "${@:2}"; }

# In the order of partitions and offsets, as no reader promises one between partitions.
by_offset() { LC_ALL=C sort -t "$(printf '\t')" -k 1,1n -k 2,2n; }

kafc_read() { kafc consume -b "$BROKERS" -t "$1" -o beginning -e -f "$format" "${@:2}" | by_offset; }

kcat_read()
{
    kcat -C -q -b "$BROKERS" -t "$1" -o beginning -e -f "$format" -X fetch.wait.max.ms=20 \
        "${@:2}" | by_offset
}

java_read()
{
    peer read "$WORK/java.raw" "$1" "${@:2}"
    by_offset < "$WORK/java.raw"
}

# A topic reads alike by kafc, by kcat and by Java. Leaves kafc's reading in $1.kafc, Java's, with the
# kind of timestamp as its last field, in $1.java.
all_read_alike()
{
    kafc_read "$1" > "$1.kafc"
    kcat_read "$1" > "$1.kcat"
    java_read "$1" > "$1.java"
    sed 's/\t[A-Za-z]*$//' "$1.java" > "$1.java.cut"
    same "$1.kcat" "$1.java.cut" "kcat and Java do not read $1 alike: the case itself is wrong"
    same "$1.kcat" "$1.kafc" "kafc does not read $1 as kcat does"
}

# fields LIST FILE: columns of a reading, e.g. 5,7 for key and value
fields() { cut -f "$1" "$2"; }

# What a record batch at the start of a partition's log says of itself: first its codec, 0 to 4, then
# in hex the 8 bytes its records begin with (broker I's disk, TOPIC, PARTITION).
log_codec()
{
    od -An -v -t u1 -j 22 -N 1 "$(log_file "$@")" | awk '{ print $1 % 8 }'
}

log_payload()
{
    od -An -v -t x1 -j 61 -N 8 "$(log_file "$@")" | tr -d ' \n'
}

log_file() { echo "$CLUSTER_DIR/node-$1/data/$2-$3/00000000000000000000.log"; }
