//! English words: the common ones that say nothing, and a light stem that joins singular and plural, -ing and -ed.

/// Words that stand in every sentence, in both languages of tenders.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// Words with which people ask and which say nothing of what they look for.
pub(crate) fn asks_only(word: &str) -> bool {
    is_stop_word(word) || ASKING.contains(&word)
}

const ASKING: &[&str] = &[
    "多少",
    "多久",
    "时候",
    "多长",
    "什么",
    "怎么",
    "怎样",
    "如何",
    "哪个",
    "哪些",
    "哪里",
    "哪儿",
    "何时",
    "何地",
    "何处",
    "谁",
    "几",
    "几份",
    "几天",
    "请问",
    "告诉",
    "请",
    "吗",
    "呢",
    "有没有",
    "can",
    "could",
    "do",
    "doe",
    "how",
    "i",
    "many",
    "me",
    "much",
    "please",
    "tell",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "who",
    "whom",
    "why",
    "you",
    "there",
    "有",
];

/// Sorted by bytes.
const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "any", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have", "if", "in", "into",
    "is", "it", "its", "of", "on", "or", "s", "shall", "such", "t", "that", "the", "their", "this", "to", "was",
    "were", "will", "with", "与", "且", "个", "为", "也", "了", "于", "从", "其", "则", "及", "和", "在", "对", "将",
    "就", "应", "或", "所", "按", "是", "有", "本", "此", "由", "的", "等", "者", "而", "至", "被", "该", "须",
];

/// The stem of a lower-case English word; words of other scripts and with digits stay as they are.
pub(crate) fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let singular = singular(word);
    let stem = without_ending(&singular);
    match stem.strip_suffix('e') {
        Some(shorter) if shorter.len() >= 4 => shorter.to_owned(),
        _ => stem,
    }
}

fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() >= 2) {
        return format!("{stem}y");
    }
    if let Some(stem) = word.strip_suffix("es")
        && ["ss", "sh", "ch", "x", "z"].iter().any(|end| stem.ends_with(end))
    {
        return stem.to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// Without -ing, -ed and the endings of nouns, and with a doubled last consonant made single: `bidding` is `bid`.
fn without_ending(word: &str) -> String {
    for (ending, kept, least) in
        [("mission", "mit", 2), ("tion", "t", 4), ("sion", "s", 4), ("ity", "", 5), ("ment", "", 3)]
    {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= least) {
            return format!("{stem}{kept}");
        }
    }
    let has_vowel = |stem: &&str| stem.len() >= 3 && stem.bytes().any(|b| b"aeiouy".contains(&b));
    let Some(stem) = word.strip_suffix("ing").or_else(|| word.strip_suffix("ed")).filter(has_vowel) else {
        return word.to_owned();
    };
    match stem.as_bytes() {
        [.., before, last] if before == last && !b"aeioulsz".contains(last) => {
            stem.get(..stem.len() - 1).unwrap_or(stem).to_owned()
        }
        _ => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            ["bid", "bids", "bidding"],
            ["security", "securities", "security"],
            ["evaluation", "evaluate", "evaluated"],
            ["payment", "payments", "pay"],
            ["validity", "valid", "valid"],
            ["price", "prices", "priced"],
            ["invite", "invited", "inviting"],
            ["submission", "submissions", "submitted"],
            ["process", "processes", "processing"],
            ["lot", "lots", "lot"],
            ["day", "days", "day"],
            ["subcontract", "subcontracting", "subcontracted"],
        ] {
            let stems: Vec<String> = forms.iter().map(|f| stem(f)).collect();
            assert!(stems.iter().all(|s| *s == stems[0]), "{stems:?}");
        }
        assert_eq!(stem("status"), "status");
        assert_eq!(stem("need"), "need");
        assert_eq!(stem("h3c"), "h3c");
    }

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("的") && is_stop_word("the") && !is_stop_word("投标"));
    }
}
