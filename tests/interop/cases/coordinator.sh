# SPDX-License-Identifier: BSD-2-Clause
# The mock's coordinators answer a producer's requests, right and wrong ones, as the broker's do.
. "$(dirname "$0")/../lib.sh"

[[ $KAFKA_VERSION = 4.* ]] || exit 0 # the mock plays the present

"$KAFC" mock -n 1 -t "$CASE:2" > mock.said &
mock=$! # of the program itself: the function is a shell of its own
trap 'kill $mock 2> /dev/null || true' EXIT
until_true 10 grep -q : mock.said || fail "no mock"

peer create "$CASE" 2 1
"$TOOLS/coordinator" "$BROKERS" "$CASE" "$CASE" > broker || fail "the broker, after $(tail -n 1 broker)"
"$TOOLS/coordinator" "$(grep -o '127.0.0.1:[0-9]*' mock.said | head -n 1)" "$CASE" "$CASE" > mock ||
    fail "the mock, after $(tail -n 1 mock)"
same broker mock "the mock answers something else"
[ "$(wc -l < broker)" -gt 150 ] || fail "only $(wc -l < broker) lines"
