//! Bad input at the command line: each kind has its exit code and a message that says what to do.

use std::path::Path;

use crate::{bidlens, run, sample, stderr};

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("write a file");
    path.display().to_string()
}

#[test]
fn each_kind_of_bad_input_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let tender = sample("tender.docx").display().to_string();
    let bid = sample("bid_conforming.docx").display().to_string();
    let pdf = std::fs::read(sample("tender_en.pdf")).expect("the sample");
    let docx = std::fs::read(sample("tender.docx")).expect("the sample");
    let file = |name: &str, bytes: &[u8]| write(folder, name, bytes);
    let cases: Vec<(&str, Vec<String>, i32, &str)> = vec![
        ("a file that is not there", vec!["extract".into(), "missing.pdf".into()], 1, "missing.pdf"),
        ("a directory", vec!["extract".into(), folder.display().to_string()], 1, "directory"),
        ("an empty file", vec!["extract".into(), file("empty.pdf", b"")], 1, "empty"),
        ("a PDF cut short", vec!["extract".into(), file("cut.pdf", &pdf[..200])], 1, "cut.pdf"),
        ("a Word file cut short", vec!["extract".into(), file("cut.docx", &docx[..docx.len() / 2])], 1, "cut.docx"),
        (
            "a damaged PDF",
            vec!["extract".into(), file("noise.pdf", b"%PDF-1.7\nnothing of worth\n%%EOF")],
            1,
            "noise.pdf",
        ),
        (
            "an old Word file",
            vec![
                "extract".into(),
                file("old.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ],
            1,
            "old.doc",
        ),
        (
            "a program",
            vec!["extract".into(), file("run.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xFF\xFF\x00\x00")],
            1,
            "run.exe",
        ),
        ("a picture", vec!["extract".into(), file("scan.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")], 1, "scan.png"),
        (
            "an archive that is no office file",
            vec!["extract".into(), file("pack.zip", b"PK\x03\x04\x14\x00\x00\x00\x00\x00")],
            1,
            "pack.zip",
        ),
        ("a model nobody has", vec!["extract".into(), tender.clone(), "--model".into(), "gpt".into()], 1, "builtin"),
        ("no file at all", vec!["extract".into()], 2, "required"),
        ("a flag nobody has", vec!["extract".into(), tender.clone(), "--fast".into()], 2, "--fast"),
        ("a review without bids", vec!["review".into(), "--tender".into(), tender.clone()], 2, "--bid"),
        ("a command nobody has", vec!["inspect".into()], 2, "inspect"),
        (
            "rules that are not there",
            vec![
                "review".into(),
                "--tender".into(),
                tender.clone(),
                "--bid".into(),
                bid.clone(),
                "--rules".into(),
                "none.yaml".into(),
            ],
            1,
            "none.yaml",
        ),
        (
            "rules that are no YAML",
            vec![
                "review".into(),
                "--tender".into(),
                tender.clone(),
                "--bid".into(),
                bid.clone(),
                "--rules".into(),
                file("bad.yaml", b"rules: ["),
            ],
            1,
            "bad.yaml",
        ),
        (
            "a rule of an unknown type",
            vec![
                "review".into(),
                "--tender".into(),
                tender.clone(),
                "--bid".into(),
                bid.clone(),
                "--rules".into(),
                file("type.yaml", b"rules:\n - id: A\n   type: guess\n"),
            ],
            1,
            "guess",
        ),
        (
            "a rule with an unknown expression",
            vec![
                "review".into(),
                "--tender".into(),
                tender.clone(),
                "--bid".into(),
                bid.clone(),
                "--rules".into(),
                file("expr.yaml", b"rules:\n - id: A\n   condition: must shine\n"),
            ],
            1,
            "must shine",
        ),
        (
            "a rule with a bad pattern",
            vec![
                "review".into(),
                "--tender".into(),
                tender.clone(),
                "--bid".into(),
                bid.clone(),
                "--rules".into(),
                file("regex.yaml", b"rules:\n - id: A\n   type: regex\n   pattern: '('\n"),
            ],
            1,
            "pattern",
        ),
        (
            "two rules of one id",
            vec![
                "review".into(),
                "--tender".into(),
                tender.clone(),
                "--bid".into(),
                bid.clone(),
                "--rules".into(),
                file(
                    "twice.yaml",
                    b"rules:\n - id: A\n   type: exists\n   terms: [x]\n - id: A\n   type: exists\n   terms: [y]\n",
                ),
            ],
            1,
            "id",
        ),
    ];
    for (what, arguments, code, word) in cases {
        let output = run(bidlens().args(&arguments));
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{what}: {said}");
        assert!(said.contains(word), "{what}: {said}");
        assert!(output.stdout.is_empty(), "{what}: nothing but results on stdout");
    }
}

#[test]
fn each_bad_setting_stops_the_start() {
    let data = tempfile::tempdir().expect("a folder");
    let cases = [
        ("BIDLENS_LISTEN", "somewhere", "BIDLENS_LISTEN=somewhere"),
        ("BIDLENS_MAX_UPLOAD_MB", "-1", "BIDLENS_MAX_UPLOAD_MB=-1"),
        ("BIDLENS_NONSENSE", "1", "BIDLENS_NONSENSE"),
        ("ASYNC_INGEST_ENABLED", "maybe", "ASYNC_INGEST_ENABLED=maybe"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL"),
        ("REDIS_URL", "http://:secret@h", "REDIS_URL: use redis://"),
    ];
    for (name, value, word) in cases {
        let output = run(bidlens().arg("serve").arg("--data-dir").arg(data.path()).env(name, value));
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(stderr(&output).contains(word), "{name}: {}", stderr(&output));
    }
    assert_eq!(std::fs::read_dir(data.path()).expect("the folder").count(), 0, "nothing was stored");
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = write(folder.path(), "broken.pdf", b"%PDF-1.7\nnothing");
    let output = run(bidlens().args(["extract", "--json"]).arg(sample("tender.docx")).arg(broken));
    let facts = crate::json(&output);
    assert_eq!(facts["fields"]["tender_no"]["status"], "found");
    assert!(stderr(&output).contains("broken.pdf"));
}
