//! Figures of merit of one class, as people name them.

use crate::{
    failure::{Code, Failure, Result},
    output::{printable, report},
    threshold::Threshold,
};
use assay_model::{Model, Schema, Table};
use assay_types::statement::{ClassScore, Figure};
use serde_json::{Map, Value};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Metric {
    /// The share of rows that are answered with their label
    Accuracy,
    /// Of the rows answered with a class, the share that have it; 0 if there are none
    Precision,
    /// Of the rows that have a class, the share that are answered with it
    Recall,
    /// 2·precision·recall/(precision + recall) of a class
    F1,
    /// The mean squared error of a model that answers with a number
    Mse,
    /// 1 less the mean squared error over the variance of the target
    R2,
    /// The share of rows whose label is among the k best answers
    TopK,
}

impl Metric {
    /// The figure of a class, if it is one.
    pub(crate) fn figure(self) -> Option<Figure> {
        match self {
            Self::Accuracy | Self::Mse | Self::R2 | Self::TopK => None,
            Self::Precision => Some(Figure::Precision),
            Self::Recall => Some(Figure::Recall),
            Self::F1 => Some(Figure::F1),
        }
    }
}

/// How a figure is called.
pub(crate) fn name(figure: Figure) -> &'static str {
    match figure {
        Figure::Precision => "precision",
        Figure::Recall => "recall",
        Figure::F1 => "f1",
    }
}

/// The index of a class that is named.
pub(crate) fn class(schema: &Schema, name: &str) -> Result<u16> {
    let index = schema.classes().iter().position(|class| class == name);
    index.and_then(|index| u16::try_from(index).ok()).ok_or_else(|| {
        let classes: Vec<String> = schema.classes().iter().map(|class| printable(class)).collect();
        Failure::new(Code::Usage, format!("no class is called {name}"))
            .hint(format!("the classes are {}", classes.join(", ")))
    })
}

/// The claim about the rows of a class.
pub(crate) fn claim(
    figure: Figure,
    class: u16,
    share: Threshold,
    is_missed: bool,
    table: &Table,
) -> Result<ClassScore> {
    let (numerator, denominator) = share.reduced().ok_or_else(|| {
        Failure::new(Code::Usage, "this fraction is too fine for a figure of a class")
            .hint("take one with fewer digits")
    })?;
    let positives = table.labels().iter().filter(|&&label| label == class).count();
    let positives = u32::try_from(positives)?;
    Ok(ClassScore { figure, class, positives, numerator, denominator, is_missed })
}

/// The rows of a class that are answered with it, and all that are answered with it.
pub(crate) fn counted(class: u16, model: &Model, table: &Table) -> (u64, u64) {
    let answers = (0..table.rows()).map(|row| model.exec(table.row(row)));
    let given = answers.zip(table.labels()).filter(|(answer, _)| *answer == Some(class));
    given.fold((0, 0), |(right, given), (_, &label)| (right + u64::from(label == class), given + 1))
}

/// The figure as a fraction; 0 where nothing is answered with the class.
pub(crate) fn fraction(score: &ClassScore, (right, given): (u64, u64)) -> (u64, u64) {
    let (numerator, denominator) = match score.figure {
        Figure::Precision => (right, given),
        Figure::Recall => (right, score.positives.into()),
        Figure::F1 => (2 * right, given + u64::from(score.positives)),
    };
    (numerator, denominator.max(1))
}

/// A fraction up to 1 with at most six digits behind the point, rounded down.
pub(crate) fn decimal(numerator: u64, denominator: u64) -> String {
    let millionths = numerator * 1_000_000 / denominator.max(1);
    let digits = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What is known about the figure.
pub(crate) fn report(score: &ClassScore, schema: Option<&Schema>) -> Map<String, Value> {
    let ClassScore { figure, class, positives, numerator, denominator, is_missed } = *score;
    let classes = schema.map(Schema::classes).unwrap_or_default();
    let class = classes.get(usize::from(class)).map(String::as_str);
    let share = format!("{numerator}/{denominator}");
    let short = decimal(numerator.into(), denominator.into());
    let mut entries = report! {
        "metric": name(figure),
        "class": class.unwrap_or_default(),
        "positives": positives,
    };
    entries.extend(match is_missed {
        false => report! { "at_least": share, "at_least_decimal": short },
        true => report! { "less_than": share, "less_than_decimal": short },
    });
    entries
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_are_rounded_down() {
        for (numerator, denominator, text) in
            [(9, 10, "0.9"), (1, 3, "0.333333"), (2, 3, "0.666666"), (1, 1, "1"), (0, 7, "0")]
        {
            assert_eq!(decimal(numerator, denominator), text);
        }
    }
}
