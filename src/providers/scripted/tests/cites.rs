//! Tests of how a chair cites. That the words in the files are found in the claims of their round is tested where the
//! agreement is at hand, in `tests/it/demo.rs`.

use super::*;
use crate::core::{Message, Role};
use crate::providers::scripted::cite::cited;

fn table(rows: &str) -> String {
    format!(
        "Question\n\n<claims nonce=\"ab12\">\n{rows}\n</claims nonce=\"ab12\">\n\nWrite, with numbers like [2]."
    )
}

#[test]
fn words_become_the_numbers_of_their_rows() {
    let prompt = table(
        "[3] A, B agree. Revoke the password first.\n[4] A alone. Revoke the password and issue a new one.\n\
         [12] conflict, A: 30 days; B: 90 days. Files | hour | 30 days\n[13] B alone. A new one may leak too.",
    );
    let cases = [
        ("Do it. [=password FIRST] Then rest.", "Do it. [3] Then rest."),
        ("Do it. [=password first | issue a\nnew  one]", "Do it. [3, 4]"),
        ("Do it. [=password first | revoke the password first]", "Do it. [3]"),
        ("| a | b [=files hour 30 days] |", "| a | b [12] |"),
        // Held by several: the one that begins with them, or none.
        ("Again. [=a new one]", "Again. [13]"),
        ("Both. [=revoke the password] None.", "Both. None."),
        // Who says it is no part of what is said, and neither is what stands around the table.
        ("None. [=90 days] More.", "None. More."),
        ("None. [=question | write, with]", "None."),
        ("None. [=burn it] [=]", "None."),
        ("```\ncode\n```\n\n[=burn it]\n\nEnd.", "```\ncode\n```\n\nEnd."),
        ("Half. [=burn it | password first]", "Half. [3]"),
        ("没有。[=烧掉]再来。", "没有。再来。"),
        ("`xs = [0, 2]` stays [see], [=never closed", "`xs = [0, 2]` stays [see], [=never closed"),
    ];
    for (text, wanted) in cases {
        assert_eq!(cited(text, &prompt), wanted);
    }
}

#[tokio::test]
async fn a_prompt_without_a_table_gets_no_brackets() {
    for script in SCRIPTS.iter() {
        for (synthesis, shown) in
            script.synthesis.iter().flat_map(|one| [(one, all()), (one, others("marit"))])
        {
            let texts = script.member.values().map(|part| match synthesis.round {
                0 => reflow(&part.answer),
                round => reflow(&part.round[round - 1].text),
            });
            let prompt = texts.collect::<Vec<_>>().join("\n\n");
            let mut request = request("marit", &script.question, Ask::Merge, 0, &shown);
            request.messages.push(Message { role: Role::User, text: prompt });
            let text = text(request).await;
            assert!(text.len() > 100 && !text.contains("[="), "{text}");
            let prose: String = text.split("```").step_by(2).collect();
            assert!(!prose.contains(['[', ']']) && !prose.contains("  "), "{prose}");
        }
    }
}
