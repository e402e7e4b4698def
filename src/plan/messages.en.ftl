plan-why-new = new in { $system }
plan-why-changed = changed in { $system }
plan-why-found = found again; differs from { $system }
plan-why-partner-id = gets the id it has in { $system }
plan-why-deleted = deleted in { $system }
plan-why-always = always as in { $system }
plan-why-direction = { $system } decides on this field
plan-why-wins = changed on both sides; { $system } wins by the mapping's rule
plan-why-first-meeting = differs at the first meeting; { $system } wins by the mapping's rule

plan-hold-reference-dummy = refers to { $entity } { $record }, which is sample data and never crosses
plan-hold-reference-outside = waits for { $entity } { $record }, which is out of scope: { $reason-en }
plan-hold-reference-unlinked = waits for { $entity } { $record }, which has no partner on the other side yet
plan-hold-reference-ambiguous = { $entity } { $record } fits several records: { $candidates }
plan-hold-reference-missing = refers to { $entity } { $record }, which does not exist
plan-hold-reference-nameless = { $entity } { $record } has no { $field } by which the other side could be told about it
plan-hold-reference-not-observed = refers to { $entity } { $record }, which this run did not look at; run without --entity or --only
plan-hold-tombstone = its partner was deleted; it is not created again by itself
plan-hold-partner-missing = its partner id { $partner } belongs to no record that is free
plan-hold-candidate-taken = the only candidate, { $record }, has just found another partner
plan-hold-candidate-dummy = the only candidate, { $record }, is sample data
plan-hold-candidate-outside = the only candidate, { $record }, is out of scope: { $reason-en }
plan-hold-candidate-unreadable = the only candidate, { $record }, could not be read
plan-hold-unclear = an earlier attempt to create it in { $system } has no clear outcome yet; the next run looks again
plan-hold-not-all-seen = waits until all of { $system } could be read: it may be there already
plan-hold-delete-refused = { $system } refused to remove it: { $said }
plan-hold-frozen = its partner in { $system } takes no part at the moment, so nothing may follow

plan-conflict-field = changed differently on both sides: { $fields }
plan-conflict-first-meeting = differs at the first meeting: { $fields }
plan-conflict-ambiguous = several records have the key { $key }; nobody can tell which belong together
plan-conflict-linked-elsewhere = the key { $key } belongs to { $record }, which has another partner already
plan-conflict-partner-claimed = several records hold the partner id { $partner }
plan-conflict-stranger = a record of that key exists and is evidently another one; it is left alone
plan-conflict-partner-id = the record in { $system } holds the partner id { $says }, which is not its partner
plan-conflict-key-taken = { $key } already belongs to record { $record } in { $system }
plan-conflict-delete-edit = deleted in { $system } and changed on the other side
plan-conflict-deleted = deleted in { $system }; the mapping leaves the decision to a person

plan-problem-required = { $field } is empty, and a new record cannot be without it

plan-why-decided = decided by { $by } on { $when }: { $because }
plan-hold-link-unseen = linked by hand to { $id } in { $system }, where no such record was found; nothing is done. If the id is wrong, take the link back: runner links unlink
plan-hold-unlinked = its link was ended by hand; it is not linked or created again by itself (runner links forget, runner links link)
plan-note-decision-stale = the decision by { $by } on { $when } (“{ $because }”) is not used: a value has changed since. Decide again.
plan-note-no-return = it cannot come back this way: the mapping does not create such records in { $system }
plan-conflict-ping-pong = three runs in a row have written { $fields } back and forth between “{ $one }” and “{ $other }”; it waits for a person
plan-conflict-emptied = deleted in { $system }, like all { $count } that were linked; that looks more like a wrong place or a missing right than like deletions
