# Apa yang bisa salah pada data, nilai atau tempat menurut pemetaan. Pesan tentang nilai menyebut field-nya dalam { $field };
# pesan tentang teks pemetaan (path, kondisi, tabel, templat) ditampilkan bersama kutipannya.

# Data
map-record-too-large = data berukuran { $size } byte; paling banyak { $max } yang dibaca
map-record-too-deep = data bersarang lebih dari { $max } tingkat
map-record-unreadable = jawaban bukan JSON yang bisa dibaca: { $detail }
map-record-not-object = data bukan objek yang punya anggota

# Nilai yang dibaca
map-not-text = { $field }: seharusnya teks, ternyata { $value }
map-not-number = { $field }: “{ $value }” bukan angka yang bisa disimpan persis
map-not-integer = { $field }: “{ $value }” bukan bilangan bulat
map-not-bool = { $field }: “{ $value }” bukan true maupun false
map-not-date = { $field }: “{ $value }” bukan tanggal dengan bentuk { $pattern }
map-not-timestamp = { $field }: “{ $value }” bukan waktu dengan bentuk { $pattern }
map-not-phone = { $field }: seharusnya nomor telepon, ternyata { $value }
map-not-percent = { $field }: “{ $value }” bukan persentase seperti 5 atau 5+2
map-not-ref = { $field }: seharusnya id atau kode { $entity }, ternyata { $value }
map-not-code = { $field }: seharusnya kode, ternyata { $value }
map-unlisted = { $field }: kode “{ $value }” tidak ada di tabel pemetaan; tambahkan, atau atur nasib kode lain dengan unlisted

# Daftar yang dibaca
map-list-not-array = { $field }: seharusnya daftar
map-list-too-long = { $field }: { $count } baris; paling banyak { $max } yang dibaca
map-child-not-object = { $field }: baris bukan objek yang punya anggota

# Nilai yang akan ditulis
map-wrong-kind = { $field }: “{ $value }” tidak bisa ditulis sebagai { $codec }
map-too-long = { $field }: “{ $value }” lebih panjang dari { $max } karakter yang muat
map-no-code = { $field }: tabel pemetaan tidak punya kode untuk “{ $value }”
map-table-ambiguous = { $field }: tabel pemetaan punya beberapa kode untuk “{ $value }”, jadi tidak ada yang bisa ditulis
map-ref-unresolved = { $field }: { $entity } { $value } belum punya pasangan di sisi lain; data itu harus disinkronkan dulu
map-not-writable = { $field }: sisi ini tidak punya tempat untuk menulisnya
map-no-field = { $field }: field ini tidak ada di pemetaan
map-two-values = { $field }: field lain akan menulis nilai berbeda ke anggota yang sama ({ $member })
map-slots-full = { $field }: ada { $count } baris, tempatnya hanya { $max }
map-slot-fixed = { $field }: { $value } tidak bisa disimpan di sini; tempat ini selalu berisi { $fixed }

# Path
map-path-syntax = “{ $text }” bukan path; tidak terbaca mulai dari “{ $rest }”
map-path-not-singular = sel memerlukan path ke satu tempat: hanya nama dan nomor, tanpa *, tanpa .., tanpa rentang dan tanpa filter
map-path-empty = path menyebut anggota data; $ saja berarti seluruh data
map-path-too-long = path paling panjang { $max } karakter
map-path-negative-index = { $index } dihitung dari belakang, dan di sana tidak bisa ditulis; hitung dari 0
map-path-index-too-high = elemen { $index } melewati { $max }

# Kondisi
map-condition-syntax = “{ $text }” bukan kondisi; tidak terbaca mulai dari “{ $rest }”
map-condition-too-long = kondisi paling panjang { $max } karakter
map-condition-too-deep = kurung bersarang paling dalam { $max } tingkat
map-condition-too-many-descents = .. hanya boleh sekali dalam satu path
map-condition-function = tidak ada fungsi { $function }; kondisi punya match, search, length, count dan value
map-condition-not-a-test = { $function } menghasilkan nilai; bandingkan dengan sesuatu
map-condition-argument = { $function } tidak bisa diberi ini
map-condition-pattern-not-text = pola { $function } harus berupa teks yang ditulis di sini
map-condition-pattern = “{ $pattern }” bukan pola, atau terlalu besar
map-condition-number = { $value } tidak bisa disimpan persis

# Codec
map-table-duplicate = tabel memuat kode “{ $value }” dua kali; kode dibandingkan sebagai teks
map-table-bad-code = kode berupa teks, angka, true, false atau null, bukan { $value }
map-template-syntax = dalam “{ $text }” setiap kurung kurawal harus mengapit nama field; {"{{"} dan {"}}"} berarti kurung kurawal

# Nilai yang diketik orang
map-typed-unknown = entitas ini tidak punya kolom { $field }
map-typed-list = { $field } adalah daftar, atau hanya ada di satu sisi: isinya tidak dapat diketik; pilih salah satu sisi
map-typed-reference = { $field } menunjuk ke data lain: isinya tidak dapat diketik; pilih salah satu sisi, atau ubah di salah satu sistem
map-typed-one-way = { $field } tidak mengalir dua arah: isinya tidak dapat diketik; pilih salah satu sisi
map-typed-required = { $field } wajib diisi: tidak dapat dikosongkan
map-typed-two-ways = { $field }: "{ $value }" bisa berarti { $whole } atau { $small }. Tulis tanpa tanda pemisah ribuan
map-typed-changes = { $field }: "{ $value }" tidak akan tersimpan persis seperti yang diketik
