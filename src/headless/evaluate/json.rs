//! The indicators as one object. Fields are added, never renamed; what is not known is `null`, never 0.

use super::{Bill, Question, Totals};
use crate::agreement::Span;
use crate::agreement::citations::Receipt;
use crate::agreement::consistency::{Against, Checked, LeftOut};
use crate::agreement::evaluation::{Final, Seat, Whole};
use crate::core::claim_table::without_citations;
use crate::core::{Call, SessionId};
use crate::headless::report::json::usd;
use crate::stats::wilson;
use serde_json::{Value, json};

/// The version of the object.
const VERSION: u32 = 1;
/// The confidence of intervals.
const CONFIDENCE: f64 = 0.95;

pub(super) fn object(id: &SessionId, questions: &[Question<'_>]) -> Value {
    json!({
        "version": VERSION, "session": id, "questions": questions.iter().map(question).collect::<Vec<_>>(),
        "totals": totals(questions),
    })
}

fn question(it: &Question<'_>) -> Value {
    let run = it.run;
    let most = it.found.most.as_ref().map(|most| {
        json!({
            "value": most.position.value, "members": most.members, "of": most.of, "right": most.right,
        })
    });
    let (last, why) = match &it.found.last {
        Final::Text(whole) => (whole_answer(it, whole), None),
        Final::None(why) => (Value::Null, Some(why)),
    };
    let mut object = json!({
        "run": run.id, "question": run.question, "council": run.council.name, "protocol": run.protocol,
        "plan": run.plan_name(), "scripted": run.council.scripted,
        "members": it.found.seats.iter().zip(&it.seats).map(|(seat, bill)| member(it, seat, *bill)).collect::<Vec<_>>(),
        "agreement": it.found.agreement, "consistency": it.consistency(), "right": it.right(),
        "most": most, "final": last, "no_final": why,
        "ms": { "first": it.first_ms, "total": it.whole_ms },
    });
    object["bill"] = bill(it.all);
    object
}

fn member(it: &Question<'_>, seat: &Seat<'_>, paid: Bill) -> Value {
    let member = it.run.member(seat.slot);
    let mut object = bill(paid);
    let call = seat.answer;
    let known = json!({
        "name": member.map(|member| &member.name), "model": member.map(|member| &member.model),
        "state": call.map(|call| call.end.map_or("running", |end| end.word())),
        "grade": seat.grade, "right": seat.right, "position": seat.position.as_ref().map(|it| &it.value),
        "agreement": seat.agreement, "cached": call.is_some_and(|call| call.cached.is_some()),
        "ms": { "first": call.and_then(|call| call.first_ms), "total": call.and_then(|call| call.total_ms) },
    });
    if let (Some(object), Value::Object(known)) = (object.as_object_mut(), known) {
        object.extend(known);
    }
    object
}

fn bill(bill: Bill) -> Value {
    json!({
        "calls": bill.calls, "usd": usd(&bill.spent), "usd_known": bill.spent.sure(), "unpriced_calls": bill.spent.unpriced,
        "tokens": { "input": bill.tokens.input, "output": bill.tokens.output, "guessed": bill.tokens.guessed },
    })
}

fn whole_answer(it: &Question<'_>, whole: &Whole<'_>) -> Value {
    let source = |call: &&Call| json!({ "member": call.member, "call": call.id.to_string() });
    let names = |places: &[usize]| -> Vec<&str> {
        places
            .iter()
            .filter_map(|place| whole.sources.get(*place))
            .map(|call| call.member.0.as_str())
            .collect()
    };
    let held = &whole.held;
    json!({
        "stage": it.run.title(whole.stage), "by": whole.call.map(|call| &call.member), "text": whole.text,
        "made_of_sources": whole.made_of, "sources": whole.sources.iter().map(source).collect::<Vec<_>>(),
        "position": if whole.position.stated() { json!(whole.position) } else { Value::Null },
        "tier": whole.tier.number(), "same_as": names(&whole.same), "other_than": names(&whole.other),
        "right": whole.right, "consistency": held.share(), "claims_not_looked_at": held.unread,
        "claims": held.claims.iter().map(|one| checked(whole, one)).collect::<Vec<_>>(),
        "left_out": held.left_out.iter().map(|one| left_out(whole, one)).collect::<Vec<_>>(),
        "receipts": whole.receipts.iter().map(|(one, words)| receipt(it, one, words)).collect::<Vec<_>>(),
    })
}

fn span(whole: &Whole<'_>, span: &Span) -> Value {
    let member = whole.sources.get(span.slot).map(|call| &call.member);
    json!({
        "member": member, "start": span.range.start, "end": span.range.end, "text": whole.words(span),
    })
}

fn checked(whole: &Whole<'_>, one: &Checked) -> Value {
    let against = |it: &Against| {
        let mut object = span(whole, &it.span);
        object["reason"] = json!(it.reason);
        object["values"] = json!(it.values);
        object
    };
    let support = |it: &Span| {
        let mut object = span(whole, it);
        object["in_part"] = json!(one.in_part.contains(&it.slot));
        object
    };
    json!({
        "text": whole.text.get(one.range.clone()), "start": one.range.start, "end": one.range.end,
        "standing": one.standing, "supports": one.supports.iter().map(support).collect::<Vec<_>>(),
        "conflicts": one.conflicts.iter().map(against).collect::<Vec<_>>(), "new_numbers": one.new_numbers,
    })
}

fn left_out(whole: &Whole<'_>, one: &LeftOut) -> Value {
    json!({
        "text": whole.words(&one.title),
        "spans": one.spans.iter().map(|it| span(whole, it)).collect::<Vec<_>>(),
        "members": one.sources.iter().filter_map(|at| whole.sources.get(*at)).map(|call| &call.member).collect::<Vec<_>>(),
    })
}

fn receipt(it: &Question<'_>, one: &Receipt, words: &str) -> Value {
    let members: Vec<String> = one.seats.iter().map(|seat| it.name(*seat as u16)).collect();
    json!({
        "claim": one.claim, "verdict": one.verdict, "members": members, "sentence": without_citations(words).trim(),
    })
}

fn totals(questions: &[Question<'_>]) -> Value {
    let sum = Totals::of(questions);
    let share = |(right, of): (usize, usize)| {
        let interval = wilson(right as f64, of, CONFIDENCE);
        json!({
            "right": right, "of": of, "share": (of > 0).then(|| right as f64 / of as f64), "interval": interval,
        })
    };
    let mean = |(mean, of): (f64, usize)| json!({ "mean": (of > 0).then_some(mean), "of": of });
    let mut object = bill(sum.bill);
    object["questions"] = json!(questions.len());
    object["accuracy"] = share(sum.right);
    object["answers"] = share(sum.answers);
    object["agreement"] = mean(sum.agreement);
    object["consistency"] = mean(sum.consistency);
    object["ms"] = json!({ "total": sum.whole_ms });
    object
}
