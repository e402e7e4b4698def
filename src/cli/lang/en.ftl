# What the command line says, in English. The keys and arguments are the same in id.ftl; a test holds us to it.

# ---------------------------------------------------------------- values
value-empty = (empty)
value-unknown = (unknown)
value-deleted = (deleted)
value-yes = yes
value-no = no
and-more = { $names } and { NUMBER($count) } more

# ---------------------------------------------------------------- plan and results
plan-title = Plan for { $mapping }
results-title = Results for { $mapping }
nothing-to-do = Nothing to change.
verdict = Plan: { $parts }. Nothing has been written yet.
verdict-open = Still open: { $parts }.
verdict-creates = { NUMBER($count) } to create
verdict-updates = { NUMBER($count) } to change
verdict-deletes = { NUMBER($count) } to delete
verdict-deactivates = { NUMBER($count) } to deactivate
verdict-links = { $count ->
    [one] { NUMBER($count) } existing pair to link
   *[other] { NUMBER($count) } existing pairs to link
}
verdict-conflicts = { $count ->
    [one] { NUMBER($count) } conflict
   *[other] { NUMBER($count) } conflicts
}
verdict-held = { NUMBER($count) } held
verdict-problems = { $count ->
    [one] { NUMBER($count) } problem
   *[other] { NUMBER($count) } problems
}
outcome = Done: { $parts }.
outcome-cancelled = Cancelled before the end: { $parts }. Run it again to go on.
outcome-applied = { $count ->
    [one] { NUMBER($count) } change applied
   *[other] { NUMBER($count) } changes applied
}
outcome-rejected = { NUMBER($count) } refused
outcome-unclear = { NUMBER($count) } unclear
outcome-skipped = { NUMBER($count) } skipped
outcome-linked = { $count ->
    [one] { NUMBER($count) } pair linked
   *[other] { NUMBER($count) } pairs linked
}
plan-hash = Plan { $hash }

fold-create = … { NUMBER($count) } more to create in { $system }; --all or --format json shows them
fold-update = … { NUMBER($count) } more to change in { $system }; --all or --format json shows them
fold-delete = … { NUMBER($count) } more to delete in { $system }; --all or --format json shows them
fold-deactivate = … { NUMBER($count) } more to deactivate in { $system }; --all or --format json shows them
fold-conflicts = … { NUMBER($count) } more in conflict
fold-held = … { NUMBER($count) } more held
fold-problems = … { NUMBER($count) } more with problems
fold-results = … { NUMBER($count) } more; --format json shows them

tag-conflict = conflict
tag-held = held
tag-problem = problem
tag-rebaseline = New rules:
tag-guard = Stopped by a guard:
conflict-base = last agreed

title-create = { NUMBER($count) } to create in { $system }
title-update = { NUMBER($count) } to change in { $system }
title-delete = { NUMBER($count) } to delete in { $system }
title-deactivate = { NUMBER($count) } to deactivate in { $system }
title-conflicts = Conflicts
title-held = Held
title-problems = Problems
title-out = Staying out

out-of-scope = { NUMBER($count) } in { $system } stay out
out-dummy = { NUMBER($count) } dummy data
reason-direction = not created on the other side (the entity goes one way)
reason-on-create = not created on the other side (on_create: deny)
incomplete = { $system } could not be read to the end ({ $missing }). Nothing is deleted on the strength of that.

end-rejected = refused
end-unclear = unclear
end-skipped = skipped
end-stored-differently = stored differently
stored-differently = { $field }: asked for "{ $asked }", the system stored "{ $stored }"

# ---------------------------------------------------------------- numbers
accounts-title = What was seen, and what becomes of it
accounts-title-after = What was seen, and what became of it
accounts-identity = Every record seen is counted once: seen = dummy + out of scope + failed + create + change + unchanged + held.
sync-info-title = Sync Information
column-entity = Entity
column-system = System
column-seen = Seen
column-dummy = Dummy
column-out = Outside
column-failed = Failed
column-created = Create
column-updated = Change
column-unchanged = Same
column-held = Held
column-record = Record
column-field = Field
column-values = Values
column-before = Before
column-after = After
column-why = Why
counter-dummy = Dummy
counter-data = Data
counter-sinkron = Sinkron
counter-total = Total

