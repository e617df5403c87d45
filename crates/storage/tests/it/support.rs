//! Databases for tests.

use bidlens_domain::document::Document;
use bidlens_search::{Entry, index_version};
use bidlens_storage::{Db, IndexedSegments, PostgresOptions};
use bidlens_testkit::Postgres;

/// A new database, and how to open it again.
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Place {
        Place::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn postgres() -> Place {
        Place::Postgres(Postgres::shared().database())
    }

    pub(crate) async fn open(&self) -> Db {
        match self {
            Place::Sqlite(folder) => Db::open(&folder.path().join("test.db")).await.expect("a database"),
            Place::Postgres(url) => connect(url, 8).await,
        }
    }
}

/// Segments as the ingest job makes them.
pub(crate) fn indexed(document: &Document) -> IndexedSegments {
    let segments = document.segments().into_iter().map(|segment| {
        let words = Entry::of(&segment).to_text();
        (segment, words)
    });
    IndexedSegments { version: index_version(), segments: segments.collect(), vectors: None }
}

pub(crate) async fn connect(url: &str, connections: u32) -> Db {
    let options = PostgresOptions::from_url(url).expect("a URL").connections(connections);
    Db::connect_postgres(&options).await.expect("a database")
}

/// Makes a test of each function, on each database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::support::Place::sqlite()).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::support::Place::postgres()).await;
            })+
        }
    };
}
pub(crate) use on_both;
