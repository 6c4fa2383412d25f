# SPDX-License-Identifier: BSD-2-Clause
# limit 600
# kafc acls, users, quotas and tokens: what they make Kafka's own tools tell alike, and they what those make; who is made
# can log in, with kafc and with Java, and who is deleted cannot.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"

topic=nothing
if ! has pem; then # no authorizer, and users in ZooKeeper alone
    refused "SECURITY_DISABLED\|no authorizer" acls -b "$BROKERS"
    refused "2.7" users -b "$BROKERS"
    refused "2.6" quotas -b "$BROKERS"
    refused "1.1" tokens -b "$BROKERS"
    exit 0
fi

jars=$("$interop/cluster" jars 4.3.1)
# java_tool CLASS ARG...: Kafka's own; its output in java.out
java_tool()
{
    LC_ALL=C.UTF-8 timeout 60 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jars/*" "$1" "${@:2}" \
        > java.out 2> java.said || fail "$*: $(tail -n 3 java.out java.said)"
}
acl_command() { java_tool org.apache.kafka.tools.AclCommand --bootstrap-server "$BROKERS" --force "$@"; }
configs() { java_tool kafka.admin.ConfigCommand --bootstrap-server "$BROKERS" "$@"; }

# ---- ACLs ----

# What AclCommand tells, a line for each: RESOURCE NAME PATTERN PRINCIPAL HOST OPERATION PERMISSION
java_acls()
{
    acl_command --list
    sed -n 's/.*resourceType=\([A-Z_]*\), name=\(.*\), patternType=\([A-Z]*\)).*/=\1 \2 \3/p
        s/.*(principal=\(.*\), host=\(.*\), operation=\([A-Z_]*\), permissionType=\([A-Z]*\)).*/\1 \2 \3 \4/p' java.out |
        awk '/^=/ { of = substr($0, 2); next } { print of, $0 }' | LC_ALL=C sort
}
our_acls() { kafc acls -b "$BROKERS" "$@" | sed 1d | tr -s ' ' | LC_ALL=C sort; }
alike()
{
    java_acls > java.acls
    our_acls > our.acls
    same java.acls our.acls "ACLs: $1"
}
# told N [FILTER...]: what the controller has done the broker tells when it has heard of it
count() { [ "$(our_acls "${@:2}" | wc -l)" = "$1" ]; }
told() { until_true 20 count "$@" || fail "not $1 ACLs are told: $(our_acls "${@:2}")"; }
trap 'kafc acls -b "$BROKERS" delete --all > /dev/null' EXIT

operations=()
for word in Read Write Create Delete Alter Describe ClusterAction DescribeConfigs AlterConfigs IdempotentWrite \
    CreateTokens DescribeTokens All; do
    operations+=(--operation $word)
done
create() { kafc acls -b "$BROKERS" create "$@" | sed 1d; }
create --topic "$CASE-t" --topic '*' --group 'größe' --cluster --transactional-id x --delegation-token d --user-principal User:u \
    --allow-principal User:alice --allow-principal 'User:*' --deny-principal User:eve --deny-host 10.0.0.1 \
    "${operations[@]}" > made
[ "$(wc -l < made)" = $((7 * 3 * 13)) ] || fail "$(wc -l < made) ACLs made"
create --topic "$CASE-" --group "$CASE-" --resource-pattern-type prefixed --allow-principal User:bob --allow-host 127.0.0.1 \
    --operation read >> made
tr -s ' ' < made | LC_ALL=C sort > made.acls
told "$(wc -l < made)"
alike "by kafc"
same made.acls our.acls "ACLs that were made are not those that are there"
create --topic "$CASE-t" --allow-principal User:alice --operation read > again # is no error, and changes nothing

java_acls > before
our_acls --topic "$CASE-t" --resource-pattern-type match > matching
awk -v t="$CASE-t" -v p="$CASE-" '$1 == "TOPIC" && ($2 == t || $2 == p || $2 == "*")' before > matching.java
same matching.java matching "what counts for a topic"
our_acls --principal User:bob > bobs
[ "$(wc -l < bobs)" = 2 ] || fail "ACLs of bob: $(cat bobs)"
kafc acls -b "$BROKERS" delete --principal 'User:*' --operation describetokens --operation all --json > gone
[ "$(wc -l < gone)" = 14 ] && ! grep -q '"error"' gone || fail "deleted: $(cat gone)"
told $(($(wc -l < before) - 14))
alike "after some were deleted"
[ "$(wc -l < java.acls)" = $(($(wc -l < before) - 14)) ] || fail "others were deleted, too"
kafc acls -b "$BROKERS" delete --all > gone
told 0

