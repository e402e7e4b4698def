//! A full disk at any moment: no file may grow beyond a limit that is a little higher each time. The run says so and ends; nothing is lost or
//! doubled, and with room again the next run brings everything in order. (A limit on the size of files is what a full disk looks like to
//! whoever writes, without needing a disk of one's own.)

use crate::pair::Pair;
use crate::support::{MAPPING, Said};
use std::process::Command;

/// Runs `apply` with files that may not grow beyond so many bytes.
fn cramped(pair: &Pair, bytes: u64) -> Said {
    let blocks = bytes / 512;
    let mut command = Command::new("sh");
    // POSIX counts in blocks of 512 bytes, and some shells in 1024; either will do. Whether the limit holds is seen below.
    let script = format!("ulimit -f {blocks} && exec \"$0\" \"$@\"");
    command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_runner")).args(["apply", MAPPING, "--yes"]);
    pair.equip(&mut command, &pair.state());
    Said::of(&command.output().expect("sh runs"))
}

#[test]
fn without_room_the_run_says_so_and_with_room_the_next_one_goes_on() {
    let pair = Pair::small();
    let (mut refused, mut amid) = (0, 0);
    for kibibytes in (4..=260).step_by(16) {
        let said = cramped(&pair, kibibytes * 1024);
        assert!(said.code >= 0, "{kibibytes} KiB: killed by a signal\n{}\n{}", said.out, said.err);
        assert!(!said.err.contains("panicked"), "{kibibytes} KiB: {}", said.err);
        if said.code == 1 {
            println!("{kibibytes} KiB: {}", said.err.trim());
            refused += 1;
            assert!(
                said.err.contains("no room") || said.err.contains("cannot be used"),
                "{kibibytes} KiB: {}",
                said.err
            );
            assert!(!said.err.contains("fault of the runner"), "{kibibytes} KiB: {}", said.err);
            amid += usize::from(!pair.smh("customers").is_empty());
        }
        let customers = pair.smh("customers");
        assert!(customers.len() <= 5, "{kibibytes} KiB: doubled");
    }
    assert!(refused > 2, "the limit was felt {refused} times only");
    println!("{refused} runs without room, {amid} of them after something was written");
    let ends: Vec<Said> = (0..4).map(|_| pair.run(&["apply", MAPPING, "--yes"])).collect();
    let last = ends.last().expect("four");
    assert_eq!(last.code, 0, "{}\n{}", last.out, last.err);
    assert_eq!((pair.smh("customers").len(), pair.smh("products").len()), (5, 5));
    let verified = pair.run(&["state", "verify"]);
    assert_eq!(verified.code, 0, "{}\n{}", verified.out, verified.err);
    let plan = pair.run(&["plan", MAPPING, "--format", "json"]);
    assert_eq!(plan.json()["actions"].as_array().map(Vec::len), Some(0), "{}", plan.out);
}