calls-planned = Calls to { $system }: { NUMBER($reads) } made to read, { NUMBER($writes) } needed to write
calls-read = Calls to { $system }: { NUMBER($reads) } to read
calls-made = Calls to { $system }: { NUMBER($reads) } to read, { NUMBER($writes) } to write
calls-limit = , at least { $time } at { NUMBER($limit) } calls a second
calls-limited = ; refused as too many: { NUMBER($count) }

# ---------------------------------------------------------------- guards, conflicts, unclear outcomes
guard-delete = { $entity } in { $system }: { NUMBER($planned) } of { NUMBER($population) } would be deleted or deactivated; `guards.delete: { $limit }` allows { NUMBER($allowed) }.
guard-delete-window = { $entity } in { $system }: with those of earlier runs { NUMBER($planned) } of { NUMBER($population) } would be deleted or deactivated within the window; `guards.delete` and `guards.window` ({ $limit }) allow { NUMBER($allowed) }.
guard-shrunken-side = { $entity }: { NUMBER($planned) } of { NUMBER($population) } linked records have vanished from { $system }, and their links would end; `guards.delete: { $limit }` allows { NUMBER($allowed) }.
guard-all-changed = { $entity } in { $system }: all { NUMBER($planned) } linked records would be changed at once. That is how a clock, an encoding or a field that now means something else looks; no limit in the mapping lets it pass.
guard-rules-changed = { $entity } in { $system }: { NUMBER($planned) } would be deleted or deactivated in the very run in which the mapping looks at other records than before. Nobody can tell the one from the other; put the mapping back and let the deletes go first, or approve them.
guard-unknown-partners = { $entity } in { $system }: { NUMBER($planned) } would be deleted or deactivated, but { NUMBER($population) } pairs name each other and are not in the state. It is an older copy, or another runner keeps another one: put the latest state file back.
guard-older-state = The state file is an older copy: it holds { NUMBER($planned) } changes, and there have been { NUMBER($allowed) }. What people changed since would be taken for old. Put the latest file back; if it is lost, look at this plan closely.
guard-update = { $entity } in { $system }: { NUMBER($planned) } of { NUMBER($population) } would be changed; `guards.update: { $limit }` allows { NUMBER($allowed) }.
guard-create = { $entity } in { $system }: { NUMBER($planned) } would be created; `guards.create: { $limit }` allows { NUMBER($allowed) }.
guard-empty-side = { $entity }: { $system } suddenly shows no records, though { NUMBER($population) } are linked. This looks like a wrong database or a missing right, not like deletions; check the connection with `runner status`.
guard-other = { $entity } in { $system }: { NUMBER($planned) } of { NUMBER($population) } planned; guard `{ $guard }: { $limit }` allows { NUMBER($allowed) }.
rebaseline-scope = the scope of { $entity } in { $system } has changed since the last run. { $count ->
    [0] No linked record is left out by that.
    [one] One linked record takes no part now ({ $reason }). Its pair is frozen: nothing is deleted for that, and it goes on when the record takes part again.
   *[other] { NUMBER($count) } linked records take no part now ({ $reason }). Their pairs are frozen: nothing is deleted for that, and they go on when the records take part again.
}
rebaseline-dummy = what counts as sample data of { $entity } in { $system } has changed since the last run. { $count ->
    [0] No linked record counts as such.
    [one] One linked record counts as such now. Its pair is frozen: nothing is deleted for that.
   *[other] { NUMBER($count) } linked records count as such now. Their pairs are frozen: nothing is deleted for that.
}
rebaseline-resource = { $entity } in { $system } is read from another place than in the last run. What is not found there is not deleted for that.
guard-advice = Nothing will be written. If this is really meant, approve exactly this plan:
conflicts-none = No conflicts.
conflicts-decided = All conflicts are decided; the next run carries the decisions out.
conflict-decided = { $fields }: decided for { $take } by { $by } on { $when } ({ $because }); waits for the next run
conflict-decided-deletion = decided by { $by } on { $when } ({ $because }): it stays deleted, as in { $take }; waits for the next run
conflict-decided-return = decided by { $by } on { $when } ({ $because }): the record of { $take } is kept; waits for the next run
conflict-help-decided = Until the next run, the decision can be taken back:
conflicts-advice = { $count ->
    [one] This conflict waits
   *[other] These { NUMBER($count) } conflicts wait
} for a person; nothing else does. `runner conflicts` shows the commands that decide each. You can also make both sides agree by hand, or name the side that wins in the mapping (conflict: …).
conflicts-pointer = { $count ->
    [one] A conflict waits
   *[other] { NUMBER($count) } conflicts wait
} for your decision:
unclear-pointer = { $count ->
    [one] The outcome of one write is unclear
   *[other] The outcomes of { NUMBER($count) } writes are unclear
}. The next run looks before it repeats anything; nothing is done twice.

