//! The page: what `web/dist` holds, carried by the program.
//!
//! It is built by npm and committed, so that a program is built without npm; `cargo xtask ci` builds it anew and
//! compares (note 0024). Nothing in it comes from elsewhere, and no script stands between its lines: the policy
//! below lets a browser run nothing else.

use super::answer::named;
use assay_codec::{Digest, to_hex};
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// What a browser may load and do for the page. The last word of `script-src` lets it compile WebAssembly, and evaluate nothing.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// A file of the page.
struct Asset {
    path: &'static str,
    media: &'static str,
    bytes: &'static [u8],
}

/// Includes a file of `web/dist`.
macro_rules! dist {
    ($path:literal, $name:literal, $media:literal) => {
        Asset {
            path: $path,
            media: $media,
            bytes: include_bytes!(concat!("../../../../web/dist/", $name)),
        }
    };
}

/// Number of files.
const COUNT: usize = 6;

static ASSETS: [Asset; COUNT] = [
    dist!("/", "index.html", "text/html; charset=utf-8"),
    dist!("/app.js", "app.js", "text/javascript; charset=utf-8"),
    dist!("/app.css", "app.css", "text/css; charset=utf-8"),
    dist!("/icon.svg", "icon.svg", "image/svg+xml"),
    dist!("/verifier.js", "verifier.js", "text/javascript; charset=utf-8"),
    VERIFIER,
];

/// The verifier for browsers. Empty where the program was built without it (`build.rs`, note 0030): then a page that asks whether it is
/// there is told so, by a status that is no error to its console.
const VERIFIER: Asset = Asset {
    path: "/verifier.wasm",
    media: "application/wasm",
    bytes: include_bytes!(concat!(env!("OUT_DIR"), "/verifier.wasm")),
};

/// The name of each file's content.
static TAGS: LazyLock<[String; COUNT]> = LazyLock::new(|| {
    std::array::from_fn(|at| {
        let bytes = ASSETS.get(at).map_or(&[][..], |asset| asset.bytes);
        format!("\"{}\"", &to_hex(&Digest::of_bytes("assay/page/1", bytes).0)[2..34])
    })
});

/// The routes of the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().zip(TAGS.iter()).fold(Router::new(), |router, (asset, tag)| {
        router.route(
            asset.path,
            get(move |asked: HeaderMap| async move { serve(asset, tag, &asked) }),
        )
    })
}

/// A browser asks each time, and is told that it has the file already: names do not change when contents do.
fn serve(asset: &'static Asset, tag: &'static str, asked: &HeaderMap) -> Response {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::ETAG, named(tag)),
        (header::CACHE_CONTROL, named("no-cache")),
        (header::CONTENT_SECURITY_POLICY, named(POLICY)),
        (header::REFERRER_POLICY, named("no-referrer")),
        (HeaderName::from_static("cross-origin-opener-policy"), named("same-origin")),
    ];
    let known = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| {
        tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*")
    });
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if asset.bytes.is_empty() {
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, asset.media)], asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::{ASSETS, Asset, POLICY, VERIFIER, serve};
    use axum::http::{HeaderMap, StatusCode};

    #[test]
    fn a_page_is_told_whether_there_is_a_verifier() {
        static THERE: Asset = Asset { bytes: b"\0asm", ..VERIFIER };
        static NOT: Asset = Asset { bytes: b"", ..VERIFIER };
        let asked = HeaderMap::new();
        assert_eq!(serve(&THERE, "\"a\"", &asked).status(), StatusCode::OK);
        assert_eq!(serve(&NOT, "\"b\"", &asked).status(), StatusCode::NO_CONTENT);
    }

    #[test]
    fn the_page_has_no_script_of_its_own_lines_and_names_no_other_host() {
        for asset in &ASSETS {
            let Ok(text) = std::str::from_utf8(asset.bytes) else {
                assert_eq!(asset.media, "application/wasm");
                continue;
            };
            if asset.path == "/" {
                for inline in ["<style", " style=", " onclick=", " onload="] {
                    assert!(!text.contains(inline), "{inline}");
                }
                assert_eq!(text.matches("<script").count(), 1);
                assert!(
                    text.contains("<script type=\"module\" crossorigin src=\"/app.js\">"),
                    "{text}"
                );
            }
            if asset.path.ends_with(".css") || asset.path == "/" {
                assert!(!text.contains("http://") && !text.contains("https://"), "{}", asset.path);
            }
        }
        assert_eq!(POLICY.replace("'wasm-unsafe-eval'", "").matches("unsafe").count(), 0);
    }

    #[test]
    fn the_page_is_small() {
        let page = ASSETS.iter().filter(|asset| asset.path != VERIFIER.path);
        let bytes: usize = page.map(|asset| asset.bytes.len()).sum();
        assert!(bytes < 400_000, "{bytes}");
        assert!(VERIFIER.bytes.len() < 2_000_000, "a browser waits for it");
    }
}
