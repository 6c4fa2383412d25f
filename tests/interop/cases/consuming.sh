# SPDX-License-Identifier: BSD-2-Clause
# `kafc consume -g` under load: killed with kill -9 it repeats what it had not committed and skips nothing; ended by
# SIGTERM or SIGINT it leaves the group with everything committed, and the next, Java at last, goes on behind it.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

has groups || exit 0

topic=$CASE
peer create "$topic" 4 1
pour "$topic" 1000

options=()
for property in "${swift[@]}"; do options+=(-X "$property"); done

# consume NAME SIGNAL N [OPTION]...: until N lines have come. A line that a kill has cut off is none.
consume()
{
    local status=0
    # Not by the function: the process itself is to be killed.
    "$KAFC" consume -b "$BROKERS" -t "$topic" -g "$group" -f '0\trecord\t%t\t%p\t%o\t%k\n' "${options[@]}" "${@:4}" \
        > "$1.lines" 2> "$1.said" &
    pid_of[$1]=$!
    came() { [ "$(wc -l < "$1.lines")" -ge "$2" ]; }
    until_true 30 came "$1" "$3" || fail "$1: nothing comes: $(cat "$1.said")"
    kill "-$2" "${pid_of[$1]}"
    { wait "${pid_of[$1]}"; } 2> /dev/null || status=$?
    unset "pid_of[$1]"
    [ "$2" = KILL ] || [ $status = 0 ] || fail "$1: status $status: $(cat "$1.said")"
    awk -F '\t' 'NF == 6' "$1.lines" > "$1.out"
}

consume first KILL 300 -X session.timeout.ms=3000 # so long the next one waits for it
consume second TERM 300
consume third INT 300
dam
join_java rest "$topic"
all_handled "$total"
leave rest
committed "$total" "$topic"
twice > doubled
! grep -E 'third|rest' doubled || fail "came twice, after an end that was none of a kill"
echo "$(wc -l < doubled) of $(cat ./*.out | grep -c record) twice, after a kill" > figures
