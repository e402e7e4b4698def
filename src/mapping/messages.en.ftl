# What can be wrong with a record, a value or a place, as the mapping sees it. Messages about a value name its field in { $field };
# those about the text of a mapping (paths, conditions, tables, templates) are shown with an excerpt and do not.

# Records
map-record-too-large = the record has { $size } bytes; at most { $max } are read
map-record-too-deep = the record is nested deeper than { $max } levels
map-record-unreadable = the answer is not readable JSON: { $detail }
map-record-not-object = the record is not an object with members

# Values that were read
map-not-text = { $field }: expected text, found { $value }
map-not-number = { $field }: “{ $value }” is not a number that can be kept exactly
map-not-integer = { $field }: “{ $value }” is not a whole number
map-not-bool = { $field }: “{ $value }” is neither true nor false
map-not-date = { $field }: “{ $value }” is not a day written { $pattern }
map-not-timestamp = { $field }: “{ $value }” is not a moment written { $pattern }
map-not-phone = { $field }: expected a telephone number, found { $value }
map-not-percent = { $field }: “{ $value }” is not a percentage such as 5 or 5+2
map-not-ref = { $field }: expected the id or code of { $entity }, found { $value }
map-not-code = { $field }: expected a code, found { $value }
map-unlisted = { $field }: the mapping's table does not list the code “{ $value }”; add it, or say what becomes of others with unlisted

# Lists that were read
map-list-not-array = { $field }: expected a list
map-list-too-long = { $field }: { $count } rows; at most { $max } are read
map-child-not-object = { $field }: the row is not an object with members

# Values that are to be written
map-wrong-kind = { $field }: “{ $value }” cannot be written as { $codec }
map-too-long = { $field }: “{ $value }” is longer than the { $max } characters that fit
map-no-code = { $field }: the mapping's table has no code for “{ $value }”
map-table-ambiguous = { $field }: the mapping's table has several codes for “{ $value }”, so none can be written
map-ref-unresolved = { $field }: { $entity } { $value } has no partner on the other side yet; it must be synchronised first
map-not-writable = { $field }: this side has no place where it can be written
map-no-field = { $field }: the mapping has no such field
map-two-values = { $field }: another field wants to write something else to the same member ({ $member })
map-slots-full = { $field }: { $count } rows, and room for { $max }
map-slot-fixed = { $field }: { $value } cannot be kept here; this place always holds { $fixed }

# Paths
map-path-syntax = “{ $text }” is not a path; it cannot be read from “{ $rest }” on
map-path-not-singular = a cell needs a path to one place: names and numbers only, no *, no .., no ranges and no filters
map-path-empty = a path names a member of the record; $ alone is the whole record
map-path-too-long = a path has at most { $max } characters
map-path-negative-index = { $index } counts from the end, where nothing can be written; count from 0
map-path-index-too-high = the element { $index } is beyond { $max }

# Conditions
map-condition-syntax = “{ $text }” is not a condition; it cannot be read from “{ $rest }” on
map-condition-too-long = a condition has at most { $max } characters
map-condition-too-deep = brackets nest at most { $max } deep
map-condition-too-many-descents = .. may stand once in a path
map-condition-function = there is no function { $function }; conditions have match, search, length, count and value
map-condition-not-a-test = { $function } gives a value; compare it with something
map-condition-argument = { $function } cannot be given this
map-condition-pattern-not-text = the pattern of { $function } must be text written here
map-condition-pattern = “{ $pattern }” is not a pattern, or is too large
map-condition-number = { $value } cannot be kept exactly

# Codecs
map-table-duplicate = the table lists the code “{ $value }” twice; codes are compared as text
map-table-bad-code = a code is text, a number, true, false or null, not { $value }
map-template-syntax = in “{ $text }” each brace must enclose the name of a field; {"{{"} and {"}}"} stand for braces

# Values that a person typed
map-typed-unknown = the entity has no field { $field }
map-typed-list = { $field } is a list, or stands on one side only: no value can be typed for it; take one side
map-typed-reference = { $field } refers to another record: no value can be typed for it; take one side, or change it in one of the systems
map-typed-one-way = { $field } does not flow both ways: no value can be typed for it; take one side
map-typed-required = { $field } has to be there: it cannot be emptied
map-typed-two-ways = { $field }: “{ $value }” can be read as { $whole } and as { $small }. Write it without a mark between the thousands
map-typed-changes = { $field }: “{ $value }” would not be kept as it was typed
