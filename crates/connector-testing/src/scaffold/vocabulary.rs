//! Types that the actions and triggers of a connector share.

use super::{Draft, kind};
use crate::Result;
use crate::checkout::Checkout;

const HEAD: &str = include_str!("templates/vocabulary.rs.txt");

/// Adds the type `name` to the vocabulary, where the next action finds it, unless the vocabulary has it. A connector
/// without a vocabulary gets one. A vocabulary of several files is its authors' own: there the type stands in `source`,
/// beside what uses it.
///
/// # Errors
/// When a file cannot be read, or `lib.rs` has no list of modules.
pub(super) fn add_type(
    draft: &mut Draft,
    checkout: &Checkout,
    name: &str,
    text: &str,
    source: &mut String,
) -> Result<()> {
    let known = format!("pub struct {name} {{");
    let folder = format!("{}/vocabulary", draft.sources);
    let file = format!("{folder}.rs");
    if checkout.has(&file) || draft.created.contains_key(&file) {
        let former = draft.text(checkout, &file)?;
        if !former.contains(&known) {
            draft.change(&file, format!("{former}\n{text}"));
        }
        return Ok(());
    }
    let files = checkout.files(&folder)?;
    if files.is_empty() {
        draft.create(checkout, file, format!("{HEAD}\n{text}"))?;
        let list = format!("{}/lib.rs", draft.sources);
        return kind::declare(draft, checkout, &list, "vocabulary");
    }
    for file in files {
        if checkout.read(&file)?.contains(&known) {
            return Ok(());
        }
    }
    let import = format!("\nuse crate::vocabulary::{name};\n");
    *source = source.replace(&import, "").replace("use serde::Deserialize;", "use serde::{Deserialize, Serialize};");
    source.push_str(&format!("\n{text}"));
    Ok(())
}
