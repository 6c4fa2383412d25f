# SPDX-License-Identifier: BSD-2-Clause
# Four members, under load, twenty times one of them is stopped and started again: nothing is skipped, and since each
# commits before it gives partitions up, nothing comes twice. Only where one leaves while it waits for the others in a
# rebalance its last commit may be too late for the old generation; it says so, and what it had handled may come again.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

has groups || exit 0

hows=(mark commit async claims)
how="partition.assignment.strategy=cooperative-sticky"
topic=$CASE
peer create "$topic" 8 1
pour "$topic" 1000
names=()
for i in 0 1 2 3; do
    join "member-$i" "${hows[i]}" "$topic" "$how"
    names+=("member-$i")
done
settle 8 "${names[@]}"

# lives NAME: it has got something since it was started
lives() { owned "$1" | grep -q .; }

for ((i = 0; i < ${ROLLS:-20}; i++)); do
    name=member-$((i % 4))
    leave "$name" NOT_ASSIGNED
    join "$name" "${hows[i % 4]}" "$topic" "$how"
    until_true 30 lives "$name" || fail "restart $i: $name gets nothing: $(tail -n 5 "$name.said")"
done
settle 8 "${names[@]}"
dam
all_handled "$total"
for name in "${names[@]}"; do leave "$name" NOT_ASSIGNED; done
none_twice NOT_ASSIGNED
in_order NOT_ASSIGNED
committed "$total" "$topic"
echo "$total records in ${ROLLS:-20} restarts, $(grep -h -c NOT_ASSIGNED ./*.out | awk '{ n += $1 } END { print n }')" \
    "last commits refused" > figures
