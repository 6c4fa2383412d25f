# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What each generation of brokers has, and which peers can talk to it: the one place that knows. For who
# sources it: cluster, run, and by way of lib.sh every case.

# The first version that has it. A case asks `has WHAT`; what a broker lacks must be refused before it is sent.
since()
{
    case $1 in
    none | gzip | snappy) echo 0.8.0 ;;
    lz4) echo 0.8.2 ;;
    zstd) echo 2.1.0 ;;
    groups) echo 0.9.0 ;;             # and requests that tell of them
    isr) echo 0.9.0 ;;                # a replica that is in sync again shows in the metadata
    api-versions) echo 0.10.0 ;;      # older ones close the connection
    controller) echo 0.10.0 ;;        # named in the metadata
    timestamps) echo 0.10.0 ;;        # of records: format 1, create and append time
    keeps-batches) echo 0.11.0 ;;     # older ones compress anew what they store
    times) echo 0.10.1 ;;             # ListOffsets finds the first record of a time
    create-topics) echo 0.10.1 ;;     # and deletes them: the protocol does, not ZooKeeper alone
    create-partitions) echo 1.0.0 ;;
    validate) echo 0.10.2 ;;          # says what would become of a topic
    configs) echo 0.11.0 ;;           # described and replaced; and records deleted, ends of epochs
    alter-configs) echo 2.3.0 ;;      # one without the others; operations that are allowed
    loggers) echo 2.4.0 ;;            # set while it runs; and what was made of a topic is told
    topic-ids) echo 2.8.0 ;;
    max-timestamp) echo 3.0.0 ;;
    quorum) echo 3.3.0 ;;
    first-local) echo 3.4.0 ;;
    client-metrics) echo 3.7.0 ;;
    last-tiered) echo 3.9.0 ;;
    group-configs) echo 4.0.0 ;;      # and fenced brokers listed
    config-resources) echo 4.1.0 ;;
    headers) echo 0.11.0 ;;           # format 2
    followers) echo 2.4.0 ;;          # serve fetches, where leaders send who is near them
    delete-groups) echo 1.1.0 ;;
    static-members) echo 2.3.0 ;;
    record-errors) echo 2.4.0 ;;      # Produce 8 names the records that are refused
    describe-cluster) echo 2.8.0 ;;
    console-headers) echo 2.7.0 ;;    # its console consumer prints them
    idempotence) echo 0.11.0 ;;
    transactions) echo 0.11.0 ;;
    new-groups) echo 4.0.0 ;;         # KIP-848, on by default
    pem) echo 2.7.0 ;;                # certificates in PEM files, and with it all that is in secure.sh
    scram) echo 0.10.2 ;;
    authenticate) echo 1.0.0 ;;       # logins in requests of their own, with words when they are refused
    share-groups) echo 4.2.0 ;;
    log-dirs) echo 1.0.0 ;;
    reassignments) echo 2.4.0 ;;      # by the protocol; and members are put out, offsets are forgotten
    describe-producers) echo 2.8.0 ;;
    list-transactions) echo 3.0.0 ;;  # and describes them
    downgrades) echo 3.3.0 ;;         # of features; brokers that are gone are unregistered
    factor-kept) echo 4.1.0 ;;        # by a reassignment that says so
    *) return 1 ;;
    esac
}

# The Java client that is the peer: each talks to brokers from its second field on.
clients="4.3.1:2.1.0 3.9.2:0.10.0 0.8.2.2:0.8.0"

# at_least VERSION VERSION: the first is not older
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# has WHAT: the broker under test has it
has()
{
    local first
    first=$(since "$1") || { echo "no such row in versions.sh: $1" >&2; exit 2; }
    at_least "$KAFKA_VERSION" "$first"
}

# client_of VERSION: the version of the Java client for it
client_of()
{
    local row
    for row in $clients; do
        ! at_least "$1" "${row#*:}" || { echo "${row%:*}"; return; }
    done
    return 1
}

# kcat must be told of a broker that cannot tell of itself; and at the end of a partition it waits.
kcat()
{
    local options=()
    has api-versions || options=(-X api.version.request=false -X broker.version.fallback="$KAFKA_VERSION")
    [ "$1" != -C ] || options+=(-X fetch.wait.max.ms=20)
    timeout -k 5 "${KCAT_TIMEOUT:-120}" kcat "$@" "${options[@]}"
}
