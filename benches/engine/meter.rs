//! What a measurement is made with: CPU time of the process and of a thread, peak memory. Nothing here knows what is measured.

use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// CPU time, user and system together, of all threads of this process so far.
pub fn process_cpu() -> Duration {
    read(ClockId::ProcessCPUTime)
}

/// CPU time of this thread so far.
pub fn thread_cpu() -> Duration {
    read(ClockId::ThreadCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let now = clock_gettime(clock);
    let nanos = u32::try_from(now.tv_nsec).expect("less than a second");
    Duration::new(now.tv_sec.unsigned_abs(), nanos)
}

/// CPU time that a benchmark spends on itself (making records up) and takes off again.
#[derive(Clone, Debug, Default)]
pub struct Aside(Arc<AtomicU64>);

impl Aside {
    /// Does something at the benchmark's own cost.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = thread_cpu();
        let done = work();
        let spent = thread_cpu() - before;
        self.0.fetch_add(u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        done
    }

    /// All of it so far.
    pub fn spent(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// The most memory that this process ever held, in bytes (`VmHWM`). The figure only ever grows: one process for each measurement.
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells how much memory a process holds");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it tells the peak");
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().expect("a number");
    kib * 1024
}
