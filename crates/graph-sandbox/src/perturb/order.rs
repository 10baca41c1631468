//! The order of properties.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value};

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Puts the properties of every object in another order, so that links stand before or behind the list.
///
/// Allowed by RFC 8259, section 4 (an object is unordered). OData JSON 4.01, section 4.4, asks for an order only where
/// the media type says `streaming=true`, which is therefore taken out.
pub(super) struct Order;

impl Perturbation for Order {
    fn name(&self) -> &'static str {
        "order"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "puts properties in another order"
    }
    fn body(&self, _: &Asked<'_>, body: &mut Value, random: &mut Random) {
        super::walk::objects(body, &mut |object| shuffle(object, random));
    }
    fn error(&self, _: &Asked<'_>, _: StatusCode, body: &mut Value, random: &mut Random) {
        super::walk::objects(body, &mut |object| shuffle(object, random));
    }
    fn wire(&self, _: &Asked<'_>, wire: &mut Wire, _: &mut Random) {
        let media = wire.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Ok(value) = HeaderValue::try_from(media.replace("odata.streaming=true;", "")) {
            wire.headers.insert(CONTENT_TYPE, value);
        }
    }
}

fn shuffle(object: &mut Map<String, Value>, random: &mut Random) {
    let mut properties: Vec<(String, Value)> = std::mem::take(object).into_iter().collect();
    random.shuffle(&mut properties);
    object.extend(properties);
}
