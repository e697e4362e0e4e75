//! Nothing is said to a server that cannot prove who it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rcgen::CertifiedKey;
use reqwest::{Certificate, ClientBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};
use waba::{Error, ErrorKind, RetryPolicy, graph};

use crate::server::SECRET;

/// The address of a server with a certificate for `name` of its own making, the certificate, and
/// how many requests it has read.
async fn server(name: &str) -> (String, Certificate, Arc<AtomicUsize>) {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a usable certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let read = Arc::new(AtomicUsize::new(0));
    let requests = read.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, requests) = (acceptor.clone(), requests.clone());
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                if stream.read(&mut [0; 4096]).await.ok()? > 0 {
                    requests.fetch_add(1, Ordering::SeqCst);
                }
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}";
                stream.write_all(answer).await.ok()?;
                stream.shutdown().await.ok()
            });
        }
    });
    let certificate = Certificate::from_der(cert.der()).expect("a certificate");
    (url, certificate, read)
}

async fn ask(
    url: &str,
    settings: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
) -> Result<(), Error> {
    let meta = graph::Client::builder()
        .access_token(SECRET)
        .base_url(url)
        .retry_policy(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .configure_http(settings)
        .build()?;
    let call = meta.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_no_request() {
    let (url, certificate, requests) = server("127.0.0.1").await;
    let error = ask(&url, |http| http).await.expect_err("its own word");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 3));
    assert_eq!(requests.load(Ordering::SeqCst), 0);
    // Once the caller vouches for it, the same server is good enough.
    let trusting = move |http: ClientBuilder| http.tls_certs_only([certificate.clone()]);
    ask(&url, trusting).await.expect("an answer");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_certificate_for_another_name_gets_no_request() {
    let (url, certificate, requests) = server("other.example.com").await;
    let trusting = move |http: ClientBuilder| http.tls_certs_only([certificate.clone()]);
    let error = ask(&url, trusting).await.expect_err("another name");
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}
