//! Contents of files: byte ranges, and the size and hash that a download is compared with.

use std::fmt;
use std::str::FromStr;

use crate::{Code, Error, Result, Retry};

/// A range of bytes of a file; see [RFC 9110 14.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Closed: the RFC knows these three forms.
pub enum ByteRange {
    /// From this byte, counted from 0, to the end.
    From(u64),
    /// From the first byte to the last one, both included.
    Between(u64, u64),
    /// This many bytes at the end.
    Last(u64),
}

impl FromStr for ByteRange {
    type Err = Error;

    /// Parses `0-1023`, `1024-` or `-512`, with or without `bytes=` before it.
    fn from_str(text: &str) -> Result<ByteRange> {
        let wrong = || Error::invalid("", "is not a range of bytes; write `0-1023`, `1024-` or `-512`");
        let text = text.trim();
        let (first, last) = text.strip_prefix("bytes=").unwrap_or(text).split_once('-').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
        match (first, last) {
            ("", last) if number(last)? > 0 => Ok(ByteRange::Last(number(last)?)),
            ("", _) => Err(Error::invalid("", "has no bytes in it")),
            (first, "") => Ok(ByteRange::From(number(first)?)),
            (first, last) if number(first)? <= number(last)? => Ok(ByteRange::Between(number(first)?, number(last)?)),
            _ => Err(Error::invalid("", "ends before it begins")),
        }
    }
}

/// Formats the range as the value of the header `Range`.
impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ByteRange::From(first) => write!(f, "bytes={first}-"),
            ByteRange::Between(first, last) => write!(f, "bytes={first}-{last}"),
            ByteRange::Last(count) => write!(f, "bytes=-{count}"),
        }
    }
}

/// Expected size and hash of a downloaded file, as Graph described it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct ExpectedContent {
    /// Size in bytes.
    pub size: Option<u64>,
    /// [quickXorHash](crate::QuickXor) in base64, as Graph writes it.
    pub quick_xor: Option<String>,
}

impl ExpectedContent {
    /// Creates an expectation of what is known: the size in bytes, and the quickXorHash in base64.
    pub fn new(size: Option<u64>, quick_xor: Option<String>) -> ExpectedContent {
        ExpectedContent { size, quick_xor }
    }

    /// Compares a downloaded file with the expected one and returns a warning if something is odd.
    ///
    /// The hash, where there is one, is about the content and decides. Without one the size is compared, which OneDrive
    /// lists wrongly for some documents and pictures, each time the same: where the file came with the length that its
    /// response had `announced`, it is whole.
    ///
    /// # Errors
    /// `conflict` when it is not: it was changed meanwhile, or damaged on the way; or the size that is listed is wrong,
    /// and nothing else says how long it is.
    pub fn check(&self, size: u64, quick_xor: &str, announced: Option<u64>) -> Result<Option<String>> {
        let differs = |why: String| {
            Error::new(Code::Conflict, format!("the file that came is not the one that was asked for: {why}"))
        };
        match self {
            ExpectedContent { quick_xor: Some(expected), .. } if expected == quick_xor => Ok(None),
            ExpectedContent { quick_xor: Some(_), .. } => Err(differs("its quickXorHash is another one than Graph described".to_owned())
                .retry(Retry::Later)
                .with_hint("It was changed while it was downloaded, or damaged on the way. Download it again.")),
            ExpectedContent { size: Some(expected), .. } if *expected != size => match announced {
                Some(announced) if announced == size => Ok(Some(format!(
                    "it has {size} bytes, as its answer announced, and Graph lists {expected}; there is no hash to verify the file with"
                ))),
                _ => Err(differs(format!("it has {size} bytes, and Graph described one of {expected}")).retry(Retry::Later).with_hint(
                    "It was changed while it was downloaded; or it is one of those files for which OneDrive lists another size than it \
                     delivers, each time the same two. If these two numbers come again, download it with `verify`: false.",
                )),
            },
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        for (text, written) in
            [("0-1023", "bytes=0-1023"), ("bytes=5-", "bytes=5-"), (" -512", "bytes=-512"), ("7-7", "bytes=7-7")]
        {
            assert_eq!(text.parse::<ByteRange>().unwrap().to_string(), written);
        }
        for text in ["", "5", "-", "-0", "9-3", "a-b", "1-2,4-5", "99999999999999999999-"] {
            assert!(text.parse::<ByteRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_checked() {
        let one = |size, hash: Option<&str>| {
            ExpectedContent { size, quick_xor: hash.map(str::to_owned) }.check(3, "abc", None)
        };
        let good = [one(None, None), one(Some(3), None), one(Some(3), Some("abc")), one(Some(4), Some("abc"))];
        assert!(good.iter().all(|end| matches!(end, Ok(None))), "{good:?}");
        assert!(
            [one(Some(4), None), one(Some(3), Some("abd")), one(None, Some(""))]
                .iter()
                .all(std::result::Result::is_err)
        );
        let wrong_size = one(Some(4), None).unwrap_err();
        assert!(wrong_size.advice().contains("`verify`: false"), "{}", wrong_size.advice());
    }

    #[test]
    fn what_came_as_long_as_announced_is_whole_unless_its_hash_says_otherwise() {
        let listed = |hash: Option<&str>| ExpectedContent { size: Some(4), quick_xor: hash.map(str::to_owned) };
        let warning = listed(None).check(3, "abc", Some(3)).unwrap().unwrap();
        assert!(warning.contains("3 bytes") && warning.contains("lists 4"), "{warning}");
        assert!(listed(None).check(3, "abc", Some(5)).is_err());
        assert!(listed(Some("abd")).check(3, "abc", Some(3)).is_err());
        assert_eq!(listed(Some("abc")).check(3, "abc", Some(3)).unwrap(), None);
    }
}
