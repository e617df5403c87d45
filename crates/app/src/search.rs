//! Finding segments of a project's files, and looking them up by their ids.
//!
//! Words and vectors are rows; the ranking is computed here, so that it is the same whichever database holds them.
//! What was searched is kept in memory, within bounds, for the next search.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bidlens_domain::document::TextRange;
use bidlens_search::{
    BadQuery, Entry, FileIndex, Query, cosine_ranks, index_version, normalize, rank, reciprocal_ranks, snippet,
};
use bidlens_storage::{Access, AssetKind, IndexState, SegmentRow};
use serde_json::Value;

use crate::App;
use crate::error::AppError;

/// What is looked for, and where.
#[derive(Debug, Clone, Default)]
pub struct SearchRequest {
    pub query: String,
    pub asset_id: Option<String>,
    pub kind: Option<AssetKind>,
    pub bidder_name: Option<String>,
    /// Physical pages, counted from 1, both included.
    pub page_from: Option<i64>,
    pub page_to: Option<i64>,
    pub limit: Option<i64>,
    pub offset: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct SearchAnswer {
    pub ranking: Ranking,
    /// Hits before `limit` and `offset`.
    pub total: usize,
    pub hits: Vec<SearchHit>,
}

/// What the order of hits goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranking {
    /// Words alone.
    Lexical,
    /// Words, joined with the meaning that a model finds.
    Hybrid,
}

/// A segment, how well it fits, and the part of it that shows why.
#[derive(Debug, Clone)]
pub struct SearchHit {
    pub segment: SegmentRow,
    pub score: f64,
    /// Byte range of the segment's content that is worth showing.
    pub snippet: TextRange,
    /// Byte ranges of the segment's content that hold words of the query.
    pub highlights: Vec<TextRange>,
    /// Of the lines that hold them; all of the segment's where none is known to.
    pub boxes: Value,
    /// Where the first of these lines stands.
    pub page: i64,
}

const LIMIT: i64 = 20;
const LIMIT_MAX: i64 = 100;
const OFFSET_MAX: i64 = 10_000;
/// Hits of each ranking that are joined.
const JOINED_MAX: usize = 200;
/// Memory for what was searched.
const SEARCHED_BYTES_MAX: usize = 256 * 1024 * 1024;

impl App {
    /// The segments of a project that fit a query, best first.
    pub async fn search(
        &self,
        access: &Access,
        project_id: &str,
        request: &SearchRequest,
    ) -> Result<SearchAnswer, AppError> {
        self.check_project(access, project_id).await?;
        let text = request.query.clone();
        // Whoever asks first in a process waits for the dictionary.
        let query = blocking("read a query", move || Query::parse(&text)).await?.map_err(bad_query)?;
        let (offset, limit) = request.check()?;
        if let Some(asset_id) = &request.asset_id {
            self.own_asset(access, project_id, asset_id).await?;
        }
        let states = self.searchable(access, project_id).await?;
        let files = self.searched_files(access, &states).await?;
        let wanted = self.query_vector(&request.query, &states).await;
        let filter = request.clone();
        let ranked = blocking("search", move || {
            let ranked = rank_all(&query, wanted.as_deref(), &states, &files, &filter);
            (ranked, query, states)
        });
        let ((ranking, ranked), query, states) = ranked.await?;
        let total = ranked.len();
        let page: Vec<Ranked> = ranked.into_iter().skip(offset).take(limit).collect();
        let hits = self.hits(access, query, &states, page).await?;
        Ok(SearchAnswer { ranking, total, hits })
    }

    /// What can be searched of a project; files that another version indexed are indexed anew first.
    async fn searchable(&self, access: &Access, project_id: &str) -> Result<Vec<IndexState>, AppError> {
        let states = self.inner.db.index_states(access, project_id).await?;
        let stale: Vec<&IndexState> = states.iter().filter(|s| s.version != index_version()).collect();
        if stale.is_empty() {
            return Ok(states);
        }
        for state in stale {
            self.index_anew(&state.asset_id).await?;
        }
        Ok(self.inner.db.index_states(access, project_id).await?)
    }

    async fn searched_files(&self, access: &Access, states: &[IndexState]) -> Result<Vec<Arc<SearchedFile>>, AppError> {
        let mut files = Vec::with_capacity(states.len());
        for state in states {
            if let Some(known) = self.inner.searched.get(state) {
                files.push(known);
                continue;
            }
            let rows = self.inner.db.segment_words(access, &state.asset_id).await?;
            let vectors = match &state.model {
                Some(_) => self.inner.db.vectors(access, &state.asset_id).await?,
                None => None,
            };
            let built = blocking("prepare a search", move || SearchedFile {
                pages: rows.iter().map(|row| (row.page, row.last_page)).collect(),
                words: FileIndex::new(rows.iter().map(|row| Entry::from_text(&row.words))),
                // Vectors of other segments would name the wrong ones.
                vectors: vectors.filter(|v| v.values.len() == v.dimensions * rows.len()).map(|v| v.values),
            });
            let built = Arc::new(built.await?);
            self.inner.searched.put(state, Arc::clone(&built));
            files.push(built);
        }
        Ok(files)
    }

