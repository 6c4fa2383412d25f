/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc decode, encode and schema, run as a user runs them, on what Apache
 * Kafka's own serialisers wrote.
 */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/pick.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"
#include "tests/support/tmp.h"
#include "tests/tools/shell.h"

enum { NAME, KEY, VERSION, JSON, HEX, UNKNOWN }; /* columns of the vectors */

static const char *const files[] = { "messages.tsv.gz", "coordinator.tsv.gz" };
enum { NVECTORS = 11904 + 876, NREQUESTS = 5776 };

static char dir[80];

static void begin(void)
{
    find_tool();
    snprintf(dir, sizeof(dir), "%s/kafc-XXXXXX", test_tmp()); /* lint: todo because mkdtemp(3) wants it */
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void end(void)
{
    char command[sizeof(dir) + 16];
    snprintf(command, sizeof(command), "rm -r %s", dir);
    expect(command, 0, "");
}

/* ---- vectors, and what stands in files for them ---- */

struct vectors {
    struct lines l;
    size_t file;
};

static void vectors_open(struct vectors *v)
{
    v->file = 0;
    lines_open(&v->l, files[0]);
}

static bool vectors_next(struct vectors *v)
{
    while (!lines_next(&v->l)) {
        lines_close(&v->l);
        if (++v->file == sizeof(files) / sizeof(files[0]))
            return false;
        lines_open(&v->l, files[v->file]);
    }
    return true;
}

static FILE *open_file(const char *name, const char *mode)
{
    char path[sizeof(dir) + 32];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, mode);
    ck_assert_msg(f != NULL, "%s", path);
    return f;
}

static void write_vectors(const char *name, int column)
{
    struct vectors v;
    FILE *f = open_file(name, "w");
    vectors_open(&v);
    while (vectors_next(&v))
        fprintf(f, "%s\t%s\t%s\n", v.l.column[NAME], v.l.column[VERSION], v.l.column[column]);
    ck_assert_int_eq(fclose(f), 0);
}

/* The next line without its LF; fails at the end of the file. */
static const char *read_line(FILE *f)
{
    static char *line;
    static size_t room;
    ssize_t n = getline(&line, &room, f);
    ck_assert_msg(n > 0 && line[n - 1] == '\n', "a line is missing");
    line[n - 1] = 0;
    return line;
}

