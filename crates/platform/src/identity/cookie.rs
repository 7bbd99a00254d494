//! The cookie `chorus_guest`: RFC 6265.

/// Its name.
const NAME: &str = "chorus_guest";
/// A year, in seconds.
const MAX_AGE: u32 = 31_536_000;
/// The length of a secret: 32 bytes in base64.
const LENGTH: usize = 43;

/// Whether the browser may send the cookie over plain HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// The secret in a `cookie` header. Anything that cannot be one is as good as none.
pub(super) fn secret(header: &str) -> Option<&str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, value)| value)
        .filter(|value| {
            value.len() == LENGTH
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

/// The `set-cookie` header that gives a browser its secret.
pub(super) fn set(secret: &str, scheme: Scheme) -> String {
    let secure = match scheme {
        Scheme::Http => "",
        Scheme::Https => "; Secure",
    };
    format!("{NAME}={secret}; HttpOnly; SameSite=Lax; Path=/; Max-Age={MAX_AGE}{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_found_among_other_cookies() {
        let wanted = "a".repeat(LENGTH);
        let header = format!("theme=dark; chorus_guest={wanted};lang=de");
        assert_eq!(secret(&header), Some(wanted.as_str()));
    }

    #[test]
    fn what_is_no_secret_is_none() {
        for header in ["", ";;=;", "chorus_guest", "chorus_guest=", "chorus_guest=short", "xchorus_guest=a"] {
            assert_eq!(secret(header), None, "{header}");
        }
        assert_eq!(secret(&format!("chorus_guest={}", "é".repeat(LENGTH))), None);
    }
}
