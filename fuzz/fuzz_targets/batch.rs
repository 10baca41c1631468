//! The answer to a `$batch`.

#![no_main]

use connector_sdk::{BatchAnswer, Error, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = BatchAnswer::read(&data.to_vec().into());
    if let Ok(answers) = graph_client::fuzz::batch(&Response::new(200, data.to_vec()), 4) {
        assert_eq!(answers.len(), 4);
        for answer in answers.iter().flatten().filter(|answer| !answer.status.is_success()) {
            let _ = Error::from_response(answer).to_string();
        }
    }
});
