//! All that is known of one arm, one trial or one fault of an experiment, in rows. Where they are drawn is not known here.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use super::arms::{money, time};
use super::lists::{id, treatment};
use crate::app::experiment::{About, Scene, place_of};
use crate::core::clean;
use crate::experiment::words::{many, thousands};
use crate::experiment::{Facts, Key, Standing};
use ratatui::style::Style;

/// How wide the words before a text are, at least and at most.
const LABEL: u16 = 12;
const WIDEST_LABEL: u16 = 24;
/// More of a text than this is not looked at.
const LONGEST: usize = 1 << 16;

/// Rows for people: a label, and a text that may take several.
struct Rows<'a> {
    all: Vec<Row>,
    width: u16,
    label: u16,
    theme: &'a Theme,
}

impl Rows<'_> {
    fn add(&mut self, label: &str, text: &str) {
        self.styled(label, text, Style::default());
    }

    fn styled(&mut self, label: &str, text: &str, style: Style) {
        let narrow = self.width < 40;
        let label_wide = if narrow { 0 } else { self.label };
        let dim = self.theme.style(Role::Dim);
        if narrow && !label.is_empty() {
            self.all.push(vec![(label.to_owned(), dim)]);
        }
        for (at, line) in canvas::wrapped(text, self.width - label_wide).into_iter().enumerate() {
            let mut row = Row::new();
            if !narrow {
                row.push((canvas::pad(if at == 0 { label } else { "" }, label_wide), dim));
            }
            row.push((line, style));
            self.all.push(row);
        }
    }

    fn blank(&mut self) {
        self.all.push(Row::new());
    }
}

/// The title and the rows of what is shown in full.
pub(super) fn of(scene: &Scene<'_>, about: About, width: u16, theme: &Theme) -> (String, Vec<Row>) {
    let mut rows = Rows { all: Vec::new(), width, label: LABEL, theme };
    let title = match about {
        About::Arm(at) => {
            arm(&mut rows, scene, at);
            let name = scene.design.arms.get(at).map(|arm| clean::line(&arm.name)).unwrap_or_default();
            format!("Arm {name}")
        }
        About::Trial(place) => match scene.progress.facts.get(place) {
            Some(facts) => {
                trial(&mut rows, scene, facts);
                format!("Question {}", id(scene, facts.key))
            }
            None => String::new(),
        },
        About::Fault(number) => {
            if let Some((key, why)) = scene.progress.faults.get(place_of(scene.progress, number)) {
                fault(&mut rows, scene, *key, why);
                format!("Fault at question {}", id(scene, *key))
            } else {
                rows.add("", "newer faults have taken its place");
                "Fault".to_owned()
            }
        }
    };
    (title, rows.all)
}

fn arm(rows: &mut Rows<'_>, scene: &Scene<'_>, at: usize) {
    let design = scene.design;
    let Some(arm) = design.arms.get(at) else { return };
    let Some(asked) = design.treatments.get(arm.treatment) else { return };
    rows.add("answer", &arm.reading.words());
    let plan = asked.plan.as_ref().map_or_else(|| asked.protocol.to_string(), |plan| plan.name.clone());
    rows.add("plan", &clean::line(&plan));
    let members: Vec<String> = asked.council.members.iter().map(|it| clean::line(&it.name.0)).collect();
    rows.add(&many(members.len(), "member"), &members.join(", "));
    if let Some(control) = arm.control {
        rows.add("control", control.words());
    }
    if at == design.baseline {
        rows.add("baseline", "other arms are held against it");
    }
    let others = design.arms_of(arm.treatment).filter(|(other, _)| *other != at);
    let others: Vec<String> = others.map(|(_, other)| clean::line(&other.name)).collect();
    if !others.is_empty() {
        rows.add("same trials", &format!("{}; a cut takes all of them", others.join(", ")));
    }
    if let Some(standing) = scene.standings.get(at).filter(|standing| standing.done > 0) {
        rows.blank();
        figures(rows, scene, arm.treatment, standing);
    }
    if scene.progress.cut.contains(&arm.treatment) {
        let warning = rows.theme.style(Role::Warning);
        rows.styled("cut", "nobody is asked for it any more; what is done counts", warning);
    }
}

