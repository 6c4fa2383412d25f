# SPDX-License-Identifier: BSD-2-Clause
# Timestamps of both kinds, and starting at a time; where records have none, a place by time is refused and
# none is shown.
. "$(dirname "$0")/../lib.sh"

if ! has timestamps; then
    topic=$CASE-none
    peer create "$topic" 1 1
    before=$(date +%s)
    seq 10 | kafc produce -b "$BROKERS" -t "$topic"
    all_read_alike "$topic"
    [ "$(fields 3 "$topic.kafc" | sort -u)" = -1 ] || fail "times from nowhere"
    refused time consume -b "$BROKERS" -t "$topic" -o "@${before}000" -e
    exit
fi

# The producer's times: 200 records over 4 partitions, two seconds apart, some out of order.
topic=$CASE-create
peer create "$topic" 4 1
base=1700000000000
for ((i = 0; i < 200; i++)); do
    late=0
    [ $((i % 10)) -ne 7 ] || late=9000
    printf '%s\t%d\t%d\tk\tvalue %d\n' "$topic" $((i % 4)) $((base + i * 2000 - late)) "$i"
done > records
peer write "$WORK/records" batch.size=400
all_read_alike "$topic"

# By time: the first record of each partition as late as asked, as Java and kcat find it.
for ms in $((base - 1)) $base $((base + 100000)) $((base + 100001)) $((base + 393000)) $((base + 900000)); do
    kafc consume -b "$BROKERS" -t "$topic" -o "@$ms" -e -f "$format" | by_offset > by-time.kafc
    kcat -C -q -b "$BROKERS" -t "$topic" -o "s@$ms" -e -f "$format" | by_offset > by-time.kcat
    same by-time.kcat by-time.kafc "kcat starts elsewhere at @$ms"
    peer times "$WORK/times" "$topic" "$ms"
    awk '{ if (!($1 in first)) first[$1] = $2 } END { for (p = 0; p < 4; p++) print p, p in first ? first[p] : -1 }' \
        by-time.kafc > first
    same times first "Java starts elsewhere at @$ms"
done

# The broker's time: what the producer says of it does not count.
topic=$CASE-append
peer create "$topic" 2 1 message.timestamp.type=LogAppendTime
before=$(($(date +%s%3N) - 20)) # clocks that are read cheaply lag a little
seq 50 | kafc produce -b "$BROKERS" -t "$topic"
seq 51 100 | kcat -P -b "$BROKERS" -t "$topic"
seq 101 150 | awk -v topic="$topic" '{ print topic "\t" $1 % 2 "\t1000\tk\t" $1 }' > records
peer write "$WORK/records" compression.type=gzip
after=$(date +%s%3N)
all_read_alike "$topic"
[ "$(wc -l < "$topic.kafc")" = 150 ] || fail "not the 150 records"
awk -F '\t' -v a="$before" -v b="$after" '$3 < a || $3 > b { exit 1 }' "$topic.kafc" ||
    fail "not the broker's time"

# kafc's own records carry the producer's time where the topic has it so.
topic=$CASE-ours
peer create "$topic" 1 1
before=$(($(date +%s%3N) - 20)) # clocks that are read cheaply lag a little
seq 10 | kafc produce -b "$BROKERS" -t "$topic"
after=$(date +%s%3N)
all_read_alike "$topic"
awk -F '\t' -v a="$before" -v b="$after" '$3 < a || $3 > b || $NF != "CreateTime" { exit 1 }' "$topic.java" ||
    fail "not the time of sending"

# The kind is told in the envelope.
for kind in create:create append:logappend; do
    kafc consume -b "$BROKERS" -t "$CASE-${kind%:*}" -p 0 -o beginning -c 3 -J > json.kafc
    kcat -C -q -b "$BROKERS" -t "$CASE-${kind%:*}" -p 0 -o beginning -c 3 -J |
        sed 's/"broker":[0-9]*,//' > json.kcat
    same json.kcat json.kafc "not kcat's JSON envelope"
    grep -q "\"tstype\":\"${kind#*:}\"" json.kafc || fail "not ${kind#*:} time"
done
