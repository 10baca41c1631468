//! The text of an online meeting, a part of which says how to join.
//!
//! A new text without that part [ends the online meeting][1], so it is kept. Nothing marks it officially. What Outlook
//! writes is a link to join between two lines of underscores, and it is cut out where it is found like that. Where it is
//! not, the whole former text stays below the new one, under a rule: too much is better than a meeting that is gone.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/event-update#notes-for-updating-specific-properties

use std::ops::Range;

use connector_sdk::{Json, Plan, Properties, Root};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::vocabulary::{BodyType, ItemBody, Preferences};

/// Addresses at which one joins.
const JOIN: [&str; 5] = [
    "teams.microsoft.com/l/meetup-join/",
    "teams.microsoft.com/meet/",
    "teams.live.com/meet/",
    "meet.lync.com/",
    "join.skype.com/",
];

/// How many underscores make a line.
const LINE: usize = 20;

/// A text that is to be written, as HTML.
#[derive(Debug)]
pub struct NewText(String);

impl NewText {
    /// Returns the text of a body as Graph takes it; none if it is not a body.
    pub fn of(body: &Value) -> Option<NewText> {
        if body.is_null() {
            return Some(NewText(String::new()));
        }
        let content = body.get("content")?.as_str()?;
        let is_html = body["contentType"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
        Some(NewText(if is_html { content.to_owned() } else { escaped(content) }))
    }
}

/// An online meeting as it is.
#[derive(Debug)]
pub struct OnlineMeeting {
    html: String,
    link: Option<String>,
}

/// Reads an event before its text is changed; none if it is no online meeting.
pub fn look(root: &Root, event: &str) -> Plan<Option<OnlineMeeting>> {
    let read =
        root.get("/events/{event}").exchange_id("event", event).query("$select", "isOnlineMeeting,onlineMeeting,body");
    let as_html = Preferences { time_zone: None, body_format: Some(BodyType::Html) };
    Plan::finish(as_html.apply(read), |response| Ok(OnlineMeeting::of(&response.json()?)))
}

impl OnlineMeeting {
    fn of(event: &Json) -> Option<OnlineMeeting> {
        let event = Properties::of(event);
        let text = |property: &str, name: &str| {
            let object: Map<String, Value> = event.get(property)?;
            object.get(name)?.as_str().map(str::to_owned)
        };
        let link = text("onlineMeeting", "joinUrl");
        let html = text("body", "content")?;
        (event.flag("isOnlineMeeting") == Some(true) || link.is_some()).then_some(OnlineMeeting { html, link })
    }

    /// Returns the new text as a body with the part that says how to join; none if it has that already, or if there is
    /// none.
    pub fn kept_in(self, new: &NewText) -> Option<Value> {
        let known: Vec<String> = self.link.iter().map(|link| comparable(address(link))).collect();
        let has_known = |text: &str| known.iter().any(|link| comparable(text).contains(link));
        let has_any = |text: &str| has_known(text) || JOIN.iter().any(|link| comparable(text).contains(link));
        if !has_any(&self.html) {
            return None;
        }
        let links = links(&comparable(&self.html));
        let mut written = known.iter().chain(&links);
        if written.any(|link| comparable(&new.0).contains(link)) {
            return None;
        }
        let kept = match between_lines(&self.html, &has_any) {
            Some(part) => format!("<br>\r\n{part}"),
            None => format!("<hr>\r\n{}", below_rule(&self.html, &has_any)),
        };
        let end = new.0.to_ascii_lowercase().rfind("</body").unwrap_or(new.0.len());
        let (before, after) = new.0.split_at(end);
        Some(json!(ItemBody { content_type: BodyType::Html, content: format!("{before}{kept}{after}") }))
    }
}

// An address without its scheme and query: what names the meeting.
fn address(link: &str) -> &str {
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    link.split(['?', '#']).next().unwrap_or(link)
}

// A text in which links can be found, also those that a filter of links has wrapped in its own.
fn comparable(text: &str) -> String {
    let once = percent_decode_str(text).decode_utf8_lossy().into_owned();
    percent_decode_str(&once).decode_utf8_lossy().replace("&amp;", "&").to_lowercase()
}

// The links to join in a comparable text, without their queries.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for begin in JOIN {
        for (at, _) in text.match_indices(begin) {
            let rest = &text[at..];
            let end = rest.find(|c: char| c.is_whitespace() || "\"'<>?#&".contains(c)).unwrap_or(rest.len());
            // What names no meeting is in every text that tells of one.
            if end > begin.len() {
                found.push(rest[..end].to_owned());
            }
        }
    }
    found
}

// The part from the line of underscores before the link to the one behind it, with the blocks of both.
fn between_lines<'t>(html: &'t str, has_link: &impl Fn(&str) -> bool) -> Option<&'t str> {
    let lower = html.to_ascii_lowercase();
    let lines = lines(html);
    let first = lines.iter().rposition(|line| has_link(&html[line.end..]))?;
    let begin = &lines[first];
    let end = lines[first + 1..].iter().find(|line| has_link(&html[begin.end..line.start]))?;
    let start = lower[..begin.start].rfind("<div")?;
    let close = "</div>";
    let end = end.end + lower[end.end..].find(close)? + close.len();
    is_balanced(&lower[start..end]).then(|| &html[start..end])
}

fn lines(html: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('_').map(|found| at + found) {
        let end = html[start..].find(|c| c != '_').map_or(html.len(), |found| start + found);
        if end - start >= LINE {
            lines.push(start..end);
        }
        at = end;
    }
    lines
}

