# Yang bisa salah pada berkas pemetaan. Satu pesan per kode di diagnostics.rs; `-help` mengatakan apa yang harus dilakukan.

diag-error = kesalahan
diag-warning = peringatan
diag-help = saran
diag-here = di sini
diag-first-here = pertama kali di sini

diag-did-you-mean = maksudnya `{ $name }`?
diag-known = yang mungkin di sini: { $names }
diag-known-many = tidak ada yang mirip di antara { $count } nama yang dikenal di sini

# M00x: teks
diag-yaml-syntax = ini bukan YAML sebagaimana pemetaan ditulis: { $detail }
diag-duplicate-key = kunci `{ $key }` muncul untuk kedua kalinya di sini
diag-duplicate-key-help = yang pertama yang berlaku; hapus atau ganti nama salah satunya
diag-too-large = berkas berisi { $count } { $what ->
    [bytes] byte
   *[values] nilai
}; pemetaan paling banyak { $max }
diag-not-used = { $what ->
    [anchor] jangkar (`&nama`)
    [alias] alias (`*nama`)
    [merge] kunci gabungan (`<<`)
   *[tag] tag (`!nama`)
} tidak dipakai dalam pemetaan
diag-not-used-help = tulis lengkap di tempat yang memerlukannya; teks yang diawali seperti ini diberi tanda kutip

# M01x: bentuk
diag-unknown-key = tidak ada kunci `{ $key }` di sini
diag-wrong-kind = seharusnya { $expected ->
    [text] teks
    [list] daftar
    [mapping] pasangan kunci dan nilai
    [number] angka
    [whole] bilangan bulat mulai dari 0
    [bool] true atau false
    [list-or-text] teks atau daftar
    [mapping-or-text] teks atau pasangan kunci dan nilai
    [mapping-or-text-or-whole] bilangan bulat, teks, atau pasangan kunci dan nilai
    [text-or-whole] teks atau bilangan bulat mulai dari 0
    [text-or-number-or-bool-or-null] satu nilai
   *[other] { $expected }
}, yang ada { $found ->
    [text] teks
    [list] daftar
    [mapping] pasangan kunci dan nilai
    [number] angka
    [bool] true atau false
    [null] kosong
   *[other] { $found }
}
diag-missing-key = kunci `{ $key }` tidak ada di sini
diag-missing-one-of = salah satu kunci ini harus ada di sini: { $keys }
diag-unknown-word = `{ $word }` tidak dikenal di sini
diag-quote-it = tanpa tanda kutip `{ $text }` bukan teks: pembaca YAML menganggapnya hal lain
diag-quote-it-help = beri tanda kutip: '{ $text }'
diag-unknown-version = bahasa pemetaan versi { $version } tidak dikenal; runner ini memakai versi 1
diag-empty = `{ $what }` kosong
diag-no-include = berkas belum bisa dipecah dengan `include`
diag-no-include-help = tulis semuanya dalam berkas ini
diag-bad-name = `{ $name }` tidak bisa menjadi nama: tidak boleh kosong, diawali atau diakhiri spasi, atau berisi karakter kendali (nama sistem: sama sekali tanpa spasi dan panah)
diag-not-understood = bagian ini lolos pemeriksaan tetapi tetap tidak dimengerti; ini kesalahan runner, bukan Anda: { $detail }

