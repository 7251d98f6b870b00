//! The messages of an ONNX file, as far as a tree needs them; numbers of fields are those of
//! `onnx.proto`. A field that is not listed here is an error: it could change what the model means.

use super::ReadError;
use super::wire::{Fields, Wire, push_doubles, push_floats, push_ints};
use crate::model::tree::NODES_MAX;
use std::collections::BTreeMap;

/// Most nodes of a graph: a tree, and two per class to pick its probability. As many inputs, outputs and
/// constants.
const OPERATORS_MAX: usize = 4096;
/// Most values that an operator reads or makes, axes of a tensor, and attributes.
const FEW_MAX: usize = 64;
/// The element type of 32-bit floats.
const FLOAT: i64 = 1;
/// The element type of 32-bit integers.
const INT32: i64 = 6;
/// The element type of 64-bit integers.
const INT64: i64 = 7;
/// The element type of 64-bit floats.
const DOUBLE: i64 = 11;

fn unknown<T>(message: &'static str, field: u64) -> Result<T, ReadError> {
    Err(ReadError::Field { message, field })
}

fn text(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|_| ReadError::NotText)
}

/// Appends to a list of at most `limit` items: a few bytes of a file can take many of memory.
fn push<T>(list: &mut Vec<T>, item: T, what: &'static str, limit: usize) -> Result<(), ReadError> {
    if list.len() == limit {
        return Err(ReadError::TooMany { what, limit });
    }
    list.push(item);
    Ok(())
}

/// `ModelProto`.
#[derive(Debug, Default)]
pub(super) struct Model<'a> {
    pub(super) graph: Graph<'a>,
    /// Versions of the operator sets; exporters write some twice.
    pub(super) operator_sets: BTreeMap<&'a str, i64>,
    pub(super) metadata: BTreeMap<&'a str, &'a str>,
}

impl<'a> Model<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let (mut model, mut graph) = (Self::default(), None);
        for field in Fields::new(bytes) {
            match field? {
                // Versions, producer, domain, comment.
                (1 | 5, Wire::Varint(_)) | (2 | 3 | 4 | 6, Wire::Bytes(_)) => {}
                (7, Wire::Bytes(bytes)) if graph.is_none() => graph = Some(Graph::new(bytes)?),
                (7, Wire::Bytes(_)) => return Err(ReadError::Twice { what: "graph" }),
                (8, Wire::Bytes(bytes)) => model.operator_set(bytes)?,
                (14, Wire::Bytes(bytes)) => {
                    let (key, value) = pair(bytes)?;
                    few(model.metadata.len(), "entries of metadata")?;
                    if model.metadata.insert(key, value).is_some() {
                        return Err(ReadError::Twice { what: "key of the metadata" });
                    }
                }
                (field, _) => return unknown("ModelProto", field),
            }
        }
        model.graph = graph.ok_or(ReadError::NoGraph)?;
        Ok(model)
    }

    fn operator_set(&mut self, bytes: &'a [u8]) -> Result<(), ReadError> {
        let (mut domain, mut version) = ("", 0);
        for field in Fields::new(bytes) {
            match field? {
                (1, Wire::Bytes(bytes)) => domain = text(bytes)?,
                (2, Wire::Varint(value)) => version = value as i64,
                (field, _) => return unknown("OperatorSetIdProto", field),
            }
        }
        few(self.operator_sets.len(), "operator sets")?;
        match self.operator_sets.insert(domain, version) {
            Some(other) if other != version => {
                Err(ReadError::OperatorSets { domain: short(domain), versions: [other, version] })
            }
            _ => Ok(()),
        }
    }
}

/// Enough of a name to find it.
pub(super) fn short(name: &str) -> String {
    name.chars().take(80).collect()
}

/// One more is still a few.
fn few(count: usize, what: &'static str) -> Result<(), ReadError> {
    if count < FEW_MAX { Ok(()) } else { Err(ReadError::TooMany { what, limit: FEW_MAX }) }
}

/// `StringStringEntryProto`.
fn pair(bytes: &[u8]) -> Result<(&str, &str), ReadError> {
    let (mut key, mut value) = ("", "");
    for field in Fields::new(bytes) {
        match field? {
            (1, Wire::Bytes(bytes)) => key = text(bytes)?,
            (2, Wire::Bytes(bytes)) => value = text(bytes)?,
            (field, _) => return unknown("StringStringEntryProto", field),
        }
    }
    Ok((key, value))
}

