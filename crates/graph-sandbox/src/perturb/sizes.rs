//! Sizes that are not exact.

use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Tells sizes of files that differ a little from what is downloaded.
///
/// Seen in field case 4: Office files and pictures in SharePoint have another size in the listing than in the content.
pub(super) struct Sizes;

impl Perturbation for Sizes {
    fn name(&self) -> &'static str {
        "sizes"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "tells sizes of files that differ from the content"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        super::walk::placed(asked, self.name(), body, &mut |object, place| {
            let mut random = place.draw_for("size", "");
            let size = object.get("size").and_then(Value::as_u64).filter(|_| super::absent::is_optional(asked, "size"));
            if let Some(size) = size.filter(|_| random.happens(1, 3)) {
                let other =
                    if random.happens(1, 2) { size + 1 + random.below(12_000) as u64 } else { size - size.min(1) };
                object.insert("size".to_owned(), other.into());
            }
        });
    }
}
