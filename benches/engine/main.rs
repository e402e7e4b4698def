//! What a run costs, as ratios measured in one go: `cargo bench --bench engine [-- cpu | memory | calls] [customers]`.
//!
//! Each figure of CPU and memory comes from a process of its own, started by this one. docs/benchmarks.md holds figures and says what they mean.

mod calls;
mod meter;
mod records;
mod setup;
mod source;

use meter::{peak_memory, process_cpu};
use records::Population;
use selaras_model::Side;
use serde_json::{Value as Json, json};
use setup::Bench;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Customers on each side where CPU is measured.
const CPU_AT: u64 = 100_000;
/// Customers on each side where memory is measured.
const MEMORY_AT: [u64; 3] = [10_000, 100_000, 1_000_000];
/// Runs of which the cheapest counts.
const ROUNDS: u64 = 3;

fn main() {
    // `cargo bench` says `--bench` to every program it starts.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().expect("a number of customers");
    match words[..] {
        [] => {
            cpu(CPU_AT);
            memory(&MEMORY_AT);
            calls::table();
        }
        ["cpu"] => cpu(CPU_AT),
        ["cpu", customers] => cpu(number(customers)),
        ["memory"] => memory(&MEMORY_AT),
        ["memory", customers] => memory(&[number(customers)]),
        ["calls"] => calls::table(),
        ["child", task, folder, customers, order] => {
            let population =
                Population { customers: number(customers), changed_every: 0, scattered: order == "scattered" };
            println!("{}", child(task, Path::new(folder), population));
        }
        _ => panic!("usage: cargo bench --bench engine [-- cpu [customers] | memory [customers] | calls]"),
    }
}

// ---- in a process of its own

/// Does one thing and tells what it took.
fn child(task: &str, folder: &Path, population: Population) -> Json {
    let bench = Bench::new(folder);
    let idle = peak_memory();
    match task {
        "link" => bench.link(population),
        "parse" => return json!({ "cpu": parse(&bench, population).as_secs_f64() }),
        "unchanged" | "relearn" => {
            let (planned, applied) = bench.apply(population);
            assert!(planned.plan.actions.is_empty() && applied.results.is_empty(), "nothing had changed");
            let seen: u64 = planned.plan.entities.iter().map(|report| report.counts.left.unchanged).sum();
            assert!(seen >= population.customers, "{seen} of {} were found unchanged", population.customers);
        }
        "first" => {
            let (planned, applied) = bench.apply(population);
            assert!(planned.plan.actions.is_empty() && applied.results.is_empty(), "partner ids say who is whom");
            let linked: u64 = planned.plan.entities.iter().map(|report| report.linked).sum();
            assert!(
                planned.plan.pairs.len() as u64 >= population.customers,
                "{linked} and {} pairs",
                planned.plan.pairs.len()
            );
        }
        "changed" => {
            let population = Population { changed_every: 100, ..population };
            let planned = bench.plan(population);
            assert_eq!(planned.plan.actions.len() as u64, population.customers / 100, "1 % had changed");
        }
        _ => panic!("there is no task {task}"),
    }
    let cpu = process_cpu().saturating_sub(bench.aside.spent());
    json!({ "cpu": cpu.as_secs_f64(), "idle": idle, "peak": peak_memory() })
}

/// CPU time of parsing every record of both sides with `serde_json`.
fn parse(bench: &Bench, population: Population) -> Duration {
    let parsed = meter::Aside::default();
    for side in Side::BOTH {
        let source = bench.source(side, population);
        for page in 0..population.customers.div_ceil(source.page) {
            let batch = source.records("customer", page);
            parsed.run(|| {
                for record in &batch.records {
                    let value: Json = serde_json::from_slice(&record.raw).expect("JSON");
                    std::hint::black_box(&value);
                }
            });
        }
    }
    parsed.spent()
}

// ---- started from the outside

/// Where the measurements of one size keep their state.
struct Site {
    folder: tempfile::TempDir,
    customers: u64,
    order: &'static str,
}

impl Site {
    fn new(customers: u64, order: &'static str) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), customers, order }
    }

    fn run(&self, task: &str) -> Json {
        let exe = std::env::current_exe().expect("this program has a path");
        let folder = self.folder.path().to_str().expect("a plain path");
        let output = Command::new(exe).args(["child", task, folder, &self.customers.to_string(), self.order]).output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{task}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it tells what it took")
    }

    /// The CPU seconds of the cheapest of some runs.
    fn cpu(&self, task: &str) -> f64 {
        (0..ROUNDS).map(|_| seconds(&self.run(task))).fold(f64::INFINITY, f64::min)
    }
}

fn seconds(told: &Json) -> f64 {
    told["cpu"].as_f64().expect("CPU seconds")
}

fn mib(told: &Json, what: &str) -> f64 {
    told[what].as_u64().expect("bytes") as f64 / f64::from(1 << 20)
}

fn cpu(customers: u64) {
    println!("\n## CPU, {customers} linked customers\n");
    println!("| run | order of both lists | CPU seconds | parsing the same JSON | ratio |");
    println!("| --- | --- | ---: | ---: | ---: |");
    for order in ["same", "scattered"] {
        let site = Site::new(customers, order);
        site.run("link");
        let parse = site.cpu("parse");
        let row =
            |what: &str, took: f64| println!("| {what} | {order} | {took:.3} | {parse:.3} | {:.2} |", took / parse);
        row("apply, every record looked at anew", seconds(&site.run("relearn")));
        row("apply, nothing changed", site.cpu("unchanged"));
        row("plan, 1 % changed", site.cpu("changed"));
    }
}

fn memory(sizes: &[u64]) {
    println!("\n## Peak memory\n");
    println!(
        "| linked customers | order | at start | every record looked at anew | nothing changed | CPU of it : parsing |"
    );
    println!("| ---: | --- | ---: | ---: | ---: | ---: |");
    for customers in sizes {
        let site = Site::new(*customers, "scattered");
        site.run("link");
        let (anew, unchanged) = (site.run("relearn"), site.run("unchanged"));
        let ratio = seconds(&unchanged) / seconds(&site.run("parse"));
        let (idle, anew, peak) = (mib(&unchanged, "idle"), mib(&anew, "peak"), mib(&unchanged, "peak"));
        println!("| {customers} | scattered | {idle:.1} MiB | {anew:.1} MiB | {peak:.1} MiB | {ratio:.2} |");
    }
}
