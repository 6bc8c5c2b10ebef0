//! The models of the screen of costs as a table for other programs: comma-separated values (RFC 4180), sums in US dollars,
//! times in milliseconds. Text only; the shell writes it.

use super::cost::Period;
use crate::core::Dollars;
use crate::core::clean::csv_cell;
use crate::core::health::figures;
use crate::core::tally::Tally;
use crate::core::when::utc;

/// The titles, in order.
const TITLES: &str = "period,model,endpoint,calls,ok,retries,failed,tokens_in,tokens_out,tokens_guessed,usd_known,\
    usd_guessed,calls_of_unknown_price,first_text_p50_ms,first_text_p95_ms,tokens_per_s_p50";

/// A name for the file that tells when it was written.
pub(super) fn name(now: u64) -> String {
    utc(now, "synod-costs-%Y%m%d-%H%M%S.csv")
}

/// A line a model. What a period does not know stays empty: that is no zero.
pub(super) fn table(period: Period, tallies: &[Tally]) -> String {
    let mut out = format!("{TITLES}\r\n");
    for tally in tallies {
        out.push_str(&line(period, tally).join(","));
        out.push_str("\r\n");
    }
    out
}

fn line(period: Period, tally: &Tally) -> Vec<String> {
    let figures = figures(tally.samples.iter());
    let mut cells =
        vec![csv_cell(period.words()), csv_cell(&tally.model.to_string()), csv_cell(&tally.endpoint)];
    cells.extend([tally.calls.to_string(), tally.answered.to_string()]);
    let sums = tally.sums;
    cells.push(sums.map(|sums| sums.retries.to_string()).unwrap_or_default());
    cells.push(tally.failed.to_string());
    cells.extend(match sums {
        Some(sums) => [
            sums.input.to_string(),
            sums.output.to_string(),
            sums.guessed.to_string(),
            exact(sums.spent.known),
            exact(sums.spent.guessed),
            sums.spent.unpriced.to_string(),
        ],
        None => Default::default(),
    });
    let times = [figures.first_p50, figures.first_p95];
    cells.extend(times.map(|ms| ms.map(|ms| ms.to_string()).unwrap_or_default()));
    cells.push(figures.rate_p50.map(|rate| format!("{rate:.1}")).unwrap_or_default());
    cells
}

/// With all digits that are counted, and no sign of the currency.
fn exact(sum: Dollars) -> String {
    format!("{}.{:09}", sum.0 / 1_000_000_000, sum.0 % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Spent;
    use crate::core::tally::Sums;

    #[test]
    fn what_is_not_known_stays_empty_and_text_stays_in_its_cell() {
        let spent = Spent { known: Dollars(12_345_678), guessed: Dollars(0), unpriced: 2 };
        let sums = Sums { retries: 1, input: 812, output: 590, guessed: true, spent };
        let model = "office/a,\"b\"".parse().unwrap();
        let mut tally = Tally {
            model,
            endpoint: "=https://office".to_owned(),
            calls: 3,
            answered: 2,
            failed: 1,
            sums: Some(sums),
            samples: Vec::new(),
        };
        let row = |tally: &Tally| {
            let text = table(Period::Session, std::slice::from_ref(tally));
            let lines: Vec<&str> = text.split_terminator("\r\n").collect();
            assert_eq!(lines[0].split(',').count(), 16);
            lines[1].to_owned()
        };
        assert_eq!(
            row(&tally),
            "this session,\"office/a,\"\"b\"\"\",'=https://office,3,2,1,1,812,590,true,0.012345678,0.000000000,2,,,"
        );
        tally.sums = None;
        assert_eq!(row(&tally), "this session,\"office/a,\"\"b\"\"\",'=https://office,3,2,,1,,,,,,,,,");
        assert_eq!(name(1_795_352_465_000), "synod-costs-20261122-130105.csv");
    }
}
