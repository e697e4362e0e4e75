//! Lists in responses, of which single items may be undecodable.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    slice, vec,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{
    lenient::describe,
    tolerant::{Decoded, Tolerant, fails_fast},
};

/// A list of objects in a response.
///
/// It dereferences to a [`Vec`] of the items that could be decoded. An item without a required
/// property, or with one of another type, does not make the call fail: it is kept in
/// [`undecoded`](Self::undecoded), and serialized at its place.
///
/// Lists are created from arrays and vectors, or with `collect`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<T> {
    items: Vec<T>,
    undecoded: Vec<UndecodedItem>,
}

/// An item of a [`List`] that could not be decoded. `Display` shows its position and the reason, without
/// its value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UndecodedItem {
    /// The position in the list of the response, from 0.
    pub index: usize,
    /// The property that prevents decoding, and what was expected.
    pub reason: String,
    /// The item as the server sent it.
    pub value: Value,
}

impl fmt::Display for UndecodedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}: {}", self.index, self.reason)
    }
}

impl<T> List<T> {
    /// Returns the items that could not be decoded. They are not among the items of the list.
    pub fn undecoded(&self) -> &[UndecodedItem] {
        &self.undecoded
    }

    fn push_undecoded(&mut self, error: &serde_json::Error, value: Value) {
        self.undecoded.push(UndecodedItem {
            index: self.len_with_undecoded(),
            reason: describe(error),
            value,
        });
    }

    /// Returns how many items the response has.
    pub(crate) fn len_with_undecoded(&self) -> usize {
        self.items.len() + self.undecoded.len()
    }

    /// Returns all items in the order of the response.
    #[cfg_attr(not(feature = "graph"), allow(dead_code))] // No list of 360dialog is documented.
    pub(crate) fn into_results(self) -> Vec<Result<T, UndecodedItem>> {
        let mut undecoded = self.undecoded.into_iter().peekable();
        let mut results = Vec::new();
        for item in self.items {
            while let Some(other) = undecoded.next_if(|other| other.index <= results.len()) {
                results.push(Err(other));
            }
            results.push(Ok(item));
        }
        results.extend(undecoded.map(Err));
        results
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<List<T>, A::Error> {
        let mut list = List::default();
        if fails_fast() {
            while let Some(item) = sequence.next_element()? {
                list.push(item);
            }
            return Ok(list);
        }
        while let Some(value) = sequence.next_element::<Value>()? {
            match T::deserialize(&value) {
                Ok(item) => list.push(item),
                Err(error) => list.push_undecoded(&error, value),
            }
        }
        Ok(list)
    }
}

impl<T: DeserializeOwned + Tolerant> Tolerant for List<T> {
    const EXPECTED: &'static str = "a list";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decoded<Self>, D::Error> {
        Self::deserialize(deserializer).map(Decoded::Exact)
    }

