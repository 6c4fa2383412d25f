# SPDX-License-Identifier: BSD-2-Clause
# Topics, configs and the cluster as kafc_admin_* makes and tells them, by the command and by admin.c: each is looked at
# with Apache Kafka's own tools. On one broker, and, from cases3, on three.
# limit 300
. "$(dirname "$0")/../lib.sh"

brokers=$(tr ',' '\n' <<< "$BROKERS" | wc -l)
replicas=$((brokers > 2 ? 2 : 1))
topic=$CASE-t

topics() { kafc topics -b "$BROKERS" "$@"; }
configs() { kafc configs -b "$BROKERS" "$@"; }
cluster() { kafc cluster -b "$BROKERS" "$@"; }
# admin WHAT TOPIC ARG...: see admin.c
admin() { "$TOOLS/administer" "$1" "$BROKERS" "${@:2}" 2> said; }
# lacks PATTERN ARG...: admin ARG... is refused, and says PATTERN
lacks()
{
    ! admin "${@:2}" > out || fail "admin ${*:2}: $(cat out)"
    says said "$1" "admin ${*:2}"
}

# kafkas CLASS ARG...: a tool of Apache Kafka's; a later one's talks to brokers from 2.1 on as well
kafkas()
{
    local folder
    case $KAFKA_VERSION in
    [0-1].*) folder=$("$interop/cluster" jars "$KAFKA_VERSION") ;;
    *) folder=$("$interop/cluster" jars 4.3.1) ;;
    esac
    timeout 60 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$folder/*" "$@" 2> tool.said ||
        fail "$*: $(tail -n 5 tool.said)"
}

# their_topic TOPIC: "partitions replicas", then a line "partition replicas in-sync" for each
their_topic()
{
    local class=org.apache.kafka.tools.TopicCommand at=(--bootstrap-server "$BROKERS")
    [[ $KAFKA_VERSION != [0-1].* ]] || { class=kafka.admin.TopicCommand; at=(--zookeeper "$ZOOKEEPER"); }
    kafkas $class "${at[@]}" --describe --topic "$1" | tr '\t' ' ' | sed -n -E \
        -e 's/.*PartitionCount: ?([0-9]+).*ReplicationFactor: ?([0-9]+).*/\1 \2/p' \
        -e 's/.*Partition: ?([0-9]+).*Replicas: ?([0-9,]+).*Isr: ?([0-9,]+).*/\1 \2 \3/p'
}

# our_topic TOPIC: the same by ours
our_topic()
{
    topics describe "$1" | sed -n -E \
        -e 's/^topic .*: ([0-9]+) partitions?, ([0-9]+) replicas?.*/\1 \2/p' \
        -e 's/^ *([0-9]+)  +[0-9]+  +[0-9-]+  ([0-9,]+) +([0-9,]+) .*/\1 \2 \3/p'
}

# topic_alike TOPIC FIRST: both tell the same, and begin with FIRST
topic_alike()
{
    our_topic "$1" > ours
    their_topic "$1" > theirs
    [ "$(sed -n 1p theirs)" = "$2" ] || fail "$1 is not \"$2\" but $(cat theirs)"
    same theirs ours "kafc topics describe $1"
}

# their_configs KIND NAME: "name=value" of what was set, a line each; KIND as Kafka's tools have it
their_configs()
{
    local at=(--bootstrap-server "$BROKERS")
    [[ $KAFKA_VERSION != [0-1].* ]] || at=(--zookeeper "$ZOOKEEPER")
    kafkas kafka.admin.ConfigCommand "${at[@]}" --describe --entity-type "$1" --entity-name "$2" > told
    if [[ $KAFKA_VERSION = [0-1].* ]]; then
        sed -n -E 's/^Configs for .* are (.*)/\1/p' told | tr ',' '\n'
    else
        sed -n -E 's/^ +([a-z.]+)=(.*) sensitive=.*/\1=\2/p' told
    fi | sed '/^$/d' | sort
}

# our_configs RESOURCE SOURCE: the same by ours, of what was set there
our_configs()
{
    configs describe "$1" -J | tr '{' '\n' |
        sed -n -E "s/^\"name\":\"([^\"]*)\",\"value\":\"([^\"]*)\",\"source\":\"$2\",\"type.*/\1=\2/p" | sort
}

