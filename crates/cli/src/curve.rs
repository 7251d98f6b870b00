//! Price curves, as an argument.

use assay_types::{Amount, Shape, Step};

/// How to write one.
const FORM: &str = "write constant:PRICE, linear:BASE:SLOPE, exponential:BASE:MILLIONTHS or \
table:0=PRICE,SALES=PRICE,…";

/// Reads the shape of a curve. Whether it is one, [`assay_types::Curve::new`] looks.
pub(crate) fn shape(text: &str) -> Result<Shape, &'static str> {
    let (kind, rest) = text.split_once(':').ok_or(FORM)?;
    match kind {
        "constant" => Ok(Shape::Constant { price: amount(rest)? }),
        "linear" => {
            let (base, slope) = rest.split_once(':').ok_or(FORM)?;
            Ok(Shape::Linear { base: amount(base)?, slope: amount(slope)? })
        }
        "exponential" => {
            let (base, growth) = rest.split_once(':').ok_or(FORM)?;
            let growth_ppm = growth.parse().map_err(|_| FORM)?;
            Ok(Shape::Exponential { base: amount(base)?, growth_ppm })
        }
        "table" => rest.split(',').map(step).collect::<Result<_, _>>().map(Shape::Table),
        _ => Err(FORM),
    }
}

fn step(text: &str) -> Result<Step, &'static str> {
    let (from, price) = text.split_once('=').ok_or(FORM)?;
    Ok(Step { from: from.parse().map_err(|_| FORM)?, price: amount(price)? })
}

/// Reads an amount of money, in base units.
pub(crate) fn amount(text: &str) -> Result<Amount, &'static str> {
    text.parse().map(Amount::new).map_err(|_| "an amount of money is a whole number")
}

#[cfg(test)]
mod tests {
    use super::shape;
    use assay_types::{Amount, Shape, Step};

    #[test]
    fn reads_each_shape() {
        let money = Amount::new;
        assert_eq!(shape("constant:7"), Ok(Shape::Constant { price: money(7) }));
        let linear = Shape::Linear { base: money(7), slope: money(2) };
        assert_eq!(shape("linear:7:2"), Ok(linear));
        let exponential = Shape::Exponential { base: money(7), growth_ppm: 100_000 };
        assert_eq!(shape("exponential:7:100000"), Ok(exponential));
        let steps = [(0, 7), (5, 9)].map(|(from, price)| Step { from, price: money(price) });
        assert_eq!(shape("table:0=7,5=9"), Ok(Shape::Table(steps.to_vec())));
    }

    #[test]
    fn rejects_what_is_no_shape() {
        for text in [
            "",
            "7",
            "constant",
            "constant:",
            "constant:-1",
            "linear:7",
            "cubic:1",
            "table:",
            "table:0",
            "table:0=7,",
            "exponential:7:1.1",
            "constant:1e3",
            "linear:7:2:1",
        ] {
            assert!(shape(text).is_err(), "{text}");
        }
    }
}
