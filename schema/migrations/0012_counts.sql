-- A migration that was released is never edited: a change of the schema is a new file.
-- SPDX-License-Identifier: MIT

-- How many there are, kept beside the table: to count 100,000 rows is to read a thousand pages, and the
-- status line of a daemon wants to know every half minute.
CREATE TABLE counts (
  name  TEXT NOT NULL PRIMARY KEY CHECK (name = 'certificates'),
  count INTEGER NOT NULL CHECK (count >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO counts (name, count) SELECT 'certificates', count(*) FROM certificates;

CREATE TRIGGER certificates_are_counted AFTER INSERT ON certificates
BEGIN
  UPDATE counts SET count = count + 1 WHERE name = 'certificates';
END;
CREATE TRIGGER certificates_that_go_are_counted AFTER DELETE ON certificates
BEGIN
  UPDATE counts SET count = max(count - 1, 0) WHERE name = 'certificates';
END;
