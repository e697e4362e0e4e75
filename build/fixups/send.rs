//! The fixup of `send`.

use proc_macro2::Literal;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{
    Expr, File, Ident, ImplItem, ImplItemConst, ImplItemFn, Pat, ReturnType, Stmt, Type,
    parse_quote,
};

use super::{
    super::{
        document::{Document, Operation, entries, is_query_list, is_secret},
        error::{Error, Result},
        names::method_name,
    },
    objects::TolerantTypes,
    tree,
};

/// Sends requests through the transport of the crate, which all operations share. It retries, and
/// its error has the status, the headers and the body of the response; progenitor's error has one
/// type for all of them, and loses a body of another type.
/// <https://github.com/oxidecomputer/progenitor/issues/344>
///
/// The statuses that the document lists become documentation.
pub fn send_through_transport(document: &Document, file: &mut File) -> Result<usize> {
    let operations = document.operations();
    let tolerant = TolerantTypes::new(document, file);
    let mut edits = 0;
    for item in tree::impls_mut(file, tree::REQUEST_BUILDERS) {
        let Some(index) = item.items.iter().position(is_send) else {
            continue;
        };
        let ImplItem::Fn(send) = &item.items[index] else {
            continue;
        };
        let Some(found) = Send::find(send) else {
            continue;
        };
        let operation = operations
            .iter()
            .find(|operation| operation.id == found.operation);
        let Some(operation) = operation else {
            continue;
        };
        let items = found.items(document, operation, &tolerant)?;
        item.items.splice(index..=index, items);
        edits += 1;
    }
    tree::remove_import(file, "OperationInfo");
    // The response of the crate also has the body as received.
    tree::remove_import(file, "ResponseValue");
    if let Some(items) = tree::items_mut(file, tree::REQUEST_BUILDERS) {
        items.insert(
            0,
            parse_quote!(
                use crate::ResponseValue;
            ),
        );
    }
    Ok(edits)
}

fn is_send(item: &ImplItem) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == "send")
}

/// The parts of progenitor's `send`.
struct Send<'f> {
    docs: String,
    operation: String,
    /// The type of a successful body.
    output: &'f Type,
    /// The name of the variable that holds the client.
    client: Ident,
    /// The statements that build the request.
    build: &'f [Stmt],
    /// The expression of the request.
    request: &'f Expr,
}

impl<'f> Send<'f> {
    /// Returns `None` if the function has another form than expected.
    fn find(send: &'f ImplItemFn) -> Option<Self> {
        let ReturnType::Type(_, output) = &send.sig.output else {
            return None;
        };
        let output = *tree::arguments(output, "Result").first()?;
        let output = *tree::arguments(output, "ResponseValue").first()?;
        let statements = &send.block.stmts;
        let info = statements
            .iter()
            .position(|statement| operation_id(statement).is_some())?;
        // The hooks, the call, the error of the call, and the `match` on the status.
        let [pre, exec, post, _, Stmt::Expr(Expr::Match(_), None)] = &statements[info + 1..] else {
            return None;
        };
        let calls = [(pre, "pre"), (exec, "exec"), (post, "post")];
        if !calls
            .iter()
            .all(|(statement, name)| tree::has_token(*statement, name))
        {
            return None;
        }
        let (Stmt::Local(request), build) = statements[..info].split_last()? else {
            return None;
        };
        Some(Self {
            docs: tree::docs(&send.attrs)?,
            operation: operation_id(&statements[info])?,
            output,
            client: first_field(build.first()?)?,
            build,
            request: &request.init.as_ref()?.expr,
        })
    }

