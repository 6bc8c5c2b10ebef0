//! How long a provider asks to wait, and whether to come again: headers, dates and error objects in, milliseconds out. No
//! clock: a date is measured against the answer's own.
//!
//! Nonsense (negative, infinite, in the past, no number) is as good as nothing said. Nothing is capped here: whoever waits
//! decides how long is too long.

use serde_json::Value;

/// More milliseconds than this are nonsense: a year.
const LONGEST: f64 = 365.0 * 86_400_000.0;

/// What the headers of an answer say, in milliseconds; `header` gives the text of one. A date counts from the date of the
/// answer, which the same clock wrote; an answer without one says no time by it.
///
/// Source: RFC 9110, sections 6.6.1 and 10.2.3; `retry-after-ms` is OpenAI's, and goes before it.
pub fn of_headers<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<u64> {
    if let Some(wait) = header("retry-after-ms").and_then(|text| ms(text, 1.0)) {
        return Some(wait);
    }
    let text = header("retry-after")?;
    let Some(until) = http_date(text) else { return duration(text) };
    let seconds = until - header("date").and_then(http_date)?;
    u64::try_from(seconds).ok().filter(|wait| *wait > 0).and_then(|wait| wait.checked_mul(1000))
}

/// Whether the headers of an answer say that the same request may succeed another time; `None` where they say nothing.
///
/// Source: `x-should-retry` as the official clients of OpenAI and Anthropic read it, before any status.
pub fn again<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<bool> {
    match header("x-should-retry")?.trim() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// What an error object says, in milliseconds: Google's `RetryInfo` among its details, or a `retry_after` in seconds.
pub fn of_error(error: &Value) -> Option<u64> {
    let details = error.get("details").and_then(Value::as_array);
    let delay = details.and_then(|details| details.iter().find_map(|detail| detail.get("retryDelay")));
    let said =
        delay.or_else(|| error.get("retry_after")).or_else(|| error.pointer("/metadata/retry_after"))?;
    match said {
        Value::String(text) => duration(text),
        Value::Number(number) => ms(&number.to_string(), 1000.0),
        // Google's own form, spelt out.
        Value::Object(_) => ms(&said.get("seconds")?.to_string(), 1000.0),
        _ => None,
    }
}

/// A number of seconds, or numbers with units: `20`, `0.3`, `46s`, `300ms`, `6m0s`, `1h2m`.
fn duration(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.parse::<f64>().is_ok() {
        return ms(text, 1000.0);
    }
    let (mut rest, mut sum) = (text, 0_u64);
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let unit = rest[number..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| number + at);
        let factor = match rest[number..unit].trim() {
            "ms" => 1.0,
            "s" => 1000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        sum = sum.checked_add(whole(rest[..number].parse::<f64>().ok()? * factor)?)?;
        rest = &rest[unit..];
    }
    (sum > 0).then_some(sum)
}

/// A number of units of so many milliseconds.
fn ms(text: &str, factor: f64) -> Option<u64> {
    whole(text.trim().parse::<f64>().ok()? * factor).filter(|wait| *wait > 0)
}

fn whole(ms: f64) -> Option<u64> {
    (0.0..LONGEST).contains(&ms).then(|| ms.ceil() as u64)
}

/// Seconds since 1970 of a date such as `Wed, 21 Oct 2026 07:28:00 GMT` (RFC 9110, section 5.6.7, the form to be written).
fn http_date(text: &str) -> Option<i64> {
    let (_, date) = text.trim().split_once(", ")?;
    let parts: Vec<&str> = date.split([' ', ':']).collect();
    let [day, name, year, hour, minute, second, "GMT"] = parts[..] else { return None };
    let number = |text: &str, least: i64, most: i64| {
        text.parse::<i64>().ok().filter(|number| (least..=most).contains(number))
    };
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|month| *month == name)? as i64 + 1;
    let day = days(number(year, 1970, 9999)?, month, number(day, 1, 31)?);
    Some(day * 86_400 + number(hour, 0, 23)? * 3600 + number(minute, 0, 59)? * 60 + number(second, 0, 60)?)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, from 1970 on. A year is taken to begin in March, so that the
/// odd day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DATE: &str = "Wed, 21 Oct 2026 07:28:00 GMT";

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        let of = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        of_headers(|name| of(name).or((name == "date").then_some(DATE)))
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Sun, 01 Mar 2026 00:00:00 GMT", 1_772_323_200),
            (DATE, 1_792_567_680),
        ] {
            assert_eq!(http_date(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "x",
            "Wed, 21 Oct 2026",
            "Wed, 21 Foo 2026 07:28:00 GMT",
            "Wed, 21 Oct 2026 25:28:00 GMT",
            "Wed, 21 Oct 2026 07:28:00 CET",
            "Wed, 99 Oct 2026 07:28:00 GMT",
            "Wed, 21 Oct 99999 07:28:00 GMT",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn every_form_of_the_header_is_read() {
        for (headers, ms) in [
            (vec![("retry-after", "20")], Some(20_000)),
            (vec![("retry-after", " 0.3 ")], Some(300)),
            (vec![("retry-after", "300")], Some(300_000)),
            (vec![("retry-after", "6m0s")], Some(360_000)),
            (vec![("retry-after-ms", "300")], Some(300)),
            (vec![("retry-after-ms", "12.5"), ("retry-after", "9")], Some(13)),
            (vec![("retry-after-ms", "soon"), ("retry-after", "9")], Some(9000)),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")], Some(30_000)),
            // By the server's own clock, which is an hour ahead.
            (
                vec![
                    ("retry-after", "Wed, 21 Oct 2026 08:28:07 GMT"),
                    ("date", "Wed, 21 Oct 2026 08:28:00 GMT"),
                ],
                Some(7000),
            ),
            (vec![], None),
        ] {
            assert_eq!(wait(&headers), ms, "{headers:?}");
        }
    }

    #[test]
    fn a_header_may_say_whether_to_come_again() {
        for (text, said) in
            [("true", Some(true)), (" false ", Some(false)), ("", None), ("TRUE", None), ("1", None)]
        {
            assert_eq!(again(|name| (name == "x-should-retry").then_some(text)), said, "{text}");
        }
        assert_eq!(again(|_| None), None);
    }

    #[test]
    fn nonsense_is_no_time() {
        for text in [
            "",
            "-1",
            "NaN",
            "inf",
            "1e999",
            "1e300",
            "0",
            "soon",
            "5 parsecs",
            "1s2",
            "s",
            "..s",
            "Wed, 21 Oct 2026 07:28:00 GMT",
            "Wed, 21 Oct 2020 07:28:00 GMT",
            "99999999999999999999h",
        ] {
            assert_eq!(wait(&[("retry-after", text)]), None, "{text}");
            assert_eq!(wait(&[("retry-after-ms", text)]), None, "{text}");
        }
    }

    #[test]
    fn an_error_object_may_say_it_too() {
        let details = |delay| json!({"details": [{"@type": "x"}, {"retryDelay": delay}]});
        for (error, ms) in [
            (details(json!("46s")), Some(46_000)),
            (details(json!("0.25s")), Some(250)),
            (details(json!("32400s")), Some(32_400_000)),
            (details(json!({"seconds": 7})), Some(7000)),
            (details(json!("-3s")), None),
            (json!({"retry_after": 2.5}), Some(2500)),
            (json!({"details": {"error_code": "x"}}), None),
            (json!({}), None),
        ] {
            assert_eq!(of_error(&error), ms, "{error}");
        }
    }
}
