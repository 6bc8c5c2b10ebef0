//! Themes of the person's own: what they inherit, what is wrong in one, and how a theme is chosen.

use crate::home::Home;
use ratatui::style::{Color, Modifier, Style};
use synod::config::load::{self, Env, Source};
use synod::launch::themes::Themes;
use synod::ui::theme::{Catalogue, Depth, Looks, Own, Role, Theme};

const LOOKS: Looks = Looks { depth: Depth::Palette, ascii: false };

fn catalogue(themes: &[(&str, &str)]) -> Catalogue {
    let own = |(name, text): &(&str, &str)| Own {
        name: (*name).to_owned(),
        file: format!("{name}.toml"),
        text: (*text).to_owned(),
    };
    Catalogue::new(themes.iter().map(own).collect())
}

/// One theme of one's own, and what is wrong with it.
fn own(text: &str) -> (Theme, Vec<String>) {
    catalogue(&[("mine", text)]).load("mine", LOOKS).unwrap()
}

fn built_in(name: &str) -> Theme {
    Catalogue::default().load(name, LOOKS).unwrap().0
}

fn fg(index: u8) -> Style {
    Style { fg: Some(Color::Indexed(index)), ..Style::default() }
}

#[test]
fn a_theme_changes_what_it_names_and_inherits_the_rest() {
    let (theme, faults) =
        own("inherits = \"dark\"\n[roles]\nagree = { fg = 39 }\nconflict = { fg = \"#ff8700\" }\n");
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(theme.base(), built_in("dark").base());
    assert_eq!(theme.style(Role::Agree), fg(39));
    assert_eq!(theme.style(Role::Conflict), fg(208), "a role is given as a whole");
    assert_eq!(theme.style(Role::Only), built_in("dark").style(Role::Only));
    let (theme, faults) = own("[roles]\nkey = { fg = \"bright-green\", underline = true }\n");
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(theme.style(Role::Key), fg(10).add_modifier(Modifier::UNDERLINED));
    assert_eq!(theme.style(Role::Error), built_in("default").style(Role::Error));
    let (theme, _) = own("inherits = \"dark\"\n[base]\ntext = \"terminal\"\nbackground = \"terminal\"\n");
    assert_eq!(theme.base(), Style::default(), "the terminal's own background again");
    assert_eq!(own("").0.style(Role::Error), built_in("default").style(Role::Error));
}

#[test]
fn a_theme_of_ones_own_goes_over_a_built_in_one_and_may_inherit_from_it() {
    let catalogue = catalogue(&[
        ("dark", "inherits = \"dark\"\n[roles]\nagree = { fg = 39 }"),
        ("night", "inherits = \"dark\"\n[base]\ntext = 252\nbackground = 16"),
    ]);
    let names = ["default", "dark", "light", "high-contrast", "colour-blind", "mono", "night"];
    assert_eq!(catalogue.names(), names, "each once, the built-in ones first");
    let (night, faults) = catalogue.load("night", LOOKS).unwrap();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(night.style(Role::Agree), fg(39));
    assert_eq!(night.style(Role::Conflict), built_in("dark").style(Role::Conflict));
    assert_eq!(night.base().bg, Some(Color::Indexed(16)));
}

/// What may be wrong with a role, and what is said about it after the file and the line.
const WRONG_ROLES: &[(&str, &str)] = &[
    ("agre = {}", "roles.agre: unknown role; did you mean agree?"),
    ("xyzzy = {}", "roles.xyzzy: unknown role; allowed: frame, gutter, frame_focus, title, "),
    ("agree = { fg = \"bleu\" }", "roles.agree.fg: no such colour; did you mean blue?"),
    ("agree = { fg = \"lapis\" }", "roles.agree.fg: no such colour; allowed: black, red, "),
    ("agree = { fg = 256 }", "roles.agree.fg: allowed: a number from 0 to 255"),
    ("agree = { bg = -1 }", "roles.agree.bg: allowed: a number from 0 to 255"),
    ("agree = { fg = true }", "roles.agree.fg: allowed: black, red, "),
    ("agree = { fg = 39, bald = true }", "roles.agree.bald: unknown key; did you mean bold?"),
    ("agree = { fg = 39, bold = 1 }", "roles.agree.bold: allowed: true, false"),
    ("agree = 7", "roles.agree: allowed: a table such as { fg = "),
    ("\"a\\u001b[2Jb\" = {}", "roles.a\\x1b[2Jb: unknown role; "),
];

#[test]
fn what_is_wrong_with_a_role_is_one_line_and_costs_that_role_alone() {
    for (wrong, says) in WRONG_ROLES {
        let (theme, faults) = own(&format!("inherits = \"dark\"\n[roles]\nkey = {{ fg = 39 }}\n{wrong}\n"));
        assert_eq!(faults.len(), 1, "{wrong}: {faults:?}");
        assert!(faults[0].starts_with(&format!("mine.toml:4: {says}")), "{wrong}: {faults:?}");
        assert_eq!(theme.style(Role::Key), fg(39), "{wrong}");
        assert_eq!(theme.style(Role::Agree), built_in("dark").style(Role::Agree), "{wrong}");
    }
}

