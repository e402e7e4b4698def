# What can be wrong with a mapping file. One message per code of diagnostics.rs; `-help` says what to do.

diag-error = error
diag-warning = warning
diag-help = help
diag-here = here
diag-first-here = first here

diag-did-you-mean = did you mean `{ $name }`?
diag-known = possible here: { $names }
diag-known-many = none of the { $count } names known here is like it

# M00x: text
diag-yaml-syntax = this is not YAML as mappings are written: { $detail }
diag-duplicate-key = the key `{ $key }` stands here a second time
diag-duplicate-key-help = the first one counts; remove or rename one of the two
diag-too-large = the file has { $count } { $what ->
    [bytes] bytes
   *[values] values
}; a mapping may have { $max }
diag-not-used = { $what ->
    [anchor] anchors (`&name`)
    [alias] aliases (`*name`)
    [merge] merge keys (`<<`)
   *[tag] tags (`!name`)
} are not used in mappings
diag-not-used-help = write it out where it is needed; text that starts like this goes in quotes

# M01x: shape
diag-unknown-key = there is no key `{ $key }` here
diag-wrong-kind = expected { $expected ->
    [text] text
    [list] a list
    [mapping] a mapping of keys to values
    [number] a number
    [whole] a whole number from 0 up
    [bool] true or false
    [list-or-text] text or a list
    [mapping-or-text] text or a mapping of keys to values
    [mapping-or-text-or-whole] a whole number, text or a mapping of keys to values
    [text-or-whole] text or a whole number from 0 up
    [text-or-number-or-bool-or-null] a single value
   *[other] { $expected }
}, found { $found ->
    [text] text
    [list] a list
    [mapping] a mapping of keys to values
    [number] a number
    [bool] true or false
    [null] nothing
   *[other] { $found }
}
diag-missing-key = the key `{ $key }` is missing here
diag-missing-one-of = one of these keys must stand here: { $keys }
diag-unknown-word = `{ $word }` is not possible here
diag-quote-it = `{ $text }` is not text without quotes: readers of YAML take it for something else
diag-quote-it-help = quote it: '{ $text }'
diag-unknown-version = version { $version } of the mapping language is not known; this runner speaks version 1
diag-empty = `{ $what }` is empty
diag-no-include = files cannot be split with `include` yet
diag-no-include-help = put everything into this one file
diag-bad-name = `{ $name }` cannot be a name: it must not be empty, start or end with blanks, or hold control characters (names of systems: no blanks and no arrows at all)
diag-not-understood = this was checked and still not understood, which is a mistake of the runner, not yours: { $detail }

# M02x: systems and directions
diag-not-two-systems = a mapping pairs exactly two systems; here { $count ->
    [0] is none
    [1] is one
   *[other] are { $count }
}
diag-reserved-system-name = no system can be called `{ $name }`: it is a word of the mapping language
diag-unknown-side = no system is called `{ $name }`
diag-bad-direction = `{ $text }` is no direction
diag-bad-direction-help = write `two-way`, `{ $left } -> { $right }` or `{ $right } -> { $left }`
diag-bad-limit = `{ $text }` is no limit
diag-bad-window = `{ $text }` is no length of time
diag-bad-grace-help = write hours or days, one at least, such as `48h` or `30d`; without a wait write `delete`
diag-grace-without-delete = only a delete can wait
diag-grace-without-delete-help = write `action: delete`, or the word alone without `grace`
diag-bad-window-help = write hours or days, such as `24h` or `7d`; `0h` counts each plan by itself
diag-bad-limit-help = write a share such as `10%`, a number of records such as 37, or both: { "{" } count: 37, percent: 10% { "}" }
diag-no-newer = `newer` is not available: it needs times of change that can be trusted on both sides
diag-no-newer-help = write `hold` or the name of the system that wins
diag-missing-resource = the entity { $entity } has no resource of { $system }
diag-missing-resource-help = add `{ $system }:` with the name of the resource
diag-records-of-two = the entities { $first } and { $again } may take the same records of { $resource } in { $system }: they would be created or linked twice
diag-records-of-two-help = give both a `scope` of { $system } so that no record passes both, such as "@.type == 'A'" and "@.type == 'B'"; or make one entity of the two

