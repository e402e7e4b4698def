store-corrupt = Berkas status { $path } rusak atau bukan berkas status ({ $detail }). Tidak ada yang ditulis. Coba `runner state repair`; kalau tidak tertolong, singkirkan dengan `runner state forget` lalu jalankan lagi: tautan dibangun ulang dari Partner ID dan kode, tanpa data ganda dan tanpa menimpa apa pun.
store-newer = Berkas status { $path } ditulis oleh runner yang lebih baru (format { $found }; versi ini hanya mengenal sampai { $known }). Perbarui runner.
store-locked = Runner lain sedang memakai status ini ({ $holder }; berkas kunci { $path }). Tunggu sampai selesai.
store-io = Berkas status { $path } tidak dapat dipakai: { $detail }. Periksa hak akses folder dan sisa ruang disk.
store-contradiction = Isi status saling bertentangan: { $detail }. Ini kesalahan runner; mohon dilaporkan. Tidak ada yang ditulis.
