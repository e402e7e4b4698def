# What the connector says, in Indonesian. The keys and arguments are the same in phrases.en.ftl; a test holds us to it.

accurate-answered = { $what }: Accurate menjawab { $status }{ $said }: { $advice }.
advice-session-ended = sesi database sudah berakhir; jalankan lagi untuk membuka sesi baru
advice-token-refused = token ditolak; hubungkan lagi sistem ini
advice-right-missing = hak { $right } tidak ada; hubungkan lagi sistem ini dan berikan hak itu, dengan pengguna yang memilikinya
advice-some-right-missing = ada hak yang kurang; minta hak itu diberikan kepada pengguna token ini
advice-no-such-address = alamat itu tidak ada; periksa base_url
advice-gave-up = server berhenti menunggu
advice-no-such-method = server tidak menerima metode ini di sini
advice-too-large = permintaannya terlalu besar
advice-unexpected = jawaban seperti ini tidak terduga
advice-no-json = jawabannya bukan objek JSON
advice-unsaid = jawabannya tidak menyebut berhasil atau tidak
advice-too-many-calls = terlalu banyak panggilan; coba lagi nanti
advice-too-many-calls-until = terlalu banyak panggilan; coba lagi setelah { $seconds } detik
advice-refused = server menolak permintaan ini
advice-database-over = database ini tidak bisa dipakai; perpanjang langganannya di Accurate, atau hubungkan lagi dan pilih database lain
advice-trouble = server sedang bermasalah; coba lagi nanti
advice-no-records = isinya bukan daftar data
advice-other-record = isinya bukan data yang diminta
advice-no-database = tidak disebutkan database dengan id dan host
advice-no-list = isinya bukan daftar
advice-no-scopes = isinya bukan daftar hak akses (scope)
advice-no-session = tidak disebutkan sesi dan host
advice-other-count = jawabannya tentang { $found } data, padahal { $sent } yang dikirim, jadi tidak jelas data mana yang dimaksud
advice-no-outcomes = hasil tiap data tidak disebutkan

accurate-refused-silently = { $what }: Accurate menolaknya tanpa menyebut alasan.
accurate-right-missing = Hak { $right } tidak ada: Accurate mengatakan "{ $said }"; minta hak itu diberikan kepada pengguna di Accurate, atau hubungkan dengan pengguna lain.
accurate-not-granted = { $scope } tidak diberikan

accurate-circles = { $what }: server meneruskan panggilan ini lebih dari { $most } kali. Mungkin database sedang dipindahkan; jalankan lagi beberapa menit lagi.
accurate-moved-nowhere = { $what }: sudah pindah (308), tetapi jawabannya tidak menyebut ke mana.
accurate-moved-same-host = { $what }: sudah pindah (308), tetapi ke host yang sama.
accurate-moved-open = { $what }: sudah pindah (308), tetapi ke alamat yang tidak terenkripsi; token tidak dikirim ke sana.
accurate-moved-no-address = { $what }: sudah pindah (308), tetapi tujuannya bukan alamat.
accurate-no-data-host = { $what }: "{ $address }" bukan alamat host data.

accurate-session-refused = { $what }: database { $name } ({ $id }) sudah dibuka lagi, tetapi sesi barunya langsung ditolak. Jalankan lagi beberapa menit lagi; kalau tetap begitu, hubungkan lagi sistem ini.
accurate-database-closed = Database { $name } ({ $id }) tidak bisa dibuka: Accurate mengatakan "{ $said }"; { $advice }.
advice-set-api-token = ini API token, jadi isi auth dengan api-token
advice-extend = perpanjang langganannya di Accurate, atau hubungkan lagi dan pilih database lain
advice-may-not-open = hubungkan lagi dan pilih database yang boleh dibuka pengguna ini, atau minta akses ke database ini di Accurate
accurate-no-database = Kredensial ini tidak melihat satu database pun; pakai kredensial pengguna yang memilikinya.
accurate-not-open = Belum ada database Accurate yang dibuka; hubungkan dulu.

