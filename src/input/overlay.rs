//! Changes to a scenario before it is read: files laid over it, and single assignments such as
//! `limits.budget.at_most=128`.
//!
//! Both are trees, and one rule lays a tree over another: mappings are merged key by key, elements of a list are
//! addressed by their `name` (by their number from 1 where they have none), two lists of named elements are merged by
//! name, `null` takes out what stands there, and all else is replaced. An assignment is the tree of its path with one
//! value at the end. What comes out is read like any scenario, and every node keeps the place it was written at, so
//! that a fault is located in the overlay that brought it.

use super::syntax::DEEPEST;
use super::tree::{Content, Node, NodeKind, Slot, Tree};
use super::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Sources, Span, listed, nearest, quoted};

/// Lists whose elements have names: what a path says behind one of these is a name, whether the list is there or not.
const NAMED_LISTS: [&str; 6] = ["workloads", "limits", "fees", "together", "apart", "spread"];

/// A node with all below it, in memory of its own.
#[derive(Debug)]
pub(super) struct Laid {
    at: Span,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Null,
    Scalar { text: String, is_quoted: bool },
    Sequence(Vec<Laid>),
    Mapping(Vec<(Key, Laid)>),
}

#[derive(Debug)]
struct Key {
    at: Span,
    text: String,
}

impl Laid {
    /// The tree of a document.
    pub(super) fn from_node(node: Node<'_>) -> Laid {
        let text = || node.text().unwrap_or_default().to_owned();
        let value = match node.kind() {
            NodeKind::Null => Value::Null,
            NodeKind::Plain => Value::Scalar { text: text(), is_quoted: false },
            NodeKind::Quoted => Value::Scalar { text: text(), is_quoted: true },
            NodeKind::Sequence => Value::Sequence(node.items().map(Laid::from_node).collect()),
            NodeKind::Mapping => {
                let key = |key: Node<'_>| Key { at: key.span(), text: key.text().unwrap_or_default().to_owned() };
                Value::Mapping(node.entries().map(|(name, value)| (key(name), Laid::from_node(value))).collect())
            }
        };
        Laid { at: node.span(), value }
    }

    /// Takes out the first key of a file, which names its form and is no part of what it says.
    pub(super) fn without_form(mut self) -> Laid {
        if let Value::Mapping(entries) = &mut self.value {
            entries.retain(|(key, _)| key.text != "tradewind");
        }
        self
    }

    /// As the arena that readers walk. Its texts stand in it one behind the other.
    pub(super) fn into_tree(self, file: u32) -> Tree {
        let mut tree = Tree { file, slots: Vec::new(), decoded: String::new(), places: Vec::new() };
        self.append_to(&mut tree);
        tree
    }