    fn decode_value(value: &Value) -> Result<Decoded<Self>, serde_json::Error> {
        let Some(values) = value.as_array() else {
            return Err(Error::custom("expected a list"));
        };
        let mut list = List::default();
        for value in values {
            match T::decode_value(value).and_then(Decoded::required) {
                Ok(item) => list.push(item),
                Err(error) => list.push_undecoded(&error, value.clone()),
            }
        }
        Ok(Decoded::Exact(list))
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;

        let length = self.len_with_undecoded();
        let mut sequence = serializer.serialize_seq(Some(length))?;
        let (mut items, mut undecoded) = (self.items.iter(), self.undecoded.iter().peekable());
        for index in 0..length {
            let is_here = |item: &&UndecodedItem| item.index <= index;
            if let Some(item) = undecoded.next_if(is_here) {
                sequence.serialize_element(&item.value)?;
            } else if let Some(item) = items.next() {
                sequence.serialize_element(item)?;
            }
        }
        // Callers may have removed items.
        for item in undecoded {
            sequence.serialize_element(&item.value)?;
        }
        sequence.end()
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.undecoded.is_empty() {
            return self.items.fmt(f);
        }
        f.debug_struct("List")
            .field("items", &self.items)
            .field("undecoded", &self.undecoded)
            .finish()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            items,
            undecoded: Vec::new(),
        }
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        Vec::from(items).into()
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.items
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'l, T> IntoIterator for &'l mut List<T> {
    type Item = &'l mut T;
    type IntoIter = slice::IterMut<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}

impl<T: PartialEq> PartialEq<Vec<T>> for List<T> {
    fn eq(&self, other: &Vec<T>) -> bool {
        self.undecoded.is_empty() && self.items == *other
    }
}

impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for List<T> {
    fn eq(&self, other: &[T; N]) -> bool {
        self.undecoded.is_empty() && self.items == *other
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::List;
    use crate::{
        Extra,
        types::{lenient, object::object},
    };

    #[derive(Clone, Debug, PartialEq)]
    struct Page {
        data: List<Item>,
        more: Option<List<Item>>,
        extra: Extra,
    }

    object! {
        Page {
            required { 0 data: Required = "data", }
            optional { 1 more: Optional = "more", }
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    struct Item {
        id: String,
        name: Option<String>,
        inner: Option<List<Item>>,
        extra: Extra,
    }

    object! {
        Item {
            required { 0 id: Required = "id", }
            optional { 1 name: Optional = "name", 2 inner: Optional = "inner", }
        }
    }

    fn page(body: &Value) -> Page {
        lenient::decode(body.to_string().as_bytes()).expect("it decodes")
    }

    #[test]
    fn one_odd_item_is_not_the_end_of_a_list() {
        let body = json!({
            "data": [{"name": "no id"}, {"id": "1"}, 7, {"id": [], "new": 1}, {"id": "2"}, null],
            "more": [{"id": "3", "inner": [{}, {"id": "4", "name": {}}]}, []],
        });
        let page = page(&body);
        let ids: Vec<&str> = page.data.iter().map(|item| &*item.id).collect();
        assert_eq!(ids, ["1", "2"]);
        let undecoded = page.data.undecoded().iter();
        let undecoded: Vec<_> = undecoded
            .map(|item| (item.index, &*item.reason, &item.value))
            .collect();
        let expected = [
            (0, "missing field `id`", &body["data"][0]),
            (2, "expected an object", &body["data"][2]),
            (3, "at `id`: expected a string", &body["data"][3]),
            (5, "expected an object", &body["data"][5]),
        ];
        assert_eq!(undecoded, expected);
        let more = page.more.as_ref().expect("a list");
        let inner = more[0].inner.as_ref().expect("a list");
        assert_eq!((more.undecoded().len(), inner.undecoded().len()), (1, 1));
        assert_eq!(inner[0].extra["name"], json!({}));
        assert_eq!(serde_json::to_value(&page).expect("JSON"), body);
    }

    #[test]
    fn a_property_that_is_not_a_list_is_odd_itself() {
        let body = json!({"data": [], "more": {"id": "1"}});
        let decoded = page(&body);
        assert_eq!(decoded.more, None);
        assert_eq!(serde_json::to_value(&decoded).expect("JSON"), body);
        let error = lenient::decode::<Page>(b"{\"data\":{\"id\":\"1\"}}");
        assert_eq!(error.expect_err("no list").1, "at `data`: expected a list");
    }

    #[test]
    fn lists_without_odd_items_are_like_vectors() {
        let mut list: List<u32> = [1, 2].into();
        list.push(3);
        assert_eq!(list, [1, 2, 3]);
        assert_eq!(list, vec![1, 2, 3]);
        assert_eq!(format!("{list:?}"), "[1, 2, 3]");
        assert_eq!(serde_json::to_value(&list).expect("JSON"), json!([1, 2, 3]));
        assert_eq!(
            serde_json::from_value::<List<u32>>(json!([1, 2, 3])).expect("a list"),
            list
        );
        assert_eq!(list.iter().sum::<u32>(), 6);
        let vector: Vec<u32> = list.into_iter().collect();
        assert_eq!(List::from_iter(vector), [1, 2, 3]);
    }

    #[test]
    fn odd_items_are_serialized_even_if_the_others_are_removed() {
        let mut page = page(&json!({"data": [{"id": "1"}, {"id": "2"}, 7, {"id": "3"}, 8]}));
        page.data.truncate(1);
        let encoded = serde_json::to_value(&page).expect("JSON");
        assert_eq!(encoded["data"], json!([{"id": "1"}, 7, 8]));
        let results = page.data.into_results().into_iter();
        let decoded: Vec<bool> = results.map(|item| item.is_ok()).collect();
        assert_eq!(decoded, [true, false, false]);
    }
}
