//! What all clients do with an answer over HTTP: read it within a bound, and tell a failure without the address, which
//! may hold a key.

/// Why an answer's body was not read.
pub(crate) enum Unread {
    Broken(reqwest::Error),
    TooLong,
}

/// The body of an answer of at most `max` bytes.
pub(crate) async fn body(response: &mut reqwest::Response, max: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        if bytes.len() + chunk.len() > max {
            return Err(Unread::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The deepest cause of a failure, without the address.
pub(crate) fn cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
