# What the engine says of a system, in Indonesian. The keys and arguments are the same in phrases.en.ftl; a test holds us to it.

rest-no-reason = { $what } dijawab dengan HTTP { $status }, tanpa alasan
rest-unauthorised = { $said }; kredensialnya ditolak, jadi hubungkan lagi dengan kredensial yang berlaku
rest-no-json = { $what } dijawab dengan sesuatu yang bukan JSON
rest-login-no-json = { $what } dijawab dengan sesuatu yang bukan JSON; periksa pengaturan base_url
rest-no-array = { $what } dijawab tanpa daftar di `{ $path }`
rest-no-record = { $what } dijawab tanpa datanya
rest-no-record-at-all = { $what } dijawab tanpa data
rest-no-id = { $what } dijawab tanpa id
rest-other-record = { $what } `{ $asked }` dijawab dengan data `{ $came }`
rest-asked-other = { $what } yang diminta, `{ $came }` yang datang
rest-batch-count = kiriman { $sent } data untuk `{ $resource }` dijawab dengan { $came } hasil
rest-names-no-record = { $what } tidak menyebut datanya

rest-what-create = pembuatan data `{ $resource }`
rest-what-update = perubahan data `{ $resource }`
rest-what-delete = penghapusan data `{ $resource }`
rest-what-deactivation = penonaktifan data `{ $resource }`
rest-what-write = penulisan `{ $resource }`
rest-what-page = halaman { $page } dari daftar `{ $resource }`
rest-what-record = data `{ $id }` dari `{ $resource }`
rest-what-login = pemeriksaan kredensial { $system }

rest-not-open = { $system } belum dibuka
rest-needs-setting = { $system } memerlukan pengaturan `{ $name }`: { $help }
rest-slot = `{ $whose }` memerlukan pengaturan `{ $name }`
rest-slot-of-header = header `{ $whose }` memerlukan pengaturan `{ $name }`
rest-base-url = `{ $given }` bukan alamat; alamat diawali http:// atau https://, lalu nama host
rest-no-resource = { $system } tidak punya `{ $name }`; yang ada: { $known }
rest-elsewhere = daftar `{ $resource }` berlanjut di server lain, `{ $address }`; tidak diikuti
rest-cancelled = dihentikan saat mengerjakan `{ $resource }`
rest-unsupported = `{ $resource }` di { $system } tidak punya { $operation }
rest-op-create = pembuatan
rest-op-update = perubahan
rest-op-delete = penghapusan
rest-op-deactivation = penonaktifan
rest-op-list = daftar
rest-op-changes = daftar perubahan
rest-op-single = pembacaan satu data
rest-children = rincian `{ $path }` dari `{ $resource }` tidak bisa ditulis
rest-not-sent = data `{ $resource }` tidak bisa dikirim: { $why }
rest-no-object = `{ $head }` bukan objek, jadi `{ $path }` tidak bisa diisi
rest-batch-failed = kiriman beberapa data tidak bisa disusun: { $why }

rest-list-endless = halaman sampai { $page } tidak berisi data baru, padahal masih diumumkan halaman lain
rest-list-repeats = halaman { $page } hanya mengulang data sebelumnya
rest-list-circle = daftarnya berputar-putar
rest-list-nameless = halaman { $page } berisi { $rows } baris tanpa id
rest-list-changed = daftarnya berubah selama dibaca: mula-mula { $first } data, akhirnya { $latest }
rest-list-short = diumumkan { $announced } data, yang datang { $came }
rest-list-short-twice = diumumkan { $announced } data, yang datang { $came }, dan { $repeated } datang dua kali
rest-list-twice = { $repeated } data datang dua kali, jadi mungkin ada yang terlewat
rest-list-no-promise = sistem ini tidak menjanjikan daftar yang lengkap
