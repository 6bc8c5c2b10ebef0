//! Private questions from the keyboard and the command line: what is asked about, who is asked then, and what every form
//! of the outcome says of it. That nothing else can get out is shown in [`crate::engine`].
#![cfg(test)]

use crate::fault_server::{FaultServer, head};
use crate::home::{Home, Ran};
use crate::played::{opening, press, write};
use serde_json::json;
use std::fmt::Write as _;
use synod::app::{App, Effect, Msg, Opening, Overlay, update};
use synod::core::price::{Price, Prices};
use synod::core::private::Policy;
use synod::core::{
    Command, Council, Event, Locals, MemberId, ModelRef, Privacy, Private, Protocol, Question, Record, RunId,
    Why,
};

const KEY: &str = "sk-proj-4f7eAbCd90121";

fn council() -> Council {
    let models: Vec<ModelRef> =
        ["far/gpt", "near/llama"].iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("mixed", &models)
}

fn workbench(always: bool, council: Council) -> App {
    let locals = Locals { providers: ["near".to_owned()].into() };
    let mut prices = Prices::default();
    prices.free.insert("near".to_owned());
    prices.known.insert("far/gpt".parse().unwrap(), Price::flat(100.0, 1000.0));
    let privacy = Privacy { policy: Policy { emails: true, ..Policy::default() }, locals, always };
    App::new(Opening { council: Some(council), privacy, prices, ..opening() })
}

fn asked(effects: &[Effect]) -> Option<&Question> {
    effects.iter().find_map(|effect| match effect {
        Effect::Council(Command::Ask(question)) => Some(question),
        _ => None,
    })
}

fn title(app: &App) -> &str {
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
    &confirm.title
}

#[test]
fn what_looks_private_is_asked_about_and_enter_alone_sends_nothing_away() {
    for (keys, near) in [("Enter", true), ("l", true), ("y", false)] {
        let mut app = workbench(false, council());
        write(&mut app, &format!("why is {KEY} refused?"));
        assert!(asked(&press(&mut app, "Enter")).is_none());
        assert_eq!(title(&app), "This question looks private");
        let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!() };
        assert_eq!(confirm.lines, ["Found: something like a key in the question."]);
        assert!(confirm.choices[0].text == "local members only (1 of 2)");
        let mut effects = press(&mut app, keys);
        if !near {
            // The far member is dear, so its price is asked about too.
            assert!(title(&app).contains("would cost"), "{}", title(&app));
            effects = press(&mut app, "y");
        }
        let question = asked(&effects).unwrap();
        let private = question.private.as_ref().unwrap();
        assert_eq!((private.everyone, private.why.as_slice()), (!near, &[Why::Key][..]));
        assert_eq!(question.asked().members.len(), if near { 1 } else { 2 });
        assert!(!app.messages.iter().any(|(_, line)| line.contains(KEY)), "{:?}", app.messages);
    }
    let mut app = workbench(false, council());
    write(&mut app, &format!("why is {KEY} refused?"));
    press(&mut app, "Enter");
    assert!(press(&mut app, "n").is_empty() && app.overlay.is_none());
    assert!(app.composer.text().contains(KEY), "what was written stays");
}

#[test]
fn a_long_paste_and_who_is_addressed_count_too() {
    let mut app = workbench(false, council());
    update(&mut app, Msg::Paste(format!("{}\njane@example.com", "line\n".repeat(400))));
    write(&mut app, "what is this?");
    press(&mut app, "Enter");
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!() };
    assert_eq!(confirm.lines[0], "Found: an e-mail address in paste 1.");
    let mut app = workbench(false, council());
    write(&mut app, "@gpt who is jane@example.com?");
    press(&mut app, "Enter");
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!() };
    assert_eq!(
        (confirm.choices.len(), confirm.at),
        (2, 1),
        "nobody asked is local: not to send is offered first"
    );
    assert!(press(&mut app, "Enter").is_empty() && app.overlay.is_none());
}

#[test]
fn a_question_is_kept_local_by_a_word_and_the_next_one_is_not() {
    let mut app = workbench(false, council());
    let private = |app: &mut App| {
        press(app, "Esc :");
        write(app, "private");
        press(app, "Enter i");
    };
    private(&mut app);
    assert!(app.composer.private && app.asked().unwrap().members.len() == 1);
    write(&mut app, "what do I earn?");
    let effects = press(&mut app, "Enter");
    let question = asked(&effects).unwrap();
    assert_eq!(question.private.as_ref().unwrap().why, [Why::Person]);
    assert!(!app.composer.private);
    // Taken back into the composer it stays what it was.
    let event = question.clone().put(RunId(1), 7, 0);
    update(&mut app, Msg::Record(Record { v: 1, seq: 2, at: opening().now, event }));
    press(&mut app, "e");
    assert!(app.composer.private);
    press(&mut app, "Esc :");
    write(&mut app, "add far/new");
    let effects = press(&mut app, "Enter");
    assert!(effects.is_empty(), "{effects:?}");
    // With nobody local nothing is sent at all.
    let mut app = workbench(true, Council::of_models("far", &["far/gpt".parse().unwrap()]));
    write(&mut app, "what do I earn?");
    assert!(press(&mut app, "Enter").is_empty());
    assert!(app.toast.as_ref().unwrap().starts_with("nothing was sent"), "{:?}", app.toast);
}

#[test]
fn a_council_that_is_local_is_not_asked_about_but_it_is_on_record() {
    let near = Council::of_models("near", &["near/a".parse().unwrap(), "near/b".parse().unwrap()]);
    let mut app = workbench(false, near);
    write(&mut app, &format!("why is {KEY} refused?"));
    let effects = press(&mut app, "Enter");
    let private = asked(&effects).unwrap().private.clone().unwrap();
    assert_eq!((private.everyone, private.held_back.len(), private.why), (false, 0, vec![Why::Key]));
}