# ---------------------------------------------------------------- rights and access
tag-right = A right is missing:
rights-view = view
rights-save = save
rights-delete = delete
rights-role = role { $role }
rights-operations = { $count ->
    [one] { NUMBER($count) } operation needs
   *[other] { NUMBER($count) } operations need
} { $right } in { $system }. Nothing has been written.
access-ended = The access to { $system } ended during the run. What was done by then is done and noted; nothing was deleted for it, and nothing is lost.
connect-again = Connect it again, then run this again: { $command }

connect-no-such-system = The mapping has no system "{ $system }". It has: { $known }.
connect-asks = { $title } will be asked for these rights, no more than the mapping needs:
connect-open-page = Open this page, log in and press Beri Akses:
connect-waiting = Waiting for the browser to come back to { $address } for ten minutes (Ctrl-C stops; the same command goes on later) …
connect-paste = Paste the address that the browser ended on:
connect-nobody-came = Nobody has given access yet. Nothing was changed.
connect-go-on = Go on with: { $command }
connect-client-id = Id of the application (client id):
connect-client-secret = Secret of the application (client secret; not shown):
connect-no-client = { $system } gives access only to a registered application, and none is set up.
connect-no-client-help = Register one with the callback { $callback }, then set client_id and client_secret for this system in runner.toml (runner.example.toml shows how), or give --client-id and --client-secret-env.
connect-no-api-token = { $title } knows no signed API tokens. Leave --api-token out.
connect-token = Token (not shown):
connect-secret = Secret (not shown):
connect-no-secret = No { $name } was given for { $system }, and without a terminal nobody can be asked.
connect-no-secret-help = Say where it is, for example: { $command }
connect-callback-address = Nobody can come back to "{ $address }" here.
connect-callback-address-help = It must be an address of this machine with a port and a path, such as { $example }. On a machine without a browser use --paste.
connect-callback-port = The callback { $address } cannot be listened on: { $why }
connect-callback-port-help = Stop the program that uses the port, or register another callback and give it with --callback; --paste needs none.
connect-page-title = Done
connect-page-text = You can close this page and go back to the terminal.
connect-confirm =
    Access was given.
      Service: { $title } { $address }
      Account: { $account }
connect-confirm-ask = Is this the right service and account?
connect-not-confirmed = The integration is not confirmed, so it does not go on.
connect-database-none = The account at { $title } sees no database.
connect-database-open = Several databases are there; one has to be chosen.
connect-database-which = Which database?
connect-database-unknown = There is no database "{ $wanted }" for this account.
connect-database-unusable = The database { $name } cannot be used: { $why }
connect-branch-open = The database has several branches; one has to be chosen. Nothing is linked until then.
connect-branch-which = Which branch?
connect-branch-unknown = There is no branch "{ $wanted }" in this database.
connect-branch-unusable = The branch { $name } cannot be used: { $why }
connect-expired = expired
connect-suspended = not in use
connect-choose =
    Choose one of these, for example with: { $command }
    { $choices }
connect-number = Number:
connect-links = { $place } and { $other } will be linked:
connect-submit-ask = Link them?
connect-not-submitted = Nothing was linked.
connect-already = Connected to { $place } already.
connect-already-help = To connect it to another place, give --database or --branch; to give access anew, --again. To let go: { $command }
connect-place-gone = { $place } cannot be worked on any more: { $said }
connect-done = Connected to { $place }. Nothing has been synced yet.
connect-done-login = Now log in to { $system }; until then nothing runs:
connect-logged-in = Logged in to { $title }.
connect-key-file = Credentials are kept encrypted. The key is in { $file }, which only you can read; RUNNER_KEY or the system's keyring can take its place (docs/connecting.md).
connect-key-keyring = Credentials are kept encrypted. The key is in the keyring of the operating system.
connect-key-given = Credentials are kept encrypted with RUNNER_KEY.
connect-rights =
    { $account } lacks rights that the mapping needs, so nothing was connected and nothing was moved:
    { $rights }