/// `GraphProto`.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) constants: Vec<Tensor<'a>>,
    pub(super) inputs: Vec<Input<'a>>,
    pub(super) outputs: Vec<&'a str>,
}

impl<'a> Graph<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut graph = Self::default();
        for field in Fields::new(bytes) {
            match field? {
                (1, Wire::Bytes(bytes)) => {
                    push(&mut graph.nodes, Node::new(bytes)?, "operators", OPERATORS_MAX)?;
                }
                (5, Wire::Bytes(bytes)) => {
                    let tensor = Tensor::new(bytes)?;
                    push(&mut graph.constants, tensor, "constants", OPERATORS_MAX)?;
                }
                (11, Wire::Bytes(bytes)) => {
                    push(&mut graph.inputs, Input::new(bytes)?, "inputs", OPERATORS_MAX)?;
                }
                (12, Wire::Bytes(bytes)) => {
                    let name = Input::new(bytes)?.name;
                    push(&mut graph.outputs, name, "outputs", OPERATORS_MAX)?;
                }
                // Name, comment, shapes of what lies between, what tools wrote for themselves.
                (2 | 10 | 13 | 16, Wire::Bytes(_)) => {}
                (field, _) => return unknown("GraphProto", field),
            }
        }
        Ok(graph)
    }
}

/// `NodeProto`.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) inputs: Vec<&'a str>,
    pub(super) outputs: Vec<&'a str>,
    pub(super) operator: &'a str,
    pub(super) domain: &'a str,
    pub(super) attributes: BTreeMap<&'a str, Attribute<'a>>,
}

impl<'a> Node<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut node = Self::default();
        for field in Fields::new(bytes) {
            match field? {
                (1, Wire::Bytes(bytes)) => {
                    push(&mut node.inputs, text(bytes)?, "inputs of an operator", FEW_MAX)?;
                }
                (2, Wire::Bytes(bytes)) => {
                    push(&mut node.outputs, text(bytes)?, "outputs of an operator", FEW_MAX)?;
                }
                (4, Wire::Bytes(bytes)) => node.operator = text(bytes)?,
                (5, Wire::Bytes(bytes)) => {
                    let (name, attribute) = Attribute::new(bytes)?;
                    few(node.attributes.len(), "attributes of an operator")?;
                    if node.attributes.insert(name, attribute).is_some() {
                        return Err(ReadError::DuplicateAttribute { name: short(name) });
                    }
                }
                (7, Wire::Bytes(bytes)) => node.domain = text(bytes)?,
                (3, Wire::Bytes(bytes)) => node.name = text(bytes)?,
                // Comment, what tools wrote for themselves.
                (6 | 9, Wire::Bytes(_)) => {}
                (field, _) => return unknown("NodeProto", field),
            }
        }
        Ok(node)
    }
}

