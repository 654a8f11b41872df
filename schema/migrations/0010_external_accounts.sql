-- A migration that was released is never edited: a change of the schema is a new file.
-- Which external accounts were bound, for CAs whose keys bind one account only.
-- SPDX-License-Identifier: MIT

-- External accounts (RFC 8555 section 7.3.4) that an account was registered with. Records: they outlive it.
CREATE TABLE external_accounts_used (
  directory_url TEXT NOT NULL,
  kid           TEXT NOT NULL,
  account_url   TEXT NOT NULL,
  used_at       INTEGER NOT NULL,
  PRIMARY KEY (directory_url, kid)
) STRICT, WITHOUT ROWID;
