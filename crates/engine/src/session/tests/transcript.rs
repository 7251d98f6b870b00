//! What the challenges depend on: everything, in its order.

use super::Toy;
use super::staged::{Committed, cells, hear, say, started};
use crate::challenger::Challenger;
use crate::channel::{Messages, Verifier};
use crate::field::{EF, F};
use crate::session::{Circuit, challenger, converse};
use p3_blake3::Blake3;
use p3_challenger::CanObserve;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField32};

struct Talk {
    toy: Toy,
    committed: Committed,
    messages: Messages,
    drawn: Vec<EF>,
}

fn talk() -> Talk {
    let toy = Toy::new(5, 7);
    let cells = cells(&toy, 7);
    let committed = Committed::new(cells.clone(), 7);
    let start = started(&toy, &committed.commitment);
    let messages = say(&toy, &cells, start.clone(), None).messages;
    let (openings, _, drawn) = hear(&toy, Verifier::new(start, toy.layout(), &messages));
    assert!(openings.is_some());
    Talk { toy, committed, messages, drawn }
}

impl Talk {
    /// The challenges that a verifier draws which starts from `challenger` and hears `messages`, to
    /// the end or until they run out.
    fn drawn(&self, challenger: Challenger, messages: &Messages) -> Vec<EF> {
        let mut verifier = Verifier::new(challenger, self.toy.layout(), messages);
        let _ = converse(&self.toy, &mut verifier);
        verifier.drawn().to_vec()
    }

    fn started(&self) -> Challenger {
        started(&self.toy, &self.committed.commitment)
    }
}

#[test]
fn golden_transcript() {
    // Up to the opening a proof is a function of its seed; grinding comes later.
    let talk = talk();
    let text = include_str!("../../../../../vectors/engine-toy-transcript-v3.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let words = |x: &EF| {
        let coefficients: &[F] = x.as_basis_coefficients_slice();
        let words: Vec<String> =
            coefficients.iter().map(|c| c.as_canonical_u32().to_string()).collect();
        words.join(" ")
    };
    let count = talk.drawn.len();
    let challenges = talk.drawn[..4].iter().chain(&talk.drawn[count - 4..]);
    let got: Vec<String> = [format!("{count}")].into_iter().chain(challenges.map(words)).collect();
    let expected: Vec<&str> = lines.by_ref().collect();
    assert_eq!(got, expected, "number of challenges, the first four, the last four");
}

#[test]
fn every_challenge_depends_on_label_statement_and_commitment() {
    let talk = talk();
    let (toy, commitment) = (&talk.toy, talk.committed.commitment);
    let no_commitment = challenger(toy, &toy.digest());
    let mut no_statement = Challenger::from_hasher(toy.label().as_bytes().to_vec(), Blake3);
    commitment.observe(&mut no_statement);
    let mut commitment_twice = talk.started();
    commitment.observe(&mut commitment_twice);
    let mut other_commitment = challenger(toy, &toy.digest());
    Committed::new(cells(toy, 8), 8).commitment.observe(&mut other_commitment);
    let mut commitment_first = Challenger::from_hasher(toy.label().as_bytes().to_vec(), Blake3);
    commitment.observe(&mut commitment_first);
    for pair in toy.digest().chunks_exact(2) {
        commitment_first.observe(F::from_u16(u16::from_le_bytes([pair[0], pair[1]])));
    }
    let mut other_digest = toy.digest();
    other_digest[31] ^= 0x80;
    let mut other_statement = challenger(toy, &other_digest);
    commitment.observe(&mut other_statement);
    for (what, challenger) in [
        ("no commitment", no_commitment),
        ("no statement", no_statement),
        ("commitment twice", commitment_twice),
        ("other commitment", other_commitment),
        ("commitment before statement", commitment_first),
        ("other statement", other_statement),
    ] {
        let drawn = talk.drawn(challenger, &talk.messages);
        assert_eq!(drawn.len(), talk.drawn.len());
        for (i, (a, b)) in drawn.iter().zip(&talk.drawn).enumerate() {
            assert_ne!(a, b, "{what}: challenge {i}");
        }
    }
}

/// Changing a message changes all challenges drawn after it was received, and none before.
#[test]
fn every_scalar_is_absorbed_before_the_next_challenge() {
    let talk = talk();
    let (hidden, clear) = (talk.messages.hidden.len(), talk.messages.clear.len());
    for i in 0..hidden + clear {
        let (mut cut, mut changed) = (talk.messages.clone(), talk.messages.clone());
        if i < hidden {
            cut.hidden.truncate(i);
            changed.hidden[i] += EF::ONE;
        } else {
            cut.clear.truncate(i - hidden);
            changed.clear[i - hidden] += EF::ONE;
        }
        let before = talk.drawn(talk.started(), &cut).len();
        assert!(before < talk.drawn.len(), "scalar {i} comes before the last challenge");
        let drawn = talk.drawn(talk.started(), &changed);
        assert_eq!(drawn.len(), talk.drawn.len());
        assert_eq!(drawn[..before], talk.drawn[..before], "scalar {i}");
        for (at, (a, b)) in drawn.iter().zip(&talk.drawn).enumerate().skip(before) {
            assert_ne!(a, b, "scalar {i}, challenge {at}");
        }
    }
}

#[test]
fn exchanged_scalars_change_the_challenges() {
    let talk = talk();
    for i in 1..talk.messages.hidden.len() {
        let mut swapped = talk.messages.clone();
        swapped.hidden.swap(i - 1, i);
        assert_ne!(talk.drawn(talk.started(), &swapped), talk.drawn, "hidden {i}");
    }
    for i in 1..talk.messages.clear.len() {
        let mut swapped = talk.messages.clone();
        swapped.clear.swap(i - 1, i);
        assert_ne!(talk.drawn(talk.started(), &swapped), talk.drawn, "clear {i}");
    }
}
