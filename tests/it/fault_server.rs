//! A server on loopback that answers byte for byte what a test says, and breaks when it is told to. It serves one
//! connection, knows no HTTP beyond finding the end of a request, and never waits for time to pass.
#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// What the server does next.
pub enum Act {
    /// Sends these bytes as one write.
    Send(Vec<u8>),
    /// Does nothing until [`FaultServer::go_on`].
    Hold,
    /// Ends the connection in order.
    Close,
    /// Ends the connection by a reset.
    Reset,
    /// Reads until the other side closes, and reports that.
    AwaitClose,
}

/// The server. Dropping it lets a held connection go on.
pub struct FaultServer {
    /// Where it listens, for example `http://127.0.0.1:40001`.
    pub url: String,
    request: Receiver<String>,
    closed: Receiver<()>,
    go: Sender<()>,
}

impl FaultServer {
    /// Starts one that plays these acts after it has read a request.
    pub fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (report, request) = channel();
        let (close, closed) = channel();
        let (go, held) = channel();
        thread::spawn(move || {
            let Ok((mut stream, _)) = listener.accept() else { return };
            stream.set_nodelay(true).unwrap();
            // Closing while a part of the request is unread is what makes the kernel send a reset.
            let whole = !acts.iter().any(|act| matches!(act, Act::Reset));
            let _ = report.send(read_request(&mut stream, whole));
            for act in acts {
                match act {
                    Act::Send(bytes) => {
                        if stream.write_all(&bytes).is_err() {
                            break;
                        }
                    }
                    Act::Hold => {
                        let _ = held.recv();
                    }
                    Act::Close | Act::Reset => break,
                    Act::AwaitClose => {
                        while matches!(stream.read(&mut [0; 512]), Ok(1..)) {}
                        let _ = close.send(());
                    }
                }
            }
        });
        Self { url, request, closed, go }
    }

    /// Starts one that sends this and ends the connection in order.
    pub fn answer(bytes: impl Into<Vec<u8>>) -> Self {
        Self::start(vec![Act::Send(bytes.into()), Act::Close])
    }

    /// Answers one connection after another with these bodies, as JSON. Gives what was asked for: each path and query.
    pub fn serve(listener: &TcpListener, bodies: &[&str]) -> Vec<String> {
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
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (report, request) = channel();
        let (_, closed) = channel();
        let (go, _) = channel();
        thread::spawn(move || {
            for bytes in all {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let _ = report.send(read_request(&mut stream, true));
                let _ = stream.write_all(&bytes);
            }
        });
        Self { url, request, closed, go }
    }

    /// Ends a hold.
    pub fn go_on(&self) {
        self.go.send(()).unwrap();
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

/// Reads a request's head and, if asked to, the body that its length announces. Something that is no HTTP is left.
fn read_request(stream: &mut TcpStream, whole: bool) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        request.push(byte[0]);
        if !request[0].is_ascii_uppercase() {
            break;
        }
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    if let (true, Some(length)) = (whole, length) {
        let mut body = vec![0; length.trim().parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        request.extend_from_slice(&body);
    }
    String::from_utf8_lossy(&request).into_owned()
}