# M02x: sistem dan arah
diag-not-two-systems = pemetaan memasangkan tepat dua sistem; di sini { $count ->
    [0] tidak ada
    [1] hanya satu
   *[other] ada { $count }
}
diag-reserved-system-name = sistem tidak boleh bernama `{ $name }`: itu kata dari bahasa pemetaan
diag-unknown-side = tidak ada sistem bernama `{ $name }`
diag-bad-direction = `{ $text }` bukan arah
diag-bad-direction-help = tulis `two-way`, `{ $left } -> { $right }` atau `{ $right } -> { $left }`
diag-bad-limit = `{ $text }` bukan batas
diag-bad-window = `{ $text }` bukan lama waktu
diag-bad-grace-help = tulis jam atau hari, paling sedikit satu, seperti `48h` atau `30d`; kalau tanpa masa tunggu, tulis `delete`
diag-grace-without-delete = hanya penghapusan yang bisa menunggu
diag-grace-without-delete-help = tulis `action: delete`, atau kata itu saja tanpa `grace`
diag-bad-window-help = tulis jam atau hari, seperti `24h` atau `7d`; `0h` menghitung tiap rencana sendiri-sendiri
diag-bad-limit-help = tulis bagian seperti `10%`, jumlah data seperti 37, atau keduanya: { "{" } count: 37, percent: 10% { "}" }
diag-no-newer = `newer` tidak tersedia: perlu waktu perubahan yang bisa dipercaya di kedua sisi
diag-no-newer-help = tulis `hold` atau nama sistem yang menang
diag-missing-resource = entitas { $entity } tidak punya sumber data di { $system }
diag-missing-resource-help = tambahkan `{ $system }:` dengan nama sumber datanya
diag-records-of-two = entitas { $first } dan { $again } bisa mencakup data { $resource } yang sama di { $system }: data itu akan dibuat atau dipasangkan dua kali
diag-records-of-two-help = beri keduanya `scope` untuk { $system } sehingga tidak ada data yang lolos di keduanya, misalnya "@.type == 'A'" dan "@.type == 'B'"; atau jadikan keduanya satu entitas

# M03x: field
diag-unknown-field = tidak ada field `{ $name }` di sini
diag-bad-path = `{ $text }` bukan path ke satu anggota
diag-bad-condition = kondisi ini tidak bisa dimengerti
diag-ends-too-early = berakhir terlalu cepat
diag-path-needs-root = path dimulai dari data: tulis `$.{ $text }`
diag-double-equals = sama dengan ditulis ==
diag-symbols-not-words = tulis && untuk dan, || untuk atau
diag-bad-codec = codec ini tidak bisa dibuat
diag-scale-too-large = angka tepat paling banyak punya { $max } digit di belakang koma
diag-number-not-exact = { $number } tidak bisa disimpan dengan tepat
diag-bad-offset = `{ $text }` bukan selisih waktu; tulis misalnya +07:00 atau Z
diag-codec-one-way = field { $field } mengalir dari { $system }, padahal nilainya di sana berasal dari pemetaan
diag-codec-one-way-help = alirkan hanya ke { $system } (`direction: { $other } -> { $system }`), atau beri `{ $system }` codec yang bisa membaca
diag-table-not-injective = `{ $meaning }` mewakili beberapa nilai { $system } ({ $raws }), jadi tidak jelas mana yang harus ditulis di sana
diag-table-not-injective-help = beri tiap nilai arti sendiri, atau alirkan field ini hanya dari { $system } (`direction: { $system } -> { $other }`)
diag-missing-cell = field { $field } tidak mengatakan letaknya di { $system }
diag-missing-cell-help = tambahkan `{ $system }:` dengan path, atau beri sisi lain constant atau template
diag-path-or-read-write = { $both ->
    [yes] `path` berlaku untuk kedua arah dan tidak bisa bersama `read` atau `write`
   *[no] sisi ini tidak punya letak: beri `path`, atau `read` dan `write`
}
diag-nothing-to-read = field { $field } mengalir dari { $system } ke { $other }, tetapi tidak ada yang bisa dibaca
diag-nothing-to-read-help = beri `{ $system }` `path` atau `read`
diag-nothing-to-write = field { $field } mengalir dari { $other } ke { $system }, tetapi tidak ada tempat menulisnya
diag-nothing-to-write-help = beri `{ $system }` `path` atau `write`, atau alirkan ke arah sebaliknya (`direction: { $system } -> { $other }`)
diag-kinds-differ = kedua sisi field { $field } tidak pernah sama: yang kiri { $left ->
    [text] teks
    [number] angka
    [bool] true atau false
    [date] tanggal
    [timestamp] waktu
    [ref] rujukan
    [percent] persentase
   *[other] { $left }
}, yang kanan { $right ->
    [text] teks
    [number] angka
    [bool] true atau false
    [date] tanggal
    [timestamp] waktu
    [ref] rujukan
    [percent] persentase
   *[other] { $right }
}
diag-kinds-differ-help = beri kedua sisi codec (`as`) sejenis
diag-key-not-comparable = data tidak bisa dibedakan dengan field { $field }: bukan nilai tunggal yang bisa dibaca kedua sisi
diag-not-in-list = `{ $what }` tidak bisa berada di samping `list`; letak daftar ditulis di dalamnya
diag-missing-place = daftar { $field } tidak mengatakan letaknya di { $system }
diag-missing-column = slot { $slot } tidak mengatakan letak field { $field }
diag-path-in-slots = field { $field } tidak bisa punya path di { $system }: di sana letaknya ditentukan oleh slot
diag-partner-id-twice = id pasangan hanya bisa disimpan di satu sisi
diag-partner-id-twice-help = simpan di sistem yang punya anggota untuk itu dan hapus yang lain

