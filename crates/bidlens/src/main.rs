//! The bidlens program.

fn main() {}