/// What may be wrong besides, and what is said about it after the file.
const WRONG_FILES: &[(&str, &str)] = &[
    ("roles = 7", "1: roles: allowed: a table [roles]"),
    ("[role]", "1: role: unknown key; did you mean roles?"),
    ("[base]\ntext = 7", "1: base: text and background go together; "),
    ("[base]\ntext = 7\nbackground = \"terminal\"", "1: base: text and background go together; "),
    ("[base]\ntext = 7\nbackround = 0", "3: base.backround: unknown key; did you mean background?"),
    ("[base]\ntext = 7\nbackground = \"blakc\"", "3: base.background: no such colour; did you mean black?"),
    ("inherits = \"drak\"", "1: inherits: no theme \"drak\"; there are default, dark, "),
    ("inherits = 7", "1: inherits: allowed: the name of a theme, such as \"dark\""),
    ("inherits = \"mine\"", "1: inherits: \"mine\" inherits from this theme, so it goes in a circle"),
    ("\n[roles]\nagree = { fg = \"red\"", "3: TOML: "),
];

#[test]
fn what_is_wrong_besides_is_one_line_and_the_default_stands_in() {
    for (wrong, says) in WRONG_FILES {
        let (theme, faults) = own(wrong);
        assert_eq!(faults.len(), 1, "{wrong}: {faults:?}");
        assert!(faults[0].starts_with(&format!("mine.toml:{says}")), "{wrong}: {faults:?}");
        assert_eq!(theme.base(), Style::default(), "{wrong}");
        assert_eq!(theme.style(Role::Agree), built_in("default").style(Role::Agree), "{wrong}");
    }
}

#[test]
fn themes_that_inherit_in_a_circle_end_at_the_default() {
    let catalogue =
        catalogue(&[("a", "inherits = \"b\"\n[roles]\nkey = { fg = 39 }"), ("b", "inherits = \"a\"")]);
    let (theme, faults) = catalogue.load("a", LOOKS).unwrap();
    assert_eq!(faults, ["b.toml:1: inherits: \"a\" inherits from this theme, so it goes in a circle"]);
    assert_eq!(theme.style(Role::Key), fg(39));
    assert_eq!(theme.style(Role::Error), built_in("default").style(Role::Error));
}

#[test]
fn without_colours_a_background_becomes_the_other_way_round() {
    let text = "[roles]\nselected = { fg = 39 }\ndemo = { bg = 39 }\nkey = { fg = 39, bold = true }";
    let looks = Looks { depth: Depth::None, ascii: false };
    let (theme, _) = catalogue(&[("mine", text)]).load("mine", looks).unwrap();
    let of = |role| theme.style(role).add_modifier;
    assert_eq!([of(Role::Selected), of(Role::Demo)], [Modifier::REVERSED; 2]);
    assert_eq!(of(Role::Key), Modifier::BOLD);
}

#[test]
fn a_theme_that_does_not_exist_is_told_with_those_that_do() {
    let line = catalogue(&[("mine", "")]).load("drak", LOOKS).unwrap_err();
    let names = "default, dark, light, high-contrast, colour-blind, mono, mine";
    assert_eq!(line, format!("no theme \"drak\"; there are {names}; did you mean dark?"));
    let home = Home::new();
    home.write("config/synod/themes/mine.toml", "");
    for args in [&["ask", "--demo", "--theme", "drak", "q"][..], &["--theme", "drak"]] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(2));
        assert_eq!(ran.line(), format!("synod: {line}"));
    }
    assert_eq!(home.run(&["ask", "--demo", "--theme", "mine", "--plain", "q"]).code, Some(0));
}

#[test]
fn a_wrong_name_in_the_configuration_is_one_line_and_the_default_stands_in() {
    let read = |text: &str| {
        let home = Home::new();
        let file = home.write("config.toml", text);
        let source = Source { file: Some(file.clone()), env: Env::default() };
        let config = load::load(&source).unwrap();
        let themes = Themes::find(None, &config, &Env::default()).unwrap_or_else(|error| panic!("{error}"));
        let lines = [config.warnings(), themes.warnings].concat();
        (themes.chosen, lines.iter().map(|line| line.replace(&file.display().to_string(), "F")).collect())
    };
    let there = "there are default, dark, light, high-contrast, colour-blind, mono";
    let lines: [(&str, &str, Vec<String>); 4] = [
        ("", "default", vec![]),
        ("theme = \"mono\"", "mono", vec![]),
        (
            "theme = 7",
            "default",
            vec!["F:1 theme: is 7; allowed: the name of a theme, such as \"dark\"".into()],
        ),
        (
            "theme = \"drak\"",
            "default",
            vec![format!("F: theme: no theme \"drak\"; {there}; did you mean dark?; the default stands in")],
        ),
    ];
    for (text, chosen, warnings) in lines {
        assert_eq!(read(text), (chosen.to_owned(), warnings));
    }
}

#[test]
fn the_files_in_the_folder_are_the_themes_there_are() {
    let home = Home::new();
    for (name, text) in [("b.toml", "x"), ("a.toml", "y"), ("c.txt", ""), ("d.toml/e", "")] {
        home.write(&format!("config/synod/themes/{name}"), text);
    }
    std::fs::write(home.path().join("config/synod/themes/bad.toml"), b"\xff").unwrap();
    let env: Env = home
        .env()
        .map(|(name, path)| (name, path.into_os_string().into_string().unwrap()))
        .into_iter()
        .collect();
    let (files, faults) = load::themes(&env);
    let found: Vec<(&str, &str)> =
        files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
    assert_eq!(found, [("a", "y"), ("b", "x")]);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("bad.toml: can't be read: it is not UTF-8 text"), "{faults:?}");
    assert_eq!(load::themes(&Env::default()).0, []);
}
