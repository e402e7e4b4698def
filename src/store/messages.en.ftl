store-corrupt = The state file { $path } is damaged or is not a state file ({ $detail }). Nothing was written. Try `runner state repair`; if that cannot help, put it away with `runner state forget` and run again: links are rebuilt from Partner IDs and codes, nothing is doubled or overwritten.
store-newer = The state file { $path } was written by a newer runner (format { $found }; this one knows up to { $known }). Update the runner.
store-locked = Another runner is using this state ({ $holder }; lock file { $path }). Wait until it has finished.
store-io = The state file { $path } cannot be used: { $detail }. Check the folder's permissions and free space.
store-contradiction = The state contradicts itself: { $detail }. This is a fault of the runner; please report it. Nothing was written.
