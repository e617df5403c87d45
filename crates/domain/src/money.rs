//! Money in integer minor units and percentages in integer steps, never floats.
//!
//! Reading amounts out of text is the business of `bidlens-review`; this module only holds and compares them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency by its ISO 4217 letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Currency(String);

impl Currency {
    pub fn new(code: &str) -> Self {
        Currency(code.to_ascii_uppercase())
    }
    pub fn cny() -> Self {
        Currency("CNY".to_owned())
    }
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// An amount in hundredths of the currency's unit (分 for CNY).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub fn cny_minor(minor: i64) -> Self {
        Money { minor, currency: Currency::cny() }
    }

    /// The amount in whole units, for JSON numbers and display only.
    pub fn units(&self) -> f64 {
        self.minor as f64 / 100.0
    }

    /// Whether this exceeds `limit`; `None` when the currencies differ.
    pub fn exceeds(&self, limit: &Money) -> Option<bool> {
        (self.currency == limit.currency).then_some(self.minor > limit.minor)
    }
}

impl fmt::Display for Money {
    /// `1,974,000.00 CNY`, the cents left out when they are zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = (self.minor / 100).unsigned_abs().to_string();
        let mut grouped = String::with_capacity(units.len() + units.len() / 3);
        for (i, digit) in units.chars().enumerate() {
            if i > 0 && (units.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.minor < 0 { "-" } else { "" };
        let cents = (self.minor % 100).unsigned_abs();
        if cents == 0 {
            write!(f, "{sign}{grouped} {}", self.currency.code())
        } else {
            write!(f, "{sign}{grouped}.{cents:02} {}", self.currency.code())
        }
    }
}

/// A percentage in ten-thousandths of a percent: 2.5 % is 25 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Percent(pub i64);

impl Percent {
    pub const WHOLE: Percent = Percent(1_000_000);

    pub fn from_hundredths(hundredths: i64) -> Self {
        Percent(hundredths * 100)
    }
    pub fn value(self) -> f64 {
        self.0 as f64 / 10_000.0
    }
    /// This share of `money`, rounded down to the minor unit.
    pub fn of(self, money: &Money) -> Money {
        let minor = i128::from(money.minor) * i128::from(self.0) / 1_000_000;
        Money { minor: i64::try_from(minor).unwrap_or(i64::MAX), currency: money.currency.clone() }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_keep_their_cents() {
        assert_eq!(Money::cny_minor(197_400_000).to_string(), "1,974,000 CNY");
        assert_eq!(Money::cny_minor(-12_345).to_string(), "-123.45 CNY");
        assert_eq!(Money::cny_minor(5).to_string(), "0.05 CNY");
    }

    #[test]
    fn a_share_is_taken_in_minor_units() {
        assert_eq!(Percent::from_hundredths(200).of(&Money::cny_minor(100_000_000)).minor, 2_000_000);
        assert_eq!(Percent::from_hundredths(250).to_string(), "2.5%");
    }

    #[test]
    fn different_currencies_are_not_compared() {
        let dollar = Money { minor: 1, currency: Currency::new("usd") };
        assert_eq!(dollar.exceeds(&Money::cny_minor(0)), None);
    }
}