    /// The query's vector, when there are vectors to compare it with and the server answers.
    async fn query_vector(&self, query: &str, states: &[IndexState]) -> Option<Vec<f32>> {
        let embeddings = self.inner.indexer.embeddings()?;
        states.iter().find(|state| state.model.as_deref() == Some(embeddings.model()))?;
        match embeddings.of_query(query).await {
            Ok(mut vector) => {
                normalize(&mut vector);
                Some(vector)
            }
            Err(error) => {
                tracing::warn!(%error, "search goes by words alone");
                None
            }
        }
    }

    async fn hits(
        &self,
        access: &Access,
        query: Query,
        states: &[IndexState],
        page: Vec<Ranked>,
    ) -> Result<Vec<SearchHit>, AppError> {
        let mut rows: HashMap<(usize, i64), SegmentRow> = HashMap::new();
        for (file, state) in states.iter().enumerate() {
            let wanted = page.iter().filter(|ranked| ranked.file == file);
            let ordinals: Vec<i64> = wanted.filter_map(|ranked| i64::try_from(ranked.segment).ok()).collect();
            if ordinals.is_empty() {
                continue;
            }
            let found = self.inner.db.segments_at(access, &state.asset_id, &ordinals).await?;
            rows.extend(found.into_iter().map(|row| ((file, row.ordinal), row)));
        }
        // A file that was deleted meanwhile has no rows and no hits.
        blocking("show what was found", move || {
            let hit = |ranked: &Ranked| {
                let row = rows.remove(&(ranked.file, i64::try_from(ranked.segment).ok()?))?;
                Some(SearchHit::new(&query, row, ranked.score))
            };
            page.iter().filter_map(hit).collect()
        })
        .await
    }

    pub async fn segments(
        &self,
        access: &Access,
        project_id: &str,
        asset_id: &str,
        page: Option<i64>,
    ) -> Result<Vec<SegmentRow>, AppError> {
        self.own_asset(access, project_id, asset_id).await?;
        Ok(self.inner.db.segments(access, asset_id, page).await?)
    }

    /// The segments behind evidence ids, in the order asked; ids of others are left out.
    pub async fn lookup_chunks(&self, access: &Access, ids: &[String]) -> Result<Vec<SegmentRow>, AppError> {
        if ids.len() > 500 {
            return Err(AppError::invalid("too_many_ids", "at most 500 ids at a time"));
        }
        let mut found = Vec::new();
        for id in ids {
            // Whoever asks for an id finds it again in the answer, also where segments are cut otherwise now.
            let row = self.inner.db.segment(access, id).await?;
            found.extend(row.map(|row| SegmentRow { chunk_id: id.clone(), ..row }));
        }
        Ok(found)
    }
}

/// Work of the processor, away from the threads that answer.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::outside(doing, e))
}

fn bad_query(bad: BadQuery) -> AppError {
    match bad {
        BadQuery::Empty => AppError::invalid("empty_query", "`q` names the words to look for"),
        BadQuery::CommonWordsOnly => AppError::invalid(
            "common_words_only",
            "`q` holds only words that stand in every sentence; name what you look for",
        ),
        BadQuery::TooLong => {
            AppError::invalid("query_too_long", format!("`q` has at most {} characters", Query::CHARS_MAX))
        }
    }
}

impl SearchRequest {
    /// Offset and limit, when the numbers make sense.
    fn check(&self) -> Result<(usize, usize), AppError> {
        let within = |name: &str, value: Option<i64>, default: i64, least: i64, most: i64| {
            let value = value.unwrap_or(default);
            let inside = usize::try_from(value).ok().filter(|_| (least..=most).contains(&value));
            inside.ok_or_else(|| {
                AppError::invalid("bad_range", format!("`{name}` is a whole number from {least} to {most}"))
            })
        };
        let (from, to) = (self.page_from.unwrap_or(1), self.page_to.unwrap_or(i64::MAX));
        if from < 1 || to < from {
            return Err(AppError::invalid("bad_range", "`page_from` is at least 1 and not greater than `page_to`"));
        }
        Ok((within("offset", self.offset, 0, 0, OFFSET_MAX)?, within("limit", self.limit, LIMIT, 1, LIMIT_MAX)?))
    }

    fn allows_file(&self, state: &IndexState) -> bool {
        self.asset_id.as_ref().is_none_or(|id| *id == state.asset_id)
            && self.kind.is_none_or(|kind| kind == state.kind)
            && self.bidder_name.as_ref().is_none_or(|name| name.trim() == state.bidder_name)
    }

    fn allows_pages(&self, (first, last): (i64, i64)) -> bool {
        self.page_from.is_none_or(|from| last >= from) && self.page_to.is_none_or(|to| first <= to)
    }
}

struct Ranked {
    file: usize,
    segment: usize,
    score: f64,
}

