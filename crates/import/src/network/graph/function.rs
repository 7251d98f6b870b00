//! Functions of one number.

/// Most functions that one is made of.
const PARTS_MAX: usize = 32;

/// A function of one number, applied to every cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// `factor·x + offset`.
    Affine {
        /// The factor.
        factor: f32,
        /// The offset.
        offset: f32,
    },
    /// `min(max(x, low), high)`; the rectifier has the bounds 0 and ∞.
    Clip {
        /// The least value.
        low: f32,
        /// The greatest value.
        high: f32,
    },
    /// `x` if it is positive, `slope·x` otherwise.
    LeakyRelu {
        /// The slope below 0.
        slope: f32,
    },
    /// `x` if it is positive, `alpha·(eˣ − 1)` otherwise.
    Elu {
        /// The limit below 0, with its sign turned.
        alpha: f32,
    },
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// The error function.
    Erf,
    /// `ln(1 + eˣ)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// `|x|`.
    Abs,
    /// `eˣ`.
    Exp,
    /// The natural logarithm.
    Log,
    /// The square root.
    Sqrt,
    /// `1 / x`.
    Reciprocal,
    /// 1 within half a unit of 0, otherwise 0.
    IsZero,
    /// One function after the other.
    Compose(Vec<Self>),
    /// The sum of two functions of the same number.
    Sum(Box<[Self; 2]>),
    /// The product of two functions of the same number.
    Product(Box<[Self; 2]>),
}

impl Function {
    /// Nothing happens.
    pub const IDENTITY: Self = Self::Affine { factor: 1.0, offset: 0.0 };
    /// The rectifier.
    pub const RELU: Self = Self::Clip { low: 0.0, high: f32::INFINITY };

    /// `x²`.
    pub fn square() -> Self {
        Self::Product(Box::new([Self::IDENTITY, Self::IDENTITY]))
    }

    /// `1 / √(x + epsilon)`.
    pub fn inverse_root(epsilon: f32) -> Self {
        let moved = Self::Affine { factor: 1.0, offset: epsilon };
        Self::Compose(vec![moved, Self::Sqrt, Self::Reciprocal])
    }

    /// `x · tanh(ln(1 + eˣ))`.
    pub fn mish() -> Self {
        let right = Self::Compose(vec![Self::Softplus, Self::Tanh]);
        Self::Product(Box::new([Self::IDENTITY, right]))
    }

    /// `gamma·x`, below 0 `gamma·alpha·(eˣ − 1)`.
    pub fn selu(alpha: f32, gamma: f32) -> Self {
        let scale = Self::Affine { factor: gamma, offset: 0.0 };
        Self::Compose(vec![Self::Elu { alpha }, scale])
    }

    /// `x`, below 0 `alpha·(e^(x / alpha) − 1)`.
    pub fn celu(alpha: f32) -> Self {
        let scale = |factor| Self::Affine { factor, offset: 0.0 };
        Self::Compose(vec![scale(1.0 / alpha), Self::Elu { alpha: 1.0 }, scale(alpha)])
    }

    /// `x · sigmoid(x)`.
    pub fn silu() -> Self {
        Self::Product(Box::new([Self::IDENTITY, Self::Sigmoid]))
    }

    /// `x · (1 + erf(x / √2)) / 2`.
    pub fn gelu() -> Self {
        let half = Self::Affine { factor: 0.5, offset: 0.5 };
        let inner = Self::Affine { factor: std::f32::consts::FRAC_1_SQRT_2, offset: 0.0 };
        let right = Self::Compose(vec![inner, Self::Erf, half]);
        Self::Product(Box::new([Self::IDENTITY, right]))
    }

    /// `x · (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2`.
    pub fn gelu_tanh() -> Self {
        let square = Self::Product(Box::new([Self::IDENTITY, Self::IDENTITY]));
        let scale = (2.0 / std::f32::consts::PI).sqrt();
        let factor = Self::Affine { factor: 0.044_715 * scale, offset: scale };
        let inner = Self::Product(Box::new([Self::IDENTITY, Self::Compose(vec![square, factor])]));
        let half = Self::Affine { factor: 0.5, offset: 0.5 };
        let right = Self::Compose(vec![inner, Self::Tanh, half]);
        Self::Product(Box::new([Self::IDENTITY, right]))
    }

    /// `clip(alpha·x + beta, 0, 1)`.
    pub fn hard_sigmoid(alpha: f32, beta: f32) -> Self {
        let line = Self::Affine { factor: alpha, offset: beta };
        Self::Compose(vec![line, Self::Clip { low: 0.0, high: 1.0 }])
    }

    /// `x · clip(x / 6 + 1/2, 0, 1)`.
    pub fn hard_swish() -> Self {
        Self::Product(Box::new([Self::IDENTITY, Self::hard_sigmoid(1.0 / 6.0, 0.5)]))
    }

