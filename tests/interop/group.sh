# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the cases of consumer groups share, beside lib.sh, which is sourced first: members by kafc, kcat and Java, who
# write what happens to them into NAME.out (see member.c), and what must hold of it. The group is $CASE unless `group`
# says otherwise.

group=$CASE
# Short, so that a case is: members hear of a rebalance by their heartbeats.
swift=(heartbeat.interval.ms=100 session.timeout.ms=6000 auto.offset.reset=earliest)
declare -A pid_of=() kind_of=()

members_end()
{
    local name
    touch dam
    for name in "${!pid_of[@]}"; do
        kill -9 "${pid_of[$name]}" 2> /dev/null || true
    done
}
trap members_end EXIT

# join NAME HOW TOPICS [property=value]...: a member by kafc
join()
{
    "$TOOLS/member" "$BROKERS" "$group" "$3" "$2" "${swift[@]}" "${@:4}" >> "$1.out" 2>> "$1.said" &
    pid_of[$1]=$! kind_of[$1]=kafc
}

# The same by kcat, which tells of records, and on standard error of rebalances
join_kcat()
{
    local property options=() topics
    for property in "${swift[@]}" fetch.wait.max.ms=20 topic.metadata.refresh.interval.ms=1000 "${@:3}"; do
        options+=(-X "$property")
    done
    IFS=, read -r -a topics <<< "$2"
    command kcat -G "$group" -b "$BROKERS" -u -f '0\trecord\t%t\t%p\t%o\t%k\n' "${options[@]}" "${topics[@]}" \
        >> "$1.out" 2>> "$1.said" &
    pid_of[$1]=$! kind_of[$1]=kcat
}

join_java()
{
    peer join "$CASE-$1" "$PWD/$1.out" "$group" "$2" "${swift[@]}" metadata.max.age.ms=1000 "${@:3}"
    kind_of[$1]=java
}

# leave NAME [PATTERN]: as it should be done, with everything committed, or an error that is allowed
leave()
{
    local status=0
    if [ "${kind_of[$1]}" = java ]; then
        peer leave "$CASE-$1"
    else
        kill -TERM "${pid_of[$1]}" 2> /dev/null || true
        until_true 40 gone "$1" || fail "$1 does not end: $(tail -n 5 "$1.said")"
        wait "${pid_of[$1]}" || status=$?
        [ "$status" = 0 ] || { [ -n "${2:-}" ] && tail -n 2 "$1.out" | grep -q -P "\terror\t$2"; } ||
            fail "$1 ends with status $status: $(grep -P '\terror\t' "$1.out"; tail -n 5 "$1.said")"
        unset "pid_of[$1]"
    fi
    unset "kind_of[$1]"
}

gone() { ! kill -0 "${pid_of[$1]}" 2> /dev/null; }

# murder NAME: kill -9; what it had is still its own to the end of its session, and nobody's in what it told
murder()
{
    kill -9 "${pid_of[$1]}"
    { wait "${pid_of[$1]}"; } 2> /dev/null || true
    printf '%s\n' "$1" >> murdered
    unset "pid_of[$1]" "kind_of[$1]"
}

# owned NAME: what it has, "TOPIC PARTITION" a line
owned()
{
    if [ "${kind_of[$1]}" = kcat ]; then
        # % Group GROUP rebalanced (memberid ID): assigned: t [0], t [1]
        # % Group GROUP rebalanced: incremental assignment of 2 partition(s) (memberid ID, …): t [0], t [1]
        awk '/^% Group .* rebalanced/ { gone = /: revoked: |: incremental revo/
                sub(/.*: /, ""); gsub(/[][]/, ""); n = split($0, part, ", ")
                for (i = 1; i <= n; i++) if (gone) delete has[part[i]]; else if (part[i] ~ /[^ ] [0-9]/) has[part[i]] = 1 }
            END { for (p in has) print p }' "$1.said"
    elif [ -f "$1.out" ]; then
        awk -F '\t' '$2 == "assigned" { has[$3 " " $4] = 1 } $2 == "revoked" || $2 == "lost" { delete has[$3 " " $4] }
            END { for (p in has) print p }' "$1.out"
    fi
}

