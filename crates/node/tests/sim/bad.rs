//! Validators that sign what contradicts itself.

use super::life::MESSAGES_MAX;
use super::world::{Role, World};
use assay_codec::Digest as Hash;
use assay_node::consensus::engine::Error;
use assay_node::consensus::keys::{PublicKey, Scheme, Secrets};
use assay_types::Validators;
use commonware_consensus::simplex::mocks::conflicter::{self, Conflicter};
use commonware_consensus::simplex::mocks::nuller::{self, Nuller};
use commonware_cryptography::blake3::Blake3;
use commonware_p2p::simulated::Control;
use commonware_p2p::utils::mux::Muxer;
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Handle, Quota, Spawner as _, Supervisor as _};
use commonware_utils::NZU32;

/// The epoch of the next block as the longest chain says, who votes in it, and on which chain.
pub(crate) struct Set {
    epoch: u64,
    validators: Validators,
    genesis: Hash,
}

/// The set of now; the first one, if nobody is alive.
pub(crate) fn set(world: &World) -> Set {
    let genesis = world.genesis.digest();
    if world.chains().is_empty() {
        let validators = world.genesis.validators().unwrap().clone();
        return Set { epoch: 0, validators, genesis };
    }
    let found = world.top().now(|chain| {
        let succession = chain.succession();
        let epoch = succession.epoch(chain.height().checked_add(1).unwrap());
        (epoch, succession.validators(epoch).unwrap().clone())
    });
    let (epoch, validators) = found.unwrap();
    Set { epoch, validators, genesis }
}

/// Signs twice in the epoch of now, until it is aborted. Without a seat it does nothing.
pub(crate) async fn start(
    context: Context,
    (role, secrets): (Role, &Secrets),
    control: &Control<PublicKey, Context>,
    set: Set,
) -> Handle<Result<(), Error>> {
    let Ok(scheme) = secrets.scheme(&set.genesis, &set.validators) else {
        return context.spawn(|_| std::future::pending());
    };
    let quota = Quota::per_second(NZU32!(MESSAGES_MAX));
    let votes = control.register(0, quota).await.unwrap();
    let (mux, mut handle) = Muxer::new(context.child("mux"), votes.0, votes.1);
    mux.start();
    let votes = handle.register(set.epoch).await.unwrap();
    let handle = if role == Role::Twice {
        let settings = conflicter::Config { scheme };
        let context = context.child("conflicter");
        Conflicter::<_, Scheme, Blake3>::new(context, settings).start(votes)
    } else {
        let settings = nuller::Config { scheme };
        Nuller::<_, Scheme, Blake3>::new(context.child("nuller"), settings).start(votes)
    };
    context.spawn(move |_| async move {
        let _ = handle.await;
        Ok(())
    })
}
