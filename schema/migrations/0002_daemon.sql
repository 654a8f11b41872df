-- A migration that was released is never edited: a change of the schema is a new file.
-- What the daemon needs: more kinds of tasks, their parties, and what it remembers between two looks.
-- SPDX-License-Identifier: MIT

-- The CAs that `apply` declares; those of the configuration file go before them.
CREATE TABLE cas (
  name       TEXT NOT NULL PRIMARY KEY,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- How the upkeep of each certificate stands. not_after and renew_at are those of its current version.
CREATE TABLE renewals (
  certificate_id INTEGER NOT NULL PRIMARY KEY REFERENCES certificates (id),
  state          TEXT NOT NULL CHECK (state IN ('new', 'fresh', 'ordering', 'failing', 'parked')),
  not_after      INTEGER,
  renew_at       INTEGER,
  payload        TEXT NOT NULL
) STRICT;
CREATE INDEX renewals_by_state ON renewals (state, not_after);
CREATE INDEX renewals_by_renew_at ON renewals (renew_at, not_after);
CREATE INDEX renewals_by_not_after ON renewals (not_after);

-- What the listeners of each server presented when they were looked at last.
CREATE TABLE watches (
  server_id  INTEGER NOT NULL PRIMARY KEY REFERENCES servers (id),
  state      TEXT NOT NULL CHECK (state IN ('unknown', 'good', 'wrong', 'unreachable', 'failed', 'parked')),
  checked_at INTEGER,
  payload    TEXT NOT NULL
) STRICT;
CREATE INDEX watches_by_state ON watches (state);

-- Versions that their CA has revoked.
CREATE TABLE revocations (
  version_id INTEGER NOT NULL PRIMARY KEY REFERENCES versions (id),
  revoked_at INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  seen_at    INTEGER NOT NULL
) STRICT;

-- Something a person should know, from the moment it began until it was over.
CREATE TABLE alarms (
  id         INTEGER NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  raised_at  INTEGER NOT NULL,
  cleared_at INTEGER,
  payload    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX alarms_by_time ON alarms (raised_at);

-- A message about an alarm through one channel.
CREATE TABLE deliveries (
  id         INTEGER NOT NULL PRIMARY KEY,
  alarm_id   INTEGER NOT NULL REFERENCES alarms (id),
  channel    TEXT NOT NULL,
  message    TEXT NOT NULL CHECK (message IN ('raised', 'recovered')),
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped')),
  attempts   INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at   INTEGER,
  error      TEXT NOT NULL DEFAULT '',
  UNIQUE (alarm_id, channel, message)
) STRICT;

-- A party is what tasks wait for together: a CA, the servers, a channel. The scheduler gives each its share.
DROP INDEX tasks_by_due;
DROP INDEX tasks_leased;
ALTER TABLE tasks RENAME TO tasks_before_0002;
CREATE TABLE tasks (
  kind        TEXT NOT NULL
              CHECK (kind IN ('order', 'deployment', 'renewal', 'watch', 'revocation', 'delivery')),
  subject_id  INTEGER NOT NULL,
  lane        TEXT NOT NULL,
  party       TEXT NOT NULL,
  due_at      INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  PRIMARY KEY (kind, subject_id),
  CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO tasks (kind, subject_id, lane, party, due_at, lease_owner, lease_until)
SELECT t.kind, t.subject_id, t.lane,
       CASE t.kind WHEN 'deployment' THEN 'deploy' ELSE
         'ca:' || (SELECT json_extract(o.payload, '$.spec.ca') FROM orders o WHERE o.id = t.subject_id) END,
       t.due_at, t.lease_owner, t.lease_until
FROM tasks_before_0002 t;
DROP TABLE tasks_before_0002;
-- Not leased: what can be claimed, by party and urgency. lease_owner is in it so that counting need not look
-- at the rows.
CREATE INDEX tasks_waiting ON tasks (party, due_at, lease_owner) WHERE lease_owner IS NULL;
CREATE INDEX tasks_leased ON tasks (lane) WHERE lease_owner IS NOT NULL;

INSERT INTO renewals (certificate_id, state, payload)
SELECT id, 'new', '{"v":1}' FROM certificates;
INSERT INTO tasks (kind, subject_id, lane, party, due_at)
SELECT 'renewal', id, 'renewal:' || id, 'renewal', 0 FROM certificates;
INSERT INTO watches (server_id, state, payload)
SELECT DISTINCT server_id, 'unknown', '{"v":1}' FROM certificate_servers;
INSERT INTO tasks (kind, subject_id, lane, party, due_at)
SELECT DISTINCT 'watch', server_id, 'watch:' || server_id, 'watch', 0 FROM certificate_servers;
INSERT INTO tasks (kind, subject_id, lane, party, due_at)
SELECT DISTINCT 'revocation', certificate_id, 'revocation:' || certificate_id, 'revocation', 0 FROM versions
WHERE quarantined = 0;
