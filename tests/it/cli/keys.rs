//! A key is sent where it belongs and is seen nowhere else: not in output, not in a fault, not in a file.

use crate::fault_server::{FaultServer, status};
use crate::home::Home;
use serde_json::json;

#[test]
fn no_key_is_ever_shown_or_kept() {
    const KEY: &str = "sk-canary-9d81c7e2b5";
    let body = json!({ "error": { "message": format!("Incorrect API key provided: {KEY}"), "code": "invalid_api_key" } });
    let answers = [
        status("401 Unauthorized", "application/json", &body.to_string()),
        status("500 Oops", "text/plain", &format!("Authorization: Bearer {KEY}")),
        status("200 OK", "text/event-stream", &format!("data: {{\"error\": \"{KEY}\"}}\n\n")),
        Vec::new(),
    ];
    for answer in answers {
        for form in ["--plain", "--json", "--jsonl"] {
            let home = Home::new();
            let server = FaultServer::answer(answer.clone());
            let text =
                format!("[providers.box]\nbase_url = \"{}/v1\"\napi_key_env = \"BOX_KEY\"\n", server.url);
            home.write("config/synod/config.toml", &text);
            let mut command = home.synod(&["ask", "-m", "box/a", "-m", "openai/b", form, "q"]);
            // Only the fault server is asked: the other one's key is no text that a header can hold.
            command.env("BOX_KEY", KEY).env("OPENAI_API_KEY", format!("{KEY}\u{1}"));
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert!(server.request().contains(&format!("Bearer {KEY}")), "it was sent where it belongs");
            drop(server);
            for (what, bytes) in [("stdout".into(), output.stdout), ("stderr".into(), output.stderr)]
                .into_iter()
                .chain(home.files())
            {
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains("canary"), "{} in {form}: {text}", what.display());
            }
        }
    }
    let home = Home::new();
    for args in
        [&["ask", "--demo", "q"][..], &["ask", "--demo", "--json", "q"], &["show", "--jsonl"], &["--help"]]
    {
        let output = home.synod(args).env("OPENAI_API_KEY", KEY).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let all = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8(all).unwrap().contains("canary"), "{args:?}");
    }
    assert!(home.files().iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("canary")));
}
