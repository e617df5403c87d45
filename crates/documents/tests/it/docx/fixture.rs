//! One invented tender with thirty tables, and the list of facts that hide in it.
//!
//! Each fact names the place it hides in and the words that must be read there. The document and the list are
//! made by hand, part by part; the test asserts every fact, the example `docx_measure` counts them.

use bidlens_domain::document::{BlockKind, Document, EmbeddedKind, IssueCode, Table};

use crate::office::{Docx, NAMESPACES, p};

/// Where a fact must stand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Heading,
    Paragraph,
    ListItem,
    Header,
    Footer,
    Footnote,
    TextBox,
    /// The table counted from 1, row and column from 0: the words are all the cell holds.
    Cell(usize, u32, u32),
    /// A cell of the first table nested in that cell.
    Nested(usize, (u32, u32), (u32, u32)),
    /// Rows and columns the cell covers, written `2x3`.
    Span(usize, u32, u32),
    /// What the comment says, and what it is about.
    CommentText,
    CommentAbout,
    /// The words must not be read as content anywhere.
    Absent,
    /// An issue of this code that says the words.
    Issue(IssueCode),
    Embedded(EmbeddedKind),
    /// A font, an editing session or a name in the metadata.
    Metadata,
}

pub(crate) type Fact = (&'static str, Place, &'static str);

/// Whether the document holds the fact where it must stand.
pub(crate) fn holds(document: &Document, (_, place, words): &Fact) -> bool {
    let block = |wanted: fn(&BlockKind) -> bool| document.blocks.iter().any(|b| wanted(&b.kind) && b.text == *words);
    let tables: Vec<(&str, &Table)> = document
        .blocks
        .iter()
        .filter_map(|b| match &b.kind {
            BlockKind::Table(table) => Some((b.text.as_str(), table)),
            _ => None,
        })
        .collect();
    let cell = |at: usize, row: u32, column: u32| {
        let (text, table) = tables.get(at - 1)?;
        let cell = table.cells.iter().find(|c| (c.row, c.column) == (row, column))?;
        Some((*text, cell))
    };
    match *place {
        Place::Heading => block(|k| matches!(k, BlockKind::Heading { .. })),
        Place::Paragraph => block(|k| *k == BlockKind::Paragraph),
        Place::ListItem => block(|k| *k == BlockKind::ListItem),
        Place::Header => block(|k| *k == BlockKind::Header),
        Place::Footer => block(|k| *k == BlockKind::Footer),
        Place::Footnote => block(|k| *k == BlockKind::Footnote),
        Place::TextBox => block(|k| *k == BlockKind::TextBox),
        Place::Cell(table, row, column) => {
            cell(table, row, column).is_some_and(|(text, cell)| cell.range.slice(text) == *words)
        }
        Place::Nested(table, (row, column), inner) => cell(table, row, column).is_some_and(|(text, cell)| {
            let nested = cell.nested.first().and_then(|t| t.cells.iter().find(|c| (c.row, c.column) == inner));
            nested.is_some_and(|c| c.range.slice(text) == *words)
        }),
        Place::Span(table, row, column) => {
            cell(table, row, column).is_some_and(|(_, c)| format!("{}x{}", c.row_span, c.column_span) == *words)
        }
        Place::CommentText => document.comments.iter().any(|c| c.text == *words),
        Place::CommentAbout => document.comments.iter().any(|c| c.about == *words),
        Place::Absent => !document.blocks.iter().any(|b| b.text.contains(words)),
        Place::Issue(code) => document.issues.iter().any(|i| i.code == code && i.detail.contains(words)),
        Place::Embedded(kind) => document.embedded.iter().any(|e| e.kind == kind && e.name == *words),
        Place::Metadata => {
            let made = &document.metadata;
            let named = [&made.author, &made.last_modified_by, &made.company, &made.application];
            named.into_iter().any(|n| n.as_deref() == Some(words))
                || made.revision_ids.iter().chain(&made.fonts).any(|n| n == words)
        }
    }
}