connect-rights-help =
    Connect with an Administrator, or have these rights granted in Accurate (Pengaturan > Pengguna > Hak Akses), then: { $command }
connect-elsewhere = The settings name { $setting } { $set } for { $system }, but it is connected to { $chosen }. Nothing was done, since nobody can know which of them is meant.
connect-elsewhere-help = Take { $setting } out of the settings, or connect it there: { $command }
connection-damaged = { $file } cannot be understood: { $why }
connection-damaged-help = Disconnect and connect again; links are kept elsewhere and are not lost: runner disconnect { $system }
not-connected-yet = { $system } is not connected yet.
not-ready-disconnected = { $system } is disconnected.
not-ready-authorising = { $system } is not connected: nobody has given access yet.
not-ready-awaiting-confirmation = { $system } is not connected: access was given, but not confirmed.
not-ready-choosing-database = { $system } is not connected: no database has been chosen.
not-ready-choosing-branch = { $system } is not connected: no branch has been chosen.
not-ready-needs-login = { $system } needs a login: the other system was connected anew since the last one.
not-ready-access-ended = The access to { $system } has ended: it expired, was withdrawn, or was given anew elsewhere. Nothing is lost.
not-ready-ready = { $system } is ready.
disconnect-done = { $system } is disconnected; its credential is forgotten.
disconnect-nothing = { $system } was not connected.
disconnect-kept = The links are kept for when it is connected to the same place again; no record was touched on either side.

# ---------------------------------------------------------------- errors
error = error
error-where = where
error-help = help
as-is = { $text }
file-unreadable = { $file } cannot be read: { $why }
file-unreadable-help = Check the name and the permissions.
file-another-help = Check the name: it is not the file that was meant.
file-not-written = { $file } cannot be written: { $why }
file-not-written-help = Check the folder, its permissions and its free space, or name another place.
mapping-missing = There is no mapping file { $file }.
mapping-missing-help = Name a mapping that is there: as in runner apply FILE for plan, apply and validate, with --mapping FILE for other commands.
mapping-invalid = { $file } has { $count ->
    [one] an error
   *[other] { NUMBER($count) } errors
}, so nothing was done.
mapping-invalid-help = Correct the file, and check it with: runner validate { $file }
config-invalid = The settings cannot be used: { $why }
config-invalid-help = See runner.example.toml, or `runner schema config` for all that may stand there.
config-secret-inline = a secret must not stand in this file. Write { $field } = { "{" } env = "NAME" { "}" } or { "{" } file = "path" { "}" }
config-no-system = The system "{ $system }" of the mapping is not set up.
config-no-system-help = Add [systems.{ $system }] to { $file } (runner.example.toml shows how), or try things out with --sandbox.
config-secret-env = The variable { $name }, which should hold the { $field } of "{ $system }", is not set.
config-secret-env-help = Set it: export { $name }=…
config-secret-file = The file { $file }, which should hold the { $field } of "{ $system }", cannot be read: { $why }
config-secret-file-help = Put the { $field } into that file, readable only by you (chmod 600), or name another file in runner.toml.
config-auth-incomplete = The system "{ $system }" has a token or secret but no `auth`, or the other way round.
config-auth-incomplete-help = Write both, such as auth = "bearer" and token = { "{" } env = "NAME" { "}" }.
entity-unknown = The mapping has no entity "{ $entity }". It has: { $known }.
entity-unknown-near = Did you mean "{ $near }"?
entity-unknown-help = Write the name as it stands in the mapping, in quotes if it has spaces.
sandbox-no-system = The sandbox has no system for the connector "{ $connector }".
sandbox-no-system-help = The sandbox simulates accurate and smh. Leave --sandbox out for other systems.
plan-missing = There is no plan { $file }.
plan-missing-help = Make one with: runner plan MAPPING --save FILE
plan-unusable-help = Make the plan again; nothing is lost by that.
plan-mapping-missing = The mapping { $file } that the plan names is not here.
plan-mapping-missing-help = Run it from the folder where the plan was made, or say where the mapping is: runner apply MAPPING --plan { $plan }
plan-bound-help = Make the plan again and look at it: { $command }
plan-same-file = The report and the plan cannot go to the same file { $file }.
plan-saved = Plan { $hash } is saved in { $file }. Exactly this is applied with:
plan-moved = { NUMBER($count) } of { NUMBER($of) } changes no longer hold and will be left out:
plan-nothing = { NUMBER($count) } changes no longer hold, and with --all-or-nothing that means: nothing was written.
outcome-checked = Checked against the journal: { $count ->
    [one] the one write that this run tried is
   *[other] all { NUMBER($count) } writes that this run tried are
} in plan { $hash }.
run-approved = { $run }: a guard spoke against its plan, and { $by } approved it ({ $because })
approved = Plan { $hash } is approved by { $by } ({ $because }). No other plan is; when anything changes, it takes another approval. Apply it with:
approved-no-file = Plan { $hash } is approved by { $by } ({ $because }). No other plan is; when anything changes, it takes another approval. Run `runner apply` again with the mapping "{ $mapping }".
approved-unseen = Recorded: { $by } approves a plan of hash { $hash } ({ $because }). So far, no run with such a plan was stopped by a guard; if one is expected, compare the hash with the report it is from.
approve-no-state = Nothing is approved: there is no state file { $file }, where it would be kept for the next run.
approve-no-state-help = If a run was stopped by a guard, name the folder of its state with --state. If there was none, approve the first one as it begins: `{ $command }`
approve-differs = The plan is no longer the one that was approved: { $approved } was approved, { $now } was made.
approve-differs-help = Something changed in between. Look at the plan above and approve it anew if it is right.
approve-short = "{ $given }" does not name a plan.
approve-short-help = Copy the hash from the plan, at least its first 12 characters.
record-quiet = Nothing is due for "{ $record }": no record has this code, number, name or id, or both sides are as the last run left them.
cancelled = Cancelled. Nothing was written.
stopped-at-once = Stopped at once. What was on its way may or may not have been done: the next run looks before it repeats anything.
cancelling = Stopping as soon as it is safe … press Ctrl-C again to stop at once.

