//! Vectors of texts that were paid for once: one file a model, found again by the text itself. A convenience that may be
//! deleted at any time: what is broken in it is passed over and written anew. Not the source of any mark.
//!
//! The file: a line with the format's name, the model's name and a line break, then entries of a 16-byte key (FNV-1a of
//! the text), the count of numbers (u32), the numbers (f32) and a checksum (FNV-1a, 32 bits), all little endian.

use super::{StoreError, file};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The most bytes a file has; the oldest vectors are left out.
const MOST: usize = 32 << 20;
const HEAD: &[u8] = b"synod vectors 1\n";

type Key = [u8; 16];

/// The vectors of one model.
#[derive(Debug)]
pub struct Vectors {
    file: PathBuf,
    model: String,
    known: HashMap<Key, Vec<f32>>,
    /// Oldest first.
    order: Vec<Key>,
    changed: bool,
}

/// Where vectors are kept under the directory for caches, for example `~/.cache`.
pub fn folder_under(cache_home: &Path) -> PathBuf {
    cache_home.join("synod").join("vectors")
}

impl Vectors {
    /// What is kept of a model. A file that is not there, can't be read or is none of ours is an empty one.
    pub fn load(folder: &Path, model: &str) -> Self {
        let name = format!("{:032x}", u128::from_be_bytes(fnv128(model.as_bytes())));
        let file = folder.join(name);
        let mut vectors =
            Self { file, model: model.to_owned(), known: HashMap::new(), order: Vec::new(), changed: false };
        if let Ok(bytes) = read(&vectors.file) {
            vectors.take(&bytes);
        }
        vectors
    }

    /// The vector of a text.
    pub fn get(&self, text: &str) -> Option<&Vec<f32>> {
        self.known.get(&fnv128(text.as_bytes()))
    }

    /// Keeps the vector of a text.
    pub fn add(&mut self, text: &str, vector: Vec<f32>) {
        self.insert(fnv128(text.as_bytes()), vector);
        self.changed = true;
    }

    fn insert(&mut self, key: Key, vector: Vec<f32>) {
        if self.known.insert(key, vector).is_none() {
            self.order.push(key);
        }
    }

    /// Writes what is new, in one piece beside the old file and then in its place.
    ///
    /// # Errors
    /// One line, when it can't be written.
    pub fn save(&mut self) -> Result<(), StoreError> {
        if !self.changed {
            return Ok(());
        }
        file::replace(&self.file, &self.bytes())?;
        self.changed = false;
        Ok(())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut space = MOST.saturating_sub(HEAD.len() + self.model.len() + 1);
        let mut kept: Vec<Vec<u8>> = Vec::new();
        for key in self.order.iter().rev() {
            let Some(entry) = self.known.get(key).map(|vector| entry(key, vector)) else { continue };
            if entry.len() > space {
                break;
            }
            space -= entry.len();
            kept.push(entry);
        }
        kept.reverse();
        [HEAD, self.model.as_bytes(), b"\n", &kept.concat()].concat()
    }

    /// Reads a file as far as it is whole.
    fn take(&mut self, bytes: &[u8]) {
        let head = [HEAD, self.model.as_bytes(), b"\n"].concat();
        let Some(mut rest) = bytes.strip_prefix(&head[..]) else { return };
        while let Some((key, vector, length)) = one(rest) {
            self.insert(key, vector);
            rest = &rest[length..];
        }
    }
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MOST as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn entry(key: &Key, vector: &[f32]) -> Vec<u8> {
    let mut bytes = key.to_vec();
    bytes.extend((vector.len() as u32).to_le_bytes());
    bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
    let check = check(&bytes);
    bytes.extend(check.to_le_bytes());
    bytes
}

/// The first entry, and its length in bytes; `None` where it is not whole.
fn one(bytes: &[u8]) -> Option<(Key, Vec<f32>, usize)> {
    let count = u32::from_le_bytes(bytes.get(16..20)?.try_into().ok()?) as usize;
    let end = count.checked_mul(4)?.checked_add(20)?;
    let said = u32::from_le_bytes(bytes.get(end..end.checked_add(4)?)?.try_into().ok()?);
    if said != check(&bytes[..end]) {
        return None;
    }
    let number = |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    let vector: Vec<f32> = bytes[20..end].chunks_exact(4).map(number).collect();
    vector.iter().all(|number| number.is_finite()).then_some(())?;
    Some((bytes[..16].try_into().ok()?, vector, end + 4))
}

/// FNV-1a, 128 bits (Fowler, Noll, Vo; RFC 9923): no defence against someone who looks for two texts of one key, who would
/// gain a wrong link between two of their own sentences.
pub(super) fn fnv128(bytes: &[u8]) -> Key {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in bytes {
        hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    hash.to_le_bytes()
}

/// FNV-1a, 32 bits.
fn check(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_was_kept_is_found_by_its_text_and_its_model() {
        let folder = tempfile::tempdir().unwrap();
        let mut vectors = Vectors::load(folder.path(), "a/m");
        vectors.add("one", vec![1.0, -2.5]);
        vectors.add("two", vec![]);
        vectors.save().unwrap();
        let again = Vectors::load(folder.path(), "a/m");
        assert_eq!(again.get("one"), Some(&vec![1.0, -2.5]));
        assert_eq!((again.get("two"), again.get("three")), (Some(&vec![]), None));
        assert_eq!(Vectors::load(folder.path(), "a/n").get("one"), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left there");
    }

    #[test]
    fn a_broken_file_is_read_as_far_as_it_is_whole_and_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut vectors = Vectors::load(folder.path(), "a/m");
        vectors.add("one", vec![1.0]);
        vectors.add("two", vec![2.0]);
        vectors.save().unwrap();
        let whole = fs::read(&vectors.file).unwrap();
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 0x41;
            fs::write(&vectors.file, &bent).unwrap();
            let found = Vectors::load(folder.path(), "a/m");
            assert!(
                found.get("one").is_none_or(|it| *it == [1.0])
                    && found.get("two").is_none_or(|it| *it == [2.0])
            );
            fs::write(&vectors.file, &whole[..at]).unwrap();
            assert!(Vectors::load(folder.path(), "a/m").get("two").is_none());
        }
        let mut torn = Vectors::load(folder.path(), "a/m");
        torn.add("two", vec![2.0]);
        torn.save().unwrap();
        assert_eq!(Vectors::load(folder.path(), "a/m").get("two"), Some(&vec![2.0]));
    }

    #[test]
    fn a_file_stays_within_its_bound_and_loses_its_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let mut vectors = Vectors::load(folder.path(), "a/m");
        let large = vec![0.5; MOST / 4 / 3];
        for text in ["one", "two", "three"] {
            vectors.add(text, large.clone());
        }
        vectors.save().unwrap();
        assert!(fs::metadata(&vectors.file).unwrap().len() <= MOST as u64);
        let again = Vectors::load(folder.path(), "a/m");
        assert_eq!(
            (again.get("one"), again.get("two").is_some(), again.get("three").is_some()),
            (None, true, true)
        );
    }
}
