//! Content controls (`w:sdt`) and the old form fields: the state they show, not the machinery around it.
//!
//! A ticked box becomes ☑; a control that still shows its prompt has no content; a plain text control that is
//! bound to custom XML shows what is stored there, as Word does when it opens the file.

use std::collections::HashMap;

use crate::docx::container::Relations;
use crate::limits::Limits;
use crate::package::Package;
use crate::raw::Refusal;
use crate::xml::{Token, Xml};

/// What the properties of a control say about its content.
#[derive(Debug, Default)]
pub(super) struct Control {
    pub(super) ticked: Option<bool>,
    /// The content is the prompt ("click to enter text").
    pub(super) prompts: bool,
    /// Plain text that is bound to a store.
    pub(super) binding: Option<Binding>,
}

#[derive(Debug)]
pub(super) struct Binding {
    path: String,
    store: String,
}

impl Control {
    /// Reads `sdtPr`, just opened.
    pub(super) fn read(xml: &mut Xml<'_>) -> Result<Self, Refusal> {
        let mut control = Control::default();
        let mut binding = None;
        let mut plain_text = false;
        let mut inside_box = 0usize;
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => {
                    open += 1;
                    match element.name() {
                        "checkbox" => {
                            control.ticked.get_or_insert(false);
                            inside_box = open;
                        }
                        "checked" if inside_box > 0 => control.ticked = Some(element.is_on()),
                        "showingPlcHdr" => control.prompts = element.is_on(),
                        "text" => plain_text = true,
                        "dataBinding" if binding.is_none() => {
                            binding = element
                                .attribute("xpath")
                                .zip(element.attribute("storeItemID"))
                                .map(|(path, store)| Binding { path, store });
                        }
                        _ => {}
                    }
                }
                Token::Close => {
                    open -= 1;
                    if open < inside_box {
                        inside_box = 0;
                    }
                    if open == 0 {
                        break;
                    }
                }
                Token::Text(_) => {}
                Token::End => break,
            }
        }
        control.binding = binding.filter(|_| plain_text);
        Ok(control)
    }
}

/// What an old form field (`w:ffData`) shows of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FormField {
    Tick(bool),
    /// The entry chosen from a list; Word stores no other result for it.
    Choice(String),
}

impl FormField {
    /// Reads the children of `fldChar`, just opened.
    pub(super) fn read(xml: &mut Xml<'_>) -> Result<Option<Self>, Refusal> {
        let mut ticked: Option<bool> = None;
        let mut list: Option<(usize, Vec<String>)> = None;
        let mut inside = "";
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => {
                    open += 1;
                    match element.name() {
                        "checkBox" => {
                            ticked.get_or_insert(false);
                            inside = "checkBox";
                        }
                        "ddList" => {
                            list.get_or_insert_default();
                            inside = "ddList";
                        }
                        "checked" | "default" if inside == "checkBox" => ticked = Some(element.is_on()),
                        "result" | "default" if inside == "ddList" => {
                            if let Some((chosen, _)) = &mut list {
                                *chosen = element.number("val").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                            }
                        }
                        "listEntry" => {
                            if let Some((_, entries)) = &mut list {
                                entries.push(element.attribute("val").unwrap_or_default());
                            }
                        }
                        _ => {}
                    }
                }
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                Token::Text(_) => {}
                Token::End => break,
            }
        }
        let chosen = list.and_then(|(chosen, entries)| entries.into_iter().nth(chosen));
        Ok(ticked.map(FormField::Tick).or(chosen.map(FormField::Choice)))
    }
}

/// What stands around the place where a loop over content is.
#[derive(Debug)]
pub(super) struct Around {
    /// Elements that are open, the one the loop reads included.
    pub(super) open: usize,
    /// What the content of the control just met is replaced by.
    pub(super) control: Option<String>,
    pub(super) replaced: Replaced,
}

impl Default for Around {
    fn default() -> Self {
        Around { open: 1, control: None, replaced: Replaced::default() }
    }
}

/// Where a control's content is replaced, by how deep its element stands.
#[derive(Debug, Default)]
pub(super) struct Replaced(Vec<usize>);

impl Replaced {
    pub(super) fn begin(&mut self, depth: usize) {
        self.0.push(depth);
    }

    /// Whether the element that ends at `depth` is one whose content was replaced.
    pub(super) fn end(&mut self, depth: usize) -> bool {
        let ends = self.0.last() == Some(&depth);
        if ends {
            self.0.pop();
        }
        ends
    }
}

