# SPDX-License-Identifier: BSD-2-Clause
# Transactions of our writer, as Java and kcat read them: commit, abort, offsets, fencing; and the example that
# transforms exactly once.
. "$(dirname "$0")/../lib.sh"

# transact EXPECTED: a script on standard input; EXPECTED is a pattern for each answer
transact()
{
    local i=0 line patterns=("$@")
    timeout 120 "$TOOLS/transact" "$BROKERS" > answers || fail "transact: $(cat answers)"
    while IFS= read -r line; do
        # shellcheck disable=SC2053  # it is a pattern
        [[ $line == ${patterns[i]:-ok} ]] || fail "answer $((i + 1)) is '$line', not ${patterns[i]:-ok}"
        i=$((i + 1))
    done < answers
}

# seen LEVEL TEXT N: so many messages begin with TEXT for all three readers, who agree
seen()
{
    kafc_read "$topic" -X isolation.level="$1" > "$1.kafc"
    kcat_read "$topic" -X isolation.level="$1" > "$1.kcat"
    java_read "$topic" isolation.level="$1" | sed 's/\t[A-Za-z]*$//' > "$1.java"
    same "$1.kcat" "$1.java" "kcat and Java differ: the case itself is wrong"
    same "$1.kcat" "$1.kafc" "$1 differs"
    [ "$(cut -f 7 "$1.kafc" | grep -c "^$2 ")" = "$3" ] ||
        fail "$1: $(cut -f 7 "$1.kafc" | grep -c "^$2 ") messages '$2', not $3"
}

topic=$CASE-t
peer create "$topic" 2 1

if ! has transactions; then
    transact ok 'fatal UNSUPPORTED:*0.11*' 'fatal UNSUPPORTED:*' 'ok FATAL_ERROR' << EOF
open a $CASE-a
init a
begin a
state a
EOF
    echo refused | refused 0.11 produce -b "$BROKERS" -t "$topic" -X transactional.id="$CASE-a"
    empty "$topic"
    exit
fi

# Twice each, so that what an end leaves behind is met by the next one.
transact << EOF
open a $CASE-a
init a
begin a
send a $topic 0 10 one
send a $topic 1 10 one
commit a
begin a
send a $topic 0 10 two
flush a
send a $topic 1 10 two
abort a
begin a
send a $topic 0 10 three
send a $topic 1 10 three
flush a
abort a
begin a
commit a
begin a
abort a
begin a
send a $topic 1 10 four
send a $topic 0 10 four
commit a
begin a
send a $topic 0 10 five
flush a
close a
EOF
peer settle "$topic"
seen read_uncommitted three 20
seen read_uncommitted five 10
seen read_committed one 20
seen read_committed four 20
for text in two three five; do ! grep -q "$text" read_committed.kafc || fail "aborted ones are seen: $text"; done

# Offsets of a group.
transact ok ok 'ok none' ok ok ok ok 'ok 7' ok ok ok 'ok 7' ok ok ok ok ok 'ok 9' 'ok 90' << EOF
open a $CASE-a
init a
committed $CASE-g $topic 0
begin a
offset a $CASE-g $topic 0 7
send a $topic 0 1 six
commit a
until $CASE-g $topic 0 7
begin a
offset a $CASE-g $topic 0 8
abort a
committed $CASE-g $topic 0
begin a
offset a $CASE-g $topic 0 9
offset a $CASE-h $topic 1 90
commit a
begin a
until $CASE-g $topic 0 9
until $CASE-h $topic 1 90
EOF

# A second writer of the same id ends what the first has open, and the first for good.
transact ok ok ok ok ok ok ok 'fatal PRODUCER_FENCED:*' 'fatal PRODUCER_FENCED:*' 'ok FATAL_ERROR' ok ok ok ok << EOF
open a $CASE-a
init a
begin a
send a $topic 0 10 fenced
flush a
open b $CASE-a
init b
abort a
begin a
state a
begin b
send b $topic 1 10 seven
commit b
close b
EOF
peer settle "$topic"
seen read_committed seven 10
! grep -q fenced read_committed.kafc || fail "what a fenced writer has left open is seen"

# The command: all of its input or nothing.
seq -f 'eight %g' 10 | kafc produce -b "$BROKERS" -t "$topic" -X transactional.id="$CASE-c"
{ seq -f 'nine %g' 10 && head -c 3000000 /dev/zero | tr '\0' x && echo; } > lines
! kafc produce -b "$BROKERS" -t "$topic" -X transactional.id="$CASE-c" < lines 2> said ||
    fail "a transaction with a message that is too large was committed"
grep -q 'none of it' said || fail "nothing is said of the abort: $(cat said)"
peer settle "$topic"
seen read_committed eight 10
! grep -q nine read_committed.kafc || fail "half of an input is seen"

# Each message once, started again and killed.
topic=$CASE-out
peer create "$CASE-in" 4 1
peer create "$topic" 4 1
for ((i = 0; i < 2000; i++)); do printf '%s\t%d\t-\tk\tm %d\n' "$CASE-in" $((i % 4)) $i; done > records
peer write "$WORK/records"
me=-
! has static-members || me=transform # else who was killed is missed until its session ends
for pause in 0.3 0.5 0.8; do
    timeout -s KILL $pause "$TOOLS/transform" "$BROKERS" "$CASE-in" "$topic" 50 $me 2> said || true
done
for i in 1 2; do
    timeout 120 "$TOOLS/transform" "$BROKERS" "$CASE-in" "$topic" 500 $me 2> said || fail "transform: $(cat said)"
done
peer settle "$topic"
seen read_committed M 2000
[ "$(cut -f 7 read_committed.kafc | sort -u | wc -l)" = 2000 ] || fail "some were transformed twice"
