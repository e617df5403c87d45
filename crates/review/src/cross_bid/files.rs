//! What the files say of their own making, and pictures and files that several bids hold.
//!
//! Traits stand on no page: alone they are leads. Serial numbers of pricing software are not read.

use std::collections::{BTreeMap, BTreeSet};

use bidlens_domain::clue::{ClueKind, FileTrait};
use bidlens_domain::document::{Document, EmbeddedFile, IdentifierKind, Metadata};
use bidlens_domain::wording::both;

use super::{Bids, Draft, Reasons, Shown, Strength, shared};

/// Names that programs and machines give by default.
const NOBODY: [&str; 20] = [
    "administrator",
    "admin",
    "user",
    "users",
    "微软用户",
    "微软中国",
    "lenovo",
    "windows用户",
    "windows user",
    "dell",
    "hp",
    "asus",
    "pc",
    "microsoft",
    "microsoft office user",
    "china",
    "python-docx",
    "wps office",
    "wps_office",
    "unknown",
];
/// Editing sessions of templates that come with programs; every file made from them has these.
const TEMPLATE_SESSIONS: [&str; 10] = [
    "00000000", "00034616", "0006063C", "0015074B", "0029639D", "00326F90", "00AA1D8D", "00B47730", "00CB0664",
    "00FC693F",
];
/// When templates that come with programs were made.
const TEMPLATE_TIMES: [&str; 3] = ["2013-12-23T23:15:00", "1601-01-01", "2006-09-16T00:00:00"];
/// Fewer sessions in common may be a copied paragraph's.
const SESSIONS_MIN: usize = 3;
/// Smaller pictures are lines, bullets and icons.
const PICTURE_BYTES_MIN: u64 = 8_192;
const SHOWN_MAX: usize = 5;

const INNOCENT_PEOPLE: Reasons = &[
    ("作者名是软件、电脑或打印店的默认名称", "The author is a default name of a program, a computer or a print shop"),
    (
        "各投标人使用了同一来源的模板，属性由模板带入",
        "The bidders used a template from the same source, which brought the property with it",
    ),
];
const INNOCENT_SESSIONS: Reasons = &[
    (
        "各投标人使用了招标人或代理机构提供的同一份 Word 模板，而该模板未导入",
        "The bidders used the same Word template of the buyer or the agency, which was not imported",
    ),
    ("从同一公开文档复制了内容", "Content was copied from the same published document"),
];
const INNOCENT_TIME: Reasons = &[(
    "由同一软件或平台模板生成，创建时间取自模板",
    "The files were made from the same template of a program or platform, whose time of creation they keep",
)];
const INNOCENT_IDENTIFIERS: Reasons = &[
    (
        "各投标人填写了平台、招标人或代理机构下发的同一份 PDF，而该文件未导入",
        "The bidders filled in the same PDF of the platform, the buyer or the agency, which was not imported",
    ),
    (
        "是同一厂家提供的 PDF（说明书、证书、检测报告），各自加注或签章后提交",
        "It is a PDF of the same maker (manual, certificate, test report) that each annotated or signed",
    ),
    ("软件或其模板写入固定的标识", "A program or its template writes the same identifier into every file"),
];
const INNOCENT_FILE: Reasons = &[
    ("产品图片、证书来自同一厂家", "Pictures of products or certificates come from the same maker"),
    (
        "图片是公开的示意图、地图、标志或平台截图",
        "The picture is a published diagram, a map, a logo or a screenshot of a platform",
    ),
    ("附件是招标人统一提供的文件", "The attachment is a file that the buyer gave to all"),
];

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let mut drafts = properties(bids);
    drafts.extend(sessions(bids));
    drafts.extend(identifiers(bids));
    drafts.extend(same_files(bids));
    drafts
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Property {
    Person,
    Company,
    Created,
}

impl Property {
    fn word(self) -> &'static str {
        match self {
            Property::Person => "作者",
            Property::Company => "单位",
            Property::Created => "创建时间",
        }
    }

    fn in_english(self) -> &'static str {
        match self {
            Property::Person => "author",
            Property::Company => "company",
            Property::Created => "time of creation",
        }
    }

    fn innocent(self) -> Reasons {
        match self {
            Property::Person | Property::Company => INNOCENT_PEOPLE,
            Property::Created => INNOCENT_TIME,
        }
    }
}