/// `AttributeProto`, by what it holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Attribute<'a> {
    Float(f32),
    Int(i64),
    Text(&'a [u8]),
    Floats(Vec<f64>),
    Ints(Vec<i64>),
    Texts(Vec<&'a [u8]>),
    Tensor(Tensor<'a>),
}

impl<'a> Attribute<'a> {
    /// Numbers of the types in `AttributeProto`.
    const FLOAT: u64 = 1;
    const INT: u64 = 2;
    const TEXT: u64 = 3;
    const TENSOR: u64 = 4;
    const FLOATS: u64 = 6;
    const INTS: u64 = 7;
    const TEXTS: u64 = 8;

    fn new(bytes: &'a [u8]) -> Result<(&'a str, Self), ReadError> {
        let (mut name, mut kind) = ("", None);
        let (mut ints, mut floats, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut int, mut single, mut tensor, mut held) = (0, &[][..], None, None);
        let mut float = 0.0;
        for field in Fields::new(bytes) {
            let (field, value) = field?;
            let holds = match (field, value) {
                (1, Wire::Bytes(bytes)) => {
                    name = text(bytes)?;
                    continue;
                }
                (13, Wire::Bytes(_)) => continue,
                (20, Wire::Varint(value)) => {
                    kind = Some(value);
                    continue;
                }
                (2, Wire::Four(bytes)) => {
                    float = f32::from_le_bytes(bytes);
                    Self::FLOAT
                }
                (3, Wire::Varint(value)) => {
                    int = value as i64;
                    Self::INT
                }
                (4, Wire::Bytes(bytes)) => {
                    single = bytes;
                    Self::TEXT
                }
                (5, Wire::Bytes(bytes)) => {
                    tensor = Some(Tensor::new(bytes)?);
                    Self::TENSOR
                }
                (7, value) => {
                    push_floats(&mut floats, value)?;
                    Self::FLOATS
                }
                (8, value) => {
                    push_ints(&mut ints, value)?;
                    Self::INTS
                }
                (9, Wire::Bytes(bytes)) => {
                    push(&mut texts, bytes, "texts of an attribute", NODES_MAX)?;
                    Self::TEXTS
                }
                (field, _) => return unknown("AttributeProto", field),
            };
            let is_list = [Self::FLOATS, Self::INTS, Self::TEXTS].contains(&holds);
            if held.is_some_and(|held| held != holds || !is_list) {
                return Err(ReadError::AttributeType { name: short(name) });
            }
            held = Some(holds);
        }
        // What holds nothing is an empty list, or the zero that protobuf leaves out.
        let kind = kind.or(held).filter(|kind| held.is_none_or(|held| held == *kind));
        let attribute = match kind {
            Some(Self::FLOAT) => Self::Float(float),
            Some(Self::INT) => Self::Int(int),
            Some(Self::TEXT) => Self::Text(single),
            Some(Self::FLOATS) => Self::Floats(floats.into_iter().map(f64::from).collect()),
            Some(Self::INTS) => Self::Ints(ints),
            Some(Self::TEXTS) => Self::Texts(texts),
            Some(Self::TENSOR) => Self::Tensor(tensor.ok_or(ReadError::Wire)?),
            _ => return Err(ReadError::AttributeType { name: short(name) }),
        };
        Ok((name, attribute))
    }
}

/// `TensorProto` of floats or of 64-bit integers; of any other one only the name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tensor<'a> {
    pub(super) name: &'a str,
    kind: i64,
    dims: Vec<i64>,
    raw: Option<&'a [u8]>,
    floats: Vec<f32>,
    doubles: Vec<f64>,
    integers: Vec<i64>,
    /// Integers of at most 32 bits.
    words: Vec<i64>,
}

impl<'a> Tensor<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut tensor = Self::default();
        for field in Fields::new(bytes) {
            match field? {
                (1, value) => push_ints(&mut tensor.dims, value)?,
                (2, Wire::Varint(value)) => tensor.kind = value as i64,
                (4, value) => push_floats(&mut tensor.floats, value)?,
                (8, Wire::Bytes(bytes)) => tensor.name = text(bytes)?,
                (9, Wire::Bytes(bytes)) => tensor.raw = Some(bytes),
                (10, value) => push_doubles(&mut tensor.doubles, value)?,
                (13, _) | (14, Wire::Varint(1)) => {
                    return Err(ReadError::ExternalData { name: short(tensor.name) });
                }
                (7, value) => push_ints(&mut tensor.integers, value)?,
                (5, value) => push_ints(&mut tensor.words, value)?,
                // Other integers and text, which nobody asks for; a comment; data that is here; what
                // tools wrote for themselves.
                (6 | 11 | 12 | 14 | 16, _) => {}
                (field, _) => return unknown("TensorProto", field),
            }
        }
        Ok(tensor)
    }

    /// The lengths of the axes, if there is memory for so many numbers.
    pub(super) fn shape(&self) -> Option<Vec<usize>> {
        let lengths = self.dims.iter().map(|&length| usize::try_from(length).ok());
        lengths.collect()
    }

    fn is_as_long(&self, count: usize) -> bool {
        let size = self.shape().and_then(|shape| {
            shape.iter().try_fold(1_usize, |size, &length| size.checked_mul(length))
        });
        size == Some(count)
    }

    /// The numbers of a tensor of floats, if there are as many as its shape says; 64-bit ones are
    /// rounded.
    pub(super) fn floats(&self) -> Option<Vec<f32>> {
        let count = self.count(&[FLOAT, DOUBLE])?;
        if !self.is_as_long(count) {
            return None;
        }
        let flat = Self { dims: vec![count as i64], ..self.clone() };
        let numbers = flat.numbers()?;
        self.is_as_long(numbers.len()).then(|| numbers.into_iter().map(|x| x as f32).collect())
    }

    /// The numbers of a tensor of integers, if there are as many as its shape says.
    pub(super) fn all_integers(&self) -> Option<Vec<i64>> {
        let raw = self.raw.unwrap_or_default();
        let mut numbers = match self.kind {
            INT64 => self.integers.clone(),
            INT32 => self.words.iter().map(|&word| i64::from(word as i32)).collect(),
            _ => return None,
        };
        let wide = raw.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes));
        let narrow = raw.as_chunks().0.iter().map(|&bytes| i64::from(i32::from_le_bytes(bytes)));
        if self.kind == INT64 {
            numbers.extend(wide);
        } else {
            numbers.extend(narrow);
        }
        let size = if self.kind == INT64 { 8 } else { 4 };
        let is_clean = raw.len().is_multiple_of(size) && self.is_as_long(numbers.len());
        is_clean.then_some(numbers)
    }

    /// Numbers that are there, of a tensor of one of these types.
    fn count(&self, kinds: &[i64]) -> Option<usize> {
        let size = if self.kind == DOUBLE { 8 } else { 4 };
        let raw = self.raw.map_or(0, <[u8]>::len) / size;
        kinds.contains(&self.kind).then_some(raw + self.floats.len() + self.doubles.len())
    }

    /// The one integer of a list.
    pub(super) fn integer(&self) -> Option<i64> {
        let raw = self.raw.map(|raw| raw.try_into().map(i64::from_le_bytes));
        let ((Some(Ok(value)), []) | (None, &[value])) = (raw, self.integers.as_slice()) else {
            return None;
        };
        (self.kind == INT64 && self.dims == [1]).then_some(value)
    }

    /// The numbers of a list of floats.
    pub(super) fn numbers(&self) -> Option<Vec<f64>> {
        let raw = self.raw.unwrap_or_default();
        let mut numbers: Vec<f64> = self.floats.iter().map(|&value| value.into()).collect();
        numbers.extend(&self.doubles);
        let is_clean = match self.kind {
            FLOAT => {
                let (chunks, rest) = raw.as_chunks();
                numbers.extend(chunks.iter().map(|&bytes| f64::from(f32::from_le_bytes(bytes))));
                rest.is_empty() && self.doubles.is_empty()
            }
            DOUBLE => {
                let (chunks, rest) = raw.as_chunks();
                numbers.extend(chunks.iter().map(|&bytes| f64::from_le_bytes(bytes)));
                rest.is_empty() && self.floats.is_empty()
            }
            _ => false,
        };
        (is_clean && self.dims == [numbers.len() as i64]).then_some(numbers)
    }
}

