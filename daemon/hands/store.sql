-- SPDX-License-Identifier: MIT
-- store.sql: all SQL of the store. Each statement stands below its reason and its name (a line "-- .name");
-- the program carries this text, prepares from it what it needs, and names the statement in every error.
--
-- What is promised: WAL and synchronous=FULL. A drop file is deleted or moved on the strength of a commit
-- here, so a commit is on the disk when it returns; there is no sender who would send again.
--
-- The store is a row of files, segment-00000001.db and so on. Only the newest is written. A transaction lies
-- wholly in one of them, and the one that fills a segment seals it: with the indexes of all that is in it,
-- which nobody has to keep up from then on. newswire.db is the catalogue of the segments, made from them.
--
-- For other people's SQL: `newswire sql` shows all segments as one; or open a single one with mode=ro, daemon
-- up or down, and read the views `records`, `dispatches`, `files` and `seen_again`. Tables may change with
-- the version of the store (pragma user_version), the views will not. Times are milliseconds since 1970 in
-- tables, RFC 3339 in views.

-- ---- opening ----------------------------------------------------------------------------------------------

-- What is it that was found? Asked before anything is written, so that a stranger's database is left as it
-- is.
-- .application
pragma application_id;

-- .version
pragma user_version;

-- .tables
select count(*) from sqlite_master;

-- 16K pages take a dispatch of 3 KB without overflow pages and commit half as fast again as 4K ones.
-- Checkpoints are the program's, on a thread of their own. The log is cut back to 64 MB when it starts anew,
-- and to nothing at the end.
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

-- The catalogue is small and seldom written: checkpoints are SQLite's own.
-- .pragmas_catalogue
pragma page_size = 16384;
pragma journal_mode = wal;
pragma synchronous = full;
pragma journal_size_limit = 1048576;
pragma temp_store = memory;

-- A file of ids is written once, in one go, under a name that nobody reads yet.
-- .pragmas_ids
pragma page_size = 16384;
pragma journal_mode = delete;
pragma synchronous = full;

-- Of a sealed segment a few pages are read at a time, and many may be open.
-- .pragmas_reader
pragma cache_size = -256;
pragma temp_store = memory;

-- A file system without shared memory quietly gives another mode than was asked for.
-- .journal_mode
pragma journal_mode;

-- To change a schema: (1) change it here and raise user_version, in all three schemas and in store_sql.h;
-- (2) add a statement `.upgrade_N` that takes a file of version N to N + 1 and ends in
-- `pragma user_version = N + 1`; (3) run it in store_start.c on each file before its version is compared, in
-- a transaction per file, newswire.db last, so that a start that was cut short goes on where it was; (4) keep
-- a small store made by version N under tests/data and open it in tests/test_store_open.c. Until there is an
-- upgrade from a version, a store of it is refused, never guessed at. application_id is "NWSW".
-- .schema
pragma application_id = 1314345815;
pragma user_version = 3;

-- The head has a row of its own: a reader has epoch, head and horizon from one row in the snapshot of its
-- page. The row of the newest segment speaks for the whole store; a sealed one keeps what was true then.
create table head (
    one integer primary key check (one = 1),
    segment integer not null,           -- number of this segment, 1, 2, 3 ...
    epoch integer not null,             -- 64 random bits, not 0 (SQL shows them signed)
    first integer not null,             -- the first record of this segment, there or to come
    seq integer not null,               -- newest record, 0 = none yet
    oldest integer not null,            -- oldest record that is still here; seq + 1 = none
    dispatches integer not null,        -- so many were ever stored
    files integer not null,             -- newest file.n
    stored integer not null,            -- time of the newest transaction
    sealed integer not null default 0,  -- 1: nothing is written here any more
    renewed integer not null default 0, -- when a restored copy got a new epoch; 0 = never
    lineage text not null default ''    -- epochs before this one, a line each: hex, and the head it had
);

-- A drop file that was settled, one row per drop. `claim` is what makes a repeated step after a crash
-- harmless.
create table file (
    n integer primary key,
    claim text not null,
    name text not null,
    feed text not null,
    size integer not null,
    digest blob not null,
    rules blob not null,                -- digest of the rules under which it was read
    arrival integer not null,
    settled integer not null,           -- when its transaction was begun
    fate integer not null,              -- 1 done, 2 bad
    why text,                           -- bad: the reason
    fresh integer not null,             -- dispatches that were new
    seen integer not null,              -- dispatches in it that were stored before
    rejected integer not null,          -- slices set aside
    first_seq integer not null,         -- its records, all between them too; 0 = none
    last_seq integer not null
);

