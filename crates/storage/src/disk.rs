//! What the disk must hold before an answer may say so.

use std::fs::File;
use std::io;
use std::path::Path;

/// Returns when the names in a folder are on the disk: a file that was synced and renamed is there after a power cut only
/// when its folder was synced too. Blocks.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Returns when a file's bytes are on the disk, whoever wrote them; one that is not there has none. Blocks.
pub(crate) fn sync_file(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_data(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_synced_is_an_error_unless_it_is_a_file_that_is_gone() {
        let folder = tempfile::tempdir().expect("folder");
        let missing = folder.path().join("missing");
        sync_folder(folder.path()).expect("a folder");
        sync_folder(&missing).expect_err("no folder");
        sync_file(&missing).expect("nothing to sync");
        std::fs::write(&missing, b"bytes").expect("write");
        sync_file(&missing).expect("a file");
        sync_file(&missing.join("below a file")).expect_err("no such place");
    }
}
