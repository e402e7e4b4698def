plan-why-new = baru di { $system }
plan-why-changed = diubah di { $system }
plan-why-found = ditemukan kembali; berbeda dari { $system }
plan-why-partner-id = diisi dengan ID-nya di { $system }
plan-why-deleted = dihapus di { $system }
plan-why-always = selalu mengikuti { $system }
plan-why-direction = kolom ini ditentukan { $system }
plan-why-wins = diubah di kedua sisi; { $system } yang dipakai sesuai aturan pemetaan
plan-why-first-meeting = berbeda saat pertama kali dipasangkan; { $system } yang dipakai sesuai aturan pemetaan

plan-hold-reference-dummy = memakai { $entity } { $record }, yaitu data contoh yang tidak pernah disinkronkan
plan-hold-reference-outside = menunggu { $entity } { $record }, yang di luar cakupan: { $reason-id }
plan-hold-reference-unlinked = menunggu { $entity } { $record }, yang belum ada pasangannya di sisi lain
plan-hold-reference-ambiguous = { $entity } { $record } cocok dengan beberapa data: { $candidates }
plan-hold-reference-missing = memakai { $entity } { $record }, yang tidak ada
plan-hold-reference-nameless = { $entity } { $record } tidak punya { $field } untuk dikenali di sisi lain
plan-hold-reference-not-observed = memakai { $entity } { $record }, yang tidak dibaca pada proses ini; jalankan tanpa --entity atau --only
plan-hold-tombstone = pasangannya sudah dihapus; tidak dibuat lagi secara otomatis
plan-hold-partner-missing = Partner ID { $partner } tidak dimiliki data mana pun yang masih bebas
plan-hold-candidate-taken = satu-satunya calon, { $record }, baru saja dipasangkan dengan data lain
plan-hold-candidate-dummy = satu-satunya calon, { $record }, adalah data contoh
plan-hold-candidate-outside = satu-satunya calon, { $record }, di luar cakupan: { $reason-id }
plan-hold-candidate-unreadable = satu-satunya calon, { $record }, tidak dapat dibaca
plan-hold-unclear = percobaan sebelumnya untuk membuatnya di { $system } belum jelas hasilnya; akan diperiksa lagi pada proses berikutnya
plan-hold-not-all-seen = menunggu sampai semua data { $system } terbaca: mungkin sudah ada di sana
plan-hold-delete-refused = { $system } menolak menghapusnya: { $said }
plan-hold-frozen = pasangannya di { $system } sedang tidak ikut disinkronkan, jadi tidak ada yang dilakukan

plan-conflict-field = diubah berbeda di kedua sisi: { $fields }
plan-conflict-first-meeting = berbeda saat pertama kali dipasangkan: { $fields }
plan-conflict-ambiguous = beberapa data memakai kunci { $key }; tidak dapat dipastikan mana yang berpasangan
plan-conflict-linked-elsewhere = kunci { $key } milik { $record }, yang sudah punya pasangan lain
plan-conflict-partner-claimed = beberapa data memakai Partner ID { $partner }
plan-conflict-stranger = sudah ada data lain dengan kunci itu dan jelas bukan pasangannya; data itu tidak disentuh
plan-conflict-partner-id = data di { $system } memakai Partner ID { $says }, yang bukan pasangannya
plan-conflict-key-taken = { $key } sudah dipakai data { $record } di { $system }
plan-conflict-delete-edit = dihapus di { $system } dan diubah di sisi lain
plan-conflict-deleted = dihapus di { $system }; menurut pemetaan, keputusannya ada pada orang

plan-problem-required = { $field } kosong, padahal wajib diisi untuk data baru

