//! The simulated system, through the contract: its rules, its ways of writing, and each of its faults.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod writing;
