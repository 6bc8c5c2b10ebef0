//! Answers of an earlier, similar question in the workbench: when one is looked for, what the person is asked, and what each
//! choice sends. What the engine makes of it is shown in [`crate::engine`], the command line's part in [`crate::council`].
#![cfg(test)]

use crate::played::{opening, press, write};
use synod::app::{App, Effect, Msg, Opening, Overlay, update};
use synod::core::earlier::{Earlier, Search};
use synod::core::price::{Price, Prices};
use synod::core::{Command, Council, File, MemberId, ModelRef, Protocol, Question, Similar};

const TEXT: &str = "is the bridge safe";

fn council(models: &[&str]) -> Council {
    let models: Vec<ModelRef> = models.iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("pair", &models)
}

fn workbench(similar: bool, protocol: Protocol) -> App {
    let mut prices = Prices::default();
    prices.known.insert("far/gpt".parse().unwrap(), Price::flat(100.0, 1000.0));
    prices.free.insert("near".to_owned());
    let council = Some(council(&["far/gpt", "near/llama"]));
    App::new(Opening { council, prices, similar, protocol, ..opening() })
}

fn search(effects: &[Effect]) -> Option<&Search> {
    effects.iter().find_map(|effect| match effect {
        Effect::Earlier(search) => Some(&**search),
        _ => None,
    })
}

fn asked(effects: &[Effect]) -> Option<&Question> {
    effects.iter().find_map(|effect| match effect {
        Effect::Council(Command::Ask(question)) => Some(question),
        _ => None,
    })
}

fn title(app: &App) -> &str {
    match &app.overlay {
        Some(Overlay::Confirm(confirm)) => &confirm.title,
        _ => "",
    }
}

fn earlier(members: &[&str]) -> Earlier {
    let similar = Similar { question: "Is the bridge\u{1b}[2J safe?".to_owned(), score: 0.99 };
    Earlier { similar, at: 0, members: members.iter().copied().map(MemberId::from).collect(), of: 2 }
}

/// Writes the question, sends it, and tells what was found.
fn found(app: &mut App, earlier: Option<Earlier>) -> Vec<Effect> {
    write(app, TEXT);
    let effects = press(app, "Enter");
    let search = search(&effects).expect("earlier questions are looked for");
    assert!(asked(&effects).is_none(), "nothing is sent before the person decided");
    update(app, Msg::Earlier(search.question.clone(), earlier))
}

#[test]
fn the_person_sees_the_earlier_question_and_decides() {
    for (keys, used) in [("u", true), ("y", true), ("Enter", true)] {
        let mut app = workbench(true, Protocol::Ask);
        assert_eq!(found(&mut app, Some(earlier(&["gpt", "llama"]))), []);
        assert_eq!(title(&app), "A similar question was answered before");
        let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!() };
        let lines = confirm.lines.join("\n");
        assert!(lines.contains("Is the bridge") && lines.contains(".99"), "{lines}");
        assert!(
            lines.contains("answers of 2 of 2 members: gpt, llama") && !lines.contains('\u{1b}'),
            "{lines}"
        );
        let effects = press(&mut app, keys);
        let similar = asked(&effects).map(|question| (question.text.as_str(), question.similar.is_some()));
        assert_eq!(similar, Some((TEXT, used)), "free, so no price is asked about");
    }
    // New answers have their price.
    let mut app = workbench(true, Protocol::Ask);
    found(&mut app, Some(earlier(&["gpt", "llama"])));
    assert!(asked(&press(&mut app, "a")).is_none());
    assert!(title(&app).contains("would cost"), "{}", title(&app));
    assert_eq!(asked(&press(&mut app, "y")).map(|question| question.similar.is_some()), Some(false));
    // So has who is asked beside the answers that are there, and a plan that goes on with them.
    for (members, protocol) in [(&["llama"][..], Protocol::Ask), (&["gpt", "llama"], Protocol::Debate(1))] {
        let mut app = workbench(true, protocol);
        found(&mut app, Some(earlier(members)));
        assert!(asked(&press(&mut app, "u")).is_none());
        assert!(title(&app).contains("would cost"), "{}", title(&app));
        assert_eq!(asked(&press(&mut app, "y")).map(|question| question.similar.is_some()), Some(true));
    }
    for keys in ["Esc", "n"] {
        let mut app = workbench(true, Protocol::Ask);
        found(&mut app, Some(earlier(&["gpt", "llama"])));
        assert!(asked(&press(&mut app, keys)).is_none());
        assert_eq!((app.overlay.is_none(), app.composer.text().as_str()), (true, TEXT));
    }
}

#[test]
fn where_nothing_is_found_the_question_goes_its_way() {
    let mut app = workbench(true, Protocol::Ask);
    assert_eq!(found(&mut app, None), []);
    assert!(title(&app).contains("would cost"), "{}", title(&app));
    assert_eq!(asked(&press(&mut app, "y")).map(|question| question.similar.is_some()), Some(false));
    // What comes late of what was sent already changes nothing.
    assert_eq!(update(&mut app, Msg::Earlier(TEXT.to_owned(), Some(earlier(&["gpt"])))), []);
    assert!(app.overlay.is_none());
}

#[test]
fn what_was_written_on_in_the_meantime_is_not_sent() {
    let mut app = workbench(true, Protocol::Ask);
    write(&mut app, TEXT);
    press(&mut app, "Enter");
    write(&mut app, " for trucks");
    assert_eq!(update(&mut app, Msg::Earlier(TEXT.to_owned(), Some(earlier(&["gpt"])))), []);
    assert!(
        app.overlay.is_none() && app.toast.as_ref().is_some_and(|line| line.starts_with("nothing was sent"))
    );
    assert_eq!(app.composer.text(), format!("{TEXT} for trucks"));
}

#[test]
fn the_search_holds_each_request_as_it_would_be_sent() {
    let mut app = workbench(true, Protocol::Ask);
    write(&mut app, "@llama   is the bridge safe  ");
    let effects = press(&mut app, "Enter");
    let search = search(&effects).unwrap();
    assert_eq!(
        (search.question.as_str(), search.local, search.requests.len()),
        ("is the bridge safe", false, 1)
    );
    let first = &search.requests[0];
    assert_eq!((first.member.0.as_str(), first.model.to_string().as_str()), ("llama", "near/llama"));
    assert_eq!(first.messages.last().unwrap().text, "is the bridge safe");
}

#[test]
fn nothing_is_looked_for_without_leave_for_the_demo_or_with_files() {
    let looks = |mut app: App| {
        write(&mut app, TEXT);
        search(&press(&mut app, "Enter")).is_some()
    };
    assert!(looks(workbench(true, Protocol::Ask)));
    assert!(!looks(workbench(false, Protocol::Ask)));
    let mut scripted = workbench(true, Protocol::Ask);
    scripted.council.as_mut().unwrap().scripted = true;
    assert!(!looks(scripted));
    let files = vec![File { name: "a.txt".to_owned(), text: "x".to_owned() }];
    let council = Some(council(&["near/llama"]));
    assert!(!looks(App::new(Opening { council, similar: true, files, ..opening() })));
}