fn properties(bids: &Bids<'_>) -> Vec<Draft> {
    let of_tender: BTreeSet<(Property, String)> =
        bids.tender.documents.iter().flat_map(|document| properties_of(&document.metadata)).collect();
    let held = documents(bids).flat_map(|(index, document)| {
        properties_of(&document.metadata).into_iter().map(move |property| (index, property, document.name.clone()))
    });
    let shared = shared(held).into_iter().filter(|(property, _)| !of_tender.contains(property));
    shared
        // A time that all share is their template's.
        .filter(|((property, _), files)| *property != Property::Created || !bids.is_everybodys(files.len()))
        .map(|((property, value), files)| {
            let (word, word_en) = (property.word(), property.in_english());
            let one = |file: String| FileTrait::new(file, None, both(word, word_en), value.clone());
            Draft {
                kind: ClueKind::FileTraits,
                strength: Strength::Medium.if_shared_by_all(bids.is_everybodys(files.len())),
                summary: both(
                    format!("文件属性中的{word}“{value}”相同"),
                    format!("The files have the same {word_en} among their properties: “{value}”"),
                ),
                innocent: property.innocent(),
                more: 0,
                sides: files
                    .into_iter()
                    .map(|(index, files)| {
                        let files: BTreeSet<String> = files.into_iter().collect();
                        (index, Shown::traits(files.into_iter().map(one).collect()))
                    })
                    .collect(),
                subject: format!("{word} {value}"),
            }
        })
        .collect()
}

fn properties_of(metadata: &Metadata) -> Vec<(Property, String)> {
    let people = [&metadata.author, &metadata.last_modified_by].map(|name| (Property::Person, name));
    let named = people.into_iter().chain([(Property::Company, &metadata.company)]);
    let named = named.filter_map(|(property, name)| Some((property, name.as_ref()?.trim())));
    let mut properties: Vec<(Property, String)> = named
        .filter(|(_, name)| !name.is_empty() && !NOBODY.contains(&name.to_lowercase().as_str()))
        .map(|(property, name)| (property, name.to_owned()))
        .collect();
    let created = metadata.created.as_ref().filter(|time| !TEMPLATE_TIMES.iter().any(|known| time.starts_with(known)));
    properties.extend(created.map(|time| (Property::Created, time.clone())));
    properties.sort();
    properties.dedup();
    properties
}

/// Editing sessions that two bids share, and neither the tender's own files nor every bidder's have.
fn sessions(bids: &Bids<'_>) -> Vec<Draft> {
    let of_tender: BTreeSet<&String> = bids.tender.documents.iter().flat_map(|d| &d.metadata.revision_ids).collect();
    let held = documents(bids)
        .flat_map(|(index, document)| document.metadata.revision_ids.iter().map(move |id| (index, id, ())));
    let mut pairs: BTreeMap<(usize, usize), Vec<&String>> = BTreeMap::new();
    for (id, holders) in shared(held) {
        let is_templates = of_tender.contains(id)
            || TEMPLATE_SESSIONS.contains(&id.to_uppercase().as_str())
            || bids.is_everybodys(holders.len());
        let holders: Vec<usize> = holders.into_keys().filter(|_| !is_templates).collect();
        for (n, &first) in holders.iter().enumerate() {
            for &second in holders.iter().skip(n + 1) {
                pairs.entry((first, second)).or_default().push(id);
            }
        }
    }
    let enough = pairs.into_iter().filter(|(_, ids)| ids.len() >= SESSIONS_MIN);
    enough
        .map(|((first, second), ids)| Draft {
            kind: ClueKind::FileTraits,
            strength: Strength::Medium,
            summary: both(
                format!("Word 文件含有 {} 个相同的编辑会话标识（RSID），招标文件中没有这些标识", ids.len()),
                format!("The Word files share {} editing sessions (RSID) that the tender's files lack", ids.len()),
            ),
            innocent: INNOCENT_SESSIONS,
            more: ids.len().saturating_sub(SHOWN_MAX),
            sides: BTreeMap::from([first, second].map(|index| (index, sessions_shown(bids, index, &ids)))),
            subject: "sessions".to_owned(),
        })
        .collect()
}

fn sessions_shown(bids: &Bids<'_>, index: usize, ids: &[&String]) -> Shown {
    let of_bid = documents(bids).filter(|(bid, _)| *bid == index);
    let traits = of_bid.filter_map(|(_, document)| {
        let held = ids.iter().filter(|id| document.metadata.revision_ids.contains(**id)).take(SHOWN_MAX);
        let value = held.map(|id| id.as_str()).collect::<Vec<_>>().join(" ");
        (!value.is_empty()).then(|| FileTrait::new(document.name.clone(), None, both("RSID", "RSID"), value))
    });
    Shown::traits(traits.collect())
}

