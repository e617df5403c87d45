//! How the parts of the container find each other: relations, the main part, targets.

use std::collections::HashMap;

use bidlens_domain::document::IssueCode;

use crate::limits::Limits;
use crate::package::Package;
use crate::raw::Refusal;
use crate::xml::{Token, Xml};

#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The last word of its type: `header`, `styles`. Strict and transitional files differ only before it.
    pub(super) kind: String,
    /// The name of a part, or an address when `external`.
    pub(super) target: String,
    pub(super) external: bool,
}

/// What one part refers to, by id.
#[derive(Debug, Default)]
pub(super) struct Relations(HashMap<String, Relation>);

impl Relations {
    pub(super) fn read(package: &mut Package<'_>, part: &str, limits: &Limits) -> Result<Self, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}/_rels/{file}.rels");
        let name = name.trim_start_matches('/');
        let mut relations = HashMap::new();
        let Some(text) = package.part(name)? else {
            return Ok(Relations(relations));
        };
        let mut xml = Xml::new(name, &text, limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) if element.name() == "Relationship" => {
                    let kind = element.attribute("Type").unwrap_or_default();
                    let target = element.attribute("Target").unwrap_or_default();
                    let external = element.attr("TargetMode").as_deref() == Some("External");
                    if let Some(id) = element.attribute("Id") {
                        let target = if external { target } else { resolve(folder, &target) };
                        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                        relations.insert(id, Relation { kind, target, external });
                    }
                }
                Token::Open(_) | Token::Close | Token::Text(_) => {}
                Token::End => return Ok(Relations(relations)),
            }
        }
    }

    /// The relations of `part`; damage in them is lived with.
    pub(super) fn of(package: &mut Package<'_>, part: &str, limits: &Limits) -> Self {
        Relations::read(package, part, limits).unwrap_or_default()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Relation> {
        self.0.get(id)
    }

    /// The part that stands in this relation, the first by name when several do.
    pub(super) fn part_of_kind(&self, kind: &str) -> Option<&str> {
        self.parts_of_kind(kind).into_iter().next()
    }

    pub(super) fn parts_of_kind(&self, kind: &str) -> Vec<&str> {
        let mut parts: Vec<&str> =
            self.0.values().filter(|r| r.kind == kind && !r.external).map(|r| r.target.as_str()).collect();
        parts.sort_unstable();
        parts
    }
}

/// A target inside the container, relative to the folder of the part that names it.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            _ => path.push(step),
        }
    }
    path.join("/")
}

/// The name of the part that holds the body.
pub(crate) fn main_part(package: &mut Package<'_>, limits: &Limits) -> String {
    let relations = Relations::of(package, "", limits);
    let names = package.names();
    let declared = relations.part_of_kind("officeDocument").filter(|d| names.iter().any(|n| n == d));
    declared
        .or_else(|| names.iter().map(String::as_str).find(|n| n.eq_ignore_ascii_case("word/document.xml")))
        .unwrap_or("word/document.xml")
        .to_owned()
}

/// The text of the part in this relation; damage is told and lived with, a limit is not.
pub(super) fn side_part(
    package: &mut Package<'_>,
    relations: &Relations,
    kind: &str,
    damaged: &mut Vec<Refusal>,
) -> Result<Option<(String, String)>, Refusal> {
    let Some(name) = relations.part_of_kind(kind) else {
        return Ok(None);
    };
    match package.part(name) {
        Ok(text) => Ok(text.map(|t| (name.to_owned(), t))),
        Err(refusal) if refusal.code == IssueCode::ExpansionLimit => Err(refusal),
        Err(refusal) => {
            damaged.push(refusal);
            Ok(None)
        }
    }
}