/* Java writes a few doubles with more digits than they need. */
static bool same_json(const char *name, const char *have, const char *want)
{
    if (!strcmp(have, want))
        return true;
    json_t *a = json_loads(have, JSON_ALLOW_NUL, NULL), *b = json_loads(want, JSON_ALLOW_NUL, NULL);
    bool same = strstr(name, "Quota") && a && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

static int compare_vectors(const char *name, int column, bool all)
{
    struct vectors v;
    int n = 0, unknown = 0;
    FILE *f = open_file(name, "r");
    vectors_open(&v);
    while (vectors_next(&v)) {
        const char *have = read_line(f), *want = v.l.column[column];
        bool same = column == JSON ? same_json(v.l.column[NAME], have, want) : !strcmp(have, want);
        unknown += v.l.column[UNKNOWN] != NULL;
        ck_assert_msg(same == (all || !v.l.column[UNKNOWN]), "line %d of %s: %s v%s is %.400s",
                      n + 1, name, v.l.column[NAME], v.l.column[VERSION], have);
        n++;
    }
    ck_assert_int_eq(getc(f), EOF);
    fclose(f);
    ck_assert_int_eq(n, NVECTORS);
    return unknown;
}

static void run_in(const char *command, int status)
{
    char line[600];
    snprintf(line, sizeof(line), "cd %s && %s", dir, command);
    expect(line, status, "");
}

START_TEST(every_vector_through_the_command)
{
    begin();
    write_vectors("hex", HEX);
    write_vectors("json", JSON);
    run_in("$K decode <hex >decoded", 0);
    compare_vectors("decoded", JSON, true);
    run_in("$K decode --reencode <hex >reencoded", 0);
    ck_assert_int_gt(compare_vectors("reencoded", HEX, true), 500);
    /* JSON does not say what no definition knows */
    run_in("$K encode <json >encoded", 0);
    compare_vectors("encoded", HEX, false);
    end();
}
END_TEST

/* ---- frames ---- */

static void put_hex(FILE *f, const void *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%02x", ((const unsigned char *)p)[i]);
}

/* Size, header, and a body that is in hex already. */
static void put_frame(FILE *f, const unsigned char *header, size_t n, const char *body)
{
    size_t size = n + strlen(body) / 2;
    unsigned char front[4] = { (unsigned char)(size >> 24), (unsigned char)(size >> 16),
                               (unsigned char)(size >> 8), (unsigned char)size };
    put_hex(f, front, 4);
    put_hex(f, header, n);
    fprintf(f, "%s\n", body);
}

/* Flexible headers have a tagged field that nobody knows. */
static void put_request(FILE *f, int key, int version, const char *body)
{
    int h = kafc__request_header_version(kafc__api((int16_t)key), (int16_t)version);
    unsigned char header[] = {
        0, (unsigned char)key, 0, (unsigned char)version, 0, 0, 1, 2, 0, 2, 'm', 'e', 1, 9, 1, 7
    };
    put_frame(f, header, h == 0 ? 8 : h == 1 ? 12 : 16, body);
}

static int write_requests(const char *name)
{
    struct vectors v;
    int n = 0;
    FILE *f = open_file(name, "w");
    vectors_open(&v);
    while (vectors_next(&v))
        if (strstr(v.l.column[NAME], "Request") && *v.l.column[KEY] != '-') {
            put_request(f, atoi(v.l.column[KEY]), atoi(v.l.column[VERSION]), v.l.column[HEX]);
            n++;
        }
    ck_assert_int_eq(fclose(f), 0);
    return n;
}

START_TEST(requests_in_frames)
{
    struct vectors v;
    begin();
    ck_assert_int_eq(write_requests("frames"), NREQUESTS);
    run_in("$K decode --frame request --reencode <frames | cmp - frames", 0);
    run_in("$K decode --frame request <frames >decoded", 0);
    FILE *f = open_file("decoded", "r");
    vectors_open(&v);
    while (vectors_next(&v)) {
        if (!strstr(v.l.column[NAME], "Request") || *v.l.column[KEY] == '-')
            continue;
        bool first = !strcmp(v.l.column[NAME], "ControlledShutdownRequest") &&
                     *v.l.column[VERSION] == '0';
        char start[200];
        int n = snprintf(start, sizeof(start),
                         "{\"header\":{\"requestApiKey\":%s,\"requestApiVersion\":%s,"
                         "\"correlationId\":258%s},\"body\":",
                         v.l.column[KEY], v.l.column[VERSION], first ? "" : ",\"clientId\":\"me\"");
        char *have = strdup(read_line(f));
        ck_assert_msg(strncmp(have, start, (size_t)n) == 0, "%.200s", have);
        have[strlen(have) - 1] = 0; /* the frame's own brace */
        ck_assert_msg(same_json(v.l.column[NAME], have + n, v.l.column[JSON]), "%.400s", have);
        free(have);
    }
    fclose(f);
    end();
}
END_TEST

/* Header 0 before flexible versions, and always for ApiVersions; else 1. */
START_TEST(responses_in_frames)
{
    static const struct {
        const char *name;
        const char *api, *version;
        size_t header;
    } cases[] = { { "FetchResponse", "Fetch", "11", 4 },
                  { "FetchResponse", "Fetch", "12", 7 },
                  { "ApiVersionsResponse", "ApiVersions", "3", 4 },
                  { "ControlledShutdownResponse", "ControlledShutdown", "0", 4 } };
    static const unsigned char header[] = { 0, 0, 0, 5, 1, 4, 0 };
    begin();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct vectors v;
        FILE *f = open_file("frames", "w"), *want = open_file("want", "w");
        vectors_open(&v);
        while (vectors_next(&v)) {
            if (strcmp(v.l.column[NAME], cases[i].name) != 0 ||
                strcmp(v.l.column[VERSION], cases[i].version) != 0)
                continue;
            put_frame(f, header, cases[i].header, v.l.column[HEX]);
            fprintf(want, "{\"header\":{\"correlationId\":5},\"body\":%s}\n", v.l.column[JSON]);
        }
        fclose(f);
        fclose(want);
        char command[300];
        snprintf(
            command, sizeof(command),
            "$K decode --frame response --api %s --version %s <frames | cmp - want && "
            "$K decode --frame response --api %s --version %s --reencode <frames | cmp - frames && "
            "test -s frames",
            cases[i].api, cases[i].version, cases[i].api, cases[i].version);
        run_in(command, 0);
    }
    end();
}
END_TEST

