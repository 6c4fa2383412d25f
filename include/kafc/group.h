/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader in a consumer group: subscriptions, commits, and claims for those
 * who handle partitions on threads of their own.
 *
 *   kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = "orders", .group = "billing"), &err);
 *   while (kafc_reader_fetch(r, &msg, -1, &err) == KAFC_OK) {
 *       if (!handle(&msg))
 *           break;                       // a commit covers all below it: do not go past
 *       kafc_reader_mark(r, &msg, &err); // goes out on the interval, before a rebalance, and in close
 *   }
 *   kafc_reader_close(r, 10000, &err);
 *
 * Nothing is committed unless asked (rule R4). Three ways to ask:
 *   commit   now, and wait for the answer; or commit_async
 *   mark     by and by: each commit_interval_ms, before partitions are given up, in close, or by commit_marked
 *   read     a fetch that marks a message when the next one is asked for, so that a crash repeats and never skips
 * A commit names the next offset to read and covers everything below it: commit what is behind the last message that
 * was handled, not the last one that was fetched (rule R5).
 * What the member does not own any more, or has lost since the message was delivered, is refused with
 * KAFC_ERR_NOT_ASSIGNED and never sent; a partition kept through a rebalance goes through (rule R6).
 * A reader with a group and partitions by hand (kafc_reader_assign, or none at all) keeps offsets without being a
 * member: the same calls, for any partition. If the group has members these are refused: KAFC_ERR_UNKNOWN_MEMBER_ID
 * (rule R13).
 *
 * Threads: as kafc/reader.h; each claim is one thread's at a time.
 */
#ifndef KAFC_GROUP_H
#define KAFC_GROUP_H

#include <kafc/reader.h>
#include <kafc/transaction.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Subscription --------------------------------------------------------------------- */

/* Joins the group for these topics, in place of those before; does not wait. A name that begins with '^' is a POSIX
 * extended regular expression: all topics that match, also those made later, but no internal ones. The same set again
 * does nothing. Strings are copied. KAFC_ERR_USAGE: no group, partitions by hand (rule R1), a name or an expression is
 * none. */
KAFC_API kafc_err kafc_reader_subscribe(kafc_reader *r, const char *const *topics, int32_t n, kafc_error *err);
/* Gives up what is owned, as kafc_reader_close() does, and leaves the group; the reader can subscribe or assign anew.
 * Errors as of close; KAFC_ERR_TIMED_OUT, KAFC_ERR_WOULD_BLOCK (timeout 0): it is still leaving, and until it is out
 * subscribe and assign are refused. Call it again. */
KAFC_API kafc_err kafc_reader_unsubscribe(kafc_reader *r, int timeout_ms, kafc_error *err);
/* The topics and expressions, sorted: writes at most cap, returns how many there are. Borrowed until the next
 * subscribe or unsubscribe. */
KAFC_API int32_t kafc_reader_subscription(kafc_reader *r, const char **out, int32_t cap);

/* --- Commits -------------------------------------------------------------------------- */

/* Commits behind n messages, the highest of each partition, and waits for the answer. The first error; nothing else is
 * undone by it. KAFC_CLASS_RETRY: again, the offsets may be committed all the same; KAFC_ERR_NOT_ASSIGNED: another
 * member has the partition and will repeat these messages. */
KAFC_API kafc_err kafc_reader_commit(kafc_reader *r, const kafc_message *m, int32_t n, int timeout_ms,
                                     kafc_error *err);
/* The same for offsets; each one's own is in v[i].result. Going back is possible. */
KAFC_API kafc_err kafc_reader_commit_offsets(kafc_reader *r, kafc_offset *v, int32_t n, int timeout_ms,
                                             kafc_error *err);
/* All that was delivered, or all that is marked. KAFC_OK if there is nothing to commit. */
KAFC_API kafc_err kafc_reader_commit_delivered(kafc_reader *r, int timeout_ms, kafc_error *err);
KAFC_API kafc_err kafc_reader_commit_marked(kafc_reader *r, int timeout_ms, kafc_error *err);

/* Does not wait. While one is under way those that follow are put together, and the highest offset of each partition
 * is sent. done is called once for each call that returned KAFC_OK, in order, also when the reader is closed, which
 * waits for them. done may be NULL. Copied. */
KAFC_API kafc_err kafc_reader_commit_async(kafc_reader *r, const kafc_offset *v, int32_t n, kafc_commit_fn done,
                                           void *ctx, kafc_error *err);

/* All up to this message is done with; kept in memory, for the interval. No lock and no request for a message. The
 * highest counts. KAFC_ERR_NOT_ASSIGNED. */
KAFC_API kafc_err kafc_reader_mark(kafc_reader *r, const kafc_message *m, kafc_error *err);
/* The same for offsets, with metadata; going back is possible. v[i].result. Any thread: for workers that got copies
 * of messages, by kafc_offset_after() of the last one up to which all are done with. */
