-- A migration that was released is never edited: a change of the schema is a new file.
-- When CAs suggest to renew (RFC 9773), and the task that asks them.
-- SPDX-License-Identifier: MIT

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

-- Within six hours from now, spread, so that the CAs are not asked about all certificates at once.
INSERT INTO tasks (kind, subject_id, lane, party, due_at)
SELECT 'renewal_info', c.id, 'renewal_info:' || c.id, 'ca:' || json_extract(c.payload, '$.ca'),
       CAST(strftime('%s', 'now') AS INTEGER) * 1000 + (c.id * 7919000) % 21600000
FROM certificates c
WHERE EXISTS (SELECT 1 FROM versions v WHERE v.certificate_id = c.id AND v.quarantined = 0);
