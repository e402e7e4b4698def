//! Whether a lock on a file keeps everybody out who can reach the file. On a disk of this machine it does; on one that other machines write
//! to as well, nobody knows.

use std::path::Path;

/// File systems that only one machine writes to.
const LOCAL: [&str; 16] = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "bcachefs", "tmpfs", "ramfs", "overlay", "vfat",
    "exfat", "ntfs3", "apfs",
];

/// Whether the folder is known to be on a disk of this machine alone.
pub(crate) fn is_local(folder: &Path) -> bool {
    let Ok(folder) = std::fs::canonicalize(folder) else { return false };
    std::fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| LOCAL.contains(&kind(&mounts, &folder)))
}

/// The kind of file system that a folder is on: that of the innermost mount, and of those the last, which covers the others.
fn kind<'a>(mounts: &'a str, folder: &Path) -> &'a str {
    let mut found = (0, "");
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let (Some(place), Some(kind)) = (before.split(' ').nth(4), after.split(' ').next()) else { continue };
        let place = place.replace("\\040", " ");
        if folder.starts_with(&place) && place.len() >= found.0 {
            found = (place.len(), kind);
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_decides() {
        let mounts = "21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n\
                      30 21 0:41 / /data rw - nfs4 nas:/data rw\n\
                      31 30 8:2 / /data/dekat\\040sini rw - xfs /dev/sdb1 rw\n\
                      32 21 0:42 / /dat rw - cifs //x/y rw\n";
        for (folder, expected) in
            [("/home/a", "ext4"), ("/data/state", "nfs4"), ("/data/dekat sini/state", "xfs"), ("/database", "ext4")]
        {
            assert_eq!(kind(mounts, Path::new(folder)), expected, "{folder}");
        }
        assert_eq!(kind("", Path::new("/x")), "");
    }
}
