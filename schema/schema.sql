-- The whole schema: what all files of schema/migrations/ together make. A test compares the two.
-- SPDX-License-Identifier: MIT

-- Times are milliseconds since 1970-01-01T00:00:00Z. Every column named payload holds one JSON object
-- whose "v" is the version of its form; docs/store.md describes them.

CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Private keys, encrypted; the row's id, purpose and type are authenticated with them.
CREATE TABLE keys (
  id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
  type        TEXT NOT NULL,
  purpose     TEXT NOT NULL CHECK (purpose IN ('account', 'certificate')),
  spki_sha256 TEXT NOT NULL,
  sealed      BLOB NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;

-- next_key_id: a key that was sent to the CA to replace key_id; until the CA has confirmed it, both are kept.
CREATE TABLE accounts (
  id            INTEGER NOT NULL PRIMARY KEY,
  ca            TEXT NOT NULL,
  directory_url TEXT NOT NULL,
  name          TEXT NOT NULL DEFAULT '',
  key_id        TEXT NOT NULL UNIQUE REFERENCES keys (id),
  next_key_id   TEXT UNIQUE REFERENCES keys (id),
  url           TEXT NOT NULL,
  status        TEXT NOT NULL,
  contacts      TEXT NOT NULL,
  terms_agreed  TEXT NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_in_use ON accounts (directory_url, name) WHERE status <> 'deactivated';
CREATE INDEX accounts_by_place ON accounts (directory_url, name);

CREATE TABLE certificates (
  id         INTEGER NOT NULL PRIMARY KEY,
  label      TEXT NOT NULL UNIQUE,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE versions (
  id             INTEGER NOT NULL PRIMARY KEY,
  certificate_id INTEGER NOT NULL REFERENCES certificates (id),
  number         INTEGER NOT NULL CHECK (number > 0),
  key_id         TEXT NOT NULL REFERENCES keys (id),
  chain_pem      TEXT NOT NULL,
  serial         TEXT NOT NULL,
  fingerprint    TEXT NOT NULL,
  issuer         TEXT NOT NULL,
  not_before     INTEGER NOT NULL,
  not_after      INTEGER NOT NULL,
  quarantined    INTEGER NOT NULL CHECK (quarantined IN (0, 1)),
  created_at     INTEGER NOT NULL,
  UNIQUE (certificate_id, number)
) STRICT;
CREATE INDEX versions_by_key ON versions (key_id);
CREATE INDEX versions_by_fingerprint ON versions (fingerprint);

-- order_url outlives the states that need it: it answers "is this order of the CA one of ours?".
CREATE TABLE orders (
  id             INTEGER NOT NULL PRIMARY KEY,
  certificate_id INTEGER NOT NULL REFERENCES certificates (id),
  state          TEXT NOT NULL,
  wake_at        INTEGER NOT NULL,
  order_url      TEXT NOT NULL DEFAULT '',
  key_id         TEXT REFERENCES keys (id),
  version_id     INTEGER REFERENCES versions (id),
  created_at     INTEGER NOT NULL,
  entered_at     INTEGER NOT NULL,
  revision       INTEGER NOT NULL,
  payload        TEXT NOT NULL
) STRICT;
-- Beside the order of an enrollment there may be one that only proves control and stands in for it.
-- (instr, because the schema is not trusted with functions that read JSON; no text holds a bare quote.)
CREATE UNIQUE INDEX orders_open ON orders (certificate_id, instr(payload, '"enrollment_id":') > 0)
  WHERE state <> 'issued' AND state <> 'quarantined' AND state <> 'failed' AND state <> 'withdrawn';
CREATE INDEX orders_by_certificate ON orders (certificate_id, id);
CREATE INDEX orders_by_url ON orders (order_url) WHERE order_url <> '';
CREATE INDEX orders_by_key ON orders (key_id);
CREATE INDEX orders_by_version ON orders (version_id);

-- A removed server keeps its row, because its deployments name it.
CREATE TABLE servers (
  id         INTEGER NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX servers_live ON servers (name) WHERE removed_at IS NULL;

CREATE TABLE certificate_servers (
  certificate_id INTEGER NOT NULL REFERENCES certificates (id),
  server_id      INTEGER NOT NULL REFERENCES servers (id),
  PRIMARY KEY (certificate_id, server_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_servers_by_server ON certificate_servers (server_id);

CREATE TABLE deployments (
  id             INTEGER NOT NULL PRIMARY KEY,
  certificate_id INTEGER NOT NULL REFERENCES certificates (id),
  version_id     INTEGER NOT NULL REFERENCES versions (id),
  server_id      INTEGER NOT NULL REFERENCES servers (id),
  state          TEXT NOT NULL,
  wake_at        INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  entered_at     INTEGER NOT NULL,
  revision       INTEGER NOT NULL,
  payload        TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX deployments_open ON deployments (server_id, version_id)
  WHERE state <> 'verified' AND state <> 'rolled_back' AND state <> 'failed';
CREATE INDEX deployments_by_server ON deployments (server_id, certificate_id, id);
CREATE INDEX deployments_by_certificate ON deployments (certificate_id);
CREATE INDEX deployments_by_version ON deployments (version_id);

-- What waits. A lease says which process works on it; at most one lease per lane is out. A party is what
-- tasks wait for together: a CA, the servers, a channel. The scheduler gives each its share.
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
-- Not leased: what can be claimed, by party and urgency. lease_owner is in it so that counting need not look
-- at the rows.
CREATE INDEX tasks_waiting ON tasks (party, due_at, lease_owner) WHERE lease_owner IS NULL;
CREATE INDEX tasks_leased ON tasks (lane) WHERE lease_owner IS NOT NULL;

-- The audit log: lines are added at the end and never change.
CREATE TABLE events (
  seq     INTEGER NOT NULL PRIMARY KEY,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  data    TEXT NOT NULL,
  hash    TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE INDEX events_by_subject ON events (subject, seq);

-- INSERT OR REPLACE deletes without firing a DELETE trigger, so a line must also be a new one.
CREATE TRIGGER events_only_at_the_end BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
BEGIN
  SELECT RAISE(ABORT, 'events are appended in order');
END;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'events never change');
END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are never deleted');
END;

-- What saves requests to a CA. Losing a row costs a request, never correctness.
CREATE TABLE ca_memory (
  id            INTEGER NOT NULL PRIMARY KEY,
  directory_url TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('directory', 'nonce')),
  value         TEXT NOT NULL,
  fresh_until   INTEGER
) STRICT;
CREATE UNIQUE INDEX ca_memory_directory ON ca_memory (directory_url) WHERE kind = 'directory';
CREATE UNIQUE INDEX ca_memory_nonce ON ca_memory (directory_url, value) WHERE kind = 'nonce';
CREATE INDEX ca_memory_by_directory ON ca_memory (directory_url, kind, id);

-- The CAs that `apply` declares; those of the configuration file go before them.
CREATE TABLE cas (
  name       TEXT NOT NULL PRIMARY KEY,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- How the upkeep of each certificate stands. not_after and renew_at are those of its current version.
CREATE TABLE renewals (
  certificate_id INTEGER NOT NULL PRIMARY KEY REFERENCES certificates (id),
  state          TEXT NOT NULL CHECK (state = 'fresh' OR state = 'ordering' OR state = 'new' OR
                                      state = 'failing' OR state = 'parked'),
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

-- What the CA says about a version: the window, and the moment in it that was chosen once.
CREATE TABLE renewal_infos (
  version_id      INTEGER NOT NULL PRIMARY KEY REFERENCES versions (id),
  window_start    INTEGER NOT NULL,
  window_end      INTEGER NOT NULL,
  renew_at        INTEGER NOT NULL,
  explanation_url TEXT NOT NULL,
  seen_at         INTEGER NOT NULL,
  CHECK (window_start < window_end)
) STRICT;
CREATE INDEX renewal_infos_explained ON renewal_infos (renew_at) WHERE explanation_url <> '';

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
CREATE INDEX alarms_past ON alarms (cleared_at) WHERE cleared_at IS NOT NULL;

-- A message about an alarm through one channel. What is told again is a row of its own.
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
CREATE INDEX deliveries_by_alarm ON deliveries (alarm_id);

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

-- Token buckets. full_at: when it would be full again if nothing more were taken. A full one needs no row.
CREATE TABLE rate_buckets (
  ca      TEXT NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  full_at INTEGER NOT NULL,
  PRIMARY KEY (ca, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_buckets_by_full_at ON rate_buckets (full_at);

-- What an open order has taken from which buckets; settled in the transaction that ends the order.
CREATE TABLE rate_reservations (
  order_id INTEGER NOT NULL PRIMARY KEY,
  payload  TEXT NOT NULL
) STRICT;

-- What somebody asked the CA to revoke, from before the CA is told. renew: a new version is to take its place.
CREATE TABLE revocation_requests (
  version_id   INTEGER NOT NULL PRIMARY KEY REFERENCES versions (id),
  reason       TEXT NOT NULL,
  renew        INTEGER NOT NULL CHECK (renew IN (0, 1)),
  requested_at INTEGER NOT NULL
) STRICT;

-- Keys that somebody else may have. They outlive the keys themselves: none of them ever comes back.
CREATE TABLE compromised_keys (
  spki_sha256 TEXT NOT NULL PRIMARY KEY,
  noted_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_spki ON keys (spki_sha256);
CREATE TRIGGER keys_are_not_compromised BEFORE INSERT ON keys
WHEN EXISTS (SELECT 1 FROM compromised_keys WHERE spki_sha256 = NEW.spki_sha256)
BEGIN
  SELECT RAISE(ABORT, 'the key was compromised');
END;
CREATE TRIGGER orders_use_no_compromised_key BEFORE UPDATE OF key_id ON orders
WHEN NEW.key_id IS NOT OLD.key_id
     AND EXISTS (SELECT 1 FROM keys JOIN compromised_keys USING (spki_sha256) WHERE keys.id = NEW.key_id)
BEGIN
  SELECT RAISE(ABORT, 'the key was compromised');
END;

-- Control of names, proven before anything is ordered (RFC 8555 section 7.4.1). The proof that is published
-- stands in the payload.
CREATE TABLE authorizations (
  url        TEXT NOT NULL PRIMARY KEY,
  ca         TEXT NOT NULL,
  identifier TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('pending', 'valid', 'deactivated', 'failed')),
  created_at INTEGER NOT NULL,
  payload    TEXT NOT NULL
) STRICT;
CREATE INDEX authorizations_by_name ON authorizations (ca, identifier, created_at);

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

-- External accounts (RFC 8555 section 7.3.4) that an account was registered with. Records: they outlive it.
CREATE TABLE external_accounts_used (
  directory_url TEXT NOT NULL,
  kid           TEXT NOT NULL,
  account_url   TEXT NOT NULL,
  used_at       INTEGER NOT NULL,
  PRIMARY KEY (directory_url, kid)
) STRICT, WITHOUT ROWID;

-- How many there are, kept beside the table: to count 100,000 rows is to read a thousand pages, and the
-- status line of a daemon wants to know every half minute.
CREATE TABLE counts (
  name  TEXT NOT NULL PRIMARY KEY CHECK (name = 'certificates'),
  count INTEGER NOT NULL CHECK (count >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO counts (name, count) VALUES ('certificates', 0);

CREATE TRIGGER certificates_are_counted AFTER INSERT ON certificates
BEGIN
  UPDATE counts SET count = count + 1 WHERE name = 'certificates';
END;
CREATE TRIGGER certificates_that_go_are_counted AFTER DELETE ON certificates
BEGIN
  UPDATE counts SET count = max(count - 1, 0) WHERE name = 'certificates';
END;
