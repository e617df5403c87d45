//! Pictures that look the same in several bids though their bytes differ: saved anew, smaller or compressed otherwise.
//!
//! What bidders rightly have on one form (licences, certificates, filled pages) looks much alike as a whole: two
//! pictures are alike only when no field of their looks differs. The bounds are measured, see `docs/clues.md`.

use std::collections::{BTreeMap, BTreeSet};

use bidlens_domain::clue::{ClueKind, FileTrait};
use bidlens_domain::document::{Document, EmbeddedFile, Look};
use bidlens_domain::wording::both;

use super::{Bids, Draft, Reasons, Shown, Strength};

/// Of one bid; comparing takes time with the square of it.
const PICTURES_MAX: usize = 1_000;
/// Share of a look that the other does not explain, squared: different pages of text have more than five times this.
const UNLIKE_MAX: f32 = 0.09;
/// The same of looks that are reduced to so many fields a side, to tell most pictures apart in little time.
const COARSE_UNLIKE_MAX: f32 = 0.2;
const COARSE_SIDE: usize = 8;
/// Levels by which one field may differ once brightness and contrast are made equal.
const FIELD_MAX: f32 = 11.0;
/// Sides that differ by more are not the same picture's, rounded when it was made smaller.
const SHAPE_MAX: f32 = 0.03;
const SHOWN_MAX: usize = 5;

const INNOCENT: Reasons = &[
    (
        "所投产品来自同一厂家，使用了厂家的产品照片",
        "The products come from the same maker, whose photos of them both use",
    ),
    ("是同一厂家的证书、授权或检测报告", "It is a certificate, a letter or a test report of the same maker"),
    (
        "是公开的素材图片、示意图、地图或平台截图",
        "It is a stock picture, a published diagram, a map or a screenshot of a platform",
    ),
];

struct Seen<'d> {
    document: &'d Document,
    file: &'d EmbeddedFile,
    width: u32,
    height: u32,
    fields: Fields,
    coarse: Fields,
}

/// Levels of fields, brightness and contrast taken out.
struct Fields {
    /// How far each lies from the mean, in deviations.
    distances: Vec<f32>,
    deviation: f32,
}

impl Fields {
    fn new(levels: &[f32]) -> Fields {
        let count = levels.len() as f32;
        let mean = levels.iter().sum::<f32>() / count;
        let variance = levels.iter().map(|level| (level - mean).powi(2)).sum::<f32>() / count;
        let deviation = variance.sqrt().max(f32::MIN_POSITIVE);
        Fields { distances: levels.iter().map(|level| (level - mean) / deviation).collect(), deviation }
    }

    /// 1 for the same picture, 0 for any two, -1 for a negative.
    fn likeness(&self, other: &Fields) -> f32 {
        let products = self.distances.iter().zip(&other.distances).map(|(a, b)| a * b);
        products.sum::<f32>() / self.distances.len().max(1) as f32
    }

    fn explain(&self, other: &Fields, unlike_max: f32) -> bool {
        let likeness = self.likeness(other);
        likeness > 0.0 && 1.0 - likeness * likeness <= unlike_max
    }
}

fn coarse(levels: &[f32]) -> Vec<f32> {
    const PART: usize = Look::SIDE / COARSE_SIDE;
    let mut sums = vec![0.0; COARSE_SIDE * COARSE_SIDE];
    for (at, level) in levels.iter().enumerate() {
        if let Some(sum) = sums.get_mut(at / Look::SIDE / PART * COARSE_SIDE + at % Look::SIDE / PART) {
            *sum += level;
        }
    }
    sums
}

impl<'d> Seen<'d> {
    fn of(document: &'d Document, file: &'d EmbeddedFile) -> Option<Seen<'d>> {
        let picture = file.picture.as_ref()?;
        let levels: Vec<f32> = picture.look.as_ref()?.levels().iter().map(|&level| f32::from(level)).collect();
        let (fields, coarse) = (Fields::new(&levels), Fields::new(&coarse(&levels)));
        Some(Seen { document, file, width: picture.width, height: picture.height, fields, coarse })
    }

    fn is_like(&self, other: &Seen<'_>) -> bool {
        let shape = |seen: &Seen<'_>| seen.width as f32 / seen.height as f32;
        if (shape(self) / shape(other) - 1.0).abs() > SHAPE_MAX
            || !self.coarse.explain(&other.coarse, COARSE_UNLIKE_MAX)
            || !self.fields.explain(&other.fields, UNLIKE_MAX)
        {
            return false;
        }
        let likeness = self.fields.likeness(&other.fields);
        let contrast = self.fields.deviation.max(other.fields.deviation);
        let mut pairs = self.fields.distances.iter().zip(&other.fields.distances);
        pairs.all(|(a, b)| (b - likeness * a).abs() * contrast <= FIELD_MAX)
    }
}

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let of_tender: Vec<Seen<'_>> = bids.tender.documents.iter().flat_map(seen).collect();
    let mut rest: Vec<(usize, Seen<'_>)> = Vec::new();
    for (index, bid) in bids.each() {
        let own = bid.reading.documents.iter().flat_map(seen).take(PICTURES_MAX);
        rest.extend(own.filter(|one| !of_tender.iter().any(|known| known.is_like(one))).map(|one| (index, one)));
    }
    let mut drafts = Vec::new();
    rest.reverse();
    while let Some((index, first)) = rest.pop() {
        // The same picture of one bidder is looked for once.
        let (alike, others) = rest.into_iter().partition(|(_, one)| first.is_like(one));
        rest = others;
        let mut group: BTreeMap<usize, Vec<Seen<'_>>> = BTreeMap::from([(index, vec![first])]);
        for (index, one) in Vec::into_iter(alike).rev() {
            group.entry(index).or_default().push(one);
        }
        drafts.extend(draft(group));
    }
    drafts
}

fn seen(document: &Document) -> impl Iterator<Item = Seen<'_>> {
    document.embedded.iter().filter_map(move |file| Seen::of(document, file))
}

/// `None` for what one bidder alone has, and for what is the same byte for byte, which is told as that.
fn draft(group: BTreeMap<usize, Vec<Seen<'_>>>) -> Option<Draft> {
    let bytes: BTreeSet<&str> = group.values().flatten().map(|one| one.file.sha256.as_str()).collect();
    if group.len() < 2 || bytes.len() < 2 {
        return None;
    }
    let name = group.values().flatten().next().map_or("", |one| one.file.name.as_str());
    Some(Draft {
        kind: ClueKind::SameFile,
        strength: Strength::Weak,
        summary: both(
            format!("有一张图片看上去相同，只是大小、格式或压缩不同：“{name}”"),
            format!("The bids show a picture that looks the same and differs in size, format or compression: “{name}”"),
        ),
        innocent: INNOCENT,
        more: 0,
        subject: format!("alike {}", bytes.into_iter().collect::<Vec<_>>().join(" ")),
        sides: group.into_iter().map(|(index, own)| (index, shown(&own))).collect(),
    })
}

fn shown(own: &[Seen<'_>]) -> Shown {
    let one = |seen: &Seen<'_>| {
        let value = format!("{} {}×{}", seen.file.name, seen.width, seen.height);
        FileTrait::new(seen.document.name.clone(), seen.file.page, both("图片", "picture"), value)
    };
    Shown::traits(own.iter().take(SHOWN_MAX).map(one).collect())
}
