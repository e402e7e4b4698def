# Yang dikatakan baris perintah, dalam bahasa Indonesia. Kunci dan argumennya sama dengan en.ftl; sebuah tes menjaganya.

# ---------------------------------------------------------------- nilai
value-empty = (kosong)
value-unknown = (tidak diketahui)
value-deleted = (dihapus)
value-yes = ya
value-no = tidak
and-more = { $names }, dan { NUMBER($count) } lainnya

# ---------------------------------------------------------------- rencana dan hasil
plan-title = Rencana { $mapping }
results-title = Hasil { $mapping }
nothing-to-do = Tidak ada yang perlu diubah.
verdict = Rencana: { $parts }. Belum ada yang ditulis.
verdict-open = Masih terbuka: { $parts }.
verdict-creates = { NUMBER($count) } akan dibuat
verdict-updates = { NUMBER($count) } akan diubah
verdict-deletes = { NUMBER($count) } akan dihapus
verdict-deactivates = { NUMBER($count) } akan dinonaktifkan
verdict-links = { NUMBER($count) } pasangan yang sudah ada akan ditautkan
verdict-conflicts = { NUMBER($count) } bentrok
verdict-held = { NUMBER($count) } ditahan
verdict-problems = { NUMBER($count) } bermasalah
outcome = Selesai: { $parts }.
outcome-cancelled = Dihentikan sebelum selesai: { $parts }. Jalankan lagi untuk melanjutkan.
outcome-applied = { NUMBER($count) } perubahan diterapkan
outcome-rejected = { NUMBER($count) } ditolak
outcome-unclear = { NUMBER($count) } belum jelas
outcome-skipped = { NUMBER($count) } dilewati
outcome-linked = { NUMBER($count) } pasangan ditautkan
plan-hash = Rencana { $hash }

fold-create = … { NUMBER($count) } lagi akan dibuat di { $system }; lihat dengan --all atau --format json
fold-update = … { NUMBER($count) } lagi akan diubah di { $system }; lihat dengan --all atau --format json
fold-delete = … { NUMBER($count) } lagi akan dihapus di { $system }; lihat dengan --all atau --format json
fold-deactivate = … { NUMBER($count) } lagi akan dinonaktifkan di { $system }; lihat dengan --all atau --format json
fold-conflicts = … { NUMBER($count) } bentrok lagi
fold-held = … { NUMBER($count) } lagi ditahan
fold-problems = … { NUMBER($count) } lagi bermasalah
fold-results = … { NUMBER($count) } lagi; lihat dengan --format json

tag-conflict = bentrok
tag-held = ditahan
tag-problem = bermasalah
tag-rebaseline = Aturan baru:
tag-guard = Dicegah pengaman:
conflict-base = semula

title-create = { NUMBER($count) } akan dibuat di { $system }
title-update = { NUMBER($count) } akan diubah di { $system }
title-delete = { NUMBER($count) } akan dihapus di { $system }
title-deactivate = { NUMBER($count) } akan dinonaktifkan di { $system }
title-conflicts = Bentrok
title-held = Ditahan
title-problems = Bermasalah
title-out = Tidak ikut

out-of-scope = { NUMBER($count) } di { $system } tidak ikut
out-dummy = { NUMBER($count) } data contoh
reason-direction = tidak dibuat di sisi lain (entitas ini searah)
reason-on-create = tidak dibuat di sisi lain (on_create: deny)
incomplete = { $system } tidak terbaca sampai habis ({ $missing }). Karena itu tidak ada yang dihapus.

end-rejected = ditolak
end-unclear = belum jelas
end-skipped = dilewati
end-stored-differently = tersimpan berbeda
stored-differently = { $field }: diminta "{ $asked }", yang tersimpan "{ $stored }"

# ---------------------------------------------------------------- angka
accounts-title = Data yang terbaca dan tindak lanjutnya
accounts-title-after = Data yang terbaca dan hasilnya
accounts-identity = Setiap data yang terbaca dihitung satu kali: terbaca = data contoh + di luar cakupan + gagal + dibuat + diubah + tetap + ditahan.
sync-info-title = Sync Information
column-entity = Entitas
column-system = Sistem
column-seen = Terbaca
column-dummy = Data contoh
column-out = Di luar
column-failed = Gagal
column-created = Dibuat
column-updated = Diubah
column-unchanged = Tetap
column-held = Ditahan
column-record = Data
column-field = Kolom
column-values = Isi
column-before = Sebelum
column-after = Menjadi
column-why = Alasan
counter-dummy = Dummy
counter-data = Data
counter-sinkron = Sinkron
counter-total = Total

calls-planned = Panggilan ke { $system }: { NUMBER($reads) } untuk membaca, perlu { NUMBER($writes) } lagi untuk menulis
calls-read = Panggilan ke { $system }: { NUMBER($reads) } untuk membaca
calls-made = Panggilan ke { $system }: { NUMBER($reads) } untuk membaca, { NUMBER($writes) } untuk menulis
calls-limit = , paling cepat { $time } pada batas { NUMBER($limit) } panggilan per detik
calls-limited = ; ditolak karena terlalu banyak: { NUMBER($count) }

