//! Reads the path of a request: its segments in one spelling, and what stands in parentheses and between colons.

use percent_encoding::percent_decode_str;

use super::fault::Fault;
use super::types;

/// The segments of a path below the version, in the plainest of their spellings.
///
/// # Errors
/// 400 for what is no path.
pub(crate) fn segments(path: &str) -> Result<Vec<String>, Fault> {
    Path::read(path).map(|path| path.segments)
}

/// A path, taken apart.
#[derive(Default)]
pub(crate) struct Path {
    /// Decoded, in the plainest of the spellings that OData has for them.
    pub(crate) segments: Vec<String>,
    /// The path of a drive item or a site, which stands between colons.
    pub(crate) drive_path: Option<String>,
    /// The parameters of a function, as in `search(q='x')`.
    pub(crate) arguments: Vec<(String, String)>,
}

impl Path {
    /// Reads a path below the version.
    ///
    /// # Errors
    /// 400 for what is no path.
    pub(crate) fn read(path: &str) -> Result<Path, Fault> {
        let mut out = Path::default();
        let mut drive_path: Option<Vec<String>> = None;
        let mut within = false;
        for raw in path.split('/').filter(|segment| !segment.is_empty()) {
            let segment = percent_decode_str(raw).decode_utf8().map_err(|_| Fault::segment(raw))?.into_owned();
            if within {
                let end = segment.strip_suffix(':');
                within = end.is_none();
                drive_path.get_or_insert_default().push(end.unwrap_or(&segment).to_owned());
            } else if let Some(before) = segment.strip_suffix(':').filter(|_| out.goes_by_names()) {
                out.segments.push(before.to_owned());
                drive_path = Some(Vec::new());
                within = true;
            } else {
                // A slash that was encoded is decoded before Graph routes.
                for segment in segment.split('/').filter(|segment| !segment.is_empty()) {
                    out.check_name(segment)?;
                    out.plain(segment);
                }
            }
        }
        out.drive_path =
            drive_path.map(|path| path.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"));
        Ok(out)
    }

    /// Whether names may follow, between colons: of folders in a drive, or the address of a site.
    fn goes_by_names(&self) -> bool {
        let in_sites = matches!(self.segments.as_slice(), [only] if only.eq_ignore_ascii_case("sites"));
        in_sites || self.segments.iter().any(|known| is_drive(known))
    }

    /// A segment behind a collection that begins with a dollar sign is an option of OData, and no name: whoever is
    /// called so is found in parentheses only ([Get a user](https://learn.microsoft.com/en-us/graph/api/user-get),
    /// Tip).
    fn check_name(&self, segment: &str) -> Result<(), Fault> {
        let collection = matches!(self.segments.as_slice(), [only] if ["users", "groups"].iter().any(|name| only.eq_ignore_ascii_case(name)));
        if !collection || !segment.starts_with('$') || segment.eq_ignore_ascii_case("$count") {
            return Ok(());
        }
        Err(Fault::bad(format!(
            "The request URI is not valid. Since the segment '{}' refers to a collection, this must be the last segment in the request URI or it \
             must be followed by an function or action that can be bound to it otherwise all intermediate segments must refer to a single resource.",
            self.segments[0]
        )))
    }

    /// `users('x')` is `users/x`, `delta()` and `microsoft.graph.delta` are `delta`; a cast stays.
    fn plain(&mut self, segment: &str) {
        let Some((name, key)) =
            segment.split_once('(').and_then(|(name, rest)| rest.strip_suffix(')').map(|key| (name, key)))
        else {
            let bare = segment.strip_prefix("microsoft.graph.").filter(|bare| types::find(bare).is_none());
            return self.segments.push(bare.unwrap_or(segment).to_owned());
        };
        self.plain(name);
        let quoted = |text: &str| {
            text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).map(|text| text.replace("''", "'"))
        };
        match (quoted(key), key.contains('=')) {
            (Some(key), _) => self.segments.push(key),
            (None, true) => {
                for (name, value) in arguments(key) {
                    self.arguments.push((name.to_owned(), quoted(value).unwrap_or_else(|| value.to_owned())));
                }
            }
            (None, false) if !key.is_empty() => self.segments.push(key.to_owned()),
            (None, false) => {}
        }
    }
}

/// The names of the variables of a pattern, which stand in braces.
pub(crate) fn variables(pattern: &str) -> impl DoubleEndedIterator<Item = &str> {
    pattern.split('/').filter_map(|segment| segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')))
}

/// The arguments of a function: separated by commas that do not stand in quotes.
fn arguments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut quoted = false;
    let parts = text.split(move |letter| {
        quoted ^= letter == '\'';
        letter == ',' && !quoted
    });
    parts.filter_map(|part| part.split_once('='))
}

fn is_drive(segment: &str) -> bool {
    segment.eq_ignore_ascii_case("drive") || segment.eq_ignore_ascii_case("drives")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_quotes_separate_no_arguments() {
        assert_eq!(arguments("a='x,y',b=2").collect::<Vec<_>>(), [("a", "'x,y'"), ("b", "2")]);
    }

    #[test]
    fn spellings_of_one_path_have_the_same_segments() {
        for path in ["/users/x/messages/y", "/users('x')/messages('y')", "/users%2Fx/microsoft.graph.messages/y"] {
            assert_eq!(segments(path).unwrap(), ["users", "x", "messages", "y"], "{path}");
        }
    }
}
