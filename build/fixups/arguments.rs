//! The fixup of the setters of builders.

use std::collections::BTreeMap;

use quote::format_ident;
use syn::{
    Expr, ExprStruct, FieldPat, Fields, File, Ident, ImplItemFn, Item, ItemEnum, ItemImpl,
    ItemStruct, Member, Pat, Stmt, Type, TypeParamBound, WherePredicate, parse_quote,
};

use super::{
    super::{
        document::{Document, QUERY_LISTS},
        error::Result,
    },
    tree,
};

/// Keeps the arguments that a builder rejects in one field, and lets the setters of optional fields
/// accept a value of the type in the `Option`; see `Rejected` and `TryIntoSome`. typify and progenitor
/// make each field a `Result`, and their code for its errors is most of what users would compile.
/// <https://github.com/oxidecomputer/typify/pull/98>
pub fn share_rejected_arguments(_: &Document, file: &mut File) -> Result<usize> {
    let mut edits = 0;
    let only_variants = only_variants(file);
    for module in [tree::TYPE_BUILDERS, tree::REQUEST_BUILDERS] {
        let items: Vec<ItemStruct> = tree::structs(file, module).cloned().collect();
        for item in items {
            let builder = Builder::new(&item, tree::impls_mut(file, module), &only_variants);
            edits += builder.edit(file, module);
        }
    }
    Ok(edits)
}

/// Returns the number of fields of all builders that have a setter.
pub fn fields_of_builders(file: &File) -> usize {
    let types = tree::structs(file, tree::TYPE_BUILDERS).map(|item| item.fields.len());
    // One field is the client.
    let requests = tree::structs(file, tree::REQUEST_BUILDERS).map(|item| item.fields.len() - 1);
    types.chain(requests).sum()
}

/// A builder of a type or of a request.
struct Builder {
    name: Ident,
    fields: BTreeMap<Ident, Field>,
    /// The name of the field for rejected arguments.
    rejected: Ident,
}

struct Field {
    of_type: Type,
    kind: Kind,
    /// The variant, if the type is an enum that has only one.
    only_variant: Option<Ident>,
}

enum Kind {
    /// The field has no initial value, unless only one value is possible.
    Required,
    /// The field is an `Option`.
    Optional,
    /// The field is the builder of the request body, which has this type.
    Body(Box<Type>),
    /// The field has another initial value.
    Default,
}

