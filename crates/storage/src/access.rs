//! Who asks.

/// Whose things may be seen and changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// This user's own.
    Owner(String),
    /// Everything: workers, and listings for administrators.
    All,
}

impl Access {
    /// For `owner_id = $n OR $n IS NULL`.
    pub(crate) fn owner(&self) -> Option<&str> {
        match self {
            Access::Owner(id) => Some(id),
            Access::All => None,
        }
    }
}
