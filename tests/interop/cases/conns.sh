# SPDX-License-Identifier: BSD-2-Clause
# kafc_conn: from where one is, in and out of the log; options of single calls; what comes with batches; what the broker
# knows; a socket of one's own.
. "$(dirname "$0")/../lib.sh"

# Positions: offsets 0 to 99, or from 10 on where records can be deleted.
topic=$CASE
first=0
peer create "$topic" 1 1
for ((i = 0; i < 100; i++)); do printf '%s\t0\t-\tk\t%d\n' "$topic" $i; done > records
peer write "$WORK/records"
before="OFFSET_OUT_OF_RANGE -1 OFFSET_OUT_OF_RANGE -1"
if has transactions; then # DeleteRecords is as old
    "$TOOLS/raw" "$BROKERS" DeleteRecords -1 "$topic" 1 10 > said || fail "records are not deleted: $(cat said)"
    first=10
    before="OFFSET_OUT_OF_RANGE -1 OK 9"
fi
cat > wanted << END
current+1 OK $((first + 1)) OK $((first + 1))
read OK $((first + 1))
current OK $((first + 2)) OK $((first + 2))
current-2 OK $first OK $first
read OK $first
first OK $first OK $first
before $before
tail OK 97 OK 97
last OK 100 OK 100
beyond OFFSET_OUT_OF_RANGE -1 OK 101
read OFFSET_OUT_OF_RANGE -1
at OK 20 OK 20
read OK 20
END
"$TOOLS/conns" seek "$BROKERS" "$topic" 0 > got
same wanted got "positions"

# Each batch as it was asked for.
topic=$CASE-options
peer create "$topic" 1 1
stable=4 start=0
has transactions || stable=-1 start=-1 # told since then
cat > wanted << END
all OK 0
leader OK 1
nobody OK -1
defaults OK 3
small 1 messages to 1 of 4, stable to $stable, from $start on
defaults 3 messages to 4 of 4, stable to $stable, from $start on
END
"$TOOLS/conns" options "$BROKERS" "$topic" 0 > got
same wanted got "options"
java_read "$topic" > java
[ "$(wc -l < java)" = 4 ] || fail "Java reads $(wc -l < java) of 4"

# What the broker says of itself, but for Produce, of which 4.x names versions that it does not have.
"$TOOLS/conns" versions "$BROKERS" > versions
if has api-versions; then
    "$TOOLS/raw" "$BROKERS" ApiVersions -1 | sed -n 1p |
        grep -o '"apiKey":[0-9]*,"minVersion":[0-9]*,"maxVersion":[0-9]*' |
        sed 's/[^0-9,]//g; s/,/ /g; /^0 /d' | sort -n > wanted
    sed '/^0 /d' versions > got
    same wanted got "versions"
else
    grep -qx '1 0 0' versions || fail "Fetch of a broker before 0.10: $(cat versions)"
fi

"$TOOLS/conns" socket "${BROKERS%%,*}" "$CASE-options" 0 4 > got
grep -qE "^4 6 [0-9.]+:${BROKERS##*:}\$" got || fail "a socket of one's own: $(cat got)"
