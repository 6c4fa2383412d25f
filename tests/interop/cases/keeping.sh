# SPDX-License-Identifier: BSD-2-Clause
# Offsets that a group keeps for readers by hand, who are no members: committed with words of their own, asked for by
# the others, and refused where the group has members. Brokers before groups have members keep them, too.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

topic=$CASE
peer create "$topic" 2 1
some "$topic" 0 40 -p 0
some "$topic" 40 40 -p 1

# kept EXPECTED: what kafc is told, and Java, where there is one
kept()
{
    "$TOOLS/member" "$BROKERS" "$group" "$topic:0,$topic:1" ask > asked || fail "asking: $(cat asked)"
    awk -F '\t' '$2 == "kept" && $5 >= 0 { print $4, $5, $6 }' asked > ours
    printf '%s' "$1" > wanted
    same wanted ours "what is committed"
    has groups || return 0
    peer kept "$PWD/theirs" "$group" "$topic"
    same wanted theirs "what is committed, as Java is told"
}

kept ''
join first hand "$topic:0,$topic:1" each=7 metadata=so-says-kafc
all_handled 80
leave first
kept $'0 40 so-says-kafc\n1 40 so-says-kafc\n'
some "$topic" 80 10 -p 0
if has groups; then
    peer keep "$group" "$topic" 1 30 so-says-Java
    kept $'0 40 so-says-kafc\n1 30 so-says-Java\n'
fi
join second hand "$topic:0,$topic:1"
all_handled 90
second_has() { grep -q -P "\trecord\t$topic\t1\t39" second.out; }
! has groups || until_true 30 second_has || fail "what Java has put back does not come again"
leave second
words=so-says-kafc # of what was not committed again
! has groups || words=
kept $'0 50 \n1 40 '"$words"$'\n'
twice | awk -v topic="$topic" '$1 != topic || $2 !~ /^1:3[0-9]$/' > doubled
[ ! -s doubled ] || fail "came twice: $(head -n 3 doubled)"

# A group with members is not for others to put offsets into.
has groups || exit 0
join member mark "$topic"
settle 2 member
some "$topic" 90 10 -p 1
all_handled 100
"$TOOLS/member" "$BROKERS" "$group" "$topic:1" hand each=1 > stranger.out 2> stranger.said &
pid_of[stranger]=$! kind_of[stranger]=kafc
some "$topic" 100 10 -p 1
refused_it() { grep -q UNKNOWN_MEMBER_ID stranger.out; }
until_true 30 refused_it || fail "a stranger commits: $(cat stranger.out)"
all_handled 110
leave member
