# SPDX-License-Identifier: BSD-2-Clause
# Keys and values that are null, empty, binary, big, and what -K makes of a line.
. "$(dirname "$0")/../lib.sh"

tab=$(printf '\t')
big=$(head -c 900000 /dev/zero | tr '\0' v)

# Ours: with -K, a line without the delimiter has no key; an empty line is an empty value.
topic=$CASE-ours
peer create "$topic" 1 1
printf '%s\n' 'k:v' 'k:' ':v' ':' 'v' '' 'a:b:c' > lines
printf 'b\001\377:\376\200\000x\n' >> lines
printf 'big:%s\n' "$big" >> lines
kafc produce -b "$BROKERS" -t "$topic" -K : < lines
all_read_alike "$topic"
fields 4-7 "$topic.kafc" > read
{
    printf '%s\n' "1\tk\t1\tv" "1\tk\t0\t" "0\t\t1\tv" "0\t\t0\t" "-1\t\t1\tv" "-1\t\t0\t" "1\ta\t3\tb:c" |
        sed "s/\\\\t/$tab/g"
    printf '3\tb\001\377\t4\t\376\200\000x\n3\tbig\t900000\t%s\n' "$big"
} > expected
same expected read "the records are not the lines"
# Before 0.10.1 a broker sends what fits, be it less than a record.
kafc_read "$topic" -X max.partition.fetch.bytes=1000 > small
same "$topic.kafc" small "a record larger than the fetch is read otherwise"

# Without -K the whole line is the value.
topic=$CASE-plain
peer create "$topic" 1 1
kafc produce -b "$BROKERS" -t "$topic" -p 0 < lines
all_read_alike "$topic"
fields 7 "$topic.kafc" > read
same lines read "the values are not the lines"
[ "$(fields 4 "$topic.kafc" | sort -u)" = -1 ] || fail "a key from nowhere"

# Java's: what no line can say.
topic=$CASE-java
peer create "$topic" 1 1
cat > records << END
$topic	0	-	\N	\N
$topic	0	-	\N	
$topic	0	-		\N
$topic	0	-		
$topic	0	-	key	\N
$topic	0	-	\N	value
$topic	0	-	\x00\xff\x01	\x0d\x01\x00
END
peer write "$WORK/records"
all_read_alike "$topic"
fields 4,6 "$topic.kafc" | head -n 6 > read
printf '%s\n' "-1${tab}-1" "-1${tab}0" "0${tab}-1" "0${tab}0" "3${tab}-1" "-1${tab}5" > expected
same expected read "null and empty are not told apart"

# The JSON envelope tells null from empty, too, and is kcat's but for the id of the broker.
head -n 6 records > records.json
topic=$CASE-json
peer create "$topic" 1 1
sed "s/^$CASE-java/$topic/; s/\$/\th=1\th=\\\\N/" records.json > json
printf '%s\t0\t1700000000123\t%s\t%s\n' "$topic" 'k"\x5c\x09\x0a\xc3\xbc\x7f' '{"a": "\xe2\x82\xac", "b": "/"}' >> json
fit < json > records
peer write "$WORK/records"
kafc consume -b "$BROKERS" -t "$topic" -o beginning -e -J > json.kafc
kcat -C -q -b "$BROKERS" -t "$topic" -o beginning -e -J | sed 's/"broker":[0-9]*,//' > json.kcat
same json.kcat json.kafc "not kcat's JSON envelope"
