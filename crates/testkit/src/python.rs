//! Python with stock RQ, installed once below the target directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has this version of RQ, such as `3.0.0`.
pub fn python_with_rq(version: &str) -> PathBuf {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python");
    fs::create_dir_all(&base).expect("a folder for Python");
    let folder = base.join(format!("rq-{version}"));
    let python = folder.join("bin/python");
    let lock = File::create(base.join(format!("rq-{version}.lock"))).expect("a lock");
    // Tests of several processes want the same one.
    lock.lock().expect("the lock");
    let ready = folder.join("ready");
    if !ready.exists() {
        let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).output();
        let made = made.expect("python3 is needed for this test; install it: apt-get install python3-venv");
        assert!(
            made.status.success(),
            "python3 -m venv: {}\ninstall it: apt-get install python3-venv",
            String::from_utf8_lossy(&made.stdout)
        );
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        let installed = Command::new(&python).args(pip).arg(format!("rq=={version}")).output().expect("run pip");
        assert!(installed.status.success(), "pip install rq: {}", String::from_utf8_lossy(&installed.stderr));
        fs::write(ready, version).expect("mark it as ready");
    }
    python
}
