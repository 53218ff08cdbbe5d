-- SPDX-License-Identifier: MIT
-- A store as version 1 of the schema left it: two files, three dispatches of which the second file brought one
-- again, three records. The blobs are the shortest that can be read: "version 1".
pragma page_size = 16384;
pragma journal_mode = wal;
pragma application_id = 1314345815;
pragma user_version = 1;
create table head (
    one integer primary key check (one = 1),
    epoch integer not null,
    seq integer not null,
    oldest integer not null,
    dispatches integer not null,
    created integer not null,
    renewed integer not null default 0,
    lineage text not null default ''
);
create table file (
    n integer primary key,
    claim text not null unique,
    name text not null,
    feed text not null,
    size integer not null,
    digest blob not null,
    rules blob not null,
    arrival integer not null,
    settled integer not null default 0,
    fate integer not null default 0,
    why text,
    fresh integer not null default 0,
    seen integer not null default 0,
    rejected integer not null default 0,
    first_seq integer not null default 0,
    last_seq integer not null default 0,
    first_dispatch integer not null
);
create index file_digest on file (digest);
create index file_name on file (name, feed, arrival);
create table dispatch (
    n integer primary key,
    id blob not null unique,
    version integer not null,
    revises integer,
    file integer not null,
    last_file integer not null,
    first_seen integer not null,
    last_seen integer not null,
    seen integer not null default 1,
    record integer not null,
    agency text,
    headline text,
    located text,
    content_created text,
    blob blob
);
create table record (
    seq integer primary key,
    dispatch integer not null,
    kind integer not null,
    stored integer not null,
    topics text not null
);
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

create view records as
    select r.seq,
           case r.kind when 1 then 'new' when 2 then 'revised' when 3 then 'corrected' when 4 then 'canceled'
                       else 'retagged' end as kind,
           strftime('%Y-%m-%dT%H:%M:%fZ', r.stored / 1000.0, 'unixepoch') as stored,
           lower(hex(d.id)) as id, d.version, d.agency, d.headline, d.located, d.content_created, r.topics
      from record r join dispatch d on d.n = r.dispatch;
create view dispatches as
    select d.n, lower(hex(d.id)) as id, d.version, d.agency, d.headline, d.located, d.content_created,
           strftime('%Y-%m-%dT%H:%M:%fZ', d.first_seen / 1000.0, 'unixepoch') as first_seen,
           strftime('%Y-%m-%dT%H:%M:%fZ', d.last_seen / 1000.0, 'unixepoch') as last_seen,
           d.seen, f.feed, f.name as file
      from dispatch d left join file f on f.n = d.file;
insert into head (one, epoch, seq, oldest, dispatches, created) values (1, 4660, 3, 1, 3, 1000);
insert into file (n, claim, name, feed, size, digest, rules, arrival, settled, fate, fresh, seen, first_seq, last_seq,
                  first_dispatch)
    values (1, 'a', 'wire.txt', 'default', 10, zeroblob(32), zeroblob(16), 5000, 6000, 1, 2, 0, 1, 2, 1),
           (2, 'b', 'more.txt', 'default', 10, x'01' || zeroblob(31), zeroblob(16), 7000, 8000, 1, 1, 1, 3, 3, 3);
insert into dispatch (n, id, version, file, last_file, first_seen, last_seen, seen, record, headline, blob)
    values (1, x'0101000000000000000000000000000000000000', 1, 1, 2, 6000, 8000, 2, 1, 'First', x'1001'),
           (2, x'0102000000000000000000000000000000000000', 1, 1, 1, 6000, 6000, 1, 2, 'Second', x'1001'),
           (3, x'0103000000000000000000000000000000000000', 1, 2, 2, 8000, 8000, 1, 3, 'Third', x'1001');
insert into record values (1, 1, 1, 6000, 'feed/default/'), (2, 2, 1, 6000, ''), (3, 3, 1, 8000, 'feed/default/');
insert into topic values (1, 'feed/default/', 2, 3, 8000);
insert into record_topic values (1, 1), (1, 3);
