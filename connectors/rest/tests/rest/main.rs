//! The REST engine against a scripted server: what it asks, what it hands over, and how it takes trouble.

#[cfg(test)]
mod check;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod get;
#[cfg(test)]
mod list;
mod login;
#[cfg(test)]
mod smh;
#[cfg(test)]
mod write;
