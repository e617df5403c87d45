//! Packages of files: what comes out, under which names, and what does not.

use std::io::{Cursor, Write as _};

use bidlens_documents::{Limits, may_be_package, unpack};
use encoding_rs::GBK;
use insta::assert_snapshot;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::office::{container, docx, p, xlsx};
use crate::read;

/// What [`unpack`] gives, as text.
pub(crate) fn members(name: &str, bytes: &[u8]) -> String {
    members_within(name, bytes, &Limits::default())
}

fn members_within(name: &str, bytes: &[u8], limits: &Limits) -> String {
    let mut out = String::new();
    let done = unpack(name, bytes, limits, &mut |member| {
        out.push_str(&format!("{} ({} bytes)\n", member.path, member.bytes.len()));
        true
    });
    match done {
        None => "no package".to_owned(),
        Some(done) => {
            for issue in done.issues {
                out.push_str(&format!("! {:?}: {}\n", issue.code, issue.detail));
            }
            format!("{out}{}", if done.keep { "kept" } else { "not kept" })
        }
    }
}

/// A ZIP whose names stand in GBK, as old Chinese programs write them: patched in, for the writer knows only UTF-8.
fn gbk_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let encoded: Vec<Vec<u8>> = files.iter().map(|(name, _)| GBK.encode(name).0.into_owned()).collect();
    let stand_in = |at: usize| format!("{at}{}", "x".repeat(encoded[at].len() - 1));
    for (at, (_, content)) in files.iter().enumerate() {
        writer.start_file(stand_in(at), SimpleFileOptions::default()).expect("start");
        writer.write_all(content).expect("write");
    }
    let mut bytes = writer.finish().expect("finish").into_inner();
    for (at, name) in encoded.iter().enumerate() {
        let old = stand_in(at).into_bytes();
        let places: Vec<usize> = (0..bytes.len() - old.len()).filter(|n| bytes[*n..].starts_with(&old)).collect();
        for place in places {
            bytes[place..place + old.len()].copy_from_slice(name);
        }
    }
    bytes
}