for role in producer consumer; do
    group=() id=()
    if [ $role = consumer ]; then group=(--group g); else id=(--transactional-id x); fi
    acl_command --add --allow-principal User:java --topic t "${group[@]}" "${id[@]}" --$role
    create --allow-principal User:kafc --topic t "${group[@]}" "${id[@]}" --$role > made
    told $((2 * $(wc -l < made)))
    alike "by both"
    same <(grep User:java our.acls | sed 's/User:java//') <(grep User:kafc our.acls | sed 's/User:kafc//') "--$role"
    for name in kafc java; do
        kafc acls -b "$BROKERS" delete --allow-principal User:$name --topic t "${group[@]}" "${id[@]}" --$role > gone
        told 0 --principal User:$name
    done
    told 0
done

# ---- Users ----

over SASL_PLAINTEXT
logs_in() { kafc metadata "${options[@]}" "${login[@]}" "$@" > /dev/null 2>> login.said; }
as_user() # NAME PASSWORD: for Java
{
    cat > java.properties << END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="$1" password="$2";
END
}

printf '%s\n' 'sec ret,=x' | kafc users -b "$BROKERS" set "$CASE" > out
same <(printf '%s SCRAM-SHA-256: set\n%s SCRAM-SHA-512: set\n' "$CASE" "$CASE") out "users set"
for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
    login $mechanism "$CASE" 'sec ret,=x'
    until_true 20 logs_in || fail "who was made does not log in: $(tail -n 1 login.said)"
    login $mechanism "$CASE" 'sec ret,=y'
    refused "refuses the login" metadata "${options[@]}" "${login[@]}"
done
configs --describe --entity-type users --entity-name "$CASE"
grep -q "SCRAM-SHA-256=iterations=8192" java.out && grep -q "SCRAM-SHA-512=iterations=8192" java.out ||
    fail "kafka-configs tells: $(cat java.out)"
as_user "$CASE" 'sec ret,=x'
java_tool org.apache.kafka.tools.AclCommand --bootstrap-server "$SASL_PLAINTEXT_BROKERS" --command-config java.properties --list
echo new | kafc users -b "$BROKERS" set "$CASE" --mechanism SCRAM-SHA-256 --iterations 4096 > out
changed() { kafc users -b "$BROKERS" list "$CASE" | grep -q "^$CASE: SCRAM-SHA-256, 4096 iterations; SCRAM-SHA-512, 8192"; }
until_true 20 changed || fail "users: $(kafc users -b "$BROKERS")"
login SCRAM-SHA-256 "$CASE" new
until_true 20 logs_in || fail "the new password: $(tail -n 1 login.said)"
configs --alter --entity-type users --entity-name "$CASE-java" --add-config 'SCRAM-SHA-512=[iterations=5000,password=p]'
theirs() { kafc users -b "$BROKERS" list "$CASE-java" 2> /dev/null | grep -q "^$CASE-java: SCRAM-SHA-512, 5000 iterations"; }
until_true 20 theirs || fail "users: $(kafc users -b "$BROKERS")"
kafc users -b "$BROKERS" delete "$CASE" "$CASE-java" > out
gone() { ! logs_in; }
until_true 20 gone || fail "who was deleted logs in"
refused RESOURCE_NOT_FOUND users -b "$BROKERS" list "$CASE"
refused RESOURCE_NOT_FOUND users -b "$BROKERS" delete "$CASE" --mechanism SCRAM-SHA-256
refused UNACCEPTABLE_CREDENTIAL users -b "$BROKERS" set "$CASE" --iterations 20000 < <(echo p)

# ---- Quotas ----

kafc quotas -b "$BROKERS" set "user:$CASE" -c producer_byte_rate=1000 -c request_percentage=50.5 > out
kafc quotas -b "$BROKERS" set "user:$CASE" client-id: -c consumer_byte_rate=2000 > out
kafc quotas -b "$BROKERS" set user: -c controller_mutation_rate=3 > out
kafc quotas -b "$BROKERS" set ip:127.0.0.9 -c connection_creation_rate=400 > out
kafc quotas -b "$BROKERS" set "client-id:$CASE" -c consumer_byte_rate=5 --dry-run > out
trap 'for q in "user:$CASE" "user:$CASE client-id:" "user:" "ip:127.0.0.9" "user:$CASE client-id:j"; do
    kafc quotas -b "$BROKERS" delete $q -c producer_byte_rate -c request_percentage -c consumer_byte_rate \
        -c controller_mutation_rate -c connection_creation_rate > /dev/null 2>&1 || true; done' EXIT
