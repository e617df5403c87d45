//! The words of a page, line by line, with the place of each: what is laid over its picture.

use bidlens_domain::document::{Block, Document, Line, Rect, TextRange};
use bidlens_storage::Access;

use crate::App;
use crate::error::AppError;

/// A typeset line, or the part of one that stands in a table cell.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLine {
    pub text: String,
    /// What stands in the file's text between this line and the next: nothing where typesetting alone broke it.
    pub joint: String,
    pub rect: Rect,
    /// Right edge of each character, as a fraction of the page's width; empty when unknown.
    pub edges: Vec<f32>,
}

impl App {
    /// The lines of a page in reading order, those of which the place is known.
    pub async fn page_lines(
        &self,
        access: &Access,
        project_id: &str,
        asset_id: &str,
        page: u32,
    ) -> Result<Vec<PageLine>, AppError> {
        let asset = self.own_asset(access, project_id, asset_id).await?;
        let document = self.inner.db.document(&asset.id).await?;
        let document = document.filter(|read| read.pages.iter().any(|one| one.number == page));
        document.map(|read| lines_of(&read, page)).ok_or_else(|| AppError::not_found("page"))
    }
}

fn lines_of(document: &Document, page: u32) -> Vec<PageLine> {
    let of_block = |block: &Block| -> Vec<PageLine> {
        let ends = block.lines.iter().skip(1).map(|next| Some(next.range.start)).chain([None]);
        let on_page = block.lines.iter().zip(ends).filter(|(line, _)| line.page == page);
        on_page.filter_map(|(line, next)| placed(&block.text, line, next)).collect()
    };
    document.blocks.iter().flat_map(of_block).collect()
}

/// A line with its place; `next` is where the text goes on in the same block.
fn placed(text: &str, line: &Line, next: Option<u32>) -> Option<PageLine> {
    let words = Some(line.range.slice(text)).filter(|words| !words.trim().is_empty())?;
    let joint = match next {
        Some(next) => TextRange { start: line.range.end, end: next.max(line.range.end) }.slice(text).to_owned(),
        None => "\n".to_owned(),
    };
    let known = line.edges.len() == words.chars().count();
    let edges = if known { line.edges.clone() } else { Vec::new() };
    Some(PageLine { text: words.to_owned(), joint, rect: line.bounds?, edges })
}

#[cfg(test)]
mod tests {
    use bidlens_domain::document::{BlockKind, DocumentId, Format, Language, Metadata};

    use super::*;

    const PLACE: Rect = Rect { x0: 0.25, y0: 0.25, x1: 0.75, y1: 0.5 };

    fn block(text: &str, lines: &[(u32, &str)]) -> Block {
        let mut from = 0;
        let line = |(page, words): &(u32, &str)| {
            let start = from + text[from..].find(words).expect("words of the text");
            from = start + words.len();
            let range = TextRange::new(start, from);
            Line { range, page: *page, bounds: Some(PLACE), edges: Vec::new(), confidence: None }
        };
        let lines = lines.iter().map(line).collect();
        Block { kind: BlockKind::Paragraph, section: None, text: text.to_owned(), lines }
    }

    fn document(blocks: Vec<Block>) -> Document {
        Document {
            id: DocumentId::from_sha256("ab"),
            name: "t.pdf".to_owned(),
            sha256: "ab".repeat(32),
            format: Format::Pdf,
            language: Language::Zh,
            pages: Vec::new(),
            sections: Vec::new(),
            blocks,
            issues: Vec::new(),
            metadata: Metadata::default(),
            embedded: Vec::new(),
            signatures: Vec::new(),
            comments: Vec::new(),
        }
    }

    #[test]
    fn lines_with_their_joints_are_the_text_of_the_page() {
        let read = document(vec![
            block("第一章 招标公告", &[(1, "第一章 招标公告")]),
            block("投标人应当提交保证金，two words", &[(1, "投标人应当"), (1, "提交保证金，two"), (2, "words")]),
            block("序号\t名称\n1\t水泵", &[(2, "序号"), (2, "名称"), (2, "1"), (2, "水泵")]),
            block("第 2 页", &[(2, "第 2 页")]),
        ]);
        let text = |page| -> String { lines_of(&read, page).into_iter().map(|line| line.text + &line.joint).collect() };
        assert_eq!(text(1), "第一章 招标公告\n投标人应当提交保证金，two ");
        assert_eq!(text(2), "words\n序号\t名称\n1\t水泵\n第 2 页\n");
        let broken =
            PageLine { text: "投标人应当".to_owned(), joint: String::new(), rect: PLACE, edges: Vec::new() };
        assert_eq!(lines_of(&read, 1)[1], broken);
        assert_eq!(lines_of(&read, 3), []);
    }

    #[test]
    fn what_has_no_place_or_no_words_is_left_out() {
        let mut placeless = block("投标保证金", &[(1, "投标"), (1, "保证金")]);
        placeless.lines[0].bounds = None;
        // Edges that are not one for each character tell nothing of any.
        placeless.lines[1].edges = vec![0.5];
        let mut exact = block("开标", &[(1, "开标")]);
        exact.lines[0].edges = vec![0.5, 0.75];
        let lines = lines_of(&document(vec![placeless, block("  ", &[(1, "  ")]), exact]), 1);
        let told: Vec<_> = lines.iter().map(|line| (line.text.as_str(), line.edges.as_slice())).collect();
        assert_eq!(told, [("保证金", [].as_slice()), ("开标", [0.5, 0.75].as_slice())]);
    }
}
