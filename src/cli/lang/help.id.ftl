# Bantuan dalam bahasa Indonesia; bahasa Inggrisnya ada di args.rs. Kunci: help-PERINTAH, lalu help-PERINTAH-ARGUMEN, atau help-arg-ARGUMEN
# kalau argumennya sama di semua perintah. Sebuah tes menjaga agar tidak ada yang terlewat.

help-runner = Menyamakan data dua sistem bisnis menurut berkas pemetaan.
help-apply = Susun rencana, tampilkan, tanya, tulis, lalu laporkan
help-plan = Tampilkan apa yang akan dilakukan apply; tidak menulis apa pun
help-validate = Periksa berkas pemetaan
help-status = Tampilkan Sync Information dan hal yang masih terbuka sejak proses terakhir
help-conflicts = Tampilkan bentrok yang menunggu keputusan
help-connectors = Tampilkan konektor yang terpasang
help-sandbox = Jalankan tiruan kedua sistem untuk mencoba-coba
help-shake = Ubah data di kedua sistem secara acak, seperti rekan kerja yang sibuk
help-schema = Cetak JSON Schema

help-arg-lang = Bahasa semua yang dicetak
help-arg-sandbox = Pakai tiruan kedua sistem, bukan yang asli
help-arg-config = Berkas pengaturan [bawaan: runner.toml, kalau ada]
help-arg-state = Folder penyimpan keadaan [bawaan: .runner]
help-arg-only = Hanya data master (master) atau hanya transaksi (transaction)
help-arg-entities = Hanya entitas ini (boleh diulang)
help-arg-record = Hanya data dengan kode, nomor, nama, atau id ini
help-arg-format = Bentuk hasil: text atau json
help-apply-format = Bentuk laporan: text, json, markdown, atau html [bawaan: text, atau menurut nama setelah -o]
help-plan-format = Bentuk laporan: text, json, markdown, atau html [bawaan: text, atau menurut nama setelah -o]
help-arg-output = Simpan laporan di berkas ini
help-arg-all = Tampilkan daftar panjang sampai habis
help-arg-mapping = Berkas pemetaan
help-status-mapping = Berkas pemetaan [bawaan: mappings/accurate.yaml]
help-conflicts-mapping = Berkas pemetaan [bawaan: mappings/accurate.yaml]
help-arg-dry_run = Berhenti setelah rencana; tidak menulis apa pun
help-arg-yes = Jangan bertanya sebelum menulis
help-arg-approve = Lampaui pengaman, khusus untuk rencana dengan kode ini
help-arg-listen = Alamat sandbox; hanya dapat dijangkau dari komputer ini
help-arg-data = Berkas penyimpan data
help-arg-scenario = Data awal: panduan (contoh di panduan pengguna) atau kosong
help-arg-customers = Buat pelanggan sebanyak ini, bukan memakai skenario
help-arg-items = Buat barang sebanyak ini
help-arg-employees = Buat karyawan sebanyak ini
help-arg-orders = Buat pesanan penjualan sebanyak ini
help-arg-no_limit = Jangan berlakukan batas panggilan Accurate
help-arg-pin = Kunci: mulai sekarang hanya berkas-berkas ini yang dimuat
help-arg-seed = Benih; benih yang sama menghasilkan perubahan yang sama
help-arg-edits = Berapa perubahan
help-arg-url = Alamat sandbox yang sedang berjalan, bukan data yang dipakai --sandbox
help-arg-of = Untuk apa: mapping, plan, config, atau status