fn is_balanced(lower: &str) -> bool {
    lower.matches("<div").count() == lower.matches("</div").count()
}

// The former text; of one that was kept under a rule before, what stands there.
fn below_rule<'t>(html: &'t str, has_link: &impl Fn(&str) -> bool) -> &'t str {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<body").and_then(|at| Some(at + lower[at..].find('>')? + 1)).unwrap_or(0);
    let end = lower.rfind("</body").filter(|end| *end >= start).unwrap_or(html.len());
    let rules = lower[start..end].match_indices("<hr").map(|(at, _)| start + at);
    let kept = rules.filter_map(|at| Some(at + lower[at..end].find('>')? + 1));
    let kept = kept.filter(|at| has_link(&html[*at..end]) && is_balanced(&lower[*at..end])).last();
    &html[kept.unwrap_or(start)..end]
}

// A plain text as HTML.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace("\r\n", "\n").replace('\n', "<br>\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str =
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0?context=%7b%22Tid%22%7d";

    fn line() -> String {
        format!("<div style=\"width:100%\"><span>{}</span> </div>", "_".repeat(80))
    }

    fn part() -> String {
        format!(
            "{0}\r\n<div class=\"me\"><div><a href=\"{1}\">Join</a></div></div>\r\n{0}",
            line(),
            LINK.replace('&', "&amp;")
        )
    }

    fn kept(old: &str, link: Option<&str>, new: Value) -> Option<String> {
        let event = json!({ "isOnlineMeeting": true, "body": { "contentType": "html", "content": old },
            "onlineMeeting": link.map(|link| json!({ "joinUrl": link })) });
        let meeting = OnlineMeeting::of(&Json::of(&event).unwrap()).unwrap();
        let body = meeting.kept_in(&NewText::of(&new).unwrap())?;
        assert_eq!(body["contentType"], "html");
        Some(body["content"].as_str().unwrap().to_owned())
    }

    #[test]
    fn the_part_between_the_lines_is_kept_and_the_old_text_is_not() {
        let old = format!("<html><body><div>Old text</div><br>\r\n{}</body></html>", part());
        let html = json!({ "contentType": "HTML", "content": "<html><body>New</body></html>" });
        let expected = format!("<html><body>New<br>\r\n{}</body></html>", part());
        assert_eq!(kept(&old, Some(LINK), html.clone()).unwrap(), expected);
        assert_eq!(kept(&old, None, html.clone()).unwrap(), expected, "by its link alone");
        // And once more.
        let again = json!({ "contentType": "html", "content": "Newer" });
        assert_eq!(kept(&expected, Some(LINK), again).unwrap(), format!("Newer<br>\r\n{}", part()));
        let text = json!({ "contentType": "text", "content": "a < b\r\nc" });
        assert_eq!(kept(&old, Some(LINK), text).unwrap(), format!("a &lt; b<br>\r\nc<br>\r\n{}", part()));
        assert_eq!(kept(&old, Some(LINK), Value::Null).unwrap(), format!("<br>\r\n{}", part()));
    }

    #[test]
    fn a_text_that_has_the_part_stays_as_it_is() {
        let old = format!("<div>Old text</div>{}", part());
        let edited = |content: String| json!({ "contentType": "html", "content": content });
        assert_eq!(kept(&old, Some(LINK), edited(format!("New{}", part()))), None);
        let wrapped = "https://safelinks.protection.outlook.com/?url=https%3A%2F%2Fteams.microsoft.com%2Fl%2Fmeetup-join%2F19%253ameeting_abc%2540thread.v2%2F0%3Fcontext%3D1&amp;data=05";
        assert_eq!(kept(&old, Some(LINK), edited(format!("<a href=\"{wrapped}\">Join</a>"))), None);
        let other = LINK.replace("abc", "xyz");
        assert!(kept(&old, Some(LINK), edited(format!("<a href=\"{other}\">Join</a>"))).is_some(), "another meeting");
        // A text may have a short address, which the event does not tell.
        let short = old.replace(LINK, "https://teams.microsoft.com/meet/2512?p=x");
        assert_eq!(kept(&short, Some(LINK), edited(short.clone())), None);
        assert!(kept(&short, Some(LINK), edited("New".to_owned())).is_some());
    }

    #[test]
    fn what_cannot_be_told_apart_is_kept_as_a_whole_and_only_once() {
        let old = format!("<html><body><p>Old text</p><a href=\"{LINK}\">Join</a></body></html>");
        let new = |content: &str| json!({ "contentType": "html", "content": content });
        let first = kept(&old, Some(LINK), new("New")).unwrap();
        assert_eq!(first, format!("New<hr>\r\n<p>Old text</p><a href=\"{LINK}\">Join</a>"));
        let second = kept(&first, Some(LINK), new("Newer")).unwrap();
        assert_eq!(second.matches("Old text").count(), 1);
        assert!(!second.contains("New<"), "{second}");
        // Lines in the middle of something larger are no blocks of their own.
        let odd = format!("<div>a{0}<a href=\"{LINK}\">b</a></div><div>{0}</div>", "_".repeat(30));
        assert!(kept(&odd, Some(LINK), new("New")).unwrap().contains("<a href"));
    }

    #[test]
    fn without_a_way_to_join_there_is_nothing_to_keep() {
        assert_eq!(kept("<p>Old text</p>", Some(LINK), json!({ "contentType": "html", "content": "New" })), None);
        let ordinary = json!({ "isOnlineMeeting": false, "body": { "content": part() }, "onlineMeeting": null });
        assert!(OnlineMeeting::of(&Json::of(&ordinary).unwrap()).is_none());
    }
}
