# SPDX-License-Identifier: BSD-2-Clause
# kafc_client_call on three brokers: the same as on one, but requests are cut up.
. "$(dirname "$0")/../cases/raw.sh"
