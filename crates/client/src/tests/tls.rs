//! Nodes behind TLS, of which one can be believed.

use super::genesis;
use crate::{Distrust, NoAuthorities, NoNode, Node, Trust};
use assay_agent::Market;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn trust(authority: &Authority) -> Trust {
    Trust::from_pem(authority.pem().as_bytes()).unwrap()
}

fn certificate(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// What a server needs to show a certificate.
fn server(authority: &Authority, certificate: &CertificateParams) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let signed = certificate.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![signed.der().clone()], key).unwrap())
}

fn secure(config: &Arc<ServerConfig>, stream: TcpStream) -> impl Read + Write + use<> {
    StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream)
}

/// Serves a genesis behind a certificate, and returns the address.
fn serve(authority: &Authority, certificate: &CertificateParams) -> String {
    let config = server(authority, certificate);
    accept("https", move |stream| reply(secure(&config, stream)))
}

fn accept(scheme: &str, answer: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    url
}

/// Answers one request with the genesis, whatever it asks; a client that has gone hears nothing.
fn reply(mut stream: impl Read + Write) {
    let mut reader = BufReader::new(&mut stream);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| 2 < read) {
        line.clear();
    }
    let body = assay_receipt::genesis_to_json(&genesis());
    let length = body.len();
    let head = format!("HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let _ = stream.write_all((head + &body).as_bytes());
    let _ = stream.flush();
}

#[track_caller]
fn refused(got: Result<Node, NoNode>, why: Distrust) {
    let error = got.unwrap_err();
    assert_eq!(error.distrust, Some(why), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains(&why.to_string()), "{source}");
}

#[test]
fn a_node_whose_authority_is_believed_is_asked() {
    let authority = authority();
    let url = serve(&authority, &certificate("127.0.0.1"));
    let node = Node::connect_by(&url, &trust(&authority)).unwrap();
    assert_eq!(node.genesis(), &genesis());
}

#[test]
fn an_authority_that_is_not_believed_counts_for_nothing() {
    let url = serve(&authority(), &certificate("127.0.0.1"));
    refused(Node::connect_by(&url, &trust(&authority())), Distrust::Authority);
    // Nor is it one of the web's.
    refused(Node::connect(&url), Distrust::Authority);
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = authority();
    for name in ["localhost", "127.0.0.2", "node.example.org"] {
        let url = serve(&authority, &certificate(name));
        refused(Node::connect_by(&url, &trust(&authority)), Distrust::Name);
    }
}

#[test]
fn a_certificate_of_another_time_is_refused() {
    let authority = authority();
    let (mut past, mut future) = (certificate("127.0.0.1"), certificate("127.0.0.1"));
    past.not_after = date_time_ymd(2001, 1, 1);
    future.not_before = date_time_ymd(4000, 1, 1);
    for certificate in [past, future] {
        let url = serve(&authority, &certificate);
        refused(Node::connect_by(&url, &trust(&authority)), Distrust::Time);
    }
}

#[test]
fn a_node_that_speaks_no_tls_is_refused() {
    let url = accept("https", |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    refused(Node::connect_by(&url, &trust(&authority())), Distrust::Plain);
}

/// Whoever asked for a secure connection is not led to another kind.
#[test]
fn no_answer_leads_away_from_tls() {
    let plain = accept("http", reply);
    let authority = authority();
    let config = server(&authority, &certificate("127.0.0.1"));
    let url = accept("https", move |stream| {
        let mut stream = secure(&config, stream);
        let head = format!("HTTP/1.1 302 x\r\nLocation: {plain}/\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(head.as_bytes());
    });
    assert!(Node::connect_by(&url, &trust(&authority)).is_err());
}

#[test]
fn a_file_without_a_certificate_names_no_authority() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    for nothing in [b"".as_slice(), b"\xff\x00", key.as_bytes()] {
        let got = Trust::from_pem(nothing);
        assert!(matches!(got, Err(NoAuthorities::Empty | NoAuthorities::Form(_))), "{got:?}");
    }
    let many = authority().pem().repeat(65);
    assert!(matches!(Trust::from_pem(many.as_bytes()), Err(NoAuthorities::Many)));
    let two = [authority().pem(), key, authority().pem()].concat();
    assert!(matches!(Trust::from_pem(two.as_bytes()), Ok(Trust::Own(two)) if two.len() == 2));
}
