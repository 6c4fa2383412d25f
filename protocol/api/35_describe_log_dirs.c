/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeLogDirs (35), rows.
 */
#include "protocol/api/35_describe_log_dirs.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_log_dirs_req_topic
ROWS(kafc_describe_log_dirs_req_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_log_dirs_req_topic, "DescribableLogDirTopic");
#undef MSG

#define MSG struct kafc_describe_log_dirs_req
ROWS(kafc_describe_log_dirs_req) = {
    ARR(topics, kafc_describe_log_dirs_req_topic, "Topics", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_describe_log_dirs_req, "DescribeLogDirsRequest", 35, 0, 5, 2);
#undef MSG

#define MSG struct kafc_describe_log_dirs_resp_partition
ROWS(kafc_describe_log_dirs_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(partition_size, "PartitionSize", SINCE(0)),
    I64(offset_lag, "OffsetLag", SINCE(0)),
    BOOL(is_future_key, "IsFutureKey", SINCE(0)),
};
SCHEMA(kafc_describe_log_dirs_resp_partition, "DescribeLogDirsPartition");
#undef MSG

#define MSG struct kafc_describe_log_dirs_resp_topic
ROWS(kafc_describe_log_dirs_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_describe_log_dirs_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_log_dirs_resp_topic, "DescribeLogDirsTopic");
#undef MSG

#define MSG struct kafc_describe_log_dirs_resp_result
ROWS(kafc_describe_log_dirs_resp_result) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(log_dir, "LogDir", SINCE(0)),
    ARR(topics, kafc_describe_log_dirs_resp_topic, "Topics", SINCE(0)),
    I64(total_bytes, "TotalBytes", SINCE(4), DEFAULT(-1), IGNORABLE),
    I64(usable_bytes, "UsableBytes", SINCE(4), DEFAULT(-1), IGNORABLE),
    BOOL(is_cordoned, "IsCordoned", SINCE(5), IGNORABLE),
};
SCHEMA(kafc_describe_log_dirs_resp_result, "DescribeLogDirsResult");
#undef MSG

#define MSG struct kafc_describe_log_dirs_resp
ROWS(kafc_describe_log_dirs_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(3), IGNORABLE),
    ARR(results, kafc_describe_log_dirs_resp_result, "Results", SINCE(0)),
};
MESSAGE(kafc_describe_log_dirs_resp, "DescribeLogDirsResponse", 35, 0, 5, 2);
#undef MSG

API(kafc_describe_log_dirs, "DescribeLogDirs", 35, 5, 2, 1, KAFC_TO_ALL);
