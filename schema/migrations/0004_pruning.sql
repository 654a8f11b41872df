-- A migration that was released is never edited: a change of the schema is a new file.
-- Alarms that are long over are removed: one more kind of task, and an index to find them.
-- SPDX-License-Identifier: MIT

CREATE INDEX alarms_past ON alarms (cleared_at) WHERE cleared_at IS NOT NULL;

DROP INDEX tasks_waiting;
DROP INDEX tasks_leased;
ALTER TABLE tasks RENAME TO tasks_before_0004;
CREATE TABLE tasks (
  kind        TEXT NOT NULL
              CHECK (kind IN ('order', 'deployment', 'renewal', 'watch', 'revocation', 'delivery', 'pruning')),
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
SELECT kind, subject_id, lane, party, due_at, lease_owner, lease_until FROM tasks_before_0004;
DROP TABLE tasks_before_0004;
-- Not leased: what can be claimed, by party and urgency. lease_owner is in it so that counting need not look
-- at the rows.
CREATE INDEX tasks_waiting ON tasks (party, due_at, lease_owner) WHERE lease_owner IS NULL;
CREATE INDEX tasks_leased ON tasks (lane) WHERE lease_owner IS NOT NULL;

INSERT INTO tasks (kind, subject_id, lane, party, due_at)
SELECT 'pruning', 0, 'pruning:0', 'pruning', 0 WHERE EXISTS (SELECT 1 FROM alarms WHERE cleared_at IS NOT NULL);
