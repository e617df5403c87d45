//! Rows and files: SQLite, the file store, the job store.
