-- A migration that was released is never edited: a change of the schema is a new file.
-- Enrollments: what people must agree to before a CA is asked to vouch for an organization.
-- SPDX-License-Identifier: MIT

-- Requests for certificates that vouch for an organization, on their way through people and the CA. Evidence:
-- they outlive the certificate (certificate_id is NULL then) and the order (order_id).
CREATE TABLE enrollments (
  id                   INTEGER NOT NULL PRIMARY KEY,
  certificate_id       INTEGER,
  organization_id      INTEGER NOT NULL,
  organization_version INTEGER NOT NULL,
  level                TEXT NOT NULL CHECK (level IN ('ov', 'ev')),
  state                TEXT NOT NULL CHECK (state IN (
    'draft', 'pending_approval', 'approved', 'blocked_org', 'blocked_ca', 'ordering', 'action_required',
    'quarantined', 'issued', 'denied', 'withdrawn', 'expired', 'failed')),
  order_id             INTEGER,
  created_at           INTEGER NOT NULL,
  entered_at           INTEGER NOT NULL,
  revision             INTEGER NOT NULL,
  payload              TEXT NOT NULL,
  FOREIGN KEY (organization_id, organization_version)
    REFERENCES organization_versions (organization_id, version)
) STRICT;
CREATE UNIQUE INDEX enrollments_open ON enrollments (certificate_id)
  WHERE state NOT IN ('issued', 'denied', 'withdrawn', 'expired', 'failed');
CREATE INDEX enrollments_by_certificate ON enrollments (certificate_id, id);

-- What persons have said yes to. Records: they are added, and never change.
CREATE TABLE enrollment_approvals (
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  number        INTEGER NOT NULL CHECK (number > 0),
  person        TEXT NOT NULL,
  at            INTEGER NOT NULL,
  request_hash  TEXT NOT NULL CHECK (length(request_hash) = 64),
  payload       TEXT NOT NULL,
  PRIMARY KEY (enrollment_id, number)
) STRICT;
CREATE TRIGGER enrollment_approvals_never_change BEFORE UPDATE ON enrollment_approvals
BEGIN
  SELECT RAISE(ABORT, 'approvals never change');
END;
CREATE TRIGGER enrollment_approvals_never_go BEFORE DELETE ON enrollment_approvals
BEGIN
  SELECT RAISE(ABORT, 'approvals are never deleted');
END;
-- INSERT OR REPLACE deletes without firing a DELETE trigger.
CREATE TRIGGER enrollment_approvals_only_new BEFORE INSERT ON enrollment_approvals
WHEN EXISTS (SELECT 1 FROM enrollment_approvals
             WHERE enrollment_id = NEW.enrollment_id AND number >= NEW.number)
BEGIN
  SELECT RAISE(ABORT, 'approvals are made in order');
END;

-- Leave for renewals to go ahead without being asked about.
CREATE TABLE enrollment_grants (
  id             INTEGER NOT NULL PRIMARY KEY,
  certificate_id INTEGER,
  until          INTEGER NOT NULL,
  revoked_at     INTEGER,
  created_at     INTEGER NOT NULL,
  payload        TEXT NOT NULL
) STRICT;
CREATE INDEX enrollment_grants_by_certificate ON enrollment_grants (certificate_id, id);

DROP INDEX orders_open;
-- Beside the order of an enrollment there may be one that only proves control and stands in for it.
-- (instr, because the schema is not trusted with functions that read JSON; no text holds a bare quote.)
CREATE UNIQUE INDEX orders_open ON orders (certificate_id, instr(payload, '"enrollment_id":') > 0)
  WHERE state NOT IN ('issued', 'quarantined', 'failed', 'withdrawn');