    /// Returns the constant that describes the operation, and the functions that send and build the
    /// request.
    fn items(
        &self,
        document: &Document,
        operation: &Operation<'_>,
        tolerant: &TolerantTypes,
    ) -> Result<[ImplItem; 3]> {
        let Self {
            client,
            build,
            request,
            operation: id,
            ..
        } = self;
        let docs = format!("{}\n\n{}", self.docs, responses(operation));
        let (output, read): (Type, _) = match quote::ToTokens::to_token_stream(self.output)
            .to_string()
            .as_str()
        {
            "()" => (parse_quote!(()), "without_body"),
            // The transport has read the whole body.
            "ByteStream" => (parse_quote!(::bytes::Bytes), "bytes"),
            "reqwest :: Upgraded" => {
                let message =
                    format!("the operation `{id}` changes the protocol of the connection");
                return Err(Error::document(message));
            }
            _ if tolerant.contain(self.output) => (self.output.clone(), "read"),
            _ => (self.output.clone(), "read_as"),
        };
        let read = format_ident!("{read}");
        let lists = lists_with_items(document, operation);
        let send = parse_quote! {
            #[doc = #docs]
            pub async fn send(self) -> Result<ResponseValue<#output>, crate::Error> {
                let client = self.#client;
                let response = client.call(self.into_request(), Self::OPERATION).await;
                response.and_then(crate::http::response::BufferedResponse::#read)
            }
        };
        let into_request = parse_quote! {
            fn into_request(self) -> Result<reqwest::Request, Error<()>> {
                #(#build)*
                #(#lists)*
                Ok(#request)
            }
        };
        let constant = constant(document, operation);
        Ok([
            ImplItem::Const(constant),
            ImplItem::Fn(send),
            ImplItem::Fn(into_request),
        ])
    }
}

/// Returns the checks that no list is empty which the call would then leave out: a required one, or one
/// of a write, which would apply to everything.
fn lists_with_items<'d>(
    document: &'d Document,
    operation: &Operation<'d>,
) -> impl Iterator<Item = Stmt> {
    let is_read = operation.method == "get";
    let lists = operation.query_parameters().filter(move |parameter| {
        is_query_list(document.resolve(&parameter["schema"]))
            && (parameter["required"] == true || !is_read)
    });
    lists.map(|parameter| {
        let name = method_name(parameter["name"].as_str().unwrap_or_default());
        let variable = format_ident!("{name}");
        parse_quote! {
            crate::types::list_parameter::require_items(#name, &#variable)
                .map_err(Error::InvalidRequest)?;
        }
    })
}

/// Returns the constant with what the transport has to know about the operation.
fn constant(document: &Document, operation: &Operation<'_>) -> ImplItemConst {
    let id = operation.id;
    let mut fields = Vec::new();
    if let Some(idempotent) = operation.idempotent {
        fields.push(quote!(idempotent: Some(#idempotent)));
    }
    let secrets = body_secrets(document, operation);
    if !secrets.is_empty() {
        fields.push(quote!(body_secrets: &[#(#secrets),*]));
    }
    let secrets = operation.query_secrets();
    if !secrets.is_empty() {
        fields.push(quote!(query_secrets: &[#(#secrets),*]));
    }
    if operation.is_public {
        fields.push(quote!(is_public: true));
    }
    if let Some(field) = operation.field {
        fields.push(quote!(field: Some(#field)));
    }
    if let Some(least) = least_properties(document, operation) {
        let least = Literal::u64_unsuffixed(least);
        fields.push(quote!(min_properties: #least));
    }
    if operation.has_optional_body() {
        fields.push(quote!(has_optional_body: true));
    }
    let value: Expr = match fields.is_empty() {
        true => parse_quote!(crate::http::operation::Operation::new(#id)),
        false => parse_quote! {
            crate::http::operation::Operation {
                #(#fields,)*
                ..crate::http::operation::Operation::new(#id)
            }
        },
    };
    parse_quote!(const OPERATION: crate::http::operation::Operation = #value;)
}

/// Returns the places of secrets in the JSON body, as JSON pointers in which `*` stands for each item of
/// an array.
fn body_secrets(document: &Document, operation: &Operation<'_>) -> Vec<String> {
    let mut places = Vec::new();
    if let Some(body) = operation.body {
        let schema = &body["content"]["application/json"]["schema"];
        add_secrets(document, schema, "", &mut places);
    }
    places.sort_unstable();
    places
}

/// Adds the places of secrets in the value at `place`.
fn add_secrets(document: &Document, schema: &Value, place: &str, places: &mut Vec<String>) {
    // Objects can contain themselves.
    const MAX_DEPTH: usize = 8;
    if place.matches('/').count() == MAX_DEPTH {
        return;
    }
    let schema = document.referent(schema);
    if is_secret(schema) {
        places.push(place.to_owned());
    }
    for (name, property) in entries(&schema["properties"]) {
        let name = name.replace('~', "~0").replace('/', "~1");
        add_secrets(document, property, &format!("{place}/{name}"), places);
    }
    if !schema["items"].is_null() {
        add_secrets(document, &schema["items"], &format!("{place}/*"), places);
    }
}

/// Returns the operation id in `let info = OperationInfo { operation_id: "…" };`.
fn operation_id(statement: &Stmt) -> Option<String> {
    let Stmt::Local(local) = statement else {
        return None;
    };
    let Expr::Struct(value) = &*local.init.as_ref()?.expr else {
        return None;
    };
    value.path.is_ident("OperationInfo").then_some(())?;
    tree::literal(&value.fields.first()?.expr)
}

/// Returns the first field in `let Self { …, } = self;`, which is the client.
fn first_field(statement: &Stmt) -> Option<Ident> {
    let Stmt::Local(local) = statement else {
        return None;
    };
    let Pat::Struct(pattern) = &local.pat else {
        return None;
    };
    match &pattern.fields.first()?.member {
        syn::Member::Named(name) => Some(name.clone()),
        syn::Member::Unnamed(_) => None,
    }
}

/// Returns the documentation of the responses of an operation.
fn responses(operation: &Operation<'_>) -> String {
    let list = |success: bool| -> String {
        let responses = operation.responses.iter();
        let responses = responses.filter(|(status, _)| {
            status.starts_with(|c: char| c.is_ascii_digit()) && status.starts_with('2') == success
        });
        responses
            .map(|(status, text)| format!("- {status}: {}\n", text.trim().replace('\n', " ")))
            .collect()
    };
    let (successes, errors) = (list(true), list(false));
    let mut text = String::new();
    if !successes.is_empty() {
        text += &format!("The API documents these success statuses:\n\n{successes}\n");
    }
    text += match operation.idempotent {
        Some(true) => {
            "Sending the request twice does no harm, so the client retries it after a temporary \
             error.\n\n"
        }
        Some(false) => {
            "Sending the request twice may have its effect twice, so the client does not retry it \
             once it may have reached the server.\n\n"
        }
        None => "",
    };
    text += "# Errors\n\nFails with any [`Error`](crate::Error) other than a configuration error.";
    if !errors.is_empty() {
        text += &format!(" The API documents these error statuses:\n\n{errors}");
    }
    text.trim_end().to_owned()
}

/// Returns how many properties the body must have, if the document demands some: a builder can
/// leave all of them out.
fn least_properties(document: &Document, operation: &Operation<'_>) -> Option<u64> {
    let schema = &operation.body?["content"]["application/json"]["schema"];
    let least: &Value = &document.resolve(schema)["minProperties"];
    least.as_u64().filter(|least| *least > 0)
}