fn figures(rows: &mut Rows<'_>, scene: &Scene<'_>, treatment: usize, standing: &Standing) {
    let (right, graded) = standing.right;
    match standing.accuracy {
        Some((share, low, high)) => rows.add(
            "accuracy",
            &format!(
                "{:.1} %, 95 % interval {:.1} to {:.1} % (Wilson); {} of {} right",
                100.0 * share,
                100.0 * low,
                100.0 * high,
                thousands(right),
                thousands(graded)
            ),
        ),
        None => rows.add("accuracy", "nothing of it is graded"),
    }
    let left = match scene.progress.waiting(treatment) {
        0 => String::new(),
        left => format!(", {} to do", thousands(left)),
    };
    rows.add("trials", &format!("{} done{left}", thousands(standing.done)));
    if let Some(agreement) = standing.agreement {
        rows.add("agreement", &format!("{:.0} % of the members are behind its answer", 100.0 * agreement));
    }
    let cost = format!("{} a question, for {:.1} calls", money(standing.mean_usd), standing.mean_calls);
    rows.add("cost", &cost);
    match standing.mean_rounds {
        none if none <= 0.0 => rows.add("rounds", "no debate in it"),
        rounds => rows.add("rounds", &format!("{rounds:.1} of debate after the first answers, on average")),
    }
    let took = |ms| format!("{} from the first call to the last, on average", time(ms));
    rows.add("latency", &standing.mean_ms.map_or_else(|| "nobody knows".to_owned(), took));
    let (failed, missing) = standing.failed;
    if failed > 0 {
        let unrecorded = if missing > 0 {
            format!(", {} of them without a recorded answer", thousands(missing))
        } else {
            String::new()
        };
        let words = format!("{} came to nothing{unrecorded}", many(failed, "call"));
        let warning = rows.theme.style(Role::Warning);
        rows.styled("failed", &words, warning);
    }
}

fn trial(rows: &mut Rows<'_>, scene: &Scene<'_>, facts: &Facts) {
    let design = scene.design;
    let text = |text: &str| clean::prose(canvas::head(text, LONGEST));
    let council = design.treatments.get(facts.key.treatment).map(|it| &it.council);
    let members = council.iter().flat_map(|council| &council.members);
    let names: Vec<String> = members.map(|member| clean::line(&member.name.0)).collect();
    let widest = names.iter().map(|name| canvas::width(name) + 1).max().unwrap_or(0);
    rows.label = widest.clamp(LABEL, WIDEST_LABEL);
    if let Some(item) = design.items.get(facts.key.item) {
        rows.add("question", &text(&item.question));
        if let Some(answer) = &item.answer {
            rows.styled("right", &text(answer), rows.theme.style(Role::Good));
        }
        rows.blank();
    }
    rows.add("treatment", &treatment(scene, facts.key));
    for (seat, said) in facts.seats.iter().enumerate().filter(|(_, seat)| seat.asked || seat.last.is_some()) {
        let name = names.get(seat).map(String::as_str).unwrap_or_default();
        let (first, last) = (words(facts, said.first), words(facts, said.last));
        let moved = said.first != said.last && said.last.is_some();
        let mut said = if moved { format!("{first}, then {last}") } else { first };
        let right = facts.is_right(facts.seats[seat].stands());
        match right {
            Some(true) => said.push_str("  right"),
            Some(false) => said.push_str("  wrong"),
            None => {}
        }
        let good = rows.theme.style(Role::Good);
        let style = if right == Some(true) { good } else { Style::default() };
        rows.styled(&canvas::fit(name, rows.label - 1), &said, style);
    }
    let most = facts.votes().first().map_or(0, |(_, by)| *by);
    let of = facts.seats.iter().filter(|seat| seat.stands().is_some()).count();
    rows.add("agreement", &format!("{most} of {of} members are behind the most frequent answer"));
    if facts.result.is_some() {
        rows.add("result", &words(facts, facts.result));
    }
    rows.blank();
    let command =
        format!("synod experiment show {} {}", clean::shell_word(&clean::exact(scene.log)), facts.line);
    rows.styled("in full", &command, rows.theme.style(Role::Code));
}

/// What stands in a place of what was said.
fn words(facts: &Facts, place: Option<u8>) -> String {
    let said = place.and_then(|place| facts.said.get(usize::from(place)));
    said.map_or("no answer".to_owned(), |said| clean::line(&said.value))
}

fn fault(rows: &mut Rows<'_>, scene: &Scene<'_>, key: Key, why: &str) {
    rows.add("treatment", &treatment(scene, key));
    rows.styled("why", &clean::line(why), rows.theme.style(Role::Error));
    rows.blank();
    rows.add("", "It is not in the log: the same command does it again another time.");
}