#[test]
fn a_package_gives_its_files_under_their_paths() {
    let word = docx(&p("正文。"), &[]);
    let package = container(&[
        ("商务标/投标函.docx", &word),
        ("商务标/", b""),
        ("技术标\\方案.txt", "方案".as_bytes()),
        ("../../etc/passwd", b"root"),
        ("__MACOSX/._a", b"x"),
        ("inner.zip", &container(&[("a.txt", b"a")])),
    ]);
    assert_snapshot!(members("投标.zip", &package), @"
    商务标/投标函.docx (756 bytes)
    技术标/方案.txt (6 bytes)
    etc/passwd (4 bytes)
    inner.zip (111 bytes)
    not kept
    ");
    assert_snapshot!(members("投标.zip", &gbk_zip(&[("商务标/投标函.txt", b"a"), ("报价.txt", b"b")])), @"
    商务标/投标函.txt (1 bytes)
    报价.txt (1 bytes)
    not kept
    ");
}

#[test]
fn office_files_are_no_packages() {
    let word = docx(&p("正文。"), &[]);
    assert!(!may_be_package("a.docx", &word));
    assert_eq!(members("a.zip", &word), "no package");
    assert_eq!(members("a.zip", &xlsx("<sheetData/>")), "no package");
    assert_eq!(members("a.zip", b"just words"), "no package");
}

#[test]
fn what_cannot_be_opened_is_told_file_by_file() {
    let mut package =
        container(&[("good.txt", b"good"), ("bad.txt", b"bad bad bad bad bad bad bad bad"), ("last.txt", b"last")]);
    let at = package.windows(7).position(|w| w == b"bad.txt").expect("its name") + 7;
    package[at..at + 4].copy_from_slice(&[0xFF; 4]);
    assert_snapshot!(members("a.zip", &package), @"
    good.txt (4 bytes)
    last.txt (4 bytes)
    ! Malformed: bad.txt: the file is damaged in its package (corrupt deflate stream); pack it anew and upload that
    kept
    ");
    // Kept as a file of its own, it says the same where its readers look for it.
    assert_snapshot!(read("a.zip", &package).issues[0].detail, @"bad.txt: the file is damaged in its package (corrupt deflate stream); pack it anew and upload that");
    let mut locked = container(&[("secret.txt", b"secret")]);
    // The flag of encryption, in both places where a file's flags stand.
    locked[6] |= 1;
    let at = locked.windows(4).position(|w| w == b"PK\x01\x02").expect("the index");
    locked[at + 8] |= 1;
    assert_snapshot!(members("a.zip", &locked), @"
    ! Encrypted: secret.txt: the file is protected by a password; pack it anew without one and upload that
    kept
    ");
    assert_snapshot!(members("a.zip", &package[..package.len() / 2]), @"
    ! Truncated: this ZIP container is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more
    kept
    ");
}

#[test]
fn packages_are_bounded() {
    let many: Vec<(String, Vec<u8>)> = (0..20).map(|n| (format!("{n}.txt"), vec![b'a'; 1_000])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    let package = container(&many);
    let small = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    assert_snapshot!(members_within("a.zip", &package, &small(|l| l.max_members = 2)), @"
    0.txt (1000 bytes)
    1.txt (1000 bytes)
    ! ExpansionLimit: only the first 2 files of the package were read; split it, or raise BIDLENS_PARSE_PACKAGE_FILES
    kept
    ");
    assert_snapshot!(members_within("a.zip", &package, &small(|l| l.max_unpacked_bytes = 2_500)), @"
    0.txt (1000 bytes)
    1.txt (1000 bytes)
    ! ExpansionLimit: 2.txt: the files of the package are more than the 0 MB allowed; split it, or raise BIDLENS_PARSE_PACKAGE_MB
    kept
    ");
    assert_snapshot!(members_within("a.zip", &package, &small(|l| l.max_bytes = 3_000)), @"
    0.txt (1000 bytes)
    1.txt (1000 bytes)
    2.txt (1000 bytes)
    3.txt (1000 bytes)
    4.txt (1000 bytes)
    5.txt (1000 bytes)
    6.txt (1000 bytes)
    7.txt (1000 bytes)
    8.txt (1000 bytes)
    9.txt (1000 bytes)
    10.txt (1000 bytes)
    11.txt (1000 bytes)
    12.txt (1000 bytes)
    13.txt (1000 bytes)
    14.txt (1000 bytes)
    15.txt (1000 bytes)
    16.txt (1000 bytes)
    17.txt (1000 bytes)
    18.txt (1000 bytes)
    19.txt (1000 bytes)
    not kept
    ");
    let bomb = container(&[("bomb.txt", &vec![b'0'; 70 << 20]), ("good.txt", b"good")]);
    assert_snapshot!(members("a.zip", &bomb), @"
    good.txt (4 bytes)
    ! ExpansionLimit: bomb.txt: the file inflates to more than 1000 times its size, as no document does; it was left out
    kept
    ");
}

/// A 7Z archive with these files.
pub(crate) fn seven_z(files: &[(&str, &[u8])]) -> Vec<u8> {
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter};
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).expect("a writer");
    for (name, content) in files {
        writer.push_archive_entry(ArchiveEntry::new_file(name), Some(*content)).expect("a file");
    }
    writer.finish().expect("finish").into_inner()
}

#[test]
fn a_7z_archive_gives_its_files() {
    let archive = seven_z(&[("商务标/投标函.txt", "正文".as_bytes()), ("../x.txt", b"x")]);
    assert_snapshot!(members("投标.7z", &archive), @"
    商务标/投标函.txt (6 bytes)
    x.txt (1 bytes)
    not kept
    ");
    assert_snapshot!(members("a.7z", &archive[..archive.len() - 20]), @r#"
    ! Truncated: the archive is cut off or damaged (failed to fill whole buffer); copy or pack it again and upload it once more
    kept
    "#);
    crate::bad_files::damage("a.7z", &archive, 100);
}

#[test]
fn a_rar_archive_says_what_it_needs() {
    assert_snapshot!(members("a.rar", b"Rar!\x1A\x07\x01\0aaaa"), @"
    ! Unsupported: the file is a RAR archive, which is read with the program bsdtar (Debian package libarchive-tools) where it is installed and can open it; install it, or unpack the archive and upload the files inside
    kept
    ");
}
