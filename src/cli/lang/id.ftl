# Yang dikatakan baris perintah, dalam bahasa Indonesia. Kunci dan argumennya sama dengan en.ftl; sebuah tes menjaganya.

# ---------------------------------------------------------------- nilai
value-empty = (kosong)
value-unknown = (tidak diketahui)
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
guard-update = { $entity } di { $system }: { NUMBER($planned) } dari { NUMBER($population) } akan diubah, sedangkan `guards.update: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-create = { $entity } di { $system }: { NUMBER($planned) } akan dibuat, sedangkan `guards.create: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-empty-side = { $entity }: { $system } tiba-tiba tidak berisi data apa pun, padahal { NUMBER($population) } sudah tertaut. Ini lebih mirip salah database atau hak akses yang hilang daripada penghapusan.
guard-other = { $entity } di { $system }: { NUMBER($planned) } dari { NUMBER($population) } direncanakan, sedangkan pengaman `{ $guard }: { $limit }` hanya mengizinkan { NUMBER($allowed) }.
guard-advice = Tidak ada yang akan ditulis. Kalau memang itu maksudnya, setujui rencana ini saja:
conflicts-none = Tidak ada bentrok.
conflicts-advice = { NUMBER($count) } bentrok ini menunggu keputusan; data lain tetap jalan. Samakan kedua sisi secara manual, atau tentukan sisi yang menang di pemetaan (conflict: …), lalu jalankan lagi.
conflicts-pointer = { NUMBER($count) } bentrok menunggu keputusan Anda:
unclear-pointer = Hasil { NUMBER($count) } penulisan belum jelas. Proses berikutnya memeriksa dulu sebelum mengulang; tidak ada yang tercatat dua kali.

# ---------------------------------------------------------------- kesalahan
error = kesalahan
error-where = di
error-help = saran
as-is = { $text }
file-unreadable = { $file } tidak dapat dibaca: { $why }
file-unreadable-help = Periksa nama berkas dan izin aksesnya.
file-not-written = { $file } tidak dapat ditulis: { $why }
file-not-written-help = Periksa folder, izin akses, dan ruang kosongnya, atau pilih tempat lain.
mapping-missing = Berkas pemetaan { $file } tidak ada.
mapping-missing-help = Sebutkan berkasnya: runner apply mappings/accurate.yaml
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
approve-differs = Rencananya bukan lagi yang disetujui: yang disetujui { $approved }, yang sekarang { $now }.
approve-differs-help = Ada yang berubah di antaranya. Periksa rencana di atas, lalu setujui lagi kalau sudah benar.
approve-short = "{ $given }" terlalu pendek untuk menunjuk sebuah rencana.
approve-short-help = Salin kode rencana, setidaknya 12 karakter pertamanya.
record-quiet = Tidak ada yang perlu dikerjakan untuk "{ $record }": tidak ada data dengan kode, nomor, nama, atau id itu, atau kedua sisi masih sama seperti setelah proses terakhir.
cancelled = Dihentikan. Tidak ada yang ditulis.
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
write-done = ditulis: { $entity } di { $system }, { NUMBER($count) }
guard-approved = Pengaman mencegah rencana ini; Anda sudah menyetujui rencana ini, jadi dilanjutkan.
validate-ok = { $file }: tidak ada kesalahan ({ NUMBER($count) } entitas, urutan: { $order })
validate-warnings = { NUMBER($count) } peringatan
validate-errors = { NUMBER($count) } kesalahan
status-title = Keadaan { $mapping }
status-none = Belum pernah dijalankan.
status-none-help = Mulai dengan: runner plan { $mapping }
status-last-run = Terakhir dijalankan: { $when } ({ $run })
status-conflicts = Bentrok terbuka: { NUMBER($count) }
status-unclear = Hasil yang belum jelas: { NUMBER($count) }
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
sandbox-shaken = { NUMBER($count) } perubahan dibuat dengan benih { $seed }
sandbox-not-local = Sandbox tidak dapat mendengarkan di { $address }: kuncinya diketahui semua orang, jadi hanya komputer ini yang boleh menjangkaunya.
sandbox-not-local-help = Pakai --listen 127.0.0.1:{ $port }
sandbox-unreachable = Tidak ada sandbox yang menjawab di { $url }: { $why }
sandbox-unreachable-help = Jalankan dengan `runner sandbox`, lalu sebutkan alamatnya: --url http://127.0.0.1:8100

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
