//! Errors written as XML or as an HTML page.

/// Returns the code and the message of an error in markup: the elements of those names, or the title or heading of a
/// page.
pub(crate) fn error(text: &str) -> (Option<String>, Option<String>) {
    let lower = text.to_ascii_lowercase();
    let is_page = lower.contains("<html") || lower.starts_with("<!doctype html");
    if is_page {
        let message = ["title", "h1", "h2", "p"].iter().find_map(|name| element(text, &lower, name));
        return (None, message.or_else(|| plain(text)));
    }
    let message = ["message", "reason", "title"].iter().find_map(|name| element(text, &lower, name));
    (element(text, &lower, "code"), message.or_else(|| plain(text)))
}

// The text of the first element of this local name that has one. `lower` is the text in small letters.
fn element(text: &str, lower: &str, name: &str) -> Option<String> {
    lower.match_indices(name).find_map(|(at, _)| {
        let before = &lower[..at];
        // `<name` or `<prefix:name`.
        let opening = match before.strip_suffix(':') {
            Some(prefixed) => prefixed.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric()).ends_with('<'),
            None => before.ends_with('<'),
        };
        let after = at + name.len();
        let ends_name = lower[after..].starts_with(|next: char| next == '>' || next.is_whitespace());
        if !opening || !ends_name {
            return None;
        }
        let attributes = lower[after..].find('>')?;
        let from = after + attributes + 1;
        let closing = lower[from..].find("</")?;
        plain(&text[from..from + closing])
    })
}

// The text without its tags and with the usual entities as letters.
fn plain(markup: &str) -> Option<String> {
    let mut out = String::with_capacity(markup.len().min(4096));
    let mut rest = markup;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        out.push(' ');
        let Some((_, after)) = tag.split_once('>') else { return clean(&out) };
        rest = after;
    }
    out.push_str(rest);
    clean(&out)
}

fn clean(text: &str) -> Option<String> {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ");
    let text = text.replace("&amp;", "&");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
