# SPDX-License-Identifier: BSD-2-Clause
# The mock answers the requests of a group's members, right and wrong ones, as the broker does.
. "$(dirname "$0")/../lib.sh"

[[ $KAFKA_VERSION = 4.* ]] || exit 0 # the mock plays the present

"$KAFC" mock -n 1 -t "$CASE:1" > mock.said &
mock=$! # of the program itself: the function is a shell of its own
trap 'kill $mock 2> /dev/null || true' EXIT
until_true 10 grep -q : mock.said || fail "no mock"

peer create "$CASE" 1 1
"$TOOLS/membership" "$BROKERS" "$CASE" "$CASE" > broker || fail "the broker, after $(tail -n 1 broker)"
"$TOOLS/membership" "$(grep -o '127.0.0.1:[0-9]*' mock.said | head -n 1)" "$CASE" "$CASE" > mock ||
    fail "the mock, after $(tail -n 1 mock)"
same broker mock "the mock answers something else"
[ "$(wc -l < broker)" -gt 250 ] || fail "only $(wc -l < broker) lines"
