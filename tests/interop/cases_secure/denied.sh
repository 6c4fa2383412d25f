# SPDX-License-Identifier: BSD-2-Clause
# limit 480
# What ACLs refuse, call by call, to writers, readers, members, transactions and connections: said at once and by name,
# the others go on, and so does what was refused when it is allowed. These are the tests that run on the mock
# (tests/client/denying.h), so that it is the broker that says what the mock has to answer.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"
has pem || exit 0 # authorizers of former releases are another matter

root=$(cd "$interop/../.." && pwd)
tests=(build/plain/tests/client/test_refused build/plain/tests/client/test_refused_data)
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$root" "${tests[@]}" > said 2>&1 || fail "$(tail -n 5 said)"
controller=$(sed -n 's/^controller.quorum.voters=1@//p' "$CLUSTER_DIR/node-1/server.properties")
export KAFC_TEST_ADMIN=$BROKERS KAFC_TEST_CONTROLLER=$controller KAFC_TEST_ALICE=$SASL_PLAINTEXT_BROKERS
for test in "${tests[@]}"; do
    "$root/$test" > said 2>&1 || fail "$(tail -n 12 said)"
done