KAFC_API kafc_err kafc_reader_mark_offsets(kafc_reader *r, kafc_offset *v, int32_t n, kafc_error *err);

/* kafc_reader_fetch() that first marks the message it gave last. */
KAFC_API kafc_err kafc_reader_read(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err);

/* Asks the group's coordinator: out are offset, leader_epoch, metadata, result of each (rule R7). metadata is borrowed
 * until the next call of this function. */
KAFC_API kafc_err kafc_reader_committed(kafc_reader *r, kafc_offset *v, int32_t n, int timeout_ms, kafc_error *err);

/* For kafc_transaction_send_offsets(). Borrowed until the next call of this function. KAFC_ERR_NOT_ASSIGNED: not a
 * member now, although it has a subscription; KAFC_ERR_USAGE: no group. */
KAFC_API kafc_err kafc_reader_group_metadata(kafc_reader *r, kafc_group_metadata *out, kafc_error *err);

/* --- Claims: partitions on threads of their own --------------------------------------- */

/* One partition for as long as it is this member's, for one thread at a time. A thread waits in kafc_reader_claim() and
 * hands out what comes, as one does with accept(2):
 *
 *   while (kafc_reader_claim(r, &claim, -1, &err) == KAFC_OK)
 *       start_thread(work, claim);
 *
 *   void work(kafc_claim *claim) {
 *       while (kafc_claim_fetch(claim, &msg, -1, &err) == KAFC_OK)
 *           if (handle(&msg))
 *               kafc_claim_mark(claim, &msg, &err);
 *           else
 *               kafc_claim_seek(claim, KAFC_AT(msg.offset), &err); // once more: a mark covers all below it
 *       kafc_claim_free(claim);
 *   }
 *
 * In this order (rule R8): on_rebalance is told ASSIGNED; claims come out of kafc_reader_claim() and run; a rebalance
 * makes the fetches of those that go answer KAFC_ERR_CLAIM_ENDED; when all of these are freed, or most of the time is
 * over, on_rebalance is told REVOKED or LOST, what they marked is committed, and the group goes on. Most of the time:
 * nine tenths of the rebalance timeout (max_poll_interval_ms), or of that of close; who is not freed by then can mark
 * and commit no more. All of it happens inside kafc_reader_claim(), or close and unsubscribe, of one thread; claims of
 * partitions that stay go on meanwhile. Partitions by hand can be claimed as well, also without a group. */
typedef struct kafc_claim kafc_claim;

/* A partition of this reader that is not claimed. It is for kafc_claim_free(), late ones also after the
 * reader and the client were freed; then it comes again, where the claim stood, if it is still the reader's and not
 * read to its stop. Also returns what is no partition's of kafc_reader_fetch()'s codes: KAFC_ERR_TIMED_OUT,
 * KAFC_ERR_INTERRUPTED, KAFC_ERR_CLOSED, KAFC_ERR_MAX_POLL_EXCEEDED, … kafc_reader_wake() is for this call; claims are
 * ended by a close.
 * Whoever claims does not fetch: kafc_reader_fetch() gives the messages of unclaimed partitions only. */
KAFC_API kafc_err kafc_reader_claim(kafc_reader *r, kafc_claim **out, int timeout_ms, kafc_error *err);
KAFC_API const char *kafc_claim_topic(const kafc_claim *c); /* while the claim lives */
KAFC_API int32_t kafc_claim_partition(const kafc_claim *c);
/* Has the partition to be given up? For long work between two fetches. Any thread. */
KAFC_API bool kafc_claim_ended(const kafc_claim *c);
/* As kafc_reader_fetch(), of this partition; the message is valid until the next call on this claim, and can be marked
 * or committed until it is freed. KAFC_ERR_CLAIM_ENDED: mark what is done with, and free the claim; the reader may be
 * closed by then. KAFC_ERR_END_OF_RANGE: it was read to its stop. */
KAFC_API kafc_err kafc_claim_fetch(kafc_claim *c, kafc_message *m, int timeout_ms, kafc_error *err);
/* As kafc_reader_fetch_batch(); a batch may outlive the claim. */
KAFC_API kafc_err kafc_claim_fetch_batch(kafc_claim *c, kafc_batch **out, int timeout_ms, kafc_error *err);
/* As of the reader; also after CLAIM_ENDED, until the claim is freed. */
KAFC_API kafc_err kafc_claim_mark(kafc_claim *c, const kafc_message *m, kafc_error *err);
KAFC_API kafc_err kafc_claim_commit(kafc_claim *c, const kafc_message *m, int timeout_ms, kafc_error *err);
KAFC_API kafc_err kafc_claim_seek(kafc_claim *c, kafc_position to, kafc_error *err);
KAFC_API kafc_err kafc_claim_state(kafc_claim *c, kafc_reader_state *out, kafc_error *err);
KAFC_API void kafc_claim_free(kafc_claim *c); /* NULL is ignored */

#ifdef __cplusplus
}
#endif
#endif
