//! Why something is no program.

/// A rule that a program breaks, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{rule}", .node.map(|node| format!("node {node}: ")).unwrap_or_default())]
pub struct Fault {
    /// The first node that breaks it; none if it concerns the program as a whole.
    pub node: Option<usize>,
    /// What is broken.
    pub rule: Rule,
}

macro_rules! rules {
    ($($name:ident = $text:literal,)*) => {
        /// The rules of programs, in order of precedence within a node.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $text] $name,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Says what the rule demands.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

rules! {
    Axis = "an axis has between 1 and 2^14 cells",
    TensorSize = "a tensor has at most 2^22 cells",
    Features = "a network reads at most as many features as a schema names",
    ScaleCount = "there is one input scale, or one per channel, or one per feature",
    Multiplier = "an input multiplier is below 2^31",
    InputShift = "an input shift lies between -126 and 160",
    InputRange = "the least input is not above the greatest",
    NodeCount = "a program has between 1 and 1024 nodes",
    MapCount = "a program has at most 64 maps",
    ClampOrder = "the lower bound of a clamp is not above the upper one",
    TablesSize = "the tables of a program have at most 2^20 entries in all",
    WindowSizes = "the windows of a program have at most 2^20 taps in terms and outputs in maxima",
    TermCount = "a unit has between 1 and 64 terms",
    Shift = "a shift is at most 24",
    QuotientBits = "a quotient has between 2 and 16 bits",
    SumBits = "quotient and shift have at most 30 bits together",
    MapIndex = "a unit names a map of the program",
    TableLength = "a table has one entry for each quotient",
    From = "a node reads earlier tensors",
    WindowNumbers = "the numbers of a window lie between 1 and 2^14, its offset within 2^30",
    WindowOutputs = "a window has as many outputs as the shape",
    NoInput = "a window of a term reads at least one input",
    EmptyMaximum = "each output of a maximum reads at least one input",
    MaxChannels = "a maximum has the channels of its source",
    Factor = "a factor is a centred number of the field and not 0",
    Groups = "the groups of a term divide its channels on both sides",
    Outputs = "a term with parameters has the channels of its unit",
    ProductShape = "both sides of a product have the shape of the unit",
    TraceSize = "the tensors have at most 2^24 cells in all",
    Work = "at most 2^34 multiplications are made for a row",
    BlockCount = "the parameters consist of at most 2^16 tensors",
    ParameterCount = "a network has at most 2^25 cells of parameters",
    Answer = "the last tensor has one place, and a channel for each of at most 1024 classes",
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}
