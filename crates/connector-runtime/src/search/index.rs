//! The index of the actions, and the ranking of what a question finds.

use std::cmp::Ordering;
use std::collections::HashMap;

use connector_sdk::{AnyAction, Effect, nearest};

use super::document::{Document, Occurrence};
use super::intent;
use super::synonyms::{Phrase, Synonyms};
use super::words::is_stop_word;

/// Parameters of BM25: how soon further occurrences of a word count less, and how much long texts do.
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.3;
/// Weight of what a word may stand for, beside the word itself.
const MEANT: f32 = 0.8;
/// What each further word of a phrase adds to its weight.
const PHRASE: f32 = 0.5;
/// Share of the score that depends on how many words of a name are asked for: `delete_email` comes before
/// `permanently_delete_email` for who asks how to delete an email.
const COVERAGE: f32 = 0.4;
/// Factor for actions that change something where a question asks for something, and the other way round.
const OTHER_INTENT: f32 = 0.75;
/// Least length of a word that is taken for a misspelt one.
const MISSPELT: usize = 5;
/// Weight of a misspelt word: it may be a right one that no action has, such as `contract` beside `contact`.
const GUESSED: f32 = 0.7;

/// An index of actions for search by words: BM25 over their words, where a question's word also finds its synonyms.
pub(crate) struct SearchIndex {
    documents: Vec<Document>,
    occurrences: HashMap<String, Vec<(usize, Occurrence)>>,
    mean_length: f32,
    synonyms: Synonyms,
    /// Words of names and of synonyms: what a misspelt word may be.
    spellings: Vec<String>,
}

/// Part of a question: what may stand for it, each with its weight.
struct Part {
    alternatives: Vec<(Phrase, f32)>,
    weight: f32,
}