    /// `other` after `self`, unless that would have too many parts.
    pub fn then(self, other: Self) -> Option<Self> {
        let is_few = self.parts() + other.parts() <= PARTS_MAX;
        let list = |function| match function {
            Self::Compose(list) => list,
            one if one == Self::IDENTITY => Vec::new(),
            one => vec![one],
        };
        is_few.then(|| Self::Compose([list(self), list(other)].concat()))
    }

    /// The sum of both, unless that would have too many parts.
    pub fn plus(self, other: Self) -> Option<Self> {
        let is_few = self.parts() + other.parts() <= PARTS_MAX;
        is_few.then(|| Self::Sum(Box::new([self, other])))
    }

    /// The product of both, unless that would have too many parts.
    pub fn times(self, other: Self) -> Option<Self> {
        let is_few = self.parts() + other.parts() <= PARTS_MAX;
        is_few.then(|| Self::Product(Box::new([self, other])))
    }

    fn parts(&self) -> usize {
        1 + match self {
            Self::Compose(list) => list.iter().map(Self::parts).sum(),
            Self::Sum(pair) | Self::Product(pair) => pair.iter().map(Self::parts).sum(),
            _ => 0,
        }
    }

    /// Whether all its parameters are numbers, bounds in order.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Affine { factor, offset } => factor.is_finite() && offset.is_finite(),
            Self::Clip { low, high } => low <= high,
            Self::LeakyRelu { slope: number } | Self::Elu { alpha: number } => number.is_finite(),
            Self::Compose(list) => list.iter().all(Self::is_sound),
            Self::Sum(pair) | Self::Product(pair) => pair.iter().all(Self::is_sound),
            _ => true,
        }
    }

    /// Whether the function is so steep somewhere, or what it gives so far apart, that it needs more
    /// steps than an activation.
    pub fn is_steep(&self) -> bool {
        match self {
            Self::Exp | Self::Log | Self::Sqrt | Self::Reciprocal | Self::IsZero => true,
            Self::Compose(list) => list.iter().any(Self::is_steep),
            Self::Sum(pair) => pair.iter().any(Self::is_steep),
            Self::Product(pair) => *self == Self::square() || pair.iter().any(Self::is_steep),
            _ => false,
        }
    }

    /// Whether a greater number never has a smaller value, so that it may change places with a maximum.
    pub fn is_monotone(&self) -> bool {
        match self {
            Self::Affine { factor, .. } => 0.0 <= *factor,
            Self::Clip { .. } | Self::Sigmoid | Self::Tanh | Self::Erf => true,
            Self::Softplus | Self::Softsign => true,
            Self::LeakyRelu { slope } => 0.0 <= *slope,
            Self::Elu { alpha } => 0.0 <= *alpha,
            Self::Compose(list) => list.iter().all(Self::is_monotone),
            Self::Sum(pair) => pair.iter().all(Self::is_monotone),
            // A quotient falls on either side of 0, and roots and logarithms end there.
            Self::Exp => true,
            Self::Sqrt | Self::Log | Self::Reciprocal => false,
            Self::Abs | Self::IsZero | Self::Product(_) => false,
        }
    }

    /// The value at `x`.
    pub fn apply(&self, x: f64) -> f64 {
        match self {
            Self::Affine { factor, offset } => f64::from(*factor) * x + f64::from(*offset),
            Self::Clip { low, high } => x.max(f64::from(*low)).min(f64::from(*high)),
            Self::LeakyRelu { slope } => {
                if x < 0.0 {
                    f64::from(*slope) * x
                } else {
                    x
                }
            }
            Self::Elu { alpha } => {
                if x < 0.0 {
                    f64::from(*alpha) * x.exp_m1()
                } else {
                    x
                }
            }
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Tanh => x.tanh(),
            Self::Erf => erf(x),
            Self::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            Self::Softsign => x / (1.0 + x.abs()),
            Self::Abs => x.abs(),
            Self::Exp => x.exp(),
            Self::Log => x.ln(),
            Self::Sqrt => x.sqrt(),
            Self::Reciprocal => x.recip(),
            Self::IsZero => f64::from(u8::from(x.abs() < 0.5)),
            Self::Compose(list) => list.iter().fold(x, |x, function| function.apply(x)),
            Self::Sum(pair) => pair[0].apply(x) + pair[1].apply(x),
            Self::Product(pair) => pair[0].apply(x) * pair[1].apply(x),
        }
    }
}

/// The error function, to about 1e-7: Abramowitz and Stegun, 7.1.26 gives 1.5e-7.
fn erf(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 5] =
        [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let sum = COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| (sum + coefficient) * t);
    (1.0 - sum * (-x * x).exp()).copysign(x)
}