# M03x: fields
diag-unknown-field = there is no field `{ $name }` here
diag-bad-path = `{ $text }` is not the path of one member
diag-bad-condition = this condition cannot be understood
diag-ends-too-early = it ends too early
diag-path-needs-root = a path starts at the record: write `$.{ $text }`
diag-double-equals = equality is written ==
diag-symbols-not-words = write && for and, || for or
diag-bad-codec = this codec cannot be made
diag-scale-too-large = an exact number has at most { $max } digits behind the point
diag-number-not-exact = { $number } cannot be held exactly
diag-bad-offset = `{ $text }` is no offset; write one such as +07:00 or Z
diag-codec-one-way = the field { $field } flows from { $system }, whose value comes from the mapping and not from there
diag-codec-one-way-help = let it flow only to { $system } (`direction: { $other } -> { $system }`), or give `{ $system }` a codec that reads
diag-table-not-injective = `{ $meaning }` stands for several values of { $system } ({ $raws }), so nobody can tell which one to write there
diag-table-not-injective-help = give each value a meaning of its own, or let the field flow only from { $system } (`direction: { $system } -> { $other }`)
diag-missing-cell = the field { $field } does not say where it stands in { $system }
diag-missing-cell-help = add `{ $system }:` with a path, or give the other side a constant or a template
diag-path-or-read-write = { $both ->
    [yes] `path` stands for both directions and cannot stand beside `read` or `write`
   *[no] this side has no place: give it a `path`, or `read` and `write`
}
diag-nothing-to-read = the field { $field } flows from { $system } to { $other }, but there is nothing to read it from
diag-nothing-to-read-help = give `{ $system }` a `path` or `read`
diag-nothing-to-write = the field { $field } flows from { $other } to { $system }, but there is nowhere to write it
diag-nothing-to-write-help = give `{ $system }` a `path` or `write`, or let the field flow the other way (`direction: { $system } -> { $other }`)
diag-kinds-differ = the two sides of the field { $field } are never equal: the left one is { $left ->
    [text] text
    [number] a number
    [bool] true or false
    [date] a date
    [timestamp] a moment
    [ref] a reference
    [percent] a percentage
   *[other] { $left }
}, the right one { $right ->
    [text] text
    [number] a number
    [bool] true or false
    [date] a date
    [timestamp] a moment
    [ref] a reference
    [percent] a percentage
   *[other] { $right }
}
diag-kinds-differ-help = give both sides codecs (`as`) of the same kind
diag-key-not-comparable = records cannot be told apart by the field { $field }: it is not a single value that both sides can read
diag-not-in-list = `{ $what }` cannot stand beside `list`; the places of a list stand within it
diag-missing-place = the list { $field } does not say where it stands in { $system }
diag-missing-column = slot { $slot } does not say where the field { $field } stands
diag-path-in-slots = the field { $field } cannot have a path in { $system }: there its place is given by the slots
diag-partner-id-twice = the partner's id can be kept on one side only
diag-partner-id-twice-help = keep it in the system that has a member for it and remove the other

# M05x: references
diag-unknown-entity = there is no entity `{ $name }`
diag-unknown-ref-field = the entity { $entity } has no field `{ $name }` that stands on this side
diag-reference-cycle = entities refer to each other in a circle: { $cycle }
diag-reference-cycle-help = circles cannot be written yet; leave one of the references out
diag-refs-differ = the two sides of the field { $field } refer to different entities: { $left } and { $right }

# M06x: what connectors can do
diag-unknown-resource = the connector { $connector } has no resource `{ $name }`
diag-unknown-member = the resource { $resource } has no member `{ $member }`
diag-member-not-writable = the member `{ $member }` of { $resource } can be read but not written
diag-member-not-writable-help = give another member as `write`, or let the field flow only towards { $other }
diag-member-not-readable = the member `{ $member }` of { $resource } can be written but does not come in answers
diag-children-not-writable = the children `{ $member }` of { $resource } cannot be written
diag-missing-operation = { $system } cannot { $operation ->
    [read] list
    [create] create
    [update] update
    [delete] delete
   *[other] { $operation }
} records of the resource { $resource }, and this mapping needs that
diag-missing-operation-help = { $operation ->
    [create] let nothing be created there: `on_create: { "{" } { $system }: deny { "}" }`, or another `sync`
    [delete] choose `deactivate`, `unlink` or `hold`
    [update] let no field flow there, or only with `write: on_create`
   *[other] choose another resource
}
diag-no-deactivate = { $system } cannot take records of the resource { $resource } out of use
diag-no-deactivate-help = choose `delete`, `unlink` or `hold`

# M07x: allowed but odd
diag-right-not-asked = the rights asked for in { $system } leave out `{ $right }`, which { $entity } needs
diag-right-not-asked-help = add `{ $right }` to this list
diag-written-twice = two fields write the member { $member } of { $system }: a record for which they hold different values is not written there (a constant or template gives way)
diag-written-twice-help = leave one of them out, or tell them apart by a `flag`
diag-no-identity = nothing tells which records of { $entity } belong together: there is neither `match` nor `partner_id`
diag-no-identity-help = add `match` with the fields that name a record, or `partner_id`
diag-creates-nothing = records of { $entity } may be created in { $system }, but no field flows there
diag-creates-nothing-help = let fields flow there, or deny creation
