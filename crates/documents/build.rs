//! Names the parser by its source, so that results kept by an earlier one are never taken for its own.
//!
//! A number raised by hand would be forgotten one day. What is hashed is all that decides what is read from given
//! bytes: this crate, the types it yields, and the versions of the crates below it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for folder in ["src", "../domain/src"] {
        println!("cargo:rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files)?;
    }
    files.sort();
    // The lock file is missing where the crate is built outside its workspace.
    let lock = Path::new("../../Cargo.lock");
    if lock.exists() {
        println!("cargo:rerun-if-changed={}", lock.display());
        files.push(lock.to_owned());
    }
    let mut hash = FNV_OFFSET;
    for file in files {
        absorb(&mut hash, file.to_string_lossy().as_bytes());
        absorb(&mut hash, &fs::read(&file)?);
    }
    println!("cargo:rustc-env=BIDLENS_PARSER_VERSION={hash:032x}");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a of the bytes and of how many they are. Nobody attacks it: it tells versions apart.
fn absorb(hash: &mut u128, bytes: &[u8]) {
    let length = (bytes.len() as u64).to_le_bytes();
    for byte in bytes.iter().chain(&length) {
        *hash = (*hash ^ u128::from(*byte)).wrapping_mul(FNV_PRIME);
    }
}
