//! Mails: EML with its ways of writing words, MSG, web archives; their attachments.

use encoding_rs::{BIG5, GBK};
use insta::assert_snapshot;

use crate::ole::{Node, ole, stream};
use crate::packages::members;
use crate::{outline, read};

/// A mail whose subject, body and attachment names are written in GBK in several ways.
pub(crate) fn clarification() -> Vec<u8> {
    let body = GBK.encode("各投标人：\r\n开标时间改为2031年5月8日。\r\n").0.into_owned();
    let quoted: String =
        body.iter().map(|b| if b.is_ascii() { char::from(*b).to_string() } else { format!("={b:02X}") }).collect();
    format!(
        "Received: from mail.example\r\nFrom: =?gb2312?B?1dCx6rDs?= <bid@example.com>\r\nTo: all@example.com\r\nSubject: =?UTF-8?B?5YWz5LqO5byA5qCH5pe2?=\r\n =?UTF-8?B?6Ze055qE5r6E5riF?=\r\nDate: Thu, 1 May 2031 09:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x;1\"\r\n\r\npreamble\r\n--x;1\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n--y--\r\n--x;1\r\nContent-Type: application/octet-stream;\r\n name*=UTF-8''%E6%BE%84%E6%B8%85.txt\r\nContent-Disposition: attachment; filename*=UTF-8''%E6%BE%84%E6%B8%85.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n5pyA6auY6ZmQ\r\n5Lu3MTAw5LiH5YWD\r\n--x;1\r\nContent-Type: image/png; name=\"logo.png\"\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x;1--\r\n"
    )
    .into_bytes()
}

#[test]
fn a_mail_is_read_with_its_headers_and_names_its_attachments() {
    let document = read("澄清.eml", &clarification());
    assert_snapshot!(outline(&document), @"
    p1 Paragraph From: 招标办 <bid@example.com>
    p1 Paragraph To: all@example.com
    p1 Paragraph Date: Thu, 1 May 2031 09:00:00 +0800
    p1 Paragraph Subject: 关于开标时间的澄清
    p1 Paragraph 各投标人：
    p1 Paragraph 开标时间改为2031年5月8日。
    p1 Paragraph Attachment: 澄清.txt
    ");
    let embedded: Vec<_> = document.embedded.iter().map(|e| (e.name.as_str(), e.kind, e.size)).collect();
    assert_snapshot!(format!("{embedded:?}"), @r#"[("澄清.txt", Attachment, 21), ("logo.png", Picture, 8)]"#);
    // A name that says nothing does not matter: the content is a mail.
    assert_eq!(read("澄清", &clarification()).blocks, document.blocks);
}

#[test]
fn attachments_come_out_as_files() {
    assert_snapshot!(members("澄清.eml", &clarification()), @"
    澄清.txt (21 bytes)
    kept
    ");
}

#[test]
fn html_keeps_the_tables_of_a_mail() {
    let mail = b"MIME-Version: 1.0\r\nSubject: q\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<table><tr><td>A</td><td>1</td></tr></table>\r\n--b--\r\n";
    assert_snapshot!(outline(&read("a.eml", mail)), @"
    p1 Paragraph Subject: q
    p1 Table 1x2
        (0,0) A
        (0,1) 1
    ");
}

#[test]
fn a_web_archive_is_read_as_the_page_it_holds() {
    let archive = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Location: file:///a.htm\r\n\r\n<html><body><h1>Tender</h1><p>Words</p></body></html>\r\n--b\r\nContent-Type: text/css\r\n\r\np {}\r\n--b--\r\n";
    assert_snapshot!(outline(&read("标书.mht", archive)), @"
    p1 H1 Tender
    p1 Paragraph Words
    ");
}

/// An Outlook message with wide and narrow strings, a file and a mail inside.
pub(crate) fn message() -> Vec<u8> {
    let wide = |id: &str, words: &str| {
        let units: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        stream(&format!("__substg1.0_{id}001F"), units)
    };
    let narrow = stream("__substg1.0_0C1A001E", GBK.encode("招标办").0.into_owned());
    ole(&[
        stream("__properties_version1.0", vec![0; 32]),
        wide("0037", "关于开标时间的澄清"),
        narrow,
        wide("0C1F", "bid@example.com"),
        wide("0E04", "全体投标人"),
        wide("1000", "开标时间改为2031年5月8日。\r\n其余不变。"),
        wide("007D", "Date: Thu, 1 May 2031 09:00:00 +0800\r\n"),
        Node::Storage(
            "__attach_version1.0_#00000000".into(),
            vec![wide("3707", "澄清.txt"), stream("__substg1.0_37010102", "最高限价100万元".as_bytes())],
        ),
    ])
}

#[test]
fn an_outlook_message_is_read_the_same_way() {
    assert_snapshot!(outline(&read("澄清.msg", &message())), @"
    p1 Paragraph From: 招标办 <bid@example.com>
    p1 Paragraph To: 全体投标人
    p1 Paragraph Date: Thu, 1 May 2031 09:00:00 +0800
    p1 Paragraph Subject: 关于开标时间的澄清
    p1 Paragraph 开标时间改为2031年5月8日。
    p1 Paragraph 其余不变。
    p1 Paragraph Attachment: 澄清.txt
    ");
    assert_snapshot!(members("澄清.msg", &message()), @"
    澄清.txt (21 bytes)
    kept
    ");
}

#[test]
fn a_mail_that_is_cut_off_says_so() {
    let whole = clarification();
    let document = read("a.eml", &whole[..whole.len() - 60]);
    assert_snapshot!(document.issues[0].detail, @"the mail is cut off: its last part has no end; save it again from the mail program");
}

#[test]
fn parts_inside_each_other_end() {
    let mut mail = b"MIME-Version: 1.0\r\nSubject: deep\r\n".to_vec();
    for n in 0..5_000 {
        mail.extend(format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n").into_bytes());
    }
    let document = read("a.eml", &mail);
    assert!(!document.issues.is_empty());
}

#[test]
fn damaged_mails_never_panic() {
    crate::bad_files::damage("a.eml", &clarification(), 300);
    crate::bad_files::damage("a.msg", &message(), 300);
}

#[test]
fn text_in_big5_and_utf16_is_read() {
    let words = "招標文件：開標時間為六月八日，投標保證金一萬元。請各投標人於期限內繳納並備妥證明文件。";
    let big5 = BIG5.encode(words).0.into_owned();
    assert_eq!(read("a.txt", &big5).blocks[0].text, words);
    for (mark, swap) in [([0xFF, 0xFE], false), ([0xFE, 0xFF], true)] {
        let units = words.encode_utf16().flat_map(|u| if swap { u.to_be_bytes() } else { u.to_le_bytes() });
        let bytes: Vec<u8> = mark.into_iter().chain(units).collect();
        assert_eq!(read("a.txt", &bytes).blocks[0].text, words);
    }
    let csv: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("序号\t名称\n1\t水泵\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_snapshot!(outline(&read("清单.csv", &csv)), @"
    p1 Table 2x2
        (0,0) 序号
        (0,1) 名称
        (1,0) 1
        (1,1) 水泵
    ");
}