# ---------------------------------------------------------------- talk
ask-apply = Apply?
ask-options = [y/N]
ask-yes = y
apply-with = Apply it with:
not-applied = Nothing was written.
report-written = Report written to { $file }
reading = Reading { $entity } in { $system }
reading-details = Reading details of { $entity } in { $system }
details-so-far = reading details of { $entity } in { $system }: { NUMBER($count) } of { NUMBER($of) }
written-so-far = writing { $entity } in { $system }: { NUMBER($count) } of { NUMBER($of) }
read-done = read { $entity } in { $system }: { NUMBER($count) }
writing = Writing { $entity } in { $system }
write-done-partly = done with { $entity } in { $system }: { NUMBER($count) } of { NUMBER($of) }
write-done = done with { $entity } in { $system }: { NUMBER($count) }
guard-is-approved = A guard stops this plan; { $by } has approved exactly this one ({ $because }): apply will carry it out.
guard-approved = A guard stopped this plan; { $by } approved exactly this one ({ $because }), so it goes ahead.
validate-ok = { $file }: no errors ({ $count ->
    [one] { NUMBER($count) } entity
   *[other] { NUMBER($count) } entities
}, order: { $order })
validate-warnings = { $count ->
    [one] { NUMBER($count) } warning
   *[other] { NUMBER($count) } warnings
}
validate-errors = { $count ->
    [one] { NUMBER($count) } error
   *[other] { NUMBER($count) } errors
}
status-title = State of { $mapping }
status-none = There has been no run yet.
status-none-state = There has been no run yet: there is no state file { $file }. If there were runs, name their folder with --state.
status-none-help = Start with: runner plan { $mapping }
status-last-run = Last run: { $when } ({ $run })
status-refused = A guard refused the run of { $when } ({ $run }), and nothing was written. Plan { $hash }
status-refused-help = If this is really meant, approve exactly this plan, and apply again:
status-refused-approved = { $by } has approved this plan ({ $because }); the next run carries it out, if it is still the same:
status-account = Account: { $value }
status-place = Place: { $value }
status-granted = Rights held: { $value }
status-missing = Rights missing: { $value }
status-token-since = Token obtained: { $value }
status-token-until = Token expires: { $value }
status-token-renews = Token expires: { $value } (renews itself)
status-session = Last session: { $value }
status-conflicts = Open conflicts: { NUMBER($count) }
status-decided = Conflicts that are decided, for the next run to carry out: { NUMBER($count) }
status-unclear = Unclear outcomes: { NUMBER($count) }
state-none = There is no state file { $file }.
state-none-run-help = The first `runner apply { $tail }` makes it. If there were runs, name the folder of their state with --state.
state-none-help = It is made by the first `runner apply`. Name another folder with --state.
state-is = { $file } (identity { $lineage }, { NUMBER($generation) } changes)
state-scope = { $mapping }: { $left } and { $right }: { NUMBER($live) } links, { NUMBER($buried) } removed, { NUMBER($open) } unclear writes
state-lost = Beware: there was a state file here ({ NUMBER($changes) } changes), and it is gone or empty. Records that are equal are linked again; where they differ, a person decides; what was deleted on one side may be made again. If the file can be put back, do that first.
state-older = The file is an older copy, or a new one in the place of one that was lost: it holds { NUMBER($now) } changes, and there have been { NUMBER($once) }.
state-older-help = Put the latest file back. Until then a run from an older copy that has something to write is stopped.
state-whole = The file is whole.
state-faults =
    { $file } is damaged:
    { $faults }
