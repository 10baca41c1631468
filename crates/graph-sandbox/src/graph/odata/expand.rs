//! `$expand`.

use super::options::{Options, RawQuery};
use crate::graph::fault::{Fault, Service};
use crate::graph::types::{self, Kind, Type};

/// One navigation property to be answered inline, with its own options.
#[derive(Debug, Clone)]
pub(crate) struct Expand {
    pub(crate) name: String,
    /// The derived type that alone has it, as in `microsoft.graph.itemAttachment/item`.
    pub(crate) cast: Option<&'static str>,
    pub(crate) options: Options,
}

impl Expand {
    /// Parses `a,b($select=x,y;$top=3)`.
    pub(crate) fn parse(text: &str, ty: &Type, service: Service) -> Result<Vec<Expand>, Fault> {
        let mut out = Vec::new();
        for item in split_outside(text, ',') {
            let item = item.trim();
            let (name, inner) = match item.split_once('(') {
                Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(|| unbalanced(text, service))?),
                None => (item, ""),
            };
            let (cast, name) = match name.rsplit_once('/') {
                Some((cast, name)) => {
                    let derived = cast
                        .strip_prefix("microsoft.graph.")
                        .and_then(types::find_any_case)
                        .filter(|derived| derived.is(ty.name));
                    let derived = derived.ok_or_else(|| {
                        Fault::query(
                            service,
                            format!("The type '{cast}' is not derived from 'microsoft.graph.{}'.", ty.name),
                        )
                    })?;
                    (Some(derived), name)
                }
                None => (None, name),
            };
            let ty = cast.unwrap_or(ty);
            let property = ty.property(name).ok_or_else(|| {
                let message =
                    format!("Could not find a property named '{name}' on type 'microsoft.graph.{}'.", ty.name);
                Fault::query(service, format!("Parsing OData Select and Expand failed: {message}"))
            })?;
            if !property.navigation {
                let message = format!(
                    "Property '{name}' on type 'microsoft.graph.{}' is not a navigation property or complex property.",
                    ty.name
                );
                return Err(Fault::query(
                    service,
                    format!(
                        "Parsing OData Select and Expand failed: {message} Only navigation properties can be expanded."
                    ),
                ));
            }
            let Kind::Object(target) = property.kind else { return Err(unbalanced(text, service)) };
            let pairs = split_outside(inner, ';').into_iter().filter(|pair| !pair.trim().is_empty()).map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name.trim().to_owned(), value.to_owned())
            });
            let options = match types::find(target) {
                Some(target) => Options::parse(&RawQuery::from_pairs(pairs.collect()), target, service)?,
                None => Options::default(),
            };
            out.push(Expand { name: name.to_owned(), cast: cast.map(|cast| cast.name), options });
        }
        Ok(out)
    }
}

fn unbalanced(text: &str, service: Service) -> Fault {
    Fault::query(
        service,
        format!("Parsing OData Select and Expand failed: Found an unbalanced bracket expression in '{text}'."),
    )
}

/// Splits at `separator` where it stands outside brackets and quotes.
fn split_outside(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut out) = (0_usize, false, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 && !quoted => {
                out.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out
}
