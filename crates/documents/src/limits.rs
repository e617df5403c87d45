//! Bounds on what one file may cost.

/// How much of one file is read. The defaults fit bid files of several hundred pages with many pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Of the file itself.
    pub bytes_max: usize,
    pub pages_max: u32,
    /// Of one inflated part of an office file.
    pub part_bytes_max: u64,
    /// Of all parts read from one office file together.
    pub inflated_bytes_max: u64,
    /// Of files inside an office file.
    pub entries_max: usize,
    /// Of elements inside each other.
    pub depth_max: usize,
    pub blocks_max: usize,
    /// Of one spreadsheet, all sheets together.
    pub cells_max: usize,
    pub sheets_max: usize,
    /// Rows of a sheet after which a new table block begins.
    pub table_rows_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes_max: 300 << 20,
            pages_max: 5_000,
            part_bytes_max: 64 << 20,
            inflated_bytes_max: 300 << 20,
            entries_max: 10_000,
            depth_max: 256,
            blocks_max: 400_000,
            cells_max: 2_000_000,
            sheets_max: 256,
            table_rows_max: 400,
        }
    }
}
