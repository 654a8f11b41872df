-- A migration that was released is never edited: a change of the schema is a new file.
-- The clocks of organizations' validations are a task too, and an alarm can be told of again. Which kinds of
-- tasks there are is the program's to say: a new one need not rebuild the table.
-- SPDX-License-Identifier: MIT

DROP INDEX tasks_waiting;
DROP INDEX tasks_leased;
ALTER TABLE tasks RENAME TO tasks_before_0005;
CREATE TABLE tasks (
  kind        TEXT NOT NULL,
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
SELECT kind, subject_id, lane, party, due_at, lease_owner, lease_until FROM tasks_before_0005;
DROP TABLE tasks_before_0005;
-- Not leased: what can be claimed, by party and urgency. lease_owner is in it so that counting need not look
-- at the rows.
CREATE INDEX tasks_waiting ON tasks (party, due_at, lease_owner) WHERE lease_owner IS NULL;
CREATE INDEX tasks_leased ON tasks (lane) WHERE lease_owner IS NOT NULL;

INSERT INTO tasks (kind, subject_id, lane, party, due_at)
SELECT DISTINCT 'organization', organization_id, 'organization:' || organization_id, 'organization', 0
FROM organization_validations;

ALTER TABLE deliveries RENAME TO deliveries_before_0005;
CREATE TABLE deliveries (
  id         INTEGER NOT NULL PRIMARY KEY,
  alarm_id   INTEGER NOT NULL REFERENCES alarms (id),
  channel    TEXT NOT NULL,
  message    TEXT NOT NULL CHECK (message IN ('raised', 'recovered')),
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped')),
  attempts   INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at   INTEGER,
  error      TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO deliveries (id, alarm_id, channel, message, state, attempts, created_at, ended_at, error)
SELECT id, alarm_id, channel, message, state, attempts, created_at, ended_at, error
FROM deliveries_before_0005;
DROP TABLE deliveries_before_0005;
CREATE INDEX deliveries_by_alarm ON deliveries (alarm_id);