accurate-place-unknown = Tidak ada { $kind } "{ $wanted }" di { $within }. { $ask }
accurate-place-not-named = Di { $within } ada { $count } pilihan, dan pengaturan { $setting } tidak menyebut satu pun. { $ask }
accurate-ask-choose = Hubungkan lagi, atau isi { $setting } dengan salah satu dari: { $choices }.
accurate-ask-none = Pilihannya tidak ada sama sekali; kosongkan { $setting }.
accurate-kind-database = database
accurate-kind-branch = cabang
accurate-within-account = akun Accurate
accurate-branch-unlisted = { $said } Atau sebut cabangnya dengan id di pengaturan branch.
accurate-branch-refused = Cabang { $branch } tidak ada atau tidak dipakai lagi: Accurate mengatakan "{ $said }"; hubungkan lagi dan pilih cabang lain.

accurate-setting = Pengaturan { $name } berisi "{ $given }"; seharusnya { $wanted }.
wanted-page-size = angka dari 1 sampai 1000
wanted-address = alamat yang diawali https://, misalnya https://account.accurate.id
wanted-auth = oauth2, api-token, atau bearer
wanted-token-database = { $database }, yang terikat pada API token ini

accurate-no-resource = Accurate tidak punya "{ $name }"; yang ada: { $known }.
accurate-no-delete = Data { $name } ({ $title }) tidak bisa dihapus lewat API.
accurate-no-deactivate = Data { $name } ({ $title }) tidak bisa dinonaktifkan lewat API.
accurate-no-children = { $name } tidak menerima daftar rincian "{ $path }".
accurate-no-change-filter = { $name } tidak bisa didaftar menurut waktu perubahan; ambil seluruh daftarnya.
accurate-no-cursor = "{ $since }" bukan penanda waktu untuk { $name }; ambil seluruh daftarnya.
accurate-too-many-pages = { $what }: diumumkan { $pages } halaman, dan itu tidak mungkin.

accurate-list-cancelled = { $what }: berhenti setelah { $done } dari { $pages } halaman, karena proses dihentikan.
accurate-get-cancelled = Tidak dibaca, karena proses dihentikan.
accurate-write-cancelled = Tidak dikirim, karena proses dihentikan.
accurate-rights-cancelled = Tidak semua hak sempat diperiksa, karena proses dihentikan.

accurate-list-no-id = ada data tanpa id yang bisa dibaca
accurate-list-no-count = jawabannya tidak menyebut jumlah data
accurate-list-changed = mula-mula diumumkan { $before } data, lalu { $now }: ada yang berubah selama dibaca
accurate-list-short = diumumkan { $announced } data, tetapi yang datang { $came }

accurate-row-unsaid = { $what }: jawabannya tidak menyebut apakah data ini tersimpan.
accurate-saved-other = { $what }: tersimpan, tetapi jawabannya berisi data { $found }, bukan { $wanted }.
accurate-saved-nameless = { $what }: tersimpan, tetapi jawabannya tidak menyebut data yang baru.

accurate-salesman-alone = Tenaga penjual pesanan ada di tiap barisnya; satukan kedua field itu dalam satu grup di pemetaan.
accurate-delete-no-id = Penghapusan harus menyebut id datanya.
accurate-create-with-id = Data baru tidak boleh menyebut id: data dengan id itu akan berubah.
accurate-change-no-id = Perubahan harus menyebut id datanya: tanpa itu, data baru akan terbuat.
accurate-reserved-member = Field di pemetaan tidak boleh menentukan data mana yang disimpan.
accurate-new-no-old-rows = Data baru tidak punya baris yang bisa dipertahankan atau dihapus.
accurate-new-row-with-id = Baris baru tidak boleh menyebut id.
accurate-row-no-id = Baris yang diubah atau dihapus harus menyebut id: tanpa itu, baris baru akan terbuat.