-- What went out under one seq. `stored` rises with seq (but for a clock set back by more than an hour).
create table record (
    seq integer primary key,
    kind integer not null,              -- 1 new, 2 revised, 3 corrected, 4 canceled, 5 retagged
    id blob not null,                   -- of version 1, which is that of all versions
    version integer not null,
    stored integer not null,
    file integer not null,              -- file.n that brought it
    first integer,                      -- record of version 1; null = this
    identity blob,                      -- of this text, by which it is known when dropped again; null = id
    topics text not null                -- one a line, without "all/"
);

-- The text that went out under a seq, apart from the record so that whoever looks for records reads little. A
-- record under other topics has a copy, so that no segment needs another.
create table dispatch (
    seq integer primary key,
    agency text,
    headline text,
    located text,
    content_created text,
    blob blob not null                  -- the packed Dispatch; never changes
);

-- Where else a dispatch was met: in another file than the one that brought it first, or once more in that
-- one.
create table again (
    file integer not null,
    n integer not null,                 -- 1, 2, 3 ... in that file
    dispatch integer not null,          -- its record
    at integer,                         -- its span in the file, bytes; null = the whole file came before
    length integer,
    id blob,                            -- of a dispatch in an older segment: remembered as long as this one
    primary key (file, n)
) without rowid;

-- Of a sealed segment: its topics, with the seqs of each, as distances in a varint each from first - 1 on.
create table topic (
    name text primary key,
    records integer not null,
    last_seq integer not null,
    last integer not null,
    seqs blob not null
) without rowid;

-- Of a sealed segment: its keys (store_keys.h), by the lowest bits of their hash, in order.
create table run (
    bucket integer primary key,
    entries blob not null
);
-- What says of nearly every key that it is not in `run`.
create table filter (
    one integer primary key check (one = 1),
    bits blob not null
);

create view records as
    select r.seq,
           case r.kind when 1 then 'new' when 2 then 'revised' when 3 then 'corrected' when 4 then 'canceled'
                       else 'retagged' end as kind,
           strftime('%Y-%m-%dT%H:%M:%fZ', r.stored / 1000.0, 'unixepoch') as stored,
           lower(hex(r.id)) as id, r.version, d.agency, d.headline, d.located, d.content_created, r.topics,
           f.feed, f.name as file
      from record r join dispatch d on d.seq = r.seq left join file f on f.n = r.file;
create view dispatches as
    select seq, id, version, agency, headline, located, content_created, stored as first_seen, feed, file
      from records where kind <> 'retagged';
create view files as
    select n, name, feed, size, lower(hex(digest)) as digest,
           strftime('%Y-%m-%dT%H:%M:%fZ', arrival / 1000.0, 'unixepoch') as arrival,
           strftime('%Y-%m-%dT%H:%M:%fZ', settled / 1000.0, 'unixepoch') as settled,
           case fate when 1 then 'done' else 'bad' end as fate, why, fresh, seen, rejected, first_seq,
           last_seq
      from file;
create view seen_again as
    select a.file as n, a.dispatch as seq, f.feed, f.name as file,
           strftime('%Y-%m-%dT%H:%M:%fZ', f.settled / 1000.0, 'unixepoch') as settled
      from again a join file f on f.n = a.file;

-- The catalogue. All of it can be had from the segments, and is, when it is empty.
-- .schema_catalogue
pragma application_id = 1314345815;
pragma user_version = 3;
create table segment (
    n integer primary key,
    state integer not null,             -- 1 open, 2 sealed, 3 gone but for the ids in segment-N.ids
    first integer not null,             -- its records, last < first: none; of an open one not kept
    last integer not null,
    stored integer not null             -- time of its newest transaction
);
-- Of all sealed segments that are here.
create table topic (
    name text primary key,
    records integer not null,
    last_seq integer not null,
    last integer not null
) without rowid;

-- What is left of a segment behind the horizon: keys of ids, as a sealed segment has them.
-- .schema_ids
pragma application_id = 1314345815;
pragma user_version = 3;
create table run (
    bucket integer primary key,
    entries blob not null
);
create table filter (
    one integer primary key check (one = 1),
    bits blob not null
);