impl Builder {
    /// Returns the builder with the fields whose type is a `Result` and whose initial value is known.
    fn new<'f>(
        item: &ItemStruct,
        impls: impl Iterator<Item = &'f mut ItemImpl>,
        only_variants: &BTreeMap<String, Ident>,
    ) -> Self {
        let own = impls.filter(|found| item.ident == tree::last_segment(&found.self_ty));
        let mut is_missing = BTreeMap::new();
        for function in own.flat_map(tree::functions_mut) {
            let start = is_start(function).then(|| literal(function)).flatten();
            for value in start.into_iter().flat_map(|literal| &literal.fields) {
                if let Member::Named(name) = &value.member {
                    is_missing.insert(name.clone(), tree::has_token(&value.expr, "Err"));
                }
            }
        }
        let fields = tree::named_fields(item).filter_map(|(name, field)| {
            let of_type = (*tree::arguments(&field.ty, "Result").first()?).clone();
            let kind = match body(&of_type) {
                _ if *is_missing.get(name)? => Kind::Required,
                Some(body) => Kind::Body(body.into()),
                None if tree::is_option(&of_type) => Kind::Optional,
                None => Kind::Default,
            };
            let only_variant = only_variants.get(&tree::last_segment(&of_type)).cloned();
            let field = Field {
                of_type,
                kind,
                only_variant,
            };
            Some((name.clone(), field))
        });
        let fields: BTreeMap<Ident, Field> = fields.collect();
        let mut rejected = format_ident!("rejected");
        while fields.contains_key(&rejected) {
            rejected = format_ident!("{rejected}_");
        }
        Self {
            name: item.ident.clone(),
            fields,
            rejected,
        }
    }

    /// Edits the struct and its implementations. Returns the number of fields of which each use has been
    /// edited: the declaration, the initial value, the setter, and the value that is built.
    fn edit(&self, file: &mut File, module: &[&str]) -> usize {
        const USES: usize = 4;
        let mut edited: BTreeMap<Ident, usize> = BTreeMap::new();
        let mut count = |name: &Ident| *edited.entry(name.clone()).or_default() += 1;
        for item in tree::structs_mut(file, module).filter(|item| item.ident == self.name) {
            self.edit_struct(item, &mut count);
        }
        for item in tree::impls_mut(file, module) {
            if self.name == tree::last_segment(&item.self_ty) {
                for function in tree::functions_mut(item) {
                    self.edit_function(function, &mut count);
                }
            }
        }
        edited.into_values().filter(|uses| *uses == USES).count()
    }

    fn edit_struct(&self, item: &mut ItemStruct, count: &mut impl FnMut(&Ident)) {
        let syn::Fields::Named(fields) = &mut item.fields else {
            return;
        };
        for declared in &mut fields.named {
            let Some((name, field)) = declared.ident.as_ref().and_then(|name| self.field(name))
            else {
                continue;
            };
            let of_type = &field.of_type;
            declared.ty = match field.kind {
                Kind::Required => parse_quote!(crate::types::argument::Required<#of_type>),
                _ => of_type.clone(),
            };
            count(name);
        }
        let rejected = &self.rejected;
        fields
            .named
            .push(parse_quote!(#rejected: crate::types::argument::Rejected));
    }

    fn field(&self, name: &Ident) -> Option<(&Ident, &Field)> {
        self.fields.get_key_value(name)
    }

    fn edit_function(&self, function: &mut ImplItemFn, count: &mut impl FnMut(&Ident)) {
        let name = function.sig.ident.clone();
        let is_method = function.sig.receiver().is_some();
        match (self.field(&name), name.to_string().as_str()) {
            (Some((_, field)), _) if is_method => {
                self.edit_setter(&name, field, function);
                count(&name);
            }
            (None, "body_map") if is_method => {
                function.block = parse_quote!({
                    self.body = f(self.body);
                    self
                });
            }
            (None, "into_request") if is_method => self.edit_into_request(function, count),
            (_, "new" | "default") if is_start(function) => self.edit_start(function, count),
            (_, "try_from") => self.edit_try_from(function, count),
            (_, "from") => self.edit_from(function),
            _ => {}
        }
    }

    /// Edits the function that returns the initial values.
    fn edit_start(&self, function: &mut ImplItemFn, count: &mut impl FnMut(&Ident)) {
        self.edit_literal(function, |name, field, value| {
            count(name);
            match (&field.kind, value) {
                (Kind::Required, _) => match (&field.of_type, &field.only_variant) {
                    (_, None) => parse_quote!(crate::types::argument::Required::MISSING),
                    (of_type, Some(variant)) => {
                        parse_quote!(crate::types::argument::Required::new(#of_type::#variant))
                    }
                },
                (Kind::Optional, _) => parse_quote!(None),
                (_, Expr::Call(ok)) => ok.args.first().unwrap_or(value).clone(),
                _ => value.clone(),
            }
        });
        self.start_rejected(function);
    }

    fn edit_setter(&self, name: &Ident, field: &Field, function: &mut ImplItemFn) {
        let (rejected, text) = (&self.rejected, name.to_string());
        let set: Expr = match field.kind {
            Kind::Required if is_query_list(&field.of_type) => parse_quote! {
                self.#rejected.set_required_list(#text, value, &mut self.#name)
            },
            Kind::Required => parse_quote! {
                self.#rejected.set_required(#text, value, &mut self.#name)
            },
            Kind::Optional => parse_quote! {
                self.#rejected.set_option(#text, value, &mut self.#name)
            },
            Kind::Body(_) => parse_quote! {
                self.#rejected.set(#text, value.try_into().map(From::from), &mut self.#name)
            },
            Kind::Default => parse_quote! {
                self.#rejected.set(#text, value.try_into(), &mut self.#name)
            },
        };
        function.block = parse_quote!({
            #set;
            self
        });
        let generics = &mut function.sig.generics;
        let Some(clause) = &mut generics.where_clause else {
            return;
        };
        let Some(WherePredicate::Type(predicate)) = clause.predicates.first_mut() else {
            return;
        };
        let of_type = &field.of_type;
        let some: Option<Type> = match field.kind {
            Kind::Optional => Some(of_type.clone()),
            Kind::Required if is_query_list(of_type) => Some(parse_quote!(Option<#of_type>)),
            _ => None,
        };
        if let (Some(some), Some(TypeParamBound::Trait(bound))) =
            (some, predicate.bounds.first_mut())
        {
            bound.path = parse_quote!(crate::TryIntoSome<#some, By>);
            let accepted = WherePredicate::Type(predicate.clone());
            // The other predicate, if any, is about the error.
            clause.predicates = [accepted].into_iter().collect();
            generics.params.push(parse_quote!(By));
            return;
        }
        // progenitor converts text into a string first, and the string into the body.
        if let (Kind::Required, Some(TypeParamBound::Trait(bound))) =
            (&field.kind, predicate.bounds.first_mut())
        {
            bound.path = parse_quote!(std::convert::TryInto<#of_type>);
        }
        let value = predicate.bounded_ty.clone();
        if clause.predicates.len() == 1 {
            clause
                .predicates
                .push(parse_quote!(#value::Error: std::fmt::Display));
        }
    }

    /// Edits the conversion of the builder of a type to the type.
    fn edit_try_from(&self, function: &mut ImplItemFn, count: &mut impl FnMut(&Ident)) {
        self.edit_literal(function, |name, field, _| {
            count(name);
            let text = name.to_string();
            match field.kind {
                Kind::Required => parse_quote!(value.#name.take(#text)?),
                _ => parse_quote!(value.#name),
            }
        });
        let rejected = &self.rejected;
        let check = parse_quote!(value.#rejected.check()?;);
        function.block.stmts.insert(0, check);
    }

    /// Edits the conversion of a type to its builder.
    fn edit_from(&self, function: &mut ImplItemFn) {
        self.edit_literal(function, |name, field, _| match field.kind {
            Kind::Required => parse_quote!(crate::types::argument::Required::new(value.#name)),
            _ => parse_quote!(value.#name),
        });
        self.start_rejected(function);
    }

    /// Edits `into_request`, which begins with a variable for each field.
    fn edit_into_request(&self, function: &mut ImplItemFn, count: &mut impl FnMut(&Ident)) {
        let rejected = &self.rejected;
        let edit = |statement: Stmt| -> Vec<Stmt> {
            let Stmt::Local(mut local) = statement else {
                return vec![statement];
            };
            if let Pat::Struct(fields) = &mut local.pat {
                fields.fields.push(shorthand(rejected));
                let check = parse_quote!(#rejected.check().map_err(Error::InvalidRequest)?;);
                return vec![Stmt::Local(local), check];
            }
            let variable = match &local.pat {
                Pat::Ident(variable) => self.field(&variable.ident),
                _ => None,
            };
            let Some((name, field)) = variable else {
                return vec![Stmt::Local(local)];
            };
            count(name);
            let text = name.to_string();
            match &field.kind {
                Kind::Required => vec![parse_quote! {
                    let #name = #name.take(#text).map_err(Error::InvalidRequest)?;
                }],
                Kind::Body(body) => vec![parse_quote! {
                    let #name = #body::try_from(#name)
                        .map_err(|error| Error::InvalidRequest(error.to_string()))?;
                }],
                Kind::Optional | Kind::Default => Vec::new(),
            }
        };
        let statements = std::mem::take(&mut function.block.stmts);
        function.block.stmts = statements.into_iter().flat_map(edit).collect();
    }

    /// Edits the values of the fields in the struct literal that the function returns.
    fn edit_literal(
        &self,
        function: &mut ImplItemFn,
        mut edit: impl FnMut(&Ident, &Field, &Expr) -> Expr,
    ) {
        for value in literal(function)
            .into_iter()
            .flat_map(|literal| &mut literal.fields)
        {
            if let Member::Named(name) = &value.member
                && let Some((name, field)) = self.field(name)
            {
                value.expr = edit(name, field, &value.expr);
            }
        }
    }

    /// Starts without rejected arguments in the struct literal that the function returns.
    fn start_rejected(&self, function: &mut ImplItemFn) {
        let rejected = &self.rejected;
        if let Some(literal) = literal(function) {
            let none = parse_quote!(#rejected: crate::types::argument::Rejected::NONE);
            literal.fields.push(none);
        }
    }
}

/// Returns the variant of each enum that has only one, by the name of the enum.
fn only_variants(file: &File) -> BTreeMap<String, Ident> {
    let enums = tree::items(file, tree::TYPES).iter();
    let enums = enums.filter_map(|item| match item {
        Item::Macro(open_enum) => open_enum.mac.parse_body::<ItemEnum>().ok(),
        _ => None,
    });
    let only = enums.filter_map(|item| match item.variants.iter().collect::<Vec<_>>()[..] {
        [only] if only.fields == Fields::Unit => Some((item.ident.to_string(), only.ident.clone())),
        _ => None,
    });
    only.collect()
}

/// Returns whether it is the type of a list in one query parameter.
fn is_query_list(of_type: &Type) -> bool {
    QUERY_LISTS.contains(&&*tree::last_segment(of_type))
}

/// Returns whether the function returns a builder with its initial values.
fn is_start(function: &ImplItemFn) -> bool {
    let name = &function.sig.ident;
    function.sig.receiver().is_none() && (name == "new" || name == "default")
}

/// Returns the pattern of a field that becomes a variable of the same name.
fn shorthand(field: &Ident) -> FieldPat {
    FieldPat {
        attrs: Vec::new(),
        member: Member::Named(field.clone()),
        colon_token: None,
        pat: Box::new(parse_quote!(#field)),
    }
}

/// Returns the struct literal that a function returns, also in `Ok`.
fn literal(function: &mut ImplItemFn) -> Option<&mut ExprStruct> {
    let Some(Stmt::Expr(value, None)) = function.block.stmts.last_mut() else {
        return None;
    };
    match value {
        Expr::Struct(literal) => Some(literal),
        Expr::Call(ok) => match ok.args.first_mut()? {
            Expr::Struct(literal) => Some(literal),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the type that a builder of a request body builds.
fn body(of_type: &Type) -> Option<Type> {
    let Type::Path(path) = of_type else {
        return None;
    };
    let mut path = path.clone();
    let segments = path
        .path
        .segments
        .iter()
        .filter(|segment| segment.ident != "builder");
    let segments: Vec<_> = segments.cloned().collect();
    if segments.len() == path.path.segments.len() {
        return None;
    }
    path.path.segments = segments.into_iter().collect();
    Some(Type::Path(path))
}
