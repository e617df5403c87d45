//! The file store's promises, held by a folder and by a bucket behind a real S3 server.

mod s3_server;

use std::path::Path;
use std::time::{Duration, SystemTime};

use bidlens_storage::{FileLocation, FileStore, FileStoreError, StoredFile};
use futures_util::TryStreamExt;

use s3_server::{KEY_ID, S3Server};

/// A store with the means to make its files older.
enum Fixture {
    Folder(tempfile::TempDir),
    S3 { server: S3Server, incoming: tempfile::TempDir },
}

impl Fixture {
    async fn both() -> Vec<Fixture> {
        vec![Fixture::Folder(tempfile::tempdir().expect("a folder")), Fixture::s3().await]
    }

    async fn s3() -> Fixture {
        Fixture::S3 { server: S3Server::start().await, incoming: tempfile::tempdir().expect("a folder") }
    }

    fn server(&self) -> &S3Server {
        match self {
            Fixture::S3 { server, .. } => server,
            Fixture::Folder(_) => panic!("not a bucket"),
        }
    }

    fn location(&self) -> FileLocation {
        match self {
            Fixture::Folder(folder) => FileLocation::Folder(folder.path().to_owned()),
            Fixture::S3 { server, incoming } => FileLocation::S3(server.location(incoming.path())),
        }
    }

    async fn open(&self) -> FileStore {
        FileStore::open(&self.location()).await.expect("the store opens")
    }

    fn incoming(&self) -> std::path::PathBuf {
        match self {
            Fixture::Folder(folder) => folder.path().join("incoming"),
            Fixture::S3 { incoming, .. } => incoming.path().to_owned(),
        }
    }

    fn make_older(&self, file: &StoredFile, by: Duration) {
        match self {
            Fixture::Folder(folder) => {
                let path = folder.path().join(&file.sha256[..2]).join(&file.sha256);
                set_modified(&path, SystemTime::now() - by);
            }
            Fixture::S3 { server, .. } => server.make_older(&key(file), by),
        }
    }
}

fn set_modified(path: &Path, at: SystemTime) {
    let file = std::fs::File::options().write(true).open(path).expect("open");
    file.set_modified(at).expect("set the time");
}

fn key(file: &StoredFile) -> String {
    format!("pre/fix/{}/{}", &file.sha256[..2], file.sha256)
}

async fn keep(store: &FileStore, bytes: &[u8]) -> Result<StoredFile, FileStoreError> {
    let mut incoming = store.receive(64 << 20).await?;
    for piece in bytes.chunks(100_000) {
        incoming.write(piece).await?;
    }
    incoming.keep().await
}

/// Bytes that are not the same everywhere.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i * 31 % 251).unwrap_or(0)).collect()
}

async fn streamed(store: &FileStore, sha256: &str) -> Vec<u8> {
    let stream = store.stream(sha256).await.expect("it opens");
    stream
        .try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await
        .expect("it streams")
}

#[tokio::test]
async fn a_file_is_stored_whole_or_not_at_all() {
    for fixture in Fixture::both().await {
        let store = fixture.open().await;
        let kept = keep(&store, b"12345").await.expect("keep");
        assert_eq!((kept.size_bytes, store.read(&kept.sha256).await.expect("read")), (5, b"12345".to_vec()));
        assert_eq!(streamed(&store, &kept.sha256).await, b"12345");
        let mut large = store.receive(10).await.expect("receive");
        assert!(matches!(large.write(&[0; 11]).await, Err(FileStoreError::TooLarge { max: 10 })));
        drop(large);
        assert_eq!(std::fs::read_dir(fixture.incoming()).expect("folder").count(), 0, "nothing stays behind");
        assert_eq!(store.stored().await.expect("list").len(), 1);
        store.remove(&kept.sha256).await.expect("remove");
        store.remove(&kept.sha256).await.expect("removing twice is no error");
        assert!(store.stored().await.expect("list").is_empty());
        let gone = store.read(&kept.sha256).await.expect_err("it is gone");
        assert!(matches!(&gone, FileStoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound));
        store.probe().await.expect("it can be written");
    }
}