# ---------------------------------------------------------------- pengaman, bentrok, hasil yang belum jelas
guard-delete = { $entity } di { $system }: { NUMBER($planned) } dari { NUMBER($population) } akan dihapus atau dinonaktifkan, sedangkan `guards.delete: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-delete-window = { $entity } di { $system }: bersama proses sebelumnya, { NUMBER($planned) } dari { NUMBER($population) } akan dihapus atau dinonaktifkan dalam jangka waktu itu, sedangkan `guards.delete` dan `guards.window` ({ $limit }) hanya mengizinkan { NUMBER($allowed) }.
guard-shrunken-side = { $entity }: { NUMBER($planned) } dari { NUMBER($population) } data tertaut hilang dari { $system }, dan tautannya akan berakhir, sedangkan `guards.delete: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-all-changed = { $entity } di { $system }: semua { NUMBER($planned) } data tertaut akan diubah sekaligus. Begitulah rupa jam, pengodean, atau isian yang artinya berubah; tidak ada batas di pemetaan yang meloloskannya.
guard-rules-changed = { $entity } di { $system }: { NUMBER($planned) } akan dihapus atau dinonaktifkan tepat pada proses ketika pemetaan melihat data yang lain dari sebelumnya. Keduanya tidak dapat dibedakan; kembalikan pemetaannya dan biarkan penghapusan berjalan dulu, atau setujui.
guard-unknown-partners = { $entity } di { $system }: { NUMBER($planned) } akan dihapus atau dinonaktifkan, padahal { NUMBER($population) } pasang saling menyebut dan tidak ada di berkas keadaan. Berkasnya salinan lama, atau runner lain memakai berkas lain: kembalikan berkas yang terbaru.
guard-older-state = Berkas keadaan adalah salinan lama: baru memuat { NUMBER($planned) } perubahan, padahal sudah ada { NUMBER($allowed) }. Yang diubah orang sejak itu akan dianggap isi lama. Kembalikan berkas yang terbaru; kalau sudah hilang, periksa rencana ini dengan saksama.
guard-update = { $entity } di { $system }: { NUMBER($planned) } dari { NUMBER($population) } akan diubah, sedangkan `guards.update: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-create = { $entity } di { $system }: { NUMBER($planned) } akan dibuat, sedangkan `guards.create: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-empty-side = { $entity }: { $system } tiba-tiba tidak berisi data apa pun, padahal { NUMBER($population) } sudah tertaut. Ini lebih mirip salah database atau hak akses yang hilang daripada penghapusan; periksa sambungannya dengan `runner status`.
guard-other = { $entity } di { $system }: { NUMBER($planned) } dari { NUMBER($population) } direncanakan, sedangkan pengaman `{ $guard }: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
rebaseline-scope = cakupan { $entity } di { $system } berubah sejak proses terakhir. { $count ->
    [0] Tidak ada data tertaut yang terkena.
   *[other] { NUMBER($count) } data tertaut sekarang tidak ikut ({ $reason }). Pasangannya dibekukan: tidak ada yang dihapus karenanya, dan berlanjut kalau datanya ikut lagi.
}
rebaseline-dummy = yang dianggap data contoh untuk { $entity } di { $system } berubah sejak proses terakhir. { $count ->
    [0] Tidak ada data tertaut yang dianggap begitu.
   *[other] { NUMBER($count) } data tertaut sekarang dianggap data contoh. Pasangannya dibekukan: tidak ada yang dihapus karenanya.
}
rebaseline-resource = { $entity } di { $system } dibaca dari tempat yang lain dari proses terakhir. Yang tidak ditemukan di sana tidak dihapus karenanya.
guard-advice = Tidak ada yang akan ditulis. Kalau memang itu maksudnya, setujui rencana ini saja:
conflicts-none = Tidak ada bentrok.
conflicts-decided = Semua bentrok sudah diputuskan; proses berikutnya melaksanakannya.
conflict-decided = { $fields }: diputuskan { $take } oleh { $by } pada { $when } ({ $because }); menunggu proses berikutnya
conflict-decided-deletion = diputuskan oleh { $by } pada { $when } ({ $because }): tetap dihapus seperti di { $take }; menunggu proses berikutnya
conflict-decided-return = diputuskan oleh { $by } pada { $when } ({ $because }): data di { $take } dipertahankan; menunggu proses berikutnya
conflict-help-decided = Sebelum proses berikutnya, keputusan ini masih dapat ditarik:
conflicts-advice = { NUMBER($count) } bentrok ini menunggu keputusan; data lain tetap jalan. `runner conflicts` menampilkan perintah untuk memutuskan masing-masing. Bisa juga samakan kedua sisi secara manual, atau tentukan sisi yang menang di pemetaan (conflict: …).
conflicts-pointer = { NUMBER($count) } bentrok menunggu keputusan Anda:
unclear-pointer = Hasil { NUMBER($count) } penulisan belum jelas. Proses berikutnya memeriksa dulu sebelum mengulang; tidak ada yang tercatat dua kali.

# ---------------------------------------------------------------- hak akses dan koneksi
tag-right = Hak akses kurang:
rights-view = lihat
rights-save = simpan
rights-delete = hapus
rights-role = peran { $role }
rights-operations = { NUMBER($count) } operasi membutuhkan { $right } di { $system }. Belum ada yang ditulis.
access-ended = Akses ke { $system } berakhir di tengah proses. Yang sudah dikerjakan tetap tercatat; tidak ada data yang dihapus karenanya, dan tidak ada yang hilang.
connect-again = Hubungkan lagi, lalu ulangi perintah ini: { $command }

connect-no-such-system = Pemetaan tidak punya sistem "{ $system }". Yang ada: { $known }.
connect-asks = { $title } akan dimintai hak akses berikut, tidak lebih dari kebutuhan pemetaan:
connect-open-page = Buka halaman ini, masuk, lalu tekan Beri Akses:
connect-waiting = Menunggu browser kembali ke { $address } selama sepuluh menit (Ctrl-C menghentikan; perintah yang sama bisa melanjutkan nanti) …
connect-paste = Tempelkan alamat terakhir di browser:
connect-nobody-came = Akses belum diberikan. Tidak ada yang berubah.
connect-go-on = Lanjutkan dengan: { $command }
connect-client-id = ID aplikasi (client id):
connect-client-secret = Rahasia aplikasi (client secret; tidak ditampilkan):
connect-no-client = { $system } hanya memberi akses kepada aplikasi yang terdaftar, dan belum ada yang diatur.
connect-no-client-help = Daftarkan aplikasi dengan callback { $callback }, lalu isi client_id dan client_secret sistem ini di runner.toml (lihat runner.example.toml), atau beri --client-id dan --client-secret-env.
connect-no-api-token = { $title } tidak mengenal API token bertanda tangan. Jangan pakai --api-token.
connect-token = Token (tidak ditampilkan):
connect-secret = Kunci rahasia (tidak ditampilkan):
connect-no-secret = { $name } untuk { $system } belum diberikan, dan tanpa terminal tidak ada yang bisa ditanya.
connect-no-secret-help = Sebutkan tempatnya, misalnya: { $command }
connect-callback-address = "{ $address }" tidak bisa dipakai sebagai alamat kembali di komputer ini.
connect-callback-address-help = Harus alamat komputer ini sendiri, lengkap dengan port dan path, seperti { $example }. Di komputer tanpa browser, pakai --paste.
connect-callback-port = Alamat kembali { $address } tidak bisa dibuka: { $why }
connect-callback-port-help = Hentikan program yang memakai port itu, atau daftarkan callback lain dan beri lewat --callback; dengan --paste tidak perlu port.
connect-page-title = Selesai
connect-page-text = Halaman ini boleh ditutup. Silakan kembali ke terminal.
connect-confirm =
    Akses sudah diberikan.
      Layanan: { $title } { $address }
      Akun: { $account }
connect-confirm-ask = Apakah layanan dan akun ini sudah benar?
connect-not-confirmed = Integrasi belum dikonfirmasi, jadi belum dilanjutkan.
connect-database-none = Akun di { $title } tidak melihat satu pun data usaha.
connect-database-open = Ada beberapa data usaha; pilih salah satu.
connect-database-which = Data usaha yang mana?
connect-database-unknown = Tidak ada data usaha "{ $wanted }" untuk akun ini.
connect-database-unusable = Data usaha { $name } tidak bisa dipakai: { $why }
connect-branch-open = Data usaha ini punya beberapa cabang; pilih salah satu. Sebelum itu tidak ada yang ditautkan.
connect-branch-which = Cabang yang mana?
connect-branch-unknown = Tidak ada cabang "{ $wanted }" di data usaha ini.
connect-branch-unusable = Cabang { $name } tidak bisa dipakai: { $why }
connect-expired = masa berlakunya habis
connect-suspended = nonaktif
connect-choose =
    Pilih salah satu, misalnya dengan: { $command }
    { $choices }
connect-number = Nomor:
connect-links = { $place } dan { $other } akan ditautkan:
connect-submit-ask = Tautkan?
connect-not-submitted = Tidak ada yang ditautkan.
connect-already = Sudah terhubung ke { $place }.
connect-already-help = Untuk pindah, beri --database atau --branch; untuk memberi akses ulang, --again. Untuk memutus: { $command }
connect-place-gone = { $place } tidak bisa dipakai lagi: { $said }
connect-done = Terhubung ke { $place }. Belum ada data yang disinkronkan.
connect-done-login = Sekarang masuk ke { $system }; sebelum itu sinkronisasi tidak berjalan:
connect-logged-in = Sudah masuk ke { $title }.
connect-key-file = Kredensial disimpan terenkripsi. Kuncinya di { $file }, hanya bisa dibaca oleh Anda; bisa diganti dengan RUNNER_KEY atau keyring sistem (docs/connecting.md).
connect-key-keyring = Kredensial disimpan terenkripsi. Kuncinya di keyring sistem operasi.
connect-key-given = Kredensial disimpan terenkripsi dengan RUNNER_KEY.
connect-rights =
    { $account } tidak punya hak akses yang dibutuhkan pemetaan, jadi tidak ada yang dihubungkan dan tidak ada data yang berpindah:
    { $rights }
connect-rights-help =
    Hubungkan dengan akun Administrator, atau minta hak akses itu di Accurate (Pengaturan > Pengguna > Hak Akses), lalu: { $command }
connect-elsewhere = Pengaturan menyebut { $setting } { $set } untuk { $system }, padahal terhubung ke { $chosen }. Tidak ada yang dikerjakan, karena tidak jelas mana yang dimaksud.
connect-elsewhere-help = Hapus { $setting } dari pengaturan, atau hubungkan ke sana: { $command }
connection-damaged = { $file } tidak bisa dipahami: { $why }
connection-damaged-help = Putuskan lalu hubungkan lagi; tautan disimpan di tempat lain dan tidak hilang: runner disconnect { $system }
not-connected-yet = { $system } belum dihubungkan.
not-ready-disconnected = { $system } sedang terputus.
not-ready-authorising = { $system } belum terhubung: akses belum diberikan.
not-ready-awaiting-confirmation = { $system } belum terhubung: akses sudah diberikan, tetapi belum dikonfirmasi.
not-ready-choosing-database = { $system } belum terhubung: data usaha belum dipilih.
not-ready-choosing-branch = { $system } belum terhubung: cabang belum dipilih.
not-ready-needs-login = { $system } perlu masuk lagi: sistem lainnya dihubungkan ulang sejak terakhir kali masuk.
not-ready-access-ended = Akses ke { $system } sudah berakhir: kedaluwarsa, dicabut, atau diberikan ulang di tempat lain. Tidak ada yang hilang.
not-ready-ready = { $system } siap.
disconnect-done = { $system } diputus; kredensialnya sudah dilupakan.
disconnect-nothing = { $system } memang tidak terhubung.
disconnect-kept = Tautan tetap disimpan untuk saat terhubung lagi ke tempat yang sama; tidak ada data yang disentuh di kedua sisi.

# ---------------------------------------------------------------- kesalahan
error = kesalahan
error-where = di
error-help = saran
as-is = { $text }
file-unreadable = { $file } tidak dapat dibaca: { $why }
file-unreadable-help = Periksa nama berkas dan izin aksesnya.
file-another-help = Periksa namanya: bukan berkas ini yang dimaksud.
file-not-written = { $file } tidak dapat ditulis: { $why }
file-not-written-help = Periksa folder, izin akses, dan ruang kosongnya, atau pilih tempat lain.
mapping-missing = Berkas pemetaan { $file } tidak ada.
mapping-missing-help = Sebutkan berkas pemetaan yang ada: langsung seperti runner apply BERKAS untuk plan, apply dan validate, dengan --mapping BERKAS untuk perintah lain.
mapping-invalid = { $file } memuat { NUMBER($count) } kesalahan, jadi tidak ada yang dikerjakan.
mapping-invalid-help = Perbaiki berkasnya, lalu periksa dengan: runner validate { $file }
config-invalid = Pengaturan tidak dapat dipakai: { $why }
config-invalid-help = Lihat runner.example.toml, atau `runner schema config` untuk semua isian yang dikenal.
config-secret-inline = rahasia tidak boleh ditulis di berkas ini. Tulis { $field } = { "{" } env = "NAMA" { "}" } atau { "{" } file = "path" { "}" }
config-no-system = Sistem "{ $system }" di pemetaan belum diatur.
config-no-system-help = Tambahkan [systems.{ $system }] di { $file } (contohnya ada di runner.example.toml), atau coba dulu dengan --sandbox.
config-secret-env = Variabel { $name }, yang seharusnya berisi { $field } untuk "{ $system }", belum diisi.
config-secret-env-help = Isi dulu: export { $name }=…
config-secret-file = Berkas { $file }, yang seharusnya berisi { $field } untuk "{ $system }", tidak dapat dibaca: { $why }
config-secret-file-help = Simpan { $field } di berkas itu, hanya bisa dibaca oleh Anda (chmod 600), atau sebutkan berkas lain di runner.toml.
config-auth-incomplete = Sistem "{ $system }" punya token atau secret tetapi tanpa `auth`, atau sebaliknya.
config-auth-incomplete-help = Isi keduanya, misalnya auth = "bearer" dan token = { "{" } env = "NAMA" { "}" }.
entity-unknown = Pemetaan tidak punya entitas "{ $entity }". Yang ada: { $known }.
entity-unknown-near = Maksudnya "{ $near }"?
entity-unknown-help = Tulis namanya persis seperti di pemetaan; pakai tanda kutip kalau ada spasi.
sandbox-no-system = Sandbox tidak punya sistem untuk konektor "{ $connector }".
sandbox-no-system-help = Sandbox meniru accurate dan smh. Untuk sistem lain, jangan pakai --sandbox.
plan-missing = Tidak ada rencana { $file }.
plan-missing-help = Buat dengan: runner plan PEMETAAN --save BERKAS
plan-unusable-help = Susun lagi rencananya; tidak ada yang hilang karenanya.
plan-mapping-missing = Pemetaan { $file } yang disebut rencana ini tidak ada di sini.
plan-mapping-missing-help = Jalankan dari folder tempat rencana dibuat, atau sebutkan letak pemetaannya: runner apply PEMETAAN --plan { $plan }
plan-bound-help = Susun lagi rencananya dan periksa: { $command }
plan-same-file = Laporan dan rencana tidak bisa disimpan di berkas yang sama, { $file }.
plan-saved = Rencana { $hash } tersimpan di { $file }. Terapkan persis rencana itu dengan:
plan-moved = { NUMBER($count) } dari { NUMBER($of) } perubahan tidak berlaku lagi dan akan dilewati:
plan-nothing = { NUMBER($count) } perubahan tidak berlaku lagi; dengan --all-or-nothing berarti tidak ada yang ditulis.
outcome-checked = Dicocokkan dengan jurnal: { $count ->
    [1] satu-satunya penulisan yang dicoba proses ini
   *[other] { NUMBER($count) } penulisan yang dicoba proses ini semuanya
} memang ada dalam rencana { $hash }.
run-approved = { $run }: pengaman mencegah rencananya, dan { $by } menyetujuinya ({ $because })
approved = Rencana { $hash } disetujui oleh { $by } ({ $because }). Hanya rencana itu; kalau ada yang berubah, perlu persetujuan lagi. Terapkan dengan:
approved-no-file = Rencana { $hash } disetujui oleh { $by } ({ $because }). Hanya rencana itu; kalau ada yang berubah, perlu persetujuan lagi. Jalankan lagi `runner apply` dengan pemetaan "{ $mapping }".
approved-unseen = Dicatat: { $by } menyetujui rencana dengan hash { $hash } ({ $because }). Sampai sekarang belum ada proses dengan rencana itu yang dicegah pengaman; kalau seharusnya ada, cocokkan lagi hash-nya dengan laporannya.
approve-no-state = Tidak ada yang disetujui: tidak ada berkas keadaan { $file }, tempat persetujuan disimpan untuk proses berikutnya.
approve-no-state-help = Kalau ada proses yang dicegah pengaman, sebut folder keadaannya dengan --state. Kalau belum pernah ada proses, setujui langsung saat menjalankannya: `{ $command }`
approve-differs = Rencananya bukan lagi yang disetujui: yang disetujui { $approved }, yang sekarang { $now }.
approve-differs-help = Ada yang berubah di antaranya. Periksa rencana di atas, lalu setujui lagi kalau sudah benar.
approve-short = "{ $given }" tidak menunjuk sebuah rencana.
approve-short-help = Salin kode rencana, setidaknya 12 karakter pertamanya.
record-quiet = Tidak ada yang perlu dikerjakan untuk "{ $record }": tidak ada data dengan kode, nomor, nama, atau id itu, atau kedua sisi masih sama seperti setelah proses terakhir.
cancelled = Dihentikan. Tidak ada yang ditulis.
stopped-at-once = Dihentikan seketika. Yang sedang dikirim bisa jadi sudah atau belum tersimpan: proses berikutnya memeriksa dulu sebelum mengulang apa pun.
cancelling = Berhenti begitu sudah aman … tekan Ctrl-C sekali lagi untuk berhenti seketika.

# ---------------------------------------------------------------- percakapan
ask-apply = Terapkan?
ask-options = [y/T]
ask-yes = y
apply-with = Terapkan dengan:
not-applied = Tidak ada yang ditulis.
report-written = Laporan disimpan di { $file }
reading = Membaca { $entity } di { $system }
reading-details = Membaca rincian { $entity } di { $system }
details-so-far = membaca rincian { $entity } di { $system }: { NUMBER($count) } dari { NUMBER($of) }
written-so-far = menulis { $entity } di { $system }: { NUMBER($count) } dari { NUMBER($of) }
read-done = dibaca: { $entity } di { $system }, { NUMBER($count) }
writing = Menulis { $entity } di { $system }
write-done-partly = selesai: { $entity } di { $system }, { NUMBER($count) } dari { NUMBER($of) }
write-done = selesai: { $entity } di { $system }, { NUMBER($count) }
guard-is-approved = Pengaman mencegah rencana ini; { $by } sudah menyetujui rencana ini ({ $because }): apply akan menjalankannya.
guard-approved = Pengaman mencegah rencana ini; { $by } sudah menyetujui rencana ini ({ $because }), jadi dilanjutkan.
validate-ok = { $file }: tidak ada kesalahan ({ NUMBER($count) } entitas, urutan: { $order })
validate-warnings = { NUMBER($count) } peringatan
validate-errors = { NUMBER($count) } kesalahan
status-title = Keadaan { $mapping }
status-none = Belum pernah dijalankan.
status-none-state = Belum pernah dijalankan: tidak ada berkas keadaan { $file }. Kalau sudah pernah, sebut foldernya dengan --state.
status-none-help = Mulai dengan: runner plan { $mapping }
status-last-run = Terakhir dijalankan: { $when } ({ $run })
status-refused = Pengaman mencegah proses pada { $when } ({ $run }), dan tidak ada yang ditulis. Rencana { $hash }
status-refused-help = Kalau memang itu maksudnya, setujui rencana ini saja, lalu jalankan apply lagi:
status-refused-approved = { $by } sudah menyetujui rencana ini ({ $because }); proses berikutnya menjalankannya, asalkan rencananya masih sama:
status-account = Akun: { $value }
status-place = Tempat: { $value }
status-granted = Hak akses yang dimiliki: { $value }
status-missing = Hak akses yang kurang: { $value }
status-token-since = Token didapat: { $value }
status-token-until = Token berlaku sampai: { $value }
status-token-renews = Token berlaku sampai: { $value } (diperbarui sendiri)
status-session = Sesi terakhir: { $value }
status-conflicts = Bentrok terbuka: { NUMBER($count) }
status-decided = Bentrok yang sudah diputuskan dan menunggu proses berikutnya: { NUMBER($count) }
status-unclear = Hasil yang belum jelas: { NUMBER($count) }
state-none = Tidak ada berkas keadaan { $file }.
state-none-run-help = Berkas ini dibuat oleh `runner apply { $tail }` yang pertama. Kalau sudah pernah dijalankan, sebut folder keadaannya dengan --state.
state-none-help = Berkas ini dibuat oleh `runner apply` yang pertama. Sebut folder lain dengan --state.
state-is = { $file } (identitas { $lineage }, { NUMBER($generation) } perubahan)
state-scope = { $mapping }: { $left } dan { $right }: { NUMBER($live) } tautan, { NUMBER($buried) } sudah dihapus, { NUMBER($open) } penulisan belum jelas
state-lost = Perhatian: di sini pernah ada berkas keadaan ({ NUMBER($changes) } perubahan), tetapi sekarang hilang atau kosong. Data yang sama akan ditautkan lagi; yang berbeda harus diputuskan orang; yang sudah dihapus di satu sisi bisa dibuat lagi. Kalau berkasnya masih bisa dikembalikan, lakukan itu dulu.
state-older = Berkas ini salinan lama, atau berkas baru pengganti yang hilang: isinya { NUMBER($now) } perubahan, padahal sudah ada { NUMBER($once) }.
state-older-help = Kembalikan berkas yang terbaru. Sebelum itu, proses dari salinan lama yang hendak menulis sesuatu akan dicegah.
state-whole = Berkasnya utuh.
state-faults =
    { $file } rusak:
    { $faults }
state-faults-help = Perbaiki (salinannya disimpan): { $command }
state-repaired = Sudah diperbaiki. { $count ->
    [0] Tidak ada tautan yang dibuang.
   *[other] { NUMBER($count) } tautan yang tidak masuk akal dibuang; proses berikutnya menemukan pasangannya lagi lewat Partner ID dan kode.
} Berkas semula: { $copy }
state-beyond = { $file } tidak bisa diperbaiki: { $why }
state-beyond-help = Kalau ada cadangannya, kembalikan cadangan itu. Kalau tidak ada, singkirkan dengan `runner state forget{ $at-state }` lalu jalankan lagi: tautan dibangun ulang dari Partner ID dan kode, tanpa data ganda dan tanpa menimpa apa pun.
state-forget-means = Perintah ini menyingkirkan tautan, jurnal, dan riwayat. Proses berikutnya menautkan lagi lewat Partner ID dan kode: tidak ada data ganda dan tidak ada yang ditimpa, tetapi data yang berbeda ditahan sampai ada keputusan, dan penghapusan di satu sisi tidak lagi diketahui.
state-forget-ask = Singkirkan berkas keadaan?
state-kept = Berkas keadaan dibiarkan seperti semula.
state-kept-help = Tanpa terminal, pakai --yes.
state-forgotten = Disingkirkan sebagai { $file }. Ganti namanya kembali untuk membatalkan.
lease-waiting = Menunggu runner lain: `{ $command }` (proses { $process } di { $host }), yang memegang berkas keadaan sejak { $since } …
lease-waiting-somebody = Menunggu runner lain yang memegang berkas keadaan …
lease-waiting-silent = Runner itu sudah { $seen } tidak terlihat aktif dan mungkin tertahan: periksa proses { $process } di { $host }. Masih menunggu; Ctrl-C menghentikan penantian.
state-free-means = Perintah ini untuk berkas keadaan yang dipegang runner di komputer lain ketika runner itu mati atau kehilangan jaringan. Periksa dulu di sana: dua runner sekaligus akan saling mengganggu.
state-free-ask = Bebaskan berkas keadaan?
state-freed = Dibebaskan: `{ $command }` (proses { $process } di { $host }) tidak lagi memegang berkas keadaan. Kalau ternyata masih berjalan, runner itu akan menolak menulis.
state-free-nobody = Tidak ada runner di komputer lain yang memegang berkas keadaan ini.
connectors-none = Tidak ada konektor yang ditemukan.
connectors-pinned = Dikunci di { $file }
connectors-looked = Dicari di: { $places }
column-name = Nama
column-version = Versi
column-title = Sistem
column-file = Berkas
column-hash = Hash
column-abi = ABI
column-resources = Data
column-capabilities = Kemampuan
connector-broken = { $name }: { $why }

sandbox-running = Sandbox berjalan. Hentikan dengan Ctrl-C.
sandbox-stopped = Sandbox sudah berhenti.
sandbox-accurate = Accurate Online (tiruan)
sandbox-smh = SimpliDOTS SMH (tiruan)
sandbox-data-kept = Data disimpan di { $file }
sandbox-data-gone = Data hilang saat sandbox berhenti (--data BERKAS menyimpannya)
sandbox-no-limit = Batas 8 panggilan per detik dimatikan.
sandbox-config = Pengaturan untuk runner.toml:
sandbox-consent = Untuk `runner connect accurate`: client_id = "{ $id }", client_secret = { "{" } env = "ACCURATE_CLIENT_SECRET" { "}" }
sandbox-accounts = Akun di halaman persetujuan: admin, cabang, sebagian, tanpa-pelanggan, … (tanpa kata sandi)
sandbox-shaken = { NUMBER($count) } perubahan dibuat dengan seed { $seed }
sandbox-not-local = Sandbox tidak dapat mendengarkan di { $address }: kuncinya diketahui semua orang, jadi hanya komputer ini yang boleh menjangkaunya.
sandbox-not-local-help = Pakai --listen 127.0.0.1:{ $port }
sandbox-unreachable = Tidak ada sandbox yang menjawab di { $url }: { $why }
sandbox-unreachable-help = Jalankan dengan `runner sandbox`, lalu sebutkan alamatnya: --url http://127.0.0.1:8100

# ---------------------------------------------------------------- secara manual: keputusan, tautan, penulisan yang belum jelas, riwayat
because-empty = --because masih kosong.
because-empty-help = Tulis alasannya dengan singkat; siapa pun yang membaca riwayat akan memerlukannya.
system-unknown = Pemetaan tidak punya sistem "{ $system }".
ask-record = Catat?
not-recorded = Tidak ada yang dicatat.
candidate-linked = (sudah punya pasangan lain)
conflict-help-field = Tentukan sisi yang benar; dengan --field untuk satu kolom saja, atau dengan nilai sebagai ganti nama sistem:
conflict-help-first_meeting = Kedua data ini baru pertama kali dipasangkan. Tentukan sisi yang benar; dengan --field untuk satu kolom saja, atau dengan nilai:
conflict-help-delete = Pilih sisi tempat data itu hilang (penghapusan diteruskan), atau sisi satunya (data dibuat lagi):
conflict-help-ambiguous = Tentukan dua data mana yang sama, kalau memang ada:
conflict-help-linked_elsewhere = Kalau tautan itu salah, lepaskan, lalu tautkan pasangan yang benar. Kalau tidak, ubah kunci salah satunya di sistemnya:
conflict-help-stranger = Kalau ternyata memang data yang sama, tautkan. Kalau bukan, ubah kunci salah satunya di sistemnya:
conflict-help-key_taken = Ubah nilai salah satu dari kedua data itu di sistemnya.
conflict-help-partner_id = Betulkan Partner ID di sistemnya; atau, kalau tautannya yang salah, lepaskan:
resolve-about = { $id } · { $entity } · { $record }
resolve-follow-side = { $field }: { $system } yang benar dengan { $value }; di { $other } tertulis { $before }.
resolve-follow-value = { $field }: { $value } di kedua sisi.
resolve-follow-deletion = Data tetap terhapus di { $gone }; di { $kept } juga dihapus atau dinonaktifkan, menurut aturan penghapusan di pemetaan.
resolve-follow-return = Isi di { $kept } dipertahankan; proses berikutnya membuat data itu lagi di { $gone }, dengan ID baru di sana. Dokumen yang memakai data yang terhapus tidak ikut kembali.
resolve-follow-withdraw = { NUMBER($count) } keputusan ditarik kembali; bentroknya menunggu keputusan lagi.
resolve-withdrawn = Dicatat, oleh { $by }: keputusan ditarik. Bentroknya menunggu lagi:
resolve-holds = Ini berlaku tepat untuk isi ini. Kalau salah satu sisi berubah lebih dulu, keputusan ini tidak dipakai, dan bentroknya akan mengatakannya.
resolve-done = Dicatat, oleh { $by }. Proses berikutnya melaksanakannya; untuk melihat apa yang akan dilakukan:
resolve-rest = { NUMBER($count) } kolom bentrok ini masih menunggu:
links-follow-link = Sekarang belum ada sistem yang ditanya apakah kedua data ini ada. Proses berikutnya mencari keduanya dan membandingkannya tanpa riwayat: yang berbeda diselesaikan menurut aturan pertemuan pertama di pemetaan, atau menjadi bentrok. Kalau hanya satu yang ditemukan, data itu ditahan dan setiap laporan menyebutkan alasannya, sampai tautannya dilepas dengan `runner links unlink`. Kalau keduanya tidak ditemukan, tautannya berakhir.
links-follow-unlink = Kedua data tetap apa adanya dan menunggu: proses berikutnya tidak menautkannya lagi dan tidak membuat apa pun darinya, sampai ada `runner links link` atau `runner links forget`.
links-follow-forget = Proses berikutnya memperlakukan data ini seperti data tanpa riwayat: ditautkan dengan pasangan yang ditunjuk Partner ID atau kuncinya, atau dibuat di sisi lain kalau pemetaan mengizinkan.
links-untouched = Tidak ada sistem yang disentuh.
links-done = Dicatat, oleh { $by }: { $entity } · { $record } · { $left } ↔ { $right }
links-lifted = { NUMBER($count) } pasangannya yang terhapus atau terlepas tidak menahan apa pun lagi.
links-none = Tidak ada tautan.
links-more = { NUMBER($shown) } dari { NUMBER($count) } tautan; --all menampilkan sisanya, --entity dan --record mempersempit.
link-live = tertaut
link-live-by-hand = ditautkan manual; belum ada proses yang melihat keduanya
link-tombstone = dihapus di { $system } (proses { $run })
link-tombstone-unseen = ditautkan manual; proses { $run } tidak menemukan keduanya
link-tombstone-by-hand = dilepas secara manual
link-discarded = tidak dilanjutkan secara manual
link-forgotten = dilupakan
intents-none = Semua hasil sudah jelas.
intents-known = Tidak ada yang perlu diputuskan: semua hasilnya sudah diketahui, dan proses berikutnya mencatatnya.
intents-advice = Proses berikutnya memeriksa lagi dan melanjutkan sendiri begitu sudah pasti. Hanya kalau Anda lebih tahu (contoh untuk yang pertama dari { NUMBER($count) }):
intents-choice-adopt = Sudah dilakukan: inilah ID datanya. Proses berikutnya membandingkan keduanya, dan mengatakannya kalau data itu tidak ada.
intents-choice-retry = Belum dilakukan: proses berikutnya merencanakannya lagi. Kalau ternyata sudah dilakukan, datanya menjadi dua.
intents-choice-discard = Biarkan. Data yang tadinya akan dibuat tidak dibuat sampai ada `runner links forget` atau `runner links link`; selain itu, proses berikutnya membandingkan dari awal.
intents-done = Dicatat, oleh { $by }: penulisan nomor { $id } · { $entity } · { $record }. Proses berikutnya melanjutkan dari sana:
intent-create = membuat { $record } di { $system }
intent-update = mengubah { $record } di { $system }
intent-delete = menghapus { $record } di { $system }
intent-deactivate = menonaktifkan { $record } di { $system }
intent-since = sejak
intent-asked = yang diminta
intent-said = jawaban
intent-probe = terakhir diperiksa
intent-conclusive = pasti mulai
intent-no-answer = tidak ada: proses berakhir sebelum ada jawaban
intent-result = hasil
intent-made = sudah diketahui: datanya dibuat dengan ID { $id }. Tidak ada yang perlu diputuskan; proses berikutnya mencatatnya.
intent-not-settled = sudah diketahui: sudah dilakukan. Tidak ada yang perlu diputuskan; proses berikutnya mencatatnya.
intent-not-looked = belum ada yang memeriksa
history-none = Belum pernah dijalankan.
history-nothing = Tidak ada yang diingat tentang data seperti itu.
run-not-ended = tidak selesai
column-state = Keadaan
column-run = Proses
column-when = Waktu
column-applied = Diterapkan
column-rejected = Ditolak
column-unclear = Belum jelas
column-skipped = Dilewati
column-conflicts = Bentrok
column-problems = Bermasalah
column-exit = Kode
event-create = { $record } dibuat di { $system }
event-update = { $record } diubah di { $system }
event-delete = { $record } dihapus di { $system }
event-deactivate = { $record } dinonaktifkan di { $system }
event-decided = { $by } memutuskan bentrok { $record }
event-linked = { $by } menautkan { $record } secara manual
event-unlinked = { $by } melepas tautan { $record }
event-forgot = { $by } meminta riwayat { $record } dilupakan
event-adopted = { $by } menyebutkan data yang dibuat dari { $record }
event-retried = { $by } menyatakan tidak ada yang dibuat dari { $record }
event-withdrew = { $by } menarik keputusan tentang { $record }
event-discarded = { $by } membiarkan { $record }
event-closed-discarded = tidak dilanjutkan atas perintah { $by }: { $because }
event-closed-retried = dinyatakan belum dilakukan oleh { $by }: { $because }
event-end-rejected = ditolak
event-end-unclear = hasilnya belum jelas
event-end-intended = hasilnya tidak sempat dicatat
event-said = kata sistem
event-ordered = isinya

# ---------------------------------------------------------------- membatalkan proses, menunggu dihapus, bukti
undo-means = Membatalkan yang ditulis proses { $run }. Yang mengalir dua arah kembali ke isi sebelumnya di kedua sistem, sehingga proses berikutnya tidak mengubahnya lagi. Yang mengalir satu arah, dan semuanya bila memakai --only, hanya kembali di satu sistem, dan bedanya tetap ada sampai ada yang mengubah salah satunya.
undo-nothing = Tidak ada yang dapat dibatalkan, jadi tidak ada rencana yang disimpan.
undo-no-run = Tidak ada proses “{ $run }”.
undo-several-runs = Ada beberapa proses yang berawalan “{ $run }”.
undo-run-help = `runner history` menampilkan daftar proses; tulis ID-nya sampai jelas yang mana, atau `last` untuk yang terakhir.
title-not-undone = Tidak dibatalkan
fold-not-undone = … dan { NUMBER($count) } lagi (lihat dengan --all)
kept-was = sebelumnya: { $value }
tag-waiting = menunggu
title-waiting = Dinonaktifkan, akan dihapus
waiting-delete = { NUMBER($count) } data dinonaktifkan dan menunggu dihapus, yang pertama pada { $when }
evidence-linked = tertaut sejak proses { $run }
evidence-seen = terakhir terlihat di { $system } pada { $when } (proses { $run })
evidence-seen-none = tidak ada catatan kapan terakhir terlihat di { $system }
evidence-read = dicari langsung di { $system } pada { $when }: tidak ada
evidence-rules = cakupan dan aturan data contoh tidak berubah sejak proses { $run }
evidence-rules-none = cakupan dan aturan data contoh yang sekarang belum pernah dicatat
evidence-mapping = pemetaan tidak berubah sejak proses { $run }
evidence-mapping-none = proses pertama dengan pemetaan ini
event-evidence = bukti
run-undoes = { $run } membatalkan proses { $undone }.
run-refused = { $run } ditolak dan tidak menulis apa pun. { $why }
conflicts-as-of = Sesuai proses terakhir yang dicatat; `runner plan` menampilkan yang terbaru, dan `apply` mencatatnya.

# ---------------------------------------------------------------- salah menulis perintah
usage-command = Tidak ada perintah "{ $what }".
usage-unknown = "{ $what }" tidak dikenal di sini.
usage-missing = { $what } belum diisi.
usage-conflict = { $what } dan { $other } tidak dapat dipakai bersama.
usage-value = "{ $value }" tidak dapat dipakai untuk { $what }.
usage-no-value = Isian setelah { $what } belum ada.
usage-possible = Yang mungkin: { $known }
usage-help = Tambahkan --help untuk melihat isian yang dikenal.

# ---------------------------------------------------------------- kode keluar
exit-title = Kode keluar
exit-0 = tidak ada yang perlu dikerjakan, atau semuanya sudah diterapkan
exit-1 = kesalahan
exit-2 = ada perubahan yang belum diterapkan (plan, --dry-run)
exit-3 = ada bentrok yang menunggu keputusan
exit-4 = dicegah pengaman; tidak ada yang ditulis
exit-5 = sebagian gagal atau sudah berubah lebih dulu; sisanya selesai
exit-6 = ada penulisan yang hasilnya belum jelas; proses berikutnya memeriksa
exit-7 = belum terhubung, atau ada hak akses yang kurang
help-usage = Penggunaan
help-commands = Perintah
help-arguments = Argumen
help-options = Opsi
help-help = Tampilkan bantuan
help-version = Tampilkan versi
