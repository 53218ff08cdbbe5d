-- SPDX-License-Identifier: MIT
-- store.sql: all SQL of the store. Each statement stands below its reason and its name (a line "-- .name");
-- the program carries this text, prepares from it what it needs, and names the statement in every error.
--
-- What is promised: WAL and synchronous=FULL. A drop file is deleted or moved on the strength of a commit
-- here, so a commit is on the disk when it returns; there is no sender who would send again.
--
-- For other people's SQL: open newswire.db with mode=ro, daemon up or down, and read the views `records` and
-- `dispatches`. Tables may change with the version of the store (pragma user_version), the views will not.
-- Times are milliseconds since 1970 in tables, RFC 3339 in views.

-- ---- opening ----------------------------------------------------------------------------------------------

-- What is it that was found? Asked before anything is written, so that a stranger's database is left as it
-- is.
-- .application
pragma application_id;

-- .version
pragma user_version;

-- .tables
select count(*) from sqlite_master;

-- 16K pages take a dispatch of 3 KB without overflow pages and commit half as fast again as 4K ones. The log
-- is cut back to 64 MB when it starts anew, so that one great backlog does not keep its size for ever.
-- Checkpoints are the program's.
-- A savepoint keeps the pages that its file changes: in memory, for in a file that was three writes of four.
-- .pragmas
pragma page_size = 16384;
pragma journal_mode = wal;
pragma synchronous = full;
pragma secure_delete = 0;
pragma cache_size = -8192;
pragma journal_size_limit = 67108864;
pragma wal_autocheckpoint = 0;
pragma temp_store = memory;

-- A file system without shared memory quietly gives another mode than was asked for.
-- .journal_mode
pragma journal_mode;

-- To change the schema: (1) change it here and raise user_version, here and in store_sql.h; (2) add a
-- statement `.upgrade_N` that takes a store of version N to N + 1, ends in `pragma user_version = N + 1`, and
-- can stand in one transaction with the others; (3) run those that are needed in store.c before the version
-- is compared, in that one transaction; (4) keep a small store made by version N under tests/data and open it
-- in tests/test_store_open.c. Until there is an upgrade from a version, a store of it is refused, never guessed
-- at. application_id is "NWSW".
-- .schema
pragma application_id = 1314345815;
pragma user_version = 2;

-- The head has a row of its own: a reader has epoch, head and horizon from one row in the snapshot of its
-- page, and the head outlives the records that retention takes away.
create table head (
    one integer primary key check (one = 1),
    epoch integer not null,             -- 64 random bits, not 0 (SQL shows them signed)
    seq integer not null,               -- newest record, 0 = none yet
    oldest integer not null,            -- oldest record that is still here; seq + 1 = none
    dispatches integer not null,        -- newest dispatch.n: so many were ever stored
    created integer not null,
    renewed integer not null default 0, -- when a restored copy got a new epoch; 0 = never
    lineage text not null default ''    -- epochs before this one, a line each: hex, and the head it had
);

-- A drop file that was settled, one row per drop. `claim` is what makes a repeated step after a crash
-- harmless.
create table file (
    n integer primary key,
    claim text not null unique,
    name text not null,
    feed text not null,
    size integer not null,
    digest blob not null,
    rules blob not null,                -- digest of the rules under which it was read
    arrival integer not null,
    settled integer not null default 0, -- when its transaction was begun
    fate integer not null default 0,    -- 1 done, 2 bad; 0 only inside its transaction
    why text,                           -- bad: the reason
    fresh integer not null default 0,   -- dispatches that were new, from number first_dispatch on
    seen integer not null default 0,    -- dispatches in it that were stored before
    rejected integer not null default 0, -- slices set aside
    first_seq integer not null default 0, -- its records, all between them too; 0 = none
    last_seq integer not null default 0,
    first_dispatch integer not null
);
create index file_digest on file (digest);
create index file_name on file (name, feed, arrival);

-- A text of a dispatch. The blob never changes: topics, kind and seq belong to the records.
create table dispatch (
    n integer primary key,              -- 1, 2, 3 ...
    id blob not null unique,            -- identity of this text, by which it is known when it is dropped again;
                                        -- if another row has that, followed by n in 8 bytes
    version integer not null,
    revises integer,                    -- dispatch.n of version 1, whose id is that of all versions
    file integer not null,              -- file.n that brought it first
    last_file integer not null,         -- file.n that brought it last: one file counts once
    first_seen integer not null,
    last_seen integer not null,
    seen integer not null default 1,    -- files that brought it
    record integer not null,            -- its newest record
    agency text,
    headline text,
    located text,
    content_created text,
    blob blob                           -- the packed Dispatch; null once it lies behind the horizon
);

-- What went out under one seq. `stored` rises with seq (but for a clock set back by more than an hour).
create table record (
    seq integer primary key,
    dispatch integer not null,
    kind integer not null,              -- 1 new, 2 revised, 3 corrected, 4 canceled, 5 retagged
    stored integer not null,
    topics text not null                -- one a line, without "all/"
);