#[tokio::test]
async fn the_same_bytes_are_one_file() {
    for fixture in Fixture::both().await {
        let store = fixture.open().await;
        let first = keep(&store, b"twice").await.expect("keep");
        fixture.make_older(&first, Duration::from_secs(7_200));
        assert!(store.is_older(&first.sha256, FileStore::GRACE).await.expect("look"));
        let second = keep(&store, b"twice").await.expect("keep again");
        assert_eq!(first, second);
        assert_eq!(store.stored().await.expect("list").len(), 1);
        assert!(
            !store.is_older(&first.sha256, FileStore::GRACE).await.expect("look"),
            "a file that is stored again is young again, so that no sweep takes it"
        );
    }
}

#[tokio::test]
async fn names_that_are_no_hash_reach_nothing() {
    for fixture in Fixture::both().await {
        let store = fixture.open().await;
        for name in ["../../etc/passwd", "", "incoming", &"A".repeat(64)] {
            store.read(name).await.expect_err(name);
            assert!(store.stream(name).await.is_err(), "{name}");
            assert!(!store.is_older(name, Duration::ZERO).await.expect("look"), "{name}");
            store.remove(name).await.expect("nothing to remove");
        }
    }
}

#[tokio::test]
async fn a_listing_shows_all_files_and_nothing_else() {
    for fixture in Fixture::both().await {
        let store = fixture.open().await;
        let mut kept = Vec::new();
        // More than one page of the test server's listings.
        for n in 0..7_u8 {
            kept.push(keep(&store, &[n]).await.expect("keep").sha256);
        }
        match &fixture {
            Fixture::Folder(folder) => std::fs::write(folder.path().join("notes.txt"), "not ours").expect("write"),
            Fixture::S3 { server, .. } => {
                server.put_directly("pre/fix/notes.txt", b"not ours");
                server.put_directly(&format!("elsewhere/{}", kept[0]), b"not ours");
            }
        }
        let mut listed: Vec<_> = store.stored().await.expect("list").into_iter().map(|f| f.sha256).collect();
        listed.sort();
        kept.sort();
        assert_eq!(listed, kept);
    }
}

#[tokio::test]
async fn only_files_older_than_the_grace_are_swept() {
    for fixture in Fixture::both().await {
        let store = fixture.open().await;
        let old = keep(&store, b"old").await.expect("keep");
        let young = keep(&store, b"young").await.expect("keep");
        fixture.make_older(&old, FileStore::GRACE + Duration::from_secs(60));
        assert_eq!(store.stored_before(FileStore::GRACE).await.expect("list"), std::slice::from_ref(&old.sha256));
        let shared = store.shared();
        shared.forget(&young.sha256).await.expect("left to the sweep");
        shared.forget(&old.sha256).await.expect("removed");
        let left: Vec<_> = shared.stored().await.expect("list").into_iter().map(|f| f.sha256).collect();
        assert_eq!(left, [young.sha256]);
    }
}

#[tokio::test]
async fn a_folder_of_one_process_forgets_at_once() {
    let fixture = Fixture::Folder(tempfile::tempdir().expect("a folder"));
    let store = fixture.open().await;
    let kept = keep(&store, b"young").await.expect("keep");
    store.forget(&kept.sha256).await.expect("forget");
    assert!(store.stored().await.expect("list").is_empty());
}

#[tokio::test]
async fn opening_takes_away_only_what_nobody_is_writing() {
    for fixture in Fixture::both().await {
        let store = fixture.open().await;
        let mut half = store.receive(10).await.expect("receive");
        half.write(b"123").await.expect("write");
        let abandoned = fixture.incoming().join("abandoned");
        std::fs::write(&abandoned, b"half").expect("write");
        set_modified(&abandoned, SystemTime::now() - FileStore::GRACE * 2);
        fixture.open().await;
        assert!(!abandoned.exists());
        half.write(b"45").await.expect("another process's file is still there");
        assert_eq!(half.keep().await.expect("keep").size_bytes, 5);
    }
}