-- ---- heads ------------------------------------------------------------------------------------------------

-- A segment is born with its head, in the transaction of its schema.
-- .put_head
insert into head (one, segment, epoch, first, seq, oldest, dispatches, files, stored, renewed, lineage)
    values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- The numbers that go on rising, read anew in each transaction: after a rollback nothing in memory can be
-- ahead of the disk.
-- .head
select segment, epoch, first, seq, oldest, dispatches, files, stored, sealed, renewed, lineage from head;

-- .set_head
update head set seq = ?1, dispatches = ?2, files = ?3, stored = ?4, sealed = ?5;

-- .set_oldest
update head set oldest = ?1;

-- The cheap look at each start: the head must agree with the records. A whole check reads everything, for
-- minutes.
-- .sane
select seq, first, (select min(seq) from record), (select max(seq) from record) from head;

-- An older copy was put back: its seqs will be given out a second time, with other news. A new epoch tells
-- the clients.
-- .renew
update head set lineage = lineage || printf('%016x %d', epoch, seq) || char(10), epoch = ?1, renewed = ?2;

-- ---- the catalogue ----------------------------------------------------------------------------------------

-- .list_segments
select n, state, first, last, stored from segment order by n;

-- .put_segment
insert or replace into segment (n, state, first, last, stored) values (?1, ?2, ?3, ?4, ?5);

-- .forget_segment
delete from segment where n = ?1;

-- .add_topic
insert into topic (name, records, last_seq, last) values (?1, ?2, ?3, ?4)
    on conflict (name) do update set records = records + ?2, last_seq = ?3, last = ?4;

-- .take_topic
update topic set records = records - ?2 where name = ?1;

-- .drop_topics
delete from topic where records <= 0;

-- .list_topics
select name, records, last_seq, last from topic where name >= ?1 and name > ?2 order by name;

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

-- ---- what is put ------------------------------------------------------------------------------------------

-- .put_file
insert into file (n, claim, name, feed, size, digest, rules, arrival, settled, fate, why, fresh, seen,
                  rejected, first_seq, last_seq)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16);

-- .put_record
insert into record (seq, kind, id, version, stored, file, first, identity, topics)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- .put_dispatch
insert into dispatch (seq, agency, headline, located, content_created, blob) values (?1, ?2, ?3, ?4, ?5, ?6);

-- .put_again
insert into again (file, n, dispatch, at, length, id) values (?1, ?2, ?3, ?4, ?5, ?6);

-- ---- sealing ----------------------------------------------------------------------------------------------

-- .put_topic
insert into topic (name, records, last_seq, last, seqs) values (?1, ?2, ?3, ?4, ?5);

-- .put_run
insert into run (bucket, entries) values (?1, ?2);

-- .put_filter
insert into filter (one, bits) values (1, ?1);

-- ---- the index of the open segment, made anew from its rows -----------------------------------------------

-- .index_records
select seq, kind, id, identity, first, stored, topics from record where seq > ?1 order by seq;

-- .index_files
select n, claim, feed, digest, fate, fresh from file where n > ?1 order by n;

-- .index_again
select dispatch, id from again where file > ?1 and id is not null order by file, n;

-- ---- readers ----------------------------------------------------------------------------------------------

-- Rows and head of one page come from one snapshot, which ends with the call: no read transaction is held
-- across a send.
-- .begin_read
begin;

-- .end_read
rollback;

-- .check
select id from record where seq = ?1;

-- Records that follow one another, together.
-- .records
select r.seq, r.kind, r.stored, r.topics, r.id, r.version, d.blob
    from record r join dispatch d on d.seq = r.seq where r.seq between ?1 and ?2 order by r.seq;

-- Where there are no postings, and for a request of many topics: along the records, with a look at the topics
-- of each.
-- .scan
select seq, topics from record where seq > ?1 and seq <= ?2 order by seq limit ?3;

-- From a name on, as far as the reader cares: it stops at the first that does not begin with its prefix.
-- .topics_from
select name, records, last_seq, last, seqs from topic where name >= ?1 order by name;

-- .stored_at
select stored from record where seq = ?1;

