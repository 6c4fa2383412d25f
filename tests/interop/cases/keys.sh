# SPDX-License-Identifier: BSD-2-Clause
# Keys land on the partitions where kcat and the Java client put them.
. "$(dirname "$0")/../lib.sh"

# 1,000 keys: short, long, of digits, of UTF-8, and of bytes above 127, which signed chars would spoil.
for ((i = 0; i < 1000; i++)); do
    case $((i % 5)) in
    0) printf 'key-%d' "$i" ;;
    1) printf '%d' "$((i * 7919))" ;;
    2) printf 'a long key, longer than any block of the hash function, number %d' "$i" ;;
    3) printf 'schlüssel-%d-ключ' "$i" ;;
    4) printf "\\x$(printf %02x $((i % 128 + 128)))-%d-\\xff" "$i" ;;
    esac
    printf ':value %d\n' "$i"
done > lines

# placed TOPIC: each key with its partition
placed()
{
    kcat_read "$1" | fields 1,5 - | LC_ALL=C sort
}

for topic in kafc-murmur2 kafc-crc32 kcat-murmur2 kcat-crc32 java; do
    peer create "$CASE-$topic" 13 1
done
kafc produce -b "$BROKERS" -t "$CASE-kafc-murmur2" -K : -X partitioner=murmur2 < lines
kafc produce -b "$BROKERS" -t "$CASE-kafc-crc32" -K : -X partitioner=crc32 < lines
kcat -P -b "$BROKERS" -t "$CASE-kcat-murmur2" -K : -X topic.partitioner=murmur2 < lines
kcat -P -b "$BROKERS" -t "$CASE-kcat-crc32" -K : -X topic.partitioner=consistent < lines
LC_ALL=C awk -v topic="$CASE-java" '{ i = index($0, ":"); key = substr($0, 1, i - 1);
    print topic "\t-\t-\t" key "\t" substr($0, i + 1) }' lines > records
peer write "$WORK/records"

for topic in kafc-murmur2 kafc-crc32 kcat-murmur2 kcat-crc32 java; do
    placed "$CASE-$topic" > "$topic"
    [ "$(wc -l < "$topic")" = 1000 ] || fail "$topic has not the 1000 keys"
    [ "$(cut -f 1 "$topic" | sort -u | wc -l)" = 13 ] || fail "$topic does not use all partitions"
done
same kcat-murmur2 java "kcat and Java differ: the case itself is wrong"
same kcat-murmur2 kafc-murmur2 "murmur2 is not kcat's and Java's"
same kcat-crc32 kafc-crc32 "crc32 is not kcat's"
cmp -s kcat-murmur2 kcat-crc32 && fail "murmur2 and crc32 agree: nothing is tested"
all_read_alike "$CASE-java"