#[tokio::test]
async fn a_large_file_goes_up_in_parts() {
    let fixture = Fixture::s3().await;
    let store = fixture.open().await;
    let large = bytes(20 << 20);
    let kept = keep(&store, &large).await.expect("keep");
    assert!(store.read(&kept.sha256).await.expect("read") == large);
    assert!(streamed(&store, &kept.sha256).await == large);
    assert_eq!((fixture.server().parts_received(), fixture.server().open_uploads()), (3, 0));
    keep(&store, &large).await.expect("the same again");
    assert_eq!(fixture.server().keys(), [key(&kept)]);
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    let fixture = Fixture::s3().await;
    let store = fixture.open().await;
    fixture.server().fail_next(&[503, 500]);
    let kept = keep(&store, b"small").await.expect("put after two refusals");
    fixture.server().fail_next(&[503]);
    assert_eq!(store.read(&kept.sha256).await.expect("read after a refusal"), b"small");
    let large = bytes(9 << 20);
    fixture.server().fail_next(&[503, 503]);
    let kept = keep(&store, &large).await.expect("parts after refusals");
    assert!(store.read(&kept.sha256).await.expect("read") == large);
}

#[tokio::test]
async fn a_server_that_stays_broken_is_an_error_and_stores_nothing() {
    let fixture = Fixture::s3().await;
    let store = fixture.open().await;
    fixture.server().fail_next(&[500; 5]);
    let error = keep(&store, b"small").await.expect_err("five refusals");
    assert!(matches!(error, FileStoreError::Remote { .. }), "{error}");
    assert!(fixture.server().keys().is_empty());
    assert_eq!(std::fs::read_dir(fixture.incoming()).expect("folder").count(), 0, "nothing stays behind");
}

#[tokio::test]
async fn a_cut_connection_leaves_no_object() {
    let fixture = Fixture::s3().await;
    let store = fixture.open().await;
    let small = bytes(3 << 20);
    fixture.server().cut_after(Some(1 << 20));
    keep(&store, &small).await.expect_err("every try is cut in the middle");
    assert!(fixture.server().keys().is_empty());
    fixture.server().cut_after(None);
    let kept = keep(&store, &small).await.expect("the line is back");
    assert!(store.read(&kept.sha256).await.expect("read") == small);

    let large = bytes(17 << 20);
    fixture.server().cut_after(Some(1 << 20));
    keep(&store, &large).await.expect_err("every part is cut in the middle");
    fixture.server().cut_after(None);
    assert_eq!(fixture.server().keys(), [key(&kept)], "parts of an upload that failed are no object");
    assert_eq!(fixture.server().open_uploads(), 0, "and the upload was taken back");
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let fixture = Fixture::s3().await;
    let FileLocation::S3(right) = fixture.location() else { panic!("a bucket") };
    let said = async |change: &dyn Fn(&mut bidlens_storage::S3Location)| {
        let mut location = right.clone();
        change(&mut location);
        let error = FileStore::open(&FileLocation::S3(location)).await.expect_err("it must not open");
        let text = error.to_string();
        assert!(!text.contains("secret-of-the-test"), "{text}");
        text
    };
    let endpoint = right.endpoint.clone().expect("an endpoint");
    assert_eq!(
        said(&|l| l.bucket = "nowhere".to_owned()).await,
        format!(
            "look at the S3 file store: there is no bucket nowhere at {endpoint}; create it, or correct BIDLENS_STORAGE_URL"
        )
    );
    assert_eq!(
        said(&|l| l.access_key_id = Some("somebody".to_owned())).await,
        format!(
            "look at the S3 file store: {endpoint} refused access to bucket tenders; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the key's rights"
        )
    );
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    assert_eq!(
        said(&|l| l.endpoint = Some(nobody.clone())).await,
        format!("look at the S3 file store: {nobody} does not answer; check AWS_ENDPOINT_URL and the network")
    );
    assert!(format!("{right:?}").contains("tenders"));
    for secret in ["secret-of-the-test", KEY_ID] {
        assert!(!format!("{right:?} {:?}", fixture.open().await).contains(secret));
    }
}
