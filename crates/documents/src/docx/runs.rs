//! Runs: words and signs with their look, breaks, symbols, and what is anchored between them.

use crate::docx::controls::{FormField, tick_box};
use crate::docx::ground::{self, Ink};
use crate::docx::notes::Note;
use crate::docx::paragraphs::Paragraph;
use crate::docx::reader::Reader;
use crate::docx::styles::{Properties, read_property};
use crate::docx::symbols::{self, SymbolFont};
use crate::raw::Refusal;
use crate::xml::{Element, Token, Xml, children};

/// How the characters of a run look.
#[derive(Debug, Clone, Default)]
pub(super) struct RunLook {
    direct: Properties,
    style: Option<String>,
    /// Worked out when the first words come.
    resolved: Option<Resolved>,
}

/// Whether words are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Shown,
    Hidden,
    /// Struck out: whoever wrote it takes it back.
    Struck,
    /// In the colour of what lies under them.
    Unseen,
    /// In the colour of the paper, on what may be a picture.
    Doubtful,
}

#[derive(Debug, Clone, Copy)]
struct Resolved {
    sight: Sight,
    bold: bool,
    half_points: i64,
    symbol_font: Option<SymbolFont>,
}

impl Reader<'_, '_> {
    pub(super) fn run(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        paragraph: &mut Paragraph,
    ) -> Result<(), Refusal> {
        self.traces.revision(element);
        let mut look = RunLook::default();
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "t" => self.words(xml, paragraph, &mut look)?,
                    "rPr" => self.run_properties(xml, &mut look)?,
                    "tab" | "ptab" => {
                        self.push(paragraph, "\t", &mut look);
                        open += 1;
                    }
                    "cr" => {
                        self.push(paragraph, "\n", &mut look);
                        open += 1;
                    }
                    "br" => {
                        if element.attr("type").as_deref() == Some("page") {
                            self.pages.turn(true);
                            paragraph.turns.push((paragraph.text.len(), self.pages.current()));
                        } else {
                            self.push(paragraph, "\n", &mut look);
                        }
                        open += 1;
                    }
                    "lastRenderedPageBreak" => {
                        self.pages.turn(false);
                        paragraph.turns.push((paragraph.text.len(), self.pages.current()));
                        open += 1;
                    }
                    "noBreakHyphen" => {
                        self.push(paragraph, "-", &mut look);
                        open += 1;
                    }
                    "sym" => {
                        self.symbol(&element, paragraph, &mut look);
                        open += 1;
                    }
                    "fldChar" => self.field(xml, &element, paragraph, &mut look)?,
                    "instrText" => {
                        let words = xml.text()?;
                        self.fields.instruct(&words);
                    }
                    "delText" | "delInstrText" | "rt" => xml.skip()?,
                    "footnoteReference" | "endnoteReference" => {
                        let note = if element.name() == "footnoteReference" { Note::Foot } else { Note::End };
                        if let Some(id) = element.number("id") {
                            self.notes.refer(note, id);
                        }
                        open += 1;
                    }
                    "commentReference" => {
                        if let Some(id) = element.number("id") {
                            self.comments.refer(id, self.pages.current());
                        }
                        open += 1;
                    }
                    "extent" | "shape" => {
                        self.embedded.frame(&element);
                        open += 1;
                    }
                    "blip" | "imagedata" | "OLEObject" | "textpath" | "relIds" | "chart" => {
                        self.drawn(&element, paragraph);
                        open += 1;
                    }
                    "AlternateContent" | "Choice" | "Fallback" => open += self.alternative(xml, &element)?,
                    "txbxContent" => self.text_box(xml, paragraph)?,
                    _ => open += 1,
                },
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// Reads `w:t` piece by piece, without gathering it first.
    fn words(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph, look: &mut RunLook) -> Result<(), Refusal> {
        let mut open = 1usize;
        loop {
            match xml.next()? {
                // Line ends and tabs of the XML itself are blanks; those of the text are elements.
                Token::Text(words) if words.contains(['\n', '\t']) => {
                    self.push(paragraph, &words.replace(['\n', '\t'], " "), look);
                }
                Token::Text(words) => self.push(paragraph, &words, look),
                Token::Open(_) => open += 1,
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Token::End => return Ok(()),
            }
        }
    }

