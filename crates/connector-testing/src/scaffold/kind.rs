//! Kinds of what a connector lists: where their files are, and how they are listed.

use super::{ConnectorCrate, Draft, lists, names};
use crate::Result;
use crate::checkout::Checkout;

/// A kind of thing that a connector lists, one to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What a caller runs.
    Action,
    /// What is polled.
    Trigger,
    /// The choices of a property.
    Picklist,
}

impl Kind {
    /// The order in which a new connector lists them.
    const ALL: [Kind; 3] = [Kind::Action, Kind::Trigger, Kind::Picklist];

    /// The word for one, which is also the function that lists it.
    fn word(self) -> &'static str {
        match self {
            Kind::Action => "action",
            Kind::Trigger => "trigger",
            Kind::Picklist => "picklist",
        }
    }

    /// The folder of the files.
    fn folder(self) -> String {
        format!("{}s", self.word())
    }

    /// What the module of all of them says of itself.
    fn about(self) -> &'static str {
        match self {
            Kind::Action => "What the connector can do, one action to a file.",
            Kind::Trigger => "What happens, one trigger to a file.",
            Kind::Picklist => "The values that inputs can be chosen from, one picklist to a file.",
        }
    }

    /// Returns the module of this kind, such as `mail::actions`. `subject` is for connectors that are divided by it.
    ///
    /// # Errors
    /// When there is no such subject, or the connector is divided and none is named.
    pub(super) fn module(self, checkout: &Checkout, of: &ConnectorCrate, subject: Option<&str>) -> Result<String> {
        let (package, subjects, folder) = (&of.package, of.subjects(checkout)?, self.folder());
        match subject {
            None if subjects.is_empty() => Ok(folder),
            Some(subject) if subjects.iter().any(|known| known == subject) => Ok(format!("{subject}::{folder}")),
            Some(_) if subjects.is_empty() => {
                Err(format!("{package} is not divided by subject: leave --subject out").into())
            }
            _ => {
                Err(format!("{package} is divided by subject: name one with --subject, of {}", subjects.join(", "))
                    .into())
            }
        }
    }

    /// Drafts the lines that list one in a module, and the module if it is the first.
    ///
    /// # Errors
    /// When the name is taken or not a name, or a list cannot be found.
    pub(super) fn list(self, draft: &mut Draft, checkout: &Checkout, module: &str, name: &str) -> Result<()> {
        names::check(name)?;
        let list = format!("{}/lib.rs", draft.sources);
        let text = draft.text(checkout, &list)?;
        if text.contains(&format!("{}::{name}::", self.folder())) {
            return Err(format!("{list} lists the {} {name} already", self.word()).into());
        }
        draft.change(&list, self.add_entry(&text, module, name, &list)?);
        self.add_module(draft, checkout, module, name)
    }

    // The list of a connector with one more entry: beside those of its module, or else behind the last of its kind, or
    // else as the first of its kind.
    fn add_entry(self, text: &str, module: &str, name: &str, list: &str) -> Result<String> {
        let all = format!(".{}::<", self.word());
        let module = format!("{all}{module}::");
        let entry = format!("{module}{name}::{}>()", names::pascal(name));
        let has = |begin: &str| text.lines().any(|line| line.trim().starts_with(begin));
        let what = format!("the list of {} in {list}", self.folder());
        if let Some(begin) = [&module, &all].into_iter().find(|begin| has(begin)) {
            return lists::add(text, &entry, &what, |line| line.starts_with(begin.as_str()));
        }
        let before = Kind::ALL.into_iter().take_while(|kind| *kind != self).collect::<Vec<_>>();
        let last = before.into_iter().rev().map(|kind| format!(".{}::<", kind.word())).find(|begin| has(begin));
        let comment = format!("// {}", self.folder());
        match last {
            Some(last) => lists::begin(text, &comment, &entry, &what, |line| line.starts_with(&last)),
            None => lists::begin_call(text, "Connector::new(", &comment, &entry, &what),
        }
    }

    fn add_module(self, draft: &mut Draft, checkout: &Checkout, module: &str, name: &str) -> Result<()> {
        let folder = module.replace("::", "/");
        let modules = format!("{}/{folder}/mod.rs", draft.sources);
        if !checkout.has(&modules) && !draft.created.contains_key(&modules) {
            let text = format!("//! {}\n\npub mod {name};\n", self.about());
            draft.create(checkout, modules, text)?;
            let above = match folder.rsplit_once('/') {
                Some((subject, _)) => format!("{}/{subject}/mod.rs", draft.sources),
                None => format!("{}/lib.rs", draft.sources),
            };
            return declare(draft, checkout, &above, &self.folder());
        }
        declare(draft, checkout, &modules, name)
    }
}

/// Declares a module in a file that declares others.
///
/// # Errors
/// When it declares none.
pub(super) fn declare(draft: &mut Draft, checkout: &Checkout, file: &str, name: &str) -> Result<()> {
    let (entry, what) = (format!("pub mod {name};"), format!("the list of modules in {file}"));
    let text = draft.text(checkout, file)?;
    draft.change(file, lists::add(&text, &entry, &what, |line| line.starts_with("pub mod "))?);
    Ok(())
}