/// Names that programs gave to PDFs, where different files of several bids have the same.
fn identifiers(bids: &Bids<'_>) -> Vec<Draft> {
    let named =
        |document: &'_ Document| document.metadata.identifiers.iter().map(|one| one.value.clone()).collect::<Vec<_>>();
    let of_tender: BTreeSet<String> = bids.tender.documents.iter().flat_map(named).collect();
    let held = documents(bids).flat_map(|(index, document)| {
        document.metadata.identifiers.iter().map(move |one| (index, one.value.as_str(), (document, one.kind)))
    });
    let mut groups: BTreeMap<Vec<usize>, Vec<Identified<'_>>> = BTreeMap::new();
    for (value, places) in shared(held).into_iter().filter(|(value, _)| !of_tender.contains(*value)) {
        // One file in two bids is told as that.
        let files: BTreeSet<&str> = places.values().flatten().map(|(document, _)| document.sha256.as_str()).collect();
        if files.len() > 1 {
            groups.entry(places.keys().copied().collect()).or_default().push((value, places));
        }
    }
    groups
        .into_iter()
        .map(|(holders, found)| Draft {
            kind: ClueKind::FileTraits,
            strength: Strength::Medium.if_shared_by_all(bids.is_everybodys(holders.len())),
            summary: both(
                "PDF 文件的内部标识相同，这些文件可能由同一份文件改成",
                "PDF files have the same internal identifier: they may have been made from one file",
            ),
            innocent: INNOCENT_IDENTIFIERS,
            more: 0,
            subject: found.iter().map(|(value, _)| *value).collect::<Vec<_>>().join(" "),
            sides: holders.iter().map(|&index| (index, identifiers_shown(index, &found))).collect(),
        })
        .collect()
}

/// An identifier and the files that have it, by bid.
type Identified<'d> = (&'d str, BTreeMap<usize, Vec<(&'d Document, IdentifierKind)>>);

fn identifiers_shown(index: usize, found: &[Identified<'_>]) -> Shown {
    let own =
        found.iter().flat_map(|(value, places)| places.get(&index).into_iter().flatten().map(move |at| (value, at)));
    let one = |(value, (document, kind)): (&&str, &(&Document, IdentifierKind))| {
        let name = match kind {
            IdentifierKind::File => "/ID",
            IdentifierKind::Document => "XMP DocumentID",
            IdentifierKind::Instance => "XMP InstanceID",
            IdentifierKind::Original => "XMP OriginalDocumentID",
        };
        FileTrait::new(document.name.clone(), None, both(name, name), (*value).to_owned())
    };
    Shown::traits(own.take(SHOWN_MAX).map(one).collect())
}

/// Pictures and attachments inside the bids, and whole files, that are the same byte for byte.
fn same_files(bids: &Bids<'_>) -> Vec<Draft> {
    let of_tender: BTreeSet<&str> = bids.tender.documents.iter().flat_map(hashes).collect();
    let held = documents(bids).flat_map(|(index, document)| {
        let whole = (index, document.sha256.as_str(), (document, None));
        let inside = document.embedded.iter().filter(|file| file.size >= PICTURE_BYTES_MIN && !is_plain(file));
        std::iter::once(whole).chain(inside.map(move |file| (index, file.sha256.as_str(), (document, Some(file)))))
    });
    let shared = shared(held).into_iter().filter(|(hash, _)| !of_tender.contains(hash));
    shared
        .map(|(hash, places)| {
            let name = places.values().flatten().next().map_or("", |(document, file)| name(document, *file));
            Draft {
                kind: ClueKind::SameFile,
                strength: Strength::Medium.if_shared_by_all(bids.is_everybodys(places.len())),
                summary: both(
                    format!("含有逐字节相同的图片或文件“{name}”"),
                    format!("The bids hold a picture or file that is the same byte for byte: “{name}”"),
                ),
                innocent: INNOCENT_FILE,
                more: 0,
                sides: places
                    .into_iter()
                    .map(|(index, places)| {
                        let traits = places.into_iter().take(SHOWN_MAX).map(|(document, file)| {
                            let (zh, en) =
                                if file.is_some() { ("内嵌文件", "embedded file") } else { ("文件", "file") };
                            let value = format!("SHA-256 {}", hash.get(..16).unwrap_or(hash));
                            FileTrait::new(document.name.clone(), file.and_then(|file| file.page), both(zh, en), value)
                        });
                        (index, Shown::traits(traits.collect()))
                    })
                    .collect(),
                subject: hash.to_owned(),
            }
        })
        .collect()
}

/// Whether a picture shows nothing, such as a page that a program drew blank.
fn is_plain(file: &EmbeddedFile) -> bool {
    file.picture.as_ref().is_some_and(|picture| picture.plain)
}

fn hashes(document: &Document) -> impl Iterator<Item = &str> {
    std::iter::once(document.sha256.as_str()).chain(document.embedded.iter().map(|file| file.sha256.as_str()))
}

fn name<'d>(document: &'d Document, file: Option<&'d EmbeddedFile>) -> &'d str {
    file.map_or(document.name.as_str(), |file| file.name.as_str())
}

/// Every file of every bid with the bid's index.
fn documents<'b>(bids: &'b Bids<'_>) -> impl Iterator<Item = (usize, &'b Document)> {
    bids.each().flat_map(|(index, bid)| bid.reading.documents.iter().map(move |document| (index, document)))
}
