//! The words of a page, line by line, with the place of each: what is laid over its picture.

use bidlens_domain::document::SegmentId;
use bidlens_storage::{Access, SegmentRow};
use serde_json::Value;

use crate::App;
use crate::error::AppError;

/// A typeset line, or the part of one that stands in a table cell.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLine {
    pub text: String,
    /// What stands in the file's text between this line and the next: nothing where typesetting alone broke it.
    pub joint: String,
    /// `x0`, `y0`, `x1`, `y1` in fractions of the page, origin top left.
    pub rect: [f64; 4],
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
        if page == 0 {
            return Err(AppError::not_found("page"));
        }
        Ok(lines_of(&self.segments(access, project_id, asset_id, Some(i64::from(page))).await?, page))
    }
}

fn lines_of(segments: &[SegmentRow], page: u32) -> Vec<PageLine> {
    let mut lines = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        // Parts of one block follow on each other without a break.
        let end = if segments.get(at + 1).is_some_and(goes_on) { "" } else { "\n" };
        let boxes = segment.boxes.as_array().map_or(&[] as &[Value], Vec::as_slice);
        let placed: Vec<_> = boxes.iter().filter_map(Place::read).collect();
        for (n, place) in placed.iter().enumerate().filter(|(_, place)| place.page == u64::from(page)) {
            let Some(text) = segment.content.get(place.start..place.end).filter(|text| !text.trim().is_empty()) else {
                continue;
            };
            let next = placed.get(n + 1).map_or(segment.content.len(), |next| next.start);
            let between = segment.content.get(place.end..next).unwrap_or_default();
            let joint = if n + 1 == placed.len() { format!("{between}{end}") } else { between.to_owned() };
            lines.push(PageLine { text: text.to_owned(), joint, rect: place.rect });
        }
    }
    lines
}

/// Whether a segment goes on with the block in which the one before it ends.
fn goes_on(segment: &SegmentRow) -> bool {
    SegmentId::parse_block(&segment.chunk_id).is_some() && !segment.chunk_id.ends_with("-0")
}

/// Where a range of a segment's content stands.
struct Place {
    page: u64,
    rect: [f64; 4],
    start: usize,
    end: usize,
}

impl Place {
    /// `None` for what was stored before boxes knew their words, until it is indexed anew.
    fn read(stored: &Value) -> Option<Place> {
        let side = |name: &str| stored["rect"][name].as_f64();
        let byte = |name: &str| usize::try_from(stored[name].as_u64()?).ok();
        let rect = [side("x0")?, side("y0")?, side("x1")?, side("y1")?];
        Some(Place { page: stored["page"].as_u64()?, rect, start: byte("start")?, end: byte("end")? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn segment(id: &str, content: &str, lines: &[(i64, &str)]) -> SegmentRow {
        let mut from = 0;
        let mut boxes = Vec::new();
        for (page, words) in lines {
            let start = from + content[from..].find(words).expect("words of the content");
            from = start + words.len();
            let rect = json!({"x0": 0.1, "y0": 0.25, "x1": 0.5, "y1": 0.5});
            boxes.push(json!({"page": page, "rect": rect, "start": start, "end": from}));
        }
        SegmentRow {
            chunk_id: id.to_owned(),
            asset_id: "a".to_owned(),
            ordinal: 0,
            page: 1,
            last_page: 2,
            section: String::new(),
            header: String::new(),
            content: content.to_owned(),
            boxes: Value::from(boxes),
        }
    }

    fn told(segments: &[SegmentRow], page: u32) -> Vec<(String, String)> {
        lines_of(segments, page).into_iter().map(|line| (line.text, line.joint)).collect()
    }

    #[test]
    fn lines_with_their_joints_are_the_text_of_the_page() {
        let segments = [
            segment(
                "ab-0-0",
                "第一章 招标公告\n投标人应当提交保证金，two words",
                &[(1, "第一章 招标公告"), (1, "投标人应当"), (1, "提交保证金，two"), (2, "words")],
            ),
            segment("ab-2-0", "序号\t名称\n", &[(2, "序号"), (2, "名称")]),
            segment("ab-2-1", "1\t水泵", &[(2, "1"), (2, "水泵")]),
            segment("ab-3-0", "第 2 页", &[(2, "第 2 页")]),
        ];
        let text = |page| -> String { told(&segments, page).into_iter().map(|(text, joint)| text + &joint).collect() };
        assert_eq!(text(1), "第一章 招标公告\n投标人应当提交保证金，two ");
        assert_eq!(text(2), "words\n序号\t名称\n1\t水泵\n第 2 页\n");
        assert_eq!(told(&segments, 1)[1], ("投标人应当".to_owned(), String::new()));
        assert_eq!(lines_of(&segments, 1)[0].rect, [0.1, 0.25, 0.5, 0.5]);
        assert_eq!(told(&segments, 3), []);
    }

    #[test]
    fn what_has_no_place_or_names_no_words_is_left_out() {
        let mut broken = segment("ab-0-0", "投标保证金", &[(1, "投标"), (1, "保证金")]);
        broken.boxes[0]["end"] = json!(4);
        assert_eq!(told(&[broken], 1), [("保证金".to_owned(), "\n".to_owned())]);
        let mut old = segment("ab-0-0", "投标保证金", &[(1, "投标保证金")]);
        old.boxes[0].as_object_mut().expect("a box").remove("start");
        assert_eq!(told(&[old], 1), []);
        assert_eq!(told(&[segment("ab-0-0", "没有位置的文字", &[])], 1), []);
    }
}
