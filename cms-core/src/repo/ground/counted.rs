//! Numbers of things in sentences: one is, two are.

/// How many there are, in words that agree with the number: `counted(1, "entry is", "entries are")` is "1 entry is".
pub(in crate::repo) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_with_their_number() {
        assert_eq!(counted(1, "entry is", "entries are"), "1 entry is");
        assert_eq!(counted(0, "entry is", "entries are"), "0 entries are");
        assert_eq!(counted(2, "entry is", "entries are"), "2 entries are");
    }
}
