-- fence: counts the leases under which something was written. Whoever finds another number than its own has lost the lease.
-- readable_by: the earliest format whose runner can read this file. A migration that changes what is there already sets it.
ALTER TABLE meta ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN readable_by INTEGER NOT NULL DEFAULT 4;
