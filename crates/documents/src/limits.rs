//! Bounds on what one file may cost.

/// How much of one file is read. The defaults fit bid files of several hundred pages with many pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Of the file itself.
    pub max_bytes: u64,
    pub max_pages: u32,
    /// Of one inflated part of an office file.
    pub max_part_bytes: u64,
    /// Of all parts read from one office file together.
    pub max_inflated_bytes: u64,
    /// Of files inside an office file.
    pub max_entries: usize,
    /// Of elements inside each other.
    pub max_depth: usize,
    pub max_blocks: usize,
    /// Of one spreadsheet, all sheets together.
    pub max_cells: usize,
    pub max_sheets: usize,
    /// Rows of a sheet after which a new table block begins.
    pub max_table_rows: usize,
    /// Dots of one picture.
    pub max_pixels: u64,
    /// Of all files of one package together.
    pub max_unpacked_bytes: u64,
    /// Files of one package.
    pub max_members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_bytes: 300 << 20,
            max_pages: 5_000,
            max_part_bytes: 64 << 20,
            max_inflated_bytes: 300 << 20,
            max_entries: 10_000,
            max_depth: 256,
            max_blocks: 400_000,
            max_cells: 2_000_000,
            max_sheets: 256,
            max_table_rows: 400,
            max_pixels: 200_000_000,
            max_unpacked_bytes: 1 << 30,
            max_members: 500,
        }
    }
}