    fn append_to(self, tree: &mut Tree) {
        let index = tree.slots.len();
        let slot = |content| Slot { start: 0, content };
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        match self.value {
            Value::Null => push(tree, self.at, slot(Content::Null)),
            Value::Scalar { text, is_quoted } => scalar(tree, self.at, &text, is_quoted),
            Value::Sequence(items) => {
                let len = count(items.len());
                push(tree, self.at, slot(Content::Null));
                items.into_iter().for_each(|item| item.append_to(tree));
                let end = count(tree.slots.len());
                close(tree, index, Content::Sequence { len, end });
            }
            Value::Mapping(entries) => {
                let len = count(entries.len());
                push(tree, self.at, slot(Content::Null));
                for (key, value) in entries {
                    scalar(tree, key.at, &key.text, false);
                    value.append_to(tree);
                }
                let end = count(tree.slots.len());
                close(tree, index, Content::Mapping { len, end });
            }
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The `name` of an element of a list.
    fn name(&self) -> Option<&str> {
        let Value::Mapping(entries) = &self.value else { return None };
        entries.iter().find(|(key, _)| key.text == "name").and_then(|(_, value)| match &value.value {
            Value::Scalar { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// The same with `over` laid over it; `what` is what messages call it.
    pub(super) fn under(self, over: Laid, what: &str, faults: &mut Diagnostics) -> Laid {
        match (self.value, over.value) {
            (Value::Mapping(base), Value::Mapping(over)) => {
                Laid { at: self.at, value: Value::Mapping(merged(base, over, what, faults)) }
            }
            (Value::Sequence(base), Value::Mapping(over))
                if !base.is_empty() && base.iter().all(|item| matches!(item.value, Value::Mapping(_))) =>
            {
                Laid { at: self.at, value: Value::Sequence(addressed(base, over, what, faults)) }
            }
            (Value::Sequence(base), Value::Sequence(over))
                if base.iter().chain(&over).all(|item| item.name().is_some()) =>
            {
                Laid { at: self.at, value: Value::Sequence(joined(base, over, faults)) }
            }
            (_, value) => Laid { at: over.at, value },
        }
    }
}

fn push(tree: &mut Tree, at: Span, slot: Slot) {
    tree.slots.push(slot);
    tree.places.push(at);
}

fn scalar(tree: &mut Tree, at: Span, text: &str, is_quoted: bool) {
    let start = u32::try_from(tree.decoded.len()).unwrap_or(u32::MAX);
    let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
    tree.decoded.push_str(text);
    let content = if is_quoted { Content::Decoded { at: start, len } } else { Content::Plain { len } };
    push(tree, at, Slot { start, content });
}

fn close(tree: &mut Tree, index: usize, content: Content) {
    if let Some(slot) = tree.slots.get_mut(index) {
        slot.content = content;
    }
}

/// A mapping over a mapping.
fn merged(
    mut base: Vec<(Key, Laid)>,
    over: Vec<(Key, Laid)>,
    what: &str,
    faults: &mut Diagnostics,
) -> Vec<(Key, Laid)> {
    for (key, value) in over {
        let found = base.iter().position(|(has, _)| has.text == key.text);
        match found {
            Some(number) if value.is_null() => drop(base.remove(number)),
            Some(number) => {
                let (has, old) = base.swap_remove(number);
                let inner = format!("{} of {what}", quoted(&key.text));
                base.push((has, old.under(value, &inner, faults)));
                // Back to its place: the order of a mapping may be the order of an answer.
                let last = base.len() - 1;
                base.swap(number, last);
            }
            None if value.is_null() => unknown(faults, &key, what, base.iter().map(|(has, _)| has.text.as_str())),
            None if NAMED_LISTS.contains(&key.text.as_str()) && matches!(value.value, Value::Mapping(_)) => {
                if let Value::Mapping(named) = &value.value {
                    let inner = format!("{} of {what}", quoted(&key.text));
                    for (name, _) in named {
                        let message = format!("{inner} has no {}", quoted(&name.text));
                        let help = format!("add it as a list, `{}: [{{name: …}}]`, in an overlay file", key.text);
                        faults.push(Diagnostic::new(Kind::UnknownPath, name.at, message).help(help));
                    }
                }
            }
            None => base.push((key, value)),
        }
    }
    base
}

/// A mapping over a list: its keys are the names of elements, or their numbers where they have none.
fn addressed(mut base: Vec<Laid>, over: Vec<(Key, Laid)>, what: &str, faults: &mut Diagnostics) -> Vec<Laid> {
    let is_named = base.iter().any(|item| item.name().is_some());
    // Numbers are those of the list as it was, so elements are taken out at the end.
    let mut taken = vec![false; base.len()];
    for (key, value) in over {
        let number = if is_named {
            base.iter().position(|item| item.name() == Some(key.text.as_str()))
        } else {
            key.text.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|&at| at < base.len())
        };
        let Some(number) = number else {
            if is_named {
                unknown(faults, &key, what, base.iter().filter_map(Laid::name));
            } else {
                let message = format!("{what} has no element {}", quoted(&key.text));
                let help = format!("its elements have no names; write a number from 1 to {}", base.len());
                faults.push(Diagnostic::new(Kind::UnknownPath, key.at, message).help(help));
            }
            continue;
        };
        if value.is_null() {
            taken[number] = true;
            continue;
        }
        let inner = format!("{} of {what}", quoted(&key.text));
        let old = std::mem::replace(&mut base[number], Laid { at: key.at, value: Value::Null });
        base[number] = old.under(value, &inner, faults);
    }
    let mut taken = taken.into_iter();
    base.retain(|_| !taken.next().unwrap_or_default());
    base
}

/// A list over a list, both of named elements.
fn joined(mut base: Vec<Laid>, over: Vec<Laid>, faults: &mut Diagnostics) -> Vec<Laid> {
    for item in over {
        let found = base.iter().position(|has| has.name() == item.name());
        match found {
            Some(number) => {
                let what = quoted(item.name().unwrap_or_default());
                let old = std::mem::replace(&mut base[number], Laid { at: item.at, value: Value::Null });
                base[number] = old.under(item, &what, faults);
            }
            None => base.push(item),
        }
    }
    base
}

/// Reports a step of a path that leads nowhere.
fn unknown<'a>(faults: &mut Diagnostics, key: &Key, what: &str, legal: impl IntoIterator<Item = &'a str>) {
    let legal: Vec<&str> = legal.into_iter().collect();
    let message = format!("{what} has no {}", quoted(&key.text));
    let help = match nearest(&key.text, legal.iter().copied()) {
        Some(meant) => format!("did you mean {}?", quoted(meant)),
        None => format!("it has {}", listed(legal)),
    };
    faults.push(Diagnostic::new(Kind::UnknownPath, key.at, message).help(help));
}

/// An assignment as it stands in the sources: its path blanked out, so that what is left is YAML whose every node has
/// the place it was written at. Each character of the path is one blank.
pub(super) struct Assignment {
    /// The keys of the path with the characters before each.
    keys: Vec<(usize, String)>,
    /// The value behind as many blanks as there were characters before it.
    pub(super) blanked: String,
}

impl Assignment {
    /// Splits `path=value`. A key that holds a dot or an equals sign stands in double quotes.
    ///
    /// # Errors
    /// What is wrong, and how many characters stand before it.
    pub(super) fn split(text: &str) -> Result<Assignment, (usize, Diagnostic)> {
        let fault = |at: usize, message: &str, help: &str| {
            Err((at, Diagnostic::new(Kind::BadAssignment, Span::NONE, message).help(help)))
        };
        let form = "write a path and a value, as `limits.budget.at_most=250000`";
        let mut keys = Vec::new();
        let (mut key, mut start, mut is_quoted) = (String::new(), 0, false);
        for (number, (offset, character)) in text.char_indices().enumerate() {
            match character {
                '"' => is_quoted = !is_quoted,
                '.' | '=' if !is_quoted => {
                    if key.trim().is_empty() {
                        return fault(start, &format!("a step of the path in {} is empty", quoted(text)), form);
                    }
                    keys.push((start, std::mem::take(&mut key)));
                    start = number + 1;
                    if keys.len() == DEEPEST {
                        return fault(start, "the path is longer than any in a scenario", form);
                    }
                    if character == '=' {
                        let value = text.get(offset + 1..).unwrap_or_default();
                        if value.trim().is_empty() {
                            let message = format!("{} assigns nothing", quoted(text));
                            return fault(
                                start,
                                &message,
                                "write a value behind `=`; `null` takes out what stands there",
                            );
                        }
                        return Ok(Assignment { keys, blanked: format!("{}{value}", " ".repeat(start)) });
                    }
                }
                _ => key.push(character),
            }
        }
        if is_quoted {
            return fault(start, "a quote in the path is not closed", form);
        }
        fault(0, &format!("{} has no `=`", quoted(text)), form)
    }

    /// The tree of the path with `value` at its end; `file` is where the assignment stands.
    fn laid(self, value: Laid, file: u32) -> Laid {
        self.keys.into_iter().rev().fold(value, |value, (before, text)| {
            let at = Span::new(file, u32::try_from(before).unwrap_or(u32::MAX));
            Laid { at, value: Value::Mapping(vec![(Key { at, text }, value)]) }
        })
    }

    /// The same with its value read from file number `file` of the sources, which holds what was [blanked](Self::blanked).
    pub(super) fn read(self, sources: &Sources, file: u32, faults: &mut Diagnostics) -> Option<Laid> {
        let tree = yaml::parse(sources, file, faults)?;
        let value = Laid::from_node(tree.root(sources));
        Some(self.laid(value, file))
    }
}