plan-why-decided = diputuskan oleh { $by } pada { $when }: { $because }
plan-hold-link-unseen = ditautkan secara manual ke { $id } di { $system }, padahal data itu tidak ditemukan; tidak ada yang dilakukan. Kalau ID-nya salah, lepaskan tautannya: runner links unlink
plan-hold-unlinked = ditahan atas perintah manual (tautannya dilepas, atau pembuatannya tidak dilanjutkan); tidak ditautkan atau dibuat lagi dengan sendirinya (runner links forget, runner links link)
plan-note-decision-stale = keputusan { $by } pada { $when } ("{ $because }") tidak dipakai: ada isi yang sudah berubah sejak itu. Putuskan lagi.
plan-note-no-return = tidak dapat dibuat lagi dengan cara ini: pemetaan tidak membuat data seperti ini di { $system }
plan-conflict-ping-pong = tiga proses berturut-turut menulis { $fields } bolak-balik antara “{ $one }” dan “{ $other }”; menunggu keputusan orang
plan-conflict-emptied = dihapus di { $system }, seperti semua { $count } yang tertaut; ini lebih mirip salah tempat atau hak akses yang hilang daripada penghapusan

plan-why-undo = membatalkan yang ditulis proses { $run }
plan-why-grace-over = dihapus di { $system }; dinonaktifkan di sini sejak { $when }, dan tidak ada yang menyentuhnya
plan-why-returned = ada lagi di { $system }, jadi diaktifkan lagi
plan-conflict-delete-touched = dihapus di { $system }; di { $other } sedang dinonaktifkan menunggu dihapus, dan sejak itu ada yang mengubahnya di sana
plan-hold-still-inactive = ada lagi di { $other }, tetapi masih nonaktif di { $system }: pemetaan tidak punya kolom untuk itu. Aktifkan sendiri di sana.

plan-kept-gone = sudah tidak ada di { $system }
plan-kept-unseen = isinya di { $system } sedang tidak diketahui, atau sedang tidak ikut disinkronkan
plan-kept-edited = sudah diubah di { $system } sejak proses itu
plan-kept-touched = isinya di { $system } sekarang “{ $now }”: sudah diubah sejak proses itu
plan-kept-referred = dipakai oleh { $record }
plan-kept-referred-made = dipakai oleh data lain yang dibuat pada proses yang sama dan tetap ada
plan-kept-no-delete = menurut pemetaan, data jenis ini tidak boleh dihapus atau dinonaktifkan di { $system }
plan-kept-not-written = pemetaan tidak (lagi) menulis kolom ini di { $system }
plan-kept-always = pemetaan selalu menulis kolom ini di { $system } kalau berbeda, jadi akan kembali pada proses berikutnya
plan-kept-no-field = kolom ini sudah tidak ada di pemetaan
plan-kept-no-entity = entitas ini sudah tidak ada di pemetaan
plan-kept-only = tidak ikut karena --only
plan-kept-unlinked = sudah tidak tertaut
plan-kept-unclear = tidak diketahui apakah sudah terlaksana
plan-kept-deleted = penghapusan tidak dapat dibatalkan; isi datanya: { $values }
plan-kept-deactivated = aktifkan lagi sendiri di sana
plan-kept-no-values = isi sebelumnya tidak diketahui
plan-kept-partner-id = yang ditulis hanya Partner ID; itu bagian dari tautan
plan-hold-unrecognised = percobaan sebelumnya untuk membuatnya di { $system } belum jelas hasilnya, dan tidak ada tanda untuk mengenali data kita di sana: periksa sendiri, lalu nyatakan hasilnya (runner intents)
plan-why-waits-days = dihapus di { $system }; dinonaktifkan dulu, dihapus setelah { NUMBER($count) } hari kalau tidak ada yang mengubahnya
plan-why-waits-hours = dihapus di { $system }; dinonaktifkan dulu, dihapus setelah { NUMBER($count) } jam kalau tidak ada yang mengubahnya
# Dari proses yang lebih lama.
plan-why-waits = dihapus di { $system }; dinonaktifkan dulu, dihapus setelah { $wait } kalau tidak ada yang mengubahnya