/// Where it hides, where it must stand, what must be read.
pub(crate) const FACTS: &[Fact] = &[
    // Running text, numbers
    ("heading numbered by its style", Place::Heading, "第一章 招标公告"),
    ("heading numbered by a style based on it", Place::Heading, "第二章 投标人须知"),
    ("legal number below a Chinese one", Place::ListItem, "2.1 投标保证金为人民币叁万元整。"),
    ("number after a deleted paragraph", Place::ListItem, "2.2 投标有效期为九十日历天。"),
    ("number after a hidden paragraph", Place::ListItem, "2.3 履约担保为合同价的百分之五。"),
    ("list that starts anew", Place::ListItem, "（一）营业执照副本复印件；"),
    ("circled number", Place::ListItem, "① 近三年无行贿犯罪记录；"),
    ("star as bullet", Place::ListItem, "★ 水泵效率不低于百分之八十二；"),
    ("paragraph joined over a deleted end", Place::Paragraph, "开标时间为三月十八日上午九时整。"),
    ("insertion kept", Place::Paragraph, "质保期为二十四个月。"),
    ("deletion dropped", Place::Absent, "质保期为十二"),
    ("words moved away", Place::Absent, "旧址：青禾市北门路"),
    ("words moved here", Place::Paragraph, "递交地点：青禾市南湖路六号二楼"),
    ("result of a reference", Place::Paragraph, "付款条件见第二章第三节。"),
    ("instruction of a reference", Place::Absent, "_Ref20250"),
    ("merge field", Place::Paragraph, "采购人：青禾市排水管理所"),
    ("link", Place::Paragraph, "公告发布于 http://example.com/qinghe"),
    ("text form field", Place::Paragraph, "联系人：覃工"),
    ("field without end", Place::Paragraph, "本段在未结束的域之后，不得丢失。"),
    ("equation", Place::Paragraph, "评标得分 F=(D/(n-1))×100"),
    ("root and power", Place::Paragraph, "误差 e=√(x^2+y_1)"),
    ("reading over a word", Place::Paragraph, "泵站名称：漷河泵站"),
    ("smart tag and direction", Place::Paragraph, "工期自二〇二五年四月一日起。"),
    ("non-breaking hyphen", Place::Paragraph, "项目编号：QH-2025-017"),
    ("hidden words", Place::Absent, "标底为七十九万元"),
    ("hidden words are told", Place::Issue(IssueCode::HiddenText), "标底为七十九万元"),
    ("tracked changes are told", Place::Issue(IssueCode::TrackedChanges), "覃某"),
    ("prompt of a control", Place::Absent, "单击此处输入投标报价"),
    ("prompts are told", Place::Issue(IssueCode::UnfilledControl), "their prompt: 1"),
    ("control bound to XML", Place::Paragraph, "最高限价：八十二万六千元"),
    ("word art", Place::TextBox, "内部资料 严禁外传"),
    ("box drawn twice is read once", Place::TextBox, "温馨提示：请携带法人身份证原件"),
    ("box of old programs", Place::TextBox, "咨询电话：100000000"),
    ("diagram", Place::TextBox, "项目经理\n技术负责人"),
    ("document inside the document", Place::Paragraph, "附录由网页导入：踏勘集合时间为八时三十分。"),
    // Furniture and notes
    ("header of most pages", Place::Header, "青禾市漷河泵站设备采购"),
    ("header of the first page", Place::Header, "招标编号 QH-2025-017 正本"),
    ("header of even pages", Place::Header, "青禾市排水管理所 编制"),
    ("header inside a table", Place::Header, "密级：内部"),
    ("header of the second section", Place::Header, "第二册 技术规范"),
    ("footer with a page field", Place::Footer, "第 3 页 共 40 页"),
    ("first header of a section without title page", Place::Absent, "从不显示的首页页眉"),
    ("footnote", Place::Footnote, "本价格含百分之十三增值税。"),
    ("footnote of a cell", Place::Footnote, "进口部件须附报关单。"),
    ("endnote", Place::Footnote, "以最新版规范为准。"),
    ("comment", Place::CommentText, "此处与须知前附表不一致"),
    ("what the comment is about", Place::CommentAbout, "投标人须具备机电安装资质"),
    ("comment on a cell", Place::CommentAbout, "额定流量"),
    // Tables
    ("1 heading cell over both columns", Place::Span(1, 0, 0), "1x2"),
    ("1 plain cell", Place::Cell(1, 1, 1), "青禾市漷河泵站水泵采购"),
    ("1 two paragraphs in a cell", Place::Cell(1, 2, 1), "金额：叁万元\n形式：银行保函"),
    ("2 merged rows", Place::Span(2, 1, 0), "2x1"),
    ("2 cell beside merged rows", Place::Cell(2, 2, 1), "类似业绩每项得二分"),
    ("2 words under a merged cell", Place::Absent, "被合并盖住的旧文字"),
    ("3 nested table", Place::Nested(3, (0, 1), (1, 1)), "壹拾伍台"),
    ("3 words before the nested table", Place::Cell(3, 0, 1), "数量如下\n名称\t数量\n水泵\t壹拾伍台\n以上为全部"),
    ("4 table nested twice", Place::Nested(4, (0, 0), (0, 1)), "内层之内\n扬程\t三十二米"),
    ("5 ticked control", Place::Cell(5, 0, 1), "☑接受 ☐不接受"),
    ("5 ticked form field", Place::Cell(5, 1, 1), "☐是 ☑否"),
    ("5 tick of a symbol font", Place::Cell(5, 2, 1), "☑允许分包 □不允许"),
    ("5 tick drawn by a field", Place::Cell(5, 3, 1), "☑提供样品"),
    ("6 changes in a cell", Place::Cell(6, 0, 1), "延误一日扣千分之二"),
    ("7 row kept after a deleted row", Place::Cell(7, 1, 0), "第二行为新增行"),
    ("7 deleted row", Place::Absent, "此行已被删除"),
    ("8 cell with a footnote", Place::Cell(8, 0, 1), "机械密封"),
    ("9 box in a cell", Place::Cell(9, 0, 1), "见框\n框内：交货期四十五天"),
    ("10 old box in a cell", Place::Cell(10, 0, 0), "旧框内：质量标准为合格"),
    ("11 numbers in cells", Place::Cell(11, 1, 0), "2、电机"),
    ("11 number by a level override", Place::Cell(11, 2, 0), "５、控制柜"),
    ("12 equation in a cell", Place::Cell(12, 0, 1), "Q/(3600)"),
    ("13 fraction drawn by a field", Place::Cell(13, 0, 1), "基准价/投标价×30"),
    ("14 row that begins late", Place::Cell(14, 1, 1), "缩进行首格"),
    ("15 cells merged in the old way", Place::Span(15, 0, 0), "1x3"),
    ("16 control around a row", Place::Cell(16, 1, 1), "控件内的整行"),
    ("17 control around a cell", Place::Cell(17, 0, 1), "控件内的单元格"),
    ("17 ticked control around a cell", Place::Cell(17, 1, 1), "☑"),
    ("18 bound control in a cell", Place::Cell(18, 0, 1), "青禾市发展和改革局"),
    ("18 chosen entry", Place::Cell(18, 1, 1), "综合评分法"),
    ("18 entry of an old list", Place::Cell(18, 2, 1), "公开招标"),
    ("19 hidden row", Place::Absent, "隐藏行的成本价"),
    ("19 row after the hidden one", Place::Cell(19, 1, 0), "可见的第二行"),
    ("20 tab and line break", Place::Cell(20, 0, 1), "甲 乙\n丙"),
    ("21 words moved into a cell", Place::Cell(21, 0, 1), "移入的技术条款"),
    ("22 cell under a deleted paragraph end", Place::Cell(22, 0, 1), "前半句后半句。"),
    ("23 commented cell", Place::Cell(23, 0, 0), "额定流量"),
    ("24 picture in a cell", Place::Embedded(EmbeddedKind::Picture), "seal.png"),
    ("24 words beside the picture", Place::Cell(24, 0, 0), "盖章处"),
    ("25 sheet in a cell", Place::Embedded(EmbeddedKind::Object), "price.xlsx"),
    ("26 empty cells keep the column", Place::Cell(26, 1, 3), "第四列"),
    ("27 rows and columns merged", Place::Span(27, 0, 1), "2x2"),
    ("27 corner of the merge", Place::Cell(27, 2, 2), "右下角"),
    ("28 legal characters", Place::Cell(28, 0, 0), "壹拾、合同份数"),
    ("29 table in a box", Place::Cell(29, 0, 1), "框中表格的值"),
    ("30 table of the web page", Place::Cell(30, 1, 1), "网页表格的值"),
    // Making
    ("author", Place::Metadata, "覃某"),
    ("company", Place::Metadata, "青禾招标咨询"),
    ("program", Place::Metadata, "Invented Office 12.5"),
    ("editing session of the settings", Place::Metadata, "00A1B2C3"),
    ("editing session of a run", Place::Metadata, "00D4E5F6"),
    ("font of a run", Place::Metadata, "仿宋_GB2312"),
];

