//! A system that is down: it is left alone after a few calls, the rest of the run says why and since when, and nothing is unclear that was not sent.

use crate::pair::Pair;
use crate::support::MAPPING;
use selaras_sandbox::Scenario;
use serde_json::json;

#[test]
fn a_system_that_goes_down_amid_writing_is_left_alone_and_the_next_run_goes_on() {
    let scenario = Scenario::Sized { customers: 60, items: 40, employees: 30, orders: 0 };
    let limits = "calls_per_second = 100000\nparallel = 8\nfailures_in_a_row = 2\nrest_seconds = 600\n";
    let pair = Pair::new(scenario, false, limits);
    // Everything that is written to SMH from then on is answered by the page of a gateway.
    pair.fault(json!([
        {"system": "smh", "method": "POST", "kind": "html-502", "times": 100_000},
        {"system": "smh", "method": "PATCH", "kind": "html-502", "times": 100_000},
    ]));
    let said = pair.run(&["apply", MAPPING, "--yes", "--all"]);
    for part in ["has failed 2 times in a row since", "last: HTTP 502", "left alone for a while", "the next try is at"]
    {
        assert!(said.out.contains(part), "{part}:\n{}\n{}", said.out, said.err);
    }
    let left = pair.sandbox.state().faults.waiting().iter().map(|fault| fault.times).sum::<u32>();
    let calls = 200_000 - left;
    assert!(calls <= 10, "{calls} writes went to a system that was down");
    let unclear = pair.run(&["intents", "--format", "json"]).json()["intents"].as_array().map_or(0, Vec::len);
    let planned = 60 + 40 + 30;
    assert!(unclear < planned, "{unclear}: what was not sent is not unclear");
    pair.sandbox.state().faults.clear();
    let codes: Vec<i32> = (0..4).map(|_| pair.run(&["apply", MAPPING, "--yes"]).code).collect();
    assert_eq!(codes.last(), Some(&0), "{codes:?}");
    assert_eq!((pair.smh("customers").len(), pair.smh("products").len()), (60, 40));
}