/// `ValueInfoProto`: a tensor that comes in or goes out.
#[derive(Debug, Default)]
pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    /// The element type; 0 if this is no tensor.
    pub(super) element: i64,
    /// The length of each axis, if it is told.
    pub(super) shape: Vec<Option<i64>>,
}

impl<'a> Input<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut input = Self::default();
        for field in Fields::new(bytes) {
            match field? {
                (1, Wire::Bytes(bytes)) => input.name = text(bytes)?,
                (2, Wire::Bytes(bytes)) => input.kind(bytes)?,
                // Comment, what tools wrote for themselves.
                (3 | 4, Wire::Bytes(_)) => {}
                (field, _) => return unknown("ValueInfoProto", field),
            }
        }
        Ok(input)
    }

    /// `TypeProto`. Sequences and maps, which hold probabilities, are not looked into.
    fn kind(&mut self, bytes: &'a [u8]) -> Result<(), ReadError> {
        for field in Fields::new(bytes) {
            match field? {
                (1, Wire::Bytes(bytes)) => self.tensor(bytes)?,
                (4..=6, Wire::Bytes(_)) => {}
                (field, _) => return unknown("TypeProto", field),
            }
        }
        Ok(())
    }

    fn tensor(&mut self, bytes: &'a [u8]) -> Result<(), ReadError> {
        for field in Fields::new(bytes) {
            match field? {
                (1, Wire::Varint(value)) => self.element = value as i64,
                (2, Wire::Bytes(bytes)) => {
                    for axis in Fields::new(bytes) {
                        match axis? {
                            (1, Wire::Bytes(bytes)) => {
                                push(&mut self.shape, length(bytes)?, "axes of a tensor", FEW_MAX)?;
                            }
                            (field, _) => return unknown("TensorShapeProto", field),
                        }
                    }
                }
                (field, _) => return unknown("TypeProto.Tensor", field),
            }
        }
        Ok(())
    }
}

/// `TensorShapeProto.Dimension`.
fn length(bytes: &[u8]) -> Result<Option<i64>, ReadError> {
    let mut length = None;
    for field in Fields::new(bytes) {
        match field? {
            (1, Wire::Varint(value)) => length = Some(value as i64),
            (2 | 3, Wire::Bytes(_)) => {}
            (field, _) => return unknown("TensorShapeProto.Dimension", field),
        }
    }
    Ok(length)
}