START_TEST(frames_that_are_none)
{
    find_tool();
    expect(
        "printf '%s\\n' 000000 00000001 0000000100 00000000 00000008005d0000000000ff "
        "00000008000100630000000 0000000800010063000000ff 00000008fffe0000000000ff "
        "0000000a00010000000000010003 0000000b000300000000000100000000 0000000b0003000100000001000000 "
        "00000015000300010000000100000000000000016100 xx |\n"
        "$K decode --frame request",
        1,
        "error: a frame of 3 bytes has no room for its size\n"
        "error: the frame's size at byte 0 is 1, but 0 bytes follow it\n"
        "error: a request of 1 bytes has no API key and version\n"
        "error: a request of 0 bytes has no API key and version\n"
        "error: RequestHeader, RequestApiKey at byte 4: there is no API 93\n"
        "error: hex of an odd number of digits, 23\n"
        "error: RequestHeader, RequestApiVersion at byte 6: FetchRequest has versions 0 to 18, not 99\n"
        "error: RequestHeader, RequestApiKey at byte 4: there is no API -2\n"
        "error: RequestHeader v1, ClientId at byte 14: a length above the bytes that are left\n"
        "error: the frame's size at byte 0 is 11, but 12 bytes follow it\n"
        "error: MetadataRequest v1, Topics at byte 14: the bytes end inside it\n"
        "error: the frame's size at byte 0 is 21, but 18 bytes follow it\n"
        "error: character 1 of the hex is none of its digits\n");
    expect("printf '%s\\n' 0000000500000007ff 0000000400000007 |\n"
           "$K decode --frame response --api Heartbeat --version 0",
           1,
           "error: HeartbeatResponse v0, ErrorCode at byte 8: the bytes end inside it\n"
           "error: HeartbeatResponse v0, ErrorCode at byte 8: the bytes end inside it\n");
}
END_TEST

/* ---- lines ---- */

START_TEST(lines_that_are_wrong_are_answered_in_their_place)
{
    find_tool();
    expect("printf 'HeartbeatResponse\\t0\\t0000\\r\\n\\nHeartbeatResponse\\t0\\t00\\n\\r\\n"
           "HeartbeatRespones\\t0\\t0000\\nHeartbeat\\t0\\t\\nnothing\\t0\\t\\n"
           "HeartbeatResponse\\t5\\t0000\\nHeartbeatResponse\\t-1\\t0000\\n"
           "HeartbeatResponse\\t99999999999999999999\\t00\\nHeartbeatResponse\\t\\t00\\n"
           "HeartbeatResponse\\t0\\t000\\nHeartbeatResponse\\t0\\t00g0\\n"
           "HeartbeatResponse\\t0\\t0000\\t\\nHeartbeatResponse\\t0\\nHeartbeatResponse\\n"
           "HeartbeatResponse\\0\\t0\\t0000\\n\\377\\033\\t0\\t00\\n"
           "HeartbeatResponse\\t0\\t000000\\nHeartbeatResponse\\t0\\taBCd' | $K decode",
           1,
           "{\"errorCode\":0}\n"
           "\n"
           "error: HeartbeatResponse v0, ErrorCode at byte 0: the bytes end inside it\n"
           "\n"
           "error: there is no message \"HeartbeatRespones\"; did you mean \"HeartbeatResponse\"?\n"
           "error: there is no message \"Heartbeat\"; did you mean \"HeartbeatRequest\"?\n"
           "error: there is no message \"nothing\"; \"kafc schema\" lists all\n"
           "error: HeartbeatResponse has versions 0 to 4, not 5\n"
           "error: \"-1\" is no version; HeartbeatResponse has 0 to 4\n"
           "error: \"99999999999999999999\" is no version; HeartbeatResponse has 0 to 4\n"
           "error: \"\" is no version; HeartbeatResponse has 0 to 4\n"
           "error: hex of an odd number of digits, 3\n"
           "error: character 3 of the hex is none of its digits\n"
           "error: character 5 of the hex is none of its digits\n"
           "error: a line is NAME, TAB, version, TAB, message; this one has one TAB\n"
           "error: a line is NAME, TAB, version, TAB, message; this one has no TAB\n"
           "error: a NUL in name or version\n"
           "error: there is no message \"??\"; \"kafc schema\" lists all\n"
           "error: HeartbeatResponse v0 at byte 2: bytes behind the end of the message\n"
           "{\"errorCode\":-21555}\n");
    /* version 0 has two numbers, and no others */
    expect("K0='OffsetCommitKey\t'; B='\t000161000162000000ff\n'\n"
           "printf \"${K0}1$B${K0}0$B${K0}2$B${K0}+1$B${K0}1x$B${K0} 1$B\" | $K decode",
           1,
           "{\"group\":\"a\",\"topic\":\"b\",\"partition\":255}\n"
           "{\"group\":\"a\",\"topic\":\"b\",\"partition\":255}\n"
           "error: OffsetCommitKey has versions 0 and 1, not 2\n"
           "error: \"+1\" is no version; OffsetCommitKey has 0 and 1\n"
           "error: \"1x\" is no version; OffsetCommitKey has 0 and 1\n"
           "error: \" 1\" is no version; OffsetCommitKey has 0 and 1\n");
    expect("printf '\\n' | $K decode", 0, "\n");
    expect("$K decode </dev/null", 0, "");
}
END_TEST

