# SPDX-License-Identifier: BSD-2-Clause
# kafc_conn against the real thing: a batch of each codec, reading, offsets by place and time, both
# isolation levels, topics made, listed and deleted.
. "$(dirname "$0")/../lib.sh"

tab=$(printf '\t')

# read_alike TOPIC [property=value]...: partition 0 by kafc_conn and by Java, records and kinds of time
read_alike()
{
    conn read "$1" 0 first "${@:2}" | by_offset > "$1.conn"
    java_read "$1" "${@:2}" > "$1.java"
    same "$1.java" "$1.conn" "kafc_conn does not read $1 as Java does"
}

for ((i = 0; i < 500; i++)); do
    printf -- '0\t%d\tkey %d\tvalue %d of the same words, of the same words\th=%d\n' \
        $((1700000000000 + i * 1000)) $((i % 40)) "$i" "$i"
done > plain
printf '0\t1700000600000\t\\N\t\\N\th=\\N\n0\t1700000600001\t\t\n0\t1\t\\xff\t\\x00\\x01\n' >> plain

for codec in none gzip snappy lz4 zstd; do
    for writer in conn java; do
        topic=$CASE-$writer-$codec
        peer create "$topic" 1 1
        sed "s/^/$topic$tab/" plain > "records.$writer"
    done
    [ "$(conn produce "$CASE-conn-$codec" 0 compression.type=$codec < records.conn)" = 0 ] ||
        fail "$codec: the batch does not begin at 0"
    [ "$(conn produce "$CASE-conn-$codec" 0 compression.type=$codec < records.conn)" = 503 ] ||
        fail "$codec: the second batch does not begin at 503"
    peer write "$WORK/records.java" compression.type=$codec
    peer write "$WORK/records.java" compression.type=$codec
    for writer in conn java; do read_alike "$CASE-$writer-$codec"; done
    same "$CASE-java-$codec.java" "$CASE-conn-$codec.java" "$codec: not the log that Java writes"
done

# Offsets.
topic=$CASE-conn-none
for at in first:0 last:1006 17:17 -6:1000 -5000:0 @1700000002500:3 @1600000000000:0 @1700000600001:501 @1800000000000:1006; do
    found=$(conn offset "$topic" 0 "${at%%:*}")
    [ "$found" = "${at##*:}" ] || fail "offset of ${at%%:*} is $found, not ${at##*:}"
done
conn read "$topic" 0 -2 | cut -f 2 > got
printf '1004\n1005\n' > wanted
same wanted got "the last two"

# Kafka's transactions.
topic=$CASE-transactions
peer create "$topic" 1 1
for what in first second third; do
    for ((i = 0; i < 10; i++)); do printf '%s\t0\t-\tk\t%s %d\n' "$topic" $what "$i"; done > records
    peer begin "$topic" "$WORK/records" compression.type=lz4
    if [ $what = second ]; then peer abort "$topic"; else peer commit "$topic"; fi
done
peer settle "$topic"
printf '%s\t0\t-\tk\tlast\n' "$topic" > records
peer write "$WORK/records"
read_alike "$topic" isolation.level=read_uncommitted
[ "$(wc -l < "$topic.conn")" = 31 ] || fail "not 31 records"
read_alike "$topic" isolation.level=read_committed
[ "$(wc -l < "$topic.conn")" = 21 ] || fail "not 21 committed records"

# Topics.
conn create "$CASE-new" 3
listed() { conn list "$CASE-new" 0 > list && grep -qx "$CASE-new 3 OK" list; }
until_true 10 listed || fail "the new topic is not listed: $(cat list)"
status=0
conn create "$CASE-new" 3 2> said || status=$?
[ "$status" = 1 ] || fail "a topic made twice: exit status $status"
grep -qi exist said || fail "no clear error: $(cat said)"
conn delete "$CASE-new" 0
gone() { conn list "$CASE-new" 0 > list; grep -q "$CASE-new.*UNKNOWN_TOPIC" list; }
until_true 10 gone || fail "the deleted topic stays: $(cat list)"
