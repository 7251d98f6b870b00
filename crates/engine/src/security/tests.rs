//! The arithmetic against floats, the terms against the library and against an independent script,
//! and that weakening any number lowers the bits.

use p3_whir::parameters::SecurityAssumption;

use super::opening::{Code, Numbers};
use super::{Bits, Terms};
use crate::pcs::{
    Params, SURPLUS_MAX, SURPLUS_VARIABLES_MIN, Schedule, Size, VARIABLES_MAX, VARIABLES_MIN,
};

fn opening(num_vars: usize, points: usize) -> Terms {
    let mut terms = Terms::new();
    terms.opening(&Params::new(num_vars).unwrap(), points);
    terms
}

fn numbers(num_vars: usize) -> Numbers {
    let params = Params::new(num_vars).unwrap();
    Numbers::new(params.config(), params.grinding(), 2)
}

fn float(bits: Bits) -> f64 {
    bits.centi() as f64 / 100.0
}

/// What the engine's largest statements add around an opening, with room to spare.
fn whole_proof(num_vars: usize) -> Terms {
    let mut terms = opening(num_vars, 2);
    let variables = num_vars as u64;
    terms.powers("relations", 1 << 12);
    for layer in 0..variables + 3 {
        terms.sumcheck(format!("lookups: layer {layer}"), layer, 3);
    }
    terms.logup("lookups: leaves", 1 << (num_vars + 3), 6);
    terms.point("zerocheck: point", variables);
    terms.sumcheck("zerocheck", variables, 3);
    terms.sumcheck("last sum-check", variables, 2);
    terms.algebraic("pads", "2026/683", 64 + 6);
    terms.hash("Merkle trees and transcript", "Blake3, 256 bits", 128);
    terms.hash("hash commitments", "Poseidon2, 8 lanes of 31 bits", 124);
    terms
}

#[test]
fn every_size_proves_100_bits() {
    for num_vars in VARIABLES_MIN..=VARIABLES_MAX {
        let terms = whole_proof(num_vars);
        assert!(terms.total().floor() >= 100, "{num_vars} variables\n{terms}");
    }
}

#[test]
fn a_surplus_is_of_every_term_of_an_opening() {
    for num_vars in SURPLUS_VARIABLES_MIN..=VARIABLES_MAX {
        for surplus in 0..=SURPLUS_MAX {
            let mut terms = Terms::new();
            terms.opening(&Params::of(Size { num_vars, surplus }).unwrap(), 2);
            let got = terms.total().floor();
            assert!(got >= 102 + surplus as u64, "{num_vars} variables, {surplus} bits: {got}");
        }
    }
}

#[test]
fn logarithms_are_rounded_down_by_less_than_a_hundredth() {
    for (n, d) in [(1, 1), (2, 1), (3, 2), (1024, 1023), (2_130_706_433, 1), (1 << 40, 3), (7, 5)] {
        let exact = (n as f64 / d as f64).log2();
        let got = Bits::log2(n, d);
        assert!(got.centi() as f64 <= exact * 100.0, "{n}/{d}");
        assert!(float(got) > exact - 0.0101, "{n}/{d}");
    }
    assert_eq!(Bits::log2(1, 2), Bits::whole(0), "never negative");
    assert_eq!(Bits::log2(1, 0), Bits::whole(0));
}

#[test]
fn the_union_is_the_logarithm_of_the_sum() {
    let check = |centi: &[u64]| {
        let all: Vec<Bits> = centi.iter().map(|&c| Bits::log2(2, 1).times(c)).collect();
        let exact = -centi.iter().map(|&c| (-(c as f64)).exp2()).sum::<f64>().log2();
        let got = Bits::union(all);
        assert!(got.centi() as f64 <= exact * 100.0 + 1e-6, "{centi:?}: {got} of {exact}");
        assert!(float(got) > exact - 0.0101, "{centi:?}: {got} of {exact}");
    };
    check(&[100]);
    check(&[100, 100]);
    check(&[104, 105, 128, 300]);
    check(&[100; 37]);
    let odd = Bits::log2(3, 1);
    let exact = 3f64.log2() * 64.0 - 2f64.log2();
    assert!((float(Bits::union([odd.times(64); 2])) - exact).abs() < 0.0101);
}

#[test]
fn each_number_that_is_weakened_lowers_the_bits() {
    let numbers = numbers(21);
    let bits = |numbers: &Numbers| {
        let mut terms = Terms::new();
        numbers.terms(&mut terms);
        terms.iter().map(|term| term.bits).collect::<Vec<_>>()
    };
    let before = bits(&numbers);
    let check = |what: &str, change: &dyn Fn(&mut Numbers)| {
        let mut weaker = numbers.clone();
        change(&mut weaker);
        let after = bits(&weaker);
        assert_eq!(before.len(), after.len(), "{what}");
        assert!(before.iter().zip(&after).all(|(b, a)| a <= b), "{what}: a term rose");
        assert!(before.iter().zip(&after).any(|(b, a)| a < b), "{what}: no term fell");
        assert!(Bits::union(after) <= Bits::union(before.clone()), "{what}");
    };
    check("claims", &|n| n.claims += 1);
    for i in 0..numbers.rounds.len() {
        check("message", &|n| n.rounds[i].code.message *= 2);
        check("randomness", &|n| n.rounds[i].code.randomness += 64);
        check("pow bits", &|n| n.rounds[i].pow_bits -= 1);
        check("folds", &|n| n.rounds[i].folds += 1);
        check("width", &|n| n.rounds[i].code.width *= 2);
    }
    for i in 0..numbers.masks.len() {
        check("mask message", &|n| n.masks[i].message += 100);
        check("mask randomness", &|n| n.masks[i].randomness += 100);
        check("mask queries", &|n| n.masks[i].queries -= 1);
        check("mask width", &|n| n.masks[i].width += 1);
    }
}

