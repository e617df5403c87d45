//! Other programs that read files for us: LibreOffice for old formats, bsdtar for RAR archives.
//!
//! Both run through `program sandboxed …`, which limits them as the parser limits itself, and each in a folder of
//! its own that goes when they end. Neither gets the environment, and neither reaches the network.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;
use bidlens_documents::SecondReader;
use tokio::process::Command;

use crate::parser::{ParseLimits, Stop, talk};

/// Where the programs are; `None` where one is not installed or not wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Converters {
    /// `soffice` of LibreOffice.
    pub office: Option<PathBuf>,
    /// `bsdtar` of libarchive.
    pub archiver: Option<PathBuf>,
}

impl Converters {
    /// What LibreOffice makes of a file, or what stopped it.
    pub(crate) async fn convert(
        &self,
        program: &Path,
        limits: &ParseLimits,
        name: &str,
        target: SecondReader,
        bytes: Vec<u8>,
    ) -> anyhow::Result<Result<Vec<u8>, Stop>> {
        let Some(office) = &self.office else { return Ok(Err(Stop::Failed("it is not installed".to_owned()))) };
        let folder = tempfile::Builder::new().prefix("bidlens-").tempdir().context("make a folder for LibreOffice")?;
        let source = folder.path().join(format!("source.{}", target.source_extension()));
        let out = folder.path().join("out");
        tokio::fs::write(&source, bytes).await.with_context(|| format!("write {name} for LibreOffice"))?;
        let mut profile = OsString::from("-env:UserInstallation=file://");
        profile.push(folder.path().join("profile"));
        let mut command = sandboxed(program, limits, Some(folder.path()));
        command.arg(office).arg(profile);
        command.args(["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--convert-to"]);
        command.arg(target.extension()).arg("--outdir").arg(&out).arg(&source);
        if let Err(stop) = talk(&mut command, Vec::new(), limits.wall_s, 1).await? {
            return Ok(Err(stop));
        }
        let made = out.join(format!("source.{}", target.extension()));
        match tokio::fs::read(&made).await {
            Ok(bytes) => Ok(Ok(bytes)),
            // It ends with success although it could not read the file.
            Err(_) => Ok(Err(Stop::Failed("it made nothing of the file".to_owned()))),
        }
    }

    /// An archive of another kind as a ZIP, or what stopped its reader.
    pub(crate) async fn to_zip(
        &self,
        program: &Path,
        limits: &ParseLimits,
        bytes: Vec<u8>,
    ) -> anyhow::Result<Option<Result<Vec<u8>, Stop>>> {
        let Some(archiver) = &self.archiver else { return Ok(None) };
        let mut command = sandboxed(program, limits, None);
        // From pipe to pipe: no member of the archive touches a disk.
        command.arg(archiver).args(["-c", "-f", "-", "--format", "zip", "--options", "zip:compression=store", "@-"]);
        talk(&mut command, bytes, limits.wall_s, limits.package_mb).await.map(Some)
    }
}

/// `program sandboxed … --`, to which a program and its arguments are added.
pub(crate) fn sandboxed(program: &Path, limits: &ParseLimits, home: Option<&Path>) -> Command {
    let mut command = Command::new(program);
    command.arg("sandboxed");
    for (flag, value) in [
        ("--memory-mb", limits.memory_mb),
        ("--cpu-s", limits.cpu_s),
        ("--file-mb", limits.file_mb),
        ("--processes", limits.processes),
    ] {
        command.arg(flag).arg(value.to_string());
    }
    if let Some(home) = home {
        command.arg("--home").arg(home);
    }
    command.arg("--");
    command
}
