//! The fixup that gives operations which return lists their `pages` and `items`.

use std::collections::BTreeSet;

use quote::format_ident;
use serde_json::Value;
use syn::{Expr, File, ImplItem, Item, parse_quote};

use super::{
    super::{
        document::{Document, Operation, component_name},
        error::{Error, Result},
        names::type_name,
    },
    tree,
};

/// Adds `pages` and `items` to the builders of the operations with `x-pagination`, and describes to
/// them the type of a page. progenitor's own pagination drops all query parameters but the cursor
/// after the first page:
/// <https://github.com/oxidecomputer/progenitor/blob/main/progenitor-impl/src/method.rs>
pub fn add_paging(document: &Document, file: &mut File) -> Result<usize> {
    let operations = document.operations();
    let mut described = BTreeSet::new();
    let mut edits = 0;
    for operation in &operations {
        let Some(list) = List::of(document, operation)? else {
            continue;
        };
        let (Some(page), Some(methods)) = (list.page(document, file), list.methods(file)) else {
            continue;
        };
        let builder = type_name(operation.id);
        let item = tree::impls_mut(file, tree::REQUEST_BUILDERS)
            .find(|item| tree::last_segment(&item.self_ty) == builder);
        let Some(item) = item else {
            continue;
        };
        item.items.extend(methods);
        edits += 1;
        if described.insert(list.response) {
            file.items.push(page);
        }
    }
    Ok(edits)
}

/// Returns the number of operations with `x-pagination`.
pub fn lists(document: &Document) -> usize {
    let operations = document.operations();
    let lists = operations
        .iter()
        .filter(|operation| !operation.pagination.is_null());
    lists.count()
}

/// A list as the document describes it.
struct List<'d> {
    operation: &'d str,
    style: Style,
    /// The name of the property with the items.
    items: &'d str,
    /// The name of the component of the response.
    response: &'d str,
    schema: &'d Value,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Cursor,
    Offset,
}

impl<'d> List<'d> {
    /// Returns the list that the operation returns, if it has `x-pagination`.
    fn of(document: &'d Document, operation: &Operation<'d>) -> Result<Option<Self>> {
        let pagination = operation.pagination;
        if pagination.is_null() {
            return Ok(None);
        }
        let fault = |problem: &str| {
            let id = operation.id;
            Error::document(format!("`x-pagination` of the operation `{id}`: {problem}"))
        };
        let style = match pagination["style"].as_str() {
            Some("cursor") => Style::Cursor,
            Some("offset") => Style::Offset,
            _ => return Err(fault("expected the `style` `cursor` or `offset`")),
        };
        let parameter = match style {
            Style::Cursor => "after",
            Style::Offset => "offset",
        };
        let is_parameter = |given: &&Value| given["name"] == parameter && given["in"] == "query";
        if !operation.parameters.iter().any(is_parameter) {
            return Err(fault(&format!(
                "the operation has no query parameter `{parameter}`"
            )));
        }
        let Some(response) = operation.success.and_then(component_name) else {
            return Err(fault("the response is not a component"));
        };
        let schema = operation
            .success
            .map_or(&Value::Null, |schema| document.resolve(schema));
        let items = pagination["items"].as_str().unwrap_or_default();
        if schema["properties"][items]["type"] != "array" {
            return Err(fault("`items` does not name an array of the response"));
        }
        if style == Style::Cursor && schema["properties"]["paging"].is_null() {
            return Err(fault("the response has no property `paging`"));
        }
        Ok(Some(Self {
            operation: operation.id,
            style,
            items,
            response,
            schema,
        }))
    }

