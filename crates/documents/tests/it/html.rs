//! HTML as a browser shows it.

use encoding_rs::GBK;
use insta::assert_snapshot;

use crate::{outline, read};

#[test]
fn what_a_browser_shows_is_read() {
    let page = r#"<!DOCTYPE html><html><head><title>公告</title><style>.gone { color: red; display: none }</style><script>var x = "不是文字";</script></head><body>
      <h1>第一章 招标公告</h1>
      <p>本项目<b>公开</b>
         招标。</p>
      <p style="display: none">看不见</p><div class="gone">也看不见</div>
      <ol><li>甲<li>乙</ol>
      <table><tr><th rowspan=2>商务</th><td colspan="2">业绩<br>每项 2 分</td></tr><tr><td>证书</td><td><table><tr><td>内</td></tr></table></td></tr></table>
      <p><input type="checkbox" checked>是 <input type="checkbox">否</p>
      </body></html>"#;
    assert_snapshot!(outline(&read("公告.html", page.as_bytes())), @r"
    ! Info HiddenText: text a browser would not show was left out
    p1 H1 第一章 招标公告
    p1 Paragraph 本项目公开招标。
    p1 ListItem 1. 甲
    p1 ListItem 2. 乙
    p1 Table 2x3
        (0,0 2x1) 商务
        (0,1 1x2) 业绩⏎每项 2 分
        (1,1) 证书
        (1,2) 内
            (0,0) 内
    p1 Paragraph ☑是 ☐否
    ");
}

#[test]
fn a_declared_gb2312_is_read_as_gb18030() {
    let page = r#"<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><p>投标截止时间镕</p></body></html>"#;
    let document = read("a.htm", &GBK.encode(page).0);
    assert_eq!(document.blocks[0].text, "投标截止时间镕");
    assert_eq!(document.issues, []);
}

#[test]
fn very_deep_pages_keep_their_text() {
    let page = format!("<html><body>{}底{}</body></html>", "<div>".repeat(5_000), "</div>".repeat(5_000));
    let document = read("a.html", page.as_bytes());
    assert_eq!(document.blocks.last().map(|b| b.text.as_str()), Some("底"));
}

#[test]
fn nesting_beyond_reason_is_refused_at_once() {
    let page = format!("<html><body>{}底", "<div>".repeat(200_000));
    let document = read("a.html", page.as_bytes());
    assert!(document.blocks.is_empty());
    assert_snapshot!(document.issues[0].detail, @"the page nests more than 10000 elements; save it anew from a browser and upload that");
}
