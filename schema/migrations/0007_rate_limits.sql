-- A migration that was released is never edited: a change of the schema is a new file.
-- What was ordered of each CA, as far as its rate limits count it.
-- SPDX-License-Identifier: MIT

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
