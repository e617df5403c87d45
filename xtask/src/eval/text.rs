//! Comparing words: what counts as the same text.

use bidlens_domain::fold::folded;

/// Letters and digits alone, width and case folded.
pub(super) fn bare(text: &str) -> String {
    folded(text)
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '%' | '＋'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Length in characters of the longest run both have.
pub(super) fn shared_run(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row = vec![0usize; b.len() + 1];
    let mut best = 0;
    for x in a.chars() {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == *y { diagonal + 1 } else { 0 };
            best = best.max(row[j + 1]);
            diagonal = above;
        }
    }
    best
}

/// The same, or one holds the other and is not much longer.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (bare(a), bare(b));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let (short, long) = if a.chars().count() <= b.chars().count() { (a, b) } else { (b, a) };
    short == long || (long.contains(&short) && short.chars().count() * 10 >= long.chars().count() * 6)
}

/// Long clauses are the same when their beginnings share most of the shorter one.
pub(super) fn same_clause(a: &str, b: &str) -> bool {
    let head = |text: &str| bare(text).chars().take(200).collect::<String>();
    let (a, b) = (head(a), head(b));
    let shorter = a.chars().count().min(b.chars().count());
    if shorter == 0 {
        return false;
    }
    same_text(&a, &b) || {
        let run = shared_run(&a, &b);
        run >= 6 && run * 10 >= shorter * 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_letters() {
        assert!(same_text("（一）投标 有效期", "一投标有效期"));
        assert!(!same_text("投标", "投标有效期为九十日历天"));
        assert_eq!(shared_run("abcdef", "xxcdexx"), 3);
    }
}
