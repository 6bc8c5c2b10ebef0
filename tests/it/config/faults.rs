//! What is wrong in a file that can be read: one fault, many, and a budget, which stops every question. The single ones
//! are listed in [`super::fault_table`]; files that can't be read are [`super::broken`]'s.

use super::fault_table::FAULTS;
use super::{CANARY, GOOD, fault_models, loaded, model, presets};
use synod::config::{CONFIRM_ABOVE, Config, Notify, Price};
use synod::core::member::ANSWER_LIMIT;
use synod::core::private::{Otherwise, Policy};

/// Nothing but the fault itself is gone.
pub fn all_kept(c: &Config) -> bool {
    let pair = c.council.as_deref() == Some("pair") && c.councils["pair"].members.len() == 2;
    pair && c.councils["solo"].members.len() == 1
        && c.answer_limit == 512
        && c.providers["box"].base_url == "http://127.0.0.1:9000/v1"
}

/// Nobody looks deeper, from where on vectors link is as built in, and all else is there.
pub fn no_pass(c: &Config) -> bool {
    c.agreement == synod::core::Deepening::default() && all_kept(c)
}

/// The provider costs nothing, but of this model of it nobody knows what it costs.
pub fn unpriced(c: &Config) -> bool {
    c.price(&model("box/other")) == Some(Price::FREE) && c.price(&model("box/any")).is_none() && all_kept(c)
}

/// Everyone has the limit that is built in.
pub fn default_limit(c: &Config) -> bool {
    let members = || c.councils.values().flat_map(|council| &council.members);
    c.answer_limit == ANSWER_LIMIT && members().all(|member| member.params.answer_limit == ANSWER_LIMIT)
}

/// The second member weighs as much as anyone.
pub fn default_weight(c: &Config) -> bool {
    (c.councils["pair"].members[1].weight - 1.0).abs() < 1e-9
}

/// The provider is gone, and only that.
pub fn box_left_out(c: &Config) -> bool {
    !c.providers.contains_key("box")
        && c.providers.len() == presets()
        && c.councils["pair"].members.len() == 2
}

/// The second council is gone, and only that.
pub fn solo_left_out(c: &Config) -> bool {
    !c.councils.contains_key("solo") && c.council.as_deref() == Some("pair")
}

/// The keys at the root of a file.
const ROOT_KEYS: &str = "agreement, answer_limit, budget, cache, cache_ttl, confirm_above, council, councils, debate_mode, limits, models, notify, private, providers, retries, theme";

/// The keys of a provider.
const PROVIDER_KEYS: &str = "api_key_command, api_key_env, base_url, ca_file, kind, limits, local";

#[test]
fn each_fault_is_one_line_and_costs_its_own_key() {
    assert!(FAULTS.len() >= 70, "{}", FAULTS.len());
    for (from, to, line, holds) in FAULTS.iter().chain(fault_models::FAULTS) {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let config = loaded(&GOOD.replace(from, to));
        assert_eq!(
            config.warnings(),
            [line.replace("ROOT_KEYS", ROOT_KEYS).replace("PROVIDER_KEYS", PROVIDER_KEYS)],
            "{to}"
        );
        assert!(!config.faults[0].closes, "{to}");
        assert!(holds(&config), "{to}");
        // What has nothing to do with the fault is kept.
        let kept = config
            .councils
            .values()
            .any(|council| council.members.iter().any(|it| it.model == model("box/any")));
        assert!(kept && config.providers["groq"].base_url.starts_with("https://"), "{to}");
        assert!(!format!("{config:?}").contains(CANARY), "{to}");
    }
}

#[test]
fn many_faults_are_as_many_lines_in_order() {
    let text = GOOD
        .replace("answer_limit = 512", "answer_limit = {}")
        .replace("weight = 2.0", "weight = 0")
        .replace("chair = \"yes\"", "chair = \"maybe\"")
        .replace("[\"box/any\"]", "[\"x\", \"y\", \"box/any\"]");
    let lines = loaded(&text).warnings();
    let starts: Vec<&str> = lines.iter().map(|line| line.split([' ', ':']).nth(2).unwrap()).collect();
    assert_eq!(
        starts,
        [
            "answer_limit",
            "councils.pair.chair",
            "councils.pair.members[1].weight",
            "councils.solo.members[0]",
            "councils.solo.members[1]",
        ]
    );
}