    fn symbol(&mut self, element: &Element<'_>, paragraph: &mut Paragraph, look: &mut RunLook) {
        let Some(code) = element.attr("char").and_then(|c| u32::from_str_radix(&c, 16).ok()) else { return };
        let font = element.attr("font").unwrap_or_default();
        let sign = symbols::symbol(&font, code).or_else(|| char::from_u32(code).filter(|_| code < 0xE000));
        if sign.is_none() {
            self.remarks.unknown_sign();
        }
        self.push(paragraph, sign.unwrap_or('\u{FFFD}').encode_utf8(&mut [0; 4]), look);
    }

    /// Reads one end of a field, `fldChar`.
    fn field(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        paragraph: &mut Paragraph,
        look: &mut RunLook,
    ) -> Result<(), Refusal> {
        let mut shown = None;
        let kind = element.attr("fldCharType");
        match kind.as_deref() {
            Some("begin") => {
                shown = FormField::read(xml)?.map(|field| match field {
                    FormField::Tick(ticked) => tick_box(ticked).to_owned(),
                    FormField::Choice(entry) => entry,
                });
                // Words of its own stand outside the field, which has no result.
                if let Some(text) = shown.take() {
                    self.push(paragraph, &text, look);
                }
                self.fields.begin();
            }
            Some("separate") => {
                self.fields.separate();
                xml.skip()?;
            }
            Some("end") => {
                shown = self.fields.end();
                xml.skip()?;
            }
            _ => xml.skip()?,
        }
        if let Some(text) = shown {
            self.push(paragraph, &text, look);
        }
        Ok(())
    }

    fn run_properties(&mut self, xml: &mut Xml<'_>, look: &mut RunLook) -> Result<(), Refusal> {
        look.resolved = None;
        children(xml, |xml, element| match element.name() {
            "rStyle" => {
                look.style = element.attribute("val");
                xml.skip()
            }
            "rPrChange" => {
                self.remarks.change(element);
                xml.skip()
            }
            _ => {
                if !read_property(xml, element, &mut look.direct)? {
                    xml.skip()?;
                }
                Ok(())
            }
        })
    }

    fn resolve(&self, paragraph: &Paragraph, look: &RunLook) -> Resolved {
        let direct = &look.direct;
        let run_style = look.style.as_deref().and_then(|s| self.styles.get(Some(s)));
        let style = self.styles.get(paragraph.style.as_deref());
        let default = self.styles.defaults();
        // A character style turns round what the paragraph style says.
        let toggled = |of: fn(&Properties) -> Option<bool>| {
            of(direct).unwrap_or_else(|| {
                let own = |style: Option<&Properties>| style.and_then(of).unwrap_or(false);
                (own(run_style) != own(style)) || of(default).unwrap_or(false)
            })
        };
        let font = direct
            .font
            .as_deref()
            .or_else(|| run_style.and_then(|s| s.font.as_deref()))
            .or_else(|| style.and_then(|s| s.font.as_deref()));
        let ink = direct
            .ink
            .or_else(|| run_style.and_then(|s| s.ink))
            .or_else(|| style.and_then(|s| s.ink))
            .or(default.ink)
            .unwrap_or(Ink::Auto);
        let under = direct
            .ground
            .or_else(|| run_style.and_then(|s| s.ground))
            .or(paragraph.direct.ground)
            .or_else(|| style.and_then(|s| s.ground))
            .or_else(|| self.cells.last().and_then(|cell| cell.ground))
            .or(self.ground);
        let sight = if toggled(|p| p.hidden) {
            Sight::Hidden
        } else if toggled(|p| p.struck) || toggled(|p| p.struck_twice) {
            Sight::Struck
        } else if ground::hides(under, ink) {
            if under.is_none() && self.covered_paper { Sight::Doubtful } else { Sight::Unseen }
        } else {
            Sight::Shown
        };
        Resolved {
            sight,
            bold: toggled(|p| p.bold),
            half_points: direct
                .half_points
                .or_else(|| run_style.and_then(|s| s.half_points))
                .or_else(|| style.and_then(|s| s.half_points))
                .or(default.half_points)
                .unwrap_or(20),
            symbol_font: font.and_then(SymbolFont::named),
        }
    }