START_TEST(json_that_is_wrong_is_answered_in_its_place)
{
    find_tool();
    expect(
        "printf '%s\\n' 'HeartbeatResponse\t0\t{\"errorCode\":7}' "
        "'HeartbeatResponse\t0\t{ \"errorCode\" : -1 }' 'HeartbeatResponse\t0\t{}' "
        "'HeartbeatResponse\t0\t{\"errorCode\":40000}' "
        "'HeartbeatResponse\t0\t{\"errorCode\":1,\"errorCod\\n\":1}' "
        "'HeartbeatResponse\t0\t{\"errorCode\":' 'Records\t-\t{\"batches\":[]}' 'x' | $K encode",
        1,
        "0007\n"
        "ffff\n"
        "error: HeartbeatResponse v0, ErrorCode: missing; only tagged fields have defaults\n"
        "error: HeartbeatResponse v0, ErrorCode: 40000 is not within -32768 and 32767\n"
        "error: HeartbeatResponse v0: there is no field \"errorCod?\"; did you mean \"errorCode\"?\n"
        "error: HeartbeatResponse v0: line 1, column 13 (byte 13): unexpected token near end of file\n"
        "error: Records: batches are only decoded, not encoded\n"
        "error: a line is NAME, TAB, version, TAB, message; this one has no TAB\n");
    /* read well, but there is no way to write it */
    expect_words("printf 'FindCoordinatorRequest\\t0\\t{\"key\":\"%032768d\"}\\n' 0 | $K encode", 1,
                 "error: FindCoordinatorRequest v0, Key: ");
}
END_TEST

START_TEST(long_lines)
{
    enum { SIZE = 12000000 };
    begin();
    FILE *f = open_file("hex", "w");
    fprintf(f, "SaslAuthenticateRequest\t0\t%08x", SIZE);
    for (int i = 0; i < SIZE; i++)
        fprintf(f, "%02x", i * 7 & 255);
    fprintf(f, "\nSaslHandshakeResponse\t0\t000000000000\n");
    fclose(f);
    run_in("$K decode <hex >json && $K decode --reencode <hex >again", 0);
    run_in("(printf 'SaslAuthenticateRequest\\t0\\t'; sed -n 1p json;\n"
           "printf 'SaslHandshakeResponse\\t0\\t'; sed -n 2p json) | $K encode >encoded",
           0);
    run_in("cut -f 3 hex | cmp - encoded; cmp again encoded", 0);
    end();
}
END_TEST

