//! Prompt templates of the person's own: used when they can be, told about when not.

use std::fs;
use std::path::Path;
use synod::config::Config;
use synod::config::load::{Source, load};
use synod::core::Templates;

fn with_prompts(files: &[(&str, &str)]) -> Config {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("synod/prompts");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        if *text == "a folder" {
            fs::create_dir(folder.join(name)).unwrap();
        } else {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    loaded(home.path())
}

fn loaded(config_home: &Path) -> Config {
    let env = [("XDG_CONFIG_HOME", config_home.to_str().unwrap())].into_iter().collect();
    let mut config = load(&Source { file: None, env }).unwrap();
    for fault in &mut config.faults {
        fault.file = fault.file.replace(config_home.to_str().unwrap(), "H");
    }
    config
}

#[test]
fn ones_own_prompts_are_used_and_the_others_stay() {
    let config = with_prompts(&[("merge.md", "Q: {question}\n{answers}\n"), ("notes.md", "{what}")]);
    assert_eq!(config.warnings(), Vec::<String>::new());
    let expected = Templates { merge: "Q: {question}\n{answers}\n".to_owned(), ..Templates::default() };
    assert_eq!(config.templates, expected);
    assert_eq!(config.own_prompts.len(), 1);
    assert!(
        config.own_prompts[0].0 == "merge" && config.own_prompts[0].1.ends_with("synod/prompts/merge.md")
    );
    assert_eq!(with_prompts(&[]).templates, Templates::default());
}

#[test]
fn a_prompt_that_can_not_be_used_is_one_line_and_the_built_in_one_is_used() {
    let fields = "allowed: {question}, {answers}, {labels}, {ballot}, {scores}; the built-in text is used";
    let of_merge = "allowed: {question}, {answers}, {labels}, {claims}, {how}, {rulings}, {chosen}, {instruction}; the built-in text is used";
    for (name, text, line) in [
        ("merge.md", "{question}\n\n{answer}", format!("H/synod/prompts/merge.md:3 {{answer}}: unknown field; {of_merge}")),
        ("merge.md", "{answers}", format!("H/synod/prompts/merge.md: lacks {{question}}; {of_merge}")),
        ("ballot.md", "{question}", format!("H/synod/prompts/ballot.md: lacks {{answers}}; {fields}")),
        (
            "point.md",
            "{question} {answers}",
            "H/synod/prompts/point.md:1 {answers}: unknown field; allowed: {question}, {own}, {point}, {word}; the built-in text is used"
                .to_owned(),
        ),
        ("ballot.md", "", format!("H/synod/prompts/ballot.md: lacks {{question}}; {fields}")),
        (
            "critique.md",
            "{question} {own} {answers} {model}",
            "H/synod/prompts/critique.md:1 {model}: unknown field; allowed: {question}, {own}, {answers}, {labels}, {word}; the \
             built-in text is used"
                .to_owned(),
        ),
    ] {
        let config = with_prompts(&[(name, text)]);
        assert_eq!((config.warnings(), config.own_prompts.len()), (vec![line], 0));
        assert_eq!(config.templates, Templates::default(), "{name}");
        assert!(!config.faults[0].closes);
    }
    let config = with_prompts(&[("merge.md", "a folder"), ("ballot.md", "{question}{answers}")]);
    assert_eq!(config.warnings().len(), 1);
    assert!(
        config.warnings()[0].starts_with("H/synod/prompts/merge.md: can't be read ("),
        "{:?}",
        config.faults
    );
    assert_eq!((config.templates.ballot.as_str(), config.own_prompts.len()), ("{question}{answers}", 1));
}