# configs_are RESOURCE SOURCE KIND NAME WANTED: both tell the same, once the broker that is asked has heard of it
configs_are()
{
    told() { our_configs "$1" "$2" > ours && [ "$(paste -sd ' ' ours)" = "$3" ]; }
    until_true 20 told "$1" "$2" "$5" || true
    their_configs "$3" "$4" > theirs
    [ "$(paste -sd ' ' theirs)" = "$5" ] || fail "$1 has not \"$5\" but $(cat theirs told)"
    same theirs ours "kafc configs describe $1"
}

# ---- brokers ----

kcat -L -b "$BROKERS" | sed -n -E 's/^ *broker ([0-9]+) at ([^ :]*):([0-9]+).*/\1 \2 \3/p' | sort > theirs
cluster | awk 'NR > 2 { print $1, $2, $3 }' | sort > ours
same theirs ours "kafc cluster"
if has api-versions; then
    class=org.apache.kafka.tools.BrokerApiVersionsCommand
    [[ $KAFKA_VERSION != [0-1].* ]] || class=kafka.admin.BrokerApiVersionsCommand
    cluster versions 1 | awk 'NR > 2 { print $1, $3, $4 }' > ours
    [ "$(wc -l < ours)" -gt 15 ] || fail "the broker knows $(wc -l < ours) APIs"
    if [[ $KAFKA_VERSION != 0.10.* ]]; then # that has no such tool
        kafkas $class --bootstrap-server "$BROKERS" | tr '\t' ' ' |
            awk '/id: 1 /{ on = 1; next } /id: /{ on = 0 } on' | sed -n -E \
            -e 's/^ *[A-Za-z]+\(([0-9]+)\): ([0-9]+) to ([0-9]+) .*/\1 \2 \3/p' \
            -e 's/^ *[A-Za-z]+\(([0-9]+)\): ([0-9]+) \[.*/\1 \2 \2/p' \
            -e 's/^ *UNKNOWN\(([0-9]+)\): ([0-9]+) to ([0-9]+).*/\1 \2 \3/p' | sort -n > theirs
        same theirs ours "kafc cluster versions"
    fi
else
    refused ApiVersions cluster -b "$BROKERS" versions 1
fi
if has quorum; then
    kafkas org.apache.kafka.tools.MetadataQuorumCommand --bootstrap-server "$BROKERS" describe --status > told
    cluster quorum > ours
    [ "$(sed -n 's/^LeaderId: *//p' told)" = "$(sed -n 's/^leader \([0-9]*\),.*/\1/p' ours)" ] || fail "$(cat told ours)"
    [ "$(sed -n 's/^LeaderEpoch: *//p' told)" = "$(sed -n 's/.*epoch \([0-9]*\),.*/\1/p' ours)" ] || fail "$(cat told ours)"
    [ "$(awk 'NR > 2 && $2 != "observer"' ours | wc -l)" = "$brokers" ] || fail "not $brokers voters: $(cat ours)"
    kafkas org.apache.kafka.tools.FeatureCommand --bootstrap-server "$BROKERS" describe | tr '\t' ' ' |
        sed -n -E 's/^Feature: *([a-z.]+).*FinalizedVersionLevel: *([^ ]*).*/\1/p' | sort > theirs
    cluster features | awk 'NR > 1 { print $1 }' | sort > ours
    same theirs ours "kafc cluster features"
    controllers=$(cluster quorum -J | grep -o '"host":"[^"]*","port":[0-9]*' | sed 's/"host":"//; s/","port"//' | paste -sd,)
    if [ -n "$controllers" ]; then # the port of the listener CONTROLLER, which tells of the controllers
        [ "$(kafc cluster -b "$controllers" --controllers | awk 'NR > 2' | wc -l)" = "$brokers" ] ||
            fail "the controllers do not tell of themselves"
        refused MISMATCHED cluster -b "$BROKERS" --controllers
    fi
else
    ! has api-versions || refused DescribeQuorum cluster -b "$BROKERS" quorum
fi
if has group-configs; then
    [ "$(cluster --all -J | grep -o '"fenced":false' | wc -l)" = "$brokers" ] || fail "fenced brokers"
else
    refused 'too old\|does not know' cluster -b "$BROKERS" --all
fi

# ---- topics ----

if ! has create-topics; then
    refused CreateTopics topics -b "$BROKERS" create "$topic"
    refused DeleteTopics topics -b "$BROKERS" delete "$topic"
    peer create "$topic" 3 1
    [ "$(our_topic "$topic" | sed -n 1p)" = '3 1' ] || fail "$(our_topic "$topic")"
    refused DescribeConfigs configs -b "$BROKERS" describe "$topic"
    exit
