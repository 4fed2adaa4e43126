//! The laws of the map, as properties and over small tables, and the roots that must never change.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use proptest::prelude::*;

use super::{node::COUNT_MAX, store::MapError, *};
use crate::model::{
    id::NodeId,
    object::{Object, Space},
};

const SALT: Salt = Salt([7; 32]);

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// Nodes in memory, counting what is read.
#[derive(Default)]
struct Memory {
    nodes: HashMap<NodeId, Object>,
    reads: Cell<usize>,
}

impl ReadNodes for Memory {
    fn node(&self, id: NodeId) -> Result<Arc<Node>, MapError> {
        self.reads.set(self.reads.get() + 1);
        let object = self.nodes.get(&id).ok_or(MapError::Missing { id, space: Space::Source })?;
        Ok(Arc::new(
            Node::decode(object.bytes().clone())
                .map_err(|source| MapError::Malformed { id, source })?,
        ))
    }
}

impl WriteNodes for Memory {
    fn write(&mut self, node: Object) {
        self.nodes.insert(NodeId::from_object_id(node.id()), node);
    }
}

fn built(memory: &mut Memory, model: &Model) -> NodeId {
    build(memory, SALT, model.clone()).unwrap()
}

fn listed(memory: &Memory, root: NodeId, start: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    entries(memory, root, start)
        .unwrap()
        .map(|entry| entry.map(|(key, value)| (key, value.to_vec())).unwrap())
        .collect()
}

fn numbered(count: u32, value: u8) -> Model {
    (0..count)
        .map(|n| {
            (
                format!("exercise\0x{:05}", n.wrapping_mul(7919) % 100_000).into_bytes(),
                vec![value; 8],
            )
        })
        .collect()
}

/// Small alphabets make collisions, deletions of existing keys, and shared prefixes likely.
fn any_key() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0u32..3000).prop_map(|n| format!("exercise\0x{n:04}").into_bytes()),
        1 => "[ab]{0,6}".prop_map(String::into_bytes),
        1 => (0u32..200, 0u32..4).prop_map(|(n, l)| format!("video\0v{n}\0l{l}").into_bytes()),
    ]
}

