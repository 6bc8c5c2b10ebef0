//! What is said of an experiment, in the order in which it is read: the answer first, then what it rests on, then how it was
//! counted. Figures become words here; how those look is no business of this module.

mod accuracy;
mod agreement;
mod answer;
mod costs;
mod counted;
mod debates;
mod members;
mod questions;
mod ratings;

use super::page::{Block, Cell, Column, Page, Section};
use super::words;
use crate::experiment::report::{ArmFigures, Count, Report};

/// All that is shown of a report. `log` is what a person types for it.
pub(super) fn page(report: &Report, log: &str) -> Page {
    let sections = [
        answer::answer(report),
        accuracy::accuracy(report),
        accuracy::differences(report),
        costs::costs(report),
        debates::debates(report),
        agreement::calibration(report),
        agreement::unanimous(report, log),
        members::members(report),
        questions::topics(report),
        ratings::ratings(report),
        questions::disagreements(report, log),
        counted::counted(report),
    ];
    Page {
        title: report.name.clone(),
        sections: sections.into_iter().filter(|section| !section.blocks.is_empty()).collect(),
        log: log.to_owned(),
    }
}

fn section(id: &'static str, title: &'static str) -> Section {
    Section { id, title, blocks: Vec::new() }
}

/// A name as it stands in a sentence.
fn quoted(name: &str) -> String {
    format!("“{name}”")
}

/// The arm of that name.
fn arm<'a>(report: &'a Report, name: &str) -> Option<&'a ArmFigures> {
    report.arms.iter().find(|arm| arm.name == name)
}

/// The letter of the arm of that name.
fn letter(report: &Report, name: &str) -> String {
    report.arms.iter().position(|arm| arm.name == name).map(words::letter).unwrap_or_default()
}

/// An arm's letter and name, as rows and columns are called.
fn titled(report: &Report, name: &str) -> String {
    format!("{} {name}", letter(report, name))
}

/// What is said of how an arm came to be: that it is the baseline, or that nobody asked for it.
fn standing(arm: &ArmFigures) -> Vec<&'static str> {
    let baseline = arm.baseline.then_some("baseline");
    baseline.into_iter().chain(arm.control.map(|_| "control")).collect()
}

/// A column of counts: its title, and where its figures are found.
type Counted<T> = (&'static str, fn(&T) -> &Count);

/// Columns of counts, of things that happened to something, without those that never happened.
fn counts<T>(all: &[T], columns: &[Counted<T>]) -> (Vec<Column>, impl Fn(&T) -> Vec<Cell> + use<T>) {
    let kept: Vec<Counted<T>> =
        columns.iter().filter(|(_, of)| all.iter().any(|one| of(one).count > 0)).copied().collect();
    let titles = kept.iter().map(|(title, _)| Column::right(*title)).collect();
    (titles, move |one: &T| kept.iter().map(|(_, of)| Cell::count(of(one))).collect())
}

/// A heading within a section, where there are several things of the kind.
fn heading(section: &mut Section, several: bool, name: &str) {
    if several {
        section.blocks.push(Block::Heading(quoted(name)));
    }
}
