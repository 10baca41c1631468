//! Whether a question asks for something or wants something done.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::synonyms::Phrase;
use super::words::stems;

const READ: &str = "get show read find list see look search view display what which who when where how is am are was \
    were did check tell fetch browse count whose";
const WRITE: &str = "create make add new book schedule register upload import invite delete remove erase wipe trash \
    discard change update rename edit set move send reply answer forward post";

static READS: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
    let of = |words: &str, reads: bool| stems(words).into_iter().map(move |word| (word, reads)).collect::<Vec<_>>();
    of(READ, true).into_iter().chain(of(WRITE, false)).collect()
});

/// Returns whether a question asks for something (`true`) or wants something done (`false`); `None` where its words do
/// not say. The first word that says it counts.
pub(super) fn reads(stems: &Phrase) -> Option<bool> {
    stems.iter().find_map(|stem| READS.get(stem).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_verb_counts() {
        let reads = |question: &str| super::reads(&stems(question));
        assert_eq!(reads("Which mails did Bob send?"), Some(true));
        assert_eq!(reads("delete what I read"), Some(false));
        assert_eq!(reads("mails of Bob"), None);
    }
}
