//! Photos of contacts.

use serde_json::json;

use super::contacts::contact;
use super::items::context;
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::guid;
use crate::graph::tenant::Tenant;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[|contactFolders/{contactFolder}/]contacts/{contact}/photo", describe),
    route("GET", "@/[|contactFolders/{contactFolder}/]contacts/{contact}/photo/$value", photo),
    route("PUT", "@/[|contactFolders/{contactFolder}/]contacts/{contact}/photo/$value", set_photo),
    route("PATCH", "@/[|contactFolders/{contactFolder}/]contacts/{contact}/photo/$value", set_photo),
];

/// The largest photo that Graph takes in one request.
const LARGEST_PHOTO: usize = 4 << 20;

/// The photo of the contact that the path names.
fn find<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<&'t bytes::Bytes, Fault> {
    let mailbox = tenant.mailbox(call.owner)?;
    let key = contact(mailbox, call)?.key;
    mailbox.photos.get(&key).ok_or_else(|| Fault::new(404, "ErrorItemNotFound", "The photo wasn't found."))
}

fn photo(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    Ok(Reply::bytes(200, "image/jpeg", find(tenant, call)?.clone()))
}

/// What there is to know of a photo without loading it.
fn describe(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let photo = find(tenant, call)?;
    let (width, height) = dimensions(photo);
    let tag = guid(&format!("photo {photo:?}"))[..8].to_uppercase();
    let context = call.context(&context(tenant, call, &format!("contacts('{}')/photo/$entity", call.param("contact"))));
    Ok(Reply::value(
        200,
        &json!({
            "@odata.context": context, "@odata.mediaContentType": "image/jpeg", "@odata.mediaEtag": format!("\"{tag}\""),
            "id": format!("{width}X{height}"), "width": width, "height": height,
        }),
    ))
}

/// Width and height of a JPEG, from its frame header; 1 and 1 if it has none.
fn dimensions(photo: &[u8]) -> (u16, u16) {
    let mut rest = photo.get(2..).unwrap_or_default();
    while let [0xff, marker, high, low, segment @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // The frame headers, but for three other segments in their range.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let number = |at: usize| Some(u16::from_be_bytes([*segment.get(at)?, *segment.get(at + 1)?]));
            return (number(3).unwrap_or(1), number(1).unwrap_or(1));
        }
        rest = segment.get(length.saturating_sub(2)..).unwrap_or_default();
    }
    (1, 1)
}

fn set_photo(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let is_jpeg = call.body.starts_with(&[0xff, 0xd8]);
    if !is_jpeg {
        return Err(Fault::new(400, "ErrorInvalidImage", "The image is not a valid JPEG."));
    }
    if call.body.len() > LARGEST_PHOTO {
        return Err(Fault::new(413, "ErrorMessageSizeExceeded", "The photo is too large."));
    }
    let photo = bytes::Bytes::copy_from_slice(call.body);
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = contact(mailbox, call)?.key;
    mailbox.photos.insert(key, photo);
    Ok(Reply::empty(200))
}

#[cfg(test)]
mod tests {
    use super::dimensions;

    #[test]
    fn the_frame_header_says_how_large_a_photo_is() {
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 8, 8, 0, 48, 1, 64, 3];
        assert_eq!(dimensions(&jpeg), (320, 48));
        assert_eq!(dimensions(&[0xff, 0xd8, 0xff, 0xd9]), (1, 1));
        assert_eq!(dimensions(b""), (1, 1));
    }
}
