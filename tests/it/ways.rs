//! How requests of the binary leave: through the proxy that the environment names, or not, and past an authority that the
//! configuration names. The faults on these ways are [`crate::faults`]'s.
#![cfg(test)]

use crate::fault_server::{Act, Certificate, FaultServer, head};
use crate::home::{Home, Ran};

const ANSWER: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"All is well.\"}}]}\n\n\
    data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

fn answer() -> Vec<u8> {
    [&head("text/event-stream"), ANSWER.as_bytes()].concat()
}

/// Asks one model of a provider with this table, in this environment.
fn ask(home: &Home, table: &str, env: &[(&str, &str)]) -> Ran {
    home.write("config/synod/config.toml", &format!("[providers.far]\n{table}\n"));
    let mut command = home.synod(&["ask", "-m", "far/m", "--protocol", "ask", "--plain", "q"]);
    Ran::of(&command.envs(env.iter().copied()).output().unwrap())
}

#[test]
fn the_environment_names_the_proxy_and_who_is_left_out() {
    let proxy = FaultServer::answer(answer());
    let home = Home::new();
    let ran = ask(&home, "base_url = \"http://models.example/v1\"", &[("http_proxy", &proxy.url)]);
    assert!(ran.out.contains("All is well."), "{} {}", ran.out, ran.err);
    let request = proxy.request();
    assert!(request.starts_with("POST http://models.example/v1/chat/completions HTTP/1.1\r\n"), "{request}");

    // A label this long is refused by the resolver itself, so that nobody is asked.
    let host = format!("{}.invalid", "x".repeat(80));
    let table = format!("base_url = \"http://{host}/v1\"");
    let ran = ask(&home, &table, &[("ALL_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", ".invalid")]);
    assert!(
        ran.err.contains("cannot resolve") || ran.out.contains("cannot resolve"),
        "{} {}",
        ran.out,
        ran.err
    );
    let ran = ask(&home, &table, &[("ALL_PROXY", "gopher://127.0.0.1:9")]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("ALL_PROXY is no address of a proxy"), "{said}");
}

#[test]
fn a_configured_authority_is_trusted_by_its_provider() {
    let certificate = Certificate::new(&["127.0.0.1"], false);
    let home = Home::new();
    home.write("config/synod/own-ca.pem", &certificate.authority);
    let serve = || FaultServer::serve(vec![vec![Act::Send(answer())]], Some(&certificate));
    let table = |url: &str, file: &str| format!("base_url = \"{url}/v1\"\nca_file = \"{file}\"");
    let ran = ask(&home, &table(&serve().url, "own-ca.pem"), &[]);
    assert!(ran.out.contains("All is well."), "{} {}", ran.out, ran.err);
    // Whatever can't be read is said, and nobody is trusted for it.
    let ran = ask(&home, &table(&serve().url, "other.pem"), &[]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(
        said.contains("ca_file of far can't be read") && said.contains("nobody trusted vouches"),
        "{said}"
    );
    home.write("config/synod/empty.pem", "no certificate");
    let ran = ask(&home, &table(&serve().url, "empty.pem"), &[]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("ca_file holds no certificate"), "{said}");
}
