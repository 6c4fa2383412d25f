# SPDX-License-Identifier: BSD-2-Clause
# Many records both ways, read to the last and in order.
. "$(dirname "$0")/../lib.sh"

count=300000
awk -v n=$count 'BEGIN { for (i = 0; i < n; i++)
    printf "key-%d:%08d and then as much text as makes it a record of about a hundred bytes in all, of course\n", i % 1000, i }' > lines

# in_order TOPIC-READING: every record once, rising within each partition
in_order()
{
    awk -v n=$count '{ v = substr($3, 1, 8) + 0; if (seen[v]++) { print "twice: " v; exit 1 }
        if ($1 in last && v <= last[$1]) { print "out of order: " $0; exit 1 } last[$1] = v; total++ }
        END { if (total != n) { print total " records of " n; exit 1 } }' "$1" >&2 || fail "$2"
}

peer create "$CASE-kafc" 4 1
peer create "$CASE-kcat" 4 1
kafc produce -b "$BROKERS" -t "$CASE-kafc" -K : -z lz4 < lines
kcat -P -b "$BROKERS" -t "$CASE-kcat" -K : -z snappy -X linger.ms=20 < lines
for writer in kafc kcat; do
    kafc consume -b "$BROKERS" -t "$CASE-$writer" -o beginning -e -f '%p %o %s\n' > read
    in_order read "kafc reads what $writer wrote"
    kcat -C -q -b "$BROKERS" -t "$CASE-$writer" -o beginning -e -f '%p %o %s\n' > read
    in_order read "kcat reads what $writer wrote"
done
