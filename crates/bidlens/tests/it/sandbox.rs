//! Files that eat memory, spin or write without end, and a reader that is killed: each costs its own file alone.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::{bidlens, run, sample, stderr};

/// A Word file of `megabytes` of words, some kilobytes as it is sent.
fn heavy(folder: &Path, megabytes: usize) -> PathBuf {
    let paragraph = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "标".repeat(340));
    let mut body = String::from("<w:document xmlns:w=\"w\"><w:body>");
    while body.len() < megabytes << 20 {
        body.push_str(&paragraph);
    }
    body.push_str("</w:body></w:document>");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [("[Content_Types].xml", "<Types/>"), ("word/document.xml", body.as_str())] {
        writer.start_file(name, SimpleFileOptions::default()).expect("start");
        writer.write_all(part.as_bytes()).expect("write");
    }
    let path = folder.join(format!("heavy{megabytes}.docx"));
    std::fs::write(&path, writer.finish().expect("finish").into_inner()).expect("write");
    path
}

/// Extracts a good tender beside a bad file: the good one is read, and what is said of the bad one comes back.
fn beside_a_good_file(bad: &Path, limits: &[(&str, &str)]) -> String {
    let mut command = bidlens();
    command.args(["extract", "--json"]).arg(sample("tender.docx")).arg(bad).envs(limits.iter().copied());
    let output = run(&mut command);
    assert_eq!(crate::json(&output)["fields"]["tender_no"]["status"], "found");
    stderr(&output)
}

#[test]
fn a_file_that_eats_memory_fails_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = beside_a_good_file(&heavy(folder.path(), 48), &[("BIDLENS_PARSE_MEMORY_MB", "120")]);
    assert!(said.contains("heavy48.docx: reading the file needed more than the 120 MB of memory allowed"), "{said}");
    assert!(said.contains("raise BIDLENS_PARSE_MEMORY_MB"), "{said}");
}

#[test]
fn a_file_that_spins_fails_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let heavy = heavy(folder.path(), 60);
    let said = beside_a_good_file(&heavy, &[("BIDLENS_PARSE_CPU_S", "1")]);
    assert!(said.contains("took more than the 1 s of computing allowed"), "{said}");
    assert!(said.contains("raise BIDLENS_PARSE_CPU_S"), "{said}");
    // By the clock a good file may be slow on a busy machine, so this one is alone.
    let output = run(bidlens().arg("parse").arg(&heavy).env("BIDLENS_PARSE_WALL_S", "1"));
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("took longer than the 1 s allowed") && said.contains("raise BIDLENS_PARSE_WALL_S"), "{said}");
}

#[test]
fn a_file_that_gives_too_much_fails_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = beside_a_good_file(&heavy(folder.path(), 4), &[("BIDLENS_PARSE_OUTPUT_MB", "2")]);
    assert!(said.contains("gave more than the 2 MB of text allowed"), "{said}");
    assert!(said.contains("raise BIDLENS_PARSE_OUTPUT_MB"), "{said}");
}

#[test]
fn a_reader_that_is_killed_from_outside_costs_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let heavy = heavy(folder.path(), 60);
    let mut command = bidlens();
    command.arg("parse").arg(&heavy).stdout(Stdio::null()).stderr(Stdio::piped());
    let parent = command.spawn().expect("start");
    let child = child_of(parent.id());
    assert!(Command::new("kill").args(["-9", &child.to_string()]).status().expect("kill").success());
    let output = parent.wait_with_output().expect("end");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("heavy60.docx: reading the file was ended from outside (signal 9)"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_reader_ends_with_its_parent() {
    let folder = tempfile::tempdir().expect("a folder");
    let heavy = heavy(folder.path(), 60);
    let mut parent =
        bidlens().arg("parse").arg(&heavy).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("start");
    let child = child_of(parent.id());
    parent.kill().expect("kill");
    parent.wait().expect("end");
    let began = Instant::now();
    while is_running(child) {
        assert!(began.elapsed() < Duration::from_secs(5), "the reader outlives its parent");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Not there any more, or dead and not yet taken note of.
fn is_running(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with('Z'))
}

/// The reader that `parent` started, once it reads.
fn child_of(parent: u32) -> u32 {
    let began = Instant::now();
    loop {
        for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
            let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            if line.contains("parse-child") && status.contains(&format!("PPid:\t{parent}\n")) {
                return pid;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no reader was started");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn sandboxed(arguments: &[&str], script: &str) -> std::process::Output {
    run(bidlens().arg("sandboxed").args(arguments).args(["--", "bash", "-c", script]))
}

#[test]
fn a_converter_has_limits_and_no_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().display().to_string();
    let output = sandboxed(&["--home", &home], "echo here > made; pwd; cat made");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{home}\nhere\n"));
    // An address of this machine, so that nothing is asked of others even where it is not refused.
    let output = sandboxed(&[], "echo x > /dev/tcp/127.0.0.1/9");
    assert!(stderr(&output).contains("Operation not permitted"), "{}", stderr(&output));
    let output = sandboxed(&["--home", &home, "--file-mb", "1"], "exec head -c 3000000 /dev/zero > large");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(25), "file size");
    assert_eq!(std::fs::metadata(folder.path().join("large")).expect("the file").len(), 1 << 20);
    let output = sandboxed(&["--cpu-s", "1"], "while :; do :; done");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(24), "CPU time");
    let output = sandboxed(&["--memory-mb", "64"], "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}");
    assert!(!output.status.success() || output.stdout.is_empty(), "memory");
}

#[test]
fn the_filter_of_system_calls_works_here() {
    let output = run(bidlens().args(["sandboxed", "--probe"]));
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn doctor_tells_of_the_sandbox_and_of_other_readers() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = bidlens();
    command.arg("doctor").arg("--data-dir").arg(data.path());
    let output = run(command.env("BIDLENS_LIBREOFFICE", "off").env("BIDLENS_BSDTAR", "off"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("without network, files or programs"), "{text}");
    assert!(text.contains("install libreoffice-writer") && text.contains("install libarchive-tools"), "{text}");
    let output = run(bidlens().arg("doctor").arg("--data-dir").arg(data.path()).env("BIDLENS_BSDTAR", "/no/such"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("BIDLENS_BSDTAR=/no/such: there is no such program"));
}
