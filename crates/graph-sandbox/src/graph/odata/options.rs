//! The query options of a request.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::expr::Expr;
use super::filter;
use super::{Expand, OrderBy};
use crate::graph::fault::{Fault, Service};
use crate::graph::types::Type;

const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'$')
    .remove(b',')
    .remove(b'(')
    .remove(b')')
    .remove(b'/')
    .remove(b':')
    .remove(b'\'');

const SYSTEM: [&str; 12] = [
    "select",
    "filter",
    "top",
    "skip",
    "orderby",
    "search",
    "count",
    "expand",
    "skiptoken",
    "deltatoken",
    "format",
    "compute",
];

/// The pairs of a query, decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawQuery(Vec<(String, String)>);

impl RawQuery {
    pub(crate) fn parse(query: Option<&str>) -> RawQuery {
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        RawQuery(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    pub(crate) fn from_pairs(pairs: Vec<(String, String)>) -> RawQuery {
        RawQuery(pairs)
    }

    /// Adds what a function's brackets gave.
    pub(crate) fn extend(&mut self, pairs: Vec<(String, String)>) {
        self.0.extend(pairs);
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// A parameter that is no system query option, such as `startDateTime`; case does not matter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The same query without the tokens of a delta query.
    pub(crate) fn without_tokens(&self) -> String {
        let token = |name: &str| name == "token" || matches!(system(name), Some("skiptoken" | "deltatoken"));
        let kept = RawQuery(self.0.iter().filter(|(name, _)| !token(name)).cloned().collect());
        kept.with(&[], "", "")
    }

    /// The same query without `drop`, and with `name=value` at its end.
    pub(crate) fn with(&self, drop: &[&str], name: &str, value: &str) -> String {
        let mut out = String::new();
        let kept = self.0.iter().filter(|(known, _)| !drop.iter().any(|name| system(known) == Some(*name)));
        for (name, value) in kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain([(name, value)])
            .filter(|(name, _)| !name.is_empty())
        {
            out.push(if out.is_empty() { '?' } else { '&' });
            out.extend(utf8_percent_encode(name, VALUE));
            out.push('=');
            out.extend(utf8_percent_encode(value, VALUE));
        }
        out
    }
}

/// The system query option that a parameter is. The dollar sign may be left out.
fn system(name: &str) -> Option<&'static str> {
    let bare = name.strip_prefix('$').unwrap_or(name);
    SYSTEM.into_iter().find(|known| known.eq_ignore_ascii_case(bare))
}

/// The system query options, parsed and held against a type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) select: Option<Vec<String>>,
    pub(crate) filter: Option<Expr>,
    pub(crate) orderby: Vec<OrderBy>,
    pub(crate) top: Option<usize>,
    pub(crate) skip: Option<usize>,
    pub(crate) count: bool,
    pub(crate) search: Option<String>,
    pub(crate) expand: Vec<Expand>,
    pub(crate) skiptoken: Option<String>,
    pub(crate) deltatoken: Option<String>,
}

impl Options {
    /// Parses and checks them.
    ///
    /// # Errors
    /// As `service` words them.
    pub(crate) fn parse(raw: &RawQuery, ty: &Type, service: Service) -> Result<Options, Fault> {
        let mut out = Options::default();
        let mut seen = Vec::new();
        for (name, value) in raw.pairs() {
            let Some(option) = system(name) else {
                if name.starts_with('$') {
                    return Err(Fault::query(service, format!("The query parameter '{name}' is not supported.")));
                }
                continue;
            };
            if seen.contains(&option) {
                let message = format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                );
                return Err(Fault::query(service, message));
            }
            seen.push(option);
            out.set(option, value, ty, service)?;
        }
        Ok(out)
    }

    fn set(&mut self, option: &str, value: &str, ty: &Type, service: Service) -> Result<(), Fault> {
        let fault = |message: String| Fault::query(service, message);
        match option {
            "select" => self.select = select(value, ty).map_err(fault)?,
            "filter" => {
                let parsed = filter::parse(value, ty);
                self.filter = Some(parsed.map_err(|message| match service {
                    Service::Directory => fault(format!("Invalid filter clause: {message}")),
                    _ => fault(message),
                })?);
            }
            "orderby" => self.orderby = OrderBy::parse(value, ty).map_err(fault)?,
            "top" => self.top = Some(number(option, value).map_err(fault)?),
            "skip" => self.skip = Some(number(option, value).map_err(fault)?),
            "count" => {
                self.count = match value.to_ascii_lowercase().as_str() {
                    "true" => true,
                    "false" => false,
                    _ => {
                        return Err(fault(format!(
                            "Invalid value '{value}' for $count query option found. Valid values are: true, false."
                        )));
                    }
                }
            }
            "search" => self.search = Some(value.to_owned()),
            "expand" => self.expand = Expand::parse(value, ty, service)?,
            "skiptoken" => self.skiptoken = Some(value.to_owned()),
            "deltatoken" => self.deltatoken = Some(value.to_owned()),
            "format" => {}
            _ => return Err(fault(format!("The query parameter '${option}' is not supported."))),
        }
        Ok(())
    }
}

fn select(text: &str, ty: &Type) -> Result<Option<Vec<String>>, String> {
    let mut out = Vec::new();
    for name in text.split(',').map(str::trim) {
        if name == "*" {
            return Ok(None);
        }
        if name.is_empty() {
            return Err("Parsing OData Select and Expand failed: Found an empty property in $select.".into());
        }
        // A path selects the whole property, as Graph does. A cast stands before its property.
        let name = if name.starts_with("microsoft.graph.") { name.rsplit('/').next().unwrap_or(name) } else { name };
        let first = name.split('/').next().unwrap_or(name);
        let known = ty.reach(first).is_some() || first.contains('@') || first.starts_with("extension_");
        if !known {
            return Err(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{first}' on type 'microsoft.graph.{}'.",
                ty.name
            ));
        }
        out.push(first.to_owned());
    }
    Ok(Some(out))
}

fn number(option: &str, value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| {
        format!(
            "Invalid value '{value}' for ${option} query option found. The ${option} query option requires a non-negative integer value."
        )
    })
}
