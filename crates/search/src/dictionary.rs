//! The dictionary that text is cut by: a general one, and the words of tendering.

use std::sync::LazyLock;

use jieba_rs::Jieba;

static PROCUREMENT: &str = include_str!("procurement.txt");

/// Raised when words, fields or signs of an entry change their meaning.
const FORMAT: i64 = 2;

/// Names how entries are made: those that were stored under another version are made again.
pub fn index_version() -> i64 {
    // FNV-1a: the same on every machine and in every build.
    let hash =
        PROCUREMENT.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (FORMAT << 32) | i64::from(hash)
}

/// Loaded once, by whoever first cuts a text: it takes a quarter of a second.
pub(crate) fn dictionary() -> &'static Jieba {
    static DICTIONARY: LazyLock<Jieba> = LazyLock::new(|| {
        let mut jieba = Jieba::new();
        // Otherwise just often enough to be kept together, so that no neighbour is swallowed; what that takes depends on
        // the words that were told how often they occur.
        let (told, others): (Vec<_>, Vec<_>) = terms().partition(|(_, often)| often.is_some());
        for (word, often) in told.into_iter().chain(others) {
            jieba.add_word(word, often, None);
        }
        jieba
    });
    &DICTIONARY
}

/// Words, some with how often they occur.
fn terms() -> impl Iterator<Item = (&'static str, Option<usize>)> {
    let lines = PROCUREMENT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').map_or((line, None), |(word, often)| (word, often.trim().parse().ok())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_tendering_are_listed_once() {
        let mut seen = std::collections::HashSet::new();
        for (term, _) in terms() {
            assert!(seen.insert(term), "{term} stands twice");
            assert!(term.chars().all(bidlens_domain::fold::is_cjk), "{term} is cut elsewhere");
        }
        assert!(seen.len() > 200);
    }

    #[test]
    fn the_version_names_the_format() {
        assert_eq!(index_version() >> 32, FORMAT);
    }
}