state-faults-help = Mend it (a copy is kept): { $command }
state-repaired = Mended. { $count ->
    [0] No link had to be taken out.
    [one] One link made no sense and was taken out; the next run finds the pair again by its Partner ID or code.
   *[other] { NUMBER($count) } links made no sense and were taken out; the next run finds the pairs again by Partner IDs and codes.
} The file as it was: { $copy }
state-beyond = { $file } cannot be mended: { $why }
state-beyond-help = If there is a backup of it, restore that. Otherwise put it away with `runner state forget{ $at-state }` and run again: links are rebuilt from Partner IDs and codes, nothing is doubled or overwritten.
state-forget-means = This puts away the links, the journal and the history. The next run links records again by Partner IDs and codes: nothing is doubled and nothing overwritten, but records that differ are held until somebody decides, and what was deleted on one side is not known any more.
state-forget-ask = Put the state file away?
state-kept = The state file was left as it is.
state-kept-help = Without a terminal, say --yes.
state-forgotten = Put away as { $file }. Rename it back to undo this.
lease-waiting = Waiting for another runner: `{ $command }` (process { $process } on { $host }), which has held the state since { $since } …
lease-waiting-somebody = Waiting for another runner that holds the state …
lease-waiting-silent = It has given no sign of life for { $seen } and may be suspended: look at process { $process } on { $host }. Still waiting; Ctrl-C ends the wait.
state-free-means = This is for a state that a runner on another machine held when it died or lost its network. Look there first: two runners at once would get in each other's way.
state-free-ask = Free the state?
state-freed = Freed: `{ $command }` (process { $process } on { $host }) no longer holds the state. If it does run after all, it will refuse to write.
state-free-nobody = Nobody on another machine holds this state.
connectors-none = No connector was found.
connectors-pinned = Pinned in { $file }
connectors-looked = Looked in: { $places }
column-name = Name
column-version = Version
column-title = System
column-file = File
column-hash = Hash
column-abi = ABI
column-resources = Resources
column-capabilities = Can
connector-broken = { $name }: { $why }

sandbox-running = The sandbox is running. Ctrl-C stops it.
sandbox-stopped = The sandbox has stopped.
sandbox-accurate = Accurate Online (simulated)
sandbox-smh = SimpliDOTS SMH (simulated)
sandbox-data-kept = Data are kept in { $file }
sandbox-data-gone = Data are forgotten when it stops (--data FILE keeps them)
sandbox-no-limit = The limit of 8 calls a second is off.
sandbox-config = Settings for runner.toml:
sandbox-consent = For `runner connect accurate`: client_id = "{ $id }", client_secret = { "{" } env = "ACCURATE_CLIENT_SECRET" { "}" }
sandbox-accounts = Accounts on the consent page: admin, cabang, sebagian, tanpa-pelanggan, … (no password needed)
sandbox-shaken = { $count ->
    [one] { NUMBER($count) } edit made
   *[other] { NUMBER($count) } edits made
} with seed { $seed }

sandbox-not-local = The sandbox does not listen on { $address }: its keys are known to everybody, so only this machine may reach it.
sandbox-not-local-help = Use --listen 127.0.0.1:{ $port }
sandbox-unreachable = No sandbox answers at { $url }: { $why }
sandbox-unreachable-help = Start one with `runner sandbox`, and give its address: --url http://127.0.0.1:8100

