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
    if ! has $codec; then
        topic=$CASE-$codec
        peer create "$topic" 1 1
        ! conn produce "$topic" 0 compression.type=$codec < records.conn > /dev/null 2> said ||
            fail "kafc_conn writes $codec"
        says said $codec "a batch of $codec"
        empty "$topic"
        continue
    fi
    for writer in conn java; do
        topic=$CASE-$writer-$codec
        peer create "$topic" 1 1
        sed "s/^/$topic$tab/" plain | fit > "records.$writer"
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
places="first:0 last:1006 17:17 -6:1000 -5000:0"
if has times; then
    places+=" @1700000002500:3 @1600000000000:0 @1700000600001:501 @1800000000000:1006"
else
    ! conn offset "$topic" 0 @1700000002500 > found 2> said || fail "a place by time: $(cat found)"
    says said time "a place by time"
fi
for at in $places; do
    found=$(conn offset "$topic" 0 "${at%%:*}")
    [ "$found" = "${at##*:}" ] || fail "offset of ${at%%:*} is $found, not ${at##*:}"
done
conn read "$topic" 0 -2 | cut -f 2 > got
printf '1004\n1005\n' > wanted
same wanted got "the last two"

# Topics.
topic=$CASE-new
three_made() { conn list "$topic" 0 > list && grep -qx "$topic 3 OK" list; }
gone() { conn list "$topic" 0 > list; grep -q "$topic.*UNKNOWN_TOPIC" list; }
if has create-topics; then
    conn create "$topic" 3
    until_true 10 three_made || fail "the new topic is not listed: $(cat list)"
    status=0
    conn create "$topic" 3 2> said || status=$?
    [ "$status" = 1 ] || fail "a topic made twice: exit status $status"
    says said exist "a topic made twice"
    conn delete "$topic" 0
    until_true 10 gone || fail "the deleted topic stays: $(cat list)"
else
    gone || fail "a topic from nowhere: $(cat list)"
    ! conn create "$topic" 3 2> said || fail "a topic made by a broker that makes none"
    says said CreateTopics "a topic to be made"
    gone || fail "asking for a topic made it: $(cat list)"
    peer create "$topic" 3 1
    until_true 10 three_made || fail "the new topic is not listed: $(cat list)"
    ! conn delete "$topic" 0 2> said || fail "a topic deleted by a broker that deletes none"
    says said DeleteTopics "a topic to be deleted"
    three_made || fail "the topic is gone: $(cat list)"
fi

# Kafka's transactions.
has transactions || exit 0
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
