//! Finality.

use crate::sample::{Random, Sample};
use crate::signature::{key, sign};
use assay_codec::Digest;
use assay_types::header::{Rejection, VERSION};
use assay_types::{Address, Certified, Finality, Header, Height, Orderer, address_of};

fn certified() -> (Certified, Digest, Address) {
    let header = Header { version: VERSION, ..Header::sample(&mut Random(1)) };
    let authority = key(3);
    let finality = Finality::Authority(sign(&authority, &header.digest().0));
    (Certified { header, finality }, header.genesis, address_of(authority.verifying_key()))
}

#[test]
fn a_header_is_final_by_its_authority() {
    let (certified, genesis, authority) = certified();
    assert_eq!(certified.verify(&genesis, 0, &Orderer::Authority(authority)), Ok(()));
}

#[test]
fn rejects_another_version_chain_or_authority() {
    let (good, genesis, authority) = certified();
    let mut other = good.clone();
    other.header.version = 2;
    assert_eq!(
        other.verify(&genesis, 0, &Orderer::Authority(authority)),
        Err(Rejection::Version(2))
    );
    let expected = Digest([9; 32]);
    let got = good.verify(&expected, 0, &Orderer::Authority(authority));
    assert_eq!(got, Err(Rejection::Genesis { expected, got: genesis }));
    let expected = Address([9; 20]);
    let got = good.verify(&genesis, 0, &Orderer::Authority(expected));
    assert_eq!(got, Err(Rejection::Authority { expected }));
}

#[test]
fn every_field_of_a_header_is_signed() {
    let (good, genesis, authority) = certified();
    let changes: [fn(&mut Header); 6] = [
        |header| header.parent.0[0] ^= 1,
        |header| header.height = Height::new(header.height.get() ^ 1),
        |header| header.time_ms ^= 1,
        |header| header.tx_root.0[31] ^= 1,
        |header| header.log_root.0[0] ^= 1,
        |header| header.state_root.0[0] ^= 1,
    ];
    for change in changes {
        let mut other = good.clone();
        change(&mut other.header);
        let got = other.verify(&genesis, 0, &Orderer::Authority(authority));
        assert_eq!(got, Err(Rejection::Authority { expected: authority }));
    }
}
