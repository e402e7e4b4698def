# What the engine says of a system, in English. These sentences stand inside others, so they begin small and end open. The keys and arguments are
# the same in phrases.id.ftl; a test holds us to it. What is wrong in a connector.toml is told in English only, like what a compiler says.

rest-no-reason = { $what } was answered with HTTP { $status }, without a reason
rest-unauthorised = { $said }; the credential was refused, so connect again with a valid one
rest-no-json = { $what } was answered with something that is no JSON
rest-login-no-json = { $what } was answered with something that is no JSON; check the setting base_url
rest-no-array = { $what } was answered without an array at `{ $path }`
rest-no-record = { $what } was answered without the record
rest-no-record-at-all = { $what } was answered without a record
rest-no-id = { $what } was answered without an id
rest-other-record = { $what } `{ $asked }` was answered with record `{ $came }`
rest-asked-other = { $what } was asked for, `{ $came }` came
rest-batch-count = a batch of { $sent } for `{ $resource }` was answered with { $came } results
rest-names-no-record = { $what } names no record

rest-what-create = the create of a record of `{ $resource }`
rest-what-update = the update of a record of `{ $resource }`
rest-what-delete = the delete of a record of `{ $resource }`
rest-what-deactivation = the deactivation of a record of `{ $resource }`
rest-what-write = a write of `{ $resource }`
rest-what-page = page { $page } of the list of `{ $resource }`
rest-what-record = record `{ $id }` of `{ $resource }`
rest-what-login = the check of the credential of { $system }

rest-not-open = { $system } was not opened yet
rest-needs-setting = { $system } needs the setting `{ $name }`: { $help }
rest-slot = `{ $whose }` needs the setting `{ $name }`
rest-slot-of-header = the header `{ $whose }` needs the setting `{ $name }`
rest-base-url = `{ $given }` is no address; it starts with http:// or https://, a host follows
rest-no-resource = { $system } has no resource `{ $name }`; it has { $known }
rest-elsewhere = the list of `{ $resource }` goes on at another server, `{ $address }`; it is not followed
rest-cancelled = cancelled while working on `{ $resource }`
rest-unsupported = `{ $resource }` of { $system } has no { $operation }
rest-op-create = create
rest-op-update = update
rest-op-delete = delete
rest-op-deactivation = deactivation
rest-op-list = list
rest-op-changes = list of changes
rest-op-single = single records
rest-children = the children `{ $path }` of `{ $resource }` cannot be written
rest-not-sent = a record of `{ $resource }` cannot be sent: { $why }
rest-no-object = `{ $head }` is no object, so `{ $path }` cannot be set
rest-batch-failed = a batch could not be put together: { $why }

rest-list-endless = the pages up to { $page } held nothing new, and still more are announced
rest-list-repeats = page { $page } only repeated earlier records
rest-list-circle = the list goes round in a circle
rest-list-nameless = page { $page } holds { $rows } rows without an id
rest-list-changed = the list changed while it was read: { $first } records at first, { $latest } at last
rest-list-short = { $announced } records were announced, { $came } came
rest-list-short-twice = { $announced } records were announced, { $came } came, { $repeated } came twice
rest-list-twice = { $repeated } records came twice, so others may be missing
rest-list-no-promise = the system does not promise complete lists
