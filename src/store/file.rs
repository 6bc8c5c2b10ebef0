//! How files are written: the person's alone, lines added with one write, whole files put in the place of old ones in one
//! piece. What is in them is no matter of this file.

use super::StoreError;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Makes a folder and those above it, for its owner alone (0700).
///
/// # Errors
/// One line, when it can't be made.
pub(super) fn folder(folder: &Path) -> Result<(), StoreError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| StoreError::of(folder, error))
}

/// Opens a file to be read and added to, for its owner alone (0600), and makes it and its folder where they are missing.
///
/// # Errors
/// One line, when it can't be opened.
pub(super) fn open(file: &Path) -> Result<File, StoreError> {
    folder(file.parent().unwrap_or(Path::new(".")))?;
    let opened = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(file);
    opened.map_err(|error| StoreError::of(file, error))
}

/// Writes a whole file beside the old one and puts it in its place: whoever reads, or is cut off meanwhile, has the one or
/// the other. It is its owner's alone (0600).
///
/// # Errors
/// One line, when it can't be written.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let fault = |error| StoreError::of(file, error);
    let beside = file.parent().unwrap_or(Path::new("."));
    folder(beside)?;
    // A temporary file is its owner's alone, and stays so under its new name.
    let mut newer = tempfile::Builder::new().prefix(".synod-").tempfile_in(beside).map_err(fault)?;
    newer.write_all(bytes).map_err(fault)?;
    newer.persist(file).map_err(|error| fault(error.error))?;
    Ok(())
}
