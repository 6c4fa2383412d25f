# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A broker that wants to know who is there: sourced by cluster when CLUSTER_SECURE is set. Beside the plain listener it
# has one of each kind, and some that are wrong on purpose:
#
#   SSL       a good certificate, a client's own is welcome   MUTUAL   and wanted
#   EXPIRED   one that is out of date                         OTHER    one of another host
#   NAMELESS  one without names                               SASL_PLAINTEXT, SASL_SSL  logins
#
# $dir/secure holds the files: ca.pem, other-ca.pem, client.pem (certificate and key), client.crt, client.key,
# client-secret.key (its password is "open sesame"), stranger.pem (of the other authority). Users: admin (super), alice, bob,
# each with NAME-secret, of PLAIN and both SCRAMs. ACLs are enforced; without any everybody may do everything.
# What a case needs of it is in its environment by way of $dir/secure/env.

secure_listeners="SSL MUTUAL EXPIRED OTHER NAMELESS SASL_PLAINTEXT SASL_SSL"

# signed NAME SUBJECT CA DAYS [ALTNAMES]
signed()
{
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2"
    openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days "$4" -out "$1.crt" \
        -extfile <(echo "basicConstraints=CA:FALSE"; [ -z "${5:-}" ] || echo "subjectAltName=$5")
    openssl pkcs8 -topk8 -nocrypt -in "$1.key" -out "$1.pem"
    cat "$1.crt" "$3.pem" >> "$1.pem"
}

secure_certificates()
(
    local ca
    mkdir -p "$dir/secure" && cd "$dir/secure" || exit
    for ca in ca other-ca; do
        openssl req -x509 -newkey rsa:2048 -nodes -keyout $ca.key -out $ca.pem -subj "/CN=kafc $ca" -days 30
    done
    signed SSL /CN=localhost ca 30 DNS:localhost,IP:127.0.0.1
    signed EXPIRED /CN=localhost ca -1 DNS:localhost,IP:127.0.0.1
    signed OTHER /CN=other.example ca 30 DNS:other.example
    signed NAMELESS /O=kafc ca 30
    signed client /CN=client ca 30
    signed stranger /CN=stranger other-ca 30
    openssl pkcs8 -topk8 -in client.key -out client-secret.key -passout "pass:open sesame"
    openssl pkcs12 -export -in client.crt -inkey client.key -certfile ca.pem -out client.p12 -passout pass:changeit
    openssl pkcs12 -export -nokeys -in ca.pem -out ca.p12 -passout pass:changeit
) > /dev/null 2>&1

plain_module='org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="admin-secret"'
plain_module+=' user_admin="admin-secret" user_alice="alice-secret" user_bob="bob-secret";'

# The security protocol of a listener
protocol_of()
{
    case $1 in
    SASL_*) echo "$1" ;;
    PLAINTEXT | CONTROLLER) echo PLAINTEXT ;;
    *) echo SSL ;;
    esac
}

# Brokers before 1.1 have their logins in a file, and one mechanism; TLS by PEM came with 2.7.
secure_kinds()
{
    if has pem; then echo "$secure_listeners"; else echo SASL_PLAINTEXT; fi
}

secure_jaas()
{
    local prefix mechanism
    for prefix in sasl_plaintext sasl_ssl; do
        echo "listener.name.$prefix.plain.sasl.jaas.config=$plain_module"
        for mechanism in scram-sha-256 scram-sha-512; do
            echo "listener.name.$prefix.$mechanism.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;"
        done
        echo "listener.name.$prefix.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"admin\";"
        echo "listener.name.$prefix.oauthbearer.sasl.server.callback.handler.class=org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler"
    done
}

# Adds to the lists `listeners` and `advertised`, and prints what goes into server.properties.
secure_properties()
{
    local kind name map=
    for kind in $(secure_kinds); do
        [ "$kind" = SSL ] || map+=",$kind:$(protocol_of "$kind")"
    done
    echo "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL$map"
    for kind in $(secure_kinds); do
        [ "$(protocol_of "$kind")" != SASL_PLAINTEXT ] || continue
        name=${kind,,}
        [ -f "$dir/secure/$kind.pem" ] || kind=SSL # MUTUAL and SASL_SSL show the good one
        printf '%s\n' "listener.name.$name.ssl.keystore.type=PEM" \
            "listener.name.$name.ssl.keystore.location=$dir/secure/$kind.pem" \
            "listener.name.$name.ssl.truststore.type=PEM" "listener.name.$name.ssl.truststore.location=$dir/secure/ca.pem"
    done
    ! has pem || cat << END
listener.name.ssl.ssl.client.auth=requested
listener.name.mutual.ssl.client.auth=required
connections.max.reauth.ms=10000
super.users=User:admin;User:ANONYMOUS
allow.everyone.if.no.acl.found=true
delegation.token.secret.key=any
END
    if [ "$(mode "$KAFKA_VERSION")" = kraft ]; then
        echo authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
        echo sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
        secure_jaas
    else
        echo sasl.enabled.mechanisms=PLAIN
    fi
}

# The users, in the words of StorageTool
secure_users()
{
    local name hash
    for name in admin alice bob; do
        for hash in SCRAM-SHA-256 SCRAM-SHA-512; do
            echo --add-scram
            echo "$hash=[name=$name,password=$name-secret]"
        done
    done
}

# For a broker whose logins are in a file
secure_java()
{
    printf 'KafkaServer {\n  %s\n};\n' "$plain_module" > "$dir/secure/jaas.conf"
    echo "-Djava.security.auth.login.config=$dir/secure/jaas.conf"
}
