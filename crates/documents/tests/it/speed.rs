//! What must not depend on how fast a file is read: threads, who owns the bytes, and the names of results.

use bidlens_documents::{Limits, parse, parse_owned, result_key};
use bidlens_domain::document::{IssueCode, TextSource};

use crate::pdf::{Pdf, at, lines};

/// Sixty pages with a running header, a paragraph over two pages and page numbers.
fn long_pdf() -> Vec<u8> {
    let mut pdf = Pdf::new();
    for number in 1..=60 {
        let header = at(200.0, 810.0, 9.0, "青石镇水泵采购项目招标文件");
        let foot = at(290.0, 20.0, 9.0, &format!("第{number}页"));
        let title = format!("第{number}条 要求");
        let text = [title.as_str(), "投标人应当在投标截止时间之前把投标文件送达指定地点并", "按照规定签章。"];
        pdf = pdf.page(&format!("{header}{}{foot}", lines(60.0, 100.0, &text)));
    }
    pdf.bytes()
}

#[test]
fn any_number_of_threads_reads_the_same() {
    let bytes = long_pdf();
    let with = |threads| parse("a.pdf", &bytes, &Limits { threads, ..Limits::default() });
    let one = with(1);
    assert_eq!(one.pages.len(), 60);
    assert!(one.blocks.len() > 120, "{} blocks", one.blocks.len());
    for threads in [0, 2, 3, 16, 1_000] {
        assert_eq!(with(threads), one, "{threads} threads");
    }
    assert_eq!(parse_owned("a.pdf", bytes.clone(), &Limits::default()), one);
}

#[test]
fn pages_beyond_the_limit_are_left_out_whatever_the_threads() {
    let bytes = long_pdf();
    for threads in [1, 4] {
        let document = parse("a.pdf", &bytes, &Limits { threads, max_pages: 33, ..Limits::default() });
        let numbers: Vec<u32> = document.pages.iter().map(|p| p.number).collect();
        assert_eq!(numbers, (1..=33).collect::<Vec<u32>>());
        assert!(document.pages.iter().all(|p| p.text_source == TextSource::Digital));
        let issues: Vec<_> = document.issues.iter().map(|i| (i.code, i.page)).collect();
        assert_eq!(issues, [(IssueCode::TooManyPages, Some(34))]);
        assert!(!document.is_final(), "with a higher limit there is more to read");
    }
}

#[test]
fn a_result_is_named_by_all_that_decides_it() {
    let limits = Limits::default();
    let key = |name: &str, change: fn(&mut Limits)| {
        let mut limits = limits.clone();
        change(&mut limits);
        result_key(name, &limits)
    };
    let own = key("甲.pdf", |_| {});
    assert_eq!(own.len(), 64);
    assert_eq!(own, key("乙.PDF", |l| l.threads = 7), "neither a name nor the threads change what is read");
    let others = [
        key("甲.txt", |_| {}),
        key("甲.pdf", |l| l.max_pages -= 1),
        key("甲.pdf", |l| l.max_bytes += 1),
        key("甲.pdf", |l| l.max_depth += 1),
    ];
    for (at, other) in others.iter().enumerate() {
        assert_ne!(own, *other);
        assert!(!others[..at].contains(other));
    }
    assert_eq!(bidlens_documents::VERSION.len(), 32);
}
