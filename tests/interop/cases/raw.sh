# SPDX-License-Identifier: BSD-2-Clause
# kafc_client_call: a request of each route; cut up where it names what several brokers answer for. On one broker, and,
# from cases3, on three.
. "$(dirname "$0")/../lib.sh"

brokers=$(tr ',' '\n' <<< "$BROKERS" | wc -l)
parts=6
topic=$CASE-t

# raw API VERSION [ARG]...: JSON in `json`, as many brokers as `asked` has words
raw()
{
    "$TOOLS/raw" "$BROKERS" "$@" > got || fail "raw $*: $(cat got)"
    json=$(sed -n 1p got)
    read -r -a asked < <(sed -n 's/^brokers//p' got)
}

# count PATTERN: how often it stands in the answer
count() { { grep -o -E -- "$1" <<< "$json" || true; } | wc -l; }
# answers N PATTERN
answers() { [ "$(count "$2")" = "$1" ] || fail "${FUNCNAME[1]}: not $1 times '$2' in $(tail -c 3000 got)"; }

if ! has describe-cluster; then
    # Leaders alone: the version of this broker is found, and what it lacks is refused.
    peer create "$topic" $parts "$brokers"
    for ((i = 0; i < 12; i++)); do printf '%s\t%d\t-\tk\t%d\n' "$topic" $((i % parts)) $i; done > records
    peer write "$WORK/records"
    raw ListOffsets -1 "$topic" $parts
    answers $parts '"(offset":2[,}]|oldStyleOffsets":\[2)'
    [ ${#asked[@]} = "$brokers" ] || fail "ListOffsets: ${#asked[@]} brokers were asked"
    ! "$TOOLS/raw" "$BROKERS" DescribeCluster -1 2> said || fail "DescribeCluster: $(cat said)"
    says said DescribeCluster "what the broker does not know"
    exit
fi

# The controller.
raw CreateTopics -1 "$topic" $parts "$brokers"
answers 1 '"errorCode":0'
raw CreateTopics -1 "$topic" $parts "$brokers"
answers 1 '"errorCode":36'
[ ${#asked[@]} = 1 ] || fail "more than the controller was asked"

# Leaders: every one is asked, each partition is answered once, by who leads it.
for ((i = 0; i < 12; i++)); do printf '%s\t%d\t-\tk\t%d\n' "$topic" $((i % parts)) $i; done > records
peer write "$WORK/records"
raw ListOffsets -1 "$topic" $parts
answers $parts '"errorCode":0'
answers $parts '"offset":2[,}]'
answers 1 "\"name\":\"$topic\""
[ ${#asked[@]} = "$brokers" ] || fail "ListOffsets: ${#asked[@]} brokers were asked"
raw ListOffsets 1 "$topic" $parts
answers $parts '"offset":2[,}]'
raw DeleteRecords -1 "$topic" $parts 1
answers $parts '"lowWatermark":1,"errorCode":0'

# Groups, on whatever coordinators they fall; four are there once they have committed.
groups=("$CASE-g1" "$CASE-g2" "$CASE-g3" "$CASE-g4")
for group in "${groups[@]}"; do
    # Coordinators load their part of the offsets when it is new (error 14).
    committed() { raw OffsetCommit 7 "$group" "$topic" 2 && [ "$(count '"errorCode":0')" = 1 ]; }
    until_true 20 committed || fail "OffsetCommit of $group: $json"
    raw FindCoordinator 3 "$group"
    answers 1 '"errorCode":0'
    coordinator=$(grep -o -E '"nodeId":[0-9]+' <<< "$json" | cut -d : -f 2)
    raw OffsetFetchOne 7 "$group"
    answers 1 '"committedOffset":2'
    [ "${asked[*]}" = "$coordinator" ] || fail "$group: broker ${asked[*]}, coordinator $coordinator"
    echo "$coordinator" >> coordinators
done
several=$(sort -u coordinators | wc -l)
raw DescribeGroups -1 "${groups[@]}"
answers 4 '"errorCode":0'
answers 4 '"groupState":"Empty"'
[ ${#asked[@]} = "$several" ] || fail "DescribeGroups: brokers ${asked[*]} of $several coordinators"
raw ListGroups -1
answers 4 "\"groupId\":\"$CASE-g[1-4]\""
[ ${#asked[@]} = "$brokers" ] || fail "ListGroups: ${#asked[@]} brokers were asked"

# What every broker has a part of, and what any can say.
raw DescribeLogDirs -1
answers $((brokers > 1 ? 2 * brokers : 1)) '"logDir"'
[ "$(count "\"name\":\"$topic\"")" -ge "$brokers" ] || fail "DescribeLogDirs: not each broker has $topic: $json"
raw DescribeConfigs -1 "$topic"
answers 1 '"name":"cleanup.policy","value":"delete"'
raw DescribeCluster -1
answers "$brokers" '"brokerId"'

# From 3.0 on: transactions, and several groups in one OffsetFetch.
if [ "${KAFKA_VERSION%%.*}" -ge 3 ]; then
    raw OffsetFetch 9 "${groups[@]}"
    answers 4 '"committedOffset":2'
    [ ${#asked[@]} = "$several" ] || fail "OffsetFetch: brokers ${asked[*]} of $several coordinators"
    for id in 1 2 3; do peer begin "$CASE-x$id" "$WORK/records"; done
    raw DescribeTransactions -1 "$CASE-x1" "$CASE-x2" "$CASE-x3" "$CASE-none"
    answers 3 '"transactionState":"Ongoing"'
    answers 1 '"errorCode":105'
    raw ListTransactions -1
    answers 3 "\"transactionalId\":\"$CASE-x[1-3]\""
    raw DescribeProducers -1 "$topic" $parts
    answers $parts '"partitionIndex"'
    answers $((3 * parts)) '"currentTxnStartOffset":[0-9]'
    for id in 1 2 3; do peer abort "$CASE-x$id"; done
fi

raw DeleteGroups -1 "${groups[@]}"
answers 4 '"errorCode":0'
raw ListGroups -1
answers 0 "\"groupId\":\"$CASE-g"

# Versions that a broker does not have are refused before anything is sent.
"$TOOLS/raw" "$BROKERS" ListGroups 99 2> said && fail "version 99 is sent"
grep -q 'kafc knows ListGroups 0 to [0-9]*, not 99' said || fail "$(cat said)"
if [ "${KAFKA_VERSION%%.*}" -ge 4 ]; then
    "$TOOLS/raw" "$BROKERS" ListOffsets 0 "$topic" $parts 2> said && fail "version 0 is sent"
    grep -q 'knows ListOffsets 1 to [0-9]*, not 0' said || fail "$(cat said)"
fi
