//! Packages and old formats at the command line, with the programs that help to read them.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::{bidlens, json, run, sample, stderr};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("start");
        writer.write_all(content).expect("write");
    }
    writer.finish().expect("finish").into_inner()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// A number in seven bits a byte, low first.
fn vint(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let low = (n & 0x7F) as u8;
        n >>= 7;
        if n == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}

/// A RAR 5 archive that stores its files uncompressed.
fn rar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let block = |fields: Vec<u8>| {
        let sized = [vint(fields.len() as u64), fields].concat();
        [crc32(&sized).to_le_bytes().to_vec(), sized].concat()
    };
    let mut out = b"Rar!\x1A\x07\x01\0".to_vec();
    out.extend(block([vint(1), vint(0), vint(0)].concat()));
    for (name, content) in files {
        let size = content.len() as u64;
        let fields = [
            [vint(2), vint(2), vint(size)].concat(),
            [vint(4), vint(size), vint(0o100_644)].concat(),
            crc32(content).to_le_bytes().to_vec(),
            [vint(0), vint(1), vint(name.len() as u64)].concat(),
            name.as_bytes().to_vec(),
        ];
        out.extend(block(fields.concat()));
        out.extend_from_slice(content);
    }
    out.extend(block([vint(5), vint(0), vint(0)].concat()));
    out
}

#[test]
fn a_whole_bid_in_one_archive_is_reviewed() {
    let folder = tempfile::tempdir().expect("a folder");
    let bid = std::fs::read(sample("bid_defective.docx")).expect("the sample");
    let packages = [
        (
            "投标.zip",
            zip(&[("说明.txt", "见投标函。".as_bytes()), ("里层.zip", &zip(&[("商务标/投标函.docx", &bid)]))]),
        ),
        ("投标.rar", rar(&[("商务标/投标函.docx", &bid), ("说明.txt", "见投标函。".as_bytes())])),
    ];
    for (name, bytes) in packages {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("write");
        let mut command = bidlens();
        command.args(["review", "--json", "--tender"]).arg(sample("tender.docx")).arg("--bid").arg(&path);
        let output = run(&mut command);
        let review = json(&output);
        assert_eq!(review["bids"][0]["bidder_name"], "云州博砚智能设备有限公司", "{name}: {}", stderr(&output));
        assert_eq!(review["bids"][0]["files"].as_array().map(Vec::len), Some(2), "{name}");
        assert!(review["bids"][0]["summary"]["fail"].as_u64().is_some_and(|n| n > 0), "{name}");
    }
}

#[test]
fn a_package_is_printed_file_by_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.zip");
    std::fs::write(&path, zip(&[("甲/a.txt", b"first"), ("b.txt", b"second")])).expect("write");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(&path)));
    let names: Vec<_> = parsed["files"].as_array().expect("files").iter().map(|f| f["name"].clone()).collect();
    assert_eq!(names, ["甲/a.txt", "b.txt"]);
}

#[test]
fn an_archive_whose_program_is_missing_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.rar");
    std::fs::write(&path, rar(&[("a.txt", b"a")])).expect("write");
    let output = run(bidlens().arg("parse").arg(&path).env("BIDLENS_BSDTAR", "off"));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("libarchive-tools"), "{}", stderr(&output));
    let mut broken = rar(&[("a.txt", b"a")]);
    broken.truncate(20);
    std::fs::write(&path, broken).expect("write");
    let output = run(bidlens().arg("parse").arg(&path));
    assert!(stderr(&output).contains("the archive cannot be opened"), "{}", stderr(&output));
}

/// A stand-in for LibreOffice: looks at its arguments, and makes of any file what `answer` is.
fn stand_in(folder: &std::path::Path, answer: &std::path::Path, script: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("soffice");
    let script = format!(
        "#!/bin/sh\nfor a; do last=$a; case $a in -env:UserInstallation=file://*) profile=$a;; esac; done\n[ -n \"$profile\" ] || exit 9\nout=$(dirname \"$last\")/out; mkdir -p \"$out\"\n{script}\ncp '{}' \"$out/source.docx\"\n",
        answer.display()
    );
    std::fs::write(&program, script).expect("script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    program
}

/// Word 2003 as XML, which no reader here knows.
const WORD_2003: &[u8] =
    b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument xmlns:w=\"w\"/>";

#[test]
fn what_no_reader_here_knows_goes_to_libreoffice() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.doc");
    std::fs::write(&path, WORD_2003).expect("write");
    let office = stand_in(folder.path(), &sample("tender.docx"), "");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(&path).env("BIDLENS_LIBREOFFICE", &office)));
    assert_eq!(parsed["name"], "old.doc");
    assert!(parsed["sections"].as_array().is_some_and(|s| s.len() > 3));
    assert!(parsed["issues"].to_string().contains("read through LibreOffice"), "{}", parsed["issues"]);
    let output = run(bidlens().arg("parse").arg(&path).env("BIDLENS_LIBREOFFICE", "off"));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Word 2003"), "{}", stderr(&output));
}

#[test]
fn libreoffice_that_hangs_fails_or_makes_nothing_costs_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.doc");
    std::fs::write(&path, WORD_2003).expect("write");
    for (script, words) in [
        (
            "sleep 60 & sleep 60",
            "LibreOffice could not read it either: reading the file took longer than the 2 s allowed",
        ),
        ("echo 'source file could not be loaded' >&2; exit 1", "source file could not be loaded"),
        ("exit 0", "it made nothing of the file"),
        ("exec head -c 3000000 /dev/zero > \"$out/source.docx\"", "wrote more than the 1 MB allowed"),
    ] {
        let office = stand_in(folder.path(), &sample("tender.docx"), script);
        let mut command = bidlens();
        command.arg("parse").arg(&path).env("BIDLENS_LIBREOFFICE", &office);
        let output = run(command.env("BIDLENS_PARSE_WALL_S", "2").env("BIDLENS_PARSE_FILE_MB", "1"));
        assert_eq!(output.status.code(), Some(1), "{script}");
        assert!(stderr(&output).contains(words), "{script}: {}", stderr(&output));
    }
}
