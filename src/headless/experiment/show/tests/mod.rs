//! A whole report in every form, as reviewed, and what holds for all of them whatever names come in.
#![cfg(test)]

mod made;

use super::*;
use made::{Names, design, facts};

fn report(names: Names) -> Report {
    let design = design(names);
    let facts = facts(&design);
    crate::experiment::report::report(&design, &facts, &crate::experiment::score::score(&design, &facts))
}

fn shown(report: &Report, format: Format, width: u16, ascii: bool) -> String {
    show(report, format, &Look { width, ascii, log: "does it help.runs".to_owned() })
}

/// With names that try to be something else.
fn hostile(format: Format) -> String {
    shown(&report(Names::Hostile), format, 80, false)
}

fn as_reviewed(look: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(look);
}

#[test]
fn the_report_looks_as_reviewed() {
    let report = report(Names::Plain);
    as_reviewed(|| {
        insta::assert_snapshot!("experiment-report-80", shown(&report, Format::Terminal, 80, false));
        insta::assert_snapshot!("experiment-report-120", shown(&report, Format::Terminal, 120, false));
        insta::assert_snapshot!("experiment-report-ascii", shown(&report, Format::Terminal, 80, true));
        insta::assert_snapshot!("experiment-report-markdown", shown(&report, Format::Markdown, 80, false));
        let csv = shown(&report, Format::Csv, 80, false);
        let lines: Vec<&str> =
            csv.lines().enumerate().filter(|(at, _)| at % 12 == 0).map(|(_, line)| line).collect();
        insta::assert_snapshot!("experiment-report-csv", lines.join("\n"));
    });
}

#[test]
fn nothing_graded_nothing_done_and_all_done_are_told_apart() {
    let mut design = design(Names::Plain);
    let lead = |design: &crate::experiment::Design, facts: &[crate::experiment::Facts]| {
        let scored = crate::experiment::score::score(design, facts);
        let report = crate::experiment::report::report(design, facts, &scored);
        for (_, format) in made::FORMATS {
            assert!(shown(&report, format, 80, false).ends_with('\n'));
        }
        shown(&report, Format::Terminal, 200, false).lines().nth(6).unwrap_or_default().to_owned()
    };
    assert_eq!(lead(&design, &[]), "Nothing is known yet: no trial is done.");
    let mut facts = facts(&design);
    let said = lead(&design, &facts);
    assert!(said.starts_with("Yes: ") || said.starts_with("No") || said.starts_with("Not shown: "), "{said}");
    design.grader = crate::experiment::Grader::None;
    for facts in &mut facts {
        facts.gradable = false;
    }
    facts.iter_mut().flat_map(|facts| &mut facts.said).for_each(|said| said.right = None);
    assert!(lead(&design, &facts).starts_with("Nobody can say: no answer is graded"));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for names in [Names::Plain, Names::Hostile] {
        let report = report(names);
        for width in [40, 60, 80, 100, 120, 160, 220] {
            for ascii in [false, true] {
                let text = shown(&report, Format::Terminal, width, ascii);
                for line in text.lines() {
                    assert!(plain::width(line) <= usize::from(width), "{width}: {line}");
                    assert!(!ascii || line.is_ascii(), "{line}");
                }
            }
        }
    }
}

#[test]
fn no_control_character_leaves_in_any_form() {
    for (name, format) in made::FORMATS {
        let text = hostile(format);
        let bad =
            text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(bad, None, "{name}");
    }
}

#[test]
fn hostile_names_stay_text_in_html() {
    let text = hostile(Format::Html);
    let tags: std::collections::BTreeSet<&str> = text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || "!/-".contains(c))).next())
        .collect();
    as_reviewed(|| {
        insta::assert_snapshot!("experiment-report-tags", tags.into_iter().collect::<Vec<_>>().join(" "));
        let lines: Vec<&str> =
            text.lines().filter(|line| line.contains("alert(1)") && line.len() < 600).take(12).collect();
        insta::assert_snapshot!("experiment-report-hostile", lines.join("\n"));
    });
    assert!(
        !text.contains("<script")
            && !text.contains("src=")
            && !text.contains("http://")
            && !text.contains("onload=\"")
    );
}

#[test]
fn a_table_program_finds_no_formula() {
    let text = hostile(Format::Csv);
    let mut reader = csv_crate(&text);
    let width = reader.headers().unwrap().len();
    for row in reader.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), width);
        for cell in &row {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
    }
}

fn csv_crate(text: &str) -> ::csv::Reader<&[u8]> {
    ::csv::Reader::from_reader(text.as_bytes())
}

#[test]
fn every_word_that_is_shown_leads_to_trials() {
    let design = design(Names::Plain);
    let facts = facts(&design);
    let scored = crate::experiment::score::score(&design, &facts);
    let report = crate::experiment::report::report(&design, &facts, &scored);
    let text = shown(&report, Format::Csv, 80, false);
    let mut words = 0;
    for row in csv_crate(&text).records() {
        let row = row.unwrap();
        let what = row.get(row.len() - 1).unwrap();
        let found = crate::experiment::report::What::parse(&design, what);
        assert!(found.is_ok(), "{what}");
        let trials = crate::experiment::report::trials_of(&design, &facts, &scored, &found.unwrap());
        let none = row.get(4) == Some("0") || row.get(3) != Some("accuracy");
        assert!(none || !trials.is_empty(), "{what}");
        words += 1;
    }
    assert!(words > 300, "{words}");
}

#[test]
fn json_has_a_version_and_all_figures() {
    let report = report(Names::Plain);
    let text = shown(&report, Format::Json, 80, false);
    let figures = serde_json::to_string_pretty(&report).unwrap();
    assert_eq!(text, format!("{{\n  \"version\": 1,{}\n", &figures[1..]));
    let value: serde_json::Value = serde_json::from_str(&shown(&report, Format::Json, 80, false)).unwrap();
    assert_eq!(value["version"], 1);
}

#[test]
fn names_in_plots_never_leave_them() {
    for names in [Names::Plain, Names::Hostile] {
        let text = shown(&report(names), Format::Html, 80, false);
        let mut texts = 0;
        for plot in text.split("<svg ").skip(1).filter_map(|rest| rest.split("</svg>").next()) {
            let number = |from: &str, key: &str| -> f64 {
                let at = from.split(&format!("{key}=\"")).nth(1).and_then(|rest| rest.split('"').next());
                at.and_then(|it| it.parse().ok()).unwrap_or(f64::NAN)
            };
            let sizes: Vec<f64> =
                plot.split('"').nth(1).unwrap().split(' ').map(|size| size.parse().unwrap()).collect();
            for one in plot.split("<text ").skip(1) {
                let said = one.split('>').nth(1).and_then(|rest| rest.split('<').next()).unwrap();
                let said = ["&lt;", "&gt;", "&quot;", "&#39;", "&amp;"]
                    .iter()
                    .fold(said.to_owned(), |it, sign| it.replace(sign, "."));
                let (x, y, wide) = (number(one, "x"), number(one, "y"), plain::width(&said) as f64 * 7.0);
                let from = match one.split("text-anchor=\"").nth(1).unwrap() {
                    it if it.starts_with("end") => x - wide,
                    it if it.starts_with("middle") => x - wide / 2.0,
                    _ => x,
                };
                assert!(
                    from >= 0.0 && from + wide <= sizes[2] + 0.5,
                    "{said}: {from} + {wide} in {}",
                    sizes[2]
                );
                assert!(y >= 8.0 && y <= sizes[3], "{said}: {y} in {}", sizes[3]);
                texts += 1;
            }
        }
        assert!(texts > 100, "{texts}");
    }
}
