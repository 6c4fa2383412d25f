# SPDX-License-Identifier: BSD-2-Clause
# Transactions of a Java producer: aborted records show in read_uncommitted alone.
. "$(dirname "$0")/../lib.sh"

if ! has transactions; then
    # There is nothing to hide: what the reader asks for is what it gets.
    peer create "$CASE" 1 1
    seq 10 | kafc produce -b "$BROKERS" -t "$CASE" -p 0
    for level in read_committed read_uncommitted; do
        kafc_read "$CASE" -X isolation.level=$level | cut -f 7 > read
        same <(seq 10) read "$level"
    done
    exit
fi

# records TEXT: ten in each of two partitions
records()
{
    local i
    for ((i = 0; i < 20; i++)); do
        printf '%s\t%d\t-\tk\t%s %d\n' "$topic" $((i % 2)) "$1" "$i"
    done > records
}

# The readers of both levels agree with kcat and Java; and what they read of it.
check()
{
    local level
    # The answer to the producer's commit comes before the markers are in the log.
    peer settle "$topic"
    for level in read_committed read_uncommitted; do
        kafc_read "$topic" -X isolation.level=$level > $level.kafc
        kcat_read "$topic" -X isolation.level=$level > $level.kcat
        java_read "$topic" isolation.level=$level | sed 's/\t[A-Za-z]*$//' > $level.java
        same $level.kcat $level.java "kcat and Java differ: the case itself is wrong"
        same $level.kcat $level.kafc "$level differs"
    done
}

for codec in none lz4; do
    topic=$CASE-$codec
    peer create "$topic" 2 1
    records plain
    peer write "$WORK/records" compression.type=$codec
    records committed
    peer begin "$topic-a" "$WORK/records" compression.type=$codec
    records aborted
    peer begin "$topic-b" "$WORK/records" compression.type=$codec
    records between
    peer write "$WORK/records" compression.type=$codec
    peer commit "$topic-a"
    peer abort "$topic-b"
    check
    grep -q aborted read_uncommitted.kafc || fail "read_uncommitted hides the aborted"
    grep -q aborted read_committed.kafc && fail "read_committed shows the aborted"
    [ "$(wc -l < read_committed.kafc)" = 60 ] || fail "not 60 committed records"
    [ "$(wc -l < read_uncommitted.kafc)" = 80 ] || fail "not 80 records in all"

    # The same producer again: an abort ends at its marker, what follows counts.
    records second
    peer begin "$topic-b" "$WORK/records"
    peer commit "$topic-b"
    check
    [ "$(grep -c second read_committed.kafc)" = 20 ] || fail "an abort reaches beyond its marker"

    # A transaction left open holds read_committed at the last stable offset.
    records open
    peer begin "$topic-a" "$WORK/records"
    records after
    peer write "$WORK/records"
    kafc_read "$topic" -X isolation.level=read_uncommitted > open.kafc
    [ "$(grep -c after open.kafc)" = 20 ] || fail "read_uncommitted waits for a transaction"
    kafc_read "$topic" -X isolation.level=read_committed > open.kafc
    grep -q -e open -e after open.kafc && fail "read_committed reads beyond the last stable offset"
    peer abort "$topic-a"
    check
    [ "$(grep -c after read_committed.kafc)" = 20 ] || fail "the rest does not come after the abort"
done
