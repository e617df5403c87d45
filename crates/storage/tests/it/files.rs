//! Files in a folder.

use bidlens_storage::{FileStore, FileStoreError};

#[tokio::test]
async fn a_file_is_stored_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = FileStore::open(folder.path()).await.expect("store");
    let mut incoming = store.receive(10).await.expect("receive");
    incoming.write(b"12345").await.expect("write");
    let kept = incoming.keep().await.expect("keep");
    assert_eq!(store.read(&kept.sha256).await.expect("read"), b"12345");
    let mut large = store.receive(10).await.expect("receive");
    assert!(matches!(large.write(&[0; 11]).await, Err(FileStoreError::TooLarge { max: 10 })));
    drop(large);
    assert_eq!(std::fs::read_dir(folder.path().join("incoming")).expect("folder").count(), 0);
    assert!(store.path("../../etc/passwd").is_none());
    store.remove(&kept.sha256).await.expect("remove");
    store.remove(&kept.sha256).await.expect("removing twice is no error");
}
