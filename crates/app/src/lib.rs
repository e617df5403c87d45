//! Use cases and the jobs behind them, shared by HTTP, CLI and workers.
