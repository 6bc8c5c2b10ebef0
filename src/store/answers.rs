//! Answers that may be given again instead of asking a model: one file a request, beside the sessions. A convenience that
//! may be deleted at any time: what is broken in it is passed over. When it is used is the engine's to say.
//!
//! A file is named by a hash of its request (FNV-1a, 128 bits) and holds the request itself, which is compared word by
//! word: two requests of one hash take each other's place, and never each other's answer.

use super::{StoreError, file};
use crate::core::{Cached, MemberId, Message, ModelRef, Params};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most bytes of one answer with its request, and of all of them; the oldest go first.
const MOST_OF_ONE: u64 = 4 << 20;
const MOST: u64 = 64 << 20;

/// A request: whoever asks the same of the same model in the same place may have the same answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The member that asks: two of one model are to answer each for itself.
    pub member: MemberId,
    /// The model.
    pub model: ModelRef,
    /// Where the request goes.
    pub endpoint: String,
    /// What is sent.
    pub messages: Vec<Message>,
    /// What was set for it.
    pub params: Params,
}

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Where it came from, and when.
    pub from: Cached,
    /// The whole text, raw.
    pub text: String,
    /// The whole thinking text, raw.
    #[serde(default)]
    pub thinking: String,
}

/// The question that a first answer was given to: another one may be so near that the answer answers it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// The question, raw.
    pub question: String,
    /// Whether it was for local members alone: then so is every question its answer may be given to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub local: bool,
}

impl First {
    /// Whether its answer may be given to a question that is for local members alone, or not.
    fn may_answer(&self, local: bool) -> bool {
        local || !self.local
    }
}

/// A first answer that is kept, without its words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Heading")]
pub struct Kept {
    /// The request.
    pub asked: Asked,
    /// When the answer came, in milliseconds since the epoch.
    pub at: u64,
    /// The question; files of before this was kept have none.
    pub first: Option<First>,
}

#[derive(Deserialize)]
struct Heading {
    asked: Asked,
    answer: Origin,
    #[serde(default)]
    first: Option<First>,
}

#[derive(Deserialize)]
struct Origin {
    from: Cached,
}

impl From<Heading> for Kept {
    fn from(Heading { asked, answer, first }: Heading) -> Self {
        Self { asked, at: answer.from.at, first }
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    asked: Asked,
    answer: Answer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<First>,
}

/// The answers that are kept in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Where.
    pub folder: PathBuf,
    /// How old one may be, in milliseconds.
    pub ttl: u64,
}

/// Where answers are kept, by the folder of the sessions: beside it.
pub fn folder_beside(sessions: &Path) -> PathBuf {
    sessions.with_file_name("answers")
}

impl Answers {
    /// The answer to a request, where one is kept that is not too old.
    pub fn find(&self, asked: &Asked, now: u64) -> Option<Answer> {
        self.entry(asked, now).map(|entry| entry.answer)
    }

    /// The same of the first answer to a question; `local` says whether it is to be given to one that is for local members
    /// alone.
    pub fn find_first(&self, asked: &Asked, local: bool, now: u64) -> Option<Answer> {
        let entry = self.entry(asked, now)?;
        entry.first.filter(|first| first.may_answer(local)).map(|_| entry.answer)
    }

    /// The first answers that are not too old and may be given to a question that is for local members alone, or not. It
    /// reads every file there is.
    pub fn first_answers(&self, local: bool, now: u64) -> Vec<Kept> {
        let Ok(folder) = fs::read_dir(&self.folder) else { return Vec::new() };
        let answers = folder.flatten().map(|entry| entry.path());
        let answers = answers.filter(|file| file.extension().is_some_and(|ending| ending == "json"));
        let may = |kept: &Kept| {
            let first = kept.first.as_ref().is_some_and(|first| first.may_answer(local));
            first && self.fresh(kept.at, now)
        };
        answers.filter_map(|file| read::<Kept>(&file)).filter(may).collect()
    }

    fn entry(&self, asked: &Asked, now: u64) -> Option<Entry> {
        let entry: Entry = read(&self.file(asked))?;
        (entry.asked == *asked && self.fresh(entry.answer.from.at, now)).then_some(entry)
    }

    fn fresh(&self, at: u64, now: u64) -> bool {
        now.checked_sub(at).is_some_and(|age| age < self.ttl)
    }

    /// Keeps an answer, in the place of an older one; `first` is the question, where it is a first answer. What is too large
    /// is left out.
    ///
    /// # Errors
    /// One line, when it can't be written.
    pub fn keep(&self, asked: Asked, answer: Answer, first: Option<First>) -> Result<(), StoreError> {
        let file = self.file(&asked);
        let bytes = serde_json::to_vec(&Entry { asked, answer, first }).unwrap_or_default();
        if bytes.is_empty() || bytes.len() as u64 >= MOST_OF_ONE {
            return Ok(());
        }
        file::replace(&file, &bytes)?;
        self.trim(MOST);
        Ok(())
    }

