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

/// What the entries are called; the name of each is its provider's.
#[cfg(feature = "keyring")]
const SERVICE: &str = "synod";

/// Keeps a provider's key.
///
/// # Errors
/// One line: what the keyring said.
#[cfg(feature = "keyring")]
pub async fn keep(provider: &str, key: &SecretString) -> Result<(), String> {
    use secrecy::ExposeSecret as _;
    let (name, key) = (provider.to_owned(), key.clone());
    let keep = move || entry(&name)?.set_password(key.expose_secret().trim());
    let kept = tokio::task::spawn_blocking(keep).await.map_err(|error| error.to_string())?;
    kept.map_err(|error| {
        format!("the system's keyring: {}; without --keyring a file keeps it", words(&error))
    })
}

/// The key that was kept for a provider.
///
/// # Errors
/// What the keyring said, in a few words that follow its name.
#[cfg(feature = "keyring")]
pub async fn get(provider: &str) -> Result<SecretString, String> {
    let name = provider.to_owned();
    let get = move || entry(&name)?.get_password();
    let got = tokio::task::spawn_blocking(get).await.map_err(|error| error.to_string())?;
    got.map(SecretString::from).map_err(|error| words(&error).to_owned())
}

#[cfg(feature = "keyring")]
fn entry(provider: &str) -> keyring::v1::Result<keyring::v1::Entry> {
    keyring::v1::Entry::new(SERVICE, provider)
}

/// What went wrong, in words of our own: the library's may show what it was given.
#[cfg(feature = "keyring")]
fn words(error: &keyring::v1::Error) -> &'static str {
    use keyring::v1::Error;
    match error {
        Error::NoEntry => "has no such key",
        Error::NoDefaultStore => "is not there",
        Error::NoStorageAccess(_) => "is locked",
        Error::BadEncoding(_) => "holds something that is no text",
        _ => "gave no answer that is understood",
    }
}
