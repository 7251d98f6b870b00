//! What the demo tells, on stderr, and how long everything took.

use super::deliver::Report;
use super::sale::Sale;
use crate::failure::Result;
use crate::output::{Output, Progress};
use assay_agent::{Act, Market as _, Placed, Step, phase};
use assay_model::Architecture;
use assay_types::statement::Score;
use assay_types::{Amount, DatasetId};
use std::path::Path;
use std::time::{Duration, Instant};

/// The teller.
#[derive(Debug)]
pub(super) struct Story<'a> {
    output: &'a Output,
    dir: &'a Path,
    start: Instant,
    number: u32,
    /// Phases of the parties' work, with their lengths.
    phases: Vec<(&'static str, Duration)>,
}

/// The phases that a party names itself; the rest are parts of them.
const OWN: [&str; 6] = [
    phase::TRAINING,
    phase::SCORE,
    phase::DELIVERY,
    phase::HANDING_IN,
    phase::VERIFYING,
    phase::DECRYPTING,
];

impl<'a> Story<'a> {
    pub(super) fn new(output: &'a Output, dir: &'a Path) -> Self {
        Self { output, dir, start: Instant::now(), number: 0, phases: Vec::new() }
    }

    /// The folder of the demo.
    pub(super) fn dir(&self) -> &Path {
        self.dir
    }

    /// Milliseconds since the demo began.
    pub(super) fn total_ms(&self) -> u64 {
        millis(self.start.elapsed())
    }

    /// Milliseconds of a phase; `None` if it was done before this program was started.
    pub(super) fn phase_ms(&self, name: &str) -> Option<u64> {
        let all = self.phases.iter().filter(|(got, _)| *got == name).map(|(_, time)| *time);
        all.reduce(|sum, time| sum + time).map(millis)
    }