impl SearchIndex {
    /// Creates the index of these actions. Equal scores keep their order.
    pub(crate) fn new<'a>(actions: impl Iterator<Item = (&'a str, &'a dyn AnyAction)>) -> SearchIndex {
        let synonyms = Synonyms::new();
        let mut documents = Vec::new();
        let mut occurrences: HashMap<String, Vec<(usize, Occurrence)>> = HashMap::new();
        for (connector, action) in actions {
            let (document, words) = Document::new(connector, action, &synonyms);
            for (word, occurrence) in words {
                occurrences.entry(word).or_default().push((documents.len(), occurrence));
            }
            documents.push(document);
        }
        let total: f32 = documents.iter().map(|document| document.length).sum();
        let of_names = occurrences.iter().filter(|(_, all)| all.iter().any(|(_, one)| one.name_bit != 0));
        let mut spellings: Vec<String> =
            of_names.map(|(word, _)| word.clone()).chain(synonyms.said_words().map(str::to_owned)).collect();
        spellings.sort();
        spellings.dedup();
        let mean_length = total / documents.len().max(1) as f32;
        SearchIndex { documents, occurrences, mean_length, synonyms, spellings }
    }

    /// Returns the actions that a question finds, the best first.
    pub(super) fn find(&self, question: &str) -> Vec<&Document> {
        let said = self.synonyms.read(question);
        let stems: Phrase = said.iter().map(|stem| self.spelt(stem)).collect();
        let is_guessed: Vec<bool> = said.iter().zip(&stems).map(|(said, stem)| said != stem).collect();
        let reads = intent::reads(&stems);
        let mut scores = vec![0.0_f32; self.documents.len()];
        let mut covered = vec![0_u32; self.documents.len()];
        for part in self.parts(&stems, &is_guessed) {
            self.score(&part, &mut scores, &mut covered);
        }
        let mut found: Vec<(f32, &Document)> = Vec::new();
        for (place, document) in self.documents.iter().enumerate().filter(|(place, _)| scores[*place] > 0.0) {
            let share = covered[place].count_ones() as f32 / document.name_length.max(1) as f32;
            let is_other = reads.is_some_and(|reads| reads != (document.effect == Effect::Read));
            let factor = if is_other { OTHER_INTENT } else { 1.0 };
            found.push((scores[place] * (1.0 - COVERAGE + COVERAGE * share) * factor, document));
        }
        found.sort_by(|(one, _), (other, _)| other.partial_cmp(one).unwrap_or(Ordering::Equal));
        found.into_iter().map(|(_, document)| document).collect()
    }

    // A word that finds nothing is read as the nearest one that does. Few mistakes are made in the first letter.
    fn spelt(&self, stem: &str) -> String {
        let is_known = stem.len() < MISSPELT
            || self.occurrences.contains_key(stem)
            || is_stop_word(stem)
            || self.synonyms.has(stem);
        if is_known {
            return stem.to_owned();
        }
        let begins_alike = |spelling: &&str| spelling.chars().next() == stem.chars().next();
        let spellings = self.spellings.iter().map(String::as_str).filter(begins_alike);
        nearest(stem, spellings).unwrap_or(stem).to_owned()
    }

    fn parts(&self, stems: &[String], is_guessed: &[bool]) -> Vec<Part> {
        let certainty = |place: usize| if is_guessed[place] { GUESSED } else { 1.0 };
        let mut is_used = vec![false; stems.len()];
        let mut parts = Vec::new();
        for said in self.synonyms.find(stems) {
            said.places.iter().for_each(|place| is_used[*place] = true);
            let own: Phrase =
                said.places.iter().map(|place| stems[*place].clone()).filter(|stem| !is_stop_word(stem)).collect();
            let certainty = said.places.iter().map(|place| certainty(*place)).fold(1.0, f32::min);
            let weight = certainty * (1.0 + PHRASE * own.len().saturating_sub(1) as f32);
            let own = Some((own, 1.0)).filter(|(own, _)| !own.is_empty());
            let alternatives = own.into_iter().chain(said.meant.iter().map(|meant| (meant.clone(), MEANT))).collect();
            parts.push(Part { alternatives, weight });
        }
        for (place, stem) in stems.iter().enumerate() {
            if !is_used[place] && !is_stop_word(stem) {
                parts.push(Part { alternatives: vec![(vec![stem.clone()], 1.0)], weight: certainty(place) });
            }
        }
        parts
    }

    // What may stand for a part counts as one word: the best of it in each action, as rare as all of it together.
    fn score(&self, part: &Part, scores: &mut [f32], covered: &mut [u32]) {
        let mut best = vec![Occurrence::default(); self.documents.len()];
        for (phrase, weight) in &part.alternatives {
            for (place, with_all) in self.with_all(phrase) {
                let most = &mut best[place];
                most.weight = most.weight.max(with_all.weight * weight);
                most.is_in_text |= with_all.is_in_text;
                most.name_bit |= with_all.name_bit;
            }
        }
        let with = best.iter().filter(|most| most.is_in_text).count() as f32;
        let rarity = (1.0 + (self.documents.len() as f32 - with + 0.5) / (with + 0.5)).ln();
        for (place, most) in best.iter().enumerate().filter(|(_, most)| most.weight > 0.0) {
            let length = self.documents[place].length / self.mean_length;
            let damped = most.weight + SATURATION * (1.0 - LENGTH + LENGTH * length);
            scores[place] += part.weight * rarity * most.weight * (SATURATION + 1.0) / damped;
            covered[place] |= most.name_bit;
        }
    }

    // The actions that have all words of a phrase, with the least of their weights. The lists are in the order of the
    // actions.
    fn with_all(&self, phrase: &[String]) -> Vec<(usize, Occurrence)> {
        let of = |word: &String| self.occurrences.get(word).map_or(&[][..], Vec::as_slice);
        let Some((first, others)) = phrase.split_first() else { return Vec::new() };
        let mut all = of(first).to_vec();
        for others in others.iter().map(of) {
            all.retain_mut(|(place, with_all)| {
                let Ok(at) = others.binary_search_by_key(place, |(place, _)| *place) else { return false };
                let (_, other) = others[at];
                with_all.weight = with_all.weight.min(other.weight);
                with_all.is_in_text &= other.is_in_text;
                with_all.name_bit |= other.name_bit;
                true
            });
        }
        all
    }
}