quotas()
{
    configs --describe --entity-type users --entity-type clients
    sed -n 's/^Quota configs for //p' java.out > quotas.java
    configs --describe --entity-type users
    sed -n 's/^Quota configs for //p' java.out >> quotas.java
    configs --describe --entity-type ips
    sed -n 's/^Quota configs for //p' java.out >> quotas.java
    configs --describe --entity-type clients
    sed -n 's/^Quota configs for //p' java.out >> quotas.java
}
quotas
for line in "user-principal '$CASE'.* are .*producer_byte_rate=1000.0" "user-principal '$CASE' are .*request_percentage=50.5" \
    "user-principal '$CASE', the default client-id are consumer_byte_rate=2000.0" \
    "the default user-principal are controller_mutation_rate=3.0" "ip '*127.0.0.9'* are connection_creation_rate=400.0"; do
    grep -q -e "$line" quotas.java || fail "quotas: not \"$line\": $(cat quotas.java)"
done
! grep -q "client-id '$CASE'" quotas.java || fail "--dry-run: $(cat quotas.java)"
configs --alter --entity-type users --entity-name "$CASE" --entity-type clients --entity-name j \
    --add-config producer_byte_rate=77
heard() { kafc quotas -b "$BROKERS" list "user:$CASE" client-id:j | grep -qx "client-id:j user:$CASE: producer_byte_rate=77"; }
until_true 20 heard || fail "$(kafc quotas -b "$BROKERS")"
kafc quotas -b "$BROKERS" list user client-id > out
same <(printf '%s\n' "client-id:j user:$CASE: producer_byte_rate=77" "client-id:(default) user:$CASE: consumer_byte_rate=2000" |
    LC_ALL=C sort) <(LC_ALL=C sort out) "quotas of users and client ids"
refused "INVALID_REQUEST" quotas -b "$BROKERS" set user:x -c no_such_rate=1
kafc quotas -b "$BROKERS" delete "user:$CASE" -c producer_byte_rate -c request_percentage > out
kafc quotas -b "$BROKERS" delete user: -c controller_mutation_rate > out
forgotten() { ! grep -q "user:(default)\|^user:$CASE:" <<< "$(kafc quotas -b "$BROKERS" list user)"; }
until_true 20 forgotten || fail "$(kafc quotas -b "$BROKERS")"

# ---- Tokens ----

login SCRAM-SHA-512 alice alice-secret
alice=("${options[@]}" "${login[@]}")
begin=$(date +%s)
kafc tokens "${alice[@]}" create --renewer User:bob --lifetime-ms 3600000 > token
read -r id secret expires < <(awk '{ v[$1] = $2 } END { print v["id"], v["password"], v["expires-ms"] }' token)
[ $((expires / 1000 - begin)) -ge 3590 ] && [ $((expires / 1000 - begin)) -le 3700 ] || fail "a token: $(cat token)"
by_token=(-X sasl.mechanism=SCRAM-SHA-256 -X sasl.jaas.config="org.apache.kafka.common.security.scram.ScramLoginModule required username=\"$id\" password=\"$secret\" tokenauth=true;")
login=("${by_token[@]}")
until_true 20 logs_in || fail "the token does not log in: $(tail -n 1 login.said)"
refused "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED\|by a token" tokens "${options[@]}" "${by_token[@]}" create
refused "must be authenticated" tokens -b "$BROKERS" create
as_user alice alice-secret
java_tool org.apache.kafka.tools.DelegationTokenCommand --bootstrap-server "$SASL_PLAINTEXT_BROKERS" --describe \
    --owner-principal User:alice --command-config java.properties
grep -q "^$id *$secret *User:alice" java.out || fail "Java tells: $(cat java.out)"
java_tool org.apache.kafka.tools.DelegationTokenCommand --bootstrap-server "$SASL_PLAINTEXT_BROKERS" --create \
    --max-life-time-period 7200000 --command-config java.properties
theirs=$(awk '$3 == "User:alice" { print $1 }' java.out)
listed()
{
    kafc tokens "${alice[@]}" list > out
    grep -q "^$theirs *User:alice *User:alice *0 " out && grep -q "^$id *User:alice *User:alice *1 " out
}
until_true 20 listed || fail "tokens: $(cat out)"
login SCRAM-SHA-512 bob bob-secret
kafc tokens "${options[@]}" "${login[@]}" renew "$id" --period-ms 1000000 > out # bob may, and not what is none of his
renewed=$(sed -n "s/^$id: expires-ms //p" out)
[ "$((renewed / 1000 - begin))" -ge 990 ] && [ "$((renewed / 1000 - begin))" -le 1300 ] || fail "renewed: $(cat out)"
refused "another's\|neither its owner nor a renewer" tokens "${options[@]}" "${login[@]}" renew "$theirs"
kafc tokens "${alice[@]}" expire "$id" "$theirs" > out
expired() { ! grep -q -e "$id" -e "$theirs" <<< "$(kafc tokens "${alice[@]}")"; }
until_true 20 expired || fail "there they are: $(kafc tokens "${alice[@]}")"
login=("${by_token[@]}")
until_true 20 gone || fail "who has an expired token logs in"
