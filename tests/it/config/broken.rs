//! Files that can't be read, or not wholly: broken TOML, bad letters, odd line ends, too large, forbidden. Each fault is
//! one line, and every key that can be read still holds.

use super::faults::all_kept;
use super::{CANARY, GOOD, loaded, presets};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use synod::config::Config;
use synod::config::load::{Env, Source, load};
use synod::core::member::ANSWER_LIMIT;

/// What to replace in the good one, by what, the line of the fault, what is left out, and what must still hold.
type Case = (&'static str, &'static str, usize, &'static str, fn(&Config) -> bool);

const LINE: &str = "this line is left out";
const TABLE: &str = "this table is left out";

/// The default council alone is gone.
fn no_default(c: &Config) -> bool {
    c.council.is_none() && c.councils.len() == 2 && c.answer_limit == 512 && c.providers.contains_key("box")
}

/// The limit alone is gone.
fn no_limit(c: &Config) -> bool {
    c.answer_limit == ANSWER_LIMIT && c.councils.len() == 2 && c.council.as_deref() == Some("pair")
}

fn no_pair(c: &Config) -> bool {
    !c.councils.contains_key("pair") && c.councils.contains_key("solo") && c.answer_limit == 512
}

fn no_solo(c: &Config) -> bool {
    !c.councils.contains_key("solo") && c.councils["pair"].members.len() == 2 && c.answer_limit == 512
}

fn no_box(c: &Config) -> bool {
    !c.providers.contains_key("box") && c.councils.len() == 2 && c.council.as_deref() == Some("pair")
}

const BROKEN: &[Case] = &[
    ("council = \"pair\"", "council =", 2, LINE, no_default),
    ("council = \"pair\"", "council", 2, LINE, no_default),
    ("council = \"pair\"", "council \"pair\"", 2, LINE, no_default),
    ("council = \"pair\"", "council: \"pair\"", 2, LINE, no_default),
    ("council = \"pair\"", "council = pair", 2, LINE, no_default),
    ("council = \"pair\"", "council = \"pair", 2, LINE, no_default),
    ("council = \"pair\"", "council = \u{201c}pair\u{201d}", 2, LINE, no_default),
    ("council = \"pair\"", "council = \"C:\\quiet\"", 2, LINE, no_default),
    ("council = \"pair\"", "council = \"pa\u{1}ir\"", 2, LINE, no_default),
    ("council = \"pair\"", "council = \"pair\", \"solo\"", 2, LINE, no_default),
    ("council = \"pair\"", "\"council\": \"pair\",", 2, LINE, no_default),
    ("council = \"pair\"", "council = \"\"\"pair", 2, LINE, no_default),
    ("council = \"pair\"", "= \"pair\"", 2, LINE, no_default),
    ("council = \"pair\"", "council = \u{0}", 2, LINE, no_default),
    ("council = \"pair\"", "council = \"pair\"\ncouncil = \"solo\"", 3, LINE, all_kept),
    ("council = \"pair\"", "council = \"pair\"\n// no comment here", 3, LINE, all_kept),
    ("council = \"pair\"", "council = \"pair\"\napi_key = sk-canary-4f7e", 3, LINE, all_kept),
    ("council = \"pair\"", "council = \"pair\"\napi_key = \"sk-canary-4f7e", 3, LINE, all_kept),
    (
        "council = \"pair\"",
        "council = \"pair\"\nWords\nand words\nand words",
        3,
        "lines 3 to 5 are left out",
        all_kept,
    ),
    ("answer_limit = 512", "answer_limit = 0512", 3, LINE, no_limit),
    ("answer_limit = 512", "answer_limit = 5 12", 3, LINE, no_limit),
    ("answer_limit = 512", "answer_limit = 512k", 3, LINE, no_limit),
    ("answer_limit = 512", "answer_limit = 512\nanswer_limit.x = 1", 4, LINE, all_kept),
    ("[providers.box]", "[providers.box", 5, TABLE, no_box),
    ("[providers.box]", "[providers.box]]", 5, TABLE, no_box),
    ("[providers.box]", "[providers..box]", 5, TABLE, no_box),
    ("[providers.box]", "[[providers.box]", 5, TABLE, no_box),
    ("http://127.0.0.1:9000/v1\"", "http://127.0.0.1:9000/v1", 6, LINE, no_box),
    (
        "persona = \"Argue for it.\" },",
        "persona = \"Argue for it.\" }",
        12,
        "lines 10 to 13 are left out",
        no_pair,
    ),
    ("persona = \"Argue for it.\" },", "persona = },", 11, "lines 10 to 13 are left out", no_pair),
    ("temperature = 0.2", "temperature 0.2", 12, "lines 10 to 13 are left out", no_pair),
    (
        "[councils.solo]\nmembers = [\"box/any\"]",
        "[councils.solo]\nmembers = [\"box/any\"",
        16,
        LINE,
        no_solo,
    ),
    ("[councils.solo]", "[councils.pair]", 15, TABLE, no_solo),
    ("[councils.solo]", "[]", 15, TABLE, no_solo),
    ("[councils.solo]", "[councils.solo", 15, TABLE, no_solo),
];

#[test]
fn what_is_no_toml_costs_a_line_and_itself_and_every_other_key_holds() {
    for (from, to, line, fate, holds) in BROKEN {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let config = loaded(&GOOD.replace(from, to));
        let lines = config.warnings();
        assert_eq!(lines.len(), 1, "{to}: {lines:?}");
        assert!(lines[0].starts_with(&format!("F:{line} TOML: ")), "{to}: {}", lines[0]);
        assert!(lines[0].ends_with(fate), "{to}: {}", lines[0]);
        assert!(!lines[0].contains('\n') && !lines[0].contains(CANARY), "{to}: {}", lines[0]);
        assert!(holds(&config), "{to}");
        assert!(config.providers["groq"].base_url.starts_with("https://"), "{to}");
    }
}

#[test]
fn two_faults_are_two_lines() {
    let text = GOOD.replace("council = \"pair\"", "council = ").replace("weight = 2.0", "weight = 0");
    let lines = loaded(&text).warnings();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with("F:2 TOML: ") && lines[1].starts_with("F:12 councils.pair.members[1].weight: ")
    );
    let text =
        GOOD.replace("council = \"pair\"", "council = ").replace("answer_limit = 512", "answer_limit = ");
    assert_eq!(loaded(&text).warnings().len(), 2);
}

