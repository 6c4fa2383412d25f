# SPDX-License-Identifier: BSD-2-Clause
# Alice may not touch one topic, nor the cluster: every call of kafc_admin_* that is about topics, configs and the cluster
# says which one it is, and the others go on.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"

has pem || exit 0 # authorizers of former releases are another matter

topic=$CASE-secret
admin=(-b "$BROKERS") # who needs no login is a super user here
over SASL_PLAINTEXT
login PLAIN alice alice-secret
alice=("${options[@]}" "${login[@]}")
kafc topics "${admin[@]}" create "$topic" "$CASE-open" -p 1 -r 1 > out
acls()
{
    java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$("$interop/cluster" jars 4.3.1)/*" \
        org.apache.kafka.tools.AclCommand --bootstrap-server "$BROKERS" --force "$@" > acls.out 2>&1 ||
        fail "acls $*: $(tail -n 5 acls.out)"
}
acls --add --deny-principal User:alice --operation All --topic "$topic" --topic "$CASE-new"
acls --add --allow-principal User:alice --operation Describe --operation DescribeConfigs --cluster
trap 'acls --remove --topic "$topic" --topic "$CASE-new"; acls --remove --cluster' EXIT

# refuses PATTERN ARG...: alice is refused soon, with the code, and PATTERN in what is said
refuses()
{
    local status=0
    kafc "${@:2}" "${alice[@]}" > got 2> said || status=$?
    [ "$status" = 1 ] || fail "kafc ${*:2}: exit status $status: $(cat said)"
    grep -q "AUTHORIZATION_FAILED\|ACLs do not let" said || fail "kafc ${*:2}: $(cat said)"
    grep -q -e "$1" said || fail "kafc ${*:2} does not name it: $(cat said)"
}
told() { ! kafc topics describe "$topic" "${alice[@]}" > got 2> said; }
until_true 20 told || fail "the ACLs are not heard of"

refuses "$topic" topics describe "$topic" "$CASE-open"
grep -q "^topic $CASE-open: 1 partition" got || fail "the other topic was not described: $(cat got said)"
refuses "'$topic' cannot be deleted" topics delete "$topic"
refuses "'$topic' cannot be grown" topics grow "$topic" -p 2
refuses "'$CASE-new' cannot be created" topics create "$CASE-new" -p 1 -r 1
refuses "configs of topic '$topic' cannot be described" configs describe "$topic" "$CASE-open"
grep -q "^topic $CASE-open" got || fail "the other topic's configs were not described: $(cat got said)"
refuses "configs of topic '$topic' cannot be altered" configs set "$topic" -c retention.ms=1
refuses "configs of broker '1' cannot be altered" configs set broker:1 -c background.threads=11
refuses "configs of all brokers cannot be altered" configs set broker: -c background.threads=11
kafc cluster "${alice[@]}" > got || fail "cluster: $(cat got)"
kafc configs describe broker:1 "${alice[@]}" > got || fail "configs describe broker:1: $(cat got)"
! grep -q "$topic" <<< "$(kafc topics list "${alice[@]}")" || fail "a topic is listed that may not be seen"
[ "$(kafc topics "${admin[@]}" describe "$topic" | sed -n 1p | cut -d, -f1)" = "topic $topic: 1 partition" ] ||
    fail "$topic was changed"
