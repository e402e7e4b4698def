-- What waits for its delete, what has been missing since when, and what a system stored otherwise than asked.

-- grace: JSON, while a record is out of use because its partner is gone; `NULL` else. missed: JSON, per side the run since which it is missing.
ALTER TABLE link ADD COLUMN grace TEXT;
ALTER TABLE link ADD COLUMN missed TEXT;
CREATE INDEX link_grace ON link (scope) WHERE grace IS NOT NULL;
CREATE INDEX link_missed ON link (scope, entity) WHERE missed IS NOT NULL;

-- reported: the fields that the system stored otherwise than asked, as it reports them.
ALTER TABLE intent ADD COLUMN reported TEXT;
CREATE INDEX intent_run ON intent (scope, run);
