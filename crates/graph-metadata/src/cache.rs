//! Both files as few bytes, quick to load again.

use std::fmt;

use crate::{Model, Table};

/// Changes whenever the sources change that read the files and hold what was read, so that nothing is
/// believed that another version made of them.
const VERSION: u32 = fnv1a(&[include_bytes!("csdl.rs"), include_bytes!("permissions.rs"), include_bytes!("model.rs")]);

// FNV-1a, which can be computed while this is compiled.
const fn fnv1a(texts: &[&[u8]]) -> u32 {
    let (mut hash, mut text) = (0x811c_9dc5_u32, 0);
    while text < texts.len() {
        let mut at = 0;
        while at < texts[text].len() {
            hash = (hash ^ texts[text][at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        text += 1;
    }
    hash
}

/// A file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub(crate) String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

macro_rules! stored {
    ($what:ty) => {
        impl $what {
            /// All of it as bytes, for [`from_bytes`](Self::from_bytes) of the same version.
            pub fn to_bytes(&self) -> Vec<u8> {
                postcard::to_allocvec(&(VERSION, self)).unwrap_or_default()
            }

            /// Reads what [`to_bytes`](Self::to_bytes) wrote.
            ///
            /// # Errors
            /// When another version wrote it, or it is broken.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
                let (version, rest) = postcard::take_from_bytes::<u32>(bytes).map_err(|error| Unreadable(error.to_string()))?;
                if version != VERSION {
                    return Err(Unreadable("another version wrote this".to_owned()));
                }
                postcard::from_bytes(rest).map_err(|error| Unreadable(error.to_string()))
            }
        }
    };
}

stored!(Model);
stored!(Table);
