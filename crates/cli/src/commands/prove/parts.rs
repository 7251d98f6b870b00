//! A score of more rows than one proof holds, proven part by part.
//!
//! What is made on the way lies in a folder beside the proof: the secret of the salts, for its owner
//! alone, and the proof of every part that is done. A run that is killed goes on from there; when the
//! proof is whole the folder goes away.

use super::{accuracy::refusal, cancelled};
use crate::{
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    inputs, interrupt,
    output::{Output, Progress},
    parted_file,
    proof_file::PROOF_BYTES_MAX,
};
use assay_model::{Graph, Model};
use assay_statements::accuracy::parts::{self, Proving, Secret};
use assay_statements::accuracy::{ProveError, Scored, Unfit, Witness};
use assay_statements::commit::Salt;
use assay_types::statement::{Accuracy, Parted};
use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Bytes of the secret.
const SECRET_BYTES: usize = 32;

/// How many rows a part has, if the proof is to have parts.
pub(super) fn rows(statement: &Accuracy, wanted: Option<u32>) -> Result<Option<u32>> {
    if wanted.is_some() {
        return Ok(wanted);
    }
    match assay_statements::accuracy::security(statement) {
        Err(Unfit::TooLarge) => {
            let rows = parts::part_rows(statement).map_err(ProveError::from).map_err(refusal)?;
            Ok(Some(rows))
        }
        _ => Ok(None),
    }
}

/// What is needed of the program's arguments.
pub(super) struct Job<'a> {
    pub(super) whole: Accuracy,
    pub(super) part_rows: u32,
    pub(super) salt: &'a Salt,
    pub(super) table: &'a assay_model::Table,
    /// Where the proof goes.
    pub(super) proof: &'a Path,
}

/// Proves all parts, and that they add up.
pub(super) fn prove(job: Job<'_>, model: &Model, output: &Output) -> Result<Parted> {
    match model.graph() {
        Graph::DecisionTree(model) => prove_with(job, model, output),
        Graph::Forest(model) => prove_with(job, model, output),
        Graph::Network(model) => prove_with(job, model, output),
    }
}

fn prove_with<M: Scored>(job: Job<'_>, model: &M, output: &Output) -> Result<Parted> {
    let folder = Folder::open(job.proof)?;
    let witness = Witness { model, salt: job.salt, table: job.table };
    let proving = Proving::new(job.whole, job.part_rows, witness, &folder.secret()?);
    let proving = proving.map_err(refusal)?;
    let parts = proving.statement().sums.len();
    let todo: Vec<usize> = (0..parts)
        .filter(|&part| !folder.has(part, |proof| proving.is_proven(part, proof)))
        .collect();
    if todo.len() < parts {
        output.note(&format!("{} of {parts} parts are proven already", parts - todo.len()));
    }
    let pace = Pace { start: Instant::now(), todo: todo.len(), parts };
    let progress = output.progress();
    for (done, &part) in todo.iter().enumerate() {
        let told = pace.told(part, done);
        let proof = proving.part(part, seed(), &mut |phase| told_phase(&progress, &told, phase));
        let proof = proof.map_err(|error| stopped(error, &folder))?;
        files::write(&folder.part(part), &proof, Readers::All)?;
        output.note(&pace.told(part, done + 1));
    }
    let closing = proving.closing(seed(), &mut progress.proof(None));
    let closing = closing.map_err(|error| stopped(error, &folder))?;
    drop(progress);
    parted_file::write(job.proof, proving.statement(), |index| {
        if index == parts { Ok(closing.clone()) } else { folder.read(index) }
    })?;
    folder.remove()?;
    Ok(proving.statement().clone())
}

fn told_phase(progress: &Progress, told: &str, phase: &str) -> ControlFlow<()> {
    progress.phase(format!("{told}: {phase}"));
    interrupt::flow()
}

/// Why a part is not proven. What is proven already is there for the next run.
fn stopped(error: ProveError, folder: &Folder) -> Failure {
    match error {
        ProveError::Cancelled(reason) => {
            let hint = format!("the parts in {} are used by the same command", folder.0.display());
            cancelled(reason).hint(hint)
        }
        error => refusal(error),
    }
}

fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    assay_wallet::os_random(&mut seed);
    seed
}

/// How long it has taken, and so will take.
struct Pace {
    start: Instant,
    /// Parts that this run proves.
    todo: usize,
    parts: usize,
}

impl Pace {
    fn told(&self, part: usize, done: usize) -> String {
        let place = format!("part {} of {}", part + 1, self.parts);
        let Ok(done) = u32::try_from(done) else { return place };
        let each = self.start.elapsed().checked_div(done);
        let left = u32::try_from(self.todo).unwrap_or(u32::MAX).saturating_sub(done);
        let Some(left) = each.map(|each| each.saturating_mul(left)) else { return place };
        format!("{place}, {} left", spoken(left))
    }
}

fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

/// The folder beside the proof.
struct Folder(PathBuf);

impl Folder {
    fn open(proof: &Path) -> Result<Self> {
        let folder = Self(inputs::beside(proof, "parts"));
        fs::create_dir_all(&folder.0).context(format!("{} cannot be made", folder.0.display()))?;
        Ok(folder)
    }

    /// The secret, which is drawn only once.
    fn secret(&self) -> Result<Secret> {
        let path = self.0.join("secret");
        if !path.exists() {
            files::write_secret(&path, &seed())?;
        }
        let bytes = files::read(&path, SECRET_BYTES as u64)?;
        let secret = bytes.try_into().map_err(|_| {
            Failure::new(Code::Error, format!("{} is no secret", path.display()))
                .hint("remove the folder, and begin anew")
        })?;
        Ok(Secret(secret))
    }

    fn part(&self, index: usize) -> PathBuf {
        self.0.join(format!("{index:04}.part"))
    }

    fn read(&self, index: usize) -> Result<Vec<u8>> {
        files::read(&self.part(index), PROOF_BYTES_MAX as u64)
    }

    /// Whether there is a proof of the part that passes.
    fn has(&self, index: usize, is_proven: impl Fn(&[u8]) -> bool) -> bool {
        self.read(index).is_ok_and(|proof| is_proven(&proof))
    }

    fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.0).context(format!("{} cannot be removed", self.0.display()))
    }
}
