# SPDX-License-Identifier: BSD-2-Clause
# `kafc groups` on groups that kcat and Java have made, beside kafka-consumer-groups.
# limit 240
. "$(dirname "$0")/../lib.sh"

topic=$CASE
group=$CASE-kcat
groups() { kafc groups -b "$BROKERS" "$@"; }
peer create "$topic" 2 1
for p in 0 1; do seq -f "$p-%g" 0 99 | kafc produce -b "$BROKERS" -t "$topic" -p $p; done

# Offsets without members: kept by every broker, told by each in its way.
groups reset "$CASE-alone" -t "$topic:1" -o 40 > moved
printf 'TOPIC   PARTITION  FROM  TO\n%s          1     -  40\n' "$topic" > wanted
same wanted moved "reset of a new group"
groups lag "$CASE-alone" > told
tail -n 1 told | grep -Eq "^$topic +1 +40 +100 +60 +- +- +-$" || fail "lag: $(cat told)"
groups reset "$CASE-alone" -t "$topic:1" -o committed-15 > moved
groups reset "$CASE-alone" -t "$topic" -o -10 --dry-run --json > planned
grep -q '"partition":1,"from":25,"to":90}' planned || fail "a rehearsal: $(cat planned)"
if has times; then
    groups reset "$CASE-alone" -t "$topic" -o @1 > moved
    [ "$(awk 'NR > 1 { print $4 }' moved | xargs)" = "0 0" ] || fail "reset to a time: $(cat moved)"
fi

if ! has groups; then
    refused ListGroups groups -b "$BROKERS" list
    refused DescribeGroups groups -b "$BROKERS" describe "$group"
    exit 0
fi