/* It is answered as soon as it ends, and the next one is read; what it says is not kept. The limit is far above what a
 * test should use: memory ends before. Sanitizers need more than they use. */
START_TEST(a_line_without_end)
{
    find_tool();
    if (!strstr(tool, "/plain/"))
        return;
    expect("(head -c 150000000 /dev/zero; printf '\nHeartbeatResponse\t0\t0007\n') |\n"
           "(ulimit -v 200000; $K decode) | sed 's/[0-9]\\{8,\\}/N/'",
           0, "error: a line of more than N bytes\n{\"errorCode\":7}\n");
    expect_words("head -c 150000000 /dev/zero | (ulimit -v 200000; $K encode)", 1,
                 "error: a line of more than ");
}
END_TEST

/* Somebody asks the next question only when the last one was answered. */
START_TEST(answers_do_not_wait_for_more_questions)
{
    find_tool();
    expect(
        "D=$(mktemp -d); mkfifo $D/in $D/out; $K decode <$D/in >$D/out & exec 7>$D/in 8<$D/out\n"
        "for i in 1 2 3; do printf 'HeartbeatResponse\\t0\\t000%s\\n' $i >&7; read A <&8; echo $A; done\n"
        "exec 7>&-; wait $!; S=$?; rm -r $D; exit $S",
        0, "{\"errorCode\":1}\n{\"errorCode\":2}\n{\"errorCode\":3}\n");
    expect_words("printf 'HeartbeatResponse\\t0\\t0000\\n' | $K decode >/dev/full", 1,
                 "No space left");
    expect_words("$K decode <&-", 1, "standard input cannot be read");
}
END_TEST

/* ---- records ---- */

#define PRODUCE "ProduceRequest\\t2\\t00010000001000000001000174"

START_TEST(records_are_shown_when_asked_for)
{
    struct lines l;
    int n = 0;
    begin();
    FILE *f = open_file("records", "w");
    lines_open(&l, "records.tsv.gz");
    while (lines_next(&l)) {
        if (!lines_codec(&l))
            continue;
        fprintf(f, "Records\t-\t%s\n", l.column[3]);
        n++;
    }
    lines_close(&l);
    fclose(f);
    char command[200];
    snprintf(command, sizeof(command),
             "$K decode <records >batches && test $(grep -c '^{\"batches\":\\[.*]}$' batches) = %d",
             n);
    run_in(command, 0);
    /* the first of them in a field */
    run_in(
        "R=$(sed -n '1s/.*\t//p' records); B=$(sed -n 1p batches)\n"
        "L=$(printf '%08x' $((${#R} / 2)))\n"
        "printf '" PRODUCE "0000000200000007%s%s00000008ffffffff\\n' $L $R |\n"
        "$K decode --records >have\n"
        "printf '{\"acks\":1,\"timeoutMs\":16,\"topicData\":[{\"name\":\"t\",\"partitionData\":['>want\n"
        "printf '{\"index\":7,\"records\":%s},{\"index\":8,\"records\":null}]}]}\\n' \"$B\" >>want\n"
        "cmp have want",
        0);
    expect("printf 'Records\\t-\\t\\nRecords\\t0\\t\\nRecords\\t-\\t0g\\n' | $K decode", 1,
           "{\"batches\":[]}\n"
           "error: the version of Records is \"-\", not \"0\"\n"
           "error: character 2 of the hex is none of its digits\n");
    expect("printf 'Records\\t-\\t\\n' | $K decode --reencode", 1,
           "error: Records: batches are not written again, they are read alone\n");
    end();
}
END_TEST

START_TEST(records_that_are_none_are_named_by_their_field)
{
    find_tool();
    expect("printf '" PRODUCE "0000000200000007ffffffff00000008"
           "00000012000000000000000000000006000000006300\\n' | $K decode --records",
           1,
           "error: ProduceRequest v2, TopicData[0].PartitionData[1].Records: "
           "batch at offset 0, byte 0 of the records: length is 6\n");
    expect_words("printf '" PRODUCE "0000000100000007"
                 "00000012000000000000000000000006000000006300\\n' | $K decode",
                 0, "\"records\":\"AAAAAAAAAAAAAAAGAAAAAGMA\"");
}
END_TEST

