//! `bidlens unpack-child`: takes one level of a package apart in a process of its own.
//!
//! Each file leaves on standard output as `M`, its path and its bytes, each after its length in eight bytes, low
//! first; at the end stands `E` with a report in JSON, or `N` alone where the file is no package.

use std::io::Write;
use std::process::ExitCode;

use crate::cli::UnpackChild;
use crate::commands::parse_child;

pub(crate) fn run(arguments: &UnpackChild) -> anyhow::Result<ExitCode> {
    let (bytes, limits) = parse_child::enter(&arguments.limits)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = None;
    let report = bidlens_documents::unpack(&arguments.limits.name, &bytes, &limits, &mut |member| {
        let path = member.path.as_bytes();
        let sent = [b"M".as_slice(), &length(path), path, &length(&member.bytes), &member.bytes]
            .into_iter()
            .try_for_each(|part| out.write_all(part));
        failed = sent.err();
        failed.is_none()
    });
    if let Some(error) = failed {
        return Err(anyhow::Error::from(error).context("send a file of the package"));
    }
    match report {
        None => out.write_all(b"N")?,
        Some(report) => {
            let report = serde_json::to_vec(&(report.members, report.keep, report.issues))?;
            out.write_all(b"E")?;
            out.write_all(&length(&report))?;
            out.write_all(&report)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn length(bytes: &[u8]) -> [u8; 8] {
    (bytes.len() as u64).to_le_bytes()
}
