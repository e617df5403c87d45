//! What the file says about its making: people, programs, editing sessions, fonts.

use insta::assert_snapshot;

use crate::office::{Docx, p};
use crate::read;

#[test]
fn people_programs_sessions_and_fonts_are_kept() {
    let body = r#"<w:p w:rsidR="00000003" w:rsidRDefault="0000000A"><w:pPr><w:pStyle w:val="S"/></w:pPr><w:r w:rsidRPr="00000001"><w:rPr><w:rFonts w:ascii="Arial" w:eastAsia="黑体"/></w:rPr><w:t>正文。</w:t></w:r><w:r><w:rPr><w:rFonts w:ascii="没有文字的字体"/></w:rPr></w:r></w:p>"#;
    let file = Docx::new(body)
        .story("settings", "settings.xml", "settings", r#"<w:rsids><w:rsidRoot w:val="00000002"/><w:rsid w:val="00000003"/><w:rsid w:val="不是"/></w:rsids>"#)
        .story("styles", "styles.xml", "styles", r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:styleId="S"><w:rPr><w:rFonts w:eastAsia="仿宋"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="T"><w:rPr><w:rFonts w:eastAsia="未用"/></w:rPr></w:style>"#)
        .file("docProps/core.xml", r#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:t="t"><dc:creator>甲</dc:creator><cp:lastModifiedBy>乙</cp:lastModifiedBy><t:created>2025-01-02T03:04:05Z</t:created><t:modified>2025-01-03T03:04:05Z</t:modified></cp:coreProperties>"#)
        .file("docProps/app.xml", "<Properties><Application>WPS Office</Application><AppVersion>12.0001</AppVersion><Company>丙公司</Company></Properties>")
        .bytes();
    assert_snapshot!(format!("{:#?}", read("a.docx", &file).metadata), @r#"
    Metadata {
        title: None,
        author: Some(
            "甲",
        ),
        last_modified_by: Some(
            "乙",
        ),
        producer: Some(
            "WPS Office",
        ),
        created: Some(
            "2025-01-02T03:04:05Z",
        ),
        modified: Some(
            "2025-01-03T03:04:05Z",
        ),
        application: Some(
            "WPS Office 12.0001",
        ),
        company: Some(
            "丙公司",
        ),
        revision_ids: [
            "00000001",
            "00000002",
            "00000003",
            "0000000A",
        ],
        fonts: [
            "Arial",
            "Calibri",
            "仿宋",
            "黑体",
        ],
        identifiers: [],
    }
    "#);
}

/// SHA-256 of `<甲/>` in Base64, made with `printf '<甲/>' | openssl dgst -sha256 -binary | base64`.
const DIGEST: &str = "D8EfbCE7v+OiYvTc+g8iw69iO8XmDdshVltLfXk2yOs=";

#[test]
fn signatures_say_who_signed_and_whether_the_parts_changed_since() {
    let signed = |name: &str, part: &str| {
        let signature = format!(
            r##"<Signature><SignedInfo><Reference URI="#idPackageObject"><DigestMethod Algorithm="x#sha256"/><DigestValue>AA==</DigestValue></Reference></SignedInfo><SignatureValue>AAAA</SignatureValue><Object><Manifest><Reference URI="/word/other.xml?ContentType=x"><Transforms><Transform/></Transforms><DigestMethod Algorithm="x#sha256"/><DigestValue>BB==</DigestValue></Reference><Reference URI="/word/{part}?ContentType=application/xml"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{DIGEST}</DigestValue></Reference></Manifest><SignatureProperty><SignatureTime><Format>x</Format><Value>2025-03-01T08:00:00Z</Value></SignatureTime></SignatureProperty></Object><Object><SignatureText>覃某</SignatureText><SignatureComments>同意投标</SignatureComments></Object></Signature>"##
        );
        (format!("_xmlsignatures/{name}.xml"), signature)
    };
    let (first, second) = (signed("sig1", "same.xml"), signed("sig2", "changed.xml"));
    let file = Docx::new(p("正文。"))
        .file("word/same.xml", "<甲/>")
        .file("word/changed.xml", "<乙/>")
        .file(&first.0, first.1)
        .file(&second.0, second.1)
        .bytes();
    let document = read("a.docx", &file);
    let shown: Vec<String> = document
        .signatures
        .iter()
        .map(|s| {
            let changed = if s.changed_after { "changed since" } else { "unchanged" };
            format!("{} {:?} {:?} {:?} {changed}", s.field, s.signer, s.reason, s.signed_at)
        })
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    sig1 Some("覃某") Some("同意投标") Some("2025-03-01T08:00:00Z") unchanged
    sig2 Some("覃某") Some("同意投标") Some("2025-03-01T08:00:00Z") changed since
    "#);
}
