//! The models that can be asked for.

use crate::App;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub id: String,
    pub name: String,
    pub is_default: bool,
}

impl App {
    /// `builtin` first: code alone, always there.
    pub fn models(&self) -> Vec<Model> {
        vec![Model {
            id: "builtin".to_owned(), name: "内置模型 (built-in, no network)".to_owned(), is_default: true
        }]
    }
}
