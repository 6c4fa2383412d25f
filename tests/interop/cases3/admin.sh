# SPDX-License-Identifier: BSD-2-Clause
# limit 300
# Topics, configs and the cluster on three brokers: each has configs of its own, and new topics are there for all.
. "$(dirname "$0")/../cases/admin.sh"
