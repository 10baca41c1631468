//! Texts with times, as [WebVTT](https://www.w3.org/TR/webvtt1/) has them.

use connector_sdk::{Error, Result};

/// A text and when it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Cue {
    /// The beginning, in seconds. Teams writes times before the beginning with a minus sign.
    pub from: f64,
    /// The end, in seconds.
    pub to: f64,
    /// The text, of one line or several.
    pub text: String,
}

/// The cues of a file, in their order. Blocks that are no cues, such as notes, are left out.
///
/// # Errors
/// `protocol` when it is not WebVTT.
pub fn cues(file: &[u8]) -> Result<Vec<Cue>> {
    let text = String::from_utf8_lossy(file).replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches('\u{feff}');
    if !text.starts_with("WEBVTT") {
        return Err(Error::protocol("the answer is not in WebVTT"));
    }
    Ok(text.split("\n\n").filter_map(cue).collect())
}

fn cue(block: &str) -> Option<Cue> {
    // A name may stand above the times.
    let mut lines = block.trim_matches('\n').lines().skip_while(|line| !line.contains("-->"));
    let (from, to) = lines.next()?.split_once("-->")?;
    // Settings may stand behind them.
    let (from, to) = (seconds(from.trim())?, seconds(to.split_whitespace().next()?)?);
    Some(Cue { from, to, text: lines.collect::<Vec<_>>().join("\n") })
}

// `00:01:02.345` or `01:02.345`.
fn seconds(time: &str) -> Option<f64> {
    let (sign, time) = time.strip_prefix('-').map_or((1.0, time), |time| (-1.0, time));
    let parts: Vec<&str> = time.split(':').collect();
    if !matches!(parts.len(), 2 | 3) {
        return None;
    }
    let mut all = 0.0;
    for part in parts {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        all = all * 60.0 + digits.then(|| part.parse::<f64>().ok()).flatten()?;
    }
    // Thousandths, without what binary fractions add to them.
    Some(sign * (all * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_have_their_times_and_texts() {
        let file = "\u{feff}WEBVTT\r\n\r\nNOTE nothing\r\n\r\n1\r\n00:00:16.246 --> 00:00:17.726 align:start\r\none\r\ntwo\r\n\r\n-0:0:2.0 --> 01:05.320\r\n{\"a\":1}";
        let cue = |from, to, text: &str| Cue { from, to, text: text.to_owned() };
        assert_eq!(cues(file.as_bytes()).unwrap(), [cue(16.246, 17.726, "one\ntwo"), cue(-2.0, 65.32, "{\"a\":1}")]);
    }

    #[test]
    fn what_is_no_cue_is_left_out_and_what_is_no_file_is_refused() {
        assert_eq!(cues(b"WEBVTT\n\nx --> y\nz\n\n1:2:3:4 --> 5:6\nz\n\n::NaN --> 1:2\nz").unwrap(), []);
        assert!(cues(b"{}").is_err() && cues(b"").is_err());
    }
}