# M05x: rujukan
diag-unknown-entity = tidak ada entitas `{ $name }`
diag-unknown-ref-field = entitas { $entity } tidak punya field `{ $name }` di sisi ini
diag-reference-cycle = entitas saling merujuk berputar: { $cycle }
diag-reference-cycle-help = rujukan berputar belum bisa ditulis; hilangkan salah satunya
diag-refs-differ = kedua sisi field { $field } merujuk entitas yang berbeda: { $left } dan { $right }

# M06x: kemampuan konektor
diag-unknown-resource = konektor { $connector } tidak punya sumber data `{ $name }`
diag-unknown-member = sumber data { $resource } tidak punya anggota `{ $member }`
diag-member-not-writable = anggota `{ $member }` dari { $resource } bisa dibaca tetapi tidak bisa ditulis
diag-member-not-writable-help = beri anggota lain sebagai `write`, atau alirkan field ini hanya ke { $other }
diag-member-not-readable = anggota `{ $member }` dari { $resource } bisa ditulis tetapi tidak ada dalam jawaban
diag-children-not-writable = rincian `{ $member }` dari { $resource } tidak bisa ditulis
diag-missing-operation = { $system } tidak bisa { $operation ->
    [read] mendaftar
    [create] membuat
    [update] mengubah
    [delete] menghapus
   *[other] { $operation }
} data { $resource }, padahal pemetaan ini memerlukannya
diag-missing-operation-help = { $operation ->
    [create] jangan buat apa pun di sana: `on_create: { "{" } { $system }: deny { "}" }`, atau pilih `sync` lain
    [delete] pilih `deactivate`, `unlink` atau `hold`
    [update] jangan alirkan field ke sana, atau hanya dengan `write: on_create`
   *[other] pilih sumber data lain
}
diag-no-deactivate = { $system } tidak bisa menonaktifkan data { $resource }
diag-no-deactivate-help = pilih `delete`, `unlink` atau `hold`

# M07x: boleh, tetapi janggal
diag-right-not-asked = hak akses yang diminta di { $system } tidak mencakup `{ $right }`, yang diperlukan { $entity }
diag-right-not-asked-help = tambahkan `{ $right }` ke daftar ini
diag-written-twice = dua field menulis anggota { $member } dari { $system }: data yang nilainya berbeda di kedua field itu tidak ditulis ke sana (constant atau template mengalah)
diag-written-twice-help = hilangkan salah satunya, atau bedakan dengan `flag`
diag-no-identity = tidak ada yang menentukan data { $entity } mana yang berpasangan: tidak ada `match` maupun `partner_id`
diag-no-identity-help = tambahkan `match` dengan field yang menamai data, atau `partner_id`
diag-creates-nothing = data { $entity } boleh dibuat di { $system }, tetapi tidak ada field yang mengalir ke sana
diag-creates-nothing-help = alirkan field ke sana, atau larang pembuatannya
