# SPDX-License-Identifier: BSD-2-Clause
# limit 240
# A delegation token (KIP-48) that Java's tool has been given for alice: its id and secret log in by SCRAM, with
# tokenauth, and are alice; without tokenauth, or with another's secret, they are nobody.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"
has pem || exit 0

jars=$("$interop/cluster" jars "$KAFKA_VERSION")
module=org.apache.kafka.common.security.scram.ScramLoginModule
cat > java.properties << END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-256
sasl.jaas.config=$module required username="alice" password="alice-secret";
END
timeout 60 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jars/*" \
    org.apache.kafka.tools.DelegationTokenCommand --bootstrap-server "$SASL_PLAINTEXT_BROKERS" --create \
    --max-life-time-period -1 --command-config java.properties > token 2> said || fail "no token: $(tail -n 3 said)"
read -r id secret owner < <(awk '$3 == "User:alice" { print $1, $2, $3 }' token) || fail "no token: $(cat token)"
[ "$owner" = User:alice ]

over SASL_PLAINTEXT
# token_login MECHANISM SECRET [tokenauth=true]: in $login
token_login()
{
    login=(-X sasl.mechanism="$1" -X sasl.jaas.config="$module required username=\"$id\" password=\"$2\" ${3:-};")
}

for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
    token_login $mechanism "$secret" tokenauth=true
    peer create "$CASE-$mechanism" 4 1
    round_trip "$CASE-$mechanism" "${options[@]}" "${login[@]}"
    token_login $mechanism "$secret"
    topic=nothing refused_soon "refuses the login" "${options[@]}" "${login[@]}"
    token_login $mechanism another-secret tokenauth=true
    topic=nothing refused_soon "refuses the login" "${options[@]}" "${login[@]}"
done
