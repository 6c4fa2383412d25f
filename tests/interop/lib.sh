# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the cases share; each case sources it first. Given by tests/interop/run: BROKERS, ZOOKEEPER, CLUSTER_DIR,
# KAFKA_VERSION, KAFC (the command under test), WORK (a folder of the case's own, the current one),
# CASE (its name, which begins the names of its topics), PEER (a folder with the Java peer's pipes),
# TOOLS (what run has compiled).
set -euo pipefail

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$interop/versions.sh"

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

# unlisted TOPIC: by kcat. No pipe into grep -q, here and elsewhere: who writes on into one that has seen enough fails.
unlisted()
{
    local listed
    listed=$(kcat -L -b "$BROKERS") && ! grep -q -F "\"$1\"" <<< "$listed"
}

# says FILE PATTERN WHAT: an error speaks of it, and not only because the name of the $topic does
says()
{
    grep -q -i -e "$2" <<< "$(sed "s/${topic:?}//g" "$1")" || fail "$3: no clear error, not a word of $2: $(cat "$1")"
}

# refused PATTERN ARG...: kafc ARG... ends soon, with an error that says PATTERN. It may have warned before.
refused()
{
    local status=0
    timeout 30 "$KAFC" "${@:2}" > refused.out 2> refused.said || status=$?
    [ "$status" = 1 ] || fail "kafc ${*:2}: exit status $status, not refused: $(cat refused.said)"
    says refused.said "$1" "kafc ${*:2}"
}

# empty TOPIC: nobody wrote into it
empty() { [ -z "$(kcat_read "$1")" ] || fail "something was written into $1"; }

# fit < RECORDS: records in Java's peer's format without what the broker under test cannot hold
fit()
{
    local times=1 headers=1
    has timestamps || times=
    has headers || headers=
    LC_ALL=C awk -v times=$times -v headers=$headers 'BEGIN { FS = OFS = "\t" }
        { if (!times) $3 = "-"; if (!headers) NF = 5; print }'
}

# One command for the Java peer (see Lines.java), one answer.
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

# admin COMMAND [ARG]...: the calls of administration, see admin.c
admin() { "$TOOLS/admin" "$BROKERS" "$@"; }

# tool CLASS [ARG]...: one of Kafka's own tools
tool()
{
    java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$("$interop/cluster" jars 4.3.1)/*" \
        "org.apache.kafka.tools.$1" --bootstrap-server "$BROKERS" "${@:2}" 2> tool.said ||
        fail "$1 ${*:2}: $(head -c 2000 tool.said)"
}

# In the order of partitions and offsets, as no reader promises one between partitions.
by_offset() { LC_ALL=C sort -t "$(printf '\t')" -k 1,1n -k 2,2n; }

kafc_read() { kafc consume -b "$BROKERS" -t "$1" -o beginning -e -f "$format" "${@:2}" | by_offset; }

kcat_read()
{
    kcat -C -q -b "$BROKERS" -t "$1" -o beginning -e -f "$format" "${@:2}" | timeless | by_offset
}

# kcat prints 0 for a time that is not there.
timeless()
{
    if has timestamps; then cat; else LC_ALL=C sed 's/^\([0-9]*\t[0-9]*\t\)0\t/\1-1\t/'; fi
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

# What a batch at the start of a partition's log says of itself: its format, 0 to 2; its codec, 0 to 4; in hex
# the 8 bytes its records begin with (broker I's disk, TOPIC, PARTITION). Formats 0 and 1 have a message without
# a key around the compressed ones.
log_format() { log_bytes u1 16 1 "$@"; }

log_codec()
{
    local at=(17 17 22)
    echo $(($(log_bytes u1 "${at[$(log_format "$@")]}" 1 "$@") % 8))
}

log_payload()
{
    local at=(26 34 61)
    log_bytes x1 "${at[$(log_format "$@")]}" 8 "$@"
}

# The producer's id in a batch of format 2: all f where there is none
log_producer() { log_bytes x1 43 8 "$@"; }

# log_bytes FORMAT OFFSET COUNT I TOPIC PARTITION, as od's -t, -j and -N
log_bytes() { od -An -v -t "$1" -j "$2" -N "$3" "$(log_file "${@:4}")" | tr -d ' \n'; }

log_file() { ls -d "$CLUSTER_DIR/node-$1"/{data,more}/"$2-$3"/00000000000000000000.log 2> /dev/null; }
