//! The few characters around a place in a text.

/// The last `chars` characters before the byte `at`.
pub(crate) fn before(text: &str, at: usize, chars: usize) -> &str {
    let head = text.get(..at).unwrap_or_default();
    let start = head.char_indices().rev().take(chars).last().map_or(head.len(), |(start, _)| start);
    head.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_before_a_place_keep_their_order() {
        let text = "合同总价为9万元";
        assert_eq!(before(text, "合同总价为".len(), 3), "总价为");
        assert_eq!(before(text, "合同".len(), 8), "合同");
        assert_eq!(before(text, 0, 8), "");
        assert_eq!(before(text, "合同".len(), 0), "");
    }
}
