//! Relations between the parts of an office file: which part a part names, by id and by kind.

use crate::limits::Limits;
use crate::package::Package;
use crate::raw::Refusal;
use crate::xml::{Token, Xml};

/// What one part says of another.
pub(crate) struct Relation {
    pub(crate) id: String,
    /// The last word of its type, such as `slide` or `comments`.
    pub(crate) kind: String,
    /// The name of the other part, from the top of the container.
    pub(crate) target: String,
}

/// The relations of `part`; empty when it has none.
pub(crate) fn relations(package: &mut Package<'_>, part: &str, limits: &Limits) -> Result<Vec<Relation>, Refusal> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let Some(text) = package.part(&path)? else { return Ok(Vec::new()) };
    let mut xml = Xml::new(&path, &text, limits.max_depth);
    let mut relations = Vec::new();
    loop {
        match xml.next()? {
            Token::Open(element) if element.name() == "Relationship" => {
                if element.attribute("TargetMode").as_deref() == Some("External") {
                    continue;
                }
                let kind = element.attribute("Type").unwrap_or_default();
                relations.push(Relation {
                    id: element.attribute("Id").unwrap_or_default(),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: resolved(folder, &element.attribute("Target").unwrap_or_default()),
                });
            }
            Token::End => return Ok(relations),
            _ => {}
        }
    }
}

/// A target as a name in the container: `..` goes up, a leading `/` starts at the top.
fn resolved(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}