    /// Returns the implementation of `Page` for the type of the response.
    fn page(&self, document: &Document, file: &File) -> Option<Item> {
        let name = format_ident!("{}", type_name(self.response));
        let page = tree::structs(file, tree::TYPES).find(|item| item.ident == name);
        let field = page.and_then(|page| {
            tree::named_fields(page).find(|(_, field)| tree::wire_name(field) == self.items)
        });
        let (field, of_type) = field.map(|(name, field)| (name, &field.ty))?;
        let list = tree::arguments(of_type, "Option");
        let list = list.first().copied().unwrap_or(of_type);
        let item = *tree::arguments(list, "Vec").first()?;
        let item = format_ident!("{}", tree::last_segment(item));
        let (items, count): (Expr, Expr) = match tree::is_option(of_type) {
            true => (
                parse_quote!(self.#field.unwrap_or_default()),
                parse_quote!(self.#field.as_ref().map_or(0, crate::List::len_with_undecoded)),
            ),
            false => (
                parse_quote!(self.#field),
                parse_quote!(self.#field.len_with_undecoded()),
            ),
        };
        let (total, next) = (self.total(document), self.next(&count));
        let by_offset: Option<ImplItem> = match self.style {
            Style::Cursor => None,
            Style::Offset => Some(parse_quote!(
                const BY_OFFSET: bool = true;
            )),
        };
        Some(parse_quote! {
            impl crate::Page for types::#name {
                type Item = types::#item;
                #by_offset

                fn total(&self) -> Option<u64> {
                    #total
                }

                fn next_page(&self) -> crate::NextPage {
                    #next
                }

                fn into_items(self) -> crate::List<types::#item> {
                    #items
                }
            }
        })
    }

    /// Returns the number of items of the whole list, if the response may have it.
    fn total(&self, document: &Document) -> Expr {
        let properties = &self.schema["properties"];
        let summary = document.referent(&properties["summary"]);
        if !properties["total"].is_null() {
            return match self.is_required("total") {
                true => parse_quote!(self.total.try_into().ok()),
                false => parse_quote!(self.total.and_then(|total| total.try_into().ok())),
            };
        }
        match summary["properties"]["total_count"].is_null() {
            true => parse_quote!(None),
            false => parse_quote! {
                self.summary
                    .as_ref()
                    .and_then(|summary| summary.total_count)
                    .and_then(|total| total.try_into().ok())
            },
        }
    }

    fn next(&self, count: &Expr) -> Expr {
        if self.style == Style::Offset {
            return parse_quote! {
                crate::NextPage::Offset { count: #count, total: self.total() }
            };
        }
        let paging: Expr = match self.is_required("paging") {
            true => parse_quote!(Some(&self.paging)),
            false => parse_quote!(self.paging.as_ref()),
        };
        // Values of unexpected types are in `extra`.
        parse_quote! {
            {
                let paging = #paging;
                crate::NextPage::Cursor {
                    has_next: self.extra.contains_key("paging")
                        || paging.is_some_and(|paging| {
                            paging.next.is_some() || paging.extra.contains_key("next")
                        }),
                    after: paging
                        .and_then(|paging| paging.cursors.as_ref())
                        .and_then(|cursors| cursors.after.clone()),
                }
            }
        }
    }

    fn is_required(&self, property: &str) -> bool {
        let required = self.schema["required"].as_array();
        required.is_some_and(|names| names.iter().any(|name| name == property))
    }

    /// Returns the methods of the builder.
    fn methods(&self, file: &File) -> Option<[ImplItem; 2]> {
        let builder = type_name(self.operation);
        let item =
            tree::structs(file, tree::REQUEST_BUILDERS).find(|item| item.ident == builder)?;
        let (client, _) = tree::named_fields(item).next()?;
        let page = format_ident!("{}", type_name(self.response));
        let pages = parse_quote! {
            /// Returns the pages of the list. Nothing is sent before the first
            /// [`next`](crate::Pages::next).
            pub fn pages(self) -> crate::Pages<types::#page> {
                let super::Client { client, inner, .. } = self.#client.clone();
                crate::Pages::new(client, inner, self.into_request(), Self::OPERATION)
            }
        };
        let items = parse_quote! {
            /// Returns the items of the list, from all of its pages. Nothing is sent before the first
            /// [`next`](crate::Items::next).
            pub fn items(self) -> crate::Items<types::#page> {
                self.pages().items()
            }
        };
        Some([pages, items])
    }
}