-- Counters follow at each commit, for all records in it at once.
create table topic (
    n integer primary key,
    name text not null unique,
    records integer not null default 0,
    last_seq integer not null default 0,
    last integer not null default 0
);
create table record_topic (
    topic integer not null,
    seq integer not null,
    primary key (topic, seq)
) without rowid;

-- Where else a dispatch was met: in another file than the one that brought it first, or once more in that
-- one. Dispatches that were forgotten stay listed; n is never given twice.
create table again (
    file integer not null,
    at integer not null,                -- its span in the file, bytes
    length integer not null,
    dispatch integer not null,
    primary key (file, at)
) without rowid;
create index dispatch_revises on dispatch (revises) where revises is not null;

create view records as
    select r.seq,
           case r.kind when 1 then 'new' when 2 then 'revised' when 3 then 'corrected' when 4 then 'canceled'
                       else 'retagged' end as kind,
           strftime('%Y-%m-%dT%H:%M:%fZ', r.stored / 1000.0, 'unixepoch') as stored,
           lower(hex(coalesce(v.id, d.id))) as id, d.version, d.agency, d.headline, d.located,
           d.content_created, r.topics
      from record r join dispatch d on d.n = r.dispatch left join dispatch v on v.n = d.revises;
create view dispatches as
    select d.n, lower(hex(coalesce(v.id, d.id))) as id, d.version, d.agency, d.headline, d.located,
           d.content_created,
           strftime('%Y-%m-%dT%H:%M:%fZ', d.first_seen / 1000.0, 'unixepoch') as first_seen,
           strftime('%Y-%m-%dT%H:%M:%fZ', d.last_seen / 1000.0, 'unixepoch') as last_seen,
           d.seen, f.feed, f.name as file
      from dispatch d left join file f on f.n = d.file left join dispatch v on v.n = d.revises;

-- A store is born with its head, in the transaction of its schema.
-- .put_head
insert into head (one, epoch, seq, oldest, dispatches, created) values (1, ?1, 0, 1, 0, ?2);

-- The cheap look at each start: the head must agree with the records. A whole check reads everything, for
-- minutes.
-- .sane
select seq, oldest, (select min(seq) from record), (select max(seq) from record) from head;

-- An older copy was put back: its seqs will be given out a second time, with other news. A new epoch tells
-- the clients.
-- .renew
update head set lineage = lineage || printf('%016x %d', epoch, seq) || char(10), epoch = ?1, renewed = ?2;

-- ---- transactions -----------------------------------------------------------------------------------------

-- Immediate: another writer (there should be none) is met here, and not halfway through.
-- .begin
begin immediate;

-- .commit
commit;

-- .rollback
rollback;

-- One per drop file: a file goes in whole or not at all, without its neighbours in the batch.
-- .savepoint
savepoint file;

-- .release
release file;

-- .rollback_to
rollback to file;

-- The numbers that go on rising, read anew in each transaction: after a rollback nothing in memory can be
-- ahead of the disk.
-- .head
select epoch, seq, oldest, dispatches, coalesce((select stored from record where record.seq = head.seq), 0)
    from head;

-- .set_head
update head set seq = ?1, dispatches = ?2;

-- ---- a drop file ------------------------------------------------------------------------------------------

-- A claim that is here was committed before: the crash came between commit and move, which goes where the fate says.
-- .find_claim
select fate, why from file where claim = ?1;

-- .put_file
insert into file (claim, name, feed, size, digest, rules, arrival, first_dispatch)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- .end_file
update file set settled = ?2, fate = ?3, why = ?4, fresh = ?5, seen = ?6, rejected = ?7,
                first_seq = ?8, last_seq = ?9
    where n = ?1;

-- The same bytes under the same rules in the same feed can only say the same again. seen = 0: all its
-- dispatches are its own, so that they can be found by number.
-- .find_repeat
select first_dispatch, fresh from file
    where digest = ?1 and feed = ?2 and rules = ?3 and fate = 1 and rejected = 0 and seen = 0
    order by n desc limit 1;

-- .see_file
update dispatch set seen = seen + 1, last_seen = ?3, last_file = ?4
    where n >= ?1 and n < ?1 + ?2 and last_file <> ?4;

-- ---- a dispatch -------------------------------------------------------------------------------------------

-- .find_dispatch
select n from dispatch where id = ?1;

-- A dispatch printed twice in one file was still dropped once.
-- .see_dispatch
update dispatch set seen = seen + 1, last_seen = ?2, last_file = ?3 where n = ?1 and last_file <> ?3;

-- The first span in a file is as good as the next, should they begin at the same byte.
-- .put_again
insert or ignore into again (file, at, length, dispatch) values (?1, ?2, ?3, ?4);