    /// Shows and times what a party does.
    pub(super) fn watch<T>(
        &mut self,
        who: &'static str,
        act: impl FnOnce(&mut dyn FnMut(&'static str)) -> T,
    ) -> T {
        let progress: Progress = self.output.progress();
        let mut marks: Vec<(&'static str, Instant)> = Vec::new();
        let done = act(&mut |name| {
            progress.phase(format!("{who}: {name}"));
            if OWN.contains(&name) {
                marks.push((name, Instant::now()));
            }
        });
        let ends = marks.iter().skip(1).map(|(_, start)| *start).chain([Instant::now()]);
        self.phases
            .extend(marks.iter().zip(ends).map(|((name, start), end)| (*name, end - *start)));
        done
    }

    fn tell(&self, text: impl AsRef<str>) {
        self.output.note(text.as_ref());
    }

    fn heading(&mut self, title: &str) {
        self.number += 1;
        self.tell(format!("\n{}. {title}", self.number));
    }

    fn took(&self, name: &str) -> String {
        self.phase_ms(name).map_or_else(String::new, |ms| format!(" ({ms} ms)"))
    }

    pub(super) fn begin(&self, sale: &Sale, is_resumed: bool) -> Result<()> {
        let Sale { data, owner, buyer, node, .. } = sale;
        let dir = self.dir.display();
        self.tell(format!("A sale of a model, on the table \"{}\".", data.title));
        if is_resumed {
            self.tell(format!(
                "An interrupted one is in {dir}; it goes on at height {}.",
                node.height()?
            ));
        }
        self.tell(format!(
            "   node    {dir}/ledger  one validator, whose signature makes blocks final"
        ));
        self.tell(format!("   page    {}  while this runs; --serve keeps it open", sale.page()));
        let money = |of| sale.balance(of).map(amount);
        self.tell(format!(
            "   owner   {dir}/owner   {}, {}",
            owner.address(),
            money(owner.address())?
        ));
        self.tell(format!(
            "   buyer   {dir}/buyer   {}, {}",
            buyer.address(),
            money(buyer.address())?
        ));
        self.tell("   Each has a wallet of its own. Its password lies beside it, which is for a demo only.");
        Ok(())
    }

    pub(super) fn listed(&mut self, sale: &Sale, dataset: &DatasetId) -> Result<()> {
        self.heading("The owner lists its table");
        let schema = sale.train.schema();
        self.tell(format!(
            "   {} rows, {} features, {} classes. Public: names of columns and classes, terms, a salted",
            sale.train.rows(),
            schema.features().len(),
            schema.classes().len()
        ));
        self.tell("   hash of the rows. Secret: the rows. They never leave the owner's folder.");
        let price = amount(sale.price(dataset)?);
        self.tell(format!("   The next model costs {price}, each sale makes it 10 % dearer."));
        Ok(())
    }

    pub(super) fn ordered(&mut self, sale: &Sale, placed: &Placed) -> Result<()> {
        self.heading("The buyer orders a model, and pays in advance");
        let (num, den) = sale.asked.threshold;
        let rows = sale.test.rows();
        self.tell(format!("   Trained as: {}", sale.asked.algorithm));
        self.tell(format!(
            "   Wanted: {num}/{den} of {rows} test rows right. Public: their number and a salted hash."
        ));
        for warning in &placed.warnings {
            self.tell(format!("   warning: {warning}"));
        }
        let (price, fee) = sale.prices(&placed.job)?;
        self.tell(format!(
            "   In escrow: {} for the model, {} for the test. Job {}",
            amount(price),
            amount(fee),
            placed.job
        ));
        Ok(())
    }

    /// Tells what a party did.
    pub(super) fn step(&mut self, sale: &Sale, step: &Step) -> Result<()> {
        let Step::Did(act) = step else { return Ok(()) };
        match act {
            Act::Committed { model, architecture, .. } => {
                self.heading("The owner trains and commits");
                self.tell(format!(
                    "   Trained on its own machine{}. Public: a salted commitment{}.",
                    self.took(phase::TRAINING),
                    declared(architecture)
                ));
                self.tell(format!("   {model}"));
                let secret = sale.asked.secret();
                self.tell(format!("   Secret: {secret}. Training data: the owner's claim."));
            }
            Act::TestOpened { .. } => {
                self.heading("The buyer shows its test set, now that the model is fixed");
                self.tell(format!(
                    "   {} rows; none of them is among the owner's.",
                    sale.test.rows()
                ));
            }
            Act::Passed { score, accuracy_bytes, delivery_bytes, ciphertext_bytes, .. } => {
                let bytes = [*accuracy_bytes, *delivery_bytes, *ciphertext_bytes];
                self.passed(sale, *score, bytes);
            }
            Act::Checked { .. } => {
                self.tell(format!(
                    "   The buyer has verified both proofs itself{}.",
                    self.took(phase::VERIFYING)
                ));
            }
            Act::Revealed { .. } => {
                self.heading("The owner reveals the key, and is paid in the same block");
                self.tell("   Useless to all but the buyer: the cipher's key is made of it and the buyer's secret.");
            }
            Act::Received { .. } => self.received(sale)?,
            Act::Failed { tx, code, .. } => {
                self.tell(format!("   warning: transaction {tx} failed under rule {code}"));
            }
            act => self.other(act),
        }
        Ok(())
    }

    fn passed(&mut self, sale: &Sale, score: Score, [accuracy, delivery, ciphertext]: [usize; 3]) {
        self.heading("The owner proves, and delivers encrypted");
        let what = match score {
            Score::AtLeast(count) => format!("at least {count} test rows are right"),
            Score::Exactly(count) => format!("exactly {count} test rows are right"),
            Score::Fewer(count) => format!("fewer than {count} test rows are right"),
            Score::Class(_) | Score::Top(_) => "another figure".to_owned(),
        };
        self.tell(format!("   Proven in zero knowledge: {what}.{}", self.took(phase::SCORE)));
        self.tell(format!(
            "   Proven: the ciphertext holds that very model.{}",
            self.took(phase::DELIVERY)
        ));
        self.tell(format!(
            "   {} + {} of proofs, {} of ciphertext. The ledger verified both{}.",
            kib(accuracy),
            kib(delivery),
            kib(ciphertext),
            self.took(phase::HANDING_IN)
        ));
        let secret = sale.asked.secret();
        self.tell(format!("   Secret: {secret}, single answers, the exact score, the key."));
    }

    fn received(&mut self, sale: &Sale) -> Result<()> {
        self.heading("The buyer decrypts");
        self.tell(format!(
            "   The model opens the commitment that was scored{}. It is the buyer's now, with its salt.",
            self.took(phase::DECRYPTING)
        ));
        self.tell(format!(
            "   Owner {}, buyer {}, burned {} units.",
            amount(sale.balance(sale.owner.address())?),
            amount(sale.balance(sale.buyer.address())?),
            sale.burned()?
        ));
        Ok(())
    }

    fn other(&self, act: &Act) {
        match act {
            Act::Declined { reason, .. } => self.tell(format!("   The owner declines: {reason}.")),
            Act::Missed { .. } => self.tell("   The owner proves that the threshold is missed."),
            Act::Conceded { .. } => self.tell("   The owner gives up."),
            _ => {}
        }
    }

    /// Says that the market stays open.
    pub(super) fn open(&self, sale: &Sale) {
        self.tell(format!("The market is open: {}  (Ctrl-C ends it)", sale.page()));
    }

    pub(super) fn end(&mut self, report: &Report) {
        self.heading("What remains");
        let dir = self.dir.display();
        for (name, what) in super::deliver::files(self.dir) {
            self.tell(format!("   {dir}/{name:14} {what}"));
        }
        self.tell(format!(
            "   Receipt and proof were verified offline once more ({} ms). {} ms in all.",
            report.verify_ms,
            self.total_ms()
        ));
        self.tell("\nTry next:");
        self.tell(format!("   assay receipt verify {dir}/receipt.json"));
        self.tell(format!(
            "   assay receipt verify {dir}/receipt.json --proof {dir}/accuracy.proof --data {dir}/test.csv"
        ));
        self.tell(format!("   assay verify {dir}/accuracy.proof --data {dir}/test.csv"));
        self.tell(format!(
            "   assay verify {dir}/delivery.proof --ciphertext {dir}/ciphertext.bin"
        ));
        self.tell(format!("   assay model inspect {dir}/model.assay"));
        self.tell(format!("   assay ledger show --dir {dir}"));
        self.tell(format!(
            "   assay node run --dir {dir}   (a page at the address that it prints)\n"
        ));
    }
}

fn declared(architecture: &Architecture) -> String {
    match architecture {
        Architecture::DecisionTree(bounds) => {
            format!(" and bounds (depth {}, {} slots)", bounds.depth(), bounds.slots())
        }
        Architecture::Forest(bounds) => {
            let (trees, depth, slots) = (bounds.trees(), bounds.depth(), bounds.slots());
            format!(" and bounds ({trees} trees, depth {depth}, {slots} slots)")
        }
        Architecture::Network(program) => {
            let weights = program.parameter_layout().parameters();
            let layers = program.nodes().len();
            format!(" and the program ({layers} layers, {weights} weights, scales of the features)")
        }
        _ => String::new(),
    }
}

fn amount(amount: Amount) -> String {
    format!("{amount} units")
}

fn kib(bytes: usize) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