fn any_edits(size: usize) -> impl Strategy<Value = Vec<Edit>> {
    let value = prop::option::weighted(0.7, prop::collection::vec(any::<u8>(), 0..4));
    prop::collection::btree_map(any_key(), value, 0..size)
        .prop_map(|edits| edits.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The law that the whole store rests on: the root is a function of the entries alone.
    #[test]
    fn the_root_does_not_remember_how_it_came_to_be(batches in prop::collection::vec(any_edits(1200), 1..6)) {
        let mut memory = Memory::default();
        let mut model = Model::new();
        let mut root = built(&mut memory, &model);
        for batch in batches {
            for (key, value) in &batch {
                match value {
                    Some(value) => model.insert(key.clone(), value.clone()),
                    None => model.remove(key),
                };
            }
            root = edit(&mut memory, SALT, root, batch).unwrap();
            prop_assert_eq!(root, built(&mut memory, &model));
            prop_assert_eq!(count(&memory, root).unwrap(), model.len() as u64);
        }
        prop_assert_eq!(listed(&memory, root, b""), model.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn one_by_one_is_as_good_as_all_at_once(edits in any_edits(400)) {
        let mut memory = Memory::default();
        let empty = built(&mut memory, &Model::new());
        let at_once = edit(&mut memory, SALT, empty, edits.clone()).unwrap();
        let mut shuffled = edits;
        shuffled.sort_by_key(|(key, _)| *blake3::hash(key).as_bytes());
        let mut root = empty;
        for change in shuffled {
            root = edit(&mut memory, SALT, root, [change]).unwrap();
        }
        prop_assert_eq!(root, at_once);
    }

    #[test]
    fn a_difference_patches_one_map_into_the_other(first in any_edits(1500), second in any_edits(300)) {
        let mut memory = Memory::default();
        let left_model: Model = first.into_iter().filter_map(|(k, v)| Some((k, v?))).collect();
        let left = built(&mut memory, &left_model);
        let right = edit(&mut memory, SALT, left, second).unwrap();
        let differences: Vec<_> = diff(&memory, left, right).unwrap().map(Result::unwrap).collect();
        prop_assert!(differences.is_sorted_by(|a, b| a.key < b.key));
        for d in &differences {
            prop_assert_ne!(&d.left, &d.right);
            prop_assert_eq!(d.left.clone().map(|v| v.to_vec()), left_model.get(&d.key).cloned());
        }
        let forth = differences.iter().map(|d| (d.key.clone(), d.right.clone().map(|v| v.to_vec())));
        let back = differences.iter().map(|d| (d.key.clone(), d.left.clone().map(|v| v.to_vec())));
        prop_assert_eq!(edit(&mut memory, SALT, left, forth.collect::<Vec<_>>()).unwrap(), right);
        prop_assert_eq!(edit(&mut memory, SALT, right, back.collect::<Vec<_>>()).unwrap(), left);
    }

    #[test]
    fn a_difference_from_a_key_on_is_the_rest_of_the_whole(
        first in any_edits(1500),
        second in any_edits(300),
        start in any_key(),
    ) {
        let mut memory = Memory::default();
        let left: Model = first.into_iter().filter_map(|(k, v)| Some((k, v?))).collect();
        let left = built(&mut memory, &left);
        let right = edit(&mut memory, SALT, left, second).unwrap();
        let mut whole: Vec<_> = diff(&memory, left, right).unwrap().map(Result::unwrap).collect();
        whole.retain(|difference| difference.key >= start);
        let rest: Vec<_> =
            diff_from(&memory, left, right, &start).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(rest, whole);
    }

    #[test]
    fn reading_from_a_key_and_counting_below_it_agree(edits in any_edits(1500), start in any_key()) {
        let mut memory = Memory::default();
        let model: Model = edits.into_iter().filter_map(|(k, v)| Some((k, v?))).collect();
        let root = built(&mut memory, &model);
        let expected: Vec<_> = model.range(start.clone()..).map(|(k, v)| (k.clone(), v.clone())).collect();
        prop_assert_eq!(rank(&memory, root, &start).unwrap(), (model.len() - expected.len()) as u64);
        prop_assert_eq!(listed(&memory, root, &start), expected);
        prop_assert_eq!(get(&memory, root, &start).unwrap().map(|v| v.to_vec()), model.get(&start).cloned());
    }

    #[test]
    fn a_node_that_is_missing_costs_what_is_below_it_alone(
        edits in any_edits(1500),
        start in any_key(),
        at in any::<prop::sample::Index>(),
    ) {
        let mut memory = Memory::default();
        let model: Model = edits.into_iter().filter_map(|(k, v)| Some((k, v?))).collect();
        let root = built(&mut memory, &model);
        let below: Vec<NodeId> = memory.nodes.keys().copied().filter(|id| *id != root).collect();
        prop_assume!(!below.is_empty());
        let missing = below[at.index(below.len())];
        let beneath: Vec<_> = listed(&memory, missing, b"").into_iter().map(|(key, _)| key).collect();
        let object = memory.nodes.remove(&missing).unwrap();
        for start in [Vec::new(), start] {
            let mut walk = entries(&memory, root, &start).unwrap();
            let (mut found, mut lost) = (Vec::new(), Vec::new());
            while let Some(entry) = walk.next() {
                match entry {
                    Ok((key, _)) => found.push(key),
                    Err(_) => lost.push(walk.lost().unwrap().clone()),
                }
            }
            let expected = model.range(start.clone()..).map(|(key, _)| key);
            let expected: Vec<_> = expected.filter(|key| !beneath.contains(key)).cloned().collect();
            prop_assert_eq!(found, expected);
            if beneath.last().unwrap() < &start {
                prop_assert_eq!(lost, vec![]);
                continue;
            }
            prop_assert_eq!(lost.len(), 1, "it is told once");
            prop_assert_eq!(lost[0].node, missing);
            prop_assert_eq!(lost[0].count, beneath.len() as u64);
            prop_assert_eq!(&lost[0].to, beneath.last().unwrap());
            let before = model.range(..beneath[0].clone()).next_back().map(|(key, _)| key.clone());
            prop_assert_eq!(lost[0].after.clone(), before);
        }
        memory.write(object);
    }

    #[test]
    fn no_bytes_make_decoding_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Node::decode(bytes.into());
    }

    #[test]
    fn what_decodes_is_what_was_encoded(edits in any_edits(120), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let rows: Vec<_> = edits.into_iter().filter_map(|(k, v)| Some((k, v?))).collect();
        let mut bytes = node::encode(0, &rows);
        let index = at.index(bytes.len());
        bytes[index] = byte;
        if let Ok(node) = Node::decode(bytes.clone().into()) {
            let again: Vec<_> = (0..node.len()).map(|i| (node.key(i), node.value(i))).collect();
            if node.level() == 0 {
                prop_assert_eq!(node::encode(0, &again), bytes);
            }
        }
    }
}

#[test]
fn a_new_value_moves_no_boundary() {
    let mut memory = Memory::default();
    let model = numbered(20_000, 1);
    let root = built(&mut memory, &model);
    let before = memory.nodes.len();
    let key = model.keys().nth(9_999).unwrap().clone();
    edit(&mut memory, SALT, root, [(key, Some(vec![9; 900]))]).unwrap();
    let levels = usize::from(memory.node(root).unwrap().level()) + 1;
    assert_eq!(memory.nodes.len() - before, levels, "one new node a level");
}

#[test]
fn a_difference_costs_what_differs() {
    let mut memory = Memory::default();
    let model = numbered(50_000, 1);
    let left = built(&mut memory, &model);
    let edits: Vec<Edit> =
        model.keys().step_by(5_000).map(|key| (key.clone(), Some(b"new".to_vec()))).collect();
    let right = edit(&mut memory, SALT, left, edits).unwrap();
    memory.reads.set(0);
    assert_eq!(diff(&memory, left, right).unwrap().count(), 10);
    let levels = usize::from(memory.node(left).unwrap().level()) + 1;
    assert!(memory.reads.get() <= 2 * 10 * levels + 1, "{} reads", memory.reads.get());
}

#[test]
fn a_difference_from_a_key_on_reads_nothing_before_it() {
    let mut memory = Memory::default();
    let model = numbered(50_000, 1);
    let left = built(&mut memory, &model);
    let edits: Vec<Edit> =
        model.keys().step_by(10).map(|key| (key.clone(), Some(b"new".to_vec()))).collect();
    let last = edits[edits.len() - 3].0.clone();
    let right = edit(&mut memory, SALT, left, edits).unwrap();
    memory.reads.set(0);
    assert_eq!(diff_from(&memory, left, right, &last).unwrap().count(), 3);
    let levels = usize::from(memory.node(left).unwrap().level()) + 1;
    assert!(memory.reads.get() <= 2 * 2 * levels + 1, "{} reads", memory.reads.get());
}

#[test]
fn nodes_keep_to_their_counts() {
    let mut memory = Memory::default();
    let root = built(&mut memory, &numbered(60_000, 1));
    let mut counts = vec![];
    let mut queue = vec![root];
    while let Some(id) = queue.pop() {
        let node = memory.node(id).unwrap();
        assert!(node.len() <= COUNT_MAX);
        if node.level() == 0 {
            counts.push(node.len());
        } else {
            queue.extend((0..node.len()).map(|i| node.child(i).id));
        }
    }
    let mean = counts.iter().sum::<usize>() / counts.len();
    assert!((60..90).contains(&mean), "a leaf holds {mean} entries on average");
}

#[test]
fn the_pinned_roots_stay() {
    // Stored bytes: a change here needs a new format version, a reader for the old one, and an ADR.
    let mut memory = Memory::default();
    let roots =
        [0, 1, 300, 20_000].map(|count| built(&mut memory, &numbered(count, 1)).to_string());
    insta::assert_snapshot!(roots.join("\n"));
}

#[test]
fn an_entry_beyond_the_limits_is_refused() {
    let mut memory = Memory::default();
    let root = built(&mut memory, &Model::new());
    let error = edit(&mut memory, SALT, root, [(vec![0; KEY_SIZE_BYTES_MAX + 1], Some(vec![]))])
        .unwrap_err();
    assert!(matches!(error, MapError::TooLarge { key_size_bytes: 1025, .. }), "{error}");
}