# ---------------------------------------------------------------- by hand: decisions, links, intents, history
because-empty = --because says nothing.
because-empty-help = Say in a few words why; whoever reads the history will want to know.
system-unknown = The mapping has no system "{ $system }".
ask-record = Record this?
not-recorded = Nothing was recorded.
candidate-linked = (has another partner)
conflict-help-field = Say which side is right; with --field for one field only, or with a value instead of a system:
conflict-help-first_meeting = The two records meet for the first time. Say which side is right; with --field for one field only, or with a value:
conflict-help-delete = Take the side where it is gone (the deletion is followed), or the other one (the record is made again):
conflict-help-ambiguous = Say which two are the same record, if any:
conflict-help-linked_elsewhere = If that link is wrong, end it; then link the right pair. Otherwise change the key of one of them in its system:
conflict-help-stranger = If they are the same after all, link them. Otherwise change the key of one of them in its system:
conflict-help-key_taken = Change the value of one of the two records in its system.
conflict-help-partner_id = Correct the Partner ID in its system; or, if the link is wrong, end it:
resolve-about = { $id } · { $entity } · { $record }
resolve-follow-side = { $field }: { $system } is right with { $value }; { $other } holds { $before }.
resolve-follow-value = { $field }: { $value } on both sides.
resolve-follow-deletion = It stays deleted in { $gone }; in { $kept } it is removed or taken out of use, as the mapping says for deletions.
resolve-follow-return = What { $kept } holds is kept; the next run makes the record again in { $gone }, with a new id there. Documents that referred to the deleted one do not come back.
resolve-follow-withdraw = { $count ->
    [one] The decision is
   *[other] { NUMBER($count) } decisions are
} taken back; the conflict waits for a decision again.
resolve-withdrawn = Recorded, by { $by }: taken back. The conflict waits again:
resolve-holds = This holds for exactly these values. If either side changes first, it is not used, and the conflict says so.
resolve-done = Recorded, by { $by }. The next run does it; to see what it will do:
resolve-rest = { $count ->
    [one] One field of this conflict still waits:
   *[other] { NUMBER($count) } fields of this conflict still wait:
}
links-follow-link = No system is asked now whether these records exist. The next run looks for both and compares them without a past: what differs is settled by the mapping's rule for first meetings, or becomes a conflict. If it finds only one of them, that one is held, and each report says why, until `runner links unlink` takes the link back. If it finds neither, the link ends.
links-follow-unlink = Both records stay as they are and wait: the next run neither links them again nor makes anything of them, until `runner links link` or `runner links forget` says more.
links-follow-forget = The next run treats the record as one without a past: it is linked to a partner that its Partner ID or its key names, or made on the other side where the mapping allows that.
links-untouched = No system is touched by this.
links-done = Recorded, by { $by }: { $entity } · { $record } · { $left } ↔ { $right }
links-lifted = { $count ->
    [one] One deleted or unlinked pair of it no longer holds anything back.
   *[other] { NUMBER($count) } deleted or unlinked pairs of it no longer hold anything back.
}
links-none = No links.
links-more = { NUMBER($shown) } of { NUMBER($count) } links; --all shows the rest, --entity and --record narrow.
link-live = linked
link-live-by-hand = linked by hand; no run has seen both yet
link-tombstone = deleted in { $system } (run { $run })
link-tombstone-unseen = linked by hand; run { $run } found neither of them
link-tombstone-by-hand = ended by hand
link-discarded = not gone on with, by hand
link-forgotten = forgotten
intents-none = Every outcome is clear.
intents-known = Nothing has to be decided: every result is known, and the next run takes it in.
intents-advice = { $count ->
    [one] The next run looks again, and goes on by itself once it is sure. Only if you know better:
   *[other] The next run looks again, and goes on by itself once it is sure. Only if you know better (here for the first of { NUMBER($count) }):
}
intents-choice-adopt = It was done: the record of this id is the one. The next run compares both, and says so if it is not there.
intents-choice-retry = It was not done: the next run plans it again. If it was done after all, that makes a second record.
intents-choice-discard = Leave it. A record that was to be made is not made until `runner links forget` or `runner links link` says so; anything else the next run compares anew.
intents-done = Recorded, by { $by }: #{ $id } · { $entity } · { $record }. The ordinary next run goes on from there:
intent-create = create { $record } in { $system }
intent-update = change { $record } in { $system }
intent-delete = delete { $record } in { $system }
intent-deactivate = take { $record } out of use in { $system }
intent-since = since
intent-asked = asked
intent-said = answer
intent-probe = last look
intent-conclusive = sure from
intent-no-answer = none: the run ended before there was one
intent-result = result
intent-made = known: the record was made with id { $id }. Nothing has to be decided; the next run takes it in.
intent-not-settled = known: it was done. Nothing has to be decided; the next run takes it in.
intent-not-looked = nobody has looked yet
history-none = No run yet.
history-nothing = Nothing is remembered of such a record.
run-not-ended = did not end
column-state = State
column-run = Run
column-when = When
column-applied = Applied
column-rejected = Refused
column-unclear = Unclear
column-skipped = Skipped
column-conflicts = Conflicts
column-problems = Problems
column-exit = Exit
event-create = { $record } created in { $system }
event-update = { $record } changed in { $system }
event-delete = { $record } deleted in { $system }
event-deactivate = { $record } taken out of use in { $system }
event-decided = { $by } decided a conflict of { $record }
event-linked = { $by } linked { $record } by hand
event-unlinked = { $by } ended the link of { $record }
event-forgot = { $by } had the past of { $record } forgotten
event-adopted = { $by } named the record that was made of { $record }
event-retried = { $by } said that nothing was made of { $record }
event-withdrew = { $by } took back a decision on { $record }
event-discarded = { $by } left { $record } alone
event-closed-discarded = not gone on with, by order of { $by }: { $because }
event-closed-retried = said not to be done by { $by }: { $because }
event-end-rejected = refused
event-end-unclear = outcome unclear
event-end-intended = outcome not noted
event-said = the system said
event-ordered = order