#[test]
fn fewer_queries_or_less_grinding_lower_the_total() {
    let numbers = numbers(21);
    let total = |numbers: &Numbers| {
        let mut terms = Terms::new();
        numbers.terms(&mut terms);
        terms.total()
    };
    for i in 0..numbers.rounds.len() {
        let mut weaker = numbers.clone();
        weaker.rounds[i].code.queries -= 1;
        assert!(total(&weaker) < total(&numbers));
        let mut weaker = numbers.clone();
        weaker.rounds[i].pow_bits = 0;
        assert!(total(&weaker).floor() + 8 < total(&numbers).floor());
    }
}

/// A schedule that counts on the codes without their hiding randomness.
#[test]
fn a_schedule_for_large_sizes_would_fall_short_at_the_small_ones() {
    let large = Schedule::of(20).unwrap();
    let bits = |folding, log_inv_rates, num_vars: usize| {
        let schedule = Schedule { folding, log_inv_rates, ..large };
        let mut terms = Terms::new();
        let config = schedule.config(num_vars).ok()?;
        Numbers::new(&config, schedule.grinding, 2).terms(&mut terms);
        Some(terms.total().floor())
    };
    assert_eq!(bits(&[6], &[1], 12), None, "refused");
    assert_eq!(bits(&[5, 4], &[1, 5], 14), Some(66), "accepted");
    assert_eq!(bits(&[5, 4], &[1, 5], 15), Some(85), "accepted");
    assert!((12..16).all(|num_vars| opening(num_vars, 2).total().floor() >= 102));
}

/// The library reports the base case for the next power of two of the dimension; so compared, both
/// agree.
#[test]
fn the_base_case_agrees_with_the_library() {
    for num_vars in VARIABLES_MIN..=VARIABLES_MAX {
        let params = Params::new(num_vars).unwrap();
        let report = params.config().hiding_base_case_security_report();
        let numbers = numbers(num_vars);
        let dyadic = |code: &Code| {
            let dimension = (code.message + code.randomness).next_power_of_two();
            float(Code { message: dimension, randomness: 0, ..*code }.miss())
        };
        let close = |ours: f64, theirs: Option<f64>, what: &str| {
            let theirs = theirs.unwrap();
            assert!((ours - theirs).abs() < 0.0101, "{num_vars}, {what}: {ours}, {theirs}");
        };
        let last = numbers.rounds.last().unwrap();
        close(dyadic(&last.code), report.source.query_miss.bits, "source");
        assert_eq!(report.query_round.shared_pow_bits + params.grinding(), last.pow_bits as usize);
        assert_eq!(numbers.masks.len(), report.mask_groups.len());
        for (mask, theirs) in numbers.masks.iter().zip(&report.mask_groups) {
            close(dyadic(mask), theirs.query_miss.bits, "mask");
            assert!(mask.miss().floor() + u64::from(last.pow_bits) >= 104);
        }
        // Theirs rounds the field down to 154 bits, ours counts 154.94.
        let ours = opening(num_vars, 2);
        let gamma = ours.iter().find(|term| term.name == "opening: base case").unwrap();
        let theirs = report.gamma_round.combined.bits.unwrap();
        assert!((theirs..theirs + 2.0).contains(&float(gamma.bits)), "{} {theirs}", gamma.bits);
        assert_eq!(report.assumption, SecurityAssumption::UniqueDecoding);
        assert!(report.round_by_round.proven_bits().is_some());
    }
}

/// `oracles/security_bits.py` derives everything from a few parameters with plain formulas.
#[test]
fn an_independent_script_computes_the_same_bits() {
    let fixture = include_str!("../../../../oracles/fixtures/security_bits.csv");
    let mut lines = fixture.lines();
    assert_eq!(lines.next(), Some("variables,log_inv_rate,level,term,bits"));
    let mut expected = lines.map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let [variables, rate, level, term, bits] = fields[..] else { panic!("{line}") };
        let number = |text: &str| text.parse::<usize>().unwrap();
        (number(variables), number(rate), number(level), term, bits.parse::<f64>().unwrap())
    });
    for num_vars in VARIABLES_MIN..=VARIABLES_MAX {
        let schedule = Schedule::of(num_vars).unwrap();
        let terms = opening(num_vars, 2);
        let ours = terms.iter().map(|term| (term.name.as_str(), term.bits));
        for (name, bits) in ours.chain([("total", terms.total())]) {
            let (variables, rate, level, term, expected) = expected.next().expect("a line");
            assert_eq!(
                (variables, rate, level),
                (num_vars, schedule.log_inv_rate(), schedule.level)
            );
            assert_eq!(term, name, "{num_vars} variables");
            let difference = expected - float(bits);
            assert!(
                (-1e-6..0.0201).contains(&difference),
                "{num_vars}, {name}: {expected}, {bits}"
            );
        }
    }
    assert_eq!(expected.next(), None);
}

#[test]
fn the_table_names_every_term_and_its_source() {
    let terms = whole_proof(20);
    let table = terms.to_string();
    assert_eq!(table.lines().count(), terms.iter().count() + 1);
    assert!(table.lines().next().unwrap().starts_with("opening: claims"), "{table}");
    assert!(table.ends_with("-log2 of the sum"));
    assert!(terms.iter().all(|term| !term.source.is_empty()));
}

#[test]
fn nothing_is_certain_where_there_is_nothing_to_cheat_in() {
    let mut terms = Terms::new();
    terms.powers("one claim", 1);
    terms.sumcheck("no rounds", 0, 3);
    assert_eq!(terms.iter().count(), 0);
    assert!(terms.total().floor() > 1000);
}