    /// Appends shown words to the paragraph.
    pub(super) fn push(&mut self, paragraph: &mut Paragraph, words: &str, look: &mut RunLook) {
        if words.is_empty() || self.muted > 0 || self.fields.hide_text() {
            return;
        }
        let first = look.resolved.is_none();
        let resolved = match look.resolved {
            Some(resolved) => resolved,
            None => self.resolve(paragraph, look),
        };
        look.resolved = Some(resolved);
        let count = words.chars().filter(|c| !c.is_whitespace()).count();
        match resolved.sight {
            Sight::Hidden if count > 0 => paragraph.hidden.push_str(words),
            Sight::Struck if count > 0 => paragraph.struck.push(words, paragraph.text.len()),
            Sight::Unseen if count > 0 => paragraph.unseen.push(words, paragraph.text.len()),
            Sight::Doubtful if count > 0 => self.remarks.doubtful(self.pages.current(), words),
            _ => {}
        }
        // Blanks that are not seen still keep words apart, unless they are not there at all.
        if resolved.sight == Sight::Hidden || matches!(resolved.sight, Sight::Struck | Sight::Unseen) && count > 0 {
            return;
        }
        if paragraph.turns.is_empty() {
            paragraph.turns.push((0, self.pages.current()));
        }
        if count > 0 {
            if paragraph.characters == 0 {
                paragraph.page_top = !self.pages.holds_text();
            }
            self.pages.see_text();
            paragraph.characters += count;
            if resolved.bold {
                paragraph.bold += count;
            }
            match paragraph.sizes.iter_mut().find(|(s, _)| *s == resolved.half_points) {
                Some((_, characters)) => *characters += count,
                None => paragraph.sizes.push((resolved.half_points, count)),
            }
            if first {
                self.note_fonts(look);
            }
        }
        let from = paragraph.text.len();
        append(&mut paragraph.text, words, resolved.symbol_font);
        if self.comments.listen() {
            self.comments.take_words(paragraph.text.get(from..).unwrap_or_default());
        }
    }

    fn note_fonts(&mut self, look: &RunLook) {
        for font in [&look.direct.font, &look.direct.east_asian_font].into_iter().flatten() {
            self.traces.font(font);
        }
        if let Some(style) = &look.style {
            self.traces.style(style);
        }
    }
}

/// Appends words; signs of symbol fonts become the signs they show.
fn append(text: &mut String, words: &str, font: Option<SymbolFont>) {
    // U+F000 to U+F0FF, where symbol fonts live, begin with EF 80 to EF 83.
    let private = |pair: &[u8]| matches!(pair, [0xEF, 0x80..=0x83]);
    let plain = font.is_none() && !words.contains(['\r', '\u{AD}']) && !words.as_bytes().windows(2).any(private);
    if plain {
        text.push_str(words);
        return;
    }
    for c in words.chars() {
        let code = u32::from(c);
        match c {
            // Carriage returns are no text, soft hyphens only show where a line breaks.
            '\r' | '\u{AD}' => {}
            '\u{F000}'..='\u{F0FF}' => {
                let sign = font.and_then(|f| f.sign(code)).or_else(|| symbols::private_use(c));
                text.push(sign.unwrap_or(c));
            }
            _ => text.push(font.filter(|_| code <= 0xFF).and_then(|f| f.sign(code)).unwrap_or(c)),
        }
    }
}
