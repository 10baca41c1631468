//! The spelling of links.

use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Writes next and delta links in other ways: without the host, with the host in capitals, with the port that is usual.
///
/// Allowed by OData JSON 4.01, section 4.3 (a link may be relative), and RFC 3986, sections 3.2.2 and 6.2.3 (hosts have
/// no case, the usual port may be named).
pub(super) struct Links;

const LINKS: [&str; 2] = ["@odata.nextLink", "@odata.deltaLink"];

impl Perturbation for Links {
    fn name(&self) -> &'static str {
        "links"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "writes links relative, with the host in capitals, with the port"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        super::walk::placed(asked, self.name(), body, &mut |object, place| {
            for (name, value) in object.iter_mut() {
                if let (Some(end), Value::String(link)) = (LINKS.iter().find(|end| name.ends_with(**end)), value) {
                    // The link of the answer itself may be spelt in another way each time; one inside an item is a part
                    // of the item.
                    let mut own = place.draw_for(name, "");
                    *link = spell(asked.origin, link, if name == end { random } else { &mut own });
                }
            }
        });
    }
}

fn spell(origin: &str, link: &str, random: &mut Random) -> String {
    // An origin is more than the letters that a link begins with.
    let Some(rest) = link.strip_prefix(origin).filter(|rest| rest.starts_with('/')) else { return link.to_owned() };
    let (scheme, host) = origin.split_once("://").unwrap_or(("https", origin));
    let port = if scheme == "https" { ":443" } else { ":80" };
    let has_port = host.rsplit(':').next().is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_digit()));
    match random.below(5) {
        0 => rest.to_owned(),
        1 => format!("{scheme}://{}{rest}", host.to_ascii_uppercase()),
        2 if !has_port => format!("{origin}{port}{rest}"),
        3 => format!("{}://{host}{rest}", scheme.to_ascii_uppercase()),
        _ => link.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_same_place() {
        let home = url::Url::parse("https://graph.microsoft.com/v1.0/me").unwrap();
        let mut random = Random::new(1);
        let all: std::collections::BTreeSet<String> = (0..50)
            .map(|_| spell("https://graph.microsoft.com", "https://graph.microsoft.com/v1.0/me?$skip=2", &mut random))
            .collect();
        assert_eq!(all.len(), 5, "{all:?}");
        for link in all {
            assert_eq!(home.join(&link).unwrap().as_str(), "https://graph.microsoft.com/v1.0/me?$skip=2");
        }
        let away = "https://graph.microsoft.com:1/v1.0/me";
        assert!((0..50).all(|_| spell("https://graph.microsoft.com", away, &mut random) == away));
        let spelt = |random: &mut Random| spell("http://127.0.0.1:80", "http://127.0.0.1:80/v1.0/me", random);
        assert!((0..50).all(|_| !spelt(&mut random).contains(":80:")));
    }
}
