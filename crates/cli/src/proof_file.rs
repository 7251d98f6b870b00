//! A proof with its statement, in one file.
//!
//! `MAGIC ‖ version: u16 ‖ statement (u8 tag and body) ‖ length: u32 ‖ proof`, in the canonical
//! encoding. Tag 3 is a proof in parts, which is read otherwise ([`crate::parted_file`]). Public answers, a class index or a number for each row, stand behind the statement that names them. The file says what it claims to prove; the verifier compares that with what it was asked.

use crate::told::Answer;
use assay_codec::{Decode, Encode, Error, Reader, put_bytes};
use assay_model::ROWS_MAX;
use assay_types::{
    StatementDigest,
    statement::{Accuracy, Answered, Context, Delivery, Estimate, Inference, Privacy, Regression},
};

/// The first bytes of a proof file.
pub(crate) const MAGIC: [u8; 8] = *b"\x89ASSAYP\n";
/// The version of the format.
pub(crate) const VERSION: u16 = 1;
/// Most bytes of a proof.
pub(crate) const PROOF_BYTES_MAX: usize = 1 << 26;
/// Most bytes of a file.
pub(crate) const FILE_BYTES_MAX: u64 = (PROOF_BYTES_MAX + 4 * ROWS_MAX + (1 << 20)) as u64;

/// What a proof asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// A score on public rows.
    Accuracy(Accuracy),
    /// The contents of a ciphertext.
    Delivery(Delivery),
    /// Which classes a model answers with, and they themselves if they are public.
    Inference(Inference, Vec<u16>),
    /// Which numbers, likewise.
    Estimate(Estimate, Vec<i32>),
    /// How far numbers are from the targets of public rows.
    Regression(Regression),
}

impl Statement {
    /// Where the proof counts.
    pub(crate) fn context(&self) -> &Context {
        match self {
            Self::Accuracy(statement) => &statement.context,
            Self::Delivery(statement) => &statement.context,
            Self::Inference(statement, _) => &statement.context,
            Self::Estimate(statement, _) => &statement.context,
            Self::Regression(statement) => &statement.context,
        }
    }

    /// Names the statement.
    pub(crate) fn digest(&self) -> StatementDigest {
        match self {
            Self::Accuracy(statement) => statement.digest(),
            Self::Delivery(statement) => statement.digest(),
            Self::Inference(statement, _) => statement.digest(),
            Self::Estimate(statement, _) => statement.digest(),
            Self::Regression(statement) => statement.digest(),
        }
    }
}

/// A statement and its proof; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProofFile {
    pub(crate) statement: Statement,
    pub(crate) proof: Vec<u8>,
}

impl Encode for ProofFile {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        match &self.statement {
            Statement::Accuracy(statement) => {
                0_u8.encode(out);
                statement.encode(out);
            }
            Statement::Delivery(statement) => {
                1_u8.encode(out);
                statement.encode(out);
            }
            Statement::Inference(statement, answers) => {
                2_u8.encode(out);
                put_answered(statement, answers, out);
            }
            Statement::Estimate(statement, numbers) => {
                5_u8.encode(out);
                put_answered(statement, numbers, out);
            }
            Statement::Regression(statement) => {
                // Tag 3 is that of proofs in parts.
                4_u8.encode(out);
                statement.encode(out);
            }
        }
        put_bytes(out, &self.proof);
    }
}

impl Decode for ProofFile {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array::<8>()? != MAGIC {
            return Err(Error::Invalid("not a proof file"));
        }
        if u16::decode(from)? != VERSION {
            return Err(Error::Invalid("a proof file of another version"));
        }
        let statement = match u8::decode(from)? {
            0 => Statement::Accuracy(Accuracy::decode(from)?),
            1 => Statement::Delivery(Delivery::decode(from)?),
            2 => {
                let (statement, classes) = take_answered(from)?;
                Statement::Inference(statement, classes)
            }
            4 => Statement::Regression(Regression::decode(from)?),
            5 => {
                let (statement, numbers) = take_answered(from)?;
                Statement::Estimate(statement, numbers)
            }
            got => return Err(Error::Tag { what: "statement", got }),
        };
        Ok(Self { statement, proof: from.bytes(PROOF_BYTES_MAX)? })
    }
}

/// A statement, and the answers behind it if they are public.
fn put_answered<A: Encode, S: Encode, T: Answer>(
    statement: &Answered<A, S>,
    answers: &[T],
    out: &mut Vec<u8>,
) {
    statement.encode(out);
    if statement.output.privacy() == Privacy::Public {
        T::put(answers, out);
    }
}

fn take_answered<A: Decode, S: Decode, T: Answer>(
    from: &mut Reader<'_>,
) -> Result<(Answered<A, S>, Vec<T>), Error> {
    let statement = Answered::<A, S>::decode(from)?;
    let is_public = statement.output.privacy() == Privacy::Public;
    let answers = if is_public { T::take(from)? } else { Vec::new() };
    Ok((statement, answers))
}

#[cfg(test)]
mod tests {
    use super::{ProofFile, Statement};
    use assay_codec::{Digest, from_bytes, to_bytes};
    use assay_model::{Architecture, Schema, ops::forest, ops::tree::Bounds, regression};
    use assay_types::{
        FieldDigest, ModelCommitment,
        statement::{
            Accuracy, Answered, Context, Delivery, ErrorMetric, ErrorScore, Inference, Modes, Part,
            Privacy, Regression, Score,
        },
    };