-- .put_dispatch
insert into dispatch (n, id, version, file, last_file, first_seen, last_seen, record, agency, headline,
                      located, content_created, blob, revises)
    values (?1, ?2, ?3, ?4, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- The newest version of the dispatch whose version 1 is ?1, and that one's id.
-- .newest
select d.n, d.version, (select id from dispatch where n = ?1) from dispatch d
    where d.n = ?1 or d.revises = ?1 order by d.version desc limit 1;

-- Behind a record without a version of its own: the blob is kept as long as it is.
-- .set_record
update dispatch set record = ?2 where n = ?1;

-- .put_record
insert into record (seq, dispatch, kind, stored, topics) values (?1, ?2, ?3, ?4, ?5);

-- .find_topic
select n from topic where name = ?1;

-- .put_topic
insert into topic (name) values (?1);

-- Ignored: a topic given twice to one record is one topic.
-- .put_record_topic
insert or ignore into record_topic (topic, seq) values (?1, ?2);

-- Catches up from the topic's own last_seq: doing it twice, or for a topic whose file was undone, changes
-- nothing.
-- .count_topic
update topic set
    records = records + (select count(*) from record_topic where topic = ?1 and seq > topic.last_seq),
    last_seq = (select max(seq) from record_topic where topic = ?1),
    last = ?2
    where n = ?1 and last_seq < (select max(seq) from record_topic where topic = ?1);

-- ---- retention --------------------------------------------------------------------------------------------

-- How far this call goes: records between them go too, so that one wrong clock reading cannot hold up
-- retention for ever.
-- .prune_upto
select max(seq) from record where seq >= ?1 and seq < ?1 + ?2 and stored < ?3;

-- .prune_topics
select topics from record where seq <= ?1;

-- .prune_record_topic
delete from record_topic where topic = ?1 and seq <= ?2;

-- .uncount_topic
update topic set records = records - ?2 where n = ?1;

-- The id stays, so that the same dispatch dropped again is still known.
-- .prune_blobs
update dispatch set blob = null where record <= ?1 and n in (select dispatch from record where seq <= ?1);

-- .prune_records
delete from record where seq <= ?1;

-- .set_oldest
update head set oldest = ?1;

-- Ids are forgotten in the order in which they came, one window per call.
-- .forget_first
select n, first_seen from dispatch where n > ?1 order by n limit 1;

-- Only those without a record: `record` lies behind the horizon. Version 1 stays as long as another is here:
-- its id is theirs.
-- .forget
delete from dispatch where n > ?1 and n <= ?1 + ?2 and record < (select oldest from head) and last_seen < ?3
    and not exists (select 1 from dispatch v where v.revises = dispatch.n);

-- ---- readers ----------------------------------------------------------------------------------------------

-- Rows and head of one page come from one snapshot, which ends with the call: no read transaction is held
-- across a send.
-- .begin_read
begin;

-- .end_read
rollback;

-- .check
select coalesce((select v.id from dispatch v where v.n = d.revises), d.id)
    from record r join dispatch d on d.n = r.dispatch where r.seq = ?1;

-- .record
select r.kind, r.stored, r.topics, coalesce((select v.id from dispatch v where v.n = d.revises), d.id),
       d.version, d.blob
    from record r join dispatch d on d.n = r.dispatch where r.seq = ?1;

-- A request for many topics reads along the records and looks at the topics of each.
-- .scan
select seq, topics from record where seq > ?1 order by seq limit ?2;

-- A request for a few topics reads along the index of each.
-- .topic_seqs
select seq from record_topic where topic = ?1 and seq > ?2 order by seq limit ?3;

-- From a name on, as far as the reader cares: it stops at the first that does not begin with its prefix.
-- .topics_from
select n, name from topic where name >= ?1 order by name;

-- .list_topics
select name, records, last_seq, last from topic
    where name >= ?1 and name <> ?2 and records > 0 order by name limit ?3;

-- .stored_at
select stored from record where seq = ?1;

-- .find_file
select fate, first_seq, last_seq, fresh, seen, rejected, why from file
    where name = ?1 and feed = ?2 and arrival >= ?3 order by arrival desc, n desc limit 1;

-- What files of these bytes brought, for --reparse. The first of them speaks for all: name and arrival decide
-- nothing twice.
-- .brought_by
select name, arrival from file where digest = ?1 and feed = ?2 and fate = 1 order by n limit 1;

-- Each dispatch once, by its version 1.
-- .brought
select distinct coalesce(d.revises, d.n)
    from file f join dispatch d on d.n >= f.first_dispatch and d.n < f.first_dispatch + f.fresh
    where f.digest = ?1 and f.feed = ?2 and f.fate = 1 order by 1;

-- .brought_newest
select d.version, d.id, d.blob, r.kind, r.topics from dispatch d left join record r on r.seq = d.record
    where d.n = ?1 or d.revises = ?1 order by d.version desc limit 1;

-- .brought_again
select a.at, a.length from file f join again a on a.file = f.n
    where f.digest = ?1 and f.feed = ?2 and f.fate = 1 order by a.at;
