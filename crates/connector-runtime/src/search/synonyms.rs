//! The table of synonyms, `synonyms.txt`.

use std::collections::{HashMap, HashSet};

use super::words::{is_stop_word, stems};

/// Maximum number of words between two parts of what is said with gaps.
const MAX_GAP: usize = 4;

/// Stems that belong together.
pub(super) type Phrase = Vec<String>;

/// The table of synonyms.
pub(super) struct Synonyms {
    /// Words that are read as others.
    equal: HashMap<Phrase, Phrase>,
    /// What is meant by what is said.
    meant: HashMap<Phrase, Vec<Phrase>>,
    /// What is meant by what is said in several parts.
    with_gaps: Vec<(Vec<Phrase>, Vec<Phrase>)>,
    longest_equal: usize,
    longest: usize,
}

/// Part of a question that the table knows.
pub(super) struct Said<'a> {
    /// Places of its words.
    pub(super) places: Vec<usize>,
    /// What it may stand for.
    pub(super) meant: &'a [Phrase],
}

impl Synonyms {
    /// Reads the table.
    pub(super) fn new() -> Synonyms {
        Synonyms::parse(include_str!("synonyms.txt"))
    }

    fn parse(table: &str) -> Synonyms {
        let mut synonyms = Synonyms {
            equal: HashMap::new(),
            meant: HashMap::new(),
            with_gaps: Vec::new(),
            longest_equal: 1,
            longest: 1,
        };
        let lines = || table.lines().map(|line| line.split('#').next().unwrap_or_default());
        for (one, others) in lines().filter_map(|line| line.split_once('=')) {
            for other in others.split(',').map(stems) {
                synonyms.longest_equal = synonyms.longest_equal.max(other.len());
                synonyms.equal.insert(other, stems(one));
            }
        }
        for (said, meant) in lines().filter_map(|line| line.split_once(':')) {
            let meant: Vec<Phrase> =
                meant.split(',').map(|phrase| synonyms.content(phrase)).filter(|phrase| !phrase.is_empty()).collect();
            for said in said.split(',') {
                if said.contains('~') {
                    let parts = said.split('~').map(|part| synonyms.read(part)).collect();
                    synonyms.with_gaps.push((parts, meant.clone()));
                    continue;
                }
                let said = synonyms.read(said);
                synonyms.longest = synonyms.longest.max(said.len());
                synonyms.meant.entry(said).or_default().extend(meant.iter().cloned());
            }
        }
        synonyms
    }

    /// Returns the stems of a text, with equal words read as one.
    pub(super) fn read(&self, text: &str) -> Phrase {
        let stems = stems(text);
        let mut read = Vec::with_capacity(stems.len());
        let mut at = 0;
        while at < stems.len() {
            let longest = self.longest_equal.min(stems.len() - at);
            let equal = (1..=longest).rev().find_map(|len| Some((len, self.equal.get(&stems[at..at + len])?)));
            match equal {
                Some((len, one)) => {
                    read.extend(one.iter().cloned());
                    at += len;
                }
                None => {
                    read.push(stems[at].clone());
                    at += 1;
                }
            }
        }
        read
    }

    /// Returns the stems of a text as [`Synonyms::read`] does, each once and without those that say nothing.
    pub(super) fn content(&self, text: &str) -> Phrase {
        let mut seen = HashSet::new();
        let stems = self.read(text).into_iter().filter(|stem| !is_stop_word(stem));
        stems.filter(|stem| seen.insert(stem.clone())).collect()
    }

    /// Returns the single words of what is said.
    pub(super) fn said_words(&self) -> impl Iterator<Item = &str> {
        self.meant.keys().filter(|said| said.len() == 1).map(|said| said[0].as_str())
    }

    /// Returns whether the table has a word in anything that is said.
    pub(super) fn has(&self, stem: &str) -> bool {
        let is_it = |phrase: &Phrase| phrase.iter().any(|word| word == stem);
        self.meant.keys().any(is_it) || self.with_gaps.iter().any(|(parts, _)| parts.iter().any(is_it))
    }

    /// Finds what is said in a question: the longest first, and no word twice.
    pub(super) fn find(&self, stems: &[String]) -> Vec<Said<'_>> {
        let mut found = Vec::new();
        for at in 0..stems.len() {
            for len in 1..=self.longest.min(stems.len() - at) {
                if let Some(meant) = self.meant.get(&stems[at..at + len]) {
                    found.push(Said { places: (at..at + len).collect(), meant });
                }
            }
            for (parts, meant) in &self.with_gaps {
                if let Some(places) = places_of(parts, stems, at) {
                    found.push(Said { places, meant });
                }
            }
        }
        found.sort_by_key(|said| (std::cmp::Reverse(said.places.len()), said.places[0]));
        let mut used = vec![false; stems.len()];
        found.retain(|said| {
            let is_free = said.places.iter().all(|place| !used[*place]);
            if is_free {
                said.places.iter().for_each(|place| used[*place] = true);
            }
            is_free
        });
        found
    }
}

/// Returns the places of what is said in several parts and begins at a place, with at least one word in each gap.
fn places_of(parts: &[Phrase], stems: &[String], at: usize) -> Option<Vec<usize>> {
    let (first, others) = parts.split_first()?;
    if !stems[at..].starts_with(first) {
        return None;
    }
    let mut places: Vec<usize> = (at..at + first.len()).collect();
    for part in others {
        let after = places.last()? + 1;
        let mut begins = (after + 1..=after + MAX_GAP).filter(|begin| *begin < stems.len());
        let begin = begins.find(|begin| stems[*begin..].starts_with(part))?;
        places.extend(begin..begin + part.len());
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read() {
        let table = "# a comment\nemail = mail, e mail\n\ntake ~ out, kick: remove member\nkick out: end\n\
            add ~ to ~ event: invite";
        let synonyms = Synonyms::parse(table);
        assert_eq!(synonyms.read("An e-mail, two mails"), ["an", "email", "two", "email"]);
        assert_eq!(synonyms.content("the mail of the mail"), ["email"]);
        let found = |question: &str| -> Vec<(Vec<usize>, Vec<Phrase>)> {
            let stems = synonyms.read(question);
            synonyms.find(&stems).into_iter().map(|said| (said.places, said.meant.to_vec())).collect()
        };
        let remove = vec![vec!["remov".to_owned(), "member".to_owned()]];
        assert_eq!(found("take Bob out"), [(vec![0, 2], remove.clone())]);
        assert_eq!(found("kick him"), [(vec![0], remove)]);
        assert_eq!(found("kick out"), [(vec![0, 1], vec![vec!["end".to_owned()]])]);
        assert_eq!(found("take this and that and him there out"), []);
        assert_eq!(found("add Bob to the next event"), [(vec![0, 2, 5], vec![vec!["invit".to_owned()]])]);
        assert_eq!(found("add to the event"), []);
        assert!(synonyms.has("tak") && !synonyms.has("bob"));
    }

    #[test]
    fn every_line_of_the_table_says_something() {
        for line in include_str!("synonyms.txt").lines() {
            let line = line.split('#').next().unwrap_or_default();
            let sides = line.split_once('=').or_else(|| line.split_once(':'));
            let is_fit = sides.is_some_and(|(left, right)| {
                let filled = |side: &str| side.split(',').all(|part| !part.trim().is_empty());
                filled(left) && filled(right)
            });
            assert!(line.trim().is_empty() || is_fit, "{line}");
        }
    }
}
