//! The kinds of changes that a comparison can report. `cargo xtask diff --rules` lists them.

use clap::ValueEnum;

use super::level::{Direction, Level};

/// The effect of a change on callers.
enum Effect {
    Breaking,
    Compatible,
    /// Fewer values are valid, or more is required, which can break a sender.
    Narrowing,
    /// More values are valid, or less is required, which can break a receiver.
    Widening,
    Docs,
}

/// Defines the rules, each with its effect.
macro_rules! rules {
    ($($(#[$attribute:meta])* $rule:ident => $effect:ident,)*) => {
        /// A kind of change. Its name in kebab case is its stable id; its doc comment is its
        /// description.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
        pub enum Rule {
            $($(#[$attribute])* $rule,)*
        }

        impl Rule {
            fn effect(self) -> Effect {
                match self {
                    $(Self::$rule => Effect::$effect,)*
                }
            }
        }
    };
}

// The client receives the requests of a webhook, and sends the responses.
rules! {
    /// An operation was removed
    OperationRemoved => Breaking,
    /// An operation was added
    OperationAdded => Compatible,
    /// An operation moved to another path or method
    OperationMoved => Breaking,
    /// An `operationId` changed, and with it the name of the Rust method
    OperationIdChanged => Breaking,
    /// An operation, parameter, header or property became deprecated, or stopped being deprecated
    DeprecationChanged => Compatible,
    /// A server was removed
    ServerRemoved => Breaking,
    /// A server was added
    ServerAdded => Compatible,

    /// A credential stopped being sufficient
    SecurityTightened => Breaking,
    /// Another credential became sufficient
    SecurityLoosened => Compatible,
    /// A security scheme sends or obtains its credential in another way
    SecuritySchemeChanged => Breaking,
    /// A security scheme was removed
    SecuritySchemeRemoved => Breaking,
    /// A security scheme was added
    SecuritySchemeAdded => Compatible,
    /// An OAuth scope was removed
    ScopeRemoved => Breaking,
    /// An OAuth scope was added
    ScopeAdded => Compatible,

    /// A parameter was removed
    ParameterRemoved => Breaking,
    /// An optional parameter was added
    OptionalParameterAdded => Compatible,
    /// A required parameter was added
    RequiredParameterAdded => Narrowing,
    /// A parameter became required
    ParameterRequired => Narrowing,
    /// A parameter became optional
    ParameterOptional => Widening,
    /// A parameter moved to another location (path, query, header or cookie)
    ParameterMoved => Breaking,
    /// A parameter was renamed
    ParameterRenamed => Breaking,
    /// A path parameter was renamed
    PathParameterRenamed => Breaking,
    /// The serialization of a parameter, header or body part changed
    SerializationChanged => Breaking,
    /// An empty value became valid for a parameter
    EmptyValueAllowed => Widening,
    /// An empty value became invalid for a parameter
    EmptyValueRefused => Narrowing,

    /// A request body was removed
    RequestBodyRemoved => Breaking,
    /// An optional request body was added
    OptionalRequestBodyAdded => Compatible,
    /// A required request body was added
    RequiredRequestBodyAdded => Narrowing,
    /// A request body became required
    RequestBodyRequired => Narrowing,
    /// A request body became optional
    RequestBodyOptional => Widening,
    /// A media type of a body was removed
    MediaTypeRemoved => Breaking,
    /// A media type of a body was added
    MediaTypeAdded => Compatible,

    /// A success response was removed
    SuccessRemoved => Breaking,
    /// A success response was added
    SuccessAdded => Narrowing,
    /// An error response was removed
    RefusalRemoved => Compatible,
    /// An error response was added; clients must always expect errors
    RefusalAdded => Compatible,
    /// A response was added for a status that a range such as `2XX` described before
    StatusSplit => Compatible,
    /// A response was removed for a status that a range such as `2XX` now describes
    StatusMerged => Compatible,
    /// A response header was removed
    HeaderRemoved => Breaking,
    /// A response header was added
    HeaderAdded => Compatible,
    /// A response header became required
    HeaderRequired => Compatible,
    /// A response header became optional
    HeaderOptional => Breaking,
    /// A callback or webhook was added
    CallbackAdded => Compatible,
    /// A callback or webhook was removed
    CallbackRemoved => Breaking,
    /// A link was added
    LinkAdded => Compatible,
    /// A link was removed
    LinkRemoved => Breaking,

    /// An unreferenced schema was removed, and no equivalent schema was added
    SchemaRemoved => Breaking,
    /// An unreferenced schema was added
    SchemaAdded => Compatible,
    /// An unreferenced component other than a schema changed
    UnusedPartChanged => Compatible,
    /// A type changed
    TypeChanged => Breaking,
    /// A type was narrowed, and fewer types are valid
    TypeNarrowed => Narrowing,
    /// A type was widened, and more types are valid
    TypeWidened => Widening,
    /// A value became nullable
    NullAllowed => Widening,
    /// An optional property became nullable; this crate reads null as absent
    NullAllowedOnOptional => Compatible,
    /// A nullable value became non-nullable
    NullRefused => Narrowing,
    /// A property was removed
    FieldRemoved => Breaking,
    /// A property was renamed
    FieldRenamed => Breaking,
    /// An optional property was added
    OptionalFieldAdded => Compatible,
    /// A required property was added
    RequiredFieldAdded => Narrowing,
    /// A property became required
    FieldRequired => Narrowing,
    /// A property became optional
    FieldOptional => Widening,
    /// A property became read-only
    FieldReadOnly => Narrowing,
    /// A property became write-only
    FieldWriteOnly => Widening,
    /// A property stopped being read-only
    FieldWritable => Compatible,
    /// A property stopped being write-only
    FieldReadable => Compatible,
    /// An enum value was removed
    EnumValueRemoved => Breaking,
    // The types of responses accept unknown values, and unknown properties below.
    /// An enum value was added
    EnumValueAdded => Compatible,
    /// A value was restricted to an enum
    EnumSet => Narrowing,
    /// An enum was removed, and any value became valid
    EnumUnset => Breaking,
    /// A limit was added or tightened
    LimitTightened => Narrowing,
    /// A limit was removed or loosened
    LimitLoosened => Widening,
    /// A pattern was added
    PatternSet => Narrowing,
    /// A pattern was removed
    PatternUnset => Widening,
    /// A pattern changed
    PatternChanged => Breaking,
    /// A format was added
    FormatSet => Narrowing,
    /// A format was removed
    FormatUnset => Widening,
    /// A format changed
    FormatChanged => Breaking,
    /// A number format was narrowed
    FormatNarrowed => Narrowing,
    /// A number format was widened
    FormatWidened => Widening,
    /// A default value changed, and with it the meaning of requests that omit the value
    DefaultChanged => Narrowing,
    /// Additional properties or items became invalid
    FurtherMembersRefused => Narrowing,
    /// Additional properties or items became valid
    FurtherMembersAllowed => Compatible,
    /// A schema was added to `patternProperties` or `prefixItems`
    MemberRuleSet => Narrowing,
    /// A schema was removed from `patternProperties` or `prefixItems`
    MemberRuleUnset => Widening,
    /// A `dependentRequired` constraint was added
    DependencySet => Narrowing,
    /// A `dependentRequired` constraint was removed
    DependencyUnset => Widening,
    /// A union variant was removed
    VariantRemoved => Breaking,
    /// A union variant was added
    VariantAdded => Widening,
    /// A union changed from `anyOf` to `oneOf`
    UnionExclusive => Narrowing,
    /// A union changed from `oneOf` to `anyOf`
    UnionInclusive => Widening,
    /// The discriminator of a union changed
    DiscriminatorChanged => Breaking,

    /// A part of the document changed, and this tool cannot determine the effect
    Unjudged => Breaking,

    /// A description, summary, title or comment changed
    TextChanged => Docs,
    /// An example changed
    ExampleChanged => Docs,
    /// A link to external documentation changed
    ExternalDocsChanged => Docs,
    /// The tags of the document or of an operation changed
    TagsChanged => Docs,
    /// The title, version, contact, license or terms of the document changed
    InfoChanged => Docs,
    /// An extension (`x-…`) changed; its effect on Rust code is reported under Rust
    ExtensionChanged => Docs,
}

impl Rule {
    /// Returns the stable id, such as `field-removed`.
    pub fn id(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// Returns the description, in one sentence.
    pub fn meaning(self) -> String {
        self.to_possible_value()
            .and_then(|value| Some(value.get_help()?.to_string()))
            .unwrap_or_default()
    }

    /// Returns the level of such a change in values of this direction.
    pub fn level(self, direction: Direction) -> Level {
        match (self.effect(), direction) {
            (Effect::Breaking, _)
            | (Effect::Narrowing, Direction::Request)
            | (Effect::Widening, Direction::Response) => Level::Breaking,
            (Effect::Compatible, _)
            | (Effect::Narrowing, Direction::Response)
            | (Effect::Widening, Direction::Request) => Level::Compatible,
            (Effect::Docs, _) => Level::Docs,
        }
    }
}
