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
plan-hold-tombstone = its partner was deleted; it is not created again by itself (to have it made again: runner links forget ENTITY ID)
plan-hold-partner-missing = its partner id { $partner } belongs to no record that is free
plan-hold-candidate-buried = its counterpart { $record } was left behind when its former partner was deleted. To pair the two: runner links forget '{ $entity }' { $id } --because "…"
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
plan-hold-unlinked = held back by hand (its link was ended, or its create was not gone on with); it is not linked or created again by itself (runner links forget, runner links link)
plan-note-decision-stale = the decision by { $by } on { $when } (“{ $because }”) is not used: a value has changed since. Decide again.
plan-note-no-return = it cannot come back this way: the mapping does not create such records in { $system }
plan-conflict-ping-pong = three runs in a row have written { $fields } back and forth between “{ $one }” and “{ $other }”; it waits for a person
plan-conflict-emptied = deleted in { $system }, like all { $count } that were linked; that looks more like a wrong place or a missing right than like deletions

plan-why-undo = takes back what run { $run } wrote
plan-why-grace-over = deleted in { $system }; out of use here since { $when }, and nobody has touched it
plan-why-returned = back in { $system }, so it is taken into use again
plan-conflict-delete-touched = deleted in { $system }; it was out of use in { $other } until its delete, and somebody has touched it there since
plan-hold-still-inactive = back in { $other }, but still out of use in { $system }: the mapping has no field for that. Take it into use there by hand.

plan-kept-gone = it is gone from { $system }
plan-kept-unseen = what { $system } holds of it is not known now, or takes no part
plan-kept-edited = edited in { $system } since that run
plan-kept-touched = { $system } holds “{ $now }” now: it was changed since that run
plan-kept-referred = { $record } refers to it
plan-kept-referred-made = a record that was made in the same run refers to it and stays
plan-kept-no-delete = the mapping lets no record of this kind be removed or taken out of use in { $system }
plan-kept-not-written = the mapping does not write this field in { $system } (any more)
plan-kept-always = the mapping writes this field in { $system } whenever it differs, so that it would come back with the next run
plan-kept-no-field = the mapping has no such field any more
plan-kept-no-entity = the mapping has no such entity any more
plan-kept-only = left out by --only
plan-kept-unlinked = no longer linked
plan-kept-unclear = nobody knows whether it was done
plan-kept-deleted = a delete cannot be taken back; the record held: { $values }
plan-kept-deactivated = take it into use again there by hand
plan-kept-no-values = the values that were overwritten are not known
plan-kept-partner-id = only the partner's id was written; it belongs to the link
plan-hold-unrecognised = an earlier attempt to create it in { $system } has no clear outcome, and nothing there tells our record from others: look there, and say what became of it (runner intents)
plan-why-waits-days = deleted in { $system }; out of use now, deleted after { $count ->
    [one] { NUMBER($count) } day
   *[other] { NUMBER($count) } days
} unless somebody touches it
plan-why-waits-hours = deleted in { $system }; out of use now, deleted after { $count ->
    [one] { NUMBER($count) } hour
   *[other] { NUMBER($count) } hours
} unless somebody touches it
# From earlier runs.
plan-why-waits = deleted in { $system }; out of use now, deleted after { $wait } unless somebody touches it
