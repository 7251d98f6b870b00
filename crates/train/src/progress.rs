//! How far training has come.

/// Units that are done, of all that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is done.
    pub done: u64,
    /// All there is to do, above 0.
    pub total: u64,
}

/// Is told how far training has come, from any thread, and changes nothing.
pub type Watch<'a> = &'a (dyn Fn(Progress) + Sync);
