//! The boilerplate of a record: its fields, in order.

/// Implements [`Encode`](crate::Encode) and [`Decode`](crate::Decode) for a struct whose fields all
/// have fixed shapes, in the order written here.
///
/// ```
/// struct Span { from: u64, to: u64 }
/// assay_codec::record!(Span { from, to });
/// ```
#[macro_export]
macro_rules! record {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::Encode for $name {
            fn encode(&self, out: &mut Vec<u8>) {
                $($crate::Encode::encode(&self.$field, out);)*
            }
        }
        impl $crate::Decode for $name {
            fn decode(from: &mut $crate::Reader<'_>) -> Result<Self, $crate::Error> {
                Ok(Self { $($field: $crate::Decode::decode(from)?),* })
            }
        }
    };
}

/// Implements the encoding of a newtype as that of its only field.
#[macro_export]
macro_rules! transparent {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::Encode for $name {
            fn encode(&self, out: &mut Vec<u8>) {
                $crate::Encode::encode(&self.0, out);
            }
        }
        impl $crate::Decode for $name {
            fn decode(from: &mut $crate::Reader<'_>) -> Result<Self, $crate::Error> {
                $crate::Decode::decode(from).map(Self)
            }
        }
    )*};
}
