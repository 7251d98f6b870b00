//! NumPy's array file: a header in Python's notation, then the numbers.
//!
//! The shape is compared with the bytes that are there before anything is allocated: a header may
//! promise petabytes. Little-endian numbers in C order only; Python objects, which would be pickled,
//! never.

use super::Error;
use super::literal::Literal;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Most bytes of a header.
const HEADER_MAX: usize = 4096;
/// Most axes. A tree's values have three.
const AXES_MAX: usize = 4;

/// The type of an element, or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Signed integer of so many bytes.
    Int(usize),
    /// Unsigned integer of so many bytes.
    Uint(usize),
    /// One byte, 0 or 1.
    Bool,
    /// 32-bit float.
    Single,
    /// 64-bit float.
    Double,
    /// So many characters of four bytes each.
    Text(usize),
    /// Bytes without meaning.
    Padding(usize),
    /// Parts by name.
    Record(Vec<(String, Self)>),
}

impl Kind {
    /// Bytes of an element; small, since every part of a header is.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Int(size) | Self::Uint(size) | Self::Padding(size) => *size,
            Self::Bool => 1,
            Self::Single => 4,
            Self::Double => 8,
            Self::Text(chars) => 4 * chars,
            Self::Record(parts) => parts.iter().map(|(_, kind)| kind.size()).sum(),
        }
    }

    fn of(array: &str, literal: &Literal) -> Result<Self, Error> {
        let text = match literal {
            Literal::Text(text) => text,
            Literal::Sequence(parts) => {
                let part = |part: &Literal| match part {
                    Literal::Sequence(pair) => match pair.as_slice() {
                        [Literal::Text(name), kind @ Literal::Text(_)] => {
                            Ok((name.clone(), Self::of(array, kind)?))
                        }
                        _ => Err(header(array)),
                    },
                    _ => Err(header(array)),
                };
                return parts.iter().map(part).collect::<Result<_, _>>().map(Self::Record);
            }
            _ => return Err(header(array)),
        };
        let length = |text: &str| text.parse::<u16>().ok().map(usize::from);
        let kind = match text.as_str() {
            "<i2" | "<i4" | "<i8" | "|i1" => length(&text[2..]).map(Self::Int),
            "<u2" | "<u4" | "<u8" | "|u1" => length(&text[2..]).map(Self::Uint),
            "|b1" => Some(Self::Bool),
            "<f4" => Some(Self::Single),
            "<f8" => Some(Self::Double),
            "|O" => return Err(Error::PickledArray { array: array.to_owned() }),
            other => match other.split_at_checked(2) {
                Some(("<U", chars)) => length(chars).map(Self::Text),
                Some(("|V", bytes)) => length(bytes).map(Self::Padding),
                _ => None,
            },
        };
        kind.ok_or_else(|| Error::Type {
            array: array.to_owned(),
            got: super::zip::beginning(text),
        })
    }
}

fn header(array: &str) -> Error {
    Error::Header { array: array.to_owned() }
}

/// An array whose shape fits its bytes.
#[derive(Debug)]
pub(super) struct Array {
    name: String,
    pub(super) kind: Kind,
    pub(super) shape: Vec<usize>,
    /// Whether the first index changes fastest.
    is_fortran: bool,
    data: Vec<u8>,
}

impl Array {
    /// Reads the file called `name`.
    pub(super) fn new(name: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        match Self::in_any_order(name, bytes)? {
            array if array.is_fortran => Err(Error::Fortran { array: array.name }),
            array => Ok(array),
        }
    }

    /// Reads the file called `name`, whose elements may be in Fortran's order.
    pub(super) fn in_any_order(name: &str, mut bytes: Vec<u8>) -> Result<Self, Error> {
        let header = || header(name);
        let (kind, shape, is_fortran, start) = Self::header(name, &bytes)?;
        let data = bytes.split_off(start);
        let size = shape.iter().try_fold(kind.size(), |size, &axis| size.checked_mul(axis));
        if AXES_MAX < shape.len() || size != Some(data.len()) {
            return Err(Error::Size { array: name.to_owned(), got: data.len() });
        }
        if kind.size() == 0 {
            return Err(header());
        }
        Ok(Self { name: name.to_owned(), kind, shape, is_fortran, data })
    }

