//! Bulk runs in which every input failed.

use connector_sdk::{Code, Json};
use serde::Deserialize;

/// Observer of a bulk run's outcomes that looks for the first success.
pub(crate) enum Failed {
    /// There is nothing to observe, or an input succeeded.
    No,
    /// No outcome was recorded yet.
    Unheard,
    /// All recorded outcomes failed, with this code or, where codes differ, [`Code::Incomplete`].
    With(Code),
}

impl Failed {
    pub(crate) fn watch(watch: bool) -> Failed {
        if watch { Failed::Unheard } else { Failed::No }
    }

    /// Records outcomes. As soon as one succeeded, the others are ignored.
    pub(crate) fn note(&mut self, outcomes: &[Json]) {
        #[derive(Deserialize)]
        struct Outcome {
            error: Option<Reason>,
            #[serde(default)]
            skipped: bool,
        }
        #[derive(Deserialize)]
        struct Reason {
            code: Code,
        }
        for outcome in outcomes {
            if matches!(self, Failed::No) {
                return;
            }
            *self = match (outcome.read::<Outcome>(), &*self) {
                (Ok(Outcome { error: Some(Reason { code }), .. }), Failed::Unheard) => Failed::With(code),
                (Ok(Outcome { error: Some(Reason { code }), .. }), Failed::With(before)) if code == *before => {
                    Failed::With(code)
                }
                (Ok(Outcome { error: Some(_), .. }), _) => Failed::With(Code::Incomplete),
                (Ok(Outcome { skipped: true, .. }), _) => continue,
                _ => Failed::No,
            };
        }
    }

    /// Returns the common code, if all of them failed.
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Failed::With(code) => Some(*code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(outcomes: &[&str]) -> Option<Code> {
        let mut failed = Failed::watch(true);
        outcomes.iter().for_each(|outcome| failed.note(&[Json::parse((*outcome).to_owned()).unwrap()]));
        failed.code()
    }

    #[test]
    fn one_that_was_done_is_enough() {
        let (throttled, forbidden) =
            (r#"{"index":0,"ok":false,"error":{"code":"throttled"}}"#, r#"{"error":{"code":"forbidden"}}"#);
        let (done, skipped) = (r#"{"index":1,"ok":true,"output":{}}"#, r#"{"index":2,"ok":false,"skipped":true}"#);
        assert_eq!(code(&[throttled, throttled, skipped]), Some(Code::Throttled));
        assert_eq!(code(&[throttled, forbidden]), Some(Code::Incomplete));
        assert_eq!(code(&[throttled, done, throttled]), None);
        assert_eq!(code(&[]), None);
        assert_eq!(code(&[r#"{"member":"x","fate":"existing"}"#, throttled]), None);
    }
}