/* ---- the tables, and the command line ---- */

START_TEST(tables_are_printed)
{
    find_tool();
    expect("$K schema Heartbeat", 0,
           "Heartbeat api 12 versions 0-4, negotiated 0-4, goes to the group's coordinator\n"
           "HeartbeatRequest api 12 versions 0-4 flexible 4+\n"
           "  GroupId string 0+\n"
           "  GenerationId int32 0+\n"
           "  MemberId string 0+\n"
           "  GroupInstanceId string 3+ null 3+ default null\n"
           "HeartbeatResponse api 12 versions 0-4 flexible 4+\n"
           "  ThrottleTimeMs int32 1+ ignorable\n"
           "  ErrorCode int16 0+\n");
    expect_words("$K schema ApiVersionsResponse", 0, "tag 0 3+ ignorable");
    expect("$K schema RequestHeader", 0,
           "RequestHeader versions 0-2 flexible 2+\n"
           "  RequestApiKey int16 0+\n"
           "  RequestApiVersion int16 0+\n"
           "  CorrelationId int32 0+\n"
           "  ClientId string 1+ null 1+ length int16\n");
    expect_words("$K schema AddRaftVoterRequest", 0, "bool 1+ default true");
    expect_words("$K schema InitProducerId", 0, "versions 0-6, negotiated 0-5");
    expect_words("$K schema OffsetCommitKey", 0, "OffsetCommitKey version 0 or 1\n");
    expect_words("$K schema", 0,
                 "\nFetchRequest api 1 versions 0-18 flexible 12+\nFetchResponse api 1");
    expect_words("$K schema fetch", 2, "did you mean \"Fetch\"?");
    expect_words("$K schema OffsetComitValue", 2, "did you mean \"OffsetCommitValue\"?");
    expect_words("$K schema Nonsense", 2, "lists all");
    expect_words("$K schema Fetch Produce", 2, "\"Produce\" is too much");
    char command[80];
    snprintf(command, sizeof(command), "test $($K schema | wc -l) = %zu", pick_count());
    expect(command, 0, "");
}
END_TEST

START_TEST(mistakes_in_options_are_named)
{
    find_tool();
    expect_words("$K decode --frme request", 2, "no option --frme; did you mean --frame?");
    expect_words("$K decode --zzzzzzz", 2, "no option --zzzzzzz\n");
    expect_words("$K decode --frame", 2, "--frame wants a value");
    expect_words("$K decode --frame=both", 2, "request or response, not \"both\"");
    expect_words("$K decode --records=1", 2, "takes no value");
    expect_words("$K decode --records --reencode", 2, "only one of them");
    expect_words("$K decode --api Fetch", 2, "go with --frame response");
    expect_words("$K decode --frame request --version 1", 2, "go with --frame response");
    expect_words("$K decode --frame response --version 1", 2, "wants --api NAME and --version N");
    expect_words("$K decode --frame response --api Fetch", 2, "wants --api NAME and --version N");
    expect_words("$K decode --frame response --api Fecth --version 1", 2,
                 "did you mean \"Fetch\"?");
    expect_words("$K decode --frame response --api Fetch --version 19", 2, "0 to 18, not 19");
    expect_words("$K decode --frame response --api Fetch --version x", 2,
                 "--version wants a number");
    expect_words("$K decode file", 2, "\"file\" is too much");
    expect_words("$K encode --reencode", 2, "no option --reencode\n");
    expect_words("$K help decode", 0, "--reencode ");
    expect_words("$K help encode", 0, "JSON");
    expect_words("$K help schema", 0, "flexible");
    expect_words("$K decod", 2, "did you mean \"decode\"?");
}
END_TEST

SUITE_MAIN("tools/codec", 120, every_vector_through_the_command, requests_in_frames,
           responses_in_frames, frames_that_are_none,
           lines_that_are_wrong_are_answered_in_their_place,
           json_that_is_wrong_is_answered_in_its_place, long_lines, a_line_without_end,
           answers_do_not_wait_for_more_questions, records_are_shown_when_asked_for,
           records_that_are_none_are_named_by_their_field, tables_are_printed,
           mistakes_in_options_are_named)
