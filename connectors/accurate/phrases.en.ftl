# What the connector says, in English. The keys and arguments are the same in phrases.id.ftl; a test holds us to it.

accurate-answered = { $what }: Accurate answered { $status }{ $said }: { $advice }.
advice-session-ended = the session of the database has ended; run it again to open a new one
advice-token-refused = the token was refused; connect this system again
advice-right-missing = { $right } is missing; connect this system again and grant it, with a user who has this right
advice-some-right-missing = a right is missing; have it granted to the user of the token
advice-no-such-address = there is no such address; check base_url
advice-gave-up = the server gave up waiting
advice-no-such-method = the server does not take this method here
advice-too-large = the request is too large
advice-unexpected = an answer of this kind was not expected
advice-no-json = the answer is no JSON object
advice-unsaid = the answer does not say whether it succeeded
advice-too-many-calls = too many calls; try again later
advice-too-many-calls-until = too many calls; try again after { $seconds } s
advice-refused = the server refused the request
advice-database-over = the database cannot be worked in; have its subscription extended in Accurate, or connect again and choose another
advice-trouble = the server is in trouble; try again later
advice-no-records = it holds no list of records
advice-other-record = it does not hold the record asked for
advice-no-database = it names no database with id and host
advice-no-list = it holds no list
advice-no-scopes = it holds no list of scopes
advice-no-session = it names no session and host
advice-other-count = it speaks of { $found } records where { $sent } were sent, so nobody knows which are meant
advice-no-outcomes = it does not say how the single records ended

accurate-refused-silently = { $what }: Accurate refused it without saying why.
accurate-right-missing = { $right } is missing: Accurate says "{ $said }"; have the right given to the user in Accurate, or connect as another user.
accurate-not-granted = { $scope } was not granted

accurate-circles = { $what }: the server sent the call on more than { $most } times. A move may be under way; run it again in a few minutes.
accurate-moved-nowhere = { $what }: it moved (308), but the answer does not say where to.
accurate-moved-same-host = { $what }: it moved (308), but to the same host.
accurate-moved-open = { $what }: it moved (308), but to an address that is not encrypted; the token is not sent there.
accurate-moved-no-address = { $what }: it moved (308), but to something that is no address.
accurate-no-data-host = { $what }: "{ $address }" is not the address of a data host.

accurate-session-refused = { $what }: the database { $name } ({ $id }) was opened again, and the new session was refused at once. Run it again in a few minutes; if it stays so, connect this system again.
accurate-database-closed = The database { $name } ({ $id }) cannot be opened: Accurate says "{ $said }"; { $advice }.
advice-set-api-token = it is an API token, so set auth to api-token
advice-extend = have its subscription extended in Accurate, or connect again and choose another database
advice-may-not-open = connect again and choose a database that the user may open, or have this one opened to the user in Accurate
accurate-no-database = The credential sees no database; use that of a user who has one.
accurate-not-open = No database of Accurate is open; connect first.

accurate-place-unknown = There is no { $kind } "{ $wanted }" in { $within }. { $ask }
accurate-place-not-named = { $within } has { $count } to choose from, and the setting { $setting } names none. { $ask }
accurate-ask-choose = Connect again, or set { $setting } to one of: { $choices }.
accurate-ask-none = There are none at all; leave { $setting } out.
accurate-kind-database = database
accurate-kind-branch = branch
accurate-within-account = the Accurate account
accurate-branch-unlisted = { $said } Or name the branch by its id in the setting branch.
accurate-branch-refused = The branch { $branch } is not there or not in use any more: Accurate says "{ $said }"; connect again and choose another branch.

accurate-setting = The setting { $name } is "{ $given }"; it must be { $wanted }.
wanted-page-size = a number from 1 to 1000
wanted-address = an address that begins with https://, such as https://account.accurate.id
wanted-auth = oauth2, api-token or bearer
wanted-token-database = { $database }, to which the API token is bound

accurate-no-resource = Accurate has no resource "{ $name }"; it has { $known }.
accurate-no-delete = A record of { $name } ({ $title }) cannot be deleted through the API.
accurate-no-deactivate = A record of { $name } ({ $title }) cannot be taken out of use through the API.
accurate-no-children = { $name } takes no list of children "{ $path }".
accurate-no-change-filter = { $name } cannot be listed by time of change; list it whole.
accurate-no-cursor = "{ $since }" is no cursor of { $name }; list it whole.
accurate-too-many-pages = { $what }: { $pages } pages are announced, which cannot be.

accurate-list-cancelled = { $what }: stopped after { $done } of { $pages } pages, because the run is to end.
accurate-get-cancelled = Not read, because the run is to end.
accurate-write-cancelled = Not sent, because the run is to end.
accurate-rights-cancelled = The rights were not all tried, because the run is to end.

accurate-list-no-id = a record without a readable id came
accurate-list-no-count = the answer does not say how many records there are
accurate-list-changed = { $before } records were announced, then { $now }: something changed while it was read
accurate-list-short = { $announced } records were announced, and { $came } came

accurate-row-unsaid = { $what }: the answer does not say whether this record was saved.
accurate-saved-other = { $what }: saved, but the answer holds record { $found } instead of { $wanted }.
accurate-saved-nameless = { $what }: saved, but the answer does not name the new record.

accurate-salesman-alone = The salesman of an order stands on its lines; put both fields into one group of the mapping.
accurate-delete-no-id = A delete must carry the record's id.
accurate-create-with-id = A create must not carry an id: it would change that record.
accurate-change-no-id = A change must carry the record's id: without it, a new record would be made.
accurate-reserved-member = A mapped member must not decide which record a save means.
accurate-new-no-old-rows = A new record has no rows to keep or delete.
accurate-new-row-with-id = A new row must not carry an id.
accurate-row-no-id = A row that changes or goes must carry its id: without it, one would be added.