# settled N NAME...: these have N partitions, each one owner, and there is none without
settled()
{
    local name all=() one
    for name in "${@:2}"; do
        mapfile -t one < <(owned "$name")
        [ ${#one[@]} -gt 0 ] || return 1
        all+=("${one[@]}")
    done
    [ ${#all[@]} = "$1" ] && [ -z "$(printf '%s\n' "${all[@]}" | sort | uniq -d)" ]
}

# settle N NAME...
settle()
{
    until_true 40 settled "$@" && return
    local name
    for name in "${@:2}"; do
        echo "$name has: $(owned "$name" | tr '\n' ',')" >&2
        tail -n 5 "$name.out" "$name.said" >&2 || true
    done
    fail "the group does not settle: $*"
}

# handled N: keys that any member has told of
handled() { [ "$(awk -F '\t' '$2 == "record" { print $6 }' ./*.out | sort -u | wc -l)" -ge "$1" ]; }

# all_handled N: the keys 0 to N - 1, each at least once
all_handled()
{
    until_true 40 handled "$1" && return
    awk -F '\t' '$2 == "record" { print $6 }' ./*.out | sort -u > had
    seq 0 $(($1 - 1)) | sort | comm -23 - had | head -n 5 >&2
    fail "only $(wc -l < had) of $1 keys came"
}

# Those that came more than once, and to whom. Where kcat goes back by itself, that is librdkafka's: 2.0.2 was seen to
# begin at what was committed, and some records later at the first offset once more.
twice()
{
    awk -F '\t' '$2 == "record" {
            if ($1 == 0 && (FILENAME, $3, $4) in last && $5 <= last[FILENAME, $3, $4]) back[$3 " " $4] = 1
            last[FILENAME, $3, $4] = $5
            r = $3 " " $4 ":" $5; n[r]++; who[r] = who[r] " " FILENAME; of[r] = $3 " " $4 }
        END { for (r in n) if (n[r] > 1 && !(of[r] in back)) print r, who[r] }' ./*.out | sort
}

# none_twice [PATTERN]: but what a member handled whose last commit was refused with such an error
none_twice()
{
    twice > doubled
    [ -z "${1:-}" ] || grep -l -P "\terror\t$1" ./*.out > refused || true
    [ ! -s refused ] || { grep -v -F -f refused doubled > rest || true; mv rest doubled; }
    [ ! -s doubled ] || fail "$(wc -l < doubled) records came twice, as $(head -n 3 doubled)"
}

# What each told: nothing is handled that one does not own, no partition has two owners at a time, from where one begins
# no offset is left out; no errors. Not of kcat, whose notices have no times. Ownership that ends by a loss is known to
# be over only later, and so is that of the murdered.
in_order()
{
    local name files=()
    for name in ./*.out; do
        ! grep -q -P '\tassigned\t' "$name" || files+=("$name")
    done
    touch murdered
    ! grep -h -P '\terror\t' ./*.out | grep -v -P "${1:-^$}" > errors || fail "a member: $(head -n 3 errors)"
    sort -s -n -k 1,1 <(for name in "${files[@]}"; do
        dead=$(grep -c -x "$(basename "$name" .out)" murdered || true)
        awk -v n="$(basename "$name" .out)" -v dead="$dead" '{ print $0 "\t@" n "\t" dead }' "$name"
    done) | awk -F '\t' '
        { who = $(NF - 1); p = $3 " " $4; mine = who " " p }
        $2 == "assigned" {
            if (p in owner && owner[p] != who && !dead[owner[p]]) {
                over[p] = owner[p]; since[p] = $0 }
            if (mine in has) { print "assigned twice: " $0; bad++ }
            owner[p] = who; has[mine] = 1; delete last[mine]; dead[who] = $NF }
        $2 == "record" {
            if (!(mine in has)) { print "a record of a partition that is not owned: " $0; bad++ }
            if (mine in last && $5 != last[mine] + 1) { print "offset " last[mine] + 1 " is left out before " $0; bad++ }
            last[mine] = $5 }
        $2 == "revoked" {
            if (p in over && over[p] == who) { print who " had " p " still, when another got it: " since[p]; bad++ }
            if (!(mine in has)) { print "revoked, but not owned: " $0; bad++ } }
        $2 == "lost" && p in over && over[p] == who { delete over[p] }
        $2 == "revoked" || $2 == "lost" { delete has[mine]; if (owner[p] == who) delete owner[p] }
        END { for (p in over) { print over[p] " has " p " still, which another got: " since[p]; bad++ }
            exit bad > 0 }' > verdict || { head -n 5 verdict >&2; fail "a member tells what cannot be"; }
}

# committed N TOPIC...: as the broker has it, the sum of the group's offsets
committed()
{
    local topic n=0
    for topic in "${@:2}"; do
        peer kept "$PWD/kept" "$group" "$topic"
        n=$((n + $(awk '{ n += $2 } END { print n + 0 }' kept)))
    done
    [ "$n" = "$1" ] || fail "committed is $n of $1"
}

# pour TOPIC RATE [FIRST]: records "N:N" from FIRST (0) on until `dam`, in the background; how many, is in `poured` then
pour()
{
    rm -f dam
    { number "${3:-0}" "$2" | kafc produce -b "$BROKERS" -t "$1" -K : -X linger.ms=5 2> pour.said && mv poured.all poured; } &
    pouring=$!
}

number()
{
    local n=$1 begin=${EPOCHREALTIME/[.,]/} next text ahead
    while [ ! -e dam ]; do
        next=$((n + $2 / 20)) text=
        ahead=$((begin + (n - $1) * 1000000 / $2 - ${EPOCHREALTIME/[.,]/}))
        [ $ahead -le 0 ] || sleep "$(printf '0.%06d' $ahead)"
        for (( ; n < next; n++)); do text+="$n:$n"$'\n'; done
        printf '%s' "$text"
    done
    echo "$n" > poured.all
}

# Ends what pour has begun, and sets `total` to what was written.
dam()
{
    touch dam
    wait "$pouring" || fail "the load: $(tail -n 3 pour.said)"
    total=$(cat poured)
}

# some TOPIC FIRST COUNT [OPTION]...: records "N:N", at once
some() { seq "$2" $(($2 + $3 - 1)) | sed 's/.*/&:&/' | kafc produce -b "$BROKERS" -t "$1" -K : "${@:4}"; }

# apart NAME: a folder, a group and a topic's name of its own for a part of a case
apart()
{
    mkdir "$WORK/$1"
    cd "$WORK/$1"
    group=$CASE-$1 topic=$CASE-$1
}