#[test]
fn markdown_and_the_command_say_who_was_held_back() {
    let mut app = workbench(false, council());
    let private = Private::local(vec![Why::Word], &council(), &app.privacy.locals);
    let text = "What now?".to_owned();
    let question = Question {
        text,
        council: council(),
        protocol: Protocol::Ask,
        private: Some(private),
        ..Question::default()
    };
    let event = question.put(RunId(1), 7, 0);
    assert!(matches!(event, Event::RunStarted { .. }));
    update(&mut app, Msg::Record(Record { v: 1, seq: 2, at: opening().now, event }));
    let markdown = app.markdown().unwrap();
    assert!(markdown.contains("*private (a word of your list): held back from gpt (far/gpt)*"), "{markdown}");
    app.focus = synod::app::Focus::Board;
    let effects = press(&mut app, "C");
    let [Effect::Copy { text, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.contains(" --local-only "), "{text}");
    assert_eq!(app.run().unwrap().member(0).unwrap().name, MemberId::from("gpt"), "it keeps its seat");
}

/// An event stream with this answer.
fn says(text: &str) -> FaultServer {
    let event = json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": "stop" }] });
    FaultServer::answer(
        [&head("text/event-stream")[..], format!("data: {event}\n\ndata: [DONE]\n\n").as_bytes()].concat(),
    )
}

/// A home with a local server and one that is said not to be.
fn set_up(near: &FaultServer, far: &FaultServer, more: &str) -> Home {
    let home = Home::new();
    let mut text =
        format!("council = \"all\"\nretries = 0\n[providers.near]\nbase_url = \"{}/v1\"\n", near.url);
    let _ = write!(text, "[providers.far]\nbase_url = \"{}/v1\"\nlocal = false\n", far.url);
    let _ = write!(
        text,
        "[councils.all]\nchair = \"far\"\nmembers = [{{ name = \"near\", model = \"near/m\" }}, {{ name = \"far\", model = \"far/m\" }}]\n{more}"
    );
    home.write("config/synod/config.toml", &text);
    home
}

fn ask(near: &FaultServer, far: &FaultServer, more: &str, args: &[&str]) -> (Home, Ran) {
    let home = set_up(near, far, more);
    let ran = home.run(&[&["ask"], args].concat());
    (home, ran)
}

#[test]
fn without_a_screen_a_flag_decides() {
    let question = format!("why is {KEY} refused?");
    let (near, far) = (says("Because it is old."), says("No idea."));
    let (home, ran) = ask(&near, &far, "", &[&question]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert_eq!(
        ran.line(),
        "synod: nothing was sent: the question looks private (something like a key in the question); --local-only asks \
         local members alone, --not-private asks all"
    );
    assert!(home.sessions().is_empty());
    let ran = home.run(&["ask", "--local-only", "--not-private", &question]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    let ran = home.run(&["ask", "--local-only", "--json", &question]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.err.contains("private (--local-only, something like a key): held back from far (far/m)"),
        "{}",
        ran.err
    );
    let object = ran.json();
    assert_eq!(object["private"], json!({ "why": ["local_only", "key"], "sent_to": "local" }));
    let why = json!(["local_only", "key"]);
    assert_eq!(
        object["held_back"],
        json!([{ "member": "far", "model": "far/m", "backup": false, "why": why }])
    );
    assert_eq!(object["members"][1]["held_back"], true);
    assert_eq!(
        (&object["members"][0]["state"], &object["members"][1]["state"]),
        (&json!("done"), &json!(null))
    );
    let record = home.log().lines().find(|line| line.contains("run_started")).unwrap().to_owned();
    assert!(
        record.contains(
            r#""private":{"why":["local_only","key"],"held_back":[{"member":"far","model":"far/m"}]}"#
        ),
        "{record}"
    );
    let shown = home.run(&["show"]).out;
    assert!(shown.contains("Council: all (near, far (held back))"), "{shown}");
    assert!(
        shown.contains("Note: private (--local-only, something like a key): held back from far (far/m)"),
        "{shown}"
    );
    // The far one was never asked, so it still has its one answer; the near one has given its own.
    let ran = home.run(&["ask", "--not-private", "--json", &question]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let object = ran.json();
    assert_eq!(object["private"], json!({ "why": ["key"], "sent_to": "all" }));
    assert_eq!((&object["held_back"], &object["members"][1]["text"]), (&json!([]), &json!("No idea.")));
}

#[test]
fn words_of_ones_own_go_to_local_members_without_a_question() {
    let (near, far) = (says("Soon."), says("No idea."));
    let more = "[private]\nwords = [\"Project Falcon\"]\nthen = \"local\"\n";
    let home = set_up(&near, &far, more);
    home.write("notes.txt", "PROJECT\n  FALCON begins in May.");
    let ran = home.run(&["ask", "-f", "notes.txt", "--json", "When does it begin?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.json()["private"], json!({ "why": ["word"], "sent_to": "local" }));
    assert!(!ran.err.to_lowercase().contains("falcon"), "the word is not shown: {}", ran.err);
    assert!(near.request().contains("FALCON"));
    // With nobody local it says so and sends nothing.
    let ran = home.run(&["ask", "-m", "far/m", "--local-only", "When?"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(
        ran.line().contains("nothing was sent") && ran.line().contains("no member is local"),
        "{}",
        ran.err
    );
    // A setting that can't be read stops every question.
    home.write("bad.toml", "[private]\nwords = \"Falcon\"\n");
    let ran = home.run(&["ask", "--config", "bad.toml", "--demo", "When?"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.line().contains("no question is asked until that is mended"), "{}", ran.err);
}
