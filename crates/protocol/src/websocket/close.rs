//! The payload of close frames (sections 5.5.1 and 7.4).

use super::Error;

/// Why the peer closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseReason<'a> {
    /// A code that may be sent: 1000–1003, 1007–1014 or 3000–4999.
    pub code: u16,
    /// Words for a log, at most 123 bytes; often empty.
    pub reason: &'a str,
}

impl<'a> CloseReason<'a> {
    /// The reason in a close frame's payload, none if that is empty.
    pub(super) fn parse(payload: &'a [u8]) -> Result<Option<Self>, Error> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            return if payload.is_empty() { Ok(None) } else { Err(Error::ClosePayload) };
        };
        let code = u16::from_be_bytes(*code);
        if !may_be_sent(code) {
            return Err(Error::CloseCode(code));
        }
        let reason = str::from_utf8(reason).map_err(|_| Error::InvalidUtf8)?;
        Ok(Some(Self { code, reason }))
    }
}

/// Whether a close code is registered for the wire or free for applications (section 7.4.2).
const fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
