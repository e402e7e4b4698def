run-not-connected = { $system } belum terhubung: { $said }
run-unauthorised = { $system } menolak kredensial: { $said }
    Periksa token di pengaturan, atau hubungkan ulang.
run-forbidden = { $system } menyatakan ada hak akses yang kurang: { $said } { $detail }
run-unavailable = { $system } tidak dapat dihubungi: { $said }
    Tidak ada yang ditulis. Periksa alamat di pengaturan dan jaringan, lalu jalankan lagi.
run-rate-limited = { $system } untuk sementara tidak menerima panggilan lagi: { $said }
    Tidak ada yang hilang; jalankan lagi nanti.
run-write-refused = Konektor { $system } mencoba menulis padahal hanya diminta membaca, dan sudah dihentikan: { $said } Tidak ada yang ditulis. Ini kesalahan konektor.
run-settings = Pengaturan { $system } belum benar: { $said }
run-system-failed = { $system } gagal: { $said }
run-state-moved = Proses lain mengubah keadaan selagi rencana ini disusun, jadi rencananya tidak akan tepat. Tidak ada yang ditulis. Jalankan lagi setelah proses itu selesai.
run-cancelled = Proses dibatalkan.
run-unsound = Rencana tidak lolos pemeriksaan, jadi tidak ada yang ditulis. Ini kesalahan runner; mohon dilaporkan: { $findings }
run-no-such-entity = Tidak ada entitas { $name } di mapping.
run-rejected = ditolak { $system }: { $said }
run-unclear = jawaban { $system } tidak jelas: { $said } Proses berikutnya akan memeriksa dulu sebelum berbuat apa pun.
run-skipped-waits = tidak dicoba: { $record } harus lebih dulu dan belum berhasil
run-skipped-stale = tidak dicoba: data sudah berubah sejak rencana dibuat; perubahannya diambil pada proses berikutnya
run-skipped-unwritable = tidak dicoba: ada nilai yang tidak dapat ditulis
run-skipped-cancelled = tidak dicoba: proses dibatalkan
run-skipped-unreachable = tidak dicoba: { $system } tidak bisa dijangkau: { $said } Akan dicoba lagi di proses berikutnya.
run-skipped-dead = tidak dicoba: { $said }
run-partial-listing = Daftar dari { $system } tidak lengkap: { $why } Tidak ada yang dihapus berdasarkan daftar itu.
run-vanished = menghilang saat sedang dibaca
run-unreadable = tidak dapat dibaca: { $said }
run-not-listed = tidak ada di daftar
run-too-soon = baru saja ditulis, dan { $system } mungkin belum menampilkannya; akan diperiksa lagi pada proses berikutnya
run-many-missing = { $count } data tidak ada di daftar { $system }, lebih banyak daripada yang boleh dihapus; tidak ada yang diperiksa satu per satu dan tidak ada yang dilakukan
run-no-direct-read = tidak ada di daftar, dan tidak dapat ditanyakan langsung