    /// A statement about numbers, otherwise like that about classes.
    fn errors(accuracy: &Accuracy) -> Regression {
        let bounds = forest::Bounds::new(Bounds::new(2, 1, 4, 6).unwrap(), 3, forest::Votes::All);
        let forest = Architecture::Forest(bounds.unwrap());
        let scale = regression::Scale::new(100, -5, 9000).unwrap();
        let names = (vec!["size".into(), "weight".into()], "age".into(), "years".into());
        Regression {
            context: Context::default(),
            modes: accuracy.modes,
            architecture: regression::Architecture::new(forest, regression::Reading::PLAIN)
                .unwrap(),
            schema: regression::Schema::new(names.0, names.1, names.2, scale).unwrap(),
            model: accuracy.model,
            data: Digest([10; 32]),
            rows: 100,
            score: ErrorScore {
                metric: ErrorMetric::RSquared,
                numerator: 7,
                denominator: 10,
                is_missed: true,
            },
        }
    }

    fn samples() -> [ProofFile; 7] {
        let architecture = Architecture::DecisionTree(Bounds::new(2, 2, 4, 5).unwrap());
        let field = |from: u32| FieldDigest::new(std::array::from_fn(|i| from + i as u32)).unwrap();
        let accuracy = Accuracy {
            context: Context::default(),
            modes: Modes {
                input: Privacy::Public,
                weights: Privacy::Committed,
                output: Privacy::Hidden,
            },
            architecture: architecture.clone(),
            schema: Schema::new(
                vec!["size".into(), "weight".into()],
                "kind".into(),
                vec!["fish".into(), "whale".into()],
            )
            .unwrap(),
            model: ModelCommitment(field(1)),
            data: Digest([7; 32]),
            rows: 100,
            score: Score::AtLeast(80),
        };
        let delivery = Delivery {
            context: Context::default(),
            architecture: architecture.clone(),
            model: ModelCommitment(field(1)),
            key_hash: field(11),
            secret_hash: field(21),
            ciphertext: Digest([8; 32]),
        };
        let shown = Inference {
            context: Context::default(),
            architecture,
            schema: accuracy.schema.clone(),
            input: Part::Committed(field(31)),
            model: Part::Committed(ModelCommitment(field(1))),
            output: Part::Public(Digest([9; 32])),
            rows: 3,
        };
        let numbers = errors(&accuracy);
        let Inference { context, input, model, output, rows, .. } = shown;
        let (architecture, schema) = (numbers.architecture.clone(), numbers.schema.clone());
        let estimate = Answered { context, architecture, schema, input, model, output, rows };
        let unknown = Answered { output: Part::Hidden, ..estimate.clone() };
        let unseen = Inference { output: Part::Hidden, ..shown.clone() };
        [
            ProofFile { statement: Statement::Accuracy(accuracy), proof: vec![1, 2, 3] },
            ProofFile { statement: Statement::Delivery(delivery), proof: Vec::new() },
            ProofFile { statement: Statement::Inference(shown, vec![1, 0, 1]), proof: vec![4] },
            ProofFile { statement: Statement::Inference(unseen, Vec::new()), proof: vec![4] },
            ProofFile { statement: Statement::Regression(numbers), proof: vec![5, 6] },
            ProofFile { statement: Statement::Estimate(estimate, vec![1, -9, 1]), proof: vec![7] },
            ProofFile { statement: Statement::Estimate(unknown, Vec::new()), proof: vec![7] },
        ]
    }

    #[test]
    fn files_come_back_and_nothing_shorter_or_longer_does() {
        for file in samples() {
            let bytes = to_bytes(&file);
            assert_eq!(from_bytes(&bytes), Ok(file));
            for end in 0..bytes.len() {
                assert!(from_bytes::<ProofFile>(&bytes[..end]).is_err(), "{end}");
            }
            assert!(from_bytes::<ProofFile>(&[&bytes[..], &[0]].concat()).is_err());
        }
    }

    #[test]
    fn no_byte_can_be_changed_without_notice() {
        for file in samples() {
            let bytes = to_bytes(&file);
            for place in 0..bytes.len() {
                let mut other = bytes.clone();
                other[place] ^= 1;
                assert_ne!(from_bytes(&other).as_ref(), Ok(&file), "{place}");
            }
        }
    }

    #[test]
    fn the_format_is_frozen() {
        let digests = samples().map(|file| Digest::of("golden", &file).to_string());
        assert_eq!(digests, GOLDEN);
    }

    const GOLDEN: [&str; 7] = [
        "0x1f609326c8b2998f9a84fe385de4114ac66c0bb0e6724d1909019ba16ed36d5e",
        "0xc9be645349e8a9a8d1763a855a23cd279f44aec6abf6385526609aec69cb3095",
        "0xf9d4be2e76585e40db1cc8e4e856521ac9c6912c7e7baa2abd874afbdb32c7ac",
        "0xb80447e4a2d22be21f1f606d7f3d5b13ba99387cbe854a83eb763687d71646bf",
        "0x4f6e4523f73c5d118d2adabe6fb68cec48c8756abf1b5222079145de10a2f4af",
        "0xb390e5adeb939cb859168ebe6954c4834f2e5fd7ea84234378a9f5437b9f5594",
        "0xc13da6d4d3367125c56188eb9ec010b9512965133d7400633bc662c77262efe2",
    ];
}
