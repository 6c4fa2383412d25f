# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the cases of TLS and logins share; to be sourced after lib.sh. secure.sh says what the broker has.

# An attempt that fails must do so within this, in milliseconds, and as much again for a process to start: together less
# than it takes where nothing is said, ten seconds.
patience=4000

tls=(-X ssl.truststore.location="$SECURE/ca.pem")
quick=(-X socket.connection.setup.timeout.ms=$patience -X request.timeout.ms=$patience)

# over KIND: how a listener is spoken to, in $options
over()
{
    local list=$1_BROKERS
    options=(-b "${!list}" "${quick[@]}")
    case $1 in
    SASL_PLAINTEXT) options+=(-X security.protocol=SASL_PLAINTEXT) ;;
    SASL_SSL) options+=(-X security.protocol=SASL_SSL "${tls[@]}") ;;
    *) options+=(-X security.protocol=SSL "${tls[@]}") ;;
    esac
}

# login MECHANISM USER PASSWORD: in $login
login()
{
    case $1 in
    OAUTHBEARER) login=(-X sasl.mechanism=$1 -X sasl.oauthbearer.config="principal=$2") ;;
    *) login=(-X sasl.mechanism="$1" -X sasl.username="$2" -X sasl.password="$3") ;;
    esac
}

# library HOW TOPIC ARG...: see secure.c; with the arguments of a kafc
library()
{
    local how=$1 name=$2 list= properties=()
    shift 2
    while [ $# -gt 0 ]; do
        if [ "$1" = -b ]; then list=$2; else properties+=("$2"); fi
        shift 2
    done
    timeout 30 "$TOOLS/secure" "$how" "$list" "$name" "${properties[@]}"
}

# round_trip TOPIC ARG...: a thousand lines there and back
round_trip()
{
    seq 1000 | kafc produce -t "$1" "${@:2}" || fail "produce ${*:2}: exit status $?"
    kafc consume -t "$1" -o beginning -e -f '%s\n' "${@:2}" | sort -n > "$1.read" || fail "consume ${*:2}"
    same <(seq 1000) "$1.read" "${*:2}: not what was written"
    library conn "$@" || fail "kafc_conn ${*:2}"
    library driven "$@" || fail "a client without a thread ${*:2}"
}

# misused PATTERN ARG...: kafc metadata ARG... is not tried at all, and says PATTERN
misused()
{
    local status=0
    kafc metadata "${@:2}" > refused.out 2> refused.said || status=$?
    [ "$status" = 2 ] || fail "kafc metadata ${*:2}: exit status $status, not an error of use: $(cat refused.said)"
    topic=nothing says refused.said "$1" "kafc metadata ${*:2}"
}

# soon BEGIN WHAT: failed within $patience, and told no secret
soon()
{
    local took=$(((${EPOCHREALTIME/[.,]/} - $1) / 1000))
    [ $took -lt $((patience * 2)) ] || fail "$2: took $took ms"
    ! grep -q -e "-secret" -e "open sesame" -e BEGIN refused.said refused.out || fail "$2: tells a secret"
}

# refused_soon PATTERN ARG...: produce, consume and metadata fail within $patience, say PATTERN and no secret, and so do a
# kafc_conn and a client without a thread
refused_soon()
{
    local pattern=$1 command begin status
    shift
    topic=${topic:-nothing}
    for command in "metadata" "produce -t $topic" "consume -t $topic -c 1" "consume -t $topic -g $CASE-group"; do
        begin=${EPOCHREALTIME/[.,]/}
        # shellcheck disable=SC2086
        refused "$pattern" $command "$@" < <(echo x)
        soon "$begin" "kafc $command $*"
    done
    for command in conn driven; do
        begin=${EPOCHREALTIME/[.,]/} status=0
        library $command "$topic" "$@" > refused.out 2> refused.said || status=$?
        [ $status = 1 ] || fail "$command $*: exit status $status, not refused: $(cat refused.said)"
        says refused.said "$pattern" "$command $*"
        soon "$begin" "$command $*"
    done
}
