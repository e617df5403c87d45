//! The same files are found in the same order, whichever database holds them.

use bidlens_domain::document::{
    Block, BlockIndex, BlockKind, Cell, Document, DocumentId, Format, Language, Metadata, Section, SectionIndex, Table,
    TextRange,
};
use bidlens_search::{Entry, FileIndex, Query, rank};
use bidlens_storage::{Access, AssetKind, Db, NewAsset};

use crate::support::{Place, indexed};

fn block(kind: BlockKind, section: u32, text: &str) -> Block {
    Block { kind, section: Some(SectionIndex(section)), text: text.to_owned(), lines: Vec::new() }
}

/// Two columns, the first of which names what the second states.
fn table(section: u32, rows: &[(&str, &str)]) -> Block {
    let (mut text, mut cells) = (String::new(), Vec::new());
    for (row, (name, value)) in (0u32..).zip(rows) {
        for (column, word) in [(0, name), (1, value)] {
            if !text.is_empty() {
                text.push(if column == 0 { '\n' } else { '\t' });
            }
            let range = TextRange::new(text.len(), text.len() + word.len());
            text.push_str(word);
            cells.push(Cell { row, column, row_span: 1, column_span: 1, range, nested: Vec::new() });
        }
    }
    let rows = u32::try_from(rows.len()).expect("few rows");
    block(BlockKind::Table(Table { rows, columns: 2, cells }), section, &text)
}

fn document(number: u32) -> Document {
    let section = |number: &str, title: &str| Section {
        parent: None,
        level: 1,
        number: number.to_owned(),
        title: title.to_owned(),
        heading: BlockIndex(0),
        page: 1,
    };
    let long = "投标人应当仔细阅读招标文件的全部内容并按要求编制投标文件。".repeat(30);
    let mut blocks = vec![
        block(BlockKind::Heading { level: 1 }, 0, "第一章 招标公告"),
        block(BlockKind::Paragraph, 0, &format!("项目编号：QS-2031-{number:03}")),
        block(BlockKind::Paragraph, 0, "最高投标限价：115万元，投标截止时间：2031年5月20日9时30分。"),
        block(BlockKind::Heading { level: 1 }, 1, "第二章 投标人须知"),
        table(
            1,
            &[("投标有效期", "90 日历天"), ("投标保证金", "不收取"), ("踏勘现场", &long), ("垚烔镇泵站", "联系人")],
        ),
        block(BlockKind::Paragraph, 1, &long),
    ];
    blocks.extend((0..200).map(|n| block(BlockKind::ListItem, 1, &format!("{n}. 技术参数{}：流量不低于{n}", n % 7))));
    let sha256 = format!("{number:064}");
    Document {
        id: DocumentId::from_sha256(&sha256),
        name: "招标文件.pdf".to_owned(),
        sha256,
        format: Format::Pdf,
        language: Language::Zh,
        pages: Vec::new(),
        sections: vec![section("第一章", "招标公告"), section("第二章", "投标人须知")],
        blocks,
        issues: Vec::new(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    }
}

async fn found(db: &Db) -> String {
    db.add_user("u1", "li", "hash", false).await.expect("user");
    db.add_project("p1", "u1", "name", "").await.expect("project");
    for number in 1..=3 {
        let asset = NewAsset {
            id: format!("a{number}"),
            project_id: "p1".to_owned(),
            kind: if number == 1 { AssetKind::Tender } else { AssetKind::Bid },
            filename: format!("{number}.pdf"),
            bidder_name: format!("公司{number}"),
            size_bytes: 1,
            sha256: format!("{number:064}"),
        };
        db.add_asset(&asset, None).await.expect("add");
        let document = document(number);
        let mut tx = db.begin().await.expect("begin");
        db.put_document(&mut tx, &asset.id, &document, &indexed(&document), None).await.expect("store");
        db.commit(tx).await.expect("commit");
    }
    let access = Access::Owner("u1".to_owned());
    let states = db.index_states(&access, "p1").await.expect("states");
    let mut files = Vec::new();
    for state in &states {
        let words = db.segment_words(&access, &state.asset_id).await.expect("words");
        files.push(FileIndex::new(words.iter().map(|row| Entry::from_text(&row.words))));
    }
    let files: Vec<&FileIndex> = files.iter().collect();
    let mut told = String::new();
    for question in [
        "投标有效期是多少天？",
        "最高限价",
        "QS-2031-002",
        "投标保证金 保函",
        "垚烔镇",
        "技术参数3 流量 17",
        "bid deadline",
        "无关",
    ] {
        told.push_str(&format!("{question}\n"));
        for hit in rank(&files, &Query::parse(question).expect("a query"), |_, _| true).into_iter().take(20) {
            let ordinal = i64::try_from(hit.segment).expect("small");
            let rows = db.segments_at(&access, &states[hit.file].asset_id, &[ordinal]).await.expect("segments");
            // All digits of the score: the sums are made in the same order.
            told.push_str(&format!("  {} {} {:?}\n", states[hit.file].asset_id, rows[0].chunk_id, hit.score));
        }
    }
    told
}

#[tokio::test]
async fn the_ranking_is_the_same_on_both_databases() {
    let (here, there) = (Place::sqlite(), Place::postgres());
    let sqlite = found(&here.open().await).await;
    assert_eq!(sqlite, found(&there.open().await).await);
    assert!(sqlite.lines().count() > 60, "{sqlite}");
    let first = |question: &str| sqlite.lines().skip_while(|l| *l != question).nth(1).unwrap_or_default().to_owned();
    assert!(first("QS-2031-002").starts_with("  a2 "), "{sqlite}");
    assert_eq!(first("无关"), "", "{sqlite}");
}
