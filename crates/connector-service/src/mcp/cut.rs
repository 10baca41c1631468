//! Results that are too long for one answer: they are cut, and `read_more` reads on.
//!
//! The rest of a list is a temporary file of the principal, one item a line. What is no list, or one item that is too
//! long by itself, is read as text, piece by piece. A handle names the file, how to read it and from where.

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::{
    AuthorizedHost, Error, ItemSink, Json, Result, TemporaryFileWriter, read_input, read_to_end, split_list_output,
};
use serde::Deserialize;
use serde_json::Value;

use super::agent::Agent;
use super::reply::{Reply, Told};
use super::untrusted::Nonce;

/// Maximum length of a result, in bytes.
pub(super) const MOST: usize = 40 * 1024;

/// The items of a list: those that fit, and the rest in a file.
pub(super) struct Items {
    host: AuthorizedHost,
    text: String,
    rest: Rest,
}

enum Rest {
    None,
    Kept(Box<TemporaryFileWriter>),
    /// There was no room for it.
    Lost(Error),
}

impl Items {
    pub(super) fn new(host: AuthorizedHost) -> Items {
        Items { host, text: String::new(), rest: Rest::None }
    }

    async fn take(&mut self, item: &Json) {
        if matches!(self.rest, Rest::None) && self.text.len() + item.as_str().len() < MOST {
            if !self.text.is_empty() {
                self.text.push(',');
            }
            self.text.push_str(item.as_str());
            return;
        }
        // The run is not to fail because its result is long: it may have changed something.
        if let Err(error) = self.keep(line(item.as_str())).await {
            self.rest = Rest::Lost(error);
        }
    }

    async fn keep(&mut self, line: Bytes) -> Result<()> {
        if matches!(self.rest, Rest::None) {
            self.rest = Rest::Kept(Box::new(create(&self.host).await?));
        }
        match &mut self.rest {
            Rest::Kept(writer) => writer.write(line).await,
            Rest::None | Rest::Lost(_) => Ok(()),
        }
    }

    /// Returns the result, with what belongs to it beside the items.
    pub(super) async fn into_text(self, rest: &Json) -> String {
        let nonce = Nonce::random();
        let mut text = nonce.before("output");
        text.push_str("{\"items\":[");
        text.push_str(&self.text);
        text.push(']');
        // It is an object that we printed.
        let members = rest.as_str().strip_prefix('{').unwrap_or("}");
        text.push_str(if members == "}" { "" } else { "," });
        text.push_str(members);
        text.push_str(&nonce.after());
        match self.rest {
            Rest::None => {}
            Rest::Kept(writer) => match writer.finish().await {
                Ok(file) => text.push_str(&more(&Handle { file: file.id, is_text: false, from: 0 })),
                Err(error) => text.push_str(&lost(&error)),
            },
            Rest::Lost(error) => text.push_str(&lost(&error)),
        }
        text.push('}');
        text
    }
}

#[async_trait]
impl ItemSink for Items {
    async fn emit(&mut self, items: Vec<Json>) -> Result<()> {
        for item in &items {
            self.take(item).await;
        }
        Ok(())
    }
}

/// Returns a whole output as a result.
pub(super) async fn whole(host: &AuthorizedHost, output: &Json) -> String {
    if output.as_str().len() > MOST {
        if let Some((all, rest)) = split_list_output(output) {
            let mut items = Items::new(host.clone());
            for item in &all {
                items.take(item).await;
            }
            return items.into_text(&rest).await;
        }
        return first_piece(host, output).await;
    }
    let nonce = Nonce::random();
    format!("{}{}{}}}", nonce.before("output"), output.as_str(), nonce.after())
}

async fn first_piece(host: &AuthorizedHost, output: &Json) -> String {
    let text = output.as_str();
    let end = text.floor_char_boundary(MOST);
    let nonce = Nonce::random();
    let piece = Value::from(text.get(..end).unwrap_or_default());
    let mut cut = format!("{}{piece}{}", nonce.before("text"), nonce.after());
    let kept = async {
        let mut writer = create(host).await?;
        writer.write(line(text)).await?;
        writer.finish().await
    };
    match kept.await {
        Ok(file) => cut.push_str(&more(&Handle { file: file.id, is_text: true, from: end as u64 })),
        Err(error) => cut.push_str(&lost(&error)),
    }
    cut.push('}');
    cut
}

async fn create(host: &AuthorizedHost) -> Result<TemporaryFileWriter> {
    host.files().create("result.ndjson", "application/x-ndjson", None).await
}

// Graph's text may have line breaks, between values only.
fn line(text: &str) -> Bytes {
    let mut line = text.replace(['\r', '\n'], " ");
    line.push('\n');
    line.into()
}

