//! Joining two rankings by the reciprocals of their ranks, and ranking by the angle between vectors.

use std::collections::BTreeMap;

/// Damps the difference between the first ranks; the usual value, from Cormack, Clarke and Büttcher (SIGIR 2009).
const DAMPING: f64 = 60.0;

/// One ranking out of several, best first; what stands first in more of them wins, ties go to the lower id.
pub fn reciprocal_ranks<Id: Copy + Ord>(rankings: &[Vec<Id>]) -> Vec<(Id, f64)> {
    let mut scores: BTreeMap<Id, f64> = BTreeMap::new();
    for ranking in rankings {
        for (rank, &id) in (1u32..).zip(ranking) {
            *scores.entry(id).or_default() += 1.0 / (DAMPING + f64::from(rank));
        }
    }
    let mut joined: Vec<(Id, f64)> = scores.into_iter().collect();
    // Stable over a list that is ordered by id.
    joined.sort_by(|a, b| b.1.total_cmp(&a.1));
    joined
}

/// Scales a vector to length one, so that a product is a cosine; a vector without direction stays zero.
pub fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
    for x in vector.iter_mut() {
        *x = if length > 0.0 { (f64::from(*x) / length) as f32 } else { 0.0 };
    }
}

/// The rows nearest to `wanted` among vectors of its length that stand one after the other, best first.
///
/// All vectors are [`normalize`]d; rows that point away are left out, and so is what does not pass `allowed`.
pub fn cosine_ranks(
    vectors: &[f32],
    wanted: &[f32],
    count: usize,
    allowed: impl Fn(usize) -> bool,
) -> Vec<(usize, f64)> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let product = |row: &[f32]| row.iter().zip(wanted).map(|(a, b)| a * b).sum::<f32>();
    let rows = vectors.chunks_exact(wanted.len()).enumerate();
    let scored = rows.filter(|&(row, _)| allowed(row)).map(|(row, vector)| (row, f64::from(product(vector))));
    let mut ranks: Vec<(usize, f64)> = scored.filter(|&(_, score)| score > 0.0).collect();
    ranks.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranks.truncate(count);
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_rankings_know_wins() {
        let joined = reciprocal_ranks(&[vec![1, 2, 3], vec![3, 4]]);
        assert_eq!(joined.iter().map(|&(id, _)| id).collect::<Vec<_>>(), [3, 1, 2, 4]);
        assert_eq!(reciprocal_ranks::<u32>(&[]), []);
    }

    #[test]
    fn the_nearest_vector_is_first() {
        let mut vectors = vec![3.0, 0.0, 1.0, 1.0, -1.0, 0.0, 0.0, 0.0];
        vectors.chunks_exact_mut(2).for_each(normalize);
        let ranks = cosine_ranks(&vectors, &[1.0, 0.0], 10, |_| true);
        assert_eq!(ranks.iter().map(|&(row, _)| row).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(cosine_ranks(&vectors, &[1.0, 0.0], 10, |row| row == 1).len(), 1);
    }
}
