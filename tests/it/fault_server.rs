//! A server that fails in a given way and counts its requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// The behavior of a server for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A response that every operation accepts.
    Success,
    /// The port does not accept connections.
    ConnectionRefused,
    /// The connection closes before the request is read.
    ClosedBeforeRequest,
    /// The server closes its half of the connection without a response.
    HalfClosed,
    /// The connection stays open without a response.
    NoResponse,
    /// The response is sent at one byte per second.
    SlowResponse,
    /// The connection is closed before the headers are complete.
    TruncatedHeaders,
    /// The connection is closed before the body is complete.
    TruncatedBody,
    /// The connection is closed before a chunk is complete.
    TruncatedChunk,
    /// The response is not HTTP.
    NotHttp,
    /// The client expects TLS, but the server does not use it.
    NoTls,
    /// One header is 1 MB long.
    OversizedHeader,
    /// The body never ends.
    EndlessBody,
    /// The body is 16 MiB of zeros, compressed to 16 KiB.
    GzipBomb,
    /// The body is longer than its `Content-Length`.
    ContentLengthTooShort,
    /// The body is shorter than its `Content-Length`, and the connection stays open.
    ContentLengthTooLong,
    /// A redirect to another origin.
    Redirect,
    /// A response with this status, headers and body.
    Response(u16, &'static str, &'static str),
    /// An error response with this status that repeats the request in its message.
    EchoedRequest(u16),
}

impl Fault {
    /// Returns whether only the timeout of the client ends the attempt.
    pub fn needs_timeout(self) -> bool {
        matches!(
            self,
            Self::NoResponse | Self::SlowResponse | Self::ContentLengthTooLong
        )
    }
}

#[derive(Clone)]
pub struct FaultServer {
    pub url: String,
    requests: Arc<AtomicUsize>,
    /// Keeps the port of a refused connection in use.
    _socket: Option<Arc<TcpSocket>>,
}

impl FaultServer {
    /// Starts a server. `fault` returns the fault for the number of a request.
    pub async fn start(fault: impl Fn(usize) -> Fault + Send + Sync + 'static) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let any_port = "127.0.0.1:0".parse().expect("an address");
        socket.bind(any_port).expect("a free port");
        let address = socket.local_addr().expect("an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let first = fault(0);
        let mut unused = None;
        if first == Fault::ConnectionRefused {
            // No other process can listen on a port that is bound.
            unused = Some(Arc::new(socket));
        } else {
            let listener = socket.listen(1024).expect("a server");
            let (fault, requests) = (Arc::new(fault), requests.clone());
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let (fault, requests) = (fault.clone(), requests.clone());
                    tokio::spawn(async move {
                        loop {
                            let fault = fault(requests.fetch_add(1, Ordering::SeqCst));
                            respond(fault, &mut stream).await;
                            if fault != Fault::Success {
                                break;
                            }
                            if !matches!(stream.peek(&mut [0]).await, Ok(1)) {
                                break;
                            }
                        }
                    });
                }
            });
        }
        let scheme = if first == Fault::NoTls {
            "https"
        } else {
            "http"
        };
        Self {
            url: format!("{scheme}://{address}"),
            requests,
            _socket: unused,
        }
    }

    /// Returns the number of requests, including connections that were closed before the request was
    /// read.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

const BODY: &str = r#"{"id":"1","success":true}"#;

async fn respond(fault: Fault, stream: &mut TcpStream) -> Option<()> {
    if fault == Fault::ClosedBeforeRequest {
        return None;
    }
    if fault == Fault::NoTls {
        let _ = stream.write_all(b"HTTP/1.1 400 No TLS\r\n\r\n").await;
        return None;
    }
    let request = read_request(stream).await?;
    let length = BODY.len();
    let response = match fault {
        Fault::ConnectionRefused | Fault::NoTls | Fault::ClosedBeforeRequest => return None,
        Fault::Success => format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{BODY}"),
        Fault::HalfClosed => {
            stream.shutdown().await.ok()?;
            return keep_open().await;
        }
        Fault::NoResponse => return keep_open().await,
        Fault::SlowResponse => {
            for byte in response(200, "", BODY).bytes() {
                stream.write_all(&[byte]).await.ok()?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            return None;
        }
        Fault::TruncatedHeaders => "HTTP/1.1 200 OK\r\ncontent-le".to_owned(),
        Fault::TruncatedBody => {
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{{\"id\"")
        }
        Fault::TruncatedChunk => {
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"id\"".to_owned()
        }
        Fault::NotHttp => "\u{1}\u{16}SSH-2.0-example\r\n\r\n".to_owned(),
        Fault::OversizedHeader => {
            response(200, &format!("x-huge: {}\r\n", "x".repeat(1_000_000)), BODY)
        }
        Fault::EndlessBody => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).await.ok()?;
            let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
            loop {
                stream.write_all(chunk.as_bytes()).await.ok()?;
            }
        }
        Fault::GzipBomb => {
            let bomb = include_bytes!("../fixtures/zeros.gz");
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
                bomb.len()
            );
            stream.write_all(head.as_bytes()).await.ok()?;
            return stream.write_all(bomb).await.ok();
        }
        Fault::ContentLengthTooShort => {
            format!("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{BODY}")
        }
        Fault::ContentLengthTooLong => {
            let half = format!("HTTP/1.1 200 OK\r\ncontent-length: 4096\r\n\r\n{BODY}");
            stream.write_all(half.as_bytes()).await.ok()?;
            return keep_open().await;
        }
        Fault::Redirect => response(307, "location: http://localhost:9/planted\r\n", ""),
        Fault::Response(status, header, body) => response(status, header, body),
        Fault::EchoedRequest(status) => {
            let error = serde_json::json!({"error": {"message": request, "code": 1}});
            response(status, "", &error.to_string())
        }
    };
    stream.write_all(response.as_bytes()).await.ok()
}

/// Waits longer than any test of a client takes.
async fn keep_open() -> Option<()> {
    tokio::time::sleep(Duration::from_secs(600)).await;
    None
}

fn response(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads one request with its body.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
