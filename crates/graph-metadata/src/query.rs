//! Checks of the names in query options.

use percent_encoding::percent_decode_str;

use crate::finding::{Finding, Kind};
use crate::model::Model;
use crate::suggestion::suggestion;

impl Model {
    /// Validates `$select`, `$expand` and `$orderby` against a type. `query` is what follows the `?`.
    pub(crate) fn check_query(&self, query: &str, ty: &str, findings: &mut Vec<Finding>) {
        for (name, value) in pairs(query) {
            self.check_option(&name, &value, ty, findings);
        }
    }

    fn check_option(&self, name: &str, value: &str, ty: &str, findings: &mut Vec<Finding>) {
        let at = format!("/url?{name}");
        match name {
            "$select" => parts(value, ',').for_each(|part| {
                self.check_names(part, ty, &at, findings);
            }),
            "$orderby" => {
                for part in parts(value, ',') {
                    let mut words = part.split_whitespace();
                    self.check_names(words.next().unwrap_or_default(), ty, &at, findings);
                    if let Some(order) = words.next().filter(|order| !matches!(*order, "asc" | "desc")) {
                        findings.push(Finding::new(
                            Kind::Query,
                            &at,
                            format!("`{order}` is no direction; write `asc` or `desc`"),
                        ));
                    }
                }
            }
            "$expand" => parts(value, ',').for_each(|part| self.check_expand(part, ty, &at, findings)),
            _ => {}
        }
    }

    fn check_expand(&self, part: &str, ty: &str, at: &str, findings: &mut Vec<Finding>) {
        let (path, options) = match part.split_once('(') {
            Some((path, options)) => (path, options.strip_suffix(')').unwrap_or(options)),
            None => (part, ""),
        };
        let Some(to) = self.check_names(path, ty, at, findings) else { return };
        for option in parts(options, ';') {
            if let Some((name, value)) = option.split_once('=') {
                self.check_option(name, value, &to, findings);
            }
        }
    }

    // Follows a path of names, and returns the type that it leads to.
    fn check_names(&self, path: &str, ty: &str, at: &str, findings: &mut Vec<Finding>) -> Option<String> {
        let mut ty = ty.to_owned();
        for name in path.trim().split('/') {
            if name == "*" || name == "$ref" || name == "$count" {
                return None;
            }
            if let Some((cast, _)) = self.types.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                ty = cast.clone();
                continue;
            }
            // Extensions have names of their own.
            if name.starts_with("extension_") || (self.is_open(&ty) && name.contains('_')) {
                return None;
            }
            if self.is_bag(&ty) {
                return None;
            }
            let Some(property) = self.property(&ty, name).or_else(|| self.property_of_derived(&ty, name)) else {
                let short = ty.strip_prefix("microsoft.graph.").unwrap_or(&ty);
                let message =
                    format!("a `{short}` has no property `{name}`{}", suggestion(name, self.property_names(&ty)));
                findings.push(Finding::new(Kind::Query, at, message));
                return None;
            };
            ty.clone_from(&property.ty.name);
        }
        Some(ty)
    }
}

/// Returns the options of a query, decoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        (decode(name), decode(value))
    })
}

// The parts of a list; what is in brackets or quotes divides nothing.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted) = (0_u32, false);
    text.split(move |letter| {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == separator && depth == 0 && !quoted
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}
