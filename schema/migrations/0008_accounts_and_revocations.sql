-- A migration that was released is never edited: a change of the schema is a new file.
-- Several accounts at one directory, new account keys, what somebody asked to have revoked, keys that must not
-- be used again, and names proven before they are ordered.
-- SPDX-License-Identifier: MIT

-- next_key_id: a key that was sent to the CA to replace key_id; until the CA has confirmed it, both are kept.
ALTER TABLE accounts RENAME TO accounts_before_0006;
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
INSERT INTO accounts (id, ca, directory_url, key_id, url, status, contacts, terms_agreed, created_at)
SELECT id, ca, directory_url, key_id, url, status, contacts, terms_agreed, created_at
  FROM accounts_before_0006;
DROP TABLE accounts_before_0006;
CREATE UNIQUE INDEX accounts_in_use ON accounts (directory_url, name) WHERE status <> 'deactivated';
CREATE INDEX accounts_by_place ON accounts (directory_url, name);

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