fi
topics create "$topic" -p 3 -r $replicas -c retention.ms=3600000 > out
# It can be used at once, whoever is asked.
seq 30 | kafc produce -b "$BROKERS" -t "$topic" -X allow.auto.create.topics=false || fail "a new topic cannot be used"
topic_alike "$topic" "3 $replicas"
refused 'already.exists' topics -b "$BROKERS" create "$topic"
topics create "$topic" --if-not-exists | grep -q 'already' || fail "--if-not-exists"
refused "$CASE-many" topics -b "$BROKERS" create "$CASE-many" -p 1 -r 9
refused "$CASE-odd" topics -b "$BROKERS" create "$CASE-odd" -p 1 -r 1 -c retention.ms=soon
topics create "$CASE-placed" --assign 1,1 > out
[ "$(their_topic "$CASE-placed" | paste -sd ' ')" = "2 1 0 1 1 1 1 1" ] || fail "$(their_topic "$CASE-placed")"
if has validate; then
    topics create "$CASE-none" -p 2 -r 1 --dry-run > out
    [ "$(topics list | grep -c "$CASE-none")" = 0 ] || fail "--dry-run made a topic"
    refused INVALID_REPLICATION_FACTOR topics -b "$BROKERS" create "$CASE-none" -p 2 -r 9 --dry-run
else
    refused 'too old' topics -b "$BROKERS" create "$CASE-none" -p 2 -r 1 --dry-run
fi
if has create-partitions; then
    topics grow "$topic" -p 5 --dry-run > out
    topic_alike "$topic" "3 $replicas"
    topics grow "$topic" -p 5 > out
    topic_alike "$topic" "5 $replicas"
    topics grow "$CASE-placed" -p 3 --assign 1 > out
    refused INVALID_PARTITIONS topics -b "$BROKERS" grow "$topic" -p 5
    refused "no topic" topics -b "$BROKERS" grow "$CASE-none" -p 5
else
    refused CreatePartitions topics -b "$BROKERS" grow "$topic" -p 5
fi
refused "no topic" topics -b "$BROKERS" describe "$CASE-none"
admin made "$CASE-made" 2 1 retention.ms=7000 > made || fail "made: $(cat said)"
if has loggers; then
    made="partitions 2 replicas 1 id $(has topic-ids && echo yes || echo no) configs yes retention.ms=7000"
else
    made="partitions -1 replicas -1 id no configs no"
fi
# Brokers of a cluster may have values of their own for topics, which are not the topic's.
[ "$(cat made)" = "$made" ] || fail "made: $(cat made), not $made"
! has alter-configs || [ "$(admin operations "$topic")" = "topic df8 cluster 1fa0" ] || fail "$(admin operations "$topic")"

# ---- configs ----

if ! has configs; then
    refused DescribeConfigs configs -b "$BROKERS" describe "$topic"
    lacks AlterConfigs replace "$topic" retention.ms=1
else
    configs_are "$topic" topic topics "$topic" retention.ms=3600000
    # Old brokers give a topic that is not there the defaults.
    ! has alter-configs || refused "$CASE-none" configs -b "$BROKERS" describe "$CASE-none"
    [ "$(configs describe broker:1 --all | wc -l)" -gt 100 ] || fail "not all of a broker's configs"
    admin replace "$topic" cleanup.policy=compact > out || fail "replace: $(cat said)"
    configs_are "$topic" topic topics "$topic" cleanup.policy=compact
fi
if has alter-configs; then
    configs set "$topic" -c retention.ms=5000 --dry-run > out
    configs set "$topic" -c retention.ms=6000 -c segment.bytes=2000000 > out
    configs append "$topic" -c cleanup.policy=delete > out
    configs_are "$topic" topic topics "$topic" 'cleanup.policy=compact,delete retention.ms=6000 segment.bytes=2000000'
    configs subtract "$topic" -c cleanup.policy=compact > out
    configs delete "$topic" -c retention.ms > out
    configs_are "$topic" topic topics "$topic" 'cleanup.policy=delete segment.bytes=2000000'
    refused "$topic.*INVALID_CONFIG\|cannot be altered: INVALID_CONFIG" configs -b "$BROKERS" set "$topic" -c no.such=1
    refused "cannot be altered" configs -b "$BROKERS" set "$CASE-none" -c retention.ms=1
    for ((i = 1; i <= brokers; i++)); do
        configs set broker:$i -c background.threads=$((i + 10)) > out
        # What a broker was told it tells as soon as its metadata has come round.
        told() { configs describe broker:$i | grep -q "^background.threads  *$((i + 10)) "; }
        until_true 20 told || fail "broker $i: $(configs describe broker:$i)"
        their_configs brokers $i | grep -q "^background.threads=$((i + 10))$" || fail "broker $i: $(cat told)"
        configs delete broker:$i -c background.threads > out
    done
    refused "broker '1' cannot be altered" configs -b "$BROKERS" set broker:1 -c background.threads=none
