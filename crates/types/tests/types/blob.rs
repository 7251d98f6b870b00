//! Blobs.

use assay_codec::{Error, from_bytes, put_bytes, put_len, to_bytes};
use assay_types::{BLOB_BYTES_MAX, BLOBS_MAX, BlobId, Blobs};

#[test]
fn a_blob_is_found_under_the_hash_of_its_bytes() {
    let mut blobs = Blobs::new();
    let id = blobs.insert(vec![1, 2, 3]).unwrap();
    assert_eq!(id, BlobId::of(&[1, 2, 3]));
    assert_eq!(blobs.get(&id), Some(&[1, 2, 3][..]));
    assert_eq!(blobs.get(&BlobId::of(&[1, 2])), None);
}

#[test]
fn size_and_number_are_bounded() {
    let mut blobs = Blobs::new();
    assert!(blobs.insert(vec![0; BLOB_BYTES_MAX + 1]).is_err());
    assert!(blobs.insert(vec![0; BLOB_BYTES_MAX]).is_ok());
    for i in 1..BLOBS_MAX {
        blobs.insert(vec![i as u8]).unwrap();
    }
    assert!(blobs.insert(vec![1]).is_ok(), "it is there already");
    assert!(blobs.insert(vec![9, 9]).is_err());
}

#[test]
fn rejects_another_order_and_a_blob_twice() {
    let mut blobs = Blobs::new();
    blobs.insert(vec![1]).unwrap();
    blobs.insert(vec![2]).unwrap();
    let bytes: Vec<Vec<u8>> = blobs.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    for order in [[1, 0], [0, 0]] {
        let mut out = Vec::new();
        put_len(&mut out, 2);
        order.iter().for_each(|&i: &usize| put_bytes(&mut out, &bytes[i]));
        let why = "blobs are not in the order of their names";
        assert_eq!(from_bytes::<Blobs>(&out), Err(Error::Invalid(why)));
    }
    assert_eq!(from_bytes(&to_bytes(&blobs)), Ok(blobs));
}
