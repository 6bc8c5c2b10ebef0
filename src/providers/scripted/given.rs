//! What a speaker has in front of it, read from the prompt that was sent: the texts of others between their marks, and which
//! texts of the script stand there. It only reads; what is said to them is not decided here.

use super::script::{Part, reflow};
use crate::core::Role;
use crate::providers::Request;

/// What begins a text of an earlier stage in the prompt of a step with a task.
const TEXT: &str = "<text from=\"";
/// What begins one of several answers.
const ANSWER: &str = "<answer id=\"";
/// What begins a file behind the question.
const FILE: &str = "<file name=\"";

/// A text that somebody else wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'p> {
    /// Whose it is, as the prompt calls them; none where one alone is from its stage.
    pub by: Option<&'p str>,
    /// Its words.
    pub words: &'p str,
}

impl Text<'_> {
    /// Whether the person wrote it, and no member.
    pub(super) fn by_person(&self) -> bool {
        self.by == Some("the person who asked")
    }
}

/// The prompt of this call: what a member is told above the conversation, and the last message. What was said before, in
/// answer to other questions, is none of it.
pub(super) fn prompt(request: &Request) -> String {
    parts(request).collect::<Vec<_>>().join("\n\n")
}

fn parts(request: &Request) -> impl Iterator<Item = &str> {
    let system = request.messages.iter().filter(|message| message.role == Role::System);
    let last = request.messages.last().filter(|message| message.role != Role::System);
    system.chain(last).map(|message| message.text.as_str())
}

/// The texts that a call was given, in the order of its prompt.
pub(super) fn texts(request: &Request) -> Vec<Text<'_>> {
    let question = &request.about.question;
    let mut found = Vec::new();
    for part in parts(request) {
        let behind = behind_the_question(part, question);
        let texts = marked(behind, TEXT, "text");
        found.extend(if texts.is_empty() { marked(behind, ANSWER, "answer") } else { texts });
    }
    found
}

/// The texts between marks of one kind. All marks bear one number, and none of the texts can hold a mark with it; so what
/// looks like a mark inside of a text, or in the person's note behind them, is passed over.
fn marked<'p>(prompt: &'p str, opening: &str, kind: &str) -> Vec<Text<'p>> {
    let mut rest = prompt;
    let mut number = None;
    let mut found = Vec::new();
    while let Some((_, tail)) = rest.split_once(opening) {
        rest = tail;
        let Some((mark, body)) = tail.split_once(">\n") else { break };
        let Some(its) = attribute(mark, "nonce").filter(|its| number.is_none_or(|it| it == *its)) else {
            continue;
        };
        let Some((words, behind)) = body.split_once(&format!("\n</{kind} nonce=\"{its}\">")) else {
            continue;
        };
        number = Some(its);
        found.push(Text { by: attribute(mark, "by"), words });
        rest = behind;
    }
    found
}

/// The prompt behind the question and its files, which may hold anything.
fn behind_the_question<'p>(prompt: &'p str, question: &str) -> &'p str {
    let mut rest = prompt.split_once(question).map_or(prompt, |(_, behind)| behind);
    while let Some(file) = rest.trim_start().strip_prefix(FILE) {
        let number = file.split_once(">\n").and_then(|(mark, _)| attribute(mark, "nonce"));
        let closing = number.map(|number| format!("\n</file nonce=\"{number}\">"));
        let Some((_, behind)) = closing.and_then(|closing| file.split_once(&closing)) else { break };
        rest = behind;
    }
    rest
}

/// What a mark says under a name; no value holds a quote.
fn attribute<'p>(mark: &'p str, name: &str) -> Option<&'p str> {
    let (_, value) = mark.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

/// How far a member's script has come in a prompt: 0 for its first answer, else its last debate turn that stands there; none
/// where neither does.
pub(super) fn stands(part: &Part, prompt: &str) -> Option<usize> {
    let turn = part.round.iter().rposition(|turn| prompt.contains(&reflow(&turn.text)));
    turn.map(|at| at + 1).or_else(|| prompt.contains(&reflow(&part.answer)).then_some(0))
}