fn rank_all(
    query: &Query,
    wanted: Option<&[f32]>,
    states: &[IndexState],
    files: &[Arc<SearchedFile>],
    filter: &SearchRequest,
) -> (Ranking, Vec<Ranked>) {
    let file_allowed: Vec<bool> = states.iter().map(|state| filter.allows_file(state)).collect();
    let allowed = |file: usize, segment: usize| {
        let pages = files.get(file).and_then(|f| f.pages.get(segment));
        file_allowed.get(file).copied().unwrap_or(false) && pages.is_some_and(|&pages| filter.allows_pages(pages))
    };
    let words: Vec<&FileIndex> = files.iter().map(|file| &file.words).collect();
    let lexical = rank(&words, query, allowed);
    let Some(wanted) = wanted else {
        let ranked = |hit: bidlens_search::Hit| Ranked { file: hit.file, segment: hit.segment, score: hit.score };
        return (Ranking::Lexical, lexical.into_iter().map(ranked).collect());
    };
    let mut near: Vec<((usize, usize), f64)> = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let Some(vectors) = file.vectors.as_ref().filter(|v| v.len() == wanted.len() * file.pages.len()) else {
            continue;
        };
        let ranks = cosine_ranks(vectors, wanted, JOINED_MAX, |segment| allowed(number, segment));
        near.extend(ranks.into_iter().map(|(segment, score)| ((number, segment), score)));
    }
    near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let by_words: Vec<(usize, usize)> = lexical.iter().map(|hit| (hit.file, hit.segment)).take(JOINED_MAX).collect();
    let by_meaning: Vec<(usize, usize)> = near.into_iter().map(|(id, _)| id).take(JOINED_MAX).collect();
    let joined = reciprocal_ranks(&[by_words, by_meaning]);
    let ranked = |((file, segment), score)| Ranked { file, segment, score };
    (Ranking::Hybrid, joined.into_iter().map(ranked).collect())
}

impl SearchHit {
    fn new(query: &Query, segment: SegmentRow, score: f64) -> SearchHit {
        let shown = snippet(query, &segment.content);
        let matched = |one: &&Value| {
            let byte = |name: &str| one.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
            match (byte("start"), byte("end")) {
                (Some(start), Some(end)) => shown.matches.iter().any(|m| m.overlaps(TextRange { start, end })),
                _ => false,
            }
        };
        let all = segment.boxes.as_array().map_or(&[] as &[Value], Vec::as_slice);
        let mut boxes: Vec<Value> = all.iter().filter(matched).cloned().collect();
        if boxes.is_empty() {
            boxes = all.to_vec();
        }
        let page = boxes.first().and_then(|one| one.get("page")).and_then(Value::as_i64).unwrap_or(segment.page);
        SearchHit { segment, score, snippet: shown.range, highlights: shown.matches, boxes: Value::Array(boxes), page }
    }
}

/// One file as it is searched.
#[derive(Debug)]
pub(crate) struct SearchedFile {
    words: FileIndex,
    /// First and last page of each segment.
    pages: Vec<(i64, i64)>,
    /// One after the other, each of length one.
    vectors: Option<Vec<f32>>,
}

impl SearchedFile {
    fn bytes(&self) -> usize {
        let vectors = self.vectors.as_ref().map_or(0, |v| v.len() * size_of::<f32>());
        self.words.bytes() + self.pages.len() * size_of::<(i64, i64)>() + vectors
    }
}

/// Files that were searched last. What is in it was asked for by somebody who may see it, and is only given to
/// searches whose states the database has just granted.
#[derive(Debug, Default)]
pub(crate) struct SearchedFiles(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    files: HashMap<String, KeptFile>,
    bytes: usize,
    /// Counts searches, to know what was used last.
    clock: u64,
}

#[derive(Debug)]
struct KeptFile {
    index_id: String,
    model: Option<String>,
    used: u64,
    file: Arc<SearchedFile>,
}

impl SearchedFiles {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, state: &IndexState) -> Option<Arc<SearchedFile>> {
        let mut kept = self.kept();
        kept.clock += 1;
        let clock = kept.clock;
        let known = kept.files.get_mut(&state.asset_id)?;
        if known.index_id != state.index_id || known.model != state.model {
            return None;
        }
        known.used = clock;
        Some(Arc::clone(&known.file))
    }

    fn put(&self, state: &IndexState, file: Arc<SearchedFile>) {
        let mut kept = self.kept();
        let used = kept.clock;
        kept.bytes += file.bytes();
        let new = KeptFile { index_id: state.index_id.clone(), model: state.model.clone(), used, file };
        if let Some(old) = kept.files.insert(state.asset_id.clone(), new) {
            kept.bytes -= old.file.bytes();
        }
        while kept.bytes > SEARCHED_BYTES_MAX && kept.files.len() > 1 {
            let oldest = kept.files.iter().min_by_key(|(_, file)| file.used).map(|(id, _)| id.clone());
            let Some(gone) = oldest.and_then(|id| kept.files.remove(&id)) else { break };
            kept.bytes -= gone.file.bytes();
        }
    }

    /// Forgets everything, so that what was deleted is nowhere.
    pub(crate) fn forget(&self) {
        *self.kept() = Kept::default();
    }
}
