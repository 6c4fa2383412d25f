# SPDX-License-Identifier: BSD-2-Clause
# Groups mixed of kafc, kcat and Java, under load, with each assignor that they have in common: each record once, no
# partition has two owners, and one goes on where another has committed, whoever leads.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

if ! has groups; then
    peer create "$CASE" 1 1
    ! timeout 30 "$TOOLS/member" "$BROKERS" "$group" "$CASE" mark > refused.out 2>&1 || fail "there are no groups, but it ends well"
    topic=$CASE
    says refused.out 'JoinGroup.*too old' "a group"
    exit
fi

# mixed ASSIGNOR: of three, kcat where it has it; the first leads, and each leaves once while the others go on
mixed()
{
    local how="partition.assignment.strategy=$1" second=join_kcat
    apart "$1"
    [ "$1" != sticky ] || second=join_java
    peer create "$topic" 6 1
    pour "$topic" 400
    join first mark "$topic" "$how"
    settle 6 first
    $second second "$topic" "$how"
    join_java third "$topic" "$how"
    settle 6 first second third
    leave first
    settle 6 second third
    join fourth commit "$topic" "$how"
    settle 6 second third fourth
    dam
    all_handled "$total"
    leave second # while it is quiet: kcat drops what comes together with its signal, and commits it
    pour "$topic" 400 "$total"
    leave third
    settle 6 fourth
    dam
    all_handled "$total"
    leave fourth
    none_twice
    in_order
    committed "$total" "$topic"
}

for assignor in range roundrobin sticky cooperative-sticky; do
    mixed "$assignor"
done
