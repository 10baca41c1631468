//! Pages of any size.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use serde_json::{Map, Value};

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Splits a page into several, some of them empty.
///
/// Allowed by OData Protocol 4.01, section 11.2.6.7 (the server decides on the size of pages; only a page without a
/// next link is the last), and by Graph's page on paging: a page may hold fewer items than `$top`, or none. Seen in
/// field case 10.
pub(super) struct Pages;

const NEXT: &str = "@odata.nextLink";

impl Perturbation for Pages {
    fn name(&self) -> &'static str {
        "pages"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "splits pages into several, some of them empty"
    }

    fn instead(&self, asked: &Asked<'_>, _: &mut Random) -> Option<Response<Bytes>> {
        let page =
            asked.reads().then(|| asked.option("$skiptoken")).flatten().and_then(|token| asked.shelf.get(&token))?;
        let mut response = Response::new(Bytes::from(page.to_string()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Some(response)
    }

    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        let Some(object) = body.as_object_mut().filter(|_| asked.reads()) else { return };
        let Some(items) = object.get_mut("value").and_then(Value::as_array_mut) else { return };
        let keep = match items.len() {
            // An empty page once: a page without items is not split again.
            0 => return,
            _ if random.happens(1, 3) => return,
            _ if !asked.query.contains("split-") && random.happens(1, 4) => 0,
            1 => return,
            length => 1 + random.below(length - 1),
        };
        let rest = items.split_off(keep);
        let mut page = Map::new();
        for (name, value) in object.iter() {
            if name == "value" {
                page.insert(name.clone(), Value::Array(rest.clone()));
            } else {
                page.insert(name.clone(), value.clone());
            }
        }
        page.shift_remove("@odata.count");
        // Only the last page says how the list goes on.
        object.retain(|name, _| !matches!(name.as_str(), NEXT | "@odata.deltaLink"));
        let token = asked.shelf.put(Value::Object(page));
        // What the list was asked for stays in the link, as Graph writes it: the next page is as this one is.
        let is_token = |option: &str| {
            ["$skiptoken", "%24skiptoken"].iter().any(|name| option.to_ascii_lowercase().starts_with(name))
        };
        let options: String = asked
            .query
            .split('&')
            .filter(|option| !option.is_empty() && !is_token(option))
            .map(|option| format!("{option}&"))
            .collect();
        object.insert(NEXT.to_owned(), format!("{}{}?{options}$skiptoken={token}", asked.origin, asked.path).into());
    }
}
