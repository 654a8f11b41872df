-- A migration that was released is never edited: a change of the schema is a new file.
-- Conditions that are looked at with every write, without IN: for a list of more than two words SQLite
-- makes a table in memory each time.
-- SPDX-License-Identifier: MIT

DROP INDEX orders_open;
-- Beside the order of an enrollment there may be one that only proves control and stands in for it.
-- (instr, because the schema is not trusted with functions that read JSON; no text holds a bare quote.)
CREATE UNIQUE INDEX orders_open ON orders (certificate_id, instr(payload, '"enrollment_id":') > 0)
  WHERE state <> 'issued' AND state <> 'quarantined' AND state <> 'failed' AND state <> 'withdrawn';

DROP INDEX deployments_open;
CREATE UNIQUE INDEX deployments_open ON deployments (server_id, version_id)
  WHERE state <> 'verified' AND state <> 'rolled_back' AND state <> 'failed';

ALTER TABLE renewals RENAME TO renewals_before_0011;
-- How the upkeep of each certificate stands. not_after and renew_at are those of its current version.
CREATE TABLE renewals (
  certificate_id INTEGER NOT NULL PRIMARY KEY REFERENCES certificates (id),
  state          TEXT NOT NULL CHECK (state = 'fresh' OR state = 'ordering' OR state = 'new' OR
                                      state = 'failing' OR state = 'parked'),
  not_after      INTEGER,
  renew_at       INTEGER,
  payload        TEXT NOT NULL
) STRICT;
INSERT INTO renewals (certificate_id, state, not_after, renew_at, payload)
  SELECT certificate_id, state, not_after, renew_at, payload FROM renewals_before_0011;
DROP TABLE renewals_before_0011;
CREATE INDEX renewals_by_state ON renewals (state, not_after);
CREATE INDEX renewals_by_renew_at ON renewals (renew_at, not_after);
CREATE INDEX renewals_by_not_after ON renewals (not_after);
