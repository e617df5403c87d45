//! Holds the workspace to the one-way street between rooms.
//!
//! A new edge changes this table and ARCHITECTURE.md in a commit of its own, with the reason.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Which of our own crates each crate may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("bidlens-domain", &[]),
    ("bidlens-documents", &["bidlens-domain"]),
    ("bidlens-review", &["bidlens-domain"]),
    ("bidlens-reports", &["bidlens-domain"]),
    ("bidlens-search", &["bidlens-domain"]),
    ("bidlens-clients", &["bidlens-domain", "bidlens-documents", "bidlens-review"]),
    ("bidlens-jobs", &[]),
    ("rq-wire", &[]),
    // In no other row: rooms use it in their tests only.
    ("bidlens-testkit", &[]),
    ("bidlens-storage", &["bidlens-domain", "bidlens-jobs", "rq-wire"]),
    (
        "bidlens-app",
        &[
            "bidlens-clients",
            "bidlens-documents",
            "bidlens-domain",
            "bidlens-jobs",
            "bidlens-reports",
            "bidlens-review",
            "bidlens-search",
            "bidlens-storage",
        ],
    ),
    ("bidlens-http", &["bidlens-app", "bidlens-domain"]),
    (
        "bidlens",
        &[
            "bidlens-app",
            "bidlens-documents",
            "bidlens-domain",
            "bidlens-http",
            "bidlens-jobs",
            "bidlens-reports",
            "bidlens-review",
            "bidlens-storage",
        ],
    ),
];

/// Crates that reach outside, and the only rooms that may use them.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("sqlx", &["bidlens-storage"]),
    ("redis", &["rq-wire"]),
    ("object_store", &["bidlens-storage"]),
    ("axum", &["bidlens-http"]),
    ("utoipa", &["bidlens-http"]),
    ("clap", &["bidlens", "xtask"]),
    ("prometheus", &["bidlens-app"]),
    ("opentelemetry", &["bidlens"]),
    ("reqwest", &["bidlens-clients", "bidlens"]),
    ("jieba-rs", &["bidlens-search"]),
    ("hayro-interpret", &["bidlens-documents"]),
    ("lopdf", &["bidlens-documents"]),
    ("docx-rs", &["bidlens-reports", "xtask"]),
];

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let normal = |package: &cargo_metadata::Package| {
        let kinds = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
        kinds.map(|d| d.name.clone()).collect::<Vec<_>>()
    };
    metadata.packages.iter().map(|p| (p.name.to_string(), normal(p))).collect()
}

#[test]
fn rooms_depend_only_downwards() {
    let dependencies = dependencies();
    let own = |name: &str| dependencies.contains_key(name);
    for (room, uses) in dependencies.iter().filter(|(room, _)| *room != "xtask") {
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(name, _)| name == room)
            .unwrap_or_else(|| panic!("{room} has no row in the table of rooms"));
        for used in uses.iter().filter(|used| own(used)) {
            assert!(allowed.contains(&used.as_str()), "{room} must not depend on {used}");
        }
    }
}

#[test]
fn each_way_outside_has_one_room() {
    for (room, uses) in dependencies() {
        for (outside, rooms) in OUTSIDE {
            if uses.iter().any(|used| used == outside) {
                assert!(rooms.contains(&room.as_str()), "{room} must not use {outside}");
            }
        }
    }
}