# consumer_groups ARG...: Apache Kafka's own
consumer_groups()
{
    local folder class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand options=()
    folder=$("$interop/cluster" jars "$KAFKA_VERSION")
    case $KAFKA_VERSION in
    [0-1].*) class=kafka.admin.ConsumerGroupCommand ;;
    *) folder=$("$interop/cluster" jars 4.3.1) ;; # a later one's talks to these as well
    esac
    [[ $KAFKA_VERSION != 0.10.* ]] || options=(--new-consumer)
    timeout 60 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$folder/*" "$class" \
        --bootstrap-server "$BROKERS" "${options[@]}" "$@" 2> said || fail "consumer_groups $*: $(tail -n 5 said)"
}

# columns NAME...: of a table with titles, those rows that are of our topic
columns()
{
    awk -v names="$*" -v topic="$topic" '
        !n && /TOPIC/ { for (i = 1; i <= NF; i++) at[$i] = i; n = split(names, name, " "); next }
        n && $at["TOPIC"] == topic {
            for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? " " : "\n"
        }' | sort
}

# told_alike WHAT: both tell the same of the group
told_alike()
{
    groups lag "$group" | columns TOPIC PARTITION COMMITTED END LAG > ours
    consumer_groups --describe --group "$group" | columns TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG > theirs
    [ -s theirs ] || fail "$1: nothing was told"
    same theirs ours "$1"
}

# In a shell of its own, which it becomes: a signal ends kcat.
kcat_group()
{
    exec timeout -k 5 120 kcat -b "$BROKERS" -G "$group" -q -X auto.offset.reset=earliest -f '%p-%o\n' "$@" "$topic"
}

# A member: all is read, and it stays.
(kcat_group -u -X auto.commit.interval.ms=100 -X client.id=reader) > read &
member=$!
trap 'kill $member 2> /dev/null || true; wait $member 2> /dev/null || true' EXIT
all_read() { groups lag "$group" -J 2> /dev/null | grep -q '"lag":0,.*"committed":100.*"committed":100'; }
until_true 60 all_read || fail "kcat has not committed all: $(groups lag "$group" 2>&1)"
told_alike "the lag of a group with a member"
groups list -J > listed
grep -q "{\"group\":\"$group\"" listed || fail "list: $(cat listed)"
consumer_groups --list | sed 's/ *$//' | grep "^$CASE-" | sort > theirs
groups list | awk 'NR > 1 { print $1 }' | grep "^$CASE-" | sort > ours
if [[ $KAFKA_VERSION = 0.* ]]; then sed -i "/$CASE-alone/d" ours theirs; fi # they list those of consumers
same theirs ours "the list of groups"
groups describe "$group" > described
head -n 1 described | grep -Eq "^group $group: Stable, classic, protocol consumer, assignor [a-z]+," ||
    fail "describe: $(cat described)"
tail -n 1 described | grep -Eq "^reader-[^ ]+ +- +reader +/127.0.0.1 +$topic +$topic\[0,1\]\$" ||
    fail "describe: $(cat described)"
refused "has members" groups -b "$BROKERS" reset "$group" -t "$topic" -o beginning
refused "has 1 member" groups -b "$BROKERS" reset "$group" -t "$topic" -o beginning --dry-run
if has delete-groups; then refused "have to leave first" groups -b "$BROKERS" delete "$group"; fi

# Without members: it reads on from where it was put.
kill $member
wait $member || true
gone() { groups describe "$group" 2>&1 | grep -Eq 'Empty|there is no group'; }
until_true 60 gone || fail "the member has not left: $(groups describe "$group" 2>&1)"
groups reset "$group" -t "$topic:0" -o 93 > moved
groups reset "$group" -t "$topic:1" -o -2 > moved
[[ $KAFKA_VERSION = 0.10.* ]] || told_alike "the lag of a group without members" # they show members only
(kcat_group -e) | sort > read
{ seq -f "0-%g" 93 99; seq -f "1-%g" 98 99; } | sort > wanted
same wanted read "where a group reads on that was reset"
until_true 60 gone || fail "the second member has not left"

# console CLASS ARG...: a consumer of Kafka's tools
console()
{
    exec timeout -k 5 100 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
        -cp "$("$interop/cluster" jars 4.3.1)/*" "org.apache.kafka.tools.consumer.$1" \
        --bootstrap-server "$BROKERS" --topic "$topic" --group "$group" "${@:2}"
}

# One of the new protocol
if has new-groups; then
    group=$CASE-new
    (console ConsoleConsumer --from-beginning --consumer-property group.protocol=consumer \
        --consumer-property auto.commit.interval.ms=100) > read 2> said &
    member=$!
    until_true 60 all_read || fail "Java has not committed all: $(tail -n 3 said) $(groups lag "$group" 2>&1)"
    told_alike "the lag of a group of the new protocol"
    groups describe "$group" > described
    head -n 1 described | grep -q "^group $group: Stable, consumer, protocol consumer, assignor uniform," ||
        fail "describe: $(cat described)"
    tail -n 1 described | grep -Eq " /127.0.0.1 +$topic +$topic\[0,1\]\$" || fail "describe: $(cat described)"
    refused "has members" groups -b "$BROKERS" reset "$group" -t "$topic" -o beginning
    refused "have to leave first" groups -b "$BROKERS" delete "$group"
    kill $member
    wait $member || true
    until_true 60 gone || fail "Java has not left"
    groups reset "$group" -t "$topic" -o committed-1 > moved
    told_alike "the lag of a group of the new protocol that was reset"
fi

# A group of another kind is told as what it is.
if has share-groups; then
    group=$CASE-share
    (console ConsoleShareConsumer) > read 2> said &
    member=$!
    shares() { groups list | grep -Eq "^$group +Stable +share "; }
    until_true 60 shares || fail "no share group: $(tail -n 3 said) $(groups list)"
    groups describe "$group" > described
    grep -q "^group $group: Stable, share, .* 1 member$" described || fail "a share group: $(cat described)"
    groups lag "$group" > behind
    grep -q "^group $group: Stable, 1 member, " behind || fail "the lag of a share group: $(cat behind)"
    kill $member
    wait $member || true
    group=$CASE-new
fi

if has delete-groups; then
    groups delete "$group" "$CASE-alone" > deleted
    refused "there is no group" groups -b "$BROKERS" describe "$group"
else
    refused DeleteGroups groups -b "$BROKERS" delete "$group"
fi