fn more(handle: &Handle) -> String {
    let hint = "The result was cut. read_more reads on; a narrower input, such as fewer properties, is often better.";
    format!(",\"more\":{{\"handle\":\"{}\",\"hint\":\"{hint}\"}}", handle.text())
}

fn lost(error: &Error) -> String {
    let why =
        Value::from(format!("The result was cut, and the rest could not be kept: {error}. Ask for less at once."));
    format!(",\"more\":{{\"hint\":{why}}}")
}

/// Where to read on.
#[derive(Debug, PartialEq, Eq)]
struct Handle {
    file: String,
    /// Whether it stands within an item, which is then text.
    is_text: bool,
    from: u64,
}

impl Handle {
    fn text(&self) -> String {
        format!("{}.{}.{}", self.file, if self.is_text { "text" } else { "items" }, self.from)
    }

    fn read(text: &str) -> Option<Handle> {
        let mut parts = text.split('.');
        let (file, kind, from) = (parts.next()?, parts.next()?, parts.next()?);
        let is_text = match kind {
            "text" => true,
            "items" => false,
            _ => return None,
        };
        let handle = Handle { file: file.to_owned(), is_text, from: from.parse().ok()? };
        parts.next().is_none().then_some(handle)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    handle: String,
}

/// Reads the next part of a result.
pub(super) async fn read_more(agent: &Agent, arguments: Value) -> Told {
    let Asked { handle } = read_input(arguments)?;
    let no_handle = || {
        Error::invalid("/handle", "this is no handle of a result")
            .with_hint("Give the handle that stands in `more`, as it is. A result is kept for an hour.")
    };
    let handle = Handle::read(&handle).ok_or_else(no_handle)?;
    let size = agent.host.files().show(&handle.file).await?.size;
    if handle.from >= size {
        return Err(no_handle().into());
    }
    let range = format!("{}-{}", handle.from, handle.from.saturating_add(MOST as u64 - 1)).parse()?;
    let opened = agent.host.files().open(&handle.file, Some(range)).await?;
    let bytes = read_to_end(opened.content, MOST).await?;
    let part = Part::of(&bytes, handle.is_text).ok_or_else(no_handle)?;
    let nonce = Nonce::random();
    let mut text = match part.is_text {
        true => format!("{}{}{}", nonce.before("text"), Value::from(part.text), nonce.after()),
        false => format!("{}[{}]{}", nonce.before("items"), part.text.replace('\n', ","), nonce.after()),
    };
    let next = Handle { file: handle.file, is_text: part.goes_on_as_text, from: handle.from + part.length };
    if next.from < size {
        text.push_str(&more(&next));
    }
    text.push('}');
    Ok(Reply::text(text))
}

/// A part of a file.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    text: &'a str,
    is_text: bool,
    /// Number of bytes that were read of the file.
    length: u64,
    goes_on_as_text: bool,
}

impl Part<'_> {
    // `None` for what is no text.
    fn of(bytes: &[u8], is_text: bool) -> Option<Part<'_>> {
        let end = if is_text { memchr::memchr(b'\n', bytes) } else { memchr::memrchr(b'\n', bytes) };
        let (text, is_text, length, goes_on_as_text) = match end {
            Some(end) => (bytes.get(..end)?, is_text, end + 1, false),
            // The item goes on. What is cut within a letter is left for the next part.
            None => {
                let end = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
                (bytes.get(..end).filter(|text| !text.is_empty())?, true, end, true)
            }
        };
        Some(Part { text: std::str::from_utf8(text).ok()?, is_text, length: length as u64, goes_on_as_text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_as_it_was_written() {
        for (is_text, from) in [(true, 7), (false, u64::MAX)] {
            let handle = Handle { file: "0af3".into(), is_text, from };
            assert_eq!(Handle::read(&handle.text()), Some(handle));
        }
        for bad in ["", "a", "a.items", "a.items.x", "a.other.1", "a.items.1.2", "a.items.-1"] {
            assert_eq!(Handle::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_part_ends_with_an_item_or_within_a_long_one() {
        let part = |text, is_text, length, goes_on_as_text| Some(Part { text, is_text, length, goes_on_as_text });
        assert_eq!(Part::of(b"{1}\n{2}\n{3", false), part("{1}\n{2}", false, 8, false));
        assert_eq!(Part::of(b"{1", false), part("{1", true, 2, true));
        assert_eq!(Part::of(b"2}\n{3}\n", true), part("2}", true, 3, false));
        assert_eq!(Part::of("aü".as_bytes().get(..2).unwrap(), true), part("a", true, 1, true));
        assert_eq!(Part::of(b"\xff\xff", true), None);
        assert_eq!(Part::of(b"", false), None);
    }
}
