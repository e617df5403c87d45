//! How tenders write values: money, dates, durations, percents, numbers, ticked boxes, names of organisations.
//!
//! Pure normalisers over *folded* text (`bidlens_domain::fold`): each finds values and says at which bytes of
//! the given text they stand. None decides what a value is for; that is the business of the readers.

pub mod checkbox;
pub mod company;
pub mod dates;
pub mod durations;
pub mod money;
pub mod numbers;
pub mod percent;
pub mod units;