/// A line that is lost could have kept a question from going where nobody wants it, or a key from being sent there.
#[test]
fn what_may_have_moved_a_provider_or_its_key_is_not_guessed() {
    let moved = "[providers.openai]\nbase_url = \"http://127.0.0.1:9000/v1\"\napi_key_env = \"BOX_KEY\"\n";
    let env = [("OPENAI_API_KEY", CANARY), ("BOX_KEY", "box-key")];
    let with = |text: &str| super::loaded_with(text, &env);
    assert!(with(moved).providers["openai"].key.is_some());
    assert!(
        !with(&moved.replace("[providers.openai]", "[providers.openai")).providers.contains_key("openai")
    );
    assert!(!with(&moved.replace("/v1\"", "/v1")).providers.contains_key("openai"));
    for bad in ["api_key_env = \"BOX_KEY", "api_key_env = \"box key\""] {
        let config = with(&moved.replace("api_key_env = \"BOX_KEY\"", bad));
        assert_eq!(config.warnings().len(), 1, "{bad}");
        assert!(config.providers["openai"].key.is_none(), "{bad}");
    }
}

#[test]
fn what_is_no_configuration_at_all_is_one_line() {
    let prose = "Dear synod, please = ask well\n".repeat(100);
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("council = 1\n".encode_utf16().flat_map(u16::to_le_bytes));
    let binary: Vec<u8> = (0..=255_u8).cycle().take(40_000).collect();
    for (bytes, end) in [
        (prose.as_bytes(), "nothing in this file is used until that is mended"),
        (utf16.as_slice(), "nothing in this file is used until that is mended"),
        (binary.as_slice(), "nothing in this file is used until that is mended"),
        (b"{\"council\": \"json\"}", LINE),
        ("[".repeat(5000).as_bytes(), TABLE),
        (format!("a = {}", "[".repeat(5000)).as_bytes(), LINE),
    ] {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        fs::write(&file, bytes).unwrap();
        let config = load(&Source { file: Some(file), env: Env::default() }).unwrap();
        let lines = config.warnings();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains(" TOML: ") && lines[0].ends_with(end) && !lines[0].contains('\n'),
            "{lines:?}"
        );
        assert_eq!((config.answer_limit, config.providers.len()), (ANSWER_LIMIT, presets()));
    }
}

#[test]
fn letters_that_are_none_cost_their_line() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    let load = || load(&Source { file: Some(file.clone()), env: Env::default() }).unwrap();
    fs::write(&file, b"answer_limit = 5\ncouncil = \"\xff\"\nnotify = \"bell\"\n").unwrap();
    let config = load();
    let line = format!("{}:2 TOML: is not UTF-8 text, so this line is left out", file.display());
    assert_eq!((config.warnings(), config.answer_limit, config.council), (vec![line], 5, None));
    assert_eq!(config.notify, synod::config::Notify::Bell);
}

#[test]
fn line_ends_and_a_byte_order_mark_are_no_fault() {
    for text in [
        GOOD.replace('\n', "\r\n"),
        format!("\u{feff}{GOOD}"),
        GOOD.trim_end().to_owned(),
        format!("{GOOD}# end"),
    ] {
        let config = loaded(&text);
        assert_eq!(config.warnings(), Vec::<String>::new());
        assert!(all_kept(&config));
    }
    let broken = GOOD.replace("council = \"pair\"", "council = ").replace('\n', "\r\n");
    let config = loaded(&broken);
    assert!(config.warnings().len() == 1 && no_default(&config), "{:?}", config.warnings());
}

/// At the usual place a file that can't be read is a line, and defaults hold; named, it is what was asked for.
#[test]
fn a_file_that_can_not_be_read_is_a_line() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("synod/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let env: Env = [("XDG_CONFIG_HOME", home.path().to_str().unwrap())].into_iter().collect();
    let check = |what: &str| {
        let config = load(&Source { file: None, env: env.clone() }).unwrap();
        let lines = config.warnings();
        assert_eq!((lines.len(), config.providers.len()), (1, presets()), "{what}: {lines:?}");
        let starts = format!("{}: can't be read (", file.display());
        assert!(
            lines[0].starts_with(&starts) && lines[0].ends_with("check its owner and mode"),
            "{what}: {lines:?}"
        );
        assert!(load(&Source { file: Some(file.clone()), env: Env::default() }).is_err(), "{what}");
    };
    fs::write(&file, "# x\n".repeat(300_000)).unwrap();
    check("too large");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    check("a folder");
    fs::remove_dir(&file).unwrap();
    fs::write(&file, "answer_limit = 5").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::File::open(&file).is_ok() {
        crate::left_out("a file without permission can be read here: the tests run as root");
    } else {
        check("forbidden");
    }
}
