# SPDX-License-Identifier: BSD-2-Clause
# Headers: several, the same name twice, null and empty values, in both directions. Where the broker's format
# has none, they are refused, not dropped.
. "$(dirname "$0")/../lib.sh"

if ! has headers; then
    topic=$CASE-refused
    peer create "$topic" 1 1
    echo one | refused header produce -b "$BROKERS" -t "$topic" -H a=1
    printf '%s\t0\t-\tk\tv\ta=1\n' "$topic" > records
    ! ours_write records > /dev/null 2> said || fail "the library writes headers"
    says said header "the library"
    ! conn produce "$topic" 0 < records > /dev/null 2> said || fail "kafc_conn writes headers"
    says said header kafc_conn
    empty "$topic"
    # One that is refused takes none of the others with it.
    printf '%s\t0\t-\tk\tplain\n' "$topic" >> records
    ours_write records > /dev/null 2>&1 || true
    [ "$(kcat_read "$topic" | cut -f 7)" = plain ] || fail "the message without headers is not there alone"
    all_read_alike "$topic"
    exit
fi

# Ours: what -H can say. A name alone is a header of value null.
topic=$CASE-ours
peer create "$topic" 1 1
printf 'one\ntwo\n' | kafc produce -b "$BROKERS" -t "$topic" -H a=1 -H b=x=y -H a=2 -H empty= -H ключ=ü -H null
all_read_alike "$topic"
printf 'a=1,b=x=y,a=2,empty=,ключ=ü,null=NULL\n%.0s' 1 2 > expected
fields 8 "$topic.kafc" > read
same expected read "not the headers given"

# kcat's.
topic=$CASE-kcat
peer create "$topic" 1 1
echo one | kcat -P -b "$BROKERS" -t "$topic" -H a=1 -H a=2 -H empty= -H null
echo two | kcat -P -b "$BROKERS" -t "$topic"
all_read_alike "$topic"
printf 'a=1,a=2,empty=,null=NULL\n\n' > expected
fields 8 "$topic.kafc" > read
same expected read "not the headers kcat wrote"

# Java's, compressed or not: many, long, binary.
topic=$CASE-java
peer create "$topic" 1 1
long=$(head -c 20000 /dev/zero | tr '\0' h)
many=$(for ((i = 0; i < 200; i++)); do printf '\t%s' "h$i=$i"; done)
cat > records << END
$topic	0	-	k	v	a=1	a=	a=\N	=nameless	a=2
$topic	0	-	k	v$many
$topic	0	-	k	v	long=$long	bytes=\xff\x01\x80
$topic	0	-	k	v
END
for codec in none lz4; do
    peer write "$WORK/records" compression.type=$codec
done
all_read_alike "$topic"
[ "$(wc -l < "$topic.kafc")" = 8 ] || fail "not the 8 records"
[ "$(fields 8 "$topic.kafc" | head -n 1)" = "a=1,a=,a=NULL,=nameless,a=2" ] || fail "not Java's headers"
