//! Writing configuration: what was saved reads back as it was, what the person wrote stays, and nothing that can't be read
//! is written over.

use super::{GOOD, model};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use synod::config::load::{Env, Source, load};
use synod::config::save::{create, save_council, set_default_council};
use synod::config::{Config, sample};
use synod::core::{Council, Member};
use tempfile::TempDir;

fn home(text: Option<&str>) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    if let Some(text) = text {
        fs::write(&file, text).unwrap();
    }
    (home, file)
}

fn read(file: &Path) -> Config {
    load(&Source { file: Some(file.to_owned()), env: Env::default() }).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A council with everything that can be set.
fn full(name: &str) -> Council {
    let mut yes = Member::new("yes \"y\"", model("local/any"));
    yes.persona = Some("Say \"yes\".\nArgue\t\u{1b}[1m\u{7f} = for it \\ # it".to_owned());
    yes.weight = 2.5;
    yes.params.temperature = Some(0.2);
    yes.params.top_p = Some(1.0);
    yes.params.seed = Some(7);
    yes.params.answer_limit = 100;
    let no = Member::new("no", model("openrouter/vendor/model:free"));
    Council { name: name.to_owned(), members: vec![yes, no], chair: Some("no".into()), scripted: false }
}

#[test]
fn a_council_reads_back_as_it_was_saved_whatever_its_name() {
    for name in ["pair", "two words", "a.b", "\"quoted\"", "r\u{e4}t", "1", "#x", "a=b", "[x]", "'"] {
        let (_home, file) = home(None);
        save_council(&file, &full(name)).unwrap();
        set_default_council(&file, name).unwrap();
        let config = read(&file);
        assert_eq!(config.warnings(), Vec::<String>::new(), "{name}");
        assert_eq!((config.councils.get(name), config.council.as_deref()), (Some(&full(name)), Some(name)));
        assert_eq!(mode(&file), 0o600);
    }
}

#[test]
fn folders_are_made_for_their_owner_alone() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a/b/config.toml");
    save_council(&file, &full("pair")).unwrap();
    assert_eq!((mode(&home.path().join("a")), mode(&home.path().join("a/b"))), (0o700, 0o700));
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing unfinished is left");
}

#[test]
fn what_the_person_wrote_stays_as_it_is() {
    let text = "\
# My councils.
council = \"old\"  # the usual one
notify   =   \"bell\"

[providers.box] # at home
base_url = \"http://127.0.0.1:9000/v1\"

# Two of them.
[councils.old]
chair = \"any\" # always
members = [\"box/any\"] # just one
";
    let (_home, file) = home(Some(text));
    save_council(&file, &full("new")).unwrap();
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(text), "{after}");
    set_default_council(&file, "new").unwrap();
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(&text.replace("\"old\"  #", "\"new\"  #")), "{after}");
    // In the place of one that is there: its comments and the rest of the file stay.
    save_council(&file, &Council { name: "old".to_owned(), ..full("x") }).unwrap();
    let after = fs::read_to_string(&file).unwrap();
    for kept in [
        "# My councils.",
        "notify   =   \"bell\"",
        "[providers.box] # at home",
        "# Two of them.\n[councils.old]",
        "chair = \"no\" # always",
        "] # just one",
    ] {
        assert!(after.contains(kept), "{kept}: {after}");
    }
    let config = read(&file);
    assert_eq!(config.warnings(), Vec::<String>::new());
    assert_eq!((config.councils["old"].members.len(), config.councils["new"].members.len()), (2, 2));
    save_council(&file, &Council { chair: None, ..full("old") }).unwrap();
    assert_eq!(read(&file).councils["old"].chair, None);
}

#[test]
fn a_file_to_begin_with_takes_a_council_after_its_comments() {
    let (_home, file) = home(Some(&sample::to_begin_with()));
    save_council(&file, &full("pair")).unwrap();
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(&sample::to_begin_with()), "{after}");
    set_default_council(&file, "pair").unwrap();
    let config = read(&file);
    assert_eq!((config.warnings(), config.council.as_deref()), (vec![], Some("pair")));
    assert_eq!(config.councils["pair"], full("pair"));
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_stay() {
    let (_home, file) = home(Some("\u{feff}# mine\r\nanswer_limit = 512\r\n"));
    let mut council = full("pair");
    council.members[1].params.answer_limit = 512;
    save_council(&file, &council).unwrap();
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.starts_with("\u{feff}# mine\r\nanswer_limit = 512\r\n"), "{after}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    let no = after.lines().find(|line| line.contains("vendor")).unwrap();
    assert!(!no.contains("answer_limit"), "the file's own limit is not repeated: {no}");
    assert_eq!(read(&file).councils["pair"], council);
}