#[test]
fn a_budget_that_can_not_be_read_stops_every_question() {
    let closed =
        "allowed: US dollars, 0 or more, for example 0.25; no question is asked until that is mended";
    for (text, what) in [
        ("\"much\"", "is a text that does not fit"),
        ("\"0.25\"", "is a text that does not fit"),
        ("\"sk-canary-4f7e\"", "is a text that does not fit"),
        ("-1", "is -1"),
        ("-0.5", "is -0.5"),
        ("nan", "is nan"),
        ("inf", "is inf"),
        ("true", "is true"),
        ("[0.25]", "is a list"),
        ("{ dollars = 1 }", "is a table"),
        ("1e999", "is 1e999"),
    ] {
        let config = loaded(
            &GOOD.replace("answer_limit = 512", &format!("answer_limit = 512\nconfirm_above = {text}")),
        );
        assert_eq!(config.warnings(), [format!("F:4 confirm_above: {what}; {closed}")]);
        assert!(config.faults[0].closes && all_kept(&config), "{text}");
        assert!((config.confirm_above - CONFIRM_ABOVE).abs() < 1e-9);
    }
    // One that was meant but mistyped, and one in a line that can't be read.
    for (line, fault) in [
        (
            "confirm_abov = 0.01",
            "F:4 confirm_abov: unknown key; allowed: ROOT_KEYS; did you mean confirm_above?; no question is asked until that is mended",
        ),
        (
            "confirm_above = 0,25",
            "F:4 TOML: unexpected key or value, expected newline, `#`, so this line is left out; no \
          question is asked until that is mended",
        ),
    ] {
        let config = loaded(&GOOD.replace("answer_limit = 512", &format!("answer_limit = 512\n{line}")));
        assert_eq!(config.warnings(), [fault.replace("ROOT_KEYS", ROOT_KEYS)]);
        assert!(config.faults[0].closes && all_kept(&config), "{line}");
    }
    for (line, fault) in [
        ("budget = 3", "F:4 budget: is 3; allowed: a table such as [budget] with session = 2.00; "),
        ("budget.day = -1", "F:4 budget.day: is -1; allowed: US dollars, 0 or more, for example 2.00; "),
        (
            "budget.step = \"a lot\"",
            "F:4 budget.step: is a text that does not fit; allowed: US dollars, 0 or more, for example 2.00; ",
        ),
        ("budget.month = 9", "F:4 budget.month: unknown key; allowed: step, session, day; "),
        ("budgt.day = 1", "F:4 budgt: unknown key; allowed: ROOT_KEYS; did you mean budget?; "),
    ] {
        let config = loaded(&GOOD.replace("answer_limit = 512", &format!("answer_limit = 512\n{line}")));
        let closed = "no question is asked until that is mended";
        assert_eq!(config.warnings(), [fault.replace("ROOT_KEYS", ROOT_KEYS) + closed]);
        assert!(config.faults[0].closes && all_kept(&config), "{line}");
    }
    for (text, dollars) in [("0", 0.0), ("0.1", 0.1), ("3", 3.0), ("1_000.5", 1000.5)] {
        let config = loaded(&format!("confirm_above = {text}"));
        assert_eq!(config.warnings(), Vec::<String>::new());
        assert!((config.confirm_above - dollars).abs() < 1e-9, "{text}");
    }
}