    /// Removes the oldest files until the rest has at most so many bytes.
    fn trim(&self, most: u64) {
        let Ok(folder) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<_> = folder
            .flatten()
            .filter_map(|entry| {
                let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((about.modified().ok()?, about.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, file) in files {
            if total <= most {
                return;
            }
            // One that can't be removed is counted as gone: the bound is a courtesy.
            let _ = fs::remove_file(file);
            total -= length;
        }
    }

    fn file(&self, asked: &Asked) -> PathBuf {
        let bytes = serde_json::to_vec(asked).unwrap_or_default();
        self.folder.join(format!("{:032x}.json", u128::from_be_bytes(super::vectors::fnv128(&bytes))))
    }
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Option<T> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(MOST_OF_ONE).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{CallId, Role, RunId, SessionId, StageId};
    use std::os::unix::fs::PermissionsExt as _;

    fn asked(text: &str) -> Asked {
        Asked {
            member: "a".into(),
            model: "box/m".parse().unwrap(),
            endpoint: "http://127.0.0.1:1".to_owned(),
            messages: vec![Message { role: Role::User, text: text.to_owned() }],
            params: Params::default(),
        }
    }

    fn answer(text: &str, at: u64) -> Answer {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
        let from = Cached { session: SessionId("s".to_owned()), call, at, similar: None };
        Answer { from, text: text.to_owned(), thinking: "hm".to_owned() }
    }

    fn answers(home: &Path) -> Answers {
        Answers { folder: folder_beside(&home.join("sessions")), ttl: 1000 }
    }

    #[test]
    fn only_the_very_same_request_is_answered_and_not_for_ever() {
        let home = tempfile::tempdir().unwrap();
        let answers = answers(home.path());
        assert_eq!(answers.find(&asked("Q"), 5), None);
        answers.keep(asked("Q"), answer("A", 5000), None).unwrap();
        assert_eq!(answers.find(&asked("Q"), 5999), Some(answer("A", 5000)));
        for now in [6000, 4999, 0] {
            assert_eq!(answers.find(&asked("Q"), now), None, "{now}");
        }
        let others: [fn(&mut Asked); 6] = [
            |it| it.member = "b".into(),
            |it| it.model = "box/n".parse().unwrap(),
            |it| it.endpoint.push('2'),
            |it| it.messages[0].text.push(' '),
            |it| it.messages[0].role = Role::System,
            |it| it.params.temperature = Some(0.5),
        ];
        for change in others {
            let mut other = asked("Q");
            change(&mut other);
            assert_eq!(answers.find(&other, 5999), None, "{other:?}");
        }
        let file = answers.file(&asked("Q"));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&answers.folder).unwrap().permissions().mode() & 0o777, 0o700);
        // A file of this name that holds another request's answer is no answer.
        fs::copy(&file, answers.file(&asked("other"))).unwrap();
        assert_eq!(answers.find(&asked("other"), 5999), None);
    }

    #[test]
    fn broken_and_large_ones_are_none_and_the_oldest_go_first() {
        let home = tempfile::tempdir().unwrap();
        let answers = answers(home.path());
        let large = "x".repeat(MOST_OF_ONE as usize);
        answers.keep(asked("large"), answer(&large, 0), None).unwrap();
        assert_eq!(answers.find(&asked("large"), 0), None);
        for (text, age) in [("one", 30), ("two", 20), ("three", 10)] {
            answers.keep(asked(text), answer("A", 0), None).unwrap();
            let file = File::options().write(true).open(answers.file(&asked(text))).unwrap();
            let time = file.metadata().unwrap().modified().unwrap() - std::time::Duration::from_secs(age);
            file.set_modified(time).unwrap();
        }
        let one = fs::metadata(answers.file(&asked("three"))).unwrap().len();
        answers.trim(one * 2);
        let found = ["one", "two", "three"].map(|text| answers.find(&asked(text), 0).is_some());
        assert_eq!(found, [false, true, true]);
        fs::write(answers.file(&asked("two")), "{\"asked\"").unwrap();
        assert_eq!(answers.find(&asked("two"), 0), None);
    }

    #[test]
    fn first_answers_are_listed_and_those_to_private_questions_stay_with_private_ones() {
        let home = tempfile::tempdir().unwrap();
        let answers = answers(home.path());
        let first = |question: &str, local| Some(First { question: question.to_owned(), local });
        answers.keep(asked("open"), answer("A", 5000), first("open", false)).unwrap();
        answers.keep(asked("mine"), answer("B", 5000), first("mine", true)).unwrap();
        answers.keep(asked("a debate turn"), answer("C", 5000), None).unwrap();
        answers.keep(asked("old"), answer("D", 4000), first("old", false)).unwrap();
        fs::write(answers.folder.join("broken.json"), "{").unwrap();
        let listed = |local| {
            let mut all: Vec<String> = answers
                .first_answers(local, 5500)
                .into_iter()
                .filter_map(|it| Some(it.first?.question))
                .collect();
            all.sort();
            all
        };
        assert_eq!(
            (listed(false), listed(true)),
            (vec!["open".to_owned()], vec!["mine".to_owned(), "open".to_owned()])
        );
        let found = |text, local| answers.find_first(&asked(text), local, 5500).map(|it| it.text);
        assert_eq!([found("open", false), found("open", true)], [Some("A".to_owned()), Some("A".to_owned())]);
        assert_eq!([found("mine", false), found("mine", true)], [None, Some("B".to_owned())]);
        assert_eq!([found("a debate turn", true), found("old", true)], [None, None]);
        // The very same private question is another matter: whoever asks it knows it.
        assert!(answers.find(&asked("mine"), 5500).is_some());
        assert_eq!(Answers { folder: home.path().join("none"), ttl: 9 }.first_answers(true, 0), []);
    }
}
