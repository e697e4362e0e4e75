//! The kinds of changes that a comparison can report. `cargo xtask diff --rules` lists them.

use clap::ValueEnum;

use super::level::{Direction, Level};

/// A kind of change. Its name in kebab case is its stable id; its doc comment is its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Rule {
    /// An operation was removed
    OperationRemoved,
    /// An operation was added
    OperationAdded,
    /// An operation moved to another path or method
    OperationMoved,
    /// An `operationId` changed, and with it the name of the Rust method
    OperationIdChanged,
    /// An operation, parameter, header or property became deprecated, or stopped being deprecated
    DeprecationChanged,
    /// A server was removed
    ServerRemoved,
    /// A server was added
    ServerAdded,

    /// A credential stopped being sufficient
    SecurityTightened,
    /// Another credential became sufficient
    SecurityLoosened,
    /// A security scheme sends or obtains its credential in another way
    SecuritySchemeChanged,
    /// A security scheme was removed
    SecuritySchemeRemoved,
    /// A security scheme was added
    SecuritySchemeAdded,
    /// An OAuth scope was removed
    ScopeRemoved,
    /// An OAuth scope was added
    ScopeAdded,

    /// A parameter was removed
    ParameterRemoved,
    /// An optional parameter was added
    OptionalParameterAdded,
    /// A required parameter was added
    RequiredParameterAdded,
    /// A parameter became required
    ParameterRequired,
    /// A parameter became optional
    ParameterOptional,
    /// A parameter moved to another location (path, query, header or cookie)
    ParameterMoved,
    /// A parameter was renamed
    ParameterRenamed,
    /// A path parameter was renamed
    PathParameterRenamed,
    /// The serialization of a parameter, header or body part changed
    SerializationChanged,
    /// An empty value became valid for a parameter
    EmptyValueAllowed,
    /// An empty value became invalid for a parameter
    EmptyValueRefused,

    /// A request body was removed
    RequestBodyRemoved,
    /// An optional request body was added
    OptionalRequestBodyAdded,
    /// A required request body was added
    RequiredRequestBodyAdded,
    /// A request body became required
    RequestBodyRequired,
    /// A request body became optional
    RequestBodyOptional,
    /// A media type of a body was removed
    MediaTypeRemoved,
    /// A media type of a body was added
    MediaTypeAdded,

    /// A success response was removed
    SuccessRemoved,
    /// A success response was added
    SuccessAdded,
    /// An error response was removed
    RefusalRemoved,
    /// An error response was added; clients must always expect errors
    RefusalAdded,
    /// A response was added for a status that a range such as `2XX` described before
    StatusSplit,
    /// A response was removed for a status that a range such as `2XX` now describes
    StatusMerged,
    /// A header was removed
    HeaderRemoved,
    /// A header was added
    HeaderAdded,
    /// A header became required
    HeaderRequired,
    /// A header became optional
    HeaderOptional,
    /// A callback or webhook was added
    CallbackAdded,
    /// A callback or webhook was removed
    CallbackRemoved,
    /// A link was added
    LinkAdded,
    /// A link was removed
    LinkRemoved,

    /// An unreferenced schema was removed, and no equivalent schema was added
    SchemaRemoved,
    /// An unreferenced schema was added
    SchemaAdded,
    /// An unreferenced component other than a schema changed
    UnusedPartChanged,
    /// A type changed
    TypeChanged,
    /// A type was narrowed, and fewer types are valid
    TypeNarrowed,
    /// A type was widened, and more types are valid
    TypeWidened,
    /// A value became nullable
    NullAllowed,
    /// An optional property became nullable; this crate reads null as absent
    NullAllowedOnOptional,
    /// A nullable value became non-nullable
    NullRefused,
    /// A property was removed
    FieldRemoved,
    /// A property was renamed
    FieldRenamed,
    /// An optional property was added
    OptionalFieldAdded,
    /// A required property was added
    RequiredFieldAdded,
    /// A property became required
    FieldRequired,
    /// A property became optional
    FieldOptional,
    /// A property became read-only
    FieldReadOnly,
    /// A property became write-only
    FieldWriteOnly,
    /// A property stopped being read-only
    FieldWritable,
    /// A property stopped being write-only
    FieldReadable,
    /// An enum value was removed
    EnumValueRemoved,
    /// An enum value was added
    EnumValueAdded,
    /// A value was restricted to an enum
    EnumSet,
    /// An enum was removed, and any value became valid
    EnumUnset,
    /// A limit was added or tightened
    LimitTightened,
    /// A limit was removed or loosened
    LimitLoosened,
    /// A pattern was added
    PatternSet,
    /// A pattern was removed
    PatternUnset,
    /// A pattern changed
    PatternChanged,
    /// A format was added
    FormatSet,
    /// A format was removed
    FormatUnset,
    /// A format changed
    FormatChanged,
    /// A number format was narrowed
    FormatNarrowed,
    /// A number format was widened
    FormatWidened,
    /// A default value changed, and with it the meaning of requests that omit the value
    DefaultChanged,
    /// Additional properties or items became invalid
    FurtherMembersRefused,
    /// Additional properties or items became valid
    FurtherMembersAllowed,
    /// A schema was added to `patternProperties` or `prefixItems`
    MemberRuleSet,
    /// A schema was removed from `patternProperties` or `prefixItems`
    MemberRuleUnset,
    /// A `dependentRequired` constraint was added
    DependencySet,
    /// A `dependentRequired` constraint was removed
    DependencyUnset,
    /// A union variant was removed
    VariantRemoved,
    /// A union variant was added
    VariantAdded,
    /// A union changed from `anyOf` to `oneOf`
    UnionExclusive,
    /// A union changed from `oneOf` to `anyOf`
    UnionInclusive,
    /// The discriminator of a union changed
    DiscriminatorChanged,

    /// A part of the document changed, and this tool cannot determine the effect
    Unjudged,

    /// A description, summary, title or comment changed
    TextChanged,
    /// An example changed
    ExampleChanged,
    /// A link to external documentation changed
    ExternalDocsChanged,
    /// The tags of the document or of an operation changed
    TagsChanged,
    /// The title, version, contact, license or terms of the document changed
    InfoChanged,
    /// An extension (`x-…`) changed
    ExtensionChanged,
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
        use Level::{Breaking, Compatible, Docs};
        use Rule as R;
        // Fewer valid values can break a sender, more valid values can break a receiver.
        let narrowed = match direction {
            Direction::Request => Breaking,
            Direction::Response => Compatible,
        };
        let widened = match direction {
            Direction::Request => Compatible,
            Direction::Response => Breaking,
        };
        match self {
            R::OperationRemoved
            | R::OperationMoved
            | R::OperationIdChanged
            | R::ServerRemoved
            | R::SecurityTightened
            | R::SecuritySchemeChanged
            | R::SecuritySchemeRemoved
            | R::ScopeRemoved
            | R::ParameterRemoved
            | R::ParameterMoved
            | R::ParameterRenamed
            | R::PathParameterRenamed
            | R::SerializationChanged
            | R::RequestBodyRemoved
            | R::MediaTypeRemoved
            | R::SuccessRemoved
            | R::HeaderRemoved
            | R::HeaderOptional
            | R::CallbackRemoved
            | R::LinkRemoved
            | R::SchemaRemoved
            | R::TypeChanged
            | R::FieldRemoved
            | R::FieldRenamed
            | R::EnumValueRemoved
            | R::EnumUnset
            | R::PatternChanged
            | R::FormatChanged
            | R::VariantRemoved
            | R::DiscriminatorChanged
            | R::Unjudged => Breaking,

            R::OperationAdded
            | R::DeprecationChanged
            | R::ServerAdded
            | R::SecurityLoosened
            | R::SecuritySchemeAdded
            | R::ScopeAdded
            | R::OptionalParameterAdded
            | R::OptionalRequestBodyAdded
            | R::MediaTypeAdded
            | R::RefusalRemoved
            | R::RefusalAdded
            | R::StatusSplit
            | R::StatusMerged
            | R::HeaderAdded
            | R::HeaderRequired
            | R::CallbackAdded
            | R::LinkAdded
            | R::SchemaAdded
            | R::UnusedPartChanged
            | R::NullAllowedOnOptional
            | R::OptionalFieldAdded
            // The types of responses accept unknown values and properties.
            | R::EnumValueAdded
            | R::FurtherMembersAllowed
            | R::FieldWritable
            | R::FieldReadable => Compatible,

            // The client receives the requests of a webhook, and sends the responses.
            R::RequiredParameterAdded
            | R::ParameterRequired
            | R::EmptyValueRefused
            | R::RequiredRequestBodyAdded
            | R::RequestBodyRequired
            | R::SuccessAdded
            | R::TypeNarrowed
            | R::NullRefused
            | R::RequiredFieldAdded
            | R::FieldRequired
            | R::FieldReadOnly
            | R::EnumSet
            | R::LimitTightened
            | R::PatternSet
            | R::FormatSet
            | R::FormatNarrowed
            | R::FurtherMembersRefused
            | R::MemberRuleSet
            | R::DependencySet
            | R::UnionExclusive
            | R::DefaultChanged => narrowed,

            R::ParameterOptional
            | R::EmptyValueAllowed
            | R::RequestBodyOptional
            | R::TypeWidened
            | R::NullAllowed
            | R::FieldOptional
            | R::FieldWriteOnly
            | R::LimitLoosened
            | R::PatternUnset
            | R::FormatUnset
            | R::FormatWidened
            | R::MemberRuleUnset
            | R::DependencyUnset
            | R::VariantAdded
            | R::UnionInclusive => widened,

            R::TextChanged
            | R::ExampleChanged
            | R::ExternalDocsChanged
            | R::TagsChanged
            | R::InfoChanged
            | R::ExtensionChanged => Docs,
        }
    }
}