    /// Type, shape, whether the order is Fortran's, and where the data begin.
    fn header(name: &str, bytes: &[u8]) -> Result<(Kind, Vec<usize>, bool, usize), Error> {
        let header = || header(name);
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(header)?;
        let (len, rest) = match *rest {
            [1, 0, a, b, ref rest @ ..] => (usize::from(u16::from_le_bytes([a, b])), rest),
            [2 | 3, 0, a, b, c, d, ref rest @ ..] => {
                (u32::from_le_bytes([a, b, c, d]) as usize, rest)
            }
            _ => return Err(header()),
        };
        let (text, data) = rest.split_at_checked(len.min(HEADER_MAX + 1)).ok_or_else(header)?;
        if text.len() != len {
            return Err(header());
        }
        let text = std::str::from_utf8(text).map_err(|_| header())?;
        let literal = Literal::parse(text).ok_or_else(header)?;
        let [kind, order, shape] =
            literal.entries(["descr", "fortran_order", "shape"]).ok_or_else(header)?;
        let kind = Kind::of(name, kind)?;
        let Literal::Sequence(axes) = shape else { return Err(header()) };
        let is_fortran = match order {
            Literal::Bool(is_fortran) => *is_fortran,
            _ => return Err(header()),
        };
        let axis = |axis: &Literal| match axis {
            Literal::Int(length) => usize::try_from(*length).map_err(|_| header()),
            _ => Err(header()),
        };
        let shape: Vec<usize> = axes.iter().map(axis).collect::<Result<_, _>>()?;
        Ok((kind, shape, is_fortran, bytes.len() - data.len()))
    }

    /// The elements, as bytes.
    pub(super) fn elements(&self) -> impl Iterator<Item = &[u8]> {
        self.data.chunks_exact(self.kind.size())
    }

    /// The elements, so many at a time, as bytes.
    pub(super) fn rows(&self, width: usize) -> impl Iterator<Item = &[u8]> {
        self.data.chunks_exact(self.kind.size() * width.max(1))
    }

    /// The elements as integers.
    pub(super) fn integers(&self) -> Result<Vec<i64>, Error> {
        let (Kind::Int(_) | Kind::Uint(_) | Kind::Bool) = self.kind else {
            return Err(self.other_type());
        };
        let integer = |bytes| integer(&self.kind, bytes).ok_or_else(|| self.other_type());
        self.elements().map(integer).collect()
    }

    /// The elements of a matrix as 32-bit floats, row by row; `None` if it is none.
    pub(super) fn matrix(&self) -> Result<Option<(usize, usize, Vec<f32>)>, Error> {
        let &[rows, columns] = self.shape.as_slice() else { return Ok(None) };
        let floats = self.floats()?;
        let row = |row| (0..columns).map(move |column| column * rows + row);
        let floats = match self.is_fortran {
            false => floats,
            true => (0..rows).flat_map(row).map(|place| floats[place]).collect(),
        };
        Ok(Some((rows, columns, floats)))
    }

    /// The elements as 32-bit floats, to which 64-bit ones are rounded.
    pub(super) fn floats(&self) -> Result<Vec<f32>, Error> {
        let (Kind::Single | Kind::Double) = self.kind else { return Err(self.other_type()) };
        let float = |bytes: &[u8]| match bytes.try_into() {
            Ok(four) => f32::from_le_bytes(four),
            Err(_) => double(bytes) as f32,
        };
        Ok(self.elements().map(float).collect())
    }

    /// The elements as 64-bit floats.
    pub(super) fn wide_floats(&self) -> Result<Vec<f64>, Error> {
        let (Kind::Single | Kind::Double) = self.kind else { return Err(self.other_type()) };
        let float = |bytes: &[u8]| match bytes.try_into() {
            Ok(four) => f32::from_le_bytes(four).into(),
            Err(_) => double(bytes),
        };
        Ok(self.elements().map(float).collect())
    }

    /// The elements as text, trailing zeros dropped.
    pub(super) fn texts(&self) -> Result<Vec<String>, Error> {
        let Kind::Text(_) = self.kind else { return Err(self.other_type()) };
        let text = |bytes: &[u8]| {
            let (chars, _) = bytes.as_chunks::<4>();
            let chars = chars.iter().map(|&bytes| char::from_u32(u32::from_le_bytes(bytes)));
            let text = chars.collect::<Option<String>>().ok_or_else(|| self.other_type())?;
            Ok(text.trim_end_matches('\0').to_owned())
        };
        self.elements().map(text).collect()
    }

    /// This array is of a kind that nobody expects here.
    pub(super) fn other_type(&self) -> Error {
        Error::Type { array: self.name.clone(), got: format!("{:?}", self.kind) }
    }
}

/// Reads an integer of up to eight bytes.
pub(super) fn integer(kind: &Kind, bytes: &[u8]) -> Option<i64> {
    let mut wide = [0; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    match kind {
        Kind::Int(size @ 1..=8) => {
            let unused = 64 - 8 * *size as u32;
            Some(i64::from_le_bytes(wide) << unused >> unused)
        }
        Kind::Uint(_) => i64::try_from(u64::from_le_bytes(wide)).ok(),
        Kind::Bool => Some(i64::from(wide[0])).filter(|&value| value <= 1),
        _ => None,
    }
}

/// Reads a 64-bit float; other lengths give NaN, which everybody refuses.
pub(super) fn double(bytes: &[u8]) -> f64 {
    bytes.try_into().map_or(f64::NAN, f64::from_le_bytes)
}
