//! Several requests in flight, answers in order.

use selaras_connector_api::{Host, HttpRequest, HttpResponse, Ticket, Transport};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Sends requests with at most `width` in flight, and hands each answer to `take` in the order of the requests. After `Break` no further
/// request is sent, but those in flight are still waited for and handed over: a write that was sent has an outcome.
pub fn in_order<T>(
    host: &dyn Host,
    width: usize,
    mut requests: impl Iterator<Item = (T, HttpRequest)>,
    mut take: impl FnMut(T, Result<HttpResponse, Transport>) -> ControlFlow<()>,
) {
    let mut flying: VecDeque<(T, Ticket)> = VecDeque::new();
    let mut open = true;
    loop {
        while open && flying.len() < width && !host.cancelled() {
            match requests.next() {
                Some((what, request)) => flying.push_back((what, host.start(request))),
                None => open = false,
            }
        }
        let Some((what, ticket)) = flying.pop_front() else { return };
        if take(what, host.wait(ticket)).is_break() {
            open = false;
        }
    }
}
