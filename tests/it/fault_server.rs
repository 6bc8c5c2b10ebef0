//! A server on loopback that answers byte for byte what a test says, over TCP or TLS, and breaks when it is told to. It
//! knows no HTTP beyond finding the end of a request, and never waits for time to pass.
#![cfg(test)]

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the server does next.
#[derive(Clone)]
pub enum Act {
    /// Sends these bytes as one write.
    Send(Vec<u8>),
    /// Sends these bytes in writes of so many.
    Bits(usize, Vec<u8>),
    /// Sends these bytes again and again, until the other side has closed.
    Forever(Vec<u8>),
    /// Does nothing until [`FaultServer::go_on`].
    Hold,
    /// Ends the connection in order.
    Close,
    /// Ends the connection by a reset.
    Reset,
    /// Reads until the other side closes, and reports that.
    AwaitClose,
}

/// A certificate, what signed it, and the key that goes with it.
pub struct Certificate {
    chain: Vec<Vec<u8>>,
    key: Vec<u8>,
    /// The authority behind it, in PEM.
    pub authority: String,
}

impl Certificate {
    /// One for these hosts, by an authority of its own; `expired` is over since long.
    pub fn new(hosts: &[&str], expired: bool) -> Self {
        let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut above = rcgen::CertificateParams::new(Vec::new()).unwrap();
        above.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        above.distinguished_name.push(rcgen::DnType::CommonName, "An authority for tests");
        let key = rcgen::KeyPair::generate().unwrap();
        let authority = above.self_signed(&key).unwrap();
        let issuer = rcgen::Issuer::new(above, key);
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        if expired {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let key = rcgen::KeyPair::generate().unwrap();
        let own = params.signed_by(&key, &issuer).unwrap();
        Self { chain: vec![own.der().to_vec()], key: key.serialize_der(), authority: authority.pem() }
    }

    /// One for these hosts that nobody but itself vouches for.
    pub fn self_signed(hosts: &[&str]) -> Self {
        let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        Self {
            chain: vec![made.cert.der().to_vec()],
            key: made.signing_key.serialize_der(),
            authority: made.cert.pem(),
        }
    }

    fn config(&self) -> Arc<ServerConfig> {
        let chain = self.chain.iter().map(|one| one.clone().into()).collect();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
    }
}

/// The server. Dropping it lets a held connection go on.
pub struct FaultServer {
    /// Where it listens, for example `http://127.0.0.1:40001`.
    pub url: String,
    request: Receiver<String>,
    closed: Receiver<()>,
    go: Sender<()>,
}

/// What a connection of the server is played over.
trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// What a connection tells the test, and hears from it.
struct Told {
    request: Sender<String>,
    closed: Sender<()>,
    held: Receiver<()>,
}

impl FaultServer {
    /// Starts one that plays these acts after it has read a request, once.
    pub fn start(acts: Vec<Act>) -> Self {
        Self::serve(vec![acts], None)
    }

    /// Starts one that serves a connection after the other, each by the next of these scripts, until there is none left.
    pub fn serve(scripts: Vec<Vec<Act>>, certificate: Option<&Certificate>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let config = certificate.map(Certificate::config);
        let (report, request) = channel();
        let (close, closed) = channel();
        let (go, held) = channel();
        let told = Mutex::new(Told { request: report, closed: close, held });
        thread::spawn(move || {
            for acts in scripts {
                let Ok((stream, _)) = listener.accept() else { return };
                stream.set_nodelay(true).unwrap();
                let mut wire: Box<dyn Wire> = match &config {
                    Some(config) => {
                        let connection = ServerConnection::new(config.clone()).unwrap();
                        Box::new(StreamOwned::new(connection, stream))
                    }
                    None => Box::new(stream),
                };
                play(wire.as_mut(), acts, &told.lock().unwrap());
            }
        });
        Self { url, request, closed, go }
    }

    /// Starts one that sends this and ends the connection in order.
    pub fn answer(bytes: impl Into<Vec<u8>>) -> Self {
        Self::start(vec![Act::Send(bytes.into()), Act::Close])
    }

    /// Answers one connection after another with these bodies, as JSON. Gives what was asked for: each path and query.
    pub fn serve_bodies(listener: &TcpListener, bodies: &[&str]) -> Vec<String> {
        let mut asked = Vec::new();
        for body in bodies {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_request(&mut stream, true);
            asked.extend(request.split(' ').nth(1).map(str::to_owned));
            let answer = [head("application/json"), body.as_bytes().to_vec()].concat();
            stream.write_all(&answer).unwrap();
        }
        asked
    }

    /// Starts one that answers as many connections, one after the other, and ends each in order.
    pub fn answers(all: Vec<Vec<u8>>) -> Self {
        Self::serve(all.into_iter().map(|bytes| vec![Act::Send(bytes), Act::Close]).collect(), None)
    }

    /// Ends a hold.
    pub fn go_on(&self) {
        // A connection that broke off holds no more.
        let _ = self.go.send(());
    }

    /// The request it read, head and body.
    pub fn request(&self) -> String {
        self.request.recv().unwrap()
    }

    /// Waits until the other side has closed, without keeping the test's own tasks from running.
    pub async fn closed(self) {
        tokio::task::spawn_blocking(move || self.closed.recv().unwrap()).await.unwrap();
    }
}

/// The head of a good answer that ends with the connection.
pub fn head(content_type: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n").into_bytes()
}

/// An answer of this status with a body of known length.
pub fn status(line: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {line}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// The head of an event stream in HTTP's own chunks.
pub fn chunked_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()
}

/// One of those chunks; an empty one is the last.
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// Plays one connection.
fn play(wire: &mut dyn Wire, acts: Vec<Act>, told: &Told) {
    // Closing while a part of the request is unread is what makes the kernel send a reset.
    let whole = !acts.iter().any(|act| matches!(act, Act::Reset));
    let _ = told.request.send(read_request(wire, whole));
    for act in acts {
        let sent = match act {
            Act::Send(bytes) => wire.write_all(&bytes),
            Act::Bits(size, bytes) => bytes.chunks(size).try_for_each(|part| wire.write_all(part)),
            Act::Forever(bytes) => {
                while wire.write_all(&bytes).is_ok() {}
                let _ = told.closed.send(());
                return;
            }
            Act::Hold => {
                let _ = told.held.recv();
                Ok(())
            }
            Act::Close | Act::Reset => return,
            Act::AwaitClose => {
                while matches!(wire.read(&mut [0; 512]), Ok(1..)) {}
                let _ = told.closed.send(());
                Ok(())
            }
        };
        if sent.and_then(|()| wire.flush()).is_err() {
            return;
        }
    }
}

/// Reads a request's head and, if asked to, the body that its length announces. Of something that is no HTTP, the first
/// record of a TLS handshake is read, and nothing else.
fn read_request(wire: &mut dyn Wire, whole: bool) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && matches!(wire.read(&mut byte), Ok(1)) {
        request.push(byte[0]);
        if request[0] == 0x16 {
            let mut head = [0; 4];
            let _ = wire.read_exact(&mut head);
            let _ = wire.read_exact(&mut vec![0; usize::from(u16::from_be_bytes([head[2], head[3]]))]);
            break;
        }
        if !request[0].is_ascii_uppercase() {
            break;
        }
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    if let (true, Some(length)) = (whole, length) {
        let mut body = vec![0; length.trim().parse().unwrap()];
        if wire.read_exact(&mut body).is_ok() {
            request.extend_from_slice(&body);
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}