#[test]
fn a_table_of_councils_in_one_line_takes_another() {
    let (_home, file) = home(Some("councils = { solo = { members = [\"local/any\"] } }\n"));
    save_council(&file, &full("pair")).unwrap();
    let config = read(&file);
    assert_eq!((config.warnings(), config.councils.len()), (vec![], 2));
    assert_eq!(config.councils["pair"], full("pair"));
}

#[test]
fn what_can_not_be_read_is_never_written_over() {
    for bytes in [
        &b"council = \n"[..],
        b"[councils",
        b"a = \"\xff\"",
        b"councils = 3\n",
        b"council = 1\ncouncil = 2\n",
    ] {
        let (_home, file) = home(None);
        fs::write(&file, bytes).unwrap();
        let fault = save_council(&file, &full("pair")).unwrap_err();
        assert!(!fault.contains('\n') && fault.contains("synod config check"), "{fault}");
        assert!(set_default_council(&file, "pair").is_err());
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
    let (home, file) = home(None);
    fs::create_dir(&file).unwrap();
    assert!(save_council(&file, &full("pair")).unwrap_err().contains("can't be read"));
    assert!(fs::read_dir(home.path()).unwrap().count() == 1, "nothing is left beside it");
    let below_a_file = home.path().join("x");
    fs::write(&below_a_file, "x").unwrap();
    assert!(save_council(&below_a_file.join("config.toml"), &full("pair")).is_err());
}

#[test]
fn a_link_stays_one() {
    let (home, file) = home(Some(GOOD));
    let link = home.path().join("link.toml");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    save_council(&link, &full("new")).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
    assert_eq!(read(&file).councils["new"], full("new"));
    let nowhere = home.path().join("nowhere.toml");
    std::os::unix::fs::symlink(home.path().join("gone"), &nowhere).unwrap();
    assert!(save_council(&nowhere, &full("new")).is_err() && create(&nowhere, "x") == Ok(false));
}

#[test]
fn a_council_that_would_not_read_back_is_not_saved() {
    let (_home, file) = home(Some(GOOD));
    let one = |change: fn(&mut Council)| {
        let mut council = full("new");
        change(&mut council);
        council
    };
    for council in [
        one(|it| it.scripted = true),
        one(|it| it.members.clear()),
        one(|it| it.name = " ".to_owned()),
        one(|it| it.name = "x".repeat(41)),
        one(|it| it.name = "a\u{1b}b".to_owned()),
        one(|it| it.chair = Some("nobody".into())),
        one(|it| it.members[1].name = it.members[0].name.clone()),
        one(|it| it.members[0].weight = f64::NAN),
        one(|it| it.members[0].params.seed = Some(u64::MAX)),
        one(|it| it.members[0].params.temperature = Some(9.0)),
        one(|it| it.members[0].params.answer_limit = 0),
    ] {
        let fault = save_council(&file, &council).unwrap_err();
        assert!(!fault.contains('\n'), "{fault}");
        assert_eq!(fs::read_to_string(&file).unwrap(), GOOD, "{fault}");
    }
    assert!(set_default_council(&file, "nobody").unwrap_err().contains("no council \"nobody\""));
    assert_eq!(fs::read_to_string(&file).unwrap(), GOOD);
}

proptest! {
    /// Whatever a person calls things: either it is refused, or it reads back as it was and leaves the others alone.
    #[test]
    fn any_text_is_refused_or_reads_back(name in ".{0,50}", persona in "(?s).{0,80}", chair in "[ -~]{1,20}") {
        let (_home, file) = home(Some(GOOD));
        let mut council = full(name.trim());
        council.members[0].persona = Some(persona.trim().to_owned()).filter(|persona| !persona.is_empty());
        council.members[1].name = chair.trim().into();
        council.chair = Some(chair.trim().into());
        let before = read(&file);
        let saved = save_council(&file, &council).is_ok();
        prop_assert!(saved || fs::read_to_string(&file).unwrap() == GOOD);
        let after = read(&file);
        prop_assert_eq!(after.warnings(), Vec::<String>::new());
        if saved {
            prop_assert_eq!(after.councils.get(&council.name), Some(&council));
        }
        for (name, other) in before.councils.iter().filter(|(name, _)| !saved || **name != council.name) {
            prop_assert_eq!(after.councils.get(name), Some(other));
        }
    }
}
