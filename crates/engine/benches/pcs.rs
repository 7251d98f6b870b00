//! Time and size of commitments and openings: `cargo bench -p assay-engine --bench pcs -- [MAX]
//! [MIN]`.
//!
//! Prints wall milliseconds, the best of three runs after a warm one, on one and on two threads.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::Instant;

use assay_engine::challenger::Challenger;
use assay_engine::field::{EF, F};
use assay_engine::pcs::{Opening, Params, commit, open, verify};
use p3_blake3::Blake3;
use p3_multilinear_util::point::Point;
use p3_multilinear_util::poly::Poly;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

#[derive(Clone, Copy)]
struct Times {
    commit: f64,
    open: f64,
    verify: f64,
    bytes: usize,
}

fn run(cells: &[F], points: &[Vec<EF>], values: &[EF]) -> Times {
    let (own, num_vars) = (cells.to_vec(), cells.len().ilog2() as usize);
    let challenger = Challenger::from_hasher(b"bench".to_vec(), Blake3);
    let params = Params::new(num_vars).expect("a supported size");
    let start = Instant::now();
    let (commitment, secret) = commit(&params, own, &[1; 32]).expect("as many cells");
    let commit = millis(start);

    let mut prover = challenger.clone();
    commitment.observe(&mut prover);
    let start = Instant::now();
    let opening = open(secret, points, &mut prover);
    let open = millis(start);

    let bytes = opening.to_bytes();
    let mut verifier = challenger;
    commitment.observe(&mut verifier);
    let start = Instant::now();
    let opening = Opening::from_bytes(&params, points.len(), &bytes).expect("an honest opening");
    verify(&params, &commitment, points, values, &opening, &mut verifier)
        .expect("an honest opening");
    Times { commit, open, verify: millis(start), bytes: bytes.len() }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn main() {
    let mut sizes = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let (max, min) = (sizes.next().unwrap_or(22), sizes.next().unwrap_or(16));
    println!("variables  threads  commit ms  open ms  verify ms  bytes");
    for num_vars in min..=max {
        let mut rng = StdRng::seed_from_u64(1);
        let poly = Poly::new((0..1 << num_vars).map(|_| rng.random::<F>()).collect::<Vec<_>>());
        let points: Vec<Vec<EF>> =
            (0..2).map(|_| (0..num_vars).map(|_| rng.random()).collect()).collect();
        let values: Vec<EF> =
            points.iter().map(|p| poly.eval_base(&Point::new(p.clone()))).collect();
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.expect("threads can be started");
            let once = || pool.install(|| run(poly.as_slice(), &points, &values));
            once();
            let runs = [once(), once(), once()];
            let best = |of: fn(&Times) -> f64| runs.iter().map(of).fold(f64::INFINITY, f64::min);
            println!(
                "{num_vars:9}  {threads:7}  {:9.1}  {:7.1}  {:9.1}  {:5}",
                best(|t| t.commit),
                best(|t| t.open),
                best(|t| t.verify),
                runs[0].bytes
            );
        }
    }
}
