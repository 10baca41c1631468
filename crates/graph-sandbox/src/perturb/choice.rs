//! Which perturbations, with which seed.

use std::fmt;
use std::str::FromStr;

use super::{ALL, Loss, Perturbation};

/// A choice of perturbations and the seed that they draw from; see [`Sandbox::perturb`](crate::Sandbox::perturb).
///
/// As a text: `7` for the lossless ones with the seed 7, `7:order,links` for two of them. The names `lossless`, `lossy`
/// and `all` stand for groups.
///
/// ```
/// use graph_sandbox::Perturbations;
///
/// let some: Perturbations = "7:order,links".parse().unwrap();
/// assert_eq!((some.seed(), some.to_string()), (7, "7:links,order".to_owned()));
/// assert!("7:ordr".parse::<Perturbations>().unwrap_err().to_string().contains("order"));
/// ```
#[derive(Clone)]
pub struct Perturbations {
    seed: u64,
    chosen: Vec<&'static dyn Perturbation>,
    spared: &'static [&'static str],
}

/// Why a text is no choice of perturbations. Its text lists the names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadChoice(String);

impl fmt::Display for BadChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadChoice {}

/// What a name in a choice stands for.
fn group(name: &str) -> Option<fn(Loss) -> bool> {
    match name {
        "lossless" => Some(|loss| loss == Loss::Lossless),
        "lossy" => Some(|loss| loss == Loss::Lossy),
        "all" => Some(|_| true),
        _ => None,
    }
}

impl Perturbations {
    /// Chooses all that are lossless.
    pub fn seeded(seed: u64) -> Perturbations {
        let chosen = ALL.into_iter().filter(|it| it.loss() == Loss::Lossless).collect();
        Perturbations { seed, chosen, spared: &[] }
    }

    /// Chooses none.
    pub fn none() -> Perturbations {
        Perturbations { seed: 0, chosen: Vec::new(), spared: &[] }
    }

    /// Chooses some by name.
    ///
    /// # Errors
    /// A name that none has; the error lists all names.
    pub fn named<'n>(seed: u64, names: impl IntoIterator<Item = &'n str>) -> Result<Perturbations, BadChoice> {
        let names: Vec<&str> = names.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect();
        if let Some(unknown) =
            names.iter().find(|name| group(name).is_none() && !ALL.iter().any(|it| it.name() == **name))
        {
            let known: Vec<&str> = ALL.iter().map(|it| it.name()).collect();
            return Err(BadChoice(format!(
                "there is no perturbation `{unknown}`; there are {}, and the groups lossless, lossy and all",
                known.join(", ")
            )));
        }
        let wanted = |it: &dyn Perturbation| {
            names.iter().any(|name| group(name).map_or(it.name() == *name, |group| group(it.loss())))
        };
        Ok(Perturbations { seed, chosen: ALL.into_iter().filter(|it| wanted(*it)).collect(), spared: &[] })
    }

    /// Leaves properties of these names as they are, wherever they stand: what nothing can be judged without.
    #[must_use]
    pub fn sparing(self, spared: &'static [&'static str]) -> Perturbations {
        Perturbations { spared, ..self }
    }

    pub(super) fn spared(&self) -> &'static [&'static str] {
        self.spared
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether none was chosen.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// The names of those that were chosen, with what each does.
    pub fn list(&self) -> impl Iterator<Item = (&'static str, Loss, &'static str)> {
        self.chosen.iter().map(|it| (it.name(), it.loss(), it.summary()))
    }

    /// The names of all that there are, with what each does.
    pub fn known() -> impl Iterator<Item = (&'static str, Loss, &'static str)> {
        ALL.into_iter().map(|it| (it.name(), it.loss(), it.summary()))
    }

    /// Whether a property of an answer was put there by a perturbation, so that what came without one can be compared.
    pub fn is_addition(property: &str) -> bool {
        super::unknown_properties::is_addition(property)
    }

    pub(super) fn chosen(&self) -> impl Iterator<Item = &'static dyn Perturbation> {
        self.chosen.iter().copied()
    }
}

impl FromStr for Perturbations {
    type Err = BadChoice;
    fn from_str(text: &str) -> Result<Perturbations, BadChoice> {
        let (seed, names) = text.split_once(':').unwrap_or((text, "lossless"));
        let seed = seed.trim().parse().map_err(|_| {
            let known: Vec<&str> = ALL.iter().map(|it| it.name()).collect();
            let example = known.first().copied().unwrap_or_default();
            BadChoice(format!(
                "`{seed}` is no seed: give a whole number from 0, such as 7 or 7:{example}; the names are {}, and the groups lossless, lossy and all",
                known.join(", ")
            ))
        })?;
        Perturbations::named(seed, names.split(','))
    }
}

impl fmt::Display for Perturbations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.chosen.iter().map(|it| it.name()).collect();
        write!(f, "{}:{}", self.seed, names.join(","))
    }
}

impl fmt::Debug for Perturbations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Perturbations({self})")
    }
}
