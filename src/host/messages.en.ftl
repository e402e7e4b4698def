# What the host says, in English. The keys and arguments are the same in messages.id.ftl; a test holds us to it.

host-connector-name-invalid = "{ $name }" cannot be a connector's name: only small letters, digits, "-" and "_" may stand in it. Correct `connector:` in the mapping.
host-connector-not-found = The connector "{ $name }" was not found. Put it into one of these places, or correct the name in the mapping. Looked at:
    { $tried }
host-tried-no-folder = { $place }: there is no such folder
host-tried-no-file = { $place }: there is no such file
host-tried-empty = { $place }: holds neither a connector.toml nor a library ({ $pattern })
host-tried-engine = { $place }: asks for the engine "{ $engine }", which was not found itself
host-connector-toml = { $file } cannot be used: { $why }. Correct the file.
host-connector-toml-name = { $file } declares a connector "{ $says }", but its folder is called "{ $name }". Make both the same.
host-connector-toml-engine = { $file } does not name its engine. Add a line such as engine = "rest" at its top.
host-file-unreadable = { $file } cannot be read: { $why }
host-folder-several-libraries = { $folder } holds several libraries ({ $files }), and it is not clear which one is the connector. Leave one there, or call it { $expected }.
host-library-writable = { $file } can be changed by every user of this machine, so it is not loaded. Take that right away (chmod o-w).
host-library-not-opened = The library { $file } cannot be opened: { $why }. Build it again for this machine.
host-library-replaced = { $file } was replaced after this program had opened it. Start the program again.
host-library-no-symbol = The library { $file } is no connector: it exports none of { $symbols }. Check that the right file stands there.
host-library-wrong-abi = The connector library { $file } speaks ABI { $found }, this runner speaks ABI { $wanted }. Install the connector that belongs to this release.
host-library-table = The connector library { $file } cannot be used: { $why }.
host-connector-refused = The connector "{ $name }" ({ $file }) does not start: { $why }
host-connector-other-name = { $file } is the connector "{ $says }", but "{ $name }" was asked for. Correct the name in the mapping, or the file.
host-lock-unreadable = { $file } cannot be used: { $why }. Correct it, or remove it and pin the connectors anew.
host-lock-differs = The connector "{ $name }" ({ $file }) is not the one that was pinned: { $lock } says { $pinned }, the file is { $found }. If you replaced it on purpose, pin the connectors anew with `runner connectors --pin`; otherwise put the old file back.
host-lock-none = No lock file is configured, so there is nowhere to pin connectors. Name one in runner.toml.
host-lock-not-written = { $file } cannot be written: { $why }
host-setting-missing = The system "{ $system }" lacks the setting "{ $setting }" ({ $help }). Add it under [systems.{ $system }] in runner.toml.
host-setting-unknown = The system "{ $system }" has a setting "{ $setting }" that its connector does not know. It knows: { $known }.
host-base-url = The base_url of the system "{ $system }" is "{ $url }", which is no http or https address without user name. Correct it in runner.toml.
host-auth-no-base-url = The system "{ $system }" has a credential but no base_url, so nobody knows to whom it may be shown. Add base_url in runner.toml.
host-auth-scheme = The connector of the system "{ $system }" cannot sign in by "{ $scheme }". It can by: { $known }.
host-auth-secret = To sign in by "{ $scheme }", the system "{ $system }" needs a token and a secret; one is missing or holds characters that cannot be sent. Connect the system again.
host-network = The network cannot be used: { $why }
