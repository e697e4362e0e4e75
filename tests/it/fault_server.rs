//! A server that goes wrong in one way, and counts who came.

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

/// What a server does with each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// None: an answer that every operation takes.
    Fine,
    /// Nobody listens.
    Refused,
    /// The connection closes before the request is read.
    ClosedAtOnce,
    /// The server closes its half of the connection instead of answering.
    HalfClosed,
    /// No answer comes.
    Silent,
    /// The answer comes byte by byte, too slowly.
    Slow,
    /// The connection closes within the headers.
    CutInHeaders,
    /// The connection closes within the body.
    CutInBody,
    /// The connection closes within a chunk.
    CutInChunk,
    /// The answer is no HTTP.
    Garbage,
    /// The server speaks no TLS, and the client does.
    NoTls,
    /// One header is 1 MB long.
    HugeHeader,
    /// The body never ends.
    Endless,
    /// 16 MiB of zeros, compressed to 16 KiB.
    GzipBomb,
    /// The body is longer than it says.
    TooShortLength,
    /// The body is shorter than it says, and the connection stays open.
    TooLongLength,
    /// Another origin is where to go.
    Redirect,
    /// A status, a header and a body.
    Answer(u16, &'static str, &'static str),
    /// A status, and the request repeated in the text of an error.
    Echo(u16),
}

impl Fault {
    /// Whether only the client's own timeout ends it.
    pub fn waits(self) -> bool {
        matches!(self, Self::Silent | Self::Slow | Self::TooLongLength)
    }
}

#[derive(Clone)]
pub struct FaultServer {
    pub url: String,
    came: Arc<AtomicUsize>,
    _deaf: Option<Arc<TcpSocket>>,
}

impl FaultServer {
    /// A server that does what `fault` gives for the number of each request.
    pub async fn start(fault: impl Fn(usize) -> Fault + Send + Sync + 'static) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let anywhere = "127.0.0.1:0".parse().expect("an address");
        socket.bind(anywhere).expect("a free port");
        let address = socket.local_addr().expect("an address");
        let came = Arc::new(AtomicUsize::new(0));
        let first = fault(0);
        let mut deaf = None;
        if first == Fault::Refused {
            // A port that is taken, so that nobody else can listen on it.
            deaf = Some(Arc::new(socket));
        } else {
            let listener = socket.listen(1024).expect("a server");
            let (fault, came) = (Arc::new(fault), came.clone());
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let (fault, came) = (fault.clone(), came.clone());
                    tokio::spawn(async move {
                        loop {
                            let fault = fault(came.fetch_add(1, Ordering::SeqCst));
                            act(fault, &mut stream).await;
                            if fault != Fault::Fine {
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
            came,
            _deaf: deaf,
        }
    }

    /// How many requests came, or connections that were closed before theirs was read.
    pub fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

const FINE: &str = r#"{"id":"1","success":true}"#;

async fn act(fault: Fault, stream: &mut TcpStream) -> Option<()> {
    if fault == Fault::ClosedAtOnce {
        return None;
    }
    if fault == Fault::NoTls {
        let _ = stream.write_all(b"HTTP/1.1 400 No TLS\r\n\r\n").await;
        return None;
    }
    let request = request(stream).await?;
    let length = FINE.len();
    let answer = match fault {
        Fault::Refused | Fault::NoTls | Fault::ClosedAtOnce => return None,
        Fault::Fine => format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{FINE}"),
        Fault::HalfClosed => {
            stream.shutdown().await.ok()?;
            return wait().await;
        }
        Fault::Silent => return wait().await,
        Fault::Slow => {
            for byte in answer(200, "", FINE).bytes() {
                stream.write_all(&[byte]).await.ok()?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            return None;
        }
        Fault::CutInHeaders => "HTTP/1.1 200 OK\r\ncontent-le".to_owned(),
        Fault::CutInBody => format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{{\"id\""),
        Fault::CutInChunk => {
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"id\"".to_owned()
        }
        Fault::Garbage => "\u{1}\u{16}SSH-2.0-nothing of ours\r\n\r\n".to_owned(),
        Fault::HugeHeader => answer(200, &format!("x-huge: {}\r\n", "x".repeat(1_000_000)), FINE),
        Fault::Endless => {
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
        Fault::TooShortLength => {
            format!("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{FINE}")
        }
        Fault::TooLongLength => {
            let half = format!("HTTP/1.1 200 OK\r\ncontent-length: 4096\r\n\r\n{FINE}");
            stream.write_all(half.as_bytes()).await.ok()?;
            return wait().await;
        }
        Fault::Redirect => answer(307, "location: http://localhost:9/planted\r\n", ""),
        Fault::Answer(status, header, body) => answer(status, header, body),
        Fault::Echo(status) => {
            let error = serde_json::json!({"error": {"message": request, "code": 1}});
            answer(status, "", &error.to_string())
        }
    };
    stream.write_all(answer.as_bytes()).await.ok()
}

/// Longer than any test of a client takes.
async fn wait() -> Option<()> {
    tokio::time::sleep(Duration::from_secs(600)).await;
    None
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// One request, with its body.
async fn request(stream: &mut TcpStream) -> Option<String> {
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
