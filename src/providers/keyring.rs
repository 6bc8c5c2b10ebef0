//! The system's keyring, where synod was built with the feature `keyring`: one entry a provider. Nothing is opened before it
//! is asked for.

use secrecy::SecretString;

/// Said where this synod has none.
#[cfg(not(feature = "keyring"))]
const NONE: &str = "this synod was built without the system's keyring (cargo feature keyring); without --keyring the key is \
                    kept in a file that only you can read";

/// Why there is no keyring here, if there is none.
pub fn missing() -> Option<&'static str> {
    #[cfg(feature = "keyring")]
    return None;
    #[cfg(not(feature = "keyring"))]
    Some(NONE)
}

/// Keeps a provider's key.
///
/// # Errors
/// One line: what the keyring said.
#[cfg(not(feature = "keyring"))]
pub async fn keep(_: &str, _: &SecretString) -> Result<(), String> {
    std::future::ready(Err(NONE.to_owned())).await
}

/// The key that was kept for a provider.
///
/// # Errors
/// What the keyring said, in a few words that follow its name.
#[cfg(not(feature = "keyring"))]
pub async fn get(_: &str) -> Result<SecretString, String> {
    std::future::ready(Err(
        "can't be asked: this synod was built without it (cargo feature keyring)".to_owned()
    ))
    .await
}
