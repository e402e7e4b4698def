run-not-connected = { $system } is not connected: { $said }
run-unauthorised = { $system } refused the credential: { $said }
    Check the token in the settings, or connect again.
run-forbidden = { $system } says that a right is missing: { $said } { $detail }
run-unavailable = { $system } cannot be reached: { $said }
    Nothing was written. Check the address in the settings and the network, then run again.
run-rate-limited = { $system } takes no more calls for now: { $said }
    Nothing is lost; run again later.
run-write-refused = The connector of { $system } tried to write while it was only asked to read, and was stopped: { $said } Nothing was written. This is a fault of the connector.
run-settings = The settings of { $system } are not right: { $said }
run-system-failed = { $system } failed: { $said }
run-state-moved = Another runner changed the state while this plan was being made, so it would not have been right. Nothing was written. Run it again when the other one has finished.
run-cancelled = The run was cancelled.
run-unsound = The plan failed its own check, so nothing was written. This is a fault of the runner; please report it: { $findings }
run-no-such-entity = There is no entity { $name } in the mapping.
run-rejected = { $system } said no: { $said }
run-unclear = no clear answer from { $system }: { $said } The next run looks before it does anything.
run-skipped-waits = not tried: { $record } comes first and did not succeed
run-skipped-stale = not tried: the record was changed since the plan was made; the next run takes the change in
run-skipped-unwritable = not tried: a value cannot be written
run-skipped-cancelled = not tried: the run was cancelled
run-skipped-unreachable = not tried: { $system } could not be reached: { $said } The next run tries again.
run-skipped-dead = not tried: { $said }
run-partial-listing = The list of { $system } is not complete: { $why } Nothing is deleted on its strength.
run-vanished = vanished while it was being read
run-unreadable = could not be read: { $said }
run-not-listed = was not listed
run-too-soon = was written a moment ago, and { $system } may not show it yet; the next run looks again
run-many-missing = { $count } records are missing from the list of { $system }, more than may be deleted; none was looked up and nothing follows from it
run-no-direct-read = was not listed, and there is no way to ask for it directly