fn r(words: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{words}</w:t></w:r>")
}

fn para(properties: &str, content: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>")
}

fn numbered(list: u8, level: u8, words: &str) -> String {
    para(&format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr>"#), &r(words))
}

fn tc(properties: &str, content: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>")
}

fn cell(words: &str) -> String {
    tc("", &p(words))
}

fn row(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

fn table(rows: &[String]) -> String {
    format!("<w:tbl><w:tblPr/>{}</w:tbl><w:p/>", rows.concat())
}

/// A table of one row: a label and something beside it.
fn pair(label: &str, content: &str) -> String {
    table(&[row(&[cell(label), tc("", content)])])
}

fn field(instruction: &str, result: &str) -> String {
    format!(
        r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r>"#,
        r(result)
    )
}

fn bare_field(data: &str, instruction: &str) -> String {
    format!(
        r#"<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#
    )
}

fn tick(checked: bool) -> String {
    format!(
        r#"<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"#,
        u8::from(checked),
        r("☒")
    )
}

fn bound(path: &str, shown: &str) -> String {
    format!(
        r#"<w:sdt><w:sdtPr><w:dataBinding w:xpath="{path}" w:storeItemID="{{0A000000-0000-0000-0000-00000000000A}}"/><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"#,
        r(shown)
    )
}

fn text_box(content: &str) -> String {
    format!(
        r#"<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{content}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"#
    )
}

fn math(content: &str) -> String {
    format!("<m:oMath>{content}</m:oMath>")
}

fn mr(words: &str) -> String {
    format!("<m:r><m:t>{words}</m:t></m:r>")
}

/// The running text: chapters, numbers, changes, fields, boxes.
fn running_text() -> String {
    let heading = |style: &str, words: &str| para(&format!(r#"<w:pStyle w:val="{style}"/>"#), &r(words));
    [
        heading("Chapter", "招标公告"),
        numbered(1, 1, "本项目已批准建设。"),
        r#"<w:p><w:pPr><w:rPr><w:del w:author="覃某"/></w:rPr></w:pPr><w:r><w:t>开标时间为三月十八日</w:t></w:r></w:p>"#.to_owned(),
        p("上午九时整。"),
        format!(
            r#"<w:p><w:r w:rsidR="00D4E5F6"><w:rPr><w:rFonts w:eastAsia="仿宋_GB2312"/></w:rPr><w:t>质保期为</w:t></w:r><w:del w:author="覃某"><w:r><w:delText>十二</w:delText></w:r></w:del><w:ins w:author="覃某">{}</w:ins>{}</w:p>"#,
            r("二十四"),
            r("个月。")
        ),
        format!("<w:p><w:moveFrom>{}</w:moveFrom></w:p>", r("旧址：青禾市北门路")),
        format!("<w:p>{}<w:moveTo>{}</w:moveTo></w:p>", r("递交地点："), r("青禾市南湖路六号二楼")),
        format!("<w:p>{}{}{}</w:p>", r("付款条件见"), field(r"REF _Ref20250 \h", "第二章第三节"), r("。")),
        format!("<w:p>{}{}</w:p>", r("采购人："), field("MERGEFIELD 采购人", "青禾市排水管理所")),
        format!(
            r#"<w:p>{}<w:hyperlink r:id="link"><w:r><w:t>http://example.com/qinghe</w:t></w:r></w:hyperlink></w:p>"#,
            r("公告发布于 ")
        ),
        format!("<w:p>{}{}</w:p>", r("联系人："), field("FORMTEXT", "覃工")),
        r#"<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGEREF x</w:instrText></w:r></w:p>"#.to_owned(),
        p("本段在未结束的域之后，不得丢失。"),
        format!(
            "<w:p>{}{}</w:p>",
            r("评标得分 "),
            math(&format!(
                "{}<m:d><m:e><m:f><m:num>{}</m:num><m:den>{}</m:den></m:f></m:e></m:d>{}",
                mr("F="),
                mr("D"),
                mr("n-1"),
                mr("×100")
            ))
        ),
        format!(
            "<w:p>{}{}</w:p>",
            r("误差 "),
            math(&format!(
                "{}<m:rad><m:radPr><m:degHide m:val=\"1\"/></m:radPr><m:deg/><m:e><m:sSup><m:e>{}</m:e><m:sup>{}</m:sup></m:sSup>{}<m:sSub><m:e>{}</m:e><m:sub>{}</m:sub></m:sSub></m:e></m:rad>",
                mr("e="),
                mr("x"),
                mr("2"),
                mr("+"),
                mr("y"),
                mr("1")
            ))
        ),
        format!(
            "<w:p>{}<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>{}</w:p>",
            r("泵站名称："),
            r("huǒ"),
            r("漷"),
            r("河泵站")
        ),
        format!(
            r#"<w:p>{}<w:smartTag w:element="date"><w:smartTagPr><w:attr w:name="Year" w:val="2025"/></w:smartTagPr>{}</w:smartTag><w:bdo w:val="ltr"><w:dir w:val="ltr">{}</w:dir></w:bdo></w:p>"#,
            r("工期自"),
            r("二〇二五年四月一日"),
            r("起。")
        ),
        format!("<w:p>{}<w:r><w:t>QH</w:t><w:noBreakHyphen/><w:t>2025</w:t><w:noBreakHyphen/><w:t>0</w:t><w:softHyphen/><w:t>17</w:t></w:r></w:p>", r("项目编号：")),
        r#"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>标底为七十九万元</w:t></w:r></w:p>"#.to_owned(),
        format!(
            "<w:p>{}<w:sdt><w:sdtPr><w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>",
            r("投标报价："),
            r("单击此处输入投标报价")
        ),
        format!("<w:p>{}{}</w:p>", r("最高限价："), bound("/ns0:标书[1]/ns0:限价[1]", "旧值")),
        heading("SubChapter", "投标人须知"),
        numbered(1, 1, "投标保证金为人民币叁万元整。"),
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:author="覃某"/></w:rPr></w:pPr><w:del w:author="覃某"><w:r><w:delText>已删除的条款。</w:delText></w:r></w:del></w:p>"#.to_owned(),
        numbered(1, 1, "投标有效期为九十日历天。"),
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏的条款。</w:t></w:r></w:p>"#.to_owned(),
        numbered(1, 1, "履约担保为合同价的百分之五。"),
        numbered(2, 2, "营业执照副本复印件；"),
        numbered(2, 3, "近三年无行贿犯罪记录；"),
        numbered(2, 4, "水泵效率不低于百分之八十二；"),
        format!(
            r#"<w:p>{}<w:commentRangeStart w:id="0"/>{}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>{}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>"#,
            r("资质要求："),
            r("投标人须具备机电安装资质"),
            r("。")
        ),
        format!("<w:p>{}<w:r><w:endnoteReference w:id=\"3\"/></w:r></w:p>", r("执行现行规范。")),
        format!("<w:p>{}</w:p>", text_box(&p("温馨提示：请携带法人身份证原件"))),
        format!("<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>", p("咨询电话：100000000")),
        r#"<w:p><w:r><w:pict><v:shape><v:textpath string="内部资料 严禁外传"/></v:shape></w:pict></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:drawing><a:graphic><a:graphicData><dgm:relIds r:dm="data1" r:lo="x"/></a:graphicData></a:graphic></w:drawing></w:r></w:p>"#.to_owned(),
    ]
    .concat()
}

/// The thirty tables, in order; the last one comes out of a web page.
fn tables() -> String {
    let ins = |words: &str| format!(r#"<w:ins w:author="覃某">{}</w:ins>"#, r(words));
    let del = |words: &str| format!(r#"<w:del w:author="覃某"><w:r><w:delText>{words}</w:delText></w:r></w:del>"#);
    let nested =
        format!("<w:tbl>{}{}</w:tbl>", row(&[cell("名称"), cell("数量")]), row(&[cell("水泵"), cell("壹拾伍台")]));
    let inner = format!("<w:tbl>{}</w:tbl>", row(&[cell("扬程"), cell("三十二米")]));
    let middle = format!("<w:tbl>{}</w:tbl>", row(&[cell("外层"), tc("", &format!("{}{inner}<w:p/>", p("内层之内")))]));
    let list_data = r#"<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="邀请招标"/><w:listEntry w:val="公开招标"/></w:ddList></w:ffData>"#;
    let all: Vec<String> = vec![
        // 1
        table(&[
            row(&[tc(r#"<w:gridSpan w:val="2"/>"#, &p("须知前附表"))]),
            row(&[cell("项目名称"), cell("青禾市漷河泵站水泵采购")]),
            row(&[cell("保证金"), tc("", &format!("{}{}", p("金额：叁万元"), p("形式：银行保函")))]),
        ]),
        // 2
        table(&[
            row(&[cell("评分项"), cell("标准")]),
            row(&[tc(r#"<w:vMerge w:val="restart"/>"#, &p("商务")), cell("资信")]),
            row(&[tc("<w:vMerge/>", &p("被合并盖住的旧文字")), cell("类似业绩每项得二分")]),
        ]),
        // 3
        pair("清单", &format!("{}{nested}{}", p("数量如下"), p("以上为全部"))),
        // 4
        table(&[row(&[tc("", &format!("{middle}<w:p/>"))])]),
        // 5
        table(&[
            row(&[
                cell("联合体"),
                tc("", &format!("<w:p>{}{}{}{}</w:p>", tick(true), r("接受 "), tick(false), r("不接受"))),
            ]),
            row(&[
                cell("暗标"),
                tc(
                    "",
                    &format!(
                        "<w:p>{}{}{}{}</w:p>",
                        bare_field(
                            r#"<w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData>"#,
                            "FORMCHECKBOX"
                        ),
                        r("是 "),
                        bare_field(
                            r#"<w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>"#,
                            "FORMCHECKBOX"
                        ),
                        r("否")
                    ),
                ),
            ]),
            row(&[
                cell("分包"),
                tc(
                    "",
                    r#"<w:p><w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>允许分包 </w:t></w:r><w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>&#xA8;</w:t></w:r><w:r><w:t>不允许</w:t></w:r></w:p>"#,
                ),
            ]),
            row(&[cell("样品"), tc("", &format!("<w:p>{}{}</w:p>", bare_field("", r"EQ \o\ac(□,√)"), r("提供样品")))]),
        ]),
        // 6
        pair("违约金", &format!("<w:p>{}{}{}</w:p>", r("延误一日扣千分之"), del("五"), ins("二"))),
        // 7
        table(&[
            row(&[cell("第一行")]),
            format!(r#"<w:tr><w:trPr><w:del w:author="覃某"/></w:trPr>{}</w:tr>"#, cell("此行已被删除")),
            format!(r#"<w:tr><w:trPr><w:ins w:author="覃某"/></w:trPr>{}</w:tr>"#, cell("第二行为新增行")),
        ]),
        // 8
        pair("部件", &format!("<w:p>{}<w:r><w:footnoteReference w:id=\"4\"/></w:r></w:p>", r("机械密封"))),
        // 9
        pair("交货", &format!("<w:p>{}{}</w:p>", r("见框"), text_box(&p("框内：交货期四十五天")))),
        // 10
        table(&[row(&[tc(
            "",
            &format!(
                "<w:p><w:r><w:pict><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></w:pict></w:r></w:p>",
                p("旧框内：质量标准为合格")
            ),
        )])]),
        // 11
        table(&[
            row(&[tc("", &numbered(3, 0, "水泵"))]),
            row(&[tc("", &numbered(3, 0, "电机"))]),
            row(&[tc("", &numbered(4, 0, "控制柜"))]),
        ]),
        // 12
        pair(
            "流速",
            &format!(
                "<w:p>{}</w:p>",
                math(&format!(
                    "<m:f><m:num>{}</m:num><m:den><m:d><m:e>{}</m:e></m:d></m:den></m:f>",
                    mr("Q"),
                    mr("3600")
                ))
            ),
        ),
        // 13
        pair("价格分", &format!("<w:p>{}{}</w:p>", bare_field("", r"EQ \f(基准价,投标价)"), r("×30"))),
        // 14
        table(&[
            row(&[cell("甲"), cell("乙"), cell("丙")]),
            format!(
                r#"<w:tr><w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="1"/></w:trPr>{}</w:tr>"#,
                cell("缩进行首格")
            ),
        ]),
        // 15
        table(&[
            row(&[
                tc(r#"<w:hMerge w:val="restart"/>"#, &p("旧式合并")),
                tc(r#"<w:hMerge w:val="continue"/>"#, "<w:p/>"),
                tc("<w:hMerge/>", "<w:p/>"),
            ]),
            row(&[cell("一"), cell("二"), cell("三")]),
        ]),
        // 16
        table(&[
            row(&[cell("表头"), cell("值")]),
            format!(
                "<w:sdt><w:sdtPr><w:id w:val=\"9\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
                row(&[cell("整行"), cell("控件内的整行")])
            ),
        ]),
        // 17
        table(&[
            format!(
                "<w:tr>{}<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt></w:tr>",
                cell("格"),
                cell("控件内的单元格")
            ),
            format!(
                r#"<w:tr>{}<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="true"/></w14:checkbox></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:tr>"#,
                cell("选"),
                cell("☒")
            ),
        ]),
        // 18
        table(&[
            row(&[cell("批准机关"), tc("", &format!("<w:p>{}</w:p>", bound("/ns0:标书[1]/ns0:机关[2]/@名称", "")))]),
            row(&[
                cell("评标办法"),
                tc(
                    "",
                    &format!(
                        r#"<w:p><w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="最低价法" w:value="1"/><w:listItem w:displayText="综合评分法" w:value="2"/></w:dropDownList></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>"#,
                        r("综合评分法")
                    ),
                ),
            ]),
            row(&[cell("方式"), tc("", &format!("<w:p>{}</w:p>", bare_field(list_data, "FORMDROPDOWN")))]),
        ]),
        // 19
        table(&[
            row(&[cell("可见的第一行")]),
            format!("<w:tr><w:trPr><w:hidden/></w:trPr>{}</w:tr>", cell("隐藏行的成本价")),
            row(&[cell("可见的第二行")]),
        ]),
        // 20
        pair("分隔", "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>"),
        // 21
        pair("条款", &format!("<w:p><w:moveTo>{}</w:moveTo></w:p>", r("移入的技术条款"))),
        // 22
        pair("句子", &format!("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p>{}", r("前半句"), p("后半句。"))),
        // 23
        table(&[row(&[
            tc(
                "",
                &format!(
                    r#"<w:p><w:commentRangeStart w:id="1"/>{}<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>"#,
                    r("额定流量")
                ),
            ),
            cell("每小时八百立方米"),
        ])]),
        // 24
        table(&[row(&[tc(
            "",
            &format!(r#"<w:p>{}<w:r><w:drawing><a:blip r:embed="seal"/></w:drawing></w:r></w:p>"#, r("盖章处")),
        )])]),
        // 25
        pair(
            "报价表",
            r#"<w:p><w:r><w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="price"/></w:object></w:r><w:r><w:t>见附表</w:t></w:r></w:p>"#,
        ),
        // 26
        table(&[
            row(&[cell("一"), cell("二"), cell("三"), cell("四")]),
            row(&[tc("", "<w:p/>"), tc("", "<w:p/>"), tc("", "<w:p/>"), cell("第四列")]),
        ]),
        // 27
        table(&[
            row(&[cell("左上"), tc(r#"<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>"#, &p("大格"))]),
            row(&[cell("左中"), tc(r#"<w:gridSpan w:val="2"/><w:vMerge/>"#, "<w:p/>")]),
            row(&[cell("左下"), cell("中下"), cell("右下角")]),
        ]),
        // 28
        table(&[row(&[tc("", &numbered(5, 0, "合同份数"))])]),
        // 29
        format!(
            "<w:p>{}</w:p>",
            text_box(&format!("<w:tbl>{}</w:tbl><w:p/>", row(&[cell("框中"), cell("框中表格的值")])))
        ),
        // 30, with a paragraph before it
        r#"<w:altChunk r:id="appendix"/>"#.to_owned(),
    ];
    all.concat()
}

fn level(at: u8, format: &str, text: &str, more: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>"#
    )
}

fn numbering() -> String {
    let chapters = [
        level(0, "chineseCountingThousand", "第%1章", r#"<w:pStyle w:val="Chapter"/><w:suff w:val="space"/>"#),
        level(1, "decimal", "%1.%2", "<w:isLgl/>"),
        level(2, "chineseCounting", "（%3）", ""),
        level(3, "decimalEnclosedCircleChinese", "%4", ""),
        level(4, "bullet", "★", ""),
    ]
    .concat();
    let list = |id: u8, definition: u8, more: &str| {
        format!(r#"<w:num w:numId="{id}"><w:abstractNumId w:val="{definition}"/>{more}</w:num>"#)
    };
    [
        format!(r#"<w:abstractNum w:abstractNumId="0">{chapters}</w:abstractNum>"#),
        format!(r#"<w:abstractNum w:abstractNumId="1">{}</w:abstractNum>"#, level(0, "decimal", "%1、", "")),
        format!(
            r#"<w:abstractNum w:abstractNumId="2">{}</w:abstractNum>"#,
            level(0, "chineseLegalSimplified", "%1、", "")
                .replace(r#"<w:start w:val="1"/>"#, r#"<w:start w:val="10"/>"#)
        ),
        list(1, 0, ""),
        list(2, 0, r#"<w:lvlOverride w:ilvl="2"><w:startOverride w:val="1"/></w:lvlOverride>"#),
        list(3, 1, ""),
        list(
            4,
            1,
            &format!(
                r#"<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>{}</w:lvlOverride>"#,
                level(0, "decimalFullWidth", "%1、", "")
            ),
        ),
        list(5, 2, ""),
    ]
    .concat()
}

/// The document as a file.
pub(crate) fn tender() -> Vec<u8> {
    let styles = r#"<w:style w:type="paragraph" w:styleId="Chapter"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style><w:style w:type="paragraph" w:styleId="SubChapter"><w:name w:val="章"/><w:basedOn w:val="Chapter"/></w:style>"#;
    let first_section = r#"<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:headerReference w:type="first" r:id="header2"/><w:headerReference w:type="even" r:id="header3"/><w:footerReference w:type="default" r:id="footer1"/><w:titlePg/></w:sectPr></w:pPr></w:p>"#;
    let last_section = r#"<w:sectPr><w:headerReference w:type="default" r:id="header4"/><w:headerReference w:type="first" r:id="header5"/></w:sectPr>"#;
    let body = format!("{}{first_section}{}{last_section}", running_text(), tables());
    let note = |kind: &str, id: u8, words: &str| format!(r#"<w:{kind} w:id="{id}">{}</w:{kind}>"#, p(words));
    let page_field =
        format!("<w:p>{}{}{}{}{}</w:p>", r("第 "), field("PAGE", "3"), r(" 页 共 "), field("NUMPAGES", "40"), r(" 页"));
    let comment = |id: u8, words: &str| {
        format!(r#"<w:comment w:id="{id}" w:author="覃某" w:date="2025-02-03T04:05:06Z">{}</w:comment>"#, p(words))
    };
    let page = "<html><body><p>附录由网页导入：踏勘集合时间为八时三十分。</p><table><tr><td>项</td><td>值</td></tr><tr><td>网页</td><td>网页表格的值</td></tr></table></body></html>";
    Docx::new(body)
        .story("styles", "styles.xml", "styles", styles)
        .story("numbering", "numbering.xml", "numbering", &numbering())
        .story("settings", "settings.xml", "settings", r#"<w:evenAndOddHeaders/><w:rsids><w:rsidRoot w:val="00A1B2C3"/></w:rsids>"#)
        .story("header", "header1.xml", "hdr", &p("青禾市漷河泵站设备采购"))
        .story("header", "header2.xml", "hdr", &format!("{}{}", p("招标编号 QH-2025-017 正本"), table(&[row(&[cell("密级：内部")])])))
        .story("header", "header3.xml", "hdr", &p("青禾市排水管理所 编制"))
        .story("header", "header4.xml", "hdr", &p("第二册 技术规范"))
        .story("header", "header5.xml", "hdr", &p("从不显示的首页页眉"))
        .story("footer", "footer1.xml", "ftr", &page_field)
        .story("footnotes", "footnotes.xml", "footnotes", &format!("{}{}", note("footnote", 2, "本价格含百分之十三增值税。"), note("footnote", 4, "进口部件须附报关单。")))
        .story("endnotes", "endnotes.xml", "endnotes", &note("endnote", 3, "以最新版规范为准。"))
        .story("comments", "comments.xml", "comments", &format!("{}{}", comment(0, "此处与须知前附表不一致"), comment(1, "请核对单位")))
        .part("image", "media/seal.png", b"\x89PNG invented")
        .part("package", "embeddings/price.xlsx", b"PK invented")
        .part("aFChunk", "appendix.html", page)
        .part("diagramData", "diagrams/data1.xml", r#"<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>项目经理</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt type="parTrans"/><dgm:pt><dgm:t><a:p><a:r><a:t>技术</a:t></a:r><a:r><a:t>负责人</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"#)
        .file("customXml/item1.xml", r#"<标书 xmlns="urn:invented"><限价>八十二万六千元</限价><机关 名称="不是这个"/><机关 名称="青禾市发展和改革局"/></标书>"#)
        .file("customXml/itemProps1.xml", r#"<ds:datastoreItem ds:itemID="{0a000000-0000-0000-0000-00000000000a}" xmlns:ds="d"/>"#)
        .file("customXml/_rels/item1.xml.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="x/customXmlProps" Target="itemProps1.xml"/></Relationships>"#)
        .relation("item1", "customXml", "../customXml/item1.xml")
        .external("link", "hyperlink", "http://example.com/qinghe")
        .file("docProps/core.xml", r#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>覃某</dc:creator></cp:coreProperties>"#)
        .file("docProps/app.xml", "<Properties><Application>Invented Office</Application><Company>青禾招标咨询</Company><AppVersion>12.5</AppVersion></Properties>")
        .bytes()
}

/// A tender of about this many pages of 900 characters: numbered clauses, and a table on every second page.
pub(crate) fn long_tender(pages: usize) -> Vec<u8> {
    let clause = "投标人应当按照招标文件的要求编制投标文件，投标文件应当对招标文件提出的实质性要求和条件作出响应。";
    let look = r#"<w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体" w:hint="eastAsia"/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr>"#;
    let run = |words: &str| format!(r#"<w:r w:rsidRPr="00AB12CD">{look}<w:t>{words}</w:t></w:r>"#);
    let mut body = String::new();
    for page in 0..pages {
        body.push_str(&para(
            r#"<w:pStyle w:val="Chapter"/><w:spacing w:line="360" w:lineRule="auto"/>"#,
            &run("通用条款"),
        ));
        let clauses = if page % 2 == 0 { 18 } else { 10 };
        for _ in 0..clauses {
            body.push_str(&para(
                r#"<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:spacing w:line="360" w:lineRule="auto"/><w:ind w:firstLine="480"/>"#,
                &format!("{}{}", run(&clause[..clause.len() / 6 * 3]), run(&clause[clause.len() / 6 * 3..])),
            ));
        }
        if page % 2 == 1 {
            let cell = |words: &str| {
                tc(
                    r#"<w:tcW w:w="2000" w:type="dxa"/><w:tcBorders><w:top w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/></w:tcBorders><w:vAlign w:val="center"/>"#,
                    &format!("<w:p>{}</w:p>", run(words)),
                )
            };
            let rows: Vec<String> = (0..12)
                .map(|_| {
                    row(&[cell("序号"), cell("招标设备名称与规格型号"), cell("数量"), cell("单价（元），含税与运费")])
                })
                .collect();
            body.push_str(&table(&rows));
        }
        body.push_str(r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#);
    }
    Docx::new(body)
        .part("numbering", "numbering.xml", format!("<w:numbering {NAMESPACES}>{}</w:numbering>", numbering()))
        .story(
            "styles",
            "styles.xml",
            "styles",
            r#"<w:style w:type="paragraph" w:styleId="Chapter"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#,
        )
        .bytes()
}

/// A number format, a counter, and what Word prints for it.
pub(crate) const NUMBERS: &[(&str, i64, &str)] = &[
    ("chineseCounting", 1, "一"),
    ("chineseCounting", 10, "十"),
    ("chineseCounting", 15, "十五"),
    ("chineseCounting", 20, "二十"),
    ("chineseCounting", 99, "九十九"),
    ("chineseCounting", 100, "一〇〇"),
    ("chineseCounting", 123, "一二三"),
    ("chineseCountingThousand", 2, "二"),
    ("chineseCountingThousand", 12, "十二"),
    ("chineseCountingThousand", 100, "一百"),
    ("chineseCountingThousand", 101, "一百〇一"),
    ("chineseCountingThousand", 110, "一百一十"),
    ("chineseCountingThousand", 1005, "一千〇五"),
    ("chineseLegalSimplified", 3, "叁"),
    ("chineseLegalSimplified", 10, "壹拾"),
    ("chineseLegalSimplified", 26, "贰拾陆"),
    ("chineseLegalSimplified", 108, "壹佰零捌"),
    ("ideographDigital", 10, "一〇"),
    ("ideographDigital", 25, "二五"),
    ("ideographTraditional", 1, "甲"),
    ("ideographTraditional", 10, "癸"),
    ("ideographTraditional", 11, "11"),
    ("ideographZodiac", 1, "子"),
    ("ideographZodiac", 12, "亥"),
    ("ideographZodiac", 13, "13"),
    ("ideographZodiacTraditional", 1, "甲子"),
    ("ideographZodiacTraditional", 13, "丙子"),
    ("japaneseCounting", 3, "三"),
    ("japaneseCounting", 21, "二十一"),
    ("japaneseCounting", 110, "百十"),
    ("taiwaneseCounting", 7, "七"),
    ("ideographLegalTraditional", 6, "陸"),
    ("decimalEnclosedCircle", 1, "①"),
    ("decimalEnclosedCircle", 20, "⑳"),
    ("decimalEnclosedCircle", 21, "21"),
    ("decimalEnclosedCircleChinese", 9, "⑨"),
    ("decimalEnclosedParen", 4, "⑷"),
    ("decimalEnclosedFullstop", 5, "⒌"),
    ("ideographEnclosedCircle", 2, "㈡"),
    ("decimalFullWidth", 12, "１２"),
    ("decimalZero", 7, "07"),
    ("decimalZero", 12, "12"),
    ("decimal", 42, "42"),
    ("upperLetter", 3, "C"),
    ("upperLetter", 28, "BB"),
    ("lowerLetter", 26, "z"),
    ("upperRoman", 14, "XIV"),
    ("lowerRoman", 4, "iv"),
    ("ordinal", 22, "22nd"),
    ("cardinalText", 21, "Twenty-one"),
    ("ordinalText", 12, "Twelfth"),
    ("numberInDash", 6, "- 6 -"),
    ("none", 3, ""),
];

/// A document whose paragraphs are numbered by [`NUMBERS`], in order.
pub(crate) fn numbers() -> Vec<u8> {
    let (mut definitions, mut lists, mut body) = (String::new(), String::new(), String::new());
    for ((format, start, _), id) in NUMBERS.iter().zip(1u32..) {
        let level = level(0, format, "〔%1〕", "")
            .replace(r#"<w:start w:val="1"/>"#, &format!(r#"<w:start w:val="{start}"/>"#));
        definitions.push_str(&format!(r#"<w:abstractNum w:abstractNumId="{id}">{level}</w:abstractNum>"#));
        lists.push_str(&format!(r#"<w:num w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>"#));
        body.push_str(&para(&format!(r#"<w:numPr><w:numId w:val="{id}"/></w:numPr>"#), &r("条款")));
    }
    Docx::new(body)
        .part("numbering", "numbering.xml", format!("<w:numbering {NAMESPACES}>{definitions}{lists}</w:numbering>"))
        .bytes()
}

/// The numbers that are not as Word prints them.
pub(crate) fn wrong_numbers(document: &Document) -> Vec<String> {
    let shown = document.blocks.iter().map(|b| b.text.as_str()).chain(std::iter::repeat(""));
    NUMBERS
        .iter()
        .zip(shown)
        .filter(|((_, _, number), shown)| format!("〔{number}〕 条款") != **shown)
        .map(|((format, value, number), shown)| format!("{format} {value}: {number:?} is shown as {shown:?}"))
        .collect()
}
