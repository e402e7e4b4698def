# Pesan dari host, dalam bahasa Indonesia. Kunci dan argumennya sama dengan messages.en.ftl; ada pengujian yang menjaganya.

host-connector-name-invalid = "{ $name }" tidak bisa dipakai sebagai nama konektor: hanya huruf kecil, angka, "-" dan "_" yang boleh. Perbaiki `connector:` di file mapping.
host-connector-not-found = Konektor "{ $name }" tidak ditemukan. Letakkan di salah satu tempat berikut, atau perbaiki namanya di file mapping. Sudah dicari di:
    { $tried }
host-tried-no-folder = { $place }: folder tidak ada
host-tried-no-file = { $place }: file tidak ada
host-tried-empty = { $place }: tidak berisi connector.toml maupun library ({ $pattern })
host-tried-engine = { $place }: memerlukan engine "{ $engine }", tetapi engine itu sendiri tidak ditemukan
host-connector-toml = { $file } tidak bisa dipakai: { $why }. Perbaiki file tersebut.
host-connector-toml-name = { $file } menyatakan konektor "{ $says }", padahal foldernya bernama "{ $name }". Samakan keduanya.
host-connector-toml-engine = { $file } belum menyebutkan engine-nya. Tambahkan baris seperti engine = "rest" di bagian paling atas.
host-file-unreadable = { $file } tidak bisa dibaca: { $why }
host-folder-several-libraries = { $folder } berisi beberapa library ({ $files }) sehingga tidak jelas mana konektornya. Sisakan satu saja, atau beri nama { $expected }.
host-library-writable = { $file } bisa diubah oleh semua pengguna komputer ini, jadi tidak dimuat. Cabut hak ubah tersebut (chmod o-w).
host-library-not-opened = Library { $file } tidak bisa dibuka: { $why }. Buat ulang untuk komputer ini.
host-library-replaced = { $file } diganti setelah dibuka oleh program ini. Jalankan ulang programnya.
host-library-no-symbol = Library { $file } bukan konektor: tidak ada { $symbols } di dalamnya. Pastikan file yang diletakkan di sana sudah benar.
host-library-wrong-abi = Library konektor { $file } memakai ABI { $found }, sedangkan runner ini memakai ABI { $wanted }. Pasang konektor yang sesuai dengan versi runner ini.
host-library-table = Library konektor { $file } tidak bisa dipakai: { $why }.
host-connector-refused = Konektor "{ $name }" ({ $file }) gagal dijalankan: { $why }
host-connector-other-name = { $file } adalah konektor "{ $says }", padahal yang diminta "{ $name }". Perbaiki nama di file mapping, atau ganti filenya.
host-lock-unreadable = { $file } tidak bisa dipakai: { $why }. Perbaiki file itu, atau hapus lalu kunci ulang konektornya.
host-lock-differs = Konektor "{ $name }" ({ $file }) berbeda dari yang sudah dikunci: di { $lock } tercatat { $pinned }, sedangkan file ini { $found }. Kalau memang sengaja diganti, kunci ulang konektornya dengan `runner connectors --pin`; kalau tidak, kembalikan file yang lama.
host-lock-none = File kunci belum diatur, jadi konektor belum bisa dikunci. Sebutkan file kuncinya di runner.toml.
host-lock-not-written = { $file } tidak bisa ditulis: { $why }
host-setting-missing = Sistem "{ $system }" belum punya pengaturan "{ $setting }" ({ $help }). Tambahkan di bawah [systems.{ $system }] dalam runner.toml.
host-setting-unknown = Sistem "{ $system }" punya pengaturan "{ $setting }" yang tidak dikenal konektornya. Yang dikenal: { $known }.
host-base-url = base_url sistem "{ $system }" berisi "{ $url }", padahal harus alamat http atau https tanpa nama pengguna. Perbaiki di runner.toml.
host-auth-no-base-url = Sistem "{ $system }" punya kredensial tetapi belum punya base_url, jadi tidak diketahui ke mana kredensial itu boleh dikirim. Tambahkan base_url di runner.toml.
host-auth-scheme = Konektor sistem "{ $system }" tidak bisa masuk dengan cara "{ $scheme }". Cara yang bisa dipakai: { $known }.
host-auth-secret = Untuk masuk dengan cara "{ $scheme }", sistem "{ $system }" memerlukan token dan secret; salah satunya belum ada atau berisi karakter yang tidak bisa dikirim. Hubungkan ulang sistem ini.
host-network = Jaringan tidak bisa dipakai: { $why }
