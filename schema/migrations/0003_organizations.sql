-- A migration that was released is never edited: a change of the schema is a new file.
-- Organizations that OV and EV certificates vouch for, and how CAs have validated them.
-- SPDX-License-Identifier: MIT

-- A removed organization keeps its row, because its versions and validations are evidence.
CREATE TABLE organizations (
  id         INTEGER NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  version    INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX organizations_live ON organizations (name) WHERE removed_at IS NULL;

-- What was submitted to a CA must be there as it was: versions are added and never change.
CREATE TABLE organization_versions (
  organization_id INTEGER NOT NULL REFERENCES organizations (id),
  version         INTEGER NOT NULL CHECK (version > 0),
  payload         TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  PRIMARY KEY (organization_id, version)
) STRICT;
CREATE TRIGGER organization_versions_never_change BEFORE UPDATE ON organization_versions
BEGIN
  SELECT RAISE(ABORT, 'versions of organizations never change');
END;
CREATE TRIGGER organization_versions_never_go BEFORE DELETE ON organization_versions
BEGIN
  SELECT RAISE(ABORT, 'versions of organizations are never deleted');
END;
-- INSERT OR REPLACE deletes without firing a DELETE trigger.
CREATE TRIGGER organization_versions_only_new BEFORE INSERT ON organization_versions
WHEN EXISTS (SELECT 1 FROM organization_versions
             WHERE organization_id = NEW.organization_id AND version >= NEW.version)
BEGIN
  SELECT RAISE(ABORT, 'versions of organizations are made in order');
END;

-- One cycle of vetting by one CA for one level. At most one runs and one is in force at a time.
CREATE TABLE organization_validations (
  id              INTEGER NOT NULL PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organizations (id),
  ca              TEXT NOT NULL,
  level           TEXT NOT NULL CHECK (level IN ('ov', 'ev')),
  state           TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'in_vetting', 'action_required',
                                                 'validated', 'expiring', 'expired', 'rejected', 'suspended')),
  record_version  INTEGER NOT NULL,
  expires_at      INTEGER,
  created_at      INTEGER NOT NULL,
  entered_at      INTEGER NOT NULL,
  revision        INTEGER NOT NULL,
  payload         TEXT NOT NULL,
  FOREIGN KEY (organization_id, record_version) REFERENCES organization_versions (organization_id, version)
) STRICT;
CREATE INDEX organization_validations_by_organization ON organization_validations (organization_id, id);
CREATE UNIQUE INDEX organization_validations_running ON organization_validations (organization_id, ca, level)
  WHERE state IN ('submitted', 'in_vetting', 'action_required');
CREATE UNIQUE INDEX organization_validations_in_force ON organization_validations (organization_id, ca, level)
  WHERE state IN ('validated', 'expiring');