-- No index finds names: from the newest file back to the first that was settled before it could have arrived.
-- .find_file
select fate, first_seq, last_seq, fresh, seen, rejected, why from file
    where n > coalesce((select n from file where n > ?4 and settled < ?3 order by n desc limit 1), ?4)
      and name = ?1 and feed = ?2 and arrival >= ?3 order by n desc limit 1;

-- .run
select entries from run where bucket = ?1;

-- .runs
select entries from run;

-- .filter
select bits from filter;

-- A drop file by its number.
-- .file
select claim, name, feed, digest, rules, arrival, fate, why, fresh, seen, rejected, first_seq, last_seq
    from file where n = ?1;

-- .ids_between
select seq, coalesce(identity, id) from record where seq between ?1 and ?2 and kind < 5 order by seq;

-- A dispatch as it stands in one of its records.
-- .held
select r.kind, r.id, r.version, r.first, r.identity, r.topics, d.agency, d.headline, d.located,
       d.content_created, d.blob
    from record r join dispatch d on d.seq = r.seq where r.seq = ?1;

-- .brought
select coalesce(first, seq) from record where seq between ?1 and ?2 order by 1;

-- .brought_again
select at, length from again where file = ?1 and at is not null order by at;

-- ---- searching --------------------------------------------------------------------------------------------
--
-- search/segment-N.db beside segment-N.db: the words of its dispatches. Derived: whatever is wrong with it, it
-- is made anew; so no commit there waits for the disk, only what moves its log into it does.

-- .pragmas_search
pragma page_size = 16384;
pragma journal_mode = wal;
pragma synchronous = normal;
pragma cache_size = -4096;
pragma journal_size_limit = 16777216;
pragma wal_autocheckpoint = 2000;
pragma temp_store = memory;

-- Merging is put off until there is nothing else to do: it is half of the work of FTS5. hashsize: the words of
-- one transaction are kept in memory until it ends. Column names are how the program asks.
-- .schema_search
pragma application_id = 1314345815;
pragma user_version = 3;
create table head (
    one integer primary key check (one = 1),
    segment integer not null,
    epoch integer not null,             -- of the segment's head: a restored copy is another one
    done integer not null,              -- records up to here are in it
    merged integer not null default 0,  -- 1: the segment is sealed and all is merged; nothing is written any more
    low integer,                        -- the earliest time in it, and the latest; null = none
    high integer
);
create table moment (
    seq integer primary key,
    time integer not null               -- printed; stored, where none was
);
create virtual table words using fts5(headline, body, author, topics, content = '',
                                      tokenize = 'unicode61 remove_diacritics 2');
insert into words (words, rank) values ('automerge', 0);
insert into words (words, rank) values ('crisismerge', 1000);
insert into words (words, rank) values ('hashsize', 16777216);

-- .search_head
select segment, epoch, done, merged, low, high from head;

-- .put_search_head
insert or replace into head (one, segment, epoch, done, merged, low, high) values (1, ?1, ?2, ?3, ?4, ?5, ?6);

-- .put_words
insert into words (rowid, headline, body, author, topics) values (?1, ?2, ?3, ?4, ?5);

-- .put_moment
insert into moment (seq, time) values (?1, ?2);

-- A bit of merging: ?1 pages; below zero begins to make one of all there is.
-- .merge
insert into words (words, rank) values ('merge', ?1);

-- Closed to further writing, a sealed index is one plain file.
-- .search_whole
pragma journal_mode = delete;

-- Hits newest first; a time is looked up only if one is asked for.
-- .find_newest
select rowid, 0.0 from words where words match ?1
       and (?2 is null or (select time >= ?2 and time < ?3 from moment where seq = words.rowid))
 order by rowid desc;

-- bm25 reads much of each hit: of the newest ?4 only. A word in the headline says ten times as much.
-- .find_best
select rowid, bm25(words, 10.0, 1.0, 5.0, 0.0) from words where words match ?1
       and (?2 is null or (select time >= ?2 and time < ?3 from moment where seq = words.rowid))
 order by rowid desc limit ?4;

-- One dispatch in memory, to find what of it the words are.
-- .schema_shown
create virtual table words using fts5(headline, body, author, topics, tokenize = 'unicode61 remove_diacritics 2');

-- .clear_shown
delete from words;

-- U+FDD0 and U+FDD1 are no characters, so no text has them.
-- .shown
select highlight(words, 0, char(64976), char(64977)), snippet(words, 1, char(64976), char(64977), '…', 30)
  from words where words match ?1;