#[test]
fn a_setting_of_privacy_that_can_not_be_read_stops_every_question() {
    for (text, line) in [
        (
            "[private]\nwords = \"Falcon\"",
            "F:1 private.words: is a text that does not fit; allowed: a list of texts such as [\"Project Falcon\"]",
        ),
        (
            "[private]\nwords = [\"Falcon\", 3]",
            "F:1 private.words[1]: is 3; allowed: a list of texts such as [\"Project Falcon\"]",
        ),
        (
            "[private]\nwords = [\" \"]",
            "F:1 private.words[0]: is empty; allowed: a list of texts such as [\"Project Falcon\"]",
        ),
        (
            "[private]\nword = [\"Falcon\"]",
            "F:1 private.word: unknown key; allowed: patterns, then, words; did you mean words?",
        ),
        (
            "[private]\npatterns = \"keys\"",
            "F:1 private.patterns: is a text that does not fit; allowed: a list of keys, emails",
        ),
        (
            "[private]\npatterns = [\"email\"]",
            "F:1 private.patterns[0]: no such pattern: \"email\"; allowed: keys, emails; did you mean emails?",
        ),
        (
            "[private]\nthen = \"loca\"",
            "F:1 private.then: no such way: \"loca\"; allowed: ask, local; did you mean local?",
        ),
        ("[private]\nthen = true", "F:1 private.then: is true; allowed: ask, local"),
        ("[privat]\nwords = []", "F:0 privat: unknown key; allowed: ROOT_KEYS; did you mean private?"),
        (
            "[private]\nwords = [Falcon]",
            "F:1 TOML: invalid boolean, expected `false`, so this line is left out",
        ),
        (
            "[private\nwords = [\"Falcon\"]",
            "F:0 TOML: unclosed table, expected `]`, so this table is left out",
        ),
        (
            "[providers.lm]\nbase_url = \"http://h\"\nlocal = \"no\"",
            "F:2 providers.lm.local: is a text that does not fit; allowed: true, false",
        ),
        (
            "[providers.lm]\nbase_url = \"http://h\"\nlocl = false",
            "F:2 providers.lm.locl: unknown key; allowed: PROVIDER_KEYS; did you mean local?",
        ),
    ] {
        let config = loaded(&format!("{GOOD}{text}\n"));
        let (at, rest) = line[2..].split_once(' ').unwrap();
        let number = at.trim_end_matches(':').parse::<usize>().unwrap() + GOOD.lines().count() + 1;
        let line = format!("F:{number} {rest}; no question is asked until that is mended");
        let line = line.replace("ROOT_KEYS", ROOT_KEYS).replace("PROVIDER_KEYS", PROVIDER_KEYS);
        assert_eq!(config.warnings(), [line], "{text}");
        assert!(config.faults[0].closes && all_kept(&config), "{text}");
        assert!(!config.warnings()[0].contains("Falcon]"), "a person's words are not shown");
    }
}

#[test]
fn what_is_private_is_what_the_person_says() {
    let config = loaded("private = true\n");
    let line = "F:1 private: is true; allowed: a table such as [private] with words = [\"Project Falcon\"]; no question \
                is asked until that is mended";
    assert_eq!(config.warnings(), [line]);
    assert_eq!(loaded(GOOD).private, Policy::default());
    let config =
        loaded("[private]\npatterns = [\"emails\"]\nwords = [\" Project Falcon \"]\nthen = \"local\"\n");
    assert_eq!(config.warnings(), Vec::<String>::new());
    let words = vec!["Project Falcon".to_owned()];
    assert_eq!(config.private, Policy { keys: false, emails: true, words, then: Otherwise::Local });
    assert!(!loaded("[private]\npatterns = []\n").private.keys, "nothing is looked for");
    let locals = loaded(
        "[providers.far]\nbase_url = \"http://h\"\n[providers.own]\nbase_url = \"http://h\"\nlocal = true\n\
         [providers.gate]\nbase_url = \"http://127.0.0.1:1\"\nlocal = false\n",
    )
    .locals();
    for (model, local) in [
        ("far/m", false),
        ("own/m", true),
        ("gate/m", false),
        ("ollama/llama3", true),
        ("ollama/gpt-oss:120b-cloud", false),
        ("litellm/m", false),
        ("openai/m", false),
        ("nobody/m", false),
    ] {
        assert_eq!(locals.holds(&super::model(model)), local, "{model}");
    }
}

#[test]
fn how_to_notify_is_one_of_four_words() {
    for (name, way) in Notify::ALL {
        let config = loaded(&format!("notify = \"{name}\""));
        assert_eq!((config.warnings(), config.notify), (vec![], way));
    }
    assert_eq!(loaded("").notify, Notify::Off);
}