/// The XML stores controls are bound to.
#[derive(Debug, Default)]
pub(super) struct Stores {
    /// Names of parts by the store's id.
    parts: HashMap<String, String>,
    texts: HashMap<String, Option<String>>,
}

/// The ids Word gives to the document's own properties.
const CORE: &str = "{6c3c8bc8-f283-45ae-878a-bab7291924a1}";
const EXTENDED: &str = "{6668398d-a668-4e3e-a5eb-62b293d839f1}";

impl Stores {
    /// Finds the stores the main part refers to; nothing is read of them yet.
    pub(super) fn find(package: &mut Package<'_>, relations: &Relations, limits: &Limits) -> Self {
        let mut parts = HashMap::from([
            (CORE.to_owned(), "docProps/core.xml".to_owned()),
            (EXTENDED.to_owned(), "docProps/app.xml".to_owned()),
        ]);
        let items: Vec<String> = relations.parts_of_kind("customXml").into_iter().take(50).map(str::to_owned).collect();
        for item in items {
            let properties = Relations::of(package, &item, limits);
            let Some(name) = properties.part_of_kind("customXmlProps") else { continue };
            let Ok(Some(text)) = package.part(name) else { continue };
            let mut xml = Xml::new(name, &text, limits.max_depth);
            while let Ok(token) = xml.next() {
                match token {
                    Token::Open(element) => {
                        if let Some(id) = element.attr("itemID") {
                            parts.insert(id.to_ascii_lowercase(), item.clone());
                            break;
                        }
                    }
                    Token::End => break,
                    Token::Close | Token::Text(_) => {}
                }
            }
        }
        Stores { parts, texts: HashMap::new() }
    }

    /// What the store holds at the binding's path; `None` when that cannot be told.
    pub(super) fn value(&mut self, binding: &Binding, package: &mut Package<'_>, limits: &Limits) -> Option<String> {
        let id = binding.store.to_ascii_lowercase();
        let part = self.parts.get(&id)?;
        let text = self.texts.entry(id).or_insert_with(|| package.part(part).ok().flatten()).as_ref()?;
        select(text, part, &binding.path, limits.max_depth)
    }
}

/// One step of a path: an element by name and position.
struct Step {
    name: String,
    position: usize,
}

/// Follows a path of the plain form Word writes: `/ns0:a[1]/ns0:b[2]`, an attribute at most at its end.
fn select(text: &str, part: &str, path: &str, max_depth: usize) -> Option<String> {
    let (steps, attribute) = steps(path)?;
    let mut xml = Xml::new(part, text, max_depth);
    let mut matched = 0usize;
    let mut met = 0usize;
    let mut depth = 0usize;
    loop {
        match xml.next().ok()? {
            Token::Open(element) => {
                depth += 1;
                let step = steps.get(matched)?;
                if depth != matched + 1 || element.name() != step.name {
                    continue;
                }
                met += 1;
                if met < step.position {
                    continue;
                }
                matched += 1;
                met = 0;
                if matched == steps.len() {
                    return match &attribute {
                        Some(name) => element.attribute(name),
                        None => xml.text().ok(),
                    };
                }
            }
            Token::Close => {
                depth -= 1;
                // The element on the path has ended without what was looked for.
                if depth < matched {
                    return None;
                }
            }
            Token::Text(_) => {}
            Token::End => return None,
        }
    }
}

fn steps(path: &str) -> Option<(Vec<Step>, Option<String>)> {
    let mut steps = Vec::new();
    let mut attribute = None;
    let local = |name: &str| name.rsplit(':').next().unwrap_or(name).to_owned();
    for step in path.trim().strip_prefix('/')?.split('/') {
        if attribute.is_some() || step.is_empty() {
            return None;
        }
        if let Some(name) = step.strip_prefix('@') {
            attribute = Some(local(name));
            continue;
        }
        let (name, position) = match step.split_once('[') {
            Some((name, position)) => (name, position.strip_suffix(']')?.trim().parse().ok()?),
            None => (step, 1),
        };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        if !name.chars().all(plain) || position == 0 {
            return None;
        }
        steps.push(Step { name: local(name), position });
    }
    (!steps.is_empty()).then_some((steps, attribute))
}

/// The sign for a tick box.
pub(super) fn tick_box(ticked: bool) -> &'static str {
    if ticked { "☑" } else { "☐" }
}