# ---------------------------------------------------------------- taking a run back, waiting for a delete, evidence
undo-means = Takes back what run { $run } wrote. What flows both ways goes back to the earlier values in both systems, so that the next run finds nothing to do for it. What flows one way, and everything with --only, goes back in one system, and the difference stays until somebody edits one of the two.
undo-nothing = There is nothing that can be taken back, so that no plan was saved.
undo-no-run = There is no run “{ $run }”.
undo-several-runs = Several runs begin with “{ $run }”.
undo-run-help = `runner history` lists the runs; give as much of the id as tells it from others, or `last`.
title-not-undone = Not taken back
fold-not-undone = … and { NUMBER($count) } more (--all shows them)
kept-was = before: { $value }
tag-waiting = waits
title-waiting = Out of use, to be deleted
waiting-delete = { $count ->
    [one] One record waits, out of use, for its delete on { $when }
   *[other] { NUMBER($count) } records wait, out of use, for their delete, the first on { $when }
}
evidence-linked = linked since run { $run }
evidence-seen = last seen in { $system } on { $when } (run { $run })
evidence-seen-none = no run that saw it in { $system } is remembered
evidence-read = looked up in { $system } on { $when }: not there
evidence-rules = scope and sample data rule unchanged since run { $run }
evidence-rules-none = scope and sample data rule not noted as they are now
evidence-mapping = mapping unchanged since run { $run }
evidence-mapping-none = first run with this mapping
event-evidence = evidence
run-undoes = { $run } took back run { $undone }.
run-refused = { $run } was refused and wrote nothing. { $why }
conflicts-as-of = As the last run that wrote to the state left them; `runner plan` shows those of now, and `apply` notes them.

# ---------------------------------------------------------------- mistakes in the flags
usage-command = There is no command "{ $what }".
usage-unknown = "{ $what }" is not known here.
usage-missing = { $what } is missing.
usage-conflict = { $what } and { $other } do not go together.
usage-value = "{ $value }" is not possible for { $what }.
usage-no-value = A value is missing after { $what }.
usage-possible = Possible: { $known }
usage-help = Add --help to see what goes there.

# ---------------------------------------------------------------- exit codes
exit-title = Exit codes
exit-0 = nothing to do, or everything was applied
exit-1 = error
exit-2 = changes are pending (plan, --dry-run)
exit-3 = conflicts wait for a person
exit-4 = a guard refused the plan; nothing was written
exit-5 = some records failed or moved on; the rest is done
exit-6 = outcomes of writes are unclear; the next run looks
exit-7 = not connected, or a right is missing
help-usage = Usage
help-commands = Commands
help-arguments = Arguments
help-options = Options
help-help = Print help
help-version = Print the version
