//! The content of a file: a part of it, and what the whole must be.

use std::fmt;
use std::str::FromStr;

use crate::{Code, Error, Result, Retry};

/// A part of a file, in bytes; see [RFC 9110 14.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From a byte to the end. The first byte is 0.
    From(u64),
    /// From a byte to another one, which belongs to it.
    Between(u64, u64),
    /// So many bytes at the end.
    Last(u64),
}

impl FromStr for ByteRange {
    type Err = Error;

    /// Reads `0-1023`, `1024-` or `-512`, with or without `bytes=` before it.
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

/// As the header `Range` says it.
impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ByteRange::From(first) => write!(f, "bytes={first}-"),
            ByteRange::Between(first, last) => write!(f, "bytes={first}-{last}"),
            ByteRange::Last(count) => write!(f, "bytes=-{count}"),
        }
    }
}

/// What a file that is downloaded must be, as Graph has described it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its [hash](crate::QuickXor), as Graph writes it.
    pub quick_xor: Option<String>,
}

impl Expected {
    /// Whether a file of `size` bytes, whose hash is `quick_xor`, is the one. A hash is about the content and decides; the
    /// size that OneDrive lists is another one than that of the content for some documents and pictures, each time.
    ///
    /// # Errors
    /// `conflict` when it is not: it was changed meanwhile, or damaged on the way; or the size that is listed is wrong.
    pub fn check(&self, size: u64, quick_xor: &str) -> Result<()> {
        let differs = |why: String| Error::new(Code::Conflict, format!("the file that came is not the one that was asked for: {why}"));
        match self {
            Expected { quick_xor: Some(expected), .. } if expected == quick_xor => Ok(()),
            Expected { quick_xor: Some(_), .. } => Err(differs("its quickXorHash is another one than Graph described".to_owned())
                .retry(Retry::Later)
                .hint("It was changed while it was downloaded, or damaged on the way. Download it again.")),
            Expected { size: Some(expected), .. } if *expected != size => {
                Err(differs(format!("it has {size} bytes, and Graph described one of {expected}")).retry(Retry::Later).hint(
                    "It was changed while it was downloaded; or it is one of those files for which OneDrive lists another size than it \
                     delivers, each time the same two. If these two numbers come again, download it with `verify`: false.",
                ))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        for (text, written) in [("0-1023", "bytes=0-1023"), ("bytes=5-", "bytes=5-"), (" -512", "bytes=-512"), ("7-7", "bytes=7-7")] {
            assert_eq!(text.parse::<ByteRange>().unwrap().to_string(), written);
        }
        for text in ["", "5", "-", "-0", "9-3", "a-b", "1-2,4-5", "99999999999999999999-"] {
            assert!(text.parse::<ByteRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_checked() {
        let one = |size, hash: Option<&str>| Expected { size, quick_xor: hash.map(str::to_owned) }.check(3, "abc").is_ok();
        assert_eq!([one(None, None), one(Some(3), None), one(Some(3), Some("abc")), one(Some(4), Some("abc"))], [true; 4]);
        assert_eq!([one(Some(4), None), one(Some(3), Some("abd")), one(None, Some(""))], [false; 3]);
        let wrong_size = Expected { size: Some(4), quick_xor: None }.check(3, "abc").unwrap_err();
        assert!(wrong_size.advice().contains("`verify`: false"), "{}", wrong_size.advice());
    }
}