else
    refused IncrementalAlterConfigs configs -b "$BROKERS" set "$topic" -c retention.ms=1
fi
if has loggers; then
    configs set loggers:1 -c kafka.server.KafkaApis=DEBUG > out
    told() { configs describe loggers:1 | grep -q '^kafka.server.KafkaApis  *DEBUG '; }
    until_true 20 told || fail "loggers:1: $(configs describe loggers:1 | grep KafkaApis)"
fi
if has group-configs; then
    configs set "group:$CASE-g" -c consumer.session.timeout.ms=50000 > out
    configs_are "group:$CASE-g" group groups "$CASE-g" consumer.session.timeout.ms=50000
fi
if has client-metrics; then
    configs set "metrics:$CASE-m" -c interval.ms=5000 > out
    configs_are "metrics:$CASE-m" metrics client-metrics "$CASE-m" interval.ms=5000
fi
if has config-resources; then
    configs list > out
    for what in "topic:$topic" broker:1 loggers:1 "group:$CASE-g" "metrics:$CASE-m"; do
        grep -q -x "$what" out || fail "$what is not among $(cat out)"
    done
else
    refused 'too old\|does not know' configs -b "$BROKERS" list
fi

# ---- records ----

topics create "$CASE-r" -p 1 -r $replicas > out
for ((i = 0; i < 10; i++)); do printf '%s\t0\t%d\tk\t%d\n' "$CASE-r" $((i == 4 ? 5000 : 1000 + i)) $i; done | fit > records
peer write "$WORK/records"
[ "$(admin place "$CASE-r" last)" = "offset 10 timestamp -1" ] || fail "last: $(cat said)"
[ "$(admin place "$CASE-r" 1003)" = "offset 3 timestamp 1003" ] || fail "1003: $(cat said)"
for place in 'max-timestamp max "offset 4 timestamp 5000"' 'first-local local "offset 0 timestamp -1"' \
    'last-tiered tiered "offset -1 timestamp -1"'; do
    read -r what kind want <<< "$place"
    if ! has "$what"; then
        lacks 'too old' place "$CASE-r" "$kind"
    else
        [ "\"$(admin place "$CASE-r" "$kind")\"" = "$want" ] || fail "$kind: $(admin place "$CASE-r" "$kind") $(cat said)"
    fi
done
if has configs; then
    [[ $(admin epoch "$CASE-r" 0) = *" ends at 10" ]] || fail "epoch: $(cat said)"
    [ "$(admin delete-records "$CASE-r" 4)" = "begins at 4" ] || fail "delete records: $(cat said)"
    [ "$(kcat_read "$CASE-r" | cut -f 2 | paste -sd ' ')" = "4 5 6 7 8 9" ] || fail "$(kcat_read "$CASE-r")"
    [ "$(admin delete-records "$CASE-r" 2)" = "begins at 4" ] || fail "delete records: $(cat said)"
    lacks OFFSET_OUT_OF_RANGE delete-records "$CASE-r" 11
    [ "$(admin delete-records "$CASE-r" end)" = "begins at 10" ] || fail "delete records: $(cat said)"
    [ -z "$(kcat_read "$CASE-r")" ] || fail "$(kcat_read "$CASE-r")"
    lacks UNKNOWN_TOPIC delete-records "$CASE-none" 1
else
    lacks DeleteRecords delete-records "$CASE-r" 4
    lacks OffsetForLeaderEpoch epoch "$CASE-r" 0
fi

# ---- deleted ----

topics delete "$topic" "$CASE-placed" > out
until_true 20 unlisted "$topic" || fail "$topic stays"
until_true 20 unlisted "$CASE-placed" || fail "$CASE-placed stays"
refused "no topic" topics -b "$BROKERS" delete "$topic"
topics delete "$topic" --if-exists | grep -q 'not there' || fail "--if-exists"
if has topic-ids; then
    admin delete-id "$CASE-r" > out || fail "delete-id: $(cat said)"
    grep -q -E '^deleted, then UNKNOWN_TOPIC_(ID|OR_PARTITION)$' out || fail "delete-id: $(cat out)" # the latter of 2.8
    until_true 20 unlisted "$CASE-r" || fail "$CASE-r stays"
else
    lacks 'too old' delete-id "$CASE-r"
fi
